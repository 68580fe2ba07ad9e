"""`hesuan verify`: what agrees is said to, and every way in which evidence can be other than it was is found."""

import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from hesuan.flows.command.fault_english import fault_english
from hesuan.flows.intake import seen
from hesuan.flows.intake.evidence import ledger, object_path, record
from hesuan.flows.intake.seen import note_of_file, write_note
from hesuan.flows.ledger.book import book_path, post, read_book
from hesuan.flows.stages.publish import figure_digest
from hesuan.flows.verify.folder import verify_folder
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import UsageFault
from tests.city import City
from tests.night import IN_TIME, after_first_night, tally

DIGEST = "select sha256(string_agg(file_sha256, chr(10) order by file_sha256)) from lake.input_file"
HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return after_first_night(tmp_path / "w")


def an_object(workspace: Workspace) -> Path:
    return object_path(workspace, ledger(workspace)[0].sha256)


def test_what_was_taken_in_and_published_agrees(workspace: Workspace) -> None:
    verified = verify_folder(workspace.root)
    assert verified.troubles == []
    assert verified.object_count == len({i.sha256 for i in ledger(workspace)})
    assert verified.intake_count == len(ledger(workspace))
    assert verified.run is not None
    assert verified.run.is_same_code
    assert [line.endswith("逐一相符") for line in verified.lines(lang="zh")] == [
        True,
        True,
        True,
        True,
        True,
        False,
    ]


def test_the_evidence_folder_alone_will_do(workspace: Workspace, tmp_path: Path) -> None:
    shutil.copytree(workspace.evidence, tmp_path / "stick" / "evidence")
    for folder in (tmp_path / "stick", tmp_path / "stick" / "evidence"):
        verified = verify_folder(folder)
        assert (verified.troubles, verified.run) == ([], None)
        assert "没有核对数字" in verified.lines(lang="zh")[3]


def test_a_copy_of_the_evidence_is_read_itself_whatever_its_name(
    workspace: Workspace, tmp_path: Path
) -> None:
    """Beside the true folder, and alone."""
    for stick in (workspace.root / "evidence-stick", tmp_path / "far" / "ev-2026"):
        shutil.copytree(workspace.evidence, stick)
        assert verify_folder(stick).troubles == []
        file = stick / an_object(workspace).relative_to(workspace.evidence)
        file.chmod(0o644)
        file.write_bytes(b"?" + file.read_bytes()[1:])
        assert len(verify_folder(stick).troubles) == 1
    assert verify_folder(workspace.evidence).troubles == []


@pytest.mark.parametrize(
    "change", ["delete from published.run", "insert into published.run from published.run"]
)
def test_a_database_of_no_one_run_is_told(workspace: Workspace, change: str) -> None:
    published(workspace, change)
    [line] = verify_folder(workspace.root).troubles
    assert "应为一行" in line


def another_byte(workspace: Workspace) -> None:
    path = an_object(workspace)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


def one_byte_more(workspace: Workspace) -> None:
    path = an_object(workspace)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"\n")


def gone(workspace: Workspace) -> None:
    an_object(workspace).unlink()


def a_link(workspace: Workspace) -> None:
    path = an_object(workspace)
    path.rename(workspace.root / "elsewhere")
    path.symlink_to(workspace.root / "elsewhere")


def a_link_to_nothing(workspace: Workspace) -> None:
    a_link(workspace)
    (workspace.root / "elsewhere").unlink()


def a_stranger(workspace: Workspace) -> None:
    (workspace.evidence / "objects" / "sha256" / "notes.txt").write_text("x")


def no_ledger(workspace: Workspace) -> None:
    (workspace.evidence / "intake.jsonl").unlink()


def a_broken_ledger(workspace: Workspace) -> None:
    path = workspace.evidence / "intake.jsonl"
    path.write_text("{]\n" + path.read_text("utf-8"), "utf-8")


def published(workspace: Workspace, change: str) -> None:
    path = workspace.published.resolve()
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        connection.execute(change)


def another_figure(workspace: Workspace) -> None:
    published(workspace, "update published.claim set disposition = 'hold'")


def another_sm3(workspace: Workspace) -> None:
    published(workspace, "update published.input_file set sm3 = repeat('0', 64)")


def another_input(workspace: Workspace) -> None:
    published(workspace, "update lake.input_file set file_sha256 = repeat('0', 64) where file_rank = 1")


def another_name(workspace: Workspace) -> None:
    published(workspace, "update published.input_file set file_name = 'x' where file_name like '%voucher%'")


def another_batch(workspace: Workspace) -> None:
    published(workspace, "update lake.input_file set batch = 2 where file_name like '%voucher%'")


def an_input_less(workspace: Workspace) -> None:
    published(workspace, "delete from published.input_file where file_name like '%voucher%'")


