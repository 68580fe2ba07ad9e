"""A workspace in a bucket takes decisions in, is verified and holds a demo as one in a folder does."""

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from hesuan.flows.before.earlier import run_id_in
from hesuan.flows.bucket.book import INTAKE, SETTINGS
from hesuan.flows.bucket.demo import make_demo
from hesuan.flows.bucket.desk import at_desk
from hesuan.flows.bucket.lease import LOCK, leased
from hesuan.flows.bucket.place import Bucket
from hesuan.flows.bucket.shelf import newest
from hesuan.flows.bucket.store import Store, store_of
from hesuan.flows.command.shared import Door
from hesuan.flows.demo import show
from hesuan.flows.intake.evidence import ledger
from hesuan.flows.panel import deciding
from hesuan.flows.panel.record import FOLDER, STEM
from hesuan.flows.panel.sheet import read_panel_sheet
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import UsageFault, WorkspaceBusy
from tests.bucket import lift, machine, new_bucket, run_at, server
from tests.conftest import Said
from tests.night import Pageless, after_first_night, run
from tests.published import dump
from tests.test_decide import AT, LATER, as_csv, only, rows_of

DECISIONS = f"inbox/{FOLDER}"


@pytest.fixture(scope="module")
def reach() -> Iterator[dict[str, str]]:
    with server() as environment:
        yield environment


