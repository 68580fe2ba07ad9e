"""Readings that bear on what is paid and taken back after the panel spoke: each with what the default and the other come to."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import Connection, make
from tests.rule_case import court, fill, set_parameter

FILE = Path(__file__).parent / "cases" / "readings.toml"
SITUATIONS: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["afterwards"]
MADE = ("published.allowance", "published.decision", "published.payment_list", "published.recovery")
GIVEN = """
    create schema published;
    create table published.claim (
        claim_id varchar, policy_year integer, queue_position bigint, voucher_id varchar, contract_no varchar,
        applicant_id varchar, applicant_name varchar, provider_id varchar, provider_name varchar,
        proposed_subsidy_yuan decimal(18, 2)
    );
    create table published.decision_history (
        claim_id varchar, decided_at timestamptz, panellist varchar, decision varchar, adjusted_yuan decimal(18, 2),
        reason varchar, override_reason varchar, decided_check_code varchar, check_code varchar, is_current boolean,
        decided_proposed_yuan decimal(18, 2), proposed_subsidy_yuan decimal(18, 2), disposition varchar, tie_zh varchar,
        is_latest boolean, conflict_zh varchar
    );
"""


def come_to(connection: Connection, situation: dict[str, Any], reading: str) -> dict[str, str]:
    """Claim or party → yuan, under the reading; the court is left as empty as it was."""
    connection.execute("begin transaction")
    try:
        if reading != "default":
            set_parameter(connection, situation["key"], reading)
        connection.execute(GIVEN)
        for relation, table in situation["tables"].items():
            fill(connection, relation, table)
        for name in MADE:
            make(connection, sql_cards("published")[name])
        return {who: str(yuan) for who, yuan in connection.execute(situation["figure"]).fetchall()}
    finally:
        connection.execute("rollback")


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: f"{s['reading']} {s['key']}")
def test_a_situation_comes_out_as_written(situation: dict[str, Any]) -> None:
    found = {}
    for reading in situation["expect"]:
        with court() as connection:
            found[reading] = come_to(connection, situation, reading)
    assert found == situation["expect"]
    assert len({str(sums) for sums in found.values()}) > 1
