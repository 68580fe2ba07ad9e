"""A workspace on S3-compatible storage gives the bytes of one in a folder, from any machine, and outlives any run."""

import contextlib
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from hesuan.flows.before.earlier import run_before, run_id_in
from hesuan.flows.bucket import step
from hesuan.flows.bucket.book import INTAKE, LEDGER, Books
from hesuan.flows.bucket.lease import LOCK, leased
from hesuan.flows.bucket.night import afloat
from hesuan.flows.bucket.paper import keep_report
from hesuan.flows.bucket.place import Bucket, root_named
from hesuan.flows.bucket.shelf import STANDING, bring_earlier, newest, put_up, shelf
from hesuan.flows.bucket.store import Store, store_of
from hesuan.flows.bucket.verify import verify_bucket
from hesuan.flows.command.fault_english import fault_english
from hesuan.flows.engine import Inline
from hesuan.flows.graph import ingest
from hesuan.flows.ground import carried_out, ordered
from hesuan.flows.intake.evidence import Intake, ledger
from hesuan.flows.intake.seen import write_note
from hesuan.flows.lake.file_set import SAYS
from hesuan.flows.outcome import Outcome
from hesuan.flows.stages.stage import stage
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace, make_workspace
from hesuan.schemas.fault import EvidenceFault, UsageFault, WarehouseFault, WorkspaceBusy
from tests.bucket import ACCESS, TODAY, die, elsewhere, hand_in, machine, new_bucket, run_at, server, stage_at
from tests.city import APPLICANTS, POLICY, PROVIDER, City
from tests.conftest import Said
from tests.night import Pageless, run
from tests.published import dump, pages
from tests.test_language import HAN

# Each needs nights of its own: the everyday command would outlast its five minutes.
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Night:
    """A bucket whose first run was killed, and the run of another machine that went on. left: what stood in between."""

    store: Store
    outcome: Outcome
    left: set[str]


@pytest.fixture(scope="module")
def reach() -> Iterator[dict[str, str]]:
    with server() as environment:
        yield environment


