"""Our days and months of a real cluster equal Open XDMoD's own answers, cell by cell, at four decimals."""

import csv
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import make_workspace
from tests.city import POLICY
from tests.night import tally
from tests.realdata import REALDATA, real

CLUSTER = "pozidriv"
STATISTICS = {
    "total_gpu_hours": "sum(allocated_card_seconds)",
    "total_cpu_hours": "sum(cpu_core_seconds)",
    "total_wallduration_hours": "sum(wall_seconds)",
    "total_node_hours": "sum(node_seconds)",
    "job_count": "sum(ended_count)",
    "running_job_count": "sum(record_count)",
}
COUNTS = ("job_count", "running_job_count")
Days = dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Days:
    """Day → statistic → seconds (or jobs), as published."""
    workspace = make_workspace(tmp_path_factory.mktemp("xdmod"), policy=POLICY)
    folder = workspace.inbox / "submissions" / "centre"
    folder.mkdir()
    shutil.copy(real("xdmod/sacct/pozidriv.log"), folder)
    (folder / "source.toml").write_text('time_zone = "Asia/Shanghai"\n')
    database = tally(workspace).database
    columns = ", ".join(STATISTICS.values())
    with connect(database, read_only=True) as connection:
        rows = connection.execute(
            f"select usage_on, {columns} from published.usage_day where cluster_id = ? group by usage_on",
            [CLUSTER],
        ).fetchall()
    return {str(row[0]): dict(zip(STATISTICS, row[1:], strict=True)) for row in rows}


def expected(path: Path) -> Iterator[tuple[str, Decimal]]:
    """(period, value) of the cluster's column in one of XDMoD's answers."""
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if row]
    head = next(i for i, row in enumerate(rows) if row[0] in ("Day", "Month"))
    names = [re.match(r"\[(\w+)\]", title) for title in rows[head][1:]]
    column = 1 + [match.group(1).lower() if match else "" for match in names].index(CLUSTER)
    return ((row[0], Decimal(row[column])) for row in rows[head + 1 :] if len(row) == len(rows[head]))


def published(days: Days, statistic: str, period: str) -> Decimal:
    total = sum(int(day[statistic] or 0) for on, day in days.items() if on.startswith(period))
    return Decimal(total) if statistic in COUNTS else round(Decimal(total) / 3600, 4)


@pytest.mark.parametrize(
    ("statistic", "kind"),
    # Jobs running in a month are not the sum of those running on its days: only days are compared.
    [(s, k) for s in STATISTICS for k in ("Day", "Month") if (s, k) != ("running_job_count", "Month")],
)
def test_every_cell_of_the_cluster_equals_open_xdmod(days: Days, statistic: str, kind: str) -> None:
    cells = list(expected(real(f"xdmod/expected/Jobs__resource__{statistic}__timeseries-{kind}.csv")))
    assert cells
    assert {p: published(days, statistic, p) for p, _ in cells} == dict(cells)


def test_every_cell_of_the_reference_comparison_holds(days: Days) -> None:
    with real("reference/R1_xdmod_compare.csv").open(encoding="utf-8") as file:
        cells = [row for row in csv.DictReader(file) if row["resource"] == CLUSTER]
    assert len(cells) == 54
    for cell in cells:
        theirs = round(Decimal(cell["xdmod_expected"]), 4)
        assert published(days, cell["statistic"], cell["period"]) == theirs, cell


def test_the_expected_answers_are_all_looked_at() -> None:
    real("xdmod/expected")
    named = {
        path.name.split("__")[2] for path in (REALDATA / "xdmod/expected").glob("Jobs__resource__*-Day.csv")
    }
    assert named - set(STATISTICS) == set(), "an answer of XDMoD that no test compares"
