"""Money paid and then no longer due (第十七条): a claim decided, paid, and taken back in part by a red letter."""

import shutil
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import connect, make
from hesuan.flows.workspace import Workspace
from tests.city import APPLICANTS, City
from tests.night import tally
from tests.rule_case import court, fill, set_parameter

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Night:
    """What was published on a night, and the book as it was then."""

    database: Path
    book: bytes

    def ask(self, query: str) -> Rows:
        with connect(self.database, read_only=True) as connection:
            rows = connection.execute(query).fetchall()
        return [tuple(str(v) if isinstance(v, Decimal) else v for v in row) for row in rows]


def hand_in(workspace: Workspace, name: str, city: City) -> None:
    folder = workspace.inbox / "submissions" / name
    folder.mkdir(parents=True)
    for table in city.rows:
        (folder / f"{table}.csv").write_text(city.csv(table), encoding="utf-8")


def night(workspace: Workspace, name: str) -> Night:
    """A run; its files are kept aside, so that each night can be asked by itself."""
    outcome = tally(workspace)
    kept = workspace.root / f"{name}.duckdb"
    shutil.copyfile(outcome.database, kept)
    return Night(kept, (workspace.evidence / "ledger.jsonl").read_bytes())


def red_letter(city: City, net: str, gross: str) -> City:
    blue = city.row("invoice", contract_no="K-a")
    red = City()
    red.add(
        "invoice",
        **blue
        | {"invoice_number": "26510000009999999999", "issued_on": "2026-12-10", "status": "red"}
        | {"net_yuan": f"-{net}", "gross_yuan": f"-{gross}", "tax_yuan": Decimal(net) - Decimal(gross)}
        | {"original_invoice_number": blue["invoice_number"]},
    )
    return red


def decision(code: str) -> City:
    city = City()
    city.add(
        "decision",
        claim_id="C-a",
        decided_at="2026-12-01 10:00:00",
        panellist="王评审",
        decision="approve",
        reason="三方用量一致，算力赋能效益显著",
        figures_sha256=code,
    )
    return city


def payment(**more: str) -> City:
    city = City()
    row = {"policy_year": 2026, "applicant_id": APPLICANTS[0], "contract_no": "K-a", "voucher_id": "V-a"}
    city.add("grant_history", **row | {"claimed_yuan": "30000.00", "redeemed_yuan": "30000.00"} | more)
    return city


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Night]:
    """6000 card-hours at 10.00 yuan, 30000.00 of them paid; then a red letter over 5000.00 without tax."""
    city = City().with_register().honest("a", hours=6000)
    city.rows |= payment().rows
    workspace = city.hand_in(tmp_path_factory.mktemp("recovery") / "w")
    found = {"paid": night(workspace, "paid")}
    hand_in(workspace, "red", red_letter(city, "5000.00", "5300.00"))
    found["red"] = night(workspace, "red")
    receipts = City()
    for claim_id, receipt_no, yuan in (
        ("C-a", "JK-1", "2000.00"),
        ("C-a", "JK-2", "500.00"),
        ("C-?", "JK-3", "1.00"),
    ):
        receipts.add(
            "recovery",
            claim_id=claim_id,
            receipt_no=receipt_no,
            recovered_on="2027-01-10",
            recovered_yuan=yuan,
        )
    hand_in(workspace, "back", receipts)
    return found | {"back": night(workspace, "back")}


def test_a_paid_claim_is_no_earlier_claim_of_somebody(nights: dict[str, Night]) -> None:
    # What was paid and is not back is still out, though less is proposed now.
    for name, proposed in (("paid", "30000.00"), ("red", "27500.00")):
        claims = nights[name].ask(
            "select disposition, proposed_subsidy_yuan, applicant_cap_cut_yuan, reasons from published.claim"
        )
        assert claims == [("approve", proposed, "0.00", [])]
        assert nights[name].ask("select redeemed_yuan, remaining_yuan from published.pool") == [
            ("30000.00", "2970000.00")
        ]
    used = "select applicant_used_yuan from decided.award"
    assert [nights[name].ask(used) for name in ("paid", "red")] == [[("0.00",)], [("2500.00",)]]


def test_a_payment_noted_under_the_year_it_was_made_in_is_of_the_claims_year(tmp_path: Path) -> None:
    """A voucher of 2026 is paid in January 2027, and the clerk notes 2027; so is the invoice it paid."""
    city = City().with_register().honest("a", hours=6000)
    invoice = city.row("invoice", contract_no="K-a")["invoice_number"]
    city.rows |= payment(policy_year="2027", invoice_number=invoice).rows
    after = night(city.hand_in(tmp_path / "w"), "after")
    assert after.ask("select disposition, proposed_subsidy_yuan from published.claim") == [
        ("approve", "30000.00")
    ]
    assert after.ask("select count(*) from published.recovery") == [(0,)]
    assert after.ask("select policy_year, redeemed_yuan, remaining_yuan from published.pool") == [
        (2026, "30000.00", "2970000.00")
    ]


