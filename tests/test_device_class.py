"""Classes of cards through the whole pipeline: hours of GPU and NPU are never added up, and compared class by class."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.reference.device_class import macro_of
from hesuan.flows.warehouse import Connection, connect
from hesuan.reports.page.provider_page import RATIOS
from hesuan.reports.published import answers
from hesuan.schemas.fault import PolicyFault
from tests.city import APPLICANTS, PRICE, PROVIDER, City
from tests.night import tally

HOURS = 6000
# name → billed and used hours of A800 (GPU) and 910B (NPU), and whether lines and bill say the model.
BOTH = {
    "apart": ({"A800": (4500, 4500), "昇腾910B": (1500, 1500)}, True),
    # Together 6000 billed and 6000 used.
    "netted": ({"A800": (5000, 4500), "昇腾910B": (1000, 1500)}, True),
    "unsaid": ({"A800": (4500, 4500), "昇腾910B": (1500, 1500)}, False),
    "alike": ({"A800": (4500, 4500), "A100": (1500, 1500)}, False),
}


def city() -> City:
    town = City().with_register()
    for model in ("昇腾910B", "A100"):
        town.add("device", provider_id=PROVIDER, cluster_id="c1", device_model=model, card_count=4000,
                 valid_from="2025-01-01")  # fmt: skip
    for n, (name, (hours, is_said)) in enumerate(BOTH.items()):
        town.honest(name, hours=HOURS, applicant=APPLICANTS[n])
        for table in ("contract_line", "statement"):
            double(town, table, name, hours, is_said=is_said)
        halve(town, name, hours)
    return town


def double(town: City, table: str, name: str, hours: dict[str, tuple[int, int]], *, is_said: bool) -> None:
    """One line a model, or one for all without a model."""
    first = town.row(table, contract_no=f"K-{name}")
    if not is_said:
        first.update(device_model="")
        return
    for n, (model, (billed, _)) in enumerate(hours.items()):
        line = first if n == 0 else town.add(table, **first)
        line.update(device_model=model, line_no=n + 1, quantity=billed)
        if table == "statement":
            line.update(amount_yuan=PRICE * billed)


def halve(town: City, name: str, hours: dict[str, tuple[int, int]]) -> None:
    job = town.row("usage_interval", record_id=f"J-{name}")
    for n, (model, (_, used)) in enumerate(hours.items()):
        run = job if n == 0 else town.add("usage_interval", **job)
        run.update(record_id=f"J-{name}-{n}", device_model=model, card_count=used // 150)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    outcome = tally(city().hand_in(tmp_path_factory.mktemp("class")))
    with connect(outcome.database, read_only=True) as connection:
        yield connection


def claim(connection: Connection, name: str) -> dict[str, Any]:
    found = connection.execute("select * from published.claim where contract_no = ?", [f"K-{name}"])
    columns = [column[0] for column in found.description or []]
    [row] = found.fetchall()
    return dict(zip(columns, row, strict=True))


def test_hours_of_two_classes_are_told_apart_and_not_added_up(told: Connection) -> None:
    row = claim(told, "apart")
    assert row["disposition"] == "approve"
    assert row["supported_yuan"] == PRICE * HOURS
    assert [row[f"{kind}_gpu_hours"] for kind in ("contract", "billed", "metered", "verifiable")] == [
        None
    ] * 4
    assert row["classes_zh"] == (
        "GPU 计费 4500.0000、计量 4500.0000 卡时，NPU 计费 1500.0000、计量 1500.0000 卡时"
    )


def test_every_month_of_a_class_stands_in_its_own_row(told: Connection) -> None:
    rows = told.execute(
        "select device_class, sum(metered_gpu_hours) from published.reconciliation"
        " where contract_no = 'K-apart' and metered_gpu_hours > 0 group by all order by all"
    ).fetchall()
    assert rows == [("GPU", Decimal(4500)), ("NPU", Decimal(1500))]


def test_what_one_class_lacks_another_does_not_make_up(told: Connection) -> None:
    row = claim(told, "netted")
    found = dict(
        told.execute(
            "select rule_id, sentence_zh from published.finding where claim_id = 'C-netted'"
        ).fetchall()
    )
    assert found["REC-001"].startswith("合同 K-netted GPU 计费 5000.0000 卡时，可计入的计量 4500.0000 卡时，")
    assert found["REC-002"].startswith("合同 K-netted NPU 可计入的计量 1500.0000 卡时，计费 1000.0000 卡时，")
    assert row["recognised_cost_yuan"] == Decimal("60000.00")


def test_a_claim_whose_classes_no_line_tells_apart_is_held(told: Connection) -> None:
    row = claim(told, "unsaid")
    [(sentence,)] = told.execute(
        "select sentence_zh from published.finding where claim_id = 'C-unsaid' and rule_id = 'REC-006'"
    ).fetchall()
    assert (row["disposition"], row["supported_yuan"]) == ("hold", None)
    assert "REC-006" in row["reasons"]
    assert "用到几类加速卡而记录或计费行分不开（GPU 计费 —、计量 4500.0000 卡时，NPU 计费 —、" in sentence


def test_two_models_of_one_class_are_added_up_as_ever(told: Connection) -> None:
    row = claim(told, "alike")
    assert (row["disposition"], row["classes_zh"]) == ("approve", None)
    assert (row["billed_gpu_hours"], row["metered_gpu_hours"]) == (Decimal(HOURS), Decimal(HOURS))


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("NVIDIA A800-SXM4-80GB", "GPU"),
        ("A10", "GPU"),
        ("A800 80GB", "GPU"),
        ("A100（80G）", "GPU"),
        ("8×H100 80GB HBM3", "GPU"),
        ("910B3 64G", "NPU"),
        ("A1000 80GB", "unknown"),
        ("A1000000", "unknown"),
        ("Ascend910B3", "NPU"),
        ("910B", "NPU"),
        ("K100_AI", "DCU"),
        ("K80", "GPU"),
        ("MLU370-X8", "MLU"),
        ("海光 GPU", "unknown"),
        ("自研一号", "unknown"),
        (None, None),
    ],
)
def test_a_model_is_of_the_class_its_name_says(
    told: Connection, model: str | None, expected: str | None
) -> None:
    assert told.execute("select reconciled.device_class(?::varchar)", [model]).fetchall() == [(expected,)]


def test_a_provider_page_compares_class_by_class(told: Connection) -> None:
    found = answers(told, RATIOS)
    assert [
        (row["device_class"], row["billed_gpu_hours"], row["metered_gpu_hours"])
        for row in found
        if row["contract_no"] == "K-apart"
    ] == [("GPU", 4500, 4500), ("NPU", 1500, 1500)]


@pytest.mark.slow
def test_a_provider_s_contracts_of_two_classes_have_no_sum(tmp_path: Path) -> None:
    """Neither of the two contracts mixes classes; together they would."""
    town = City().with_register()
    town.add("device", provider_id=PROVIDER, cluster_id="c1", device_model="昇腾910B", card_count=4000,
             valid_from="2025-01-01")  # fmt: skip
    for n, model in enumerate(("A800", "昇腾910B")):
        town.honest(model, hours=HOURS, applicant=APPLICANTS[n])
        for table in ("contract_line", "statement", "usage_interval"):
            key = {"record_id": f"J-{model}"} if table == "usage_interval" else {"contract_no": f"K-{model}"}
            town.row(table, **key).update(device_model=model)
    with connect(tally(town.hand_in(tmp_path)).database, read_only=True) as connection:
        hours = "select contract_no, billed_gpu_hours, metered_gpu_hours from published.claim order by all"
        assert connection.execute(hours).fetchall() == [
            ("K-A800", HOURS, HOURS),
            ("K-昇腾910B", HOURS, HOURS),
        ]
        summed = connection.execute("select 申请数, 计费卡时, 计量卡时 from published.v_供给方").fetchall()
    assert summed == [(2, None, None)]


GPU = '[[device_class]]\nname = "GPU"\nwords = ["gpu"]\nseries = ["a100"]\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GPU + GPU, "写了两次：a100、gpu"),
        (GPU.replace('"gpu"', '"g.u"'), "GPU: g.u"),
        (GPU.replace('"gpu"', '"g\'u"'), "GPU: g'u"),
        (GPU.replace("GPU", "gpu class"), "gpu class"),
        (GPU.replace("series", "serie"), "KeyError"),
    ],
)
def test_a_table_of_classes_that_does_not_hold_is_refused(text: str, says: str) -> None:
    with pytest.raises(PolicyFault, match=r"c\.toml: ") as fault:
        macro_of(text, place="c.toml")
    assert says in str(fault.value)