@pytest.fixture(autouse=True)
def environment(reach: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in reach.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """An empty bucket of the test's own."""
    made = f"b-{abs(hash(request.node.name)) % 10**12}"
    new_bucket(made)
    return made


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return City().with_register().honest("a", hours=6000).hand_in(tmp_path_factory.mktemp("city") / "w")


@pytest.fixture
def few(city: Workspace, tmp_path: Path) -> Workspace:
    """Two of the city's files."""
    found = Workspace(tmp_path / "few")
    found.inbox.mkdir(parents=True)
    for table in ("claim", "contract"):
        shutil.copy(city.inbox / "registry" / f"{table}.csv", found.inbox)
    return found


@pytest.fixture(scope="module")
def alone(city: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The same city after a night in a folder."""
    root = tmp_path_factory.mktemp("alone") / "w"
    shutil.copytree(city.root, root)
    run(Workspace(root))
    return Workspace(root)


@pytest.fixture(scope="module")
def night(
    reach: dict[str, str], city: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Night]:
    with pytest.MonkeyPatch.context() as own:
        for key, value in reach.items():
            own.setenv(key, value)
        new_bucket("whole-night")
        one, two = (tmp_path_factory.mktemp(place) for place in ("one", "two"))
        store = hand_in(machine("whole-night", two), city)
        assert die("whole-night", one, "staged") == 9
        left = {found.name for folder in ("lake", "evidence", "warehouse") for found in store.listed(folder)}
        outcome = None
        while outcome is None:
            with contextlib.suppress(WorkspaceBusy):
                order = ordered(store.bucket, POLICY, today=TODAY, as_of=None)
                outcome = carried_out(order, contextlib.nullcontext(Inline()))
        yield Night(store, outcome, left)


def test_a_bucket_gives_the_bytes_of_a_folder(night: Night, alone: Workspace) -> None:
    outcome, store = night.outcome, night.store
    assert dump(newest(store)) == dump(alone.published)
    # The folder's own settings ask for no papers.
    printed = {name: sha for name, sha in pages(outcome.report).items() if not name.startswith("paper/")}
    assert printed == pages(alone.reports / "latest")
    home = f"reports/{outcome.run_id}"
    stored = {one.name: one.size for one in store.listed(home)}
    assert stored == {f"{home}/{p}": (outcome.report / p).stat().st_size for p in pages(outcome.report)}


def test_a_run_killed_after_its_sets_were_stored_loses_nothing(night: Night, city: Workspace) -> None:
    """It had published nothing; the run that went on elsewhere left every set as it was."""
    ended = {name for name in night.left if name.endswith(SAYS)}
    assert len(ended) == len(list(city.inbox.rglob("*.csv")))
    assert not any(name.startswith("warehouse/") or name == LEDGER for name in night.left)
    assert {one.name for one in night.store.listed("lake")} == {
        n for n in night.left if n.startswith("lake/")
    }
    assert night.outcome.input_count == len(ended)


def test_workers_need_nothing_but_the_bucket(
    name: str, few: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are taken in and staged in a process with another home, by the same address."""
    monkeypatch.setenv("HOME", str(tmp_path / "near"))
    bucket = Bucket(name, "city")
    store = hand_in(bucket, few)
    with elsewhere(tmp_path / "far") as engine, afloat(bucket) as around:
        arrived = ingest(around(engine), store.copies, taken_on="2026-11-23")
        folders = around(engine).map(stage, arrived.fresh, store.copies, "key")
    here = make_workspace(tmp_path / "w", policy=POLICY)
    shutil.copytree(few.inbox, here.inbox, dirs_exist_ok=True)
    intakes = ingest(Inline(), here, taken_on="2026-11-23").fresh
    expected = [stage(intake, here, "key") for intake in intakes]
    assert [pages(Path(folder)) for folder in folders] == [pages(folder) for folder in expected]
    assert arrived.missed == []
    assert list((tmp_path / "far").rglob("objects")), "the other machine had the evidence in hand"
    assert not list((tmp_path / "near").rglob("objects")), "this one never had"


@pytest.mark.slow
def test_a_second_machine_tells_its_night_against_the_first_ones(
    name: str, city: Workspace, alone: Workspace, tmp_path: Path
) -> None:
    hand_in(machine(name, tmp_path / "one"), city)
    run_at(machine(name, tmp_path / "one"), Pageless())
    folder = tmp_path / "w"
    shutil.copytree(alone.root, folder, symlinks=True)
    later = City().honest("b", hours=7000, applicant=APPLICANTS[1], at="10:00:00")
    (folder / "inbox" / "submissions" / "two").mkdir()
    for table in later.rows:
        (folder / "inbox" / "submissions" / "two" / f"{table}.csv").write_text(later.csv(table), "utf-8")
    expected = run(Workspace(folder), engine=Pageless())
    store = hand_in(machine(name, tmp_path / "two"), Workspace(folder))
    outcome = run_at(machine(name, tmp_path / "two"), Pageless())
    assert outcome.changed == expected.changed
    assert dump(newest(store)) == dump(expected.database)
    assert len(shelf(store).databases) == 2


@pytest.mark.slow
@pytest.mark.parametrize("after", ["taken in", "published"])
def test_a_run_killed_on_the_way_loses_nothing(
    after: str,
    name: str,
    city: Workspace,
    alone: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    hesuan: Callable[..., Said],
) -> None:
    """Killed before ledger and list were written; another machine, without a copy, goes on when the lease is over."""
    store = hand_in(machine(name, tmp_path / "two"), city)
    assert die(name, tmp_path / "one", after) == 9
    assert shelf(store).databases == ()
    assert store.look(LEDGER) is None
    monkeypatch.setenv("HESUAN_SCRATCH", str(tmp_path / "two"))
    again = ("run", "--engine", "inline", "-w", f"s3://{name}/city")
    code, out, err = hesuan(*again)
    while code == 20:
        time.sleep(0.2)
        code, out, err = hesuan(*again)
    assert code == 0, err
    assert f"已存入 s3://{name}/city" in out
    assert figures(newest(store)) == figures(alone.published)


def figures(database: Path) -> str:
    """The digest of every figure. (A run at the terminal is dated by the clock, so whole rows are not compared.)"""
    with connect(database, read_only=True) as connection:
        return str(connection.execute("select figure_sha256 from published.run").fetchall()[0][0])


def test_of_two_runs_at_once_one_is_told_that_the_workspace_is_busy(
    name: str, few: Workspace, tmp_path: Path, hesuan: Callable[..., Said]
) -> None:
    store = hand_in(machine(name, tmp_path / "one"), few)
    with leased(store):
        code, out, err = hesuan("run", "--engine", "inline", "-w", f"s3://{name}/city")
    assert (code, out, len(err.strip().splitlines())) == (20, "", 1)
    assert "另一次运行正在使用此工作区" in err
    with leased(store):
        pass


def test_a_lease_is_kept_alive_and_a_lost_one_is_noticed(name: str, tmp_path: Path) -> None:
    store, other = (store_of(machine(name, tmp_path / place)) for place in ("one", "two"))
    with leased(store, seconds=2.0) as lease:
        time.sleep(3.5)
        with pytest.raises(WorkspaceBusy):
            _take(other)
        lease.check()
        _say_held(store, seconds=600.0)
        with pytest.raises(WorkspaceBusy, match="租约已失效"):  # noqa: PT012
            for _ in range(100):
                time.sleep(0.1)
                lease.check()
    held = store.read(LOCK)
    assert held is not None
    assert json.loads(held.content)["holder"] == "other", "what another holds is not let go"


def test_the_lease_of_a_run_that_died_is_taken_over_when_it_is_over(name: str, tmp_path: Path) -> None:
    store = store_of(machine(name, tmp_path / "one"))
    _say_held(store, seconds=600.0)
    with pytest.raises(WorkspaceBusy, match=r"（other），请等它结束；它若已中断，60[01] 秒后可接手"):
        _take(store)
    _say_held(store, seconds=-1.0)
    _take(store)
    there = store.read(LOCK)
    assert there is not None
    assert json.loads(there.content)["term"] == 10


def _say_held(store: Store, *, seconds: float) -> None:
    """As if another had taken the workspace over, whoever writes the lock meanwhile."""
    says = json.dumps({"term": 9, "holder": "other", "seconds": seconds, "beat": 0}).encode()
    while True:
        there = store.read(LOCK)
        if store.write(LOCK, says, over=there.etag if there else None) is not None:
            return


def _take(store: Store) -> None:
    with leased(store):
        pass


def file_named(run_id: str, folder: Path) -> Path:
    """A file called like the database of a run."""
    path = folder / f"hesuan-2026-11-23-{run_id}.duckdb"
    path.write_text(f"night {run_id}", "utf-8")
    return path


def test_a_run_that_was_overtaken_writes_over_nothing(name: str, tmp_path: Path) -> None:
    """Its lease was over and it did not know: ledger and list of databases are as the other run left them."""
    slow, quick = (store_of(machine(name, tmp_path / place)) for place in ("slow", "quick"))
    for store in (slow, quick):
        (store.copies.evidence).mkdir(parents=True)
    books, stood = Books(slow), bring_earlier(slow)
    books.bring()
    with leased(quick) as lease:
        put_up(quick, file_named("theirs", tmp_path), bring_earlier(quick), keep=7, lease=lease)
        quick.write(INTAKE, b"theirs\n", over=None)
        (slow.copies.root / INTAKE).write_bytes(b"ours\n")
        with pytest.raises(WorkspaceBusy, match="改写了此台账"):
            books.keep(INTAKE)
        with pytest.raises(WorkspaceBusy, match="本次未公布"):
            put_up(slow, file_named("ours", tmp_path), stood, keep=7, lease=lease)
    there = slow.read(INTAKE)
    assert there is not None
    assert there.content == b"theirs\n"
    assert newest(slow).read_text("utf-8") == "night theirs"


def test_only_the_last_few_databases_are_kept(name: str, tmp_path: Path) -> None:
    store = store_of(machine(name, tmp_path / "one"))
    with leased(store) as lease:
        for run_id in ("run0", "run1", "run2", "run1", "run3"):
            put_up(store, file_named(run_id, tmp_path), bring_earlier(store), keep=3, lease=lease)
    assert [one.run_id for one in shelf(store).databases] == ["run2", "run1", "run3"]
    assert len(list(store.listed("warehouse"))) == 4
    assert newest(store, "run1").read_text("utf-8") == "night run1"
    with pytest.raises(UsageFault, match="只保留最近几份"):
        newest(store, "run0")


def test_a_fresh_machine_has_the_newest_of_two_runs_to_tell_its_own_against(
    name: str, tmp_path: Path
) -> None:
    store, other = (store_of(machine(name, tmp_path / place)) for place in ("one", "two"))
    with leased(store) as lease:
        for run_id in ("run0", "run1", "run2"):
            put_up(store, file_named(run_id, tmp_path), bring_earlier(store), keep=7, lease=lease)
    (other.copies.warehouse).mkdir(parents=True)
    file_named("died", other.copies.warehouse)
    bring_earlier(other)
    before = [run_before(other.copies.warehouse, run_id) for run_id in ("run2", "run3")]
    assert [path and run_id_in(path) for path in before] == ["run1", "run2"]


def test_a_set_without_its_last_object_does_not_exist(name: str, few: Workspace, tmp_path: Path) -> None:
    one, two = (machine(name, tmp_path / place) for place in ("one", "two"))
    store = hand_in(one, few)
    stage_at(one)
    for found in list(store.listed("lake")):
        if found.name.endswith((SAYS, "/claim.0000.parquet")):
            store.remove(found.name)
    stage_at(two)
    sets = [pages(store_of(bucket).copies.lake) for bucket in (one, two)]
    assert sets[0] == sets[1]
    assert {found.name for found in store.listed("lake")} == {f"lake/{path}" for path in sets[0]}


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_set_that_lost_or_changed_a_part_in_the_bucket_is_made_anew(
    name: str, few: Workspace, tmp_path: Path, is_gone: bool
) -> None:
    """Its last object still says that it is there: a machine that brought the rest would read a file without its rows."""
    one, two = (machine(name, tmp_path / place) for place in ("one", "two"))
    store = hand_in(one, few)
    stage_at(one)
    part = next(found.name for found in store.listed("lake") if found.name.endswith("/claim.0000.parquet"))
    if is_gone:
        store.remove(part)
    else:
        _spoil(store, part, tmp_path)
    stage_at(two)
    sets = [pages(store_of(bucket).copies.lake) for bucket in (one, two)]
    assert sets[0] == sets[1]
    assert verify_bucket(two).amiss["lake"] == []


def test_inbox_and_lake_are_verified_in_the_bucket_and_in_this_machines_copies(
    name: str, few: Workspace, tmp_path: Path
) -> None:
    one, two = (machine(name, tmp_path / place) for place in ("one", "two"))
    store = hand_in(one, few)
    stage_at(one)
    handed_in = list(store.listed("inbox"))
    found, elsewhere = verify_bucket(one), verify_bucket(two)
    assert (found.troubles, elsewhere.troubles) == ([], [])
    assert (found.noted_count, elsewhere.noted_count) == (len(handed_in), 0)
    assert found.noted_byte_count == sum(one.size for one in handed_in)
    assert (found.lake_count, found.lake_byte_count) == (
        2 * elsewhere.lake_count,
        2 * elsewhere.lake_byte_count,
    )
    assert elsewhere.lake_count == sum(1 for _ in store.listed("lake"))
    stored = next(one.name for one in store.listed("lake") if one.name.endswith("/claim.0000.parquet"))
    copied = next(store.copies.lake.glob("*/contract.0000.parquet"))
    _spoil(store, stored, tmp_path)
    copied.write_bytes(copied.read_bytes()[:-9] + b"x" + copied.read_bytes()[-8:])
    write_note(step.note_of_object(handed_in[0], store.copies), "0" * 64)
    amiss = {part: lines for part, lines in verify_bucket(one).amiss.items() if lines}
    assert amiss.keys() == {"inbox", "lake"}
    assert [line.split(": 不再是写下时的内容")[0] for line in amiss["lake"]] == [stored, str(copied)]
    assert amiss["inbox"][0].startswith(f"{handed_in[0].name}: 内容的 SHA-256 是 ")
    assert [line for lines in amiss.values() for line in lines if HAN.search(fault_english(line))] == []
    assert verify_bucket(two).amiss["lake"] == amiss["lake"][:1]


def test_a_log_in_two_providers_folders_is_taken_once_though_another_machine_copied_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What holds no more than a header is nobody's copy: the content must be at hand to tell."""
    monkeypatch.setenv("HOME", str(tmp_path / "near"))
    city, head = City().hand_in(tmp_path / "city"), "记录编号,租户,卡数,开始时间,结束时间,状态\n"
    for folder, provider_id in (("a", PROVIDER), ("b", APPLICANTS[1])):
        place = city.inbox / "submissions" / folder
        place.mkdir(parents=True)
        (place / "source.toml").write_text(f'provider_id = "{provider_id}"\n', encoding="utf-8")
        (place / "usage.csv").write_text(f"{head}J,t,1,2026-03-01 08:00:00,,RUNNING\n", encoding="utf-8")
        (place / "empty.csv").write_text(head, encoding="utf-8")
    bucket = Bucket(name, "city")
    hand_in(bucket, city)
    with elsewhere(tmp_path / "far") as engine, afloat(bucket) as around:
        arrived = ingest(around(engine), store_of(bucket).copies, taken_on="2026-11-23")
    (line,) = arrived.missed
    assert line.startswith("inbox/submissions/b/usage.csv: 与 inbox/submissions/a/usage.csv 内容相同")
    assert sorted(i.name for i in arrived.fresh if i.name.endswith("empty.csv")) == [
        "submissions/a/empty.csv",
        "submissions/b/empty.csv",
    ]


def _taken_in(name: str, city: Workspace, folder: Path) -> tuple[Store, Intake]:
    """A bucket whose one file was taken in once; the object of it."""
    store = store_of(machine(name, folder))
    store.keep(next(city.inbox.rglob("claim.csv")), "inbox/claim.csv")
    with afloat(hand_in(store.bucket, Workspace(folder / "nothing")).bucket) as around:
        [intake] = ingest(around(Inline()), store.copies, taken_on="2026-11-23").fresh
    return store, intake


def _told(store: Store) -> list[str]:
    """What the next night tells of the evidence."""
    with afloat(store.bucket) as around:
        return ingest(around(Inline()), store.copies, taken_on="2026-11-24").put_back


def test_what_was_tampered_with_is_refused_until_it_is_moved_away_and_put_back(
    name: str, city: Workspace, tmp_path: Path
) -> None:
    store, intake = _taken_in(name, city, tmp_path / "one")
    kept = next(store.listed("evidence/objects")).name
    _spoil(store, kept, tmp_path)
    with pytest.raises(EvidenceFault, match=r"不符；请把它移到 evidence/damaged 再运行，.*（claim.csv）补回"):
        step.stage(intake, machine(name, tmp_path / "two"), "key")
    store.remove(kept)
    [line] = _told(store)
    assert line.endswith("证据库中没有了，已由收件箱的 claim.csv 补回")
    assert step.stage(intake, machine(name, tmp_path / "two"), "key")
    assert _told(store) == []


def test_a_stored_object_cut_short_is_put_back_told_and_laid_aside(
    name: str, city: Workspace, tmp_path: Path
) -> None:
    store, intake = _taken_in(name, city, tmp_path / "one")
    kept = next(store.listed("evidence/objects")).name
    store.remove(kept)
    store.write(kept, b"short", over=None)
    [line] = _told(store)
    assert line.endswith("不符，已由收件箱的 claim.csv 补回，坏的移到 evidence/damaged")
    [aside] = store.listed("evidence/damaged")
    assert (aside.size, aside.name.split("/")[-1].split("-")[0]) == (5, intake.sha256)
    assert step.stage(intake, machine(name, tmp_path / "two"), "key")
    assert _told(store) == []


def test_a_database_that_is_not_what_was_published_is_refused(name: str, tmp_path: Path) -> None:
    store = store_of(machine(name, tmp_path / "one"))
    with leased(store) as lease:
        put_up(store, file_named("run0", tmp_path), bring_earlier(store), keep=3, lease=lease)
    _spoil(store, shelf(store).databases[0].name, tmp_path)
    with pytest.raises(EvidenceFault, match="与公布时的 SHA-256 不符"):
        newest(store)
    store.write(STANDING, b"[]", over=shelf(store).etag)
    with pytest.raises(WarehouseFault, match="读不懂"):
        newest(store)


def _spoil(store: Store, key: str, folder: Path) -> None:
    """Other content of the same length."""
    was = store.look(key)
    assert was is not None
    (folder / "spoiled").write_bytes(b"x" * was.size)
    store.keep(folder / "spoiled", key)


def test_names_in_the_bucket_touch_no_file(name: str, tmp_path: Path) -> None:
    """Keys are not paths: they may climb, be a file and a folder at once, or be longer than a file's name."""
    bucket = machine(name, tmp_path / "deep" / "one")
    store = hand_in(bucket, Workspace(tmp_path / "nothing"))
    usable, climbing = ["a", "a/b", "长" * 200], ["../../../evil.csv", "..", "./x", "/x", "y//z"]
    for key in [*usable, *climbing]:
        store.write(f"inbox/{key}", f"不是表 {key}".encode(), over=None)
    store.write("inbox/empty/", b"", over=None)
    with afloat(bucket) as around:
        arrived = ingest(around(Inline()), store.copies, taken_on="2026-11-23")
    assert [intake.name for intake in arrived.fresh] == usable
    assert sorted(line.split(": ")[0] for line in arrived.missed) == sorted(
        f"inbox/{key}" for key in climbing
    )
    assert not list(tmp_path.rglob("evil*"))


def test_a_declaration_in_the_bucket_stands_for_what_lies_below_it(name: str, tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "w", policy=POLICY)
    for place, words in (("a/source.toml", 'tenant = "t"'), ("b/source.toml", "="), ("c.csv", "c")):
        path = folder.inbox / "submissions" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words, "utf-8")
    for place in ("a/deep/x.csv", "b/y.csv"):
        (folder.inbox / "submissions" / place).parent.mkdir(exist_ok=True)
        (folder.inbox / "submissions" / place).write_text(place, "utf-8")
    bucket = machine(name, tmp_path / "one")
    store = hand_in(bucket, folder)
    stage_at(bucket)
    ingest(Inline(), folder, taken_on="2026-11-23")
    assert ledger(store.copies) == ledger(folder)


def test_commands_read_a_bucket_from_any_machine(
    night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hesuan: Callable[..., Said]
) -> None:
    monkeypatch.setenv("HESUAN_WORKSPACE", f"{night.store.bucket}/")
    monkeypatch.setenv("HESUAN_SCRATCH", str(tmp_path / "copies"))
    code, out, _ = hesuan("sql", "select claim_id from published.claim", "--json")
    assert (code, json.loads(out)) == (0, [{"claim_id": "C-a"}])
    assert hesuan("explain", "C-a")[0] == 0
    assert hesuan("policy")[0] == 0
    assert hesuan("decide", "--print", tmp_path / "sheet.xlsx")[0] == 0
    code, out, _ = hesuan("report", "--run", night.outcome.run_id, "--json")
    assert (code, Path(json.loads(out)["report"]).is_file()) == (0, True)


def test_an_old_report_stored_again_is_not_the_latest(name: str, tmp_path: Path) -> None:
    store = store_of(machine(name, tmp_path / "one"))
    for run_id, is_newest in (("old", True), ("new", True), ("old", False)):
        (tmp_path / run_id).mkdir(exist_ok=True)
        (tmp_path / run_id / "index.html").write_text(f"{run_id}{is_newest}", encoding="utf-8")
        keep_report(store, tmp_path / run_id, is_newest=is_newest)
    assert store.read("reports/latest").content == b"new"
    assert store.read("reports/old/index.html").content == b"oldFalse"


def test_init_makes_a_workspace_in_a_bucket_and_changes_no_settings(
    name: str, hesuan: Callable[..., Said]
) -> None:
    store = store_of(Bucket(name, "city"))
    store.write("hesuan.toml", b"keep_files = 3", over=None)
    code, out, _ = hesuan("init", "-w", f"s3://{name}/city")
    assert (code, f"s3://{name}/city/templates" in out) == (0, True)
    kept = store.read("hesuan.toml")
    assert kept is not None
    assert kept.content == b"keep_files = 3"
    assert store.look("templates/claim_兑现申请.xlsx") is not None
    code, out, err = hesuan("sql", "select 1", "-w", f"s3://{name}/city")
    assert (code, out, err) == (
        2,
        "",
        f"UsageFault: s3://{name}/city: 还没有公布的数据库；请先运行 hesuan run\n",
    )


def test_where_there_is_no_workspace_a_line_says_so(name: str, hesuan: Callable[..., Said]) -> None:
    for command in (["run"], ["decide", "x.xlsx"]):
        code, _, err = hesuan(*command, "-w", f"s3://{name}")
        assert (code, "不是工作区" in err, len(err.splitlines())) == (2, True, 1)
        code, _, err = hesuan(*command, "-w", "s3://no-such-bucket")
        assert (code, "NoSuchBucket" in err, len(err.splitlines())) == (13, True, 1)


@pytest.mark.parametrize(
    "words", ["s3://", "s3://UPPER", "s3://city/../x", "s3://city/a//b", "s3://a", "s3:/city/x", "S3://city"]
)
def test_an_address_that_names_no_bucket_is_told(words: str) -> None:
    with pytest.raises(UsageFault, match="不是工作区的地址"):
        root_named(words)


class _Careless(BaseHTTPRequestHandler):
    """A storage that writes whatever the condition, and has nothing."""

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._answer(200)

    def do_GET(self) -> None:
        self._answer(404)

    def do_DELETE(self) -> None:
        self._answer(204)

    def _answer(self, code: int) -> None:
        self.send_response(code)
        self.send_header("etag", '"1"')
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def test_a_storage_that_heeds_no_condition_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HTTPServer(("127.0.0.1", 0), _Careless) as careless:
        threading.Thread(target=careless.serve_forever, daemon=True).start()
        for name, value in {**ACCESS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{careless.server_port}"}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(UsageFault, match="不支持按条件写入"):
            _take(store_of(machine("careless", tmp_path)))
        careless.shutdown()
