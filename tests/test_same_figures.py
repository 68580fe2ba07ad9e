"""However the same facts are handed in, the published figures are the same."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from hesuan.reports.sheet.workbook import write_sheets
from hesuan.schemas.tables import tables
from tests.city import APPLICANTS, City
from tests.night import tally
from tests.published import dump

Change = Callable[[Path], None]
TABLES = ("usage_interval", "invoice", "claim", "contract")


@pytest.fixture(scope="module")
def city() -> City:
    city = City().with_register()
    for place, applicant in enumerate(APPLICANTS[:4]):
        city.honest(f"c{place}", hours=6000 + place, applicant=applicant, at=f"10:00:0{place}")
    return city


@pytest.fixture(scope="module")
def plain(city: City, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The figure digest of the city handed in plainly."""
    return tally(city.hand_in(tmp_path_factory.mktemp("plain"))).figure_sha256


def each(change: Callable[[Path], None]) -> Change:
    def everywhere(folder: Path) -> None:
        for table in TABLES:
            change(folder / f"{table}.csv")

    return everywhere


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def twice(path: Path) -> None:
    shutil.copy(path, path.with_name(f"again-{path.name}"))


def renamed(path: Path) -> None:
    path.rename(path.with_name(f"财务 (1) {path.stem}.CSV"))


def split(path: Path) -> None:
    header, *rows = lines_of(path)
    for part, kept in enumerate((rows[:1], rows[1:])):
        path.with_name(f"{path.stem}-{part}.csv").write_text(
            "\n".join([header, *kept]) + "\n", encoding="utf-8"
        )
    path.unlink()


def overlapping(path: Path) -> None:
    header, *rows = lines_of(path)
    path.with_name(f"{path.stem}-more.csv").write_text(
        "\n".join([header, *rows[1:]]) + "\n", encoding="utf-8"
    )


def gb18030(path: Path) -> None:
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))


def utf16(path: Path) -> None:
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))


def turned_around(path: Path) -> None:
    header, *rows = lines_of(path)
    path.write_text("\r\n".join([header, *reversed(rows)]) + "\r\n", encoding="utf-8")


def frame_of(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False)


def xlsx(path: Path) -> None:
    frame = frame_of(path)
    rows = [[cell or "" for cell in row] for row in frame.rows()]
    write_sheets(path.with_suffix(".xlsx"), {"数据": (frame.columns, rows)})
    path.unlink()


def parquet(path: Path) -> None:
    frame_of(path).write_parquet(path.with_suffix(".parquet"))
    path.unlink()


def english(path: Path) -> None:
    names = {column.zh: column.name for column in tables()[path.stem].columns}
    frame_of(path).rename(lambda zh: names[zh]).write_csv(path)


CHANGES: dict[str, Change] = {
    "the same file twice": each(twice),
    "under another name": each(renamed),
    "split in two": each(split),
    "a second file that repeats most rows": each(overlapping),
    "GB18030": each(gb18030),
    "UTF-16": each(utf16),
    "rows turned around, CRLF": each(turned_around),
    "XLSX": each(xlsx),
    "Parquet": each(parquet),
    "English headers": each(english),
}


# The others read the same rows by another door, which has tests of its own; they are run in full with the slow proofs.
EVERYDAY = {
    "a second file that repeats most rows",
}


@pytest.mark.parametrize(
    "change", [name if name in EVERYDAY else pytest.param(name, marks=pytest.mark.slow) for name in CHANGES]
)
def test_the_same_facts_give_the_same_figures(change: str, city: City, plain: str, tmp_path: Path) -> None:
    workspace = city.hand_in(tmp_path)
    CHANGES[change](workspace.inbox / "registry")
    outcome = tally(workspace)
    assert outcome.refused == ()
    assert outcome.figure_sha256 == plain
    conserved(workspace)


def conserved(workspace: Workspace) -> None:
    """Every file: rows in = accepted + rejected + duplicate; every reject is listed."""
    with connect(workspace.published, read_only=True) as connection:
        lost = connection.execute("""
            select f.file_name, row_count, accepted_count, rejected_count, duplicate_count, count(r.file_sha256)
            from published.input_file as f
            left join published.reject as r using (file_sha256)
            group by all
            having row_count <> accepted_count + rejected_count + duplicate_count
                or rejected_count <> count(r.file_sha256)
        """).fetchall()
    assert lost == []


@pytest.mark.slow
def test_duplicates_are_counted_where_they_stand(city: City, tmp_path: Path) -> None:
    workspace = city.hand_in(tmp_path)
    overlapping(workspace.inbox / "registry" / "claim.csv")
    tally(workspace)
    with connect(workspace.published, read_only=True) as connection:
        found = connection.execute(
            "select sum(accepted_count), sum(duplicate_count) from published.input_file where kind = 'claim'"
        ).fetchall()
    assert found == [(4, 3)]


@pytest.mark.slow
def test_a_fresh_process_publishes_the_same_rows(city: City, tmp_path: Path) -> None:
    """Another process, another hash seed, one thread for polars: the same bytes."""
    here, there = city.hand_in(tmp_path / "here"), city.hand_in(tmp_path / "there")
    tally(here)
    program = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from pathlib import Path
