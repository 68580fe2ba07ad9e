"""Units other than the card-hour, through the whole pipeline: prices per node, per die and per P, exact to the cent."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from hesuan.flows.warehouse import Connection, connect, make
from hesuan.schemas.fault import PolicyFault
from hesuan.schemas.unit import plain, read_book, unit_book
from tests.city import APPLICANTS, PROVIDER, City
from tests.night import tally
from tests.rule_case import court, fill, relation_cards

HOURS = 6000
# name → what the contract's line says, its price, and how many of the unit a card-hour is.
PRICED: dict[str, tuple[dict[str, str], str, Fraction]] = {
    "card": ({"unit": "GPU卡时", "device_model": "A100"}, "10.60", Fraction(1)),
    "node": ({"unit": "机时", "device_model": "A100"}, "84.800001", Fraction(1, 8)),
    "nodeday": ({"unit": "节点天", "device_model": "A100"}, "2035.2", Fraction(1, 8 * 24)),
    "dense": ({"unit": "P·天", "device_model": "A100", "precision": "FP16", "sparsity": "稠密"}, "777.777777",
              Fraction(312, 24_000)),
    "sparse": ({"unit": "PFLOPS·day", "device_model": "A100", "precision": "fp16", "sparsity": "sparse"},
               "777.777777", Fraction(624, 24_000)),
    "hundredths": ({"unit": "P·时", "device_model": "L40S", "precision": "FP16", "sparsity": "稠密"}, "31.234567",
                   Fraction(36_205, 100_000)),
    "month": ({"unit": "P·月", "device_model": "A100", "precision": "INT8", "sparsity": "稠密"}, "16666.666667",
              Fraction(624, 1000 * 24 * 31)),
    "die": ({"unit": "die时", "device_model": "昇腾910C"}, "6.666667", Fraction(2)),
    "any": ({"unit": "P·天", "device_model": "", "precision": "FP16", "sparsity": "稠密"}, "777.777777",
            Fraction(312, 24_000)),
}  # fmt: skip
UNKNOWN: dict[str, tuple[dict[str, str], str, str]] = {
    "unsaid": ({"unit": "P·天", "device_model": "A100", "precision": "FP16"}, "A100",
               "未写稠密或稀疏：FP16 稠密 312.00 TFLOPS（76.9230 卡时），稀疏 624.00 TFLOPS（38.4615 卡时）"),
    "imprecise": ({"unit": "P·天", "device_model": "A100", "sparsity": "稠密"}, "A100", "未写精度"),
    "unlisted": ({"unit": "P·天", "device_model": "A800", "precision": "FP16", "sparsity": "稠密"}, "A800",
                 "换算表中没有该型号此精度、此稀疏口径的数值"),
    "uneven": ({"unit": "机时", "device_model": "H800"}, "H800", "设备清单中各节点卡数不一或除不尽：8、16"),
    "nodeless": ({"unit": "机时", "device_model": "A800"}, "A800",
                 "设备清单中没有该机构、型号在合同期内的节点"),
}  # fmt: skip
# name → from when to when three months of a card are billed, and how many days they are.
STRETCHES = {
    "quarter": ("2026-07-01", "2026-09-30", 92),
    "winter": ("2026-02-01", "2026-04-30", 89),
    "broken": ("2026-03-15", "2026-06-14", 92),
    "ragged": ("2026-03-15", "2026-06-20", 93),
}


def city() -> City:
    town = City().with_register()
    nodes = [("A100", "a1", 8), ("A100", "a2", 8), ("H800", "h1", 8), ("H800", "h2", 16)]
    for model, node, cards in [*nodes, ("L40S", "l1", 10), ("昇腾910C", "c1", 8)]:
        town.add("device", provider_id=PROVIDER, cluster_id="c1", node_id=node, device_model=model,
                 card_count=cards, valid_from="2025-01-01")  # fmt: skip
    lines = {name: (says, price) for name, (says, price, _) in PRICED.items()}
    lines |= {name: (says, "100") for name, (says, _, _) in UNKNOWN.items()}
    for n, (name, (says, price)) in enumerate(lines.items()):
        town.honest(name, hours=HOURS, applicant=APPLICANTS[n % len(APPLICANTS)])
        model = says["device_model"] or "A100"
        town.row("usage_interval", record_id=f"J-{name}").update(device_model=model)
        line = town.row("contract_line", contract_no=f"K-{name}")
        line.update(**says, quantity="", unit_price_yuan=price)
        town.row("statement", contract_no=f"K-{name}").update(
            unit=says["unit"], device_model=model, quantity=1, period_to="2026-03-31"
        )
    for name, (first, last, _) in STRETCHES.items():
        town.honest(name, hours=HOURS)
        town.row("statement", contract_no=f"K-{name}").update(
            unit="卡月", quantity=3, period_from=first, period_to=last
        )
    return town


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    outcome = tally(city().hand_in(tmp_path_factory.mktemp("unit")))
    with connect(outcome.database, read_only=True) as connection:
        yield connection


def of(connection: Connection, question: str, name: str) -> Any:
    return connection.execute(question, [f"K-{name}"]).fetchall()


@pytest.mark.parametrize("name", PRICED)
def test_usage_is_worth_its_share_of_the_unit_cut_once(told: Connection, name: str) -> None:
    _, price, share = PRICED[name]
    exact = HOURS * share * Fraction(price)
    [(supported,)] = of(told, "select supported_yuan from decided.support where contract_no = ?", name)
    assert supported == Decimal(exact * 100 // 1) / 100


@pytest.mark.parametrize("name", PRICED)
def test_a_billed_unit_is_so_many_card_hours(told: Connection, name: str) -> None:
    """The bill says unit and model alone: precision and sparsity are the contract's. One unit, cut to a millionth."""
    share = PRICED[name][2]
    [(seconds,)] = of(told, "select card_seconds from reconciled.billed_line where contract_no = ?", name)
    assert seconds == Decimal(3600 / share * 10**6 // 1) / 10**6


@pytest.mark.parametrize("name", STRETCHES)
def test_months_billed_together_are_as_long_as_they_are(told: Connection, name: str) -> None:
    """Where the stretch is no whole number of months, each is as long as the one in which it begins."""
    days = STRETCHES[name][2]
    [(seconds,)] = of(told, "select card_seconds from reconciled.billed_line where contract_no = ?", name)
    assert seconds == days * 86400


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_cannot_be_converted_is_unknown_and_says_why(told: Connection, name: str) -> None:
    _, model, why = UNKNOWN[name]
    support = of(
        told, "select supported_yuan, is_unconverted from decided.support where contract_no = ?", name
    )
    billed = of(
        told, "select card_seconds, conversion_zh from reconciled.billed_line where contract_no = ?", name
    )
    assert support == [(None, True)], model
    assert billed == [(None, why)]


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_claim_in_a_unit_that_cannot_be_converted_is_held(told: Connection, name: str) -> None:
    claims = of(told, "select disposition, reasons from published.claim where contract_no = ?", name)
    [(disposition, reasons)] = claims
    assert disposition == "hold"
    assert "REC-006" in reasons


LISTED_TWICE = """
provider_id | node_id | device_uuid | device_model | card_count | valid_from
P           | n1      | GPU-a1      | A800         | 1          | 2025-01-01
P           | N1      | GPU-a2      | A800         | 1          | 2025-01-01
P           | n1      | gpu-A1      | A800         | 1          | 2026-01-01
"""
TERM = "contract_no | provider_id | starts_on | ends_on\nC | P | 2026-03-01 | 2026-03-31"


def test_a_node_and_its_cards_are_one_however_their_letters_are_written() -> None:
    with court() as connection:
        fill(connection, "lake.contract", TERM)
        fill(connection, "lake.device", LISTED_TWICE)
        make(connection, relation_cards()["reconciled.node_cards"])
        found = connection.execute("select device_model, card_count from reconciled.node_cards order by all")
        assert found.fetchall() == [("A800", 2), (None, 2)]


def test_every_factor_is_published_with_its_source(told: Connection) -> None:
    rows = told.execute(
        "select unit, device_model, precision, sparsity, factor, source_zh, version from published.unit_factor"
    ).fetchall()
    assert all(source and version == unit_book().version for *_, source, version in rows)
    assert ("P·天", "A100", "FP16", "dense") in {row[:4] for row in rows if row[4] == Decimal("0.312")}
    assert {unit for unit, *_ in rows} == {unit.name for unit in unit_book().units}


def test_core_hours_are_no_card_hours() -> None:
    [core] = [unit for unit in unit_book().units if unit.name == "核时"]
    assert core.kind == "core"


BOOK = """
version = "2026-01-01"
unit = [{ name = "卡时", kind = "card", period_seconds = 3600, source_zh = "定义", aliases = ["GPU时"] }]
die = []
compute = [{ models = ["X1"], source_zh = "手册", dense = { FP16 = "10.5" } }]
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"GPU时"', '"卡 时"', "写了两次：卡时"),
        ('"card"', '"cart"', "kind cart"),
        ("3600", "0", "period_seconds 0"),
        ('"10.5"', '"10.505"', "TFLOPS 10.505"),
        ('"10.5"', '"ten"', "计价单位表读不出"),
        ('source_zh = "手册", ', "", "source_zh"),
        ("version", "versions", "version"),
        ('["X1"]', '["X1", "x-1"]', ""),
    ],
)
def test_a_unit_book_that_does_not_hold_is_refused(old: str, new: str, says: str) -> None:
    assert read_book(BOOK, place="unit.toml").factors[0].tflops_hundredths == 1050
    if says:
        with pytest.raises(PolicyFault, match=f"unit.toml.*{says}"):
            read_book(BOOK.replace(old, new), place="unit.toml")
    else:
        assert [plain(m) for m in read_book(BOOK.replace(old, new), place="unit.toml").factors[0].models] == [
            "x1"
        ]
