"""Short ways of exact arithmetic in SQL give what the long ways give, at every bound."""

from decimal import Decimal

import duckdb
import pytest

from hesuan.flows.macros import MEANINGS
from hesuan.flows.occupancy.even import MINUTES
from hesuan.flows.stages.reconcile import MACROS, WORDS

# Around the largest number of 64 bits, and of 128.
SUMS = [
    *(0, 1, 7559, 7560, 7561, 20_999, 21_000, 21_001, -1, -7560, -7561),
    *(2**63 - 1, 2**63, 2**63 + 1, -(2**63), -(2**63) - 1, 2**100 + 17, None),
]


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema reconciled")
    connection.execute(WORDS)
    connection.execute(MACROS)
    connection.execute(MINUTES)
    return connection


@pytest.mark.parametrize(
    ("start", "end", "export", "idle", "limit", "elapsed", "fate", "counted"),
    [
        (0, 3600, 9000, 0, None, None, "counted", 3600),
        (0, 3600, 9000, 600, None, 2900, "counted", 2900),
        (0, None, 3600, 0, None, None, "running", 3600),
        (0, None, 3600, 0, None, 3000, "running", 3000),
        (0, None, 3600, 600, None, 3500, "running", 3000),
        (0, None, 3600, 0, 1800, 3600, "zombie", 0),
        (0, None, 3600, 1800, 1800, 1800, "running", 1800),
        (0, None, 3600, 1499, 1800, 2101, "zombie", 0),
    ],
)
def test_a_run_counts_the_less_of_what_is_stated(
    database: duckdb.DuckDBPyConnection,
    *,
    start: int,
    end: int | None,
    export: int,
    idle: int,
    limit: int | None,
    elapsed: int | None,
    fate: str,
    counted: int,
) -> None:
    """Seconds; while a job is suspended its limit does not run."""
    fated = "reconciled.fate_of('RUNNING', $start, $end, $export, $idle, $limit)"
    asked = f"select {fated}, reconciled.counted_seconds({fated}, $start, $end, $export, $idle, $elapsed)"
    said = {"start": start, "end": end, "export": export, "idle": idle, "limit": limit, "elapsed": elapsed}
    assert database.execute(asked, said).fetchall() == [(fate, counted)]


@pytest.mark.parametrize(
    ("state", "fate"),
    [
        ("COMPLETED", "open"),
        ("OUT_OF_MEMORY", "open"),
        ("Succeeded", "open"),
        ("RUNNING", "running"),
        ("COMPLETING", "running"),
        ("SUSPENDED", "running"),
        ("其他", "running"),
        (None, "running"),
    ],
)
def test_what_is_over_at_no_known_time_does_not_run_on_to_the_export(
    database: duckdb.DuckDBPyConnection, state: str | None, fate: str
) -> None:
    """With an end the state changes nothing; without one a job that is over counted as one that runs."""
    asked = "select reconciled.fate_of($state, 0, $end, 86400, 0, null)::varchar"
    found = [database.execute(asked, {"state": state, "end": end}).fetchall() for end in (None, 3600)]
    assert found == [[(fate,)], [("counted",)]]


def _towards_zero(amount: int, part: int) -> int:
    return abs(amount) // part * (1 if amount >= 0 else -1)


@pytest.mark.parametrize("part", [7560, 21_000])
@pytest.mark.parametrize("amount", SUMS)
def test_a_sum_is_divided_alike_in_64_bits_and_in_128(
    database: duckdb.DuckDBPyConnection, amount: int | None, part: int
) -> None:
    asked = "select reconciled.whole_times(cast(? as hugeint), ?)"
    [(found,)] = database.execute(asked, [None if amount is None else str(amount), part]).fetchall()
    assert found == (None if amount is None else _towards_zero(amount, part))


@pytest.mark.parametrize("units", [0, 7559, 7560, 75_599_999, 75_600_000, 75_600_001, 21_000 * 3600 * 10**9])
def test_hours_are_cut_off_at_four_places(database: duckdb.DuckDBPyConnection, units: int) -> None:
    [(found,)] = database.execute("select reconciled.gpu_hours(?::hugeint)", [units]).fetchall()
    assert found == Decimal(units * 10_000 // 75_600_000).scaleb(-4)


@pytest.mark.parametrize(
    ("units", "hours"),
    [(2**100, "99999999999999.9999"), (-(2**100), "-99999999999999.9999"), (None, None)],
)
def test_hours_that_no_column_holds_stand_as_the_most_it_does(
    database: duckdb.DuckDBPyConnection, units: int | None, hours: str | None
) -> None:
    asked = "select reconciled.gpu_hours(?::hugeint), reconciled.worth(?::hugeint, 100, 1)"
    [(found, worth)] = database.execute(asked, [units, units]).fetchall()
    assert found == (None if hours is None else Decimal(hours))
    assert (worth is None) == (units is None)


def test_the_last_minute_is_told_of_every_bitmap(database: duckdb.DuckDBPyConnection) -> None:
    bitmaps = {
        bits for k in range(60) for bits in (2**k, 2 ** (k + 1) - 1, 2**k | 1, (2**60 - 1) ^ (2**k - 1))
    }
    found = database.execute(
        "select bits, last_minute(bits) from (select unnest(?::bigint[]) as bits)", [sorted(bitmaps)]
    ).fetchall()
    assert found == [(bits, bits.bit_length() - 1) for bits in sorted(bitmaps)]


def test_every_macro_of_the_reconciliation_says_what_it_is(database: duckdb.DuckDBPyConnection) -> None:
    made = database.execute(
        "select distinct function_name from duckdb_functions() where schema_name = 'reconciled'"
    ).fetchall()
    assert {f"reconciled.{name}" for (name,) in made} - MEANINGS.keys() == set()
    assert len(made) > 10


def test_the_first_minute_is_told_of_every_bit(database: duckdb.DuckDBPyConnection) -> None:
    bitmaps = [(1 << first) | (1 << last) for last in range(60) for first in range(last + 1)]
    found = database.execute(
        "select bits, first_minute(bits) from (select unnest(?::bigint[]) as bits)", [bitmaps]
    ).fetchall()
    assert len(found) == len(bitmaps)
    assert all(first == (bits & -bits).bit_length() - 1 for bits, first in found)
