"""A record is rounded up once, as its contract says, on the day it ends; its days add up to the rounded whole."""

import pytest

from hesuan.flows.warehouse import make
from tests.rule_case import court, fill, relation_cards

# 23:20 to 01:10:10 of the next day: 2,400 s and 4,210 s, 6,610 s in all.
SLICES = """
contract_no | provider_id | usage_on   | card_units | cpu_cores | seconds | whole_seconds | is_last | interval_no | is_billable
K           | P           | 2026-03-01 | 21000      | 3         | 2400    | 6610          | false   | 1           | true
K           | P           | 2026-03-02 | 21000      | 3         | 4210    | 6610          | true    | 1           | true
"""
TERM = """
contract_no | provider_id | starts_on  | ends_on    | counts_until | round_to_seconds
K           | P           | 2026-01-01 | 2026-12-31 | 2026-12-31   | {seconds}
"""
STANDING = """
provider_id | usage_on   | standing
P           | 2026-03-01 | listed
P           | 2026-03-02 | listed
"""


@pytest.mark.parametrize(("to_seconds", "second_day"), [(1, 4210), (60, 4260), (3600, 4800), (6610, 4210)])
def test_a_record_over_midnight_is_rounded_once(to_seconds: int, second_day: int) -> None:
    with court() as connection:
        fill(connection, "reconciled.contract_term", TERM.format(seconds=to_seconds))
        fill(connection, "reconciled.day_slice", SLICES)
        fill(connection, "reconciled.provider_standing", STANDING)
        make(connection, relation_cards()["reconciled.contract_day"])
        told = connection.execute("""
            select day(usage_on), unit_seconds // 21000, core_seconds, cause
            from reconciled.contract_day
            order by all
        """).fetchall()
    assert told == [(1, 2400, 7200, "supported"), (2, second_day, 3 * second_day, "supported")]
