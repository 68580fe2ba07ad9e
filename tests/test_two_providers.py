"""A provider's log copied into another's folder: the usage stays where it was, and the copy is told of."""

import shutil
from pathlib import Path

import pytest

from hesuan.flows.intake.evidence import ledger
from hesuan.flows.workspace import Workspace, make_workspace
from tests.city import POLICY, PROVIDER
from tests.night import tally
from tests.test_slurm_run import ask

OTHER = "91510000902846312Y"
USAGE = (
    "记录编号,租户,卡数,开始时间,结束时间,状态\nA,lab,8,2026-03-01 08:00:00,2026-03-01 18:00:00,COMPLETED\n"
)
WHOSE = "select distinct provider_id from reconciled.interval"


def hand_in(workspace: Workspace, folder: str, provider_id: str) -> Path:
    place = workspace.inbox / "submissions" / folder
    place.mkdir()
    (place / "source.toml").write_text(f'provider_id = "{provider_id}"\n', encoding="utf-8")
    (place / "usage.csv").write_text(USAGE, encoding="utf-8")
    return place / "usage.csv"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path, policy=POLICY)


@pytest.mark.parametrize("folder", ["a", "z"])
def test_a_copy_does_not_move_the_usage_and_a_moved_file_does(workspace: Workspace, folder: str) -> None:
    ours = hand_in(workspace, "m", PROVIDER)
    assert tally(workspace).refused == ()
    hand_in(workspace, folder, OTHER)
    alike = f"inbox/submissions/{folder}/usage.csv: 与 inbox/submissions/m/usage.csv 内容相同"
    told = f"{alike}而服务机构不同，只收一份，归 {PROVIDER}"
    assert [tally(workspace).refused for _ in range(2)] == [(told,), (told,)]
    assert ask(workspace, WHOSE) == [(PROVIDER,)]
    ours.unlink()
    assert tally(workspace).refused == ()
    assert ask(workspace, WHOSE) == [(OTHER,)]


def test_a_file_moved_there_and_back_is_where_it_lies(workspace: Workspace) -> None:
    ours = hand_in(workspace, "z", PROVIDER)
    theirs = hand_in(workspace, "a", OTHER)
    theirs.unlink()
    files = "reconciled.interval as i join lake.input_file as f using (file_sha256)"
    there = [(ours, PROVIDER), (theirs, OTHER), (ours, PROVIDER), (theirs, OTHER), (theirs, OTHER)]
    lies = ours
    for place, provider_id in there:
        lies = lies.rename(place)
        assert tally(workspace).refused == ()
        assert ask(workspace, f"select i.provider_id, f.file_name from {files}") == [
            (provider_id, f"submissions/{place.parent.name}/usage.csv")
        ]
    assert [i.batch for i in ledger(workspace) if i.name.endswith("usage.csv")] == [1, 2, 3, 4]


@pytest.mark.parametrize("folder", ["backup", "备份"])
def test_a_copy_where_no_note_lies_takes_nothing_from_him(workspace: Workspace, folder: str) -> None:
    ours = hand_in(workspace, "m", PROVIDER)
    copy = workspace.inbox / folder / "usage.csv"
    copy.parent.mkdir()
    for is_there_first in (True, False):
        if is_there_first:
            tally(workspace)
        copy.write_text(USAGE, encoding="utf-8")
        assert tally(workspace).refused == ()
        assert ask(workspace, WHOSE) == [(PROVIDER,)]
        if is_there_first:
            shutil.rmtree(workspace.evidence)
    ours.unlink()
    tally(workspace)
    assert ask(workspace, WHOSE) == [(None,)]


def test_of_two_that_come_at_once_the_first_by_name_is_taken(workspace: Workspace) -> None:
    hand_in(workspace, "z", PROVIDER)
    hand_in(workspace, "a", OTHER)
    assert len(tally(workspace).refused) == 1
    assert ask(workspace, WHOSE) == [(OTHER,)]


def test_one_provider_may_declare_more_of_a_file_in_a_second_folder(workspace: Workspace) -> None:
    hand_in(workspace, "a", PROVIDER)
    tally(workspace)
    hand_in(workspace, "b", PROVIDER)
    (workspace.inbox / "submissions/b/source.toml").write_text(
        f'provider_id = "{PROVIDER}"\ncluster_id = "c1"\n', encoding="utf-8"
    )
    assert tally(workspace).refused == ()
    assert ask(workspace, "select distinct cluster_id from reconciled.interval") == [("c1",)]


def test_a_copy_gains_nothing_while_the_first_one_s_declaration_cannot_be_read(workspace: Workspace) -> None:
    ours = hand_in(workspace, "m", PROVIDER)
    tally(workspace)
    hand_in(workspace, "z", OTHER)
    says = ours.with_name("source.toml").read_text(encoding="utf-8")
    for content in ("provider_id = ", says):
        ours.with_name("source.toml").write_text(content, encoding="utf-8")
        tally(workspace)
    assert ask(workspace, WHOSE) == [(PROVIDER,)]


def test_a_corrected_declaration_is_no_copy(workspace: Workspace) -> None:
    ours = hand_in(workspace, "m", PROVIDER)
    tally(workspace)
    ours.with_name("source.toml").write_text(f'provider_id = "{OTHER}"\n', encoding="utf-8")
    assert tally(workspace).refused == ()
    assert ask(workspace, WHOSE) == [(OTHER,)]


@pytest.mark.parametrize(
    "content", [USAGE.splitlines()[0].encode() + b"\n", b"\x89PNG\r\n\x1a\n" + b"\n.\n." * 9]
)
def test_a_header_alone_or_a_picture_is_everybody_s(workspace: Workspace, content: bytes) -> None:
    for folder, provider in (("a", PROVIDER), ("b", OTHER)):
        hand_in(workspace, folder, provider).write_bytes(content)
    assert tally(workspace).refused == ()