def an_input_twice(workspace: Workspace) -> None:
    published(workspace, "insert into lake.input_file from lake.input_file where file_name like '%voucher%'")
    published(workspace, f"update published.run set input_sha256 = ({DIGEST})")


def another_count(workspace: Workspace) -> None:
    published(
        workspace, "update published.input_file set rejected_count = 7 where file_name like '%voucher%'"
    )


def other_inputs_in_both(workspace: Workspace) -> None:
    """One dropped from both lists, and the digest made to fit."""
    for schema in ("lake", "published"):
        published(workspace, f"delete from {schema}.input_file where file_name like '%blacklist%'")
    published(workspace, f"update published.run set input_sha256 = ({DIGEST})")


def another_day(workspace: Workspace) -> None:
    published(workspace, "update published.run set as_of = date '2026-12-31'")


def another_amount(workspace: Workspace) -> None:
    published(workspace, "update published.ledger_entry set amount_yuan = 1 where entry_no = 2")


def an_entry_less(workspace: Workspace) -> None:
    published(workspace, "delete from published.ledger_entry where entry_no = 2")


def an_entry_more(workspace: Workspace) -> None:
    published(
        workspace,
        "insert into published.ledger_entry select * replace (4 as entry_no) from published.ledger_entry where entry_no = 1",
    )


def no_entries(workspace: Workspace) -> None:
    published(workspace, "delete from published.ledger_entry")


def another_event(workspace: Workspace) -> None:
    published(workspace, "update published.ledger_event set amount_yuan = 1 where event = 'apply'")


def another_balance(workspace: Workspace) -> None:
    published(workspace, "update published.ledger_balance set amount_yuan = 0")


def a_figure_and_its_digest(workspace: Workspace) -> None:
    """Whoever can write the one can write the other."""
    another_figure(workspace)
    with connect(workspace.published, read_only=True) as connection:
        digest = figure_digest(connection)
    published(workspace, f"update published.run set figure_sha256 = '{digest}'")


def a_row_of_evidence_more(workspace: Workspace) -> None:
    published(workspace, "insert into published.evidence_row by name select 'REC-001:K' as finding_id")


def another_parameter(workspace: Workspace) -> None:
    published(workspace, "update published.parameter set value = value || '0'")


def another_count_of_the_run(workspace: Workspace) -> None:
    published(workspace, "update published.run set rejected_count = rejected_count + 1")


def an_event_that_there_is_not(workspace: Workspace) -> None:
    published(workspace, "update published.ledger_event set event = 'given' where event = 'effect'")


def an_input_without_a_hash(workspace: Workspace) -> None:
    published(
        workspace, "update published.input_file set file_sha256 = null where file_name like '%voucher%'"
    )


def a_bit_of_the_lake(workspace: Workspace) -> None:
    """In a page of a file, which then reads without a word as another amount."""
    path = max(workspace.lake.glob("*/*.parquet"), key=lambda each: (each.stat().st_size, each))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def a_set_that_says_nothing(workspace: Workspace) -> None:
    next(iter(sorted(workspace.lake.glob("*/staged.json")))).unlink()


def a_broken_book(workspace: Workspace) -> None:
    path = workspace.evidence / "ledger.jsonl"
    path.write_text("{]\n" + path.read_text("utf-8"), "utf-8")


def a_shorter_book(workspace: Workspace) -> None:
    (workspace.evidence / "ledger.jsonl").unlink()


def no_database(workspace: Workspace) -> None:
    path = workspace.published.resolve()
    path.chmod(0o644)
    path.write_bytes(b"no database" * 1000)


def no_database_any_more(workspace: Workspace) -> None:
    workspace.published.resolve().unlink()


def no_link_any_more(workspace: Workspace) -> None:
    workspace.published.unlink()


def another_code(workspace: Workspace) -> None:
    published(workspace, "update published.run set code_sha256 = repeat('0', 64)")


def by_other_code(workspace: Workspace) -> None:
    """As another version publishes: the run id is of that code too."""
    published(workspace, "update published.run set code_sha256 = repeat('0', 64), run_id = repeat('0', 12)")


