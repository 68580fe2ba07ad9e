"""Several prices of one model in a contract, tiers or a free trial, and a model that has none."""

from decimal import Decimal
from pathlib import Path

import pytest

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import connect, make
from hesuan.flows.workspace import Workspace
from tests.city import APPLICANTS, PRICE, PROVIDER, City
from tests.night import tally
from tests.rule_case import court, fill
from tests.test_slurm_run import ask

CARD = 21000 * 3600
# (contract, price, agreed hours) of each line; the model's hours by month; free hours on the bill; what they are worth.
CASES: dict[str, tuple[list[tuple[str, int | None]], list[int], int | None, str]] = {
    "tiers": ([("10", 30), ("9", 20)], [25, 25], None, "480"),
    "below_the_tier": ([("10", 30), ("9", 20)], [25], None, "230"),
    "beyond_all_tiers": ([("10", 30), ("9", 20)], [60], None, "570"),
    "tier_without_end": ([("10", 30), ("9", None)], [50], None, "480"),
    "two_without_end": ([("10", None), ("9", None)], [50], None, "450"),
    "trial_of_agreed_hours": ([("10", 30), ("0", 20)], [20, 30], None, "300"),
    "trial_on_the_bill": ([("10", None), ("0", None)], [50], 20, "300"),
    "trial_on_no_bill": ([("10", None), ("0", None)], [50], None, "500"),
    "all_free": ([("0", None)], [50], None, "0"),
    "one_price": ([("10", 30)], [25, 25], None, "500"),
}


def test_each_agreed_quantity_takes_its_own_price_the_cheapest_first() -> None:
    """Hours beyond all that was agreed on take the lowest price; free hours are those of the contract or the bill."""
    columns = {
        "lake.contract": "contract_no",
        "reconciled.contract_term": "contract_no | starts_on",
        "reconciled.contract_price": "contract_no | line_no | unit_price_yuan"
        " | device_model | unit | is_card_priced | is_core_priced",
        "reconciled.contract_quantity": "contract_no | line_no | card_seconds",
        "reconciled.unit_conversion": "contract_no | unit | device_model | period_seconds | card_parts",
        "reconciled.billed_line": "contract_no | device_model | amount_yuan | card_seconds",
        "decided.supported_month": "contract_no | month | unit_seconds | month_seconds | device_model | device_class",
    }
    rows: dict[str, list[str]] = {relation: [] for relation in columns}
    for name, (lines, months, free, _) in CASES.items():
        rows["lake.contract"].append(name)
        rows["reconciled.contract_term"].append(f"{name} | 2026-02-01")
        rows["reconciled.unit_conversion"].append(f"{name} | 卡时 | A800 | 3600 | 906192000000")
        for no, (price, hours) in enumerate(lines, start=1):
            rows["reconciled.contract_price"].append(f"{name} | {no} | {price} | A800 | 卡时 | true | false")
            if hours is not None:
                rows["reconciled.contract_quantity"].append(f"{name} | {no} | {hours * 3600}")
        if free is not None:
            rows["reconciled.billed_line"].append(f"{name} | A800 | 0 | {free * 3600}")
        for month, hours in enumerate(months, start=3):
            rows["decided.supported_month"].append(
                f"{name} | 2026-{month:02} | {hours * CARD} | 2678400 | A800 | gpu"
            )
    with court() as connection:
        for relation, header in columns.items():
            fill(connection, relation, "\n".join([header, *rows[relation]]))
        make(connection, sql_cards("decided")["decided.support"])
        found = dict(connection.execute("select contract_no, supported_yuan from decided.support").fetchall())
    assert found == {name: Decimal(worth) for name, (*_, worth) in CASES.items()}


def test_a_month_of_unknown_cores_is_worth_nothing_known() -> None:
    """In March no record says its cores; in April 36 000 core-hours at 0.10 yuan."""
    with court() as connection:
        fill(connection, "lake.contract", "contract_no\nC")
        fill(connection, "reconciled.contract_term", "contract_no | starts_on\nC | 2026-02-01")
        header = "contract_no | line_no | unit_price_yuan | unit | is_card_priced | is_core_priced"
        fill(connection, "reconciled.contract_price", f"{header}\nC | 1 | 0.10 | 核时 | false | true")
        header = "contract_no | unit | device_model | period_seconds"
        fill(connection, "reconciled.unit_conversion", f"{header}\nC | 核时 | | 3600")
        header = "contract_no | month | unit_seconds | core_seconds | month_seconds"
        months = "C | 2026-03 | 0 | | 2678400\nC | 2026-04 | 0 | 129600000 | 2592000"
        fill(connection, "decided.supported_month", f"{header}\n{months}")
        make(connection, sql_cards("decided")["decided.support"])
        found = connection.execute("select supported_yuan from decided.support").fetchall()
    assert found == [(Decimal("3600.00"),)]


