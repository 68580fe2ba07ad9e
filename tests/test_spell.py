"""Providers compared drawer by drawer: the rows of plain SQL over everything, whatever the drawers, engines and files."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest

from hesuan.flows.engine import Engine, Inline
from hesuan.flows.engines.pool import Pool
from hesuan.flows.graph import results
from hesuan.flows.intake.evidence import inbox_files, ledger, record, take_in
from hesuan.flows.intake.standing import standing
from hesuan.flows.lake import volume
from hesuan.flows.occupancy.shared import settle, shared_days
from hesuan.flows.spell.card import SLOT
from hesuan.flows.spell.drawer import DRAWERS, MET, compare, drawers
from hesuan.flows.spell.keep import SPELLS, keep_spells
from hesuan.flows.stages.reconcile import reconcile
from hesuan.flows.stages.stage import stage
from hesuan.flows.warehouse import Connection, connect, parquet
from hesuan.flows.workspace import Workspace, make_workspace
from tests.city import POLICY, City, code_of
from tests.elsewhere_reference import DEVICE_ELSEWHERE, DEVICE_USE

Rows = list[tuple[object, ...]]
BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
PROVIDERS = [code_of(number) for number in (11, 22, 33)]
WHOLE = [f"GPU-{hashlib.sha256(str(n).encode()).hexdigest()[:32]}" for n in range(12)]
CARDS = [
    *WHOLE,
    WHOLE[0].upper(),
    f"MIG-{WHOLE[1]}/7/0",
    f"MIG-{WHOLE[2][4:]}",
    "node1-gpu0",
    f"GPU-{'01' * 16}",
]
SEEDS = range(4)


def moment(random: Random) -> datetime:
    return BEGUN + timedelta(seconds=random.randrange(6 * 86400))


def record_of(random: Random, provider: str) -> dict[str, object]:
    """Few numbers for many records: later files bring newer versions of them."""
    started = moment(random)
    ended = started + timedelta(seconds=random.choice((-60, 0, 1, 600, 40_000, 120_000)))
    return {
        "provider_id": provider,
        "record_id": f"J-{random.randrange(80)}",
        "tenant": random.choice(("t1", "t2")),
        "contract_no": random.choice((None, "K-1", "K-2")),
        "device_uuid": random.choice((None, *CARDS)),
        "card_count": random.choice((1, 1, "0.5")),
        "started_at": started.isoformat(),
        "ended_at": None if random.random() < 0.2 else ended.isoformat(),
        "suspended_seconds": random.choice((None, 0, 300)),
    }


def sample_of(random: Random, provider: str) -> dict[str, object]:
    return {
        "provider_id": provider,
        "device_uuid": random.choice(CARDS),
        "sampled_at": moment(random).replace(second=0).isoformat(),
        "contract_no": random.choice((None, "K-1", "K-2")),
        "util_percent": random.randrange(100),
    }


def listed(random: Random) -> dict[str, object]:
    began = random.choice((date(2026, 1, 1), date(2026, 3, 3)))
    ended = random.choice((None, date(2026, 3, 3), date(2026, 3, 5)))
    return {
        "provider_id": random.choice(PROVIDERS),
        "device_uuid": random.choice(CARDS),
        "device_model": "A800",
        "card_count": 1,
        "valid_from": began,
        "valid_to": ended,
    }


def random_city(seed: int, root: Path) -> Workspace:
    """Logs of three providers in several files, most of them declared to be exported within the week.

    Of an odd seed records alone, so that no sample of a card hides what becomes of its records.
    """
    random, workspace = Random(seed), make_workspace(root, policy=POLICY)
    registry = City({"device": [listed(random) for _ in range(8)]})
    (workspace.inbox / "registry" / "device.csv").write_text(registry.csv("device"), encoding="utf-8")
    kinds: dict[str, Callable[[Random, str], dict[str, object]]] = {
        "usage_interval": record_of,
        **({} if seed % 2 else {"usage_sample": sample_of}),
    }
    for number in range(8):
        provider, (name, row_of) = random.choice(PROVIDERS), random.choice(list(kinds.items()))
        folder = workspace.inbox / "submissions" / f"f{number}"
        folder.mkdir(parents=True)
        rows = City({name: [row_of(random, provider) for _ in range(30)]})
        (folder / f"{name}.csv").write_text(rows.csv(name), encoding="utf-8")
        if random.random() < 0.7:
            declared = f'exported_at = "{moment(random).isoformat()}"\n'
            (folder / "source.toml").write_text(declared, encoding="utf-8")
    return workspace


def staged(workspace: Workspace) -> list[Path]:
    record([take_in(found, workspace, "2026-04-01") for found in inbox_files(workspace)], workspace)
    return [stage(intake, workspace, "key") for intake in standing(ledger(workspace))]


def built(workspace: Workspace, *, as_of: date | None = None) -> Path:
    folders, intakes = staged(workspace), standing(ledger(workspace))
    shared = [settle(day, workspace) for day in shared_days(intakes, folders)]
    compared = [compare(drawer, workspace) for drawer in drawers(folders)]
    return reconcile(intakes, folders, shared, compared, workspace.warehouse / ".work", as_of)


def met(
    workspace: Workspace, folders: list[Path], *, count: int = DRAWERS, engine: Engine | None = None
) -> list[str]:
    """The cards that the drawers find at two providers on one day."""
    tasks = drawers(folders, count)
    compared = results((engine or Inline()).map(compare, tasks, workspace))
    return sorted(card for (card,) in rows_in(compared, MET)) if compared else []


def rows_in(folders: list[Path], name: str) -> Rows:
    with connect() as connection:
        return connection.execute(f"from {parquet(folder / name for folder in folders)}").fetchall()


def read(connection: Connection, relation: str) -> Rows:
    return connection.execute(f"select * from {relation} order by all").fetchall()


def compared_plainly(connection: Connection) -> tuple[Rows, Rows]:
    """reconciled.device_use and reconciled.device_elsewhere by the SQL from before there were drawers."""
    connection.execute(f"create temp table device_use_before as {DEVICE_USE}")
    connection.execute(f"create temp table device_elsewhere_before as {DEVICE_ELSEWHERE}")
    return read(connection, "device_use_before"), read(connection, "device_elsewhere_before")


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [None, date(2026, 3, 4)])
def test_the_rows_are_those_of_plain_sql(tmp_path: Path, as_of: date | None) -> None:
    kinds: set[object] = set()
    for seed in SEEDS:
        build = built(random_city(seed, tmp_path / str(seed)), as_of=as_of)
        with connect(build, read_only=True) as connection:
            found = read(connection, "reconciled.device_use"), read(connection, "reconciled.device_elsewhere")
            assert found == compared_plainly(connection), f"seed {seed}"
            kinds |= {row[4] for row in found[1]}
    assert kinds == {"log", "sample", "list"}, "the cities show every kind"


@pytest.mark.parametrize("seed", [SEEDS[0], *(pytest.param(n, marks=pytest.mark.slow) for n in SEEDS[1:])])
def test_the_cards_found_do_not_depend_on_the_drawers(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = random_city(seed, tmp_path)
    folders = staged(workspace)
    found = met(workspace, folders)
    assert found
    for count in (1, 3, 1000):
        assert met(workspace, folders, count=count) == found
    assert met(workspace, folders[::-1]) == found
    monkeypatch.setattr(volume, "SETS", 3)
    assert met(workspace, folders) == found, "bound into volumes"


@pytest.mark.slow
def test_processes_of_their_own_find_the_same_cards(tmp_path: Path) -> None:
    inline, pool = (random_city(0, tmp_path / name) for name in ("inline", "pool"))
    assert len(drawers(staged(pool))) > 1
    assert met(pool, staged(pool), engine=Pool()) == met(inline, staged(inline))


def at(provider: str, card: str, begins: str, ends: str, **more: object) -> dict[str, object]:
    record_id = f"J-{provider}-{card}-{begins}"
    return {"provider_id": provider, "record_id": record_id, "tenant": "t", "device_uuid": card, "card_count": 1,
            "started_at": f"2026-03-{begins}+08:00", "ended_at": f"2026-03-{ends}+08:00", **more}  # fmt: skip


def handed_in(root: Path, *files: list[dict[str, object]], name: str = "usage_interval") -> Workspace:
    workspace = make_workspace(root, policy=POLICY)
    for number, rows in enumerate(files):
        place = workspace.inbox / "submissions" / f"{number}.csv"
        place.write_text(City({name: rows}).csv(name), encoding="utf-8")
    return workspace


A, B, _ = PROVIDERS


def test_a_card_handed_over_at_midnight_is_at_one_place_and_a_second_later_at_two(tmp_path: Path) -> None:
    """Days are of Asia/Shanghai: a record that ends at their midnight lies in the day before."""
    first, second = WHOLE[:2]
    workspace = handed_in(
        tmp_path,
        [at(A, first, "10T08:00:00", "11T00:00:00"), at(A, second, "10T08:00:00", "11T00:00:01")],
        [at(B, first, "11T00:00:00", "11T18:00:00"), at(B, second, "11T00:00:00", "11T18:00:00")],
    )
    assert met(workspace, staged(workspace)) == [second.lower()]


def test_a_long_record_of_one_provider_is_met_behind_many_short_ones(tmp_path: Path) -> None:
    short = [at(A, WHOLE[0], f"{day}T08:00:00", f"{day}T09:00:00") for day in range(11, 20, 3)]
    workspace = handed_in(
        tmp_path,
        [at(A, WHOLE[0], "10T08:00:00", "20T12:00:00"), *short],
        [at(B, WHOLE[0], "20T10:00:00", "20T11:00:00")],
    )
    assert met(workspace, staged(workspace)) == [WHOLE[0].lower()]


def test_records_of_one_provider_among_one_another_meet_nobody(tmp_path: Path) -> None:
    short = [at(A, WHOLE[0], f"{day}T08:00:00", f"{day}T09:00:00") for day in range(11, 20, 3)]
    workspace = handed_in(
        tmp_path,
        [at(A, WHOLE[0], "10T08:00:00", "20T12:00:00"), *short],
        [at(B, WHOLE[0], "21T12:00:00", "21T13:00:00")],
    )
    assert len(drawers(staged(workspace))) == 1
    assert met(workspace, staged(workspace)) == []


@pytest.mark.parametrize(
    ("of_row", "of_file", "stop"),
    [("03", "04", "03"), (None, "04", "04"), (None, None, None), ("01", None, None)],
)
def test_a_job_that_runs_holds_its_card_until_its_row_or_its_file_was_exported(
    tmp_path: Path, of_row: str | None, of_file: str | None, stop: str | None
) -> None:
    said = None if of_row is None else datetime.fromisoformat(f"2026-03-{of_row}T00:00:00Z")
    row = {
        "provider_id": A,
        "device_uuid": WHOLE[0],
        "started_at": BEGUN,
        "ended_at": None,
        "exported_at": said,
    }
    kinds = dict.fromkeys(("started_at", "ended_at", "exported_at"), pl.Datetime("us", "UTC"))
    pl.DataFrame([row], schema_overrides=kinds).write_parquet(tmp_path / "usage_interval.0000.parquet")
    keep_spells(tmp_path, exported_at=None if of_file is None else f"2026-03-{of_file}T00:00:00Z")
    if stop is None:
        assert not (tmp_path / SPELLS).exists()
        return
    [(*_, from_day, to_day)] = rows_in([tmp_path], SPELLS)
    assert from_day == (date(2026, 3, 1) - date(1970, 1, 1)).days
    assert to_day - from_day == int(stop) - 1


def test_providers_with_cards_of_their_own_make_no_task(tmp_path: Path) -> None:
    workspace = handed_in(
        tmp_path,
        [at(A, WHOLE[0], "10T08:00:00", "10T12:00:00"), at(A, "node1-gpu0", "10T08:00:00", "10T12:00:00")],
        [at(B, WHOLE[1], "10T08:00:00", "10T12:00:00"), at(B, "node1-gpu0", "10T08:00:00", "10T12:00:00")],
    )
    assert drawers(staged(workspace)) == []


def test_a_log_that_names_no_card_keeps_no_spells(tmp_path: Path) -> None:
    workspace = handed_in(
        tmp_path,
        [at(A, "", "10T08:00:00", "10T12:00:00")],
        [at(B, "node1-gpu0", "10T08:00:00", "10T12:00:00")],
    )
    assert not list(workspace.lake.glob(f"*/{SPELLS}"))
    assert drawers(staged(workspace)) == []
    assert not list(workspace.lake.glob(f"*/{SPELLS}"))


def test_a_drawer_is_compared_once_and_again_when_a_set_is_new(tmp_path: Path) -> None:
    workspace = handed_in(
        tmp_path,
        [at(A, WHOLE[0], "10T08:00:00", "10T12:00:00")],
        [at(B, WHOLE[0], "11T08:00:00", "11T12:00:00")],
    )
    [drawer] = drawers(staged(workspace))
    made = compare(drawer, workspace)
    before = (made / MET).stat().st_mtime_ns
    assert compare(drawer, workspace) == made
    assert (made / MET).stat().st_mtime_ns == before
    assert rows_in([made], MET) == []
    later = City({"usage_interval": [at(B, WHOLE[0], "10T09:00:00", "10T10:00:00")]})
    (workspace.inbox / "submissions" / "2.csv").write_text(later.csv("usage_interval"), encoding="utf-8")
    assert met(workspace, staged(workspace)) == [WHOLE[0].lower()]


def test_a_slot_is_the_start_of_the_md5_of_the_name() -> None:
    with connect() as connection:
        for card in (*WHOLE, "卡-1"):
            expected = int(hashlib.md5(card.encode(), usedforsecurity=False).hexdigest()[:8], 16)
            assert connection.execute(f"select {SLOT} from (select ? as card)", [card]).fetchall() == [
                (expected,)
            ]
