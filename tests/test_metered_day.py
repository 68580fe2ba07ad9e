"""By what a contract is metered: its records, else its samples; where active use counts, its samples."""

from collections.abc import Iterator

import pytest

from hesuan.flows.warehouse import Connection, make
from tests.rule_case import court, fill, relation_cards

HOUR = 3600 * 21000
TERM = """
contract_no | starts_on  | basis
K_both      | 2026-01-01 | allocated
K_samples   | 2026-01-01 | allocated
K_active    | 2026-01-01 | active
K_dark      | 2026-01-01 | active
"""
RECORDS = f"""
contract_no | usage_on   | cause        | unit_seconds | core_seconds | record_count | unknown_card_record_count
K_both      | 2026-03-01 | supported    | {8 * HOUR}   | 7            | 1            | 0
K_both      | 2026-03-02 | outside_term | {8 * HOUR}   | 7            | 1            | 0
K_active    | 2026-03-01 | supported    | {8 * HOUR}   | 7            | 1            | 0
"""
SAMPLES = """
contract_no | device_uuid | usage_on   | cause     | is_unchained | metered_seconds | active_seconds | sample_count
K_both      | GPU-1       | 2026-03-01 | supported | false        | 7200            | 3600           | 120
K_samples   | GPU-2       | 2026-03-01 | supported | false        | 7200            | 3600           | 120
K_active    | GPU-3       | 2026-03-01 | supported | true         | 7200            | 3600           | 120
K_dark      | GPU-4       | 2026-03-01 | supported | false        | 7200            |                | 120
K_dark      | GPU-4       | 2026-03-02 | supported | false        | 7200            |                | 120
"""


@pytest.fixture(scope="module")
def metered() -> Iterator[Connection]:
    with court() as connection:
        fill(connection, "reconciled.contract_term", TERM)
        fill(connection, "reconciled.contract_day", RECORDS)
        fill(connection, "reconciled.contract_sample_day", SAMPLES)
        make(connection, relation_cards()["decided.counted_cause"])
        yield connection


def test_a_contract_goes_by_its_samples_where_active_use_counts_or_no_record_is(metered: Connection) -> None:
    told = metered.execute("select * from reconciled.sampled_contract order by all").fetchall()
    assert told == [
        ("K_active", "active", True),
        ("K_dark", "active", False),
        ("K_samples", "allocated", False),
    ]


def test_samples_stand_in_for_records_and_never_add_to_them(metered: Connection) -> None:
    told = metered.execute(f"""
        select contract_no, day(usage_on), unit_seconds // {HOUR}, core_seconds, record_count
        from reconciled.metered_day
        order by all
    """).fetchall()
    assert told == [
        ("K_active", 1, 8, 7, 1),
        ("K_both", 1, 8, 7, 1),
        ("K_both", 2, 8, 7, 1),
        ("K_dark", 1, 2, None, 120),
        ("K_dark", 2, 2, None, 120),
        ("K_samples", 1, 2, None, 120),
    ]


def test_where_active_use_counts_records_give_cores_and_samples_cards(metered: Connection) -> None:
    told = metered.execute(f"""
        select contract_no, card, unit_seconds // {HOUR}, core_seconds, is_unchained, has_card_time
        from decided.counted_day
        order by contract_no, card nulls first
    """).fetchall()
    assert told == [
        ("K_active", None, None, 7, False, False),
        ("K_active", "gpu-3", 1, None, True, True),
        ("K_both", None, 8, 7, False, True),
        ("K_dark", "gpu-4", None, None, False, True),
        ("K_dark", "gpu-4", None, None, False, True),
        ("K_samples", "gpu-2", 2, None, False, True),
    ]


def test_where_active_use_counts_samples_without_utilisation_are_unknown_and_not_idle(
    metered: Connection,
) -> None:
    for relation in ("decided.overlap_excluded", "decided.excluded_day"):
        metered.execute(f"delete from {relation}")
    make(metered, relation_cards()["decided.supported_month"])
    told = metered.execute(f"""
        select contract_no, unit_seconds // {HOUR}, unknown_card_record_count
        from decided.supported_month
        order by all
    """).fetchall()
    assert told == [("K_active", 1, 0), ("K_both", 8, 0), ("K_dark", None, 2), ("K_samples", 2, 0)]