def test_hours_and_items_are_cut_to_the_fen_once() -> None:
    """An hour at 0.015 yuan and an item of 0.015 yuan are 0.03 yuan."""
    with court() as connection:
        fill(connection, "lake.contract", "contract_no\nC")
        fill(connection, "reconciled.contract_term", "contract_no | starts_on\nC | 2026-02-01")
        header = "contract_no | line_no | unit_price_yuan | unit | device_model | quantity | is_card_priced | is_core_priced"
        lines = "C | 1 | 0.015 | 卡时 | A800 | | true | false\nC | 2 | 0.015 | 项 | | 1 | false | false"
        fill(connection, "reconciled.contract_price", f"{header}\n{lines}")
        header = "contract_no | unit | device_model | period_seconds | card_parts"
        fill(connection, "reconciled.unit_conversion", f"{header}\nC | 卡时 | A800 | 3600 | 906192000000")
        header = "contract_no | month | unit_seconds | month_seconds | device_model | device_class"
        fill(connection, "decided.supported_month", f"{header}\nC | 2026-03 | {CARD} | 2678400 | A800 | gpu")
        make(connection, sql_cards("decided")["decided.support"])
        found = connection.execute(
            "select supported_yuan, contract_priced_yuan from decided.support"
        ).fetchall()
    assert found == [(Decimal("0.03"), Decimal("0.03"))]


def told_of(workspace: Workspace) -> list[tuple]:
    with connect(workspace.published, read_only=True) as connection:
        return connection.execute(
            "select disposition, reasons, supported_yuan from published.claim"
        ).fetchall()


def test_usage_of_a_model_without_a_price_is_held_and_passes_once_the_price_is_in(tmp_path: Path) -> None:
    """Half of the hours ran on better cards at the same price; what they may come to is reserved until the line is in."""
    city = City().with_register().honest("a", hours=6000)
    city.add("device", **city.rows["device"][0] | {"device_model": "H800"})
    first = city.row("usage_interval", contract_no="K-a")
    half = "2026-03-04T03:00:00+08:00"
    city.add(
        "usage_interval", **first | {"record_id": "J-better", "device_model": "H800", "started_at": half}
    )
    first["ended_at"] = half
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    assert told_of(workspace) == [("hold", ["REC-009"], None)]
    assert ask(workspace, "select proposed_subsidy_yuan from published.claim") == [(30_000,)]

    line = city.row("contract_line", contract_no="K-a")
    city.add("contract_line", **line | {"line_no": 2, "device_model": "H800", "quantity": None})
    city.hand_in(tmp_path)
    tally(workspace)
    assert told_of(workspace) == [("approve", [], PRICE * 6000)]


def test_what_a_finding_names_is_worth_what_the_award_takes_off_for_it(tmp_path: Path) -> None:
    """9600 card-hours billed in days dearer than the published hour, 8600 used: 1000 hours at the published 10.60."""
    city = City().with_register()
    own = {"applicant": APPLICANTS[0], "year": 2026, "at": "09:00:00"}
    city.claim("a", hours=9600, gross=Decimal("122112.00"), **own)
    for table in ("contract_line", "statement"):
        city.row(table, contract_no="K-a").update(unit="卡日", quantity=400, unit_price_yuan="305.28")
    city.row("usage_interval", contract_no="K-a")["ended_at"] = "2026-03-09T23:00:00+08:00"
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    [(sentence, supported)] = ask(
        workspace,
        "select sentence_zh, (select supported_yuan from published.claim) from published.finding"
        " where rule_id = 'REC-001'",
    )
    assert supported == 8600 * PRICE
    assert "计费多 1000.0000 卡时（容许 96.0000 卡时）；按核算单价约 10600.00 元" in sentence


