"""Samples of one card as they come to a city: in several files, in CSV and Parquet, corrected, with odd readings."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from tests.city import PROVIDER, City
from tests.night import tally

START = datetime(2026, 3, 1, 16, tzinfo=UTC)
HOLDER = {"provider_id": PROVIDER, "cluster_id": "c1", "contract_no": "K-a", "tenant": "t-a"}
Row = dict[str, Any]


def samples(minutes: range, **cells: Any) -> list[Row]:
    """One a minute of one card of contract K-a."""
    usual = HOLDER | {"device_uuid": "GPU-1", "util_percent": Decimal("50.000")} | cells
    return [{**usual, "sampled_at": START + timedelta(minutes=minute)} for minute in minutes]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    city = City().with_register().honest("a", hours=5000)
    del city.rows["usage_interval"]
    city.add("tenant", provider_id=PROVIDER, tenant="t-a", contract_no="K-a", valid_from="2026-01-01")
    city.add(
        "device",
        **{"provider_id": PROVIDER, "cluster_id": "c1", "node_id": "n1", "device_uuid": "GPU-1"},
        **{"card_count": 1, "device_model": "A800", "memory_gib": 80, "tdp_watts": 400},
        valid_from="2025-01-01",
    )
    made = city.hand_in(tmp_path)
    (made.inbox / "submissions" / "source.toml").write_text("sample_period_seconds = 60\n", encoding="utf-8")
    return made


def hand_in(workspace: Workspace, name: str, rows: list[Row]) -> None:
    path = workspace.inbox / "submissions" / name
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
        return
    written = io.StringIO()
    writer = csv.DictWriter(written, [*rows[0]])
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(written.getvalue(), encoding="utf-8")


def ask(workspace: Workspace, query: str) -> list[tuple[Any, ...]]:
    tally(workspace)
    with connect(workspace.published, read_only=True) as connection:
        return connection.execute(query).fetchall()


METERED = "select sum(metered_seconds) from reconciled.sample_day"


@pytest.mark.parametrize("kinds", [("csv", "parquet"), ("parquet", "csv"), ("csv", "csv")])
def test_files_of_two_kinds_may_share_a_day(workspace: Workspace, kinds: tuple[str, str]) -> None:
    for number, (kind, minutes) in enumerate(zip(kinds, (range(60), range(50, 100)), strict=True)):
        hand_in(workspace, f"{number}.{kind}", samples(minutes))
        found = ask(workspace, METERED)
    assert found == [(6000,)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"contract_no": None}, {}),
        ({"cluster_id": None}, {}),
        ({}, {"tenant": None}),
        ({"contract_no": None, "cluster_id": None}, {}),
    ],
)
def test_a_version_that_says_more_of_its_holder_counts_once(
    workspace: Workspace, first: Row, second: Row
) -> None:
    for number, cells in enumerate((first, second)):
        hand_in(workspace, f"{number}.csv", samples(range(600), **cells))
        found = ask(workspace, METERED)
    assert found == [(36_000,)]


@pytest.mark.parametrize("cuts", [(), (718,), (100, 718, 1000)])
def test_the_mean_of_an_hour_is_that_of_all_its_files(workspace: Workspace, cuts: tuple[int, ...]) -> None:
    """300 W, and 700 W in the last two minutes of every hour."""
    edges = (0, *cuts, 1440)
    for number, (begin, stop) in enumerate(pairwise(edges)):
        rows = samples(range(begin, stop))
        for minute, row in zip(range(begin, stop), rows, strict=True):
            row["power_watts"] = Decimal(700 if minute % 60 >= 58 else 300)
        hand_in(workspace, f"{number}.csv", rows)
    peak = "select max(power_peak_hour_watts) from reconciled.sample_day"
    assert ask(workspace, peak) == [(Decimal("313.333"),)]


def by_turns(tenants: tuple[str, str]) -> Iterator[Row]:
    for minute in range(240):
        [row] = samples(range(minute, minute + 1), tenant=tenants[minute % 2], contract_no=None)
        yield {**row, "energy_joules": Decimal("999999999999999.999") if minute % 3 else Decimal(0)}


def test_no_reading_of_energy_stops_a_night(workspace: Workspace) -> None:
    hand_in(workspace, "x.csv", list(by_turns(("t-a", "t-b"))))
    assert ask(workspace, METERED) == [(14_400,)]


def test_turns_within_a_minute_take_no_more_than_was_metered(workspace: Workspace) -> None:
    """Ten seconds apart: half of each minute is K-a's, the other half K-b's."""
    rows = []
    for place in range(6 * 60 * 6):
        contract = "K-a" if place % 6 < 3 else "K-b"
        [row] = samples(range(1), contract_no=contract, tenant=None)
        rows.append({**row, "sampled_at": START + timedelta(seconds=10 * place)})
    (workspace.inbox / "submissions" / "source.toml").write_text("sample_period_seconds = 10\n")
    hand_in(workspace, "x.csv", rows)
    taken = "select sum(unit_seconds) // 21000 from reconciled.contract_overlap where contract_no = 'K-a'"
    assert ask(workspace, taken) == [(3 * 3600,)]


SPELT = ["GPU-1", "gpu-1"]


@pytest.mark.parametrize("names", [("0.csv", "1.csv"), ("0.csv", "0.csv")])
def test_a_card_is_one_however_its_letters_are_written(workspace: Workspace, names: tuple[str, str]) -> None:
    """Ten hours of it come twice, in two files and in one."""
    rows: dict[str, list[Row]] = {}
    for name, device in zip(names, SPELT, strict=True):
        rows.setdefault(name, []).extend(samples(range(600), device_uuid=device))
    for name, said in rows.items():
        hand_in(workspace, name, said)
    found = "select device_model, sum(metered_seconds) from reconciled.sample_day group by all"
    assert ask(workspace, found) == [("A800", 36_000)]


@pytest.mark.parametrize("names", [("0.csv", "1.csv"), ("0.csv", "0.csv")])
def test_two_parties_on_a_card_are_seen_however_its_letters_are_written(
    workspace: Workspace, names: tuple[str, str]
) -> None:
    rows: dict[str, list[Row]] = {}
    for name, device, contract in zip(names, SPELT, ("K-a", "K-b"), strict=True):
        rows.setdefault(name, []).extend(
            samples(range(600), device_uuid=device, contract_no=contract, tenant=None)
        )
    for name, said in rows.items():
        hand_in(workspace, name, said)
    found = ask(workspace, "select card_seconds, parties from published.usage_overlap")
    assert found == [(36_000, ["K-a", "K-b"])]


def test_a_gap_is_seen_across_two_spellings(workspace: Workspace) -> None:
    hand_in(workspace, "0.csv", samples(range(60), device_uuid="GPU-1"))
    hand_in(workspace, "1.csv", samples(range(180, 240), device_uuid="gpu-1"))
    assert ask(workspace, "select card_seconds from published.usage_gap") == [(7200,)]


def test_a_card_is_found_on_the_list_however_its_letters_are_written(workspace: Workspace) -> None:
    hand_in(workspace, "0.csv", samples(range(60), device_uuid="gpu-1"))
    found = "select c.device_model, c.node_id, d.device_model from reconciled.sampled_card as c, reconciled.sample_day as d"
    assert ask(workspace, found) == [("A800", "n1", "A800")]


def test_a_log_may_write_the_letters_of_a_card_otherwise(workspace: Workspace) -> None:
    hand_in(workspace, "0.csv", samples(range(60)) + samples(range(180, 240)))
    at = {"card_count": 1, "started_at": START, "ended_at": START + timedelta(hours=4)}
    hand_in(workspace, "log.csv", [{**HOLDER, "record_id": "J1", "device_uuid": "gpu-1", **at}])
    due = ask(workspace, "select is_logged, due_seconds, missed_seconds from reconciled.sample_due")
    assert due == [(True, 239 * 60, 7200)]
    assert ask(workspace, "select gap_seconds, gap_unit_seconds // 21000 from reconciled.contract_gap") == [
        (7200, 7200)
    ]


def after_a_change(workspace: Workspace, *, is_cut: bool) -> None:
    """An hour of K-a, two hours without samples, an hour of K-b."""
    before, after = samples(range(60)), samples(range(180, 240), contract_no="K-b", tenant="t-b")
    if is_cut:
        hand_in(workspace, "0.csv", before)
        hand_in(workspace, "1.csv", after)
    else:
        hand_in(workspace, "0.csv", before + after)


@pytest.mark.parametrize("is_cut", [False, True])
def test_a_gap_between_two_parties_is_nobodys_by_samples(workspace: Workspace, is_cut: bool) -> None:
    after_a_change(workspace, is_cut=is_cut)
    assert ask(workspace, "select card_seconds, parties from published.usage_gap") == [(7200, [])]
    assert ask(workspace, "select count(*) from reconciled.contract_gap") == [(0,)]


@pytest.mark.parametrize("is_cut", [False, True])
def test_a_gap_between_two_parties_is_theirs_whose_log_runs_through_it(
    workspace: Workspace, is_cut: bool
) -> None:
    after_a_change(workspace, is_cut=is_cut)
    job = HOLDER | {"record_id": "J1", "device_uuid": "gpu-1", "card_count": 1}
    hours = {"started_at": START + timedelta(hours=2), "ended_at": START + timedelta(hours=4)}
    hand_in(workspace, "log.csv", [{**job, **hours, "contract_no": "K-b", "tenant": "t-b"}])
    assert ask(workspace, "select card_seconds, parties from published.usage_gap") == [(7200, ["K-b"])]


def test_a_gap_between_samples_of_one_party_is_its(workspace: Workspace) -> None:
    hand_in(workspace, "0.csv", samples(range(60)) + samples(range(180, 240)))
    assert ask(workspace, "select card_seconds, parties from published.usage_gap") == [(7200, ["K-a"])]


def test_of_two_parties_in_a_minute_the_last_sampled_is_before_a_gap(workspace: Workspace) -> None:
    """K-a at the full minute, K-b at its half; then nothing for long, then K-a."""
    at = [("K-a", 30 * place) if place % 2 == 0 else ("K-b", 30 * place) for place in range(120)]
    rows = [
        {
            **samples(range(1), contract_no=contract, tenant=None)[0],
            "sampled_at": START + timedelta(seconds=s),
        }
        for contract, s in [*at, *(("K-a", 30 * place) for place in range(480, 600))]
    ]
    (workspace.inbox / "submissions" / "source.toml").write_text("sample_period_seconds = 30\n")
    hand_in(workspace, "x.csv", rows)
    assert ask(workspace, "select card_seconds, parties from published.usage_gap") == [(10_800, [])]


def readings(minutes: range, *, reset_at: int, **cells: Any) -> list[Row]:
    """Six joules a minute; the register starts again at a minute."""
    return [
        {**row, "energy_joules": Decimal(6 * (minute if minute < reset_at else minute - reset_at))}
        for minute, row in zip(minutes, samples(minutes, **cells), strict=True)
    ]


ENERGY = "select sum(energy_gain_joules), sum(energy_fell_count) from reconciled.sample_day"
REGISTER = "select sum(gain_joules), sum(fell_count) from reconciled.energy_day"


@pytest.mark.parametrize(("reset_at", "expected"), [(3000, (Decimal(8640), 0)), (45, (None, 1))])
@pytest.mark.parametrize(
    "cut", ["none", "before the reset", "after the reset", "at the hour", "every other row"]
)
def test_a_register_gains_and_falls_alike_however_a_log_is_cut(
    workspace: Workspace, cut: str, reset_at: int, expected: tuple[Decimal | None, int]
) -> None:
    """The last reading of a card is never trusted: a day of 1441 minutes."""
    rows = readings(range(1441), reset_at=reset_at)
    at = {"none": 0, "before the reset": 30, "after the reset": 50, "at the hour": 60}
    parts = [rows[::2], rows[1::2]] if cut == "every other row" else [rows[: at[cut]], rows[at[cut] :]]
    for number, part in enumerate(parts):
        if part:
            hand_in(workspace, f"{number}.csv", part)
    day = " where usage_on = date '2026-03-02'"
    assert ask(workspace, ENERGY + day) == [expected]


def test_a_card_of_which_an_exporter_names_two_tenants_at_once_is_held_by_both(workspace: Workspace) -> None:
    """Series of one card under two namespaces, ten minutes together: nobody loses them without a word."""

    def series(tenant: str, minutes: range) -> dict[str, Any]:
        at = (START + timedelta(minutes=minute) for minute in minutes)
        labels = {"__name__": "DCGM_FI_DEV_GPU_UTIL", "UUID": "GPU-1", "exported_namespace": tenant}
        return {"metric": labels, "values": [[int(each.timestamp()), "50"] for each in at]}

    answer = {"resultType": "matrix", "result": [series("t-a", range(100)), series("t-b", range(50, 60))]}
    folder = workspace.inbox / "submissions"
    (folder / "q.json").write_text(json.dumps({"status": "success", "data": answer}), encoding="utf-8")
    declared = f'provider_id = "{PROVIDER}"\ncluster_id = "c1"\nsample_period_seconds = 60\n'
    (folder / "source.toml").write_text(declared, encoding="utf-8")
    found = ask(workspace, "select tenant, metered_seconds from reconciled.sample_day order by tenant")
    assert found == [("t-a", 6000), ("t-b", 600)]
    with connect(workspace.published, read_only=True) as connection:
        [overlap] = connection.execute("from published.usage_overlap").fetchall()
        told = connection.execute(
            "select sentence_zh from published.finding where rule_id = 'MTR-004' and verdict = 'flag'"
        ).fetchall()
    assert "600" in str(overlap)
    assert all("t-b" in sentence for (sentence,) in told)
    assert told
