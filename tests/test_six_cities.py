"""One city's papers under six policies: awards worked out by hand, in the comments of cases/six_cities.toml."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.warehouse import connect
from hesuan.schemas.policy import policy_ids
from tests.city import APPLICANTS, PROVIDER, City
from tests.night import of_one_reading, tally

# Nights of its own, looked at once a change is ready.
pytestmark = pytest.mark.slow

CLAIMS: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "six_cities.toml").read_text(encoding="utf-8")
)["claim"]
PRICE = Decimal("10.60")
CLOCKLESS = date(2026, 11, 24)


def city() -> City:
    made = City().with_register()
    for claim in CLAIMS:
        _add(made, claim)
    return made


def _add(made: City, claim: dict[str, Any]) -> None:
    applicant = APPLICANTS[claim.get("applicant", 0)]
    name, hours = claim["name"], claim["hours"]
    made.claim(
        name, hours=hours, gross=PRICE * hours, applicant=applicant, year=2026, at="09:00:00", cards=400
    )
    made.rows["voucher"][-1]["face_yuan"] = "99999999.00"
    made.rows["contract"][-1]["project_level"] = claim.get("project_level", "none")
    register = made.row("applicant", applicant_id=applicant)
    register |= {k: claim[k] for k in ("established_on", "size_class") if k in claim}
    if "metered_hours" in claim:
        used = claim["metered_hours"] * 3600 // 400
        made.rows["usage_interval"][-1]["ended_at"] = (
            f"2026-03-{1 + used // 86400:02}T{used % 86400 // 3600:02}:00:00+08:00"
        )
    if claim.get("domestic"):
        _domestic(made, name)
    if "other_money" in claim:
        sums = dict.fromkeys(("claimed_yuan", "redeemed_yuan"), claim["other_money"])
        made.add(
            "grant_history",
            policy_year=2026,
            applicant_id=applicant,
            contract_no=f"K-{name}",
            funder="省级专项",
            **sums,
        )
    if claim.get("related"):
        for subject in (applicant, PROVIDER):
            made.add(
                "party",
                subject_id=subject,
                subject_name=subject[:6],
                attribute="legal_rep",
                value="id-0a1b2c3d",
            )


def _domestic(made: City, name: str) -> None:
    """The claim's hours on a model of domestic make, at the same price."""
    [device] = [r for r in made.rows["device"] if r["device_model"] == "A800"]
    [tariff] = [r for r in made.rows["tariff"] if r["device_model"] == "A800"]
    made.add("device", **device | {"device_model": "910B", "is_domestic": "是"})
    made.add("tariff", **tariff | {"device_model": "910B"})
    for table in ("contract_line", "usage_interval", "statement"):
        made.row(table, contract_no=f"K-{name}")["device_model"] = "910B"


@pytest.fixture(scope="module")
def awards(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], tuple[str, str, list[str]]]:
    found = {}
    for policy_id in policy_ids():
        workspace = city().hand_in(tmp_path_factory.mktemp(policy_id))
        outcome = tally(workspace, of_one_reading(policy_id), today=CLOCKLESS)
        with connect(outcome.database, read_only=True) as connection:
            for claim_id, yuan, disposition, reasons in connection.execute(
                "select claim_id, proposed_subsidy_yuan, disposition, reasons from published.claim"
            ).fetchall():
                found[policy_id, claim_id.removeprefix("C-")] = (str(yuan), disposition, reasons)
    return found


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["name"])
def test_the_same_claim_comes_to_what_each_city_gives(awards: dict, claim: dict[str, Any]) -> None:
    came_to = {policy_id: awards[policy_id, claim["name"]] for policy_id in policy_ids()}
    assert {p: yuan for p, (yuan, _, _) in came_to.items()} == claim["expect"], came_to


def test_every_policy_of_the_house_is_in_the_table() -> None:
    assert all(set(claim["expect"]) == set(policy_ids()) for claim in CLAIMS)
