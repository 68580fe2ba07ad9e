"""Credit lists after the filing (第四条、解读 R02): an entry before the payment bars it, one after it does not."""

from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from tests.city import APPLICANTS, City
from tests.night import tally
from tests.test_change import approval

# Filed on 1 November, approved on 20 November; days on the list.
ENTRIES = {
    "ends": ("2026-11-10", "2026-11-25"),
    "ended": ("2026-11-10", "2026-11-15"),
    "open": ("2026-11-10", None),
    "after": ("2026-11-21", None),
}


def listed_city() -> City:
    city = City().with_register()
    for place, name in enumerate(ENTRIES):
        city.honest(name, hours=6000, applicant=APPLICANTS[place], at=f"{9 + place:02}:00:00")
    return city


def ask(workspace: Workspace, query: str) -> list[tuple[Any, ...]]:
    with connect(workspace.published, read_only=True) as connection:
        return connection.execute(query).fetchall()


def hand_in(workspace: Workspace, name: str, city: City) -> None:
    for table in city.rows:
        path = workspace.inbox / "registry" / f"{name}-{table}.csv"
        path.write_text(city.csv(table), encoding="utf-8")
    tally(workspace)


def entries(*names: str) -> City:
    city = City()
    for name in names:
        first, last = ENTRIES[name]
        code = APPLICANTS[list(ENTRIES).index(name)]
        city.add(
            "blacklist",
            subject_id=code,
            subject_name=name,
            list_name="失信",
            listed_on=first,
            expires_on=last,
        )
    return city


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Three come onto a list before the panel sits, the fourth on the day after."""
    root: Path = tmp_path_factory.mktemp("listed")
    workspace = listed_city().hand_in(root / "w")
    hand_in(workspace, "before", entries("ends", "ended", "open"))
    said = City()
    for name in ENTRIES:
        said.add("decision", **approval(workspace, f"C-{name}"))
    hand_in(workspace, "panel", said)
    hand_in(workspace, "after", entries("after"))
    return workspace


def test_an_entry_after_the_filing_bars_and_one_with_an_end_is_weighed(workspace: Workspace) -> None:
    assert ask(workspace, "select claim_id, disposition, reasons from published.claim order by claim_id") == [
        ("C-after", "approve", []),
        ("C-ended", "hold", ["ELG-004"]),
        ("C-ends", "hold", ["ELG-004"]),
        ("C-open", "reject", ["ELG-004"]),
    ]


def test_nothing_is_payable_on_a_day_on_the_list(workspace: Workspace) -> None:
    found = ask(
        workspace, "select claim_id, payable_yuan::varchar, obstacle_zh from published.decision order by 1"
    )
    assert found == [
        ("C-after", "30000.00", None),
        ("C-ended", "30000.00", None),
        ("C-ends", "0.00", "审查之日在信用名单上（ends 失信 2026-11-10～2026-11-25）而未写明推翻理由"),
        ("C-open", "0.00", "否决项成立而未写明推翻理由"),
    ]