@pytest.fixture(autouse=True)
def environment(reach: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {**reach, "HESUAN_SCRATCH": str(tmp_path / "copies")}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def folder(tmp_path: Path) -> Workspace:
    """After its first night: one claim, C-a, proposed to be approved."""
    return after_first_night(tmp_path / "w")


@pytest.fixture
def store(folder: Workspace, tmp_path: Path, request: pytest.FixtureRequest) -> Store:
    """A bucket that holds what the folder does, as the machine at the terminal sees it."""
    name = f"p-{abs(hash(request.node.name)) % 10**12}"
    new_bucket(name)
    return lift(machine(name, tmp_path / "copies"), folder)


def holds(store: Store) -> dict[str, str]:
    """Every object but the lock: name → etag."""
    return {one.name: one.etag for one in store.listed("") if one.name != LOCK}


def sheet(folder: Workspace, **cells: str) -> Path:
    """The panel's sheet with an opinion on C-a."""
    return as_csv(folder.root.parent / "意见.csv", rows_of(folder.root, only("C-a", **cells)))


def decide(hesuan: Callable[..., Said], place: object, path: Path, *, at: str = AT) -> Said:
    return hesuan("decide", path, "-w", place, "--at", at)


def intake_of(store: Store) -> bytes:
    there = store.read(INTAKE)
    assert there is not None
    return there.content


def test_decisions_are_recorded_as_in_a_folder(hesuan, folder: Workspace, store: Store) -> None:
    path, before = sheet(folder), holds(store)
    told = decide(hesuan, store.bucket, path)
    assert told == decide(hesuan, folder.root, path)
    assert told[0] == 0
    assert intake_of(store) == (folder.evidence / "intake.jsonl").read_bytes()
    [written] = (folder.inbox / FOLDER).iterdir()
    fresh = holds(store).keys() - before.keys()
    assert {name for name in fresh if not name.startswith("evidence/")} == {f"{DECISIONS}/{written.name}"}
    for name in fresh:
        there = store.read(name)
        assert there is not None
        assert there.content == written.read_bytes()
    assert len(fresh) == 2


@pytest.mark.slow
def test_a_refused_sheet_leaves_the_bucket_as_it_was(hesuan, folder: Workspace, store: Store) -> None:
    path, before = sheet(folder, 意见="核减", 核定金额="30000.01"), holds(store)
    code, out, err = decide(hesuan, store.bucket, path)
    assert (code, out) == (10, "")
    assert err == decide(hesuan, folder.root, path)[2]
    assert "第 2 行：核定金额 30000.01 元高于建议补贴 30000.00 元" in err
    assert holds(store) == before


@pytest.mark.slow
def test_decisions_wait_for_a_run_and_a_run_for_decisions(hesuan, folder: Workspace, store: Store) -> None:
    path, before = sheet(folder), holds(store)
    with leased(store):
        code, out, err = decide(hesuan, store.bucket, path)
    assert (code, out, len(err.splitlines())) == (20, "", 1)
    assert "另一次运行正在使用此工作区" in err
    with at_desk(store.bucket):
        assert hesuan("run", "--engine", "inline", "-w", store.bucket)[0] == 20
        assert decide(hesuan, store.bucket, path)[0] == 20
    assert holds(store) == before


def record(path: Path, store: Store, database: Path) -> int:
    """How many opinions were taken in, on this machine's copies."""
    at = datetime.fromisoformat(f"{AT}+08:00")
    filled = read_panel_sheet(path)
    return len(deciding.decide(filled, path.name, store.copies, database=database, at=at).recorded)


@pytest.mark.slow
def test_decisions_that_were_overtaken_write_over_nothing(folder: Workspace, store: Store) -> None:
    """The lease was over and nobody knew: another run has written the ledger since it was read."""
    path, known = sheet(folder), store.look(INTAKE)
    assert known is not None
    with pytest.raises(WorkspaceBusy, match="改写了此台账"), at_desk(store.bucket) as database:  # noqa: PT012
        assert record(path, store, database) == 1
        store.write(INTAKE, b"theirs\n", over=known.etag)
    assert intake_of(store) == b"theirs\n"
    assert [name for name in holds(store) if name.startswith(DECISIONS)] == []


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["the ledger's line", "the file"])
def test_a_crash_on_the_way_loses_nothing(
    hesuan, folder: Workspace, store: Store, lost: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where either was not written any more, another machine finds the decision recorded, once."""
    path, before = sheet(folder), intake_of(store)
    decide(hesuan, store.bucket, path)
    after = intake_of(store)
    if lost == "the file":
        [name] = [name for name in holds(store) if name.startswith(DECISIONS)]
        store.remove(name)
    else:
        store.write(INTAKE, before, over=etag_of(store, INTAKE))
    monkeypatch.setenv("HESUAN_SCRATCH", str(tmp_path / "elsewhere"))
    code, out, _ = decide(hesuan, store.bucket, path, at=LATER)
    assert (code, "收录意见 0 条" in out, "已收录过 1 条" in out) == (0, True, True)
    assert len(intake_of(store)) == len(after)


def etag_of(store: Store, name: str) -> str:
    there = store.look(name)
    assert there is not None
    return there.etag


@pytest.mark.slow
def test_what_lies_among_the_decisions_touches_no_file(hesuan, folder: Workspace, store: Store) -> None:
    """Objects may be called anything; those that are no file of the panel's wait for the next run."""
    for name in ("a/../../x.csv", f"{STEM}a/b.csv", f"{STEM}{'长' * 99}.csv", "x.csv", f"{STEM}b.txt"):
        store.write(f"{DECISIONS}/{name}", b"x", over=None)
    store.write("inbox/source.toml", b"=", over=None)
    assert decide(hesuan, store.bucket, sheet(folder))[0] == 0
    [last] = [entry.declaration for entry in ledger(store.copies) if entry.name.startswith(FOLDER)]
    assert "unreadable" in last, "what is declared of the inbox holds for the panel's file too"
    assert len(list(store.copies.inbox.rglob("*.csv"))) == 1


def test_the_objects_are_verified_as_they_lie(hesuan, folder: Workspace, store: Store) -> None:
    before = holds(store)
    said = hesuan("verify", store.bucket)
    code, lines, errors = hesuan("verify", folder.root)
    # No lake was lifted into the bucket; of it too a line says what was not looked at.
    elsewhere = f"没有看的：别的机器上的收录记录与湖的副本，在那里各核验一次（{store.copies.root}）\n"
    assert said == (code, re.sub("湖里的 .*\n", elsewhere, lines), errors)
    assert said == hesuan("verify", "-w", store.bucket)
    assert (said[0], said[1].count("逐一相符")) == (0, 4)
    assert holds(store) == before


def an_object(store: Store) -> str:
    return next(store.listed("evidence/objects")).name


def database(store: Store) -> str:
    return next(one.name for one in store.listed("warehouse") if one.name.endswith(".duckdb"))


@pytest.mark.parametrize(
    ("which", "change", "parts", "says"),
    [
        (an_object, b"x", ["objects", "intakes", "run"], "与名称不符"),
        (an_object, None, ["intakes", "run"], "不在证据库中"),
        (database, b"x", ["run"], "与公布时的 SHA-256 不符"),
        (database, None, ["run"], "名单上的数据库不在存储里"),
        (lambda _: INTAKE, b"{]\n", ["intakes"], "收录台账损坏"),
        (lambda _: "evidence/objects/notes.txt", b"x", ["objects"], "不是证据库放文件的地方"),
    ],
)
@pytest.mark.slow
def test_an_object_that_is_other_than_it_was_is_found(
    hesuan,
    store: Store,
    which: Callable[[Store], str],
    change: bytes | None,
    parts: list[str],
    says: str,
) -> None:
    """Whatever this machine has of it: its copies are not asked."""
    assert hesuan("sql", "select 1", "-w", store.bucket)[0] == 0
    name = which(store)
    store.remove(name)
    if change is not None:
        store.write(name, change, over=None)
    code, out, err = hesuan("verify", store.bucket, "--json")
    amiss = json.loads(out)["amiss"]
    assert (code, [part for part, lines in amiss.items() if lines]) == (15, parts)
    assert says in err.splitlines()[0]


def test_without_evidence_or_a_workspace_a_line_says_so(hesuan, store: Store) -> None:
    nothing = store.bucket.below("nothing")
    for words, says in (
        (["verify", nothing], "没有收录台账"),
        (["verify", "--rerun", nothing], "复制到本机的文件夹"),
        (["decide", "x.xlsx", "-w", nothing], "不是工作区"),
        (["diff", "0", "latest", "-w", nothing], "还没有公布的数据库"),
        (["diff", "none", "latest", "-w", store.bucket], "没有这次运行的数据库"),
    ):
        code, out, err = hesuan(*words)
        assert (code, out, len(err.splitlines()), says in err) == (2, "", 1, True), words


@pytest.mark.slow
def test_what_was_decided_is_published_as_in_a_folder(hesuan, folder: Workspace, store: Store) -> None:
    """Row by row; and the two runs are told apart."""
    for place in (folder.root, store.bucket):
        assert decide(hesuan, place, sheet(folder))[0] == 0
    expected = run(folder, engine=Pageless())
    outcome = run_at(store.bucket, Pageless())
    assert dump(outcome.database) == dump(expected.database)
    with connect(newest(store), read_only=True) as connection:
        paid = connection.execute("select claim_id, payable_yuan::varchar from published.payment_list")
        assert paid.fetchall() == [("C-a", "30000.00")]
    before = folder.run_database("latest").name
    assert before == newest(store).name
    first = next(path for path in folder.warehouse.glob("hesuan-*.duckdb") if path.name != before)
    told = [hesuan("diff", run_id_in(first)[:8], "latest", "-w", w) for w in (folder.root, store.bucket)]
    assert told[0] == told[1]
    assert told[0][0] == 0


@pytest.mark.slow
def test_the_demo_gives_the_figures_of_a_folder(
    hesuan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime.fromisoformat(f"{AT}+08:00")
    door = Door(dict(os.environ), clock=lambda: at, seconds=time.perf_counter)
    # Both are of one day, though it may be midnight between them.
    monkeypatch.setattr("hesuan.flows.cli._door", lambda _: door)
    new_bucket("demo-city")
    code, out, err = hesuan("demo", "-q", "-w", "s3://demo-city/w", "--json")
    assert code == 0, err
    facts = json.loads(out)
    assert hesuan("demo", "-q", "-w", tmp_path / "w")[0] == 0
    folder = Workspace(tmp_path / "w" / "demo" / "seed-2026")
    store = store_of(Bucket("demo-city", "w/demo/seed-2026", tmp_path / "copies"))
    assert dump(newest(store)) == dump(folder.published)
    assert intake_of(store) == (folder.evidence / "intake.jsonl").read_bytes()
    assert {k: (v["claim_count"], v["proposed_subsidy_yuan"]) for k, v in facts["totals"].items()} == {
        "approve": (63, "2706481.50"),
        "hold": (10, "293518.50"),
        "reject": (12, "0.00"),
    }


@pytest.mark.slow
def test_a_demo_takes_the_place_of_a_demo_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def city(inbox: Path, *, seed: int) -> None:
        (inbox / f"{seed}.csv").write_text(f"{seed}", "utf-8")

    monkeypatch.setattr(show, "write_city", city)
    new_bucket("demo-place")
    bucket = Bucket("demo-place", "w", tmp_path / "copies")
    store, whole = store_of(bucket), {show.MARK, SETTINGS}
    for seed in (1, 2):
        make_demo(bucket, seed=seed)
        assert holds(store).keys() == whole | {f"inbox/{seed}.csv"}
    with leased(store), pytest.raises(WorkspaceBusy):
        make_demo(bucket, seed=3)
    store.remove(show.MARK)
    before = holds(store)
    with pytest.raises(UsageFault, match="不是演示工作区"):
        make_demo(bucket, seed=3)
    assert holds(store) == before
