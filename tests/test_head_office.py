"""A branch with a code of its own and its head office are one legal person under one cap (第七条、解读 R18)."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.warehouse import connect, make
from hesuan.schemas.policy import Policy
from tests.city import APPLICANTS, PROVIDER, City
from tests.night import of_one_reading, tally
from tests.rule_case import court, fill, relation_cards, set_parameter

HEAD, BRANCH, SISTER, STRANGER = APPLICANTS[:4]


def asked(city: City, tmp_path: Path, query: str, policy: Policy | None = None) -> list[tuple[Any, ...]]:
    with connect(tally(city.hand_in(tmp_path), policy).database, read_only=True) as connection:
        return connection.execute(query).fetchall()


def family() -> City:
    """Two branches of one head office, and a firm of its own."""
    city = City().with_register()
    for branch in (BRANCH, SISTER):
        city.row("applicant", applicant_id=branch)["head_office_id"] = HEAD
    return city


PROPOSED = "select claim_id, proposed_subsidy_yuan from published.claim order by claim_id"


def test_branches_and_head_office_share_one_cap(tmp_path: Path) -> None:
    city = family()
    for at, (name, applicant) in enumerate(
        (("a", BRANCH), ("b", HEAD), ("c", SISTER), ("d", STRANGER)), start=9
    ):
        city.honest(name, hours=60_000, applicant=applicant, at=f"{at:02}:00:00")
    told = "select claim_id, sentence_zh from published.finding where rule_id = 'PRG-001' order by claim_id"
    assert asked(city, tmp_path, PROPOSED) == [
        ("C-a", Decimal("300000.00")),
        ("C-b", Decimal("200000.00")),
        ("C-c", Decimal("0.00")),
        ("C-d", Decimal("300000.00")),
    ]
    (cut, nothing_left) = asked(city, tmp_path, told)
    assert f"申领单位 {HEAD}（与 {BRANCH}、{SISTER} 为同一法人，合计）" in cut[1]
    assert nothing_left[0] == "C-c"


def test_the_threshold_of_a_year_is_of_whom_the_cap_is_for(tmp_path: Path) -> None:
    """Read by the year (R08), 3 万元 of a branch and 3 万元 of its head office are 6; 3 of a stranger stay 3."""
    policy = of_one_reading()
    by_year = tuple(
        replace(p, value="applicant_year") if p.key == "threshold.scope" else p for p in policy.parameters
    )
    city = family()
    for at, (name, applicant) in enumerate((("a", BRANCH), ("b", HEAD), ("c", STRANGER)), start=9):
        city.honest(name, hours=3_000, applicant=applicant, at=f"{at:02}:00:00")
    assert asked(city, tmp_path, PROPOSED, replace(policy, parameters=by_year, sha256="by year")) == [
        ("C-a", Decimal("15000.00")),
        ("C-b", Decimal("15000.00")),
        ("C-c", Decimal("0.00")),
    ]


@pytest.mark.parametrize(("paid_to", "left"), [(SISTER, "100000.00"), (STRANGER, "300000.00")])
def test_what_another_branch_was_paid_counts(tmp_path: Path, paid_to: str, left: str) -> None:
    city = family().honest("a", hours=60_000, applicant=BRANCH)
    city.add(
        "grant_history",
        policy_year=2026,
        applicant_id=paid_to,
        contract_no="K-old",
        claimed_yuan="400000.00",
        redeemed_yuan="400000.00",
    )
    assert asked(city, tmp_path, PROPOSED) == [("C-a", Decimal(left))]


@pytest.mark.parametrize(
    ("paid_to", "found"), [(HEAD, ("approve", "300000.00")), (STRANGER, ("reject", "0.00"))]
)
def test_what_a_head_office_was_paid_for_its_branchs_claim_is_that_claims(
    tmp_path: Path, paid_to: str, found: tuple[str, str]
) -> None:
    """Who pays, pays the legal person: the row of the same contract and voucher is no earlier grant beside the claim."""
    city = family().honest("a", hours=60_000, applicant=BRANCH)
    city.add(
        "grant_history",
        policy_year=2026,
        applicant_id=paid_to,
        contract_no="K-a",
        voucher_id="V-a",
        claimed_yuan="300000.00",
        redeemed_yuan="300000.00",
    )
    told = "select disposition, proposed_subsidy_yuan from published.claim"
    assert asked(city, tmp_path, told) == [(found[0], Decimal(found[1]))]


@pytest.mark.parametrize(("payer", "paid"), [(BRANCH, "63600.00"), (HEAD, "63600.00"), (STRANGER, "0.00")])
def test_a_head_office_pays_for_its_branch(tmp_path: Path, payer: str, paid: str) -> None:
    """Many a branch has no account of its own."""
    city = family().honest("a", hours=6_000, applicant=BRANCH)
    city.add(
        "payment",
        payment_id="P-1",
        paid_on="2026-10-21",
        payer_id=payer,
        payee_id=PROVIDER,
        amount_yuan="63600.00",
        contract_no="K-a",
    )
    found = asked(
        city,
        tmp_path,
        "select paid_yuan, (select sum(paid_yuan) from published.reconciliation) from published.claim",
    )
    assert found == [(Decimal(paid), Decimal(paid) or None)]


@pytest.mark.parametrize(
    ("buyer", "told"), [(HEAD, "INV-001 C-b"), (STRANGER, "INV-003 C-a、INV-003 C-b、INV-001 C-b")]
)
def test_an_invoice_to_the_head_office_is_its_branchs_too(tmp_path: Path, buyer: str, told: str) -> None:
    """Of two contracts that count it whole, the branch's was complete first: the head office's comes second."""
    city = (
        family()
        .honest("a", hours=6_000, applicant=BRANCH)
        .honest("b", hours=6_000, applicant=HEAD, at="10:00:00")
    )
    number = city.row("claim_invoice", claim_id="C-a")["invoice_number"]
    city.row("claim_invoice", claim_id="C-b")["invoice_number"] = number
    city.row("invoice", invoice_number=number).update(buyer_id=buyer, contract_no=None)
    found = asked(
        city,
        tmp_path,
        "select string_agg(rule_id || ' ' || claim_id, '、' order by rule_id desc, claim_id) from published.finding"
        " where rule_id in ('INV-001', 'INV-003') and verdict = 'flag'",
    )
    assert found == [(told,)]


@pytest.mark.parametrize(
    ("entered_for", "has_own", "supported"),
    [
        (BRANCH, True, ["63600.00", "63600.00"]),
        (HEAD, False, ["63600.00"]),
        (HEAD, True, [None, "127200.00"]),
        (STRANGER, False, [None]),
    ],
)
def test_a_tenant_entered_for_the_head_office_uses_its_branchs_contract(
    tmp_path: Path, entered_for: str, has_own: bool, supported: list[str | None]
) -> None:
    """Where the tenant's row names no contract; one that the head office has of its own comes first."""
    city = family().honest("a", hours=6_000, applicant=BRANCH)
    if has_own:
        city.honest("h", hours=6_000, applicant=HEAD)
    city.row("usage_interval", record_id="J-a")["contract_no"] = None
    city.add("tenant", provider_id=PROVIDER, tenant="t-a", applicant_id=entered_for, valid_from="2026-01-01")
    found = asked(city, tmp_path, "select supported_yuan from published.claim order by claim_id")
    assert found == [(yuan and Decimal(yuan),) for yuan in supported]