def test_a_red_letter_does_not_free_what_was_paid_for_another_claim(tmp_path: Path) -> None:
    """500000.00 yuan, the whole cap, were paid on the first claim; half of it is no longer due."""
    city = City().with_register().honest("a", hours=100_000).honest("b", hours=60_000, at="09:30:00")
    city.rows |= payment(claimed_yuan="500000.00", redeemed_yuan="500000.00").rows
    city.rows["invoice"] += red_letter(city, "500000.00", "530000.00").rows["invoice"]
    after = night(city.hand_in(tmp_path / "w"), "after")
    assert after.ask(
        "select claim_id, subsidy_before_caps_yuan, proposed_subsidy_yuan from decided.award order by claim_id"
    ) == [("C-a", "250000.00", "250000.00"), ("C-b", "300000.00", "0.00")]
    assert after.ask("select redeemed_yuan, proposed_yuan, remaining_yuan from published.pool") == [
        ("500000.00", "250000.00", "2500000.00")
    ]


def test_what_was_paid_is_counted_before_a_claim_that_comes_first_and_is_not_paid(tmp_path: Path) -> None:
    """400000.00 yuan were paid on the second claim: of the cap of 500000.00 the first has what is left."""
    city = City().with_register().honest("b", hours=60_000).honest("a", hours=80_000, at="09:30:00")
    city.rows |= payment(claimed_yuan="400000.00", redeemed_yuan="400000.00").rows
    after = night(city.hand_in(tmp_path / "w"), "after")
    assert after.ask(
        "select claim_id, queue_position, applicant_used_yuan, proposed_subsidy_yuan from decided.award order by queue_position"
    ) == [("C-b", 1, "400000.00", "100000.00"), ("C-a", 2, "0.00", "400000.00")]
    assert after.ask("select remaining_yuan from published.pool") == [("2500000.00",)]
    assert after.ask("select count(*) from published.recovery") == [(0,)]


def test_a_red_letter_after_the_payment_is_a_recovery_case_to_the_cent(nights: dict[str, Night]) -> None:
    asked = "select claim_id, redeemed_yuan, due_yuan, recover_yuan, grade, article, red_letters from published.recovery"
    assert nights["paid"].ask(asked) == []
    assert nights["red"].ask(asked) == [
        ("C-a", "30000.00", "27500.00", "2500.00", "formal", "第十七条", ["26510000009999999999"])
    ]
    # A proposal only: nothing is recovered in the ledger before somebody has confirmed it.
    assert nights["red"].ask("select count(*) from published.ledger_entry where event = 'recover'") == [(0,)]


def test_the_ledger_and_its_checks_foot(nights: dict[str, Night]) -> None:
    last = nights["red"]
    assert last.book == nights["paid"].book
    assert last.ask("select account, amount_yuan from published.ledger_balance where amount_yuan <> 0") == [
        ("budget", "-3000000.00"),
        ("pool", "2500000.00"),
        ("redeemed", "30000.00"),
        ("lapsed", "470000.00"),
    ]
    assert last.ask(
        "select claimed_yuan, redeemed_yuan, live_yuan, remaining_yuan from published.applicant_year"
    ) == [("500000.00", "30000.00", "0.00", "470000.00")]
    assert last.ask("select name from published.ledger_check where not holds") == []


def test_what_came_back_is_posted_and_no_longer_asked_for(nights: dict[str, Night]) -> None:
    back = nights["back"]
    assert back.ask("select recovered_yuan, recover_yuan from published.recovery") == [("2500.00", "0.00")]
    assert back.ask("select account, amount_yuan from published.ledger_balance where amount_yuan <> 0") == [
        ("budget", "-3000000.00"),
        ("pool", "2500000.00"),
        ("redeemed", "27500.00"),
        ("lapsed", "470000.00"),
        ("recovered", "2500.00"),
    ]
    posted = "select voucher_id, amount_yuan from published.ledger_entry where event = 'recover' order by key"
    assert back.ask(f"{posted.replace('order', 'and refused_zh is null order')}") == [
        ("V-a", "2000.00"),
        ("V-a", "500.00"),
    ]
    refused = back.ask(
        "select voucher_id, refused_zh from published.ledger_entry where event = 'recover' and refused_zh is not null"
    )
    assert [voucher for voucher, _ in refused] == ["C-?"]
    assert back.ask("select name from published.ledger_check where not holds") == [("nothing_refused",)]


