"""Hours of samples made from bitmaps, against the same counted second by second; however the files are cut."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hesuan.flows.intake.evidence import ledger, record, take_in
from hesuan.flows.occupancy.shared import settle, shared_days
from hesuan.flows.stages.reconcile import reconcile
from hesuan.flows.stages.stage import stage
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import make_workspace
from tests.city import POLICY, PROVIDER
from tests.occupancy_reference import Sample, day_sums, gaps

MIDNIGHT = 1_772_294_400  # 2026-03-01 00:00 in Beijing
HEADER = "provider_id,device_uuid,sampled_at,tenant,util_percent,power_watts"


def line(sample: Sample) -> str:
    at = datetime.fromtimestamp(sample.at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    cells = (PROVIDER, sample.card, at, sample.tenant, sample.util, sample.power)
    return ",".join("" if cell is None else str(cell) for cell in cells)


def counted(
    root: Path,
    batches: list[list[list[Sample]]],
    *,
    period: int | None,
    as_of: date | None = None,
    beside: Sequence[list[str]] = (),
) -> Path:
    """The build file of a reconciliation of batches of files. beside: texts of other tables in each batch."""
    workspace = make_workspace(root, policy=POLICY)
    folder = workspace.inbox / "submissions"
    if period is not None:
        (folder / "source.toml").write_text(f"sample_period_seconds = {period}\n", encoding="utf-8")
    for batch_no, batch in enumerate(batches):
        taken = []
        for file_no, samples in enumerate(batch):
            path = folder / f"{batch_no}-{file_no}.csv"
            path.write_text("\n".join([HEADER, *(line(s) for s in samples)]) + "\n", encoding="utf-8")
            taken.append(take_in(path, workspace, "2026-04-01"))
        for file_no, text in enumerate(beside[batch_no] if beside else []):
            path = folder / f"{batch_no}-beside-{file_no}.csv"
            path.write_text(text, encoding="utf-8")
            taken.append(take_in(path, workspace, "2026-04-01"))
        record(taken, workspace)
    intakes = ledger(workspace)
    folders = [stage(intake, workspace, "key") for intake in intakes]
    shared = [settle(day, workspace) for day in shared_days(intakes, folders)]
    return reconcile(intakes, folders, shared, [], workspace.warehouse / ".work", as_of)


def found_sums(build: Path) -> dict[tuple[str, str | None, int], tuple[int, int, int, int]]:
    with connect(build, read_only=True) as connection:
        rows = connection.execute("""
            select device_uuid, tenant, usage_on - date '1970-01-01', metered_seconds, coalesce(active_seconds, 0),
                coalesce(above_zero_seconds, 0), coalesce(weighted_millipercent_seconds, 0) // 1000
            from reconciled.sample_day
        """).fetchall()
    return {(card, tenant, day): (m, a, z, w) for card, tenant, day, m, a, z, w in rows}


def found_gaps(build: Path) -> set[tuple[str, int, int]]:
    with connect(build, read_only=True) as connection:
        return set(
            connection.execute("select device_uuid, begin_s, stop_s from reconciled.usage_gap").fetchall()
        )


@pytest.mark.parametrize(
    ("step", "period", "covered"),
    [(72_000, None, 60), (72_000, 72_000, 72_000), (3601, None, 60), (3600, None, 3600)],
)
def test_a_pace_of_more_than_an_hour_is_believed_where_it_is_declared(
    tmp_path: Path, step: int, period: int | None, covered: int
) -> None:
    """Two samples of a day far apart tell no pace: a day of one card would else hold forty hours."""
    file = [Sample("GPU-1", MIDNIGHT + at, "t", 90) for at in (0, step)]
    found = found_sums(counted(tmp_path, [[file]], period=period))
    assert [metered for metered, *_ in found.values()] == [2 * covered]


DAY = 86_400


def paced(*days: int | range) -> list[Sample]:
    """Each day sampled at a pace of its own, or at these seconds of it."""
    seconds = [day if isinstance(day, range) else range(0, DAY, day) for day in days]
    return [Sample("GPU-1", MIDNIGHT + n * DAY + at, "t", 90) for n, day in enumerate(seconds) for at in day]


@pytest.mark.parametrize(
    ("days", "covered"),
    [
        # A collector set to another pace, either way.
        ((60, 60, 15), (DAY, DAY, DAY)),
        ((15, 60, 60), (DAY, DAY, DAY)),
        ((60, 60, 300), (DAY, DAY, DAY)),
        # Of a day that was lost but for a few samples the gaps stay gaps.
        ((60, range(0, DAY, 8 * 3600), 60), (DAY, 3 * 60, DAY)),
        ((15, range(0, DAY, 3 * 3600), 15), (DAY, 8 * 15, DAY)),
        ((60, range(0, 3600, 60), 60), (DAY, 3600, DAY)),
    ],
)
def test_every_day_is_sampled_at_its_own_pace(
    tmp_path: Path, days: tuple[int | range, ...], covered: tuple[int, ...]
) -> None:
    found = found_sums(counted(tmp_path, [[paced(*days)]], period=None))
    first = (MIDNIGHT + 28800) // DAY
    assert tuple(found["GPU-1", "t", first + n][0] for n in range(len(days))) == covered


def test_a_pace_is_told_alike_however_a_log_is_cut_by_days(tmp_path: Path) -> None:
    days = paced(60, 15, 300)
    cut = [[s for s in days if (s.at_s - MIDNIGHT) // DAY == n] for n in range(3)]
    whole, parts = (
        counted(tmp_path / name, [files], period=None) for name, files in (("w", [days]), ("p", cut))
    )
    assert (found_sums(whole), found_gaps(whole)) == (found_sums(parts), found_gaps(parts))


KEPT_SUMS = (
    *("sample_count", "covered_seconds", "active_seconds", "above_zero_seconds", "util_known_seconds"),
    *("weighted_millipercent_seconds", "power_known_seconds", "power_millijoules", "seq_count"),
)


def days_differing(folder: Path) -> list[tuple[object, ...]]:
    """Rows of days that the hours of their sets do not come to, and the other way round."""
    sums = ", ".join(f"sum({name})::bigint as {name}" for name in KEPT_SUMS)
    by_hand = f"""
        select device_uuid, tenant, file_sha256, (hour_s + 28800) // 86400 as day_no, {sums}, min(first_s), max(last_s),
            arg_max_null(last_util_percent, last_s), max(power_peak_watts),
            max(power_millijoules // nullif(power_known_seconds, 0)), min(first_row_no)
        from '{folder}/*/occupancy.parquet' group by all
    """
    kept = f"""
        select device_uuid, tenant, file_sha256, day_no, {", ".join(KEPT_SUMS)}, first_s, last_s, last_util_percent,
            power_peak_watts, power_peak_hour_milliwatts, first_row_no
        from '{folder}/*/occupancy_day.parquet'
    """
    with connect() as connection:
        assert connection.execute(f"select count(*) > 2 from ({kept})").fetchall() == [(True,)]
        return connection.execute(f"({kept} except {by_hand}) union all ({by_hand} except {kept})").fetchall()


def drawn(rng: random.Random, *, period: int, is_even: bool) -> list[Sample]:
    """Two days of three cards with holes, hand-overs from tenant to tenant, unknown utilisation."""
    samples = []
    for card in ("GPU-1", "GPU-2", "GPU-3"):
        at_s = MIDNIGHT + rng.randrange(20) * 3600 + rng.randrange(period)
        tenant: str | None = "a"
        while at_s < MIDNIGHT + 2 * 86_400:
            util = rng.choice([0, 3, 5, 80, None])
            samples.append(Sample(card, at_s, tenant, util, rng.choice([None, 300])))
            jitter = 0 if is_even else rng.randrange(-period // 3, period // 3 + 1)
            hole = rng.choice([1, 2, 3, 60, 700]) if rng.random() < 0.02 else 1
            at_s += period * hole + jitter
            tenant = rng.choice(["a", "b", None]) if rng.random() < 0.01 else tenant
    return samples


@pytest.mark.parametrize(
    ("seed", "period", "is_even"), [(1, 60, True), (2, 60, False), (3, 300, True), (4, 57, True)]
)
def test_hours_are_those_counted_second_by_second(
    tmp_path: Path, seed: int, period: int, is_even: bool
) -> None:
    samples = drawn(random.Random(seed), period=period, is_even=is_even)
    build = counted(tmp_path, [[samples]], period=period)
    assert found_sums(build) == day_sums([samples], period)
    assert found_gaps(build) == gaps([samples], period)
    assert days_differing(tmp_path / "lake") == []


@pytest.mark.parametrize(("seed", "is_even"), [(5, True), (6, False)])
@pytest.mark.slow
def test_files_cut_anywhere_come_to_the_same(tmp_path: Path, seed: int, is_even: bool) -> None:
    """By instant, by card, or line by line: an interleaved day is settled jointly."""
    rng = random.Random(seed)
    samples = drawn(rng, period=60, is_even=is_even)
    noon = MIDNIGHT + 86_400 + rng.randrange(86_400)
    early = [s for s in samples if s.at_s < noon]
    late = [s for s in samples if s.at_s >= noon]
    dealt = [[s for n, s in enumerate(late) if n % 2 == k] for k in (0, 1)]
    build = counted(tmp_path, [[early, dealt[0]], [dealt[1]]], period=60)
    assert found_sums(build) == day_sums([samples], 60)
    assert found_gaps(build) == gaps([samples], 60)


def test_a_copy_counts_once_and_a_correction_stands(tmp_path: Path) -> None:
    samples = drawn(random.Random(7), period=60, is_even=True)
    changed = [Sample(s.card, s.at_s, s.tenant, 99, s.power) for s in samples[100:160]]
    first = [*samples, *samples[:50]]
    build = counted(tmp_path, [[first], [[*samples[90:120], *changed]]], period=60)
    assert found_sums(build) == day_sums([samples, changed], 60)
    with connect(build, read_only=True) as connection:
        copies = connection.execute(
            "select count(*) from lake.duplicate where table_name = 'usage_sample'"
        ).fetchall()
        older = connection.execute(
            "select count(*) from lake.superseded where table_name = 'usage_sample'"
        ).fetchall()
    # Of the second file's thirty repeated lines ten stand, of the others the correction in the same file does.
    assert copies == [(50 + 30,)]
    assert older == [(60,)]


def test_power_and_utilisation_in_two_files_are_one_reading(tmp_path: Path) -> None:
    instants = [MIDNIGHT + 60 * n for n in range(600)]
    utils = [Sample("GPU-1", at, "a", n % 100) for n, at in enumerate(instants)]
    powers = [Sample("GPU-1", at, None, None, 250) for at in instants]
    build = counted(tmp_path, [[utils, powers]], period=None)
    assert found_sums(build)["GPU-1", "a", (MIDNIGHT + 28_800) // 86_400] == (
        36_000,
        34_200,
        35_640,
        60 * 29_700,
    )
    with connect(build, read_only=True) as connection:
        held = connection.execute("select sum(metered_seconds) from reconciled.sample_day").fetchall()
    assert held == [(36_000,)]


def test_two_tenants_on_one_card_at_once_are_both_named(tmp_path: Path) -> None:
    whole = [Sample("GPU-1", MIDNIGHT + 60 * n, "a", 50) for n in range(300)]
    also = [Sample("GPU-1", MIDNIGHT + 60 * n, "b", 50) for n in range(100, 190)]
    build = counted(tmp_path, [[[*whole, *also]]], period=60)
    with connect(build, read_only=True) as connection:
        found = connection.execute(
            "select begin_s, stop_s, card_seconds, parties from reconciled.usage_overlap"
        ).fetchall()
    assert found == [(MIDNIGHT + 6000, MIDNIGHT + 6000 + 5400, 5400, ["a", "b"])]
    assert sum(m for m, *_ in found_sums(build).values()) == 390 * 60


def test_what_is_dated_after_the_run_is_as_if_not_handed_in(tmp_path: Path) -> None:
    samples = drawn(random.Random(8), period=60, is_even=False)
    first = [s for s in samples if s.at_s < MIDNIGHT + 86_400]
    as_of = date(2026, 3, 1)
    build = counted(tmp_path, [[samples]], period=60, as_of=as_of)
    assert found_sums(build) == day_sums([first], 60)
    with connect(build, read_only=True) as connection:
        later = connection.execute("select sum(row_count) from lake.later").fetchall()
    assert later == [(len(samples) - len(first),)]