@pytest.mark.parametrize(
    ("change", "parts", "says"),
    [
        (another_byte, ["objects", "run"], "与名称不符"),
        (one_byte_more, ["objects", "intakes", "run"], "与名称不符"),
        (gone, ["intakes", "run"], "不在证据库中"),
        (a_link, ["objects"], "一个链接"),
        (a_link_to_nothing, ["objects", "intakes", "run"], "一个链接"),
        (a_stranger, ["objects"], "不是证据库放文件的地方"),
        (a_broken_ledger, ["intakes"], "收录台账损坏"),
        (no_ledger, ["run"], "收录台账有 0 条"),
        (another_figure, ["run"], "run.figure_sha256"),
        (another_sm3, ["run"], "SM3"),
        (another_input, ["run"], "run.input_sha256"),
        (another_name, ["run"], "published.input_file 的输入 registry/voucher.csv"),
        (another_batch, ["run"], "batch 为 2，收录台账记作 1"),
        (an_input_less, ["run"], "registry/voucher.csv（7c6edc4e67eb…）有 0 行，收录台账有 1 条"),
        (an_input_twice, ["run"], "有 2 行，收录台账有 1 条"),
        (another_count, ["run"], "published.input_file 与库内由以得出的表不合"),
        (other_inputs_in_both, ["run"], "registry/blacklist.csv"),
        (another_day, ["run"], "运行编号"),
        (another_amount, ["run"], "第 2 笔（apply:2026:V-a）与 evidence/ledger.jsonl 所记不同"),
        (an_entry_less, ["run"], "第 2 笔（apply:2026:V-a）有 0 行，evidence/ledger.jsonl 有 1 笔"),
        (an_entry_more, ["run"], "第 4 笔（open:2026）有 1 行，evidence/ledger.jsonl 有 0 笔"),
        (no_entries, ["run"], "published.ledger_entry 与 published.ledger_event 不合"),
        (another_event, ["run"], "apply:2026:V-a"),
        (another_balance, ["run"], "published.ledger_balance 与库内由以得出的表不合"),
        (a_figure_and_its_digest, ["run"], "published.claim 与库内由以得出的表不合"),
        (a_row_of_evidence_more, ["run"], "published.evidence_row 与库内由以得出的表不合"),
        (another_parameter, ["run"], "published.parameter 与库内由以得出的表不合"),
        (another_count_of_the_run, ["run"], "published.run 与库内由以得出的表不合"),
        (an_event_that_there_is_not, ["run"], "券台账里有本程序写不出的值"),
        (an_input_without_a_hash, ["run"], "输入清单里有本程序写不出的值"),
        (a_broken_book, ["book"], "算力券台账损坏"),
        (a_shorter_book, ["run"], "evidence/ledger.jsonl 有 0 笔"),
        (a_bit_of_the_lake, ["lake"], ".parquet: 不再是写下时的内容"),
        (a_set_that_says_nothing, ["lake"], ": 没有 staged.json"),
        (no_database, ["run"], "warehouse/hesuan.duckdb"),
        (no_database_any_more, ["run"], "它曾公布"),
        (no_link_any_more, ["run"], "不在，旁边却有 hesuan-"),
        (another_code, ["run"], "run.code_sha256 不是本程序的"),
    ],
)
def test_what_is_other_than_it_was_is_found(
    workspace: Workspace, change: Callable[[Workspace], None], parts: list[str], says: str
) -> None:
    change(workspace)
    verified = verify_folder(workspace.root)
    assert [part for part, lines in verified.amiss.items() if lines] == parts
    assert says in verified.troubles[0]