from hesuan.flows.workspace import Workspace
from tests.night import tally
tally(Workspace(Path({str(there.root)!r})))
"""
    environment = {"PYTHONHASHSEED": "7", "POLARS_MAX_THREADS": "1", "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    assert dump(there.published) == dump(here.published)


def test_a_later_file_supersedes_an_earlier_one(city: City, tmp_path: Path) -> None:
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    claims = workspace.inbox / "registry" / "claim.csv"
    text = claims.read_text(encoding="utf-8")
    (claims.with_name("claim-2.csv")).write_text(text.replace("60000.00", "55000.00"), encoding="utf-8")
    tally(workspace)
    with connect(workspace.published, read_only=True) as connection:
        found = connection.execute(
            "select claimed_cost_yuan::varchar from published.claim where claim_id = 'C-c0'"
        ).fetchall()
        replaced = connection.execute(
            "select table_name, file_sha256 <> by_file_sha256 from lake.superseded"
        ).fetchall()
    assert found == [("55000.00",)]
    assert replaced == [("claim", True)]


@pytest.mark.slow
def test_what_left_the_inbox_stays_in_the_evidence(city: City, plain: str, tmp_path: Path) -> None:
    workspace = city.hand_in(tmp_path)
    first = tally(workspace)
    for path in (workspace.inbox / "registry").iterdir():
        path.unlink()
    second = tally(workspace)
    assert (second.figure_sha256, second.fresh_count) == (plain, 0)
    assert second.run_id == first.run_id


@pytest.mark.slow
def test_a_repeated_run_publishes_the_same_rows(city: City, tmp_path: Path) -> None:
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    first = dump(workspace.published)
    tally(workspace)
    assert dump(workspace.published) == first


def test_one_bad_file_never_stops_the_others(city: City, plain: str, tmp_path: Path) -> None:
    workspace = city.hand_in(tmp_path)
    bad = workspace.inbox / "submissions" / "bad"
    bad.mkdir()
    (bad / "cut.csv.gz").write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03half")
    (bad / "bomb.xml").write_text('<!DOCTYPE x [<!ENTITY a "b">]><EInvoice>&a;</EInvoice>')
    (bad / "unknown.bin").write_bytes(bytes(range(256)))
    (bad / "empty.csv").write_bytes(b"")
    (bad / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n0000")
    (bad / "x'); drop table t;--.csv").write_text("a,b\n1,2\n")
    outcome = tally(workspace)
    assert outcome.figure_sha256 == plain
    conserved(workspace)
    with connect(workspace.published, read_only=True) as connection:
        found = dict(
            connection.execute(
                "select split_part(file_name, '/', -1), status from published.input_file where file_name like '%/bad/%'"
            ).fetchall()
        )
    assert found["picture.png"] == "kept"
    assert {found[name] for name in found if name != "picture.png"} <= {"refused", "unrecognised"}
    assert len(found) == 6


@pytest.mark.slow
def test_absurd_amounts_do_not_stop_the_run(city: City, tmp_path: Path) -> None:
    workspace = city.hand_in(tmp_path)
    lines = workspace.inbox / "registry" / "contract_line.csv"
    lines.write_text(lines.read_text(encoding="utf-8").replace("10.60", "99999999.999999"), encoding="utf-8")
    usage = workspace.inbox / "registry" / "usage_interval.csv"
    usage.write_text(usage.read_text(encoding="utf-8").replace(",40,", ",999999.999999,"), encoding="utf-8")
    outcome = tally(workspace)
    assert outcome.refused == ()
    assert sum(count for count, _ in outcome.totals.values()) == 4


@pytest.mark.parametrize("relation", ["statement", "contract_line"])
def test_a_slip_of_the_pen_stops_nobody_else(tmp_path: Path, relation: str) -> None:
    """As many card-months as a cell holds, line after line, beside an honest claim."""
    city = City().with_register().honest("a", hours=6000).honest("b", hours=6000, applicant=APPLICANTS[1])
    line = city.row(relation, contract_no="K-b", line_no=1)
    for number in range(100, 114):
        city.add(relation, **{**line, "line_no": number, "unit": "卡月", "quantity": "9999999999"})
    outcome = tally(city.hand_in(tmp_path))
    assert outcome.refused == ()
    assert outcome.totals["approve"][0] >= 1
    assert sum(count for count, _ in outcome.totals.values()) == 2


@pytest.mark.slow
def test_a_day_leaves_out_what_is_dated_after_it(tmp_path: Path) -> None:
    """The facts of a day, whenever their files came; a day after everything is no different from no day."""
    city = City().with_register().honest("early", hours=6000).honest("late", hours=7000, at="09:00:01")
    city.row("claim", claim_id="C-early")["submitted_at"] = "2026-10-30 09:00:00"
    workspace = city.hand_in(tmp_path)
    whole = tally(workspace)
    before = tally(workspace, as_of=date(2026, 10, 31))
    after = tally(workspace, as_of=date(2027, 1, 31))
    assert [sum(n for n, _ in outcome.totals.values()) for outcome in (whole, before, after)] == [2, 1, 2]
    assert (after.run_id, after.figure_sha256) == (whole.run_id, whole.figure_sha256)
    assert before.run_id != whole.run_id
    conserved(workspace)
