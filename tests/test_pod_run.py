"""A real list of 8 152 pods with parts of cards through a whole night: every group to the milli-card-second."""

import csv
import json
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace, make_workspace
from tests.city import POLICY
from tests.night import tally
from tests.realdata import real
from tests.test_k8s_pod_json import asking, pod, running
from tests.test_same_figures import conserved

PODS = "alibaba_v2023/openb_pod_list_default.csv"
REFERENCE = "reference/R4_alibaba_v2023_pod_gpu_hours.csv"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    pods = real(PODS)
    workspace = make_workspace(tmp_path_factory.mktemp("openb"), policy=POLICY)
    folder = workspace.inbox / "submissions" / "openb"
    folder.mkdir()
    shutil.copy(pods, folder / "pods.csv")
    (folder / "source.toml").write_text(
        'cluster_id = "openb"\ntenant = "openb"\ntime_origin = 2023-01-01T00:00:00+08:00\n', encoding="utf-8"
    )
    tally(workspace)
    return workspace


def ask(workspace: Workspace, query: str) -> list[tuple]:
    with connect(workspace.published, read_only=True) as connection:
        return connection.execute(query).fetchall()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_hours_are_those_of_the_reference(night: Workspace) -> None:
    expected = sum(int(row["gpu_milli_seconds"]) for row in rows(real(REFERENCE)))
    [(units,)] = ask(night, "select sum(card_units::hugeint * (stop_s - begin_s)) from reconciled.interval")
    assert units == expected * 21
    assert round(Fraction(units, 21000 * 3600), 3) == Fraction(51470674, 1000)


def test_every_group_agrees_to_the_milli_card_second(night: Workspace) -> None:
    """The published rows carry no QOS class: it is joined from the list by the record's own name."""
    qos = {f"k8s:{r['name']}:{r['creation_time']}": r["qos"] for r in rows(real(PODS))}
    found: dict[tuple[str, str], list[int]] = {}
    for record_id, state, fate, units in ask(
        night,
        "select record_id, state, fate::varchar, card_units::hugeint * (stop_s - begin_s) from reconciled.interval",
    ):
        group = found.setdefault((qos[record_id], state), [0, 0, 0])
        group[0] += 1
        group[1] += fate == "never_started"
        group[2] += units or 0
    expected = {
        (r["qos"], r["pod_phase"].upper()): [
            int(r["pods"]),
            int(r["never_scheduled"]),
            int(r["gpu_milli_seconds"]) * 21,
        ]
        for r in rows(real(REFERENCE))
    }
    assert found == expected


def test_the_days_add_up_to_the_same_hours(night: Workspace) -> None:
    """Exact where units are summed; a published day holds whole card-seconds, so less than one a row is cut off."""
    [(units,)] = ask(night, "select sum(card_units::hugeint * (stop_s - begin_s)) from reconciled.interval")
    [(exact,)] = ask(night, "select sum(allocated_card_unit_seconds) from reconciled.usage_day")
    [(seconds, row_count)] = ask(
        night, "select sum(allocated_card_seconds), count(*) from published.usage_day"
    )
    assert exact == units
    assert 0 <= Fraction(units, 21000) - seconds < row_count


def test_pods_that_were_never_scheduled_count_nothing(night: Workspace) -> None:
    waiting = ask(
        night,
        "select count(*), count(started_at), sum(stop_s - begin_s) from reconciled.interval where state = 'PENDING'",
    )
    assert waiting == [(897, 0, None)]


def test_no_row_is_lost(night: Workspace) -> None:
    conserved(night)
    read = ask(
        night, "select adapter, row_count, accepted_count from published.input_file where row_count > 0"
    )
    assert read == [("k8s_pod_list", 8152, 8152)]


def test_slices_and_shares_are_whole_units_all_the_way(tmp_path: Path) -> None:
    """1/7 of a card is 3000 units, 3 % are 630; a pod that runs counts to the export, one that waits never."""
    seventh = pod(spec=asking(**{"nvidia.com/mig-1g.10gb": "1"}))
    share = running(
        metadata={"uid": "u-2"}, spec=asking(**{"nvidia.com/gpu": "1", "nvidia.com/gpucores": "3"})
    )
    waits = pod(metadata={"uid": "u-3"}, phase="Pending", containerStatuses=[])
    workspace = make_workspace(tmp_path, policy=POLICY)
    folder = workspace.inbox / "submissions"
    (folder / "source.toml").write_text("exported_at = 2026-03-02T00:00:00Z\n", encoding="utf-8")
    listed = {"apiVersion": "v1", "kind": "List", "items": [seventh, share, waits]}
    (folder / "pods.json").write_text(json.dumps(listed), encoding="utf-8")
    tally(workspace)
    assert ask(
        workspace,
        "select record_id, card_units, stop_s - begin_s, fate::varchar from reconciled.interval order by 1",
    ) == [
        ("k8s:u-1", 3000, 3600, "counted"),
        ("k8s:u-2", 630, 86400 - 600, "running"),
        ("k8s:u-3", 168000, None, "never_started"),
    ]