def test_a_note_that_lets_a_file_be_taken_for_another_is_found(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of the same length, whose object lies in the store under its right name."""
    monkeypatch.setattr(seen, "COARSE_NS", -1)
    shutil.rmtree(workspace.lake / ".seen")
    handed_in = workspace.inbox / "registry/voucher.csv"
    honest = handed_in.read_bytes()
    handed_in.write_bytes(honest[:-2] + bytes([honest[-2] ^ 1]) + honest[-1:])
    tally(workspace, today=IN_TIME)
    assert (verify_folder(workspace.root).noted_count, verify_folder(workspace.root).troubles) == (15, [])
    handed_in.write_bytes(honest)
    assert verify_folder(workspace.root).troubles == [], "not taken in yet: there is no note of it"
    note = note_of_file("registry/voucher.csv", handed_in.stat(), workspace)
    write_note(note, next(i.sha256 for i in reversed(ledger(workspace)) if i.name == "registry/voucher.csv"))
    [line] = verify_folder(workspace.root).troubles
    assert line.startswith("inbox/registry/voucher.csv: 内容的 SHA-256 是 ")
    assert not HAN.search(fault_english(line))
    assert "字节：内容与收录时所记：有不符，见上" in verify_folder(workspace.root).lines(lang="zh")[4]


def test_a_database_that_is_gone_is_not_one_that_never_was(workspace: Workspace) -> None:
    no_database_any_more(workspace)
    with pytest.raises(UsageFault, match="它曾公布"):
        workspace.newest()


def test_figures_of_other_code_are_not_said_to_agree(workspace: Workspace) -> None:
    by_other_code(workspace)
    verified = verify_folder(workspace.root)
    assert verified.troubles == []
    assert "未重算指纹" in verified.lines(lang="zh")[3]


def test_a_code_that_was_rewritten_hides_no_figure(workspace: Workspace) -> None:
    another_code(workspace)
    published(workspace, "update published.claim set claimed_cost_yuan = claimed_cost_yuan + 1")
    assert any("run.figure_sha256 不符" in line for line in verify_folder(workspace.root).troubles)


def test_what_older_code_published_with_fewer_columns_is_compared_by_those(workspace: Workspace) -> None:
    by_other_code(workspace)
    published(workspace, "alter table lake.input_file drop column newest_batch")
    published(workspace, "alter table lake.input_file drop column newest_on")
    assert verify_folder(workspace.root).troubles == []
    another_batch(workspace)
    assert "batch 为 2，收录台账记作 1" in verify_folder(workspace.root).troubles[0]


def test_a_run_over_an_empty_inbox_agrees(tmp_path: Path) -> None:
    workspace = City().hand_in(tmp_path / "w")
    shutil.rmtree(workspace.inbox)
    workspace.inbox.mkdir()
    tally(workspace)
    verified = verify_folder(workspace.root)
    assert (verified.troubles, verified.intake_count) == ([], 0)
    assert verified.run is not None


def test_a_folder_without_evidence_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(UsageFault, match="没有收录台账"):
        verify_folder(tmp_path)


def test_what_was_put_back_and_what_no_intake_names_is_told_and_is_no_difference(
    workspace: Workspace,
) -> None:
    """As a run leaves it that mended an object, and one that was cut off before it wrote the ledger."""
    (workspace.evidence / "damaged").mkdir()
    (workspace.evidence / "damaged" / "x").write_text("x")
    stray = object_path(workspace, hashlib.sha256(b"x").hexdigest())
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"x")
    verified = verify_folder(workspace.root)
    place = stray.relative_to(workspace.root).as_posix()
    assert (verified.troubles, verified.unrecorded, verified.damaged_count) == ([], (place,), 1)
    assert verified.lines(lang="zh")[5:7] == [
        f"证据库里有 1 份文件收录台账没有记，其一 {place}：收录中断过，或台账少了行",
        "evidence/damaged 里有 1 份坏了的文件，补回时移到那里，留作查对，不算证据",
    ]
    assert [line for line in verified.lines(lang="en") if HAN.search(line)] == []
    a_broken_ledger(workspace)
    assert verify_folder(workspace.root).unrecorded == (), "what a broken ledger names nobody knows"


def test_every_difference_has_a_line_in_both_languages(workspace: Workspace) -> None:
    for change in (another_name, another_batch, an_input_less, another_day, another_amount, an_entry_less):
        change(workspace)
    another_event(workspace)
    another_balance(workspace)
    another_count_of_the_run(workspace)
    another_code(workspace)
    a_bit_of_the_lake(workspace)
    a_set_that_says_nothing(workspace)
    troubles = verify_folder(workspace.root).troubles
    assert len(set(troubles)) == len(troubles)
    assert [line for line in troubles if HAN.search(fault_english(line))] == []
    no_link_any_more(workspace)
    assert [line for line in verify_folder(workspace.root).troubles if HAN.search(fault_english(line))] == []


def test_a_database_is_compared_with_the_ledgers_as_its_run_left_them(workspace: Workspace) -> None:
    """A later run took a file in, posted to the book and died before it published."""
    known, book = ledger(workspace), book_path(workspace)
    record([replace(known[0], sha256="0" * 64, name="registry/late.csv")], workspace)
    entry = replace(read_book(book)[1], key="apply:2026:V-late", voucher_id="V-late")
    post([*read_book(book), entry], book)
    assert verify_folder(workspace.root).amiss["run"] == []


def test_a_renamed_or_newly_declared_file_agrees(workspace: Workspace) -> None:
    """A later batch names a content anew, or declares more of it; the run after it is of another id."""
    known = ledger(workspace)
    record([replace(known[0], name="registry/a.csv", declaration={"tenant": "t"})], workspace)
    assert verify_folder(workspace.root).amiss["run"] == []
    tally(workspace, today=IN_TIME)
    assert verify_folder(workspace.root).amiss["run"] == []


def test_a_run_that_looked_back_agrees(tmp_path: Path) -> None:
    """Its entries are not those of any run that posted."""
    city = City().with_register().honest("a", hours=6000).honest("b", hours=6000, year=2027)
    workspace = city.hand_in(tmp_path / "w")
    tally(workspace)
    tally(workspace, as_of=date(2026, 12, 31))
    entries = published_of(workspace, "select key from published.ledger_entry order by entry_no")
    assert entries == [("open:2026",), ("apply:2026:V-a",), ("effect:2026:V-a",)]
    assert verify_folder(workspace.root).troubles == []
    another_amount(workspace)
    assert "第 2 笔（apply:2026:V-a）" in verify_folder(workspace.root).troubles[0]


def published_of(workspace: Workspace, query: str) -> list[tuple[object, ...]]:
    with connect(workspace.published, read_only=True) as connection:
        return connection.execute(query).fetchall()
