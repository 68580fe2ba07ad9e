"""An export that had not come when its file did is told; the same bytes exported again later are not."""

from datetime import date
from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from tests.city import PROVIDER, City
from tests.night import TODAY, tally

CAME_ON = TODAY
LATER_ON = date(2026, 11, 25)


def city(*, ended_at: str = "2026-03-06T05:00:00+08:00") -> City:
    made = City().with_register().honest("a", hours=5000)
    made.row("usage_interval", record_id="J-a")["ended_at"] = ended_at
    return made


def declared(workspace: Workspace, exported_at: str | None) -> None:
    """The usage in a folder of the provider's, with the time of its export beside it."""
    folder = workspace.inbox / "submissions" / "p"
    folder.mkdir(parents=True, exist_ok=True)
    usage = workspace.inbox / "registry" / "usage_interval.csv"
    if usage.exists():
        usage.rename(folder / "usage.csv")
    said = f'exported_at = "{exported_at}"\n' if exported_at else ""
    (folder / "source.toml").write_text(f'provider_id = "{PROVIDER}"\n{said}', encoding="utf-8")


def ahead(workspace: Workspace) -> list[tuple[str, date]]:
    with connect(workspace.published, read_only=True) as connection:
        return connection.execute(
            "select file_name, ahead_on from published.input_file where ahead_on is not null"
        ).fetchall()


@pytest.mark.parametrize(
    ("exported_at", "ended_at", "said"),
    [
        ("2026-11-24T00:00:00", "2026-03-06T05:00:00+08:00", date(2026, 11, 24)),
        ("2026-11-23T23:59:59", "2026-03-06T05:00:00+08:00", None),
        ("2026-11-23T16:00:00+00:00", "2026-03-06T05:00:00+08:00", date(2026, 11, 24)),
        (None, "2026-11-24T00:00:00+08:00", date(2026, 11, 24)),
        (None, "2026-11-23T23:59:59+08:00", None),
    ],
    ids=["tomorrow", "today", "tomorrow in UTC", "usage until tomorrow", "usage until today"],
)
def test_a_file_that_tells_of_the_day_after_it_came_is_told(
    tmp_path: Path, exported_at: str | None, ended_at: str, said: date | None
) -> None:
    workspace = city(ended_at=ended_at).hand_in(tmp_path)
    declared(workspace, exported_at)
    tally(workspace, today=CAME_ON)
    assert ahead(workspace) == ([("submissions/p/usage.csv", said)] if said else [])


def test_the_same_bytes_exported_again_later_are_not_ahead(tmp_path: Path) -> None:
    workspace = city().hand_in(tmp_path)
    declared(workspace, "2026-11-23T08:00:00")
    tally(workspace, today=CAME_ON)
    declared(workspace, "2026-11-25T08:00:00")
    tally(workspace, today=LATER_ON)
    assert ahead(workspace) == []