@pytest.mark.slow
def test_what_the_panel_approved_is_redeemed_once_and_payable_once(tmp_path: Path) -> None:
    """Filed, decided, paid, red letter, and a night with nothing new."""
    city = City().with_register().honest("a", hours=6000)
    workspace = city.hand_in(tmp_path / "w")
    filed = night(workspace, "filed")
    [(code,)] = filed.ask("select figures_sha256 from published.claim_state")
    hand_in(workspace, "decided", decision(code))
    decided = night(workspace, "decided")
    hand_in(workspace, "paid", payment())
    paid = night(workspace, "paid")
    hand_in(workspace, "red", red_letter(city, "5000.00", "5300.00"))
    red, again = night(workspace, "red"), night(workspace, "again")
    listed = "select claim_id, payable_yuan from published.payment_list"
    assert [one.ask(listed) for one in (filed, decided, paid, red)] == [[], [("C-a", "30000.00")], [], []]
    assert paid.ask("select payable_yuan, obstacle_zh from published.decision") == [
        ("0.00", "已兑现 30000.00 元")
    ]
    posted = (
        "select key, amount_yuan, occurred_on::varchar from published.ledger_entry where event = 'redeem'"
    )
    assert filed.ask(posted) == []
    assert decided.ask(posted) == [("redeem:2026:V-a", "30000.00", "2026-12-01")]
    # The payment that comes back as a row of the history is the one already in the book.
    assert filed.book != decided.book == paid.book == red.book == again.book
    assert red.ask("select recover_yuan, redeemed_on::varchar from published.recovery") == [
        ("2500.00", "2026-12-01")
    ]


@pytest.mark.parametrize(
    ("later", "recovered"),
    [
        ({"decision": "approve"}, []),
        ({"decision": "ask"}, []),
        ({"decision": "reject"}, [("30000.00", "已兑现 30000.00 元，应兑现 0.00 元；专家组不予兑付")]),
        (
            {"decision": "adjust", "adjusted_yuan": "25000.00"},
            [("5000.00", "已兑现 30000.00 元，应兑现 25000.00 元；专家组核定 25000.00 元")],
        ),
    ],
)
def test_what_the_panel_takes_back_after_the_payment_is_a_recovery_case(
    tmp_path: Path, later: dict[str, str], recovered: Rows
) -> None:
    city = City().with_register().honest("a", hours=6000)
    city.rows |= payment().rows | decision("").rows
    [first] = city.rows["decision"]
    city.rows["decision"] = [first, first | {"decided_at": "2027-02-01 10:00:00"} | later]
    after = night(city.hand_in(tmp_path / "w"), "after")
    assert after.ask("select recover_yuan, cause_zh from published.recovery") == recovered


PAID = """
claim_id | redeemed_yuan | redeemed_on
C_core   | 30000         | 2026-12-01
C_formal | 30000         | 2026-12-01
C_held   | 30000         | 2026-12-01
C_equal  | 30000         | 2026-12-01
C_cent   | 30000         | 2026-12-01
C_over   | 30000         | 2026-12-01
"""
SAID = """
claim_id | disposition
C_core   | reject
C_formal | approve
C_held   | hold
C_equal  | approve
C_cent   | approve
C_over   | reject
"""
DUE = """
claim_id | proposed_subsidy_yuan
C_core   | 0
C_formal | 27500
C_held   | 20000
C_equal  | 30000
C_cent   | 29999.99
C_over   | 0
"""
PAPERS = """
claim_id | submitted_on
C_core   | 2026-11-01
C_formal | 2026-11-01
C_held   | 2026-11-01
C_equal  | 2026-11-01
C_cent   | 2026-11-01
C_over   | 2026-11-01
"""


@pytest.mark.parametrize(
    ("reading", "recovered"),
    [
        (
            "core_breach",
            {
                "C_core": "30000.00",
                "C_formal": "2500.00",
                "C_held": "10000.00",
                "C_cent": "0.01",
                "C_over": "1000.00",
            },
        ),
        ("any_breach", dict.fromkeys(("C_core", "C_formal", "C_held", "C_cent", "C_over"), "30000.00")),
    ],
)
def test_how_much_is_recovered_is_a_reading(reading: str, recovered: dict[str, str]) -> None:
    """R37: a core condition that fails takes everything back; a formal defect the difference, or everything.

    The panel overrode the block on C_over, which may be paid 29000.00.
    """
    with court() as connection:
        set_parameter(connection, "recovery.full_on", reading)
        fill(connection, "reconciled.claim_redeemed", PAID)
        fill(connection, "reconciled.claim_paper", PAPERS)
        fill(connection, "decided.disposition", SAID)
        fill(connection, "decided.award", DUE)
        connection.execute("create schema published")
        connection.execute("create table published.allowance (claim_id varchar, allowed_yuan decimal(18, 2))")
        connection.execute("insert into published.allowance values ('C_over', 29000)")
        connection.execute(
            "create table published.decision_history"
            " (claim_id varchar, decision varchar, adjusted_yuan decimal(18, 2), is_latest boolean)"
        )
        make(connection, sql_cards("published")["published.recovery"])
        found = connection.execute(
            "select claim_id, recover_yuan::varchar from published.recovery"
        ).fetchall()
    assert dict(found) == recovered
