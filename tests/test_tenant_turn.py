"""A tenant that comes under another contract while a job of his runs on: each contract has its own days of it."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import connect, make
from tests.city import APPLICANTS, PROVIDER, City
from tests.night import tally
from tests.rule_case import court, fill

CONTRACTS = """
contract_no | provider_id | applicant_id | starts_on  | ends_on
K_spring    | P           | U            | 2026-02-01 | 2026-06-30
K_summer    | P           | U            | 2026-07-01 | 2026-07-31
K_autumn    | P           | U            | 2026-08-01 | 2026-10-31
K_other     | P           | V            | 2026-07-01 | 2026-10-31
"""
# A job from the 30th of June, 18:00, for 30 days and 12 hours unless told otherwise: in hours, by contract.
TENANTS = {
    "each_has_its_row": (
        ["K_spring|2026-02-01|2026-06-30", "K_summer|2026-07-01|"],
        {"K_spring": 6, "K_summer": 726},
    ),
    "row_names_the_party": (["U|2026-02-01|"], {"K_spring": 6, "K_summer": 726}),
    "of_one_contract": (["K_spring|2026-02-01|"], {"K_spring": 732}),
    "row_ends": (["K_spring|2026-02-01|2026-06-30"], {"K_spring": 732}),
    "row_begins_later": (["K_summer|2026-07-01|"], {None: 6, "K_summer": 726}),
    "renamed_only": (["K_spring|2026-02-01|2026-06-30", "K_spring|2026-07-01|"], {"K_spring": 732}),
    "of_two_at_once": (
        ["K_spring|2026-02-01|2026-06-30", "K_summer|2026-07-01|", "K_other|2026-07-01|2026-07-10"],
        {"K_spring": 246, "K_summer": 486},
    ),
    "of_three": (
        ["K_spring|2026-02-01|2026-06-30", "K_summer|2026-07-01|2026-07-10", "K_autumn|2026-07-11|"],
        {"K_spring": 6, "K_summer": 240, "K_autumn": 486},
    ),
}


def hours_by_contract(tenants: dict[str, list[str]], **says: str) -> dict[str, dict[str | None, int]]:
    job = {
        "started_at": "2026-06-30 10:00:00+00",
        "ended_at": "2026-07-30 22:00:00+00",
        "card_count": "1",
    } | says
    rows = [
        f"P | J-{name} | {name} | " + " | ".join(job.values()) + f" | f | {nth}"
        for nth, name in enumerate(tenants)
    ]
    told = []
    for name, lines in tenants.items():
        for whose, begins, ends in (line.split("|") for line in lines):
            told.append(
                f"P | {name} | {'' if whose == 'U' else whose} | {'U' if whose == 'U' else ''} | {begins} | {ends}"
            )
    with court() as connection:
        fill(connection, "lake.contract", CONTRACTS)
        fill(connection, "lake.input_file", "file_sha256 | file_rank\nf | 1")
        fill(
            connection,
            "lake.usage_interval",
            f"provider_id | record_id | tenant | {' | '.join(job)} | file_sha256 | file_row\n"
            + "\n".join(rows),
        )
        fill(
            connection,
            "lake.tenant",
            "provider_id | tenant | contract_no | applicant_id | valid_from | valid_to\n" + "\n".join(told),
        )
        cards = sql_cards("reconciled")
        for name in ("tenancy", "turned", "attributed", "measured", "holder", "interval"):
            make(connection, cards[f"reconciled.{name}"])
        assert connection.execute(
            "select count(*) - count(distinct interval_no) from reconciled.interval"
        ).fetchone() == (0,)
        found: dict[str, dict[str | None, int]] = {}
        for tenant, contract_no, seconds in connection.execute(
            "select tenant, contract_no, sum(stop_s - begin_s) from reconciled.interval group by all order by all"
        ).fetchall():
            found.setdefault(tenant, {})[contract_no] = seconds // 3600
    return found


def test_a_job_is_each_contracts_for_its_own_days() -> None:
    """Days under no one contract part nothing; hours are neither lost nor counted twice."""
    assert hours_by_contract({name: rows for name, (rows, _) in TENANTS.items()}) == {
        name: parts for name, (_, parts) in TENANTS.items()
    }


@pytest.mark.parametrize(
    "says",
    [
        pytest.param({"contract_no": "K_spring"}, id="names_its_contract"),
        pytest.param({"suspended_seconds": "36000"}, id="was_suspended"),
        pytest.param({"elapsed_seconds": "2600000"}, id="says_it_ran_less"),
    ],
)
def test_a_job_whose_time_has_no_place_stays_whole(says: dict[str, str]) -> None:
    rows = TENANTS["each_has_its_row"][0]
    assert list(hours_by_contract({"each_has_its_row": rows}, **says)["each_has_its_row"]) == ["K_spring"]


def job(**says: Any) -> dict[str, Any]:
    return {
        "provider_id": PROVIDER,
        "cluster_id": "c1",
        "tenant": "t-both",
        "device_model": "A800",
        "card_count": 40,
    } | says


def test_two_contracts_one_after_the_other_are_each_supported_in_full(tmp_path: Path) -> None:
    """One job runs over midnight between them."""
    city = City().with_register().honest("old", hours=6000).honest("new", hours=7000, applicant=APPLICANTS[0])
    city.row("contract", contract_no="K-old")["ends_on"] = "2026-03-07"
    city.row("contract", contract_no="K-new").update(starts_on="2026-03-08", signed_on="2026-03-05")
    city.row("voucher", contract_no="K-new").update(
        completed_at="2026-03-05 09:00:00", effective_at="2026-03-07 09:00:00"
    )
    city.rows["usage_interval"] = [
        job(record_id="J", started_at="2026-03-01T18:00:00+08:00", ended_at="2026-03-15T07:00:00+08:00")
    ]
    for name, begins, ends in ("old", "2026-02-01", "2026-03-07"), ("new", "2026-03-08", ""):
        city.add(
            "tenant",
            provider_id=PROVIDER,
            tenant="t-both",
            contract_no=f"K-{name}",
            valid_from=begins,
            valid_to=ends,
        )
    workspace = city.hand_in(tmp_path)
    tally(workspace, today=date(2026, 11, 23))
    with connect(workspace.published, read_only=True) as connection:
        asked = "select claim_id, disposition, metered_gpu_hours from published.claim order by claim_id"
        assert connection.execute(asked).fetchall() == [
            ("C-new", "approve", Decimal(7000)),
            ("C-old", "approve", Decimal(6000)),
        ]
