"""An object of the evidence that is lost or damaged is put back from its original, and that is told."""

from pathlib import Path

import pytest

from hesuan.flows.engine import Inline
from hesuan.flows.graph import ingest
from hesuan.flows.intake import seen
from hesuan.flows.intake.evidence import Intake, ledger, object_path
from hesuan.flows.intake.kept_object import hashes_of, sha256_of
from hesuan.flows.intake.standing import standing
from hesuan.flows.stages.stage import stage
from hesuan.flows.workspace import Workspace, make_workspace
from hesuan.reports.wording.english import plainly
from hesuan.schemas.fault import EvidenceFault
from tests.city import POLICY
from tests.night import tally
from tests.test_correction import job, jobs

NAME = "submissions/a.csv"


@pytest.fixture(params=[-1, 10**15], ids=["noted", "read again"])
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Workspace:
    """One file taken in and staged, which the next night knows by its note, or reads again."""
    monkeypatch.setattr(seen, "COARSE_NS", request.param)
    made = make_workspace(tmp_path / "w", policy="")
    (made.inbox / NAME).write_text(jobs(job("a")).csv("usage_interval"), "utf-8")
    assert night(made) == []
    stage(one(made), made, "key")
    return made


def night(workspace: Workspace) -> list[str]:
    """What is told of the evidence."""
    return ingest(Inline(), workspace, taken_on="2026-11-23").put_back


def one(workspace: Workspace) -> Intake:
    [intake] = standing(ledger(workspace))
    return intake


def kept(workspace: Workspace) -> Path:
    return object_path(workspace, one(workspace).sha256)


def damage(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(b"?" + path.read_bytes()[1:])


def test_a_damaged_object_is_put_back_told_and_laid_aside(workspace: Workspace) -> None:
    path = kept(workspace)
    damage(path)
    bad = sha256_of(path)
    [line] = night(workspace)
    assert line.endswith(f"不符，已由收件箱的 {NAME} 补回，坏的移到 evidence/damaged")
    assert plainly(line).endswith(
        f"is put back from {NAME} in the inbox; what lay there is in evidence/damaged"
    )
    assert sha256_of(path) == path.name
    assert [sha256_of(aside) for aside in (workspace.evidence / "damaged").iterdir()] == [bad]
    assert night(workspace) == [], "told once"
    assert len(ledger(workspace)) == 1, "nothing was handed in"


def test_an_object_that_is_gone_is_put_back_and_told(workspace: Workspace) -> None:
    kept(workspace).unlink()
    [line] = night(workspace)
    assert line.endswith(f"证据库中没有了，已由收件箱的 {NAME} 补回")
    assert sha256_of(kept(workspace)) == kept(workspace).name


def test_what_was_made_of_a_damaged_object_is_made_again(workspace: Workspace) -> None:
    folder = stage(one(workspace), workspace, "key")
    damage(kept(workspace))
    night(workspace)
    assert not folder.exists()
    assert stage(one(workspace), workspace, "key") == folder


def test_nothing_is_made_of_a_damaged_object_without_its_original(workspace: Workspace) -> None:
    (workspace.inbox / NAME).unlink()
    damage(kept(workspace))
    assert night(workspace) == []
    with pytest.raises(EvidenceFault, match=f"与名称不符；请把原件（{NAME}）再存入收件箱"):
        stage(one(workspace), workspace, "another key")
    assert not list(workspace.lake.glob("*.making"))
    kept(workspace).unlink()
    with pytest.raises(EvidenceFault, match="不在证据库中；请把原件"):
        stage(one(workspace), workspace, "another key")


def test_what_a_night_has_just_kept_it_does_not_hash_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_workspace(tmp_path / "w", policy=POLICY)
    asked = []

    def counting(path: Path, *, known: str | None = None) -> tuple[str, str]:
        asked.append(known)
        return hashes_of(path, known=known)

    monkeypatch.setattr("hesuan.flows.stages.stage.hashes_of", counting)
    for hours in ("a", "b"):
        (made.inbox / NAME).write_text(jobs(job(hours)).csv("usage_interval"), "utf-8")
        tally(made)
    assert asked == [sha256_of(object_path(made, intake.sha256)) for intake in ledger(made)]
    assert not any(intake.is_just_kept for intake in standing(ledger(made)))