@pytest.mark.parametrize(
    ("framework", "order", "recognised"),
    [(HEAD, BRANCH, "90000.00"), (BRANCH, SISTER, "90000.00"), (HEAD, STRANGER, "60000.00")],
)
def test_a_branch_orders_under_its_head_offices_framework(
    tmp_path: Path, framework: str, order: str, recognised: str
) -> None:
    """6000 card-hours under the one's contract and 3000 under the other's, claimed together for 90 000 yuan."""
    city = family().honest("a", hours=6_000, applicant=framework).honest("s", hours=3_000, applicant=order)
    city.row("contract", contract_no="K-s")["parent_contract_no"] = "K-a"
    city.row("claim_invoice", claim_id="C-s")["claim_id"] = "C-a"
    for table, key in ("voucher", "voucher_id"), ("claim", "claim_id"), ("material", "claim_id"):
        city.rows[table] = [row for row in city.rows[table] if not row[key].endswith("-s")]
    city.row("claim", claim_id="C-a")["claimed_cost_yuan"] = "90000.00"
    told = "select recognised_cost_yuan, contract_amount_yuan from decided.recognition"
    assert asked(city, tmp_path, told) == [(Decimal(recognised), Decimal(recognised) * Decimal("1.06"))]


REGISTER = """
applicant_id | head_office_id
U2_branch    | U2_head
U2_head      | U1_above
U3_branch    | U3_head
U4           |
"""
CONTROLLERS = """
applicant_id | group_id
U3_head      | G
U4           | G
U2_branch    | U2_branch
"""


@pytest.mark.parametrize(
    ("reading", "together"),
    [
        ("legal_person", ["U1_above", "U2_branch U2_head", "U3_branch U3_head", "U4"]),
        ("group", ["U1_above", "U2_branch U2_head", "U3_branch U3_head U4"]),
    ],
)
def test_a_branch_is_where_its_head_office_is(reading: str, together: list[str]) -> None:
    """One step up and no more; the head office's controller is the branch's, and the branch's where it alone has one."""
    with court() as connection:
        set_parameter(connection, "cap.entity", reading)
        fill(connection, "lake.applicant", REGISTER + "U1_above     |\nU3_head      |\n")
        fill(connection, "reconciled.applicant_group", CONTROLLERS)
        fill(connection, "lake.voucher", "voucher_id | applicant_id | applied_at\nV | U4 | 2026-03-01 09:00")
        for name in ("reconciled.applicant_person", "decided.cap_entity"):
            make(connection, relation_cards()[name])
        shared = connection.execute("""
            select string_agg(applicant_id, ' ' order by applicant_id) as members
            from decided.cap_entity
            group by policy_year, entity_id
            order by members
        """).fetchall()
    assert [members for (members,) in shared] == together