@pytest.mark.parametrize(("item", "supported"), [("智算服务", 53_000), ("云主机", 63_600), (None, 63_600)])
def test_what_is_sold_by_the_item_is_bounded_by_the_tariff_of_that_item_alone(
    item: str | None, supported: int, tmp_path: Path
) -> None:
    city = City().with_register().honest("a", hours=6000)
    for table in ("contract_line", "statement"):
        city.row(table, contract_no="K-a").update(unit="项", quantity=1, unit_price_yuan=PRICE * 6000)
    published = {
        "provider_id": PROVIDER,
        "device_model": "A800",
        "service_item": item,
        "valid_from": "2025-01-01",
    }
    city.add("tariff", **published, unit="项", unit_price_yuan="53000")
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    assert told_of(workspace) == [("approve", [], supported)]
    told = ask(
        workspace, "select sentence_zh from published.finding where rule_id = 'PRC-001' and verdict = 'flag'"
    )
    assert [sentence[-len("少计 10600.00 元。") :] for (sentence,) in told] == (
        ["少计 10600.00 元。"] if supported == 53_000 else []
    )


def test_what_a_price_that_lacks_may_come_to_is_reserved_before_later_claims(tmp_path: Path) -> None:
    """The pool would be spent by the claim behind before the first one's price is in (先到先得)."""
    city = City().with_register()
    city.add("device", **city.rows["device"][0] | {"device_model": "H800"})
    for day, name in enumerate("abcdefg", start=11):
        applicant = APPLICANTS[day - 11]
        city.claim(
            name,
            hours=100_000,
            gross=PRICE * 100_000,
            applicant=applicant,
            year=2026,
            at=f"{day}:00:00",
            cards=400,
        )
    city.row("usage_interval", contract_no="K-a")["device_model"] = "H800"
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    proposed = "select claim_id, proposed_subsidy_yuan from published.claim order by claim_id"
    assert ask(workspace, proposed) == [*((f"C-{name}", 500_000) for name in "abcdef"), ("C-g", 0)]


def test_a_contract_and_its_supplements_are_cut_to_the_fen_once() -> None:
    """An hour at 0.014 yuan under each of three is 0.042 yuan: two fen would be lost were each cut on its own."""
    names = ("K", "S1", "S2", "K_only", "K_odd", "S_odd")
    columns = {
        "lake.contract": "contract_no",
        "reconciled.contract_term": "contract_no | starts_on",
        "reconciled.contract_price": "contract_no | line_no | unit_price_yuan"
        " | device_model | unit | is_card_priced | is_core_priced",
        "reconciled.unit_conversion": "contract_no | unit | device_model | period_seconds | card_parts",
        "decided.supported_month": "contract_no | month | unit_seconds | month_seconds | device_model | device_class",
    }
    price = dict.fromkeys(names, "0.014") | {"S_odd": "0.015999"}
    cells = {
        "lake.contract": "{name}",
        "reconciled.contract_term": "{name} | 2026-02-01",
        "reconciled.contract_price": "{name} | 1 | {price} | A800 | 卡时 | true | false",
        "reconciled.unit_conversion": "{name} | 卡时 | A800 | 3600 | 906192000000",
        "decided.supported_month": f"{{name}} | 2026-03 | {CARD} | 2678400 | A800 | gpu",
    }
    with court() as connection:
        for relation, header in columns.items():
            rows = [cells[relation].format(name=name, price=price[name]) for name in names]
            fill(connection, relation, "\n".join([header, *rows]))
        connection.execute("""
            insert into reconciled.contract_supplement (contract_no, supplement_nos)
            values ('K', ['S1', 'S2']), ('K_odd', ['S_odd'])
        """)
        for name in ("decided.support", "decided.supplement_support"):
            make(connection, sql_cards("decided")[name])
        found = connection.execute("""
            select contract_no, s.supported_yuan + coalesce(x.supported_yuan, 0), s.contract_priced_yuan + x.contract_priced_yuan
            from decided.support as s
            left join decided.supplement_support as x using (contract_no)
            where starts_with(contract_no, 'K')
            order by contract_no
        """).fetchall()
    assert found == [
        ("K", Decimal("0.04"), Decimal("0.04")),
        ("K_odd", Decimal("0.02"), Decimal("0.02")),
        ("K_only", Decimal("0.01"), None),
    ]
