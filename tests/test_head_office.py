"""A branch with a code of its own and its head office are one legal person under one cap (第七条、解读 R18)."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.warehouse import connect
from tests.city import APPLICANTS, City
from tests.night import tally

HEAD, BRANCH, SISTER, STRANGER = APPLICANTS[:4]


def asked(city: City, tmp_path: Path, query: str) -> list[tuple[Any, ...]]:
    with connect(tally(city.hand_in(tmp_path)).database, read_only=True) as connection:
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
