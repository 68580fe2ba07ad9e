"""A usage record handed in twice, once without its cluster, counts once; two clusters' jobs of one number count each."""

from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.intake.evidence import ledger
from hesuan.flows.intake.standing import standing
from hesuan.flows.lake.loading import load_lake
from hesuan.flows.stages.stage import stage
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import make_workspace
from tests.city import POLICY, PROVIDER, City
from tests.night import tally
from tests.test_put_back import taken_in
from tests.test_rewritten import HEADER
from tests.test_slurm_run import ask

Lake = tuple[list[tuple], tuple[int, int, int]]
"""The records that stand: cluster, number, cards, end; and how many are copies, older versions, unclear."""
RECORDS = (
    "select cluster_id, record_id, card_count::bigint, ended_at is null from lake.usage_interval order by all"
)


def job(name: str, **says: Any) -> dict[str, Any]:
    times = {"started_at": "2026-03-01T09:00:00+08:00", "ended_at": "2026-03-01T10:00:00+08:00"}
    plain = {"provider_id": PROVIDER, "cluster_id": "c1", "record_id": name, "tenant": "t-a"}
    return {**plain, "contract_no": "K-a", "card_count": 1, **times, **says}


def found(root: Path, *nights: dict[str, str]) -> Lake:
    """Each night's files, by name, and then the lake."""
    workspace = make_workspace(root, policy=POLICY)
    for night, files in enumerate(nights, start=1):
        for name, content in files.items():
            (workspace.inbox / name).write_text(content, encoding="utf-8")
        taken_in(workspace, night)
    intakes = standing(ledger(workspace))
    folders = [stage(intake, workspace, "key") for intake in intakes]
    with connect() as connection:
        load_lake(connection, intakes, folders, folders, None)
        asked = (f"from lake.{name}" for name in ("duplicate", "superseded", "unclear_cluster"))
        fates = tuple(len(connection.execute(query).fetchall()) for query in asked)
        return connection.execute(RECORDS).fetchall(), fates


def table(*jobs: dict[str, Any]) -> str:
    return City({"usage_interval": list(jobs)}).csv("usage_interval")


NAMED, UNNAMED = job("1001"), job("1001", cluster_id=None)


@pytest.mark.parametrize("order", [(NAMED, UNNAMED), (UNNAMED, NAMED)])
@pytest.mark.parametrize("is_one_night", [True, False])
def test_a_record_with_and_without_its_cluster_is_one_and_its_copy_a_counted_duplicate(
    tmp_path: Path, order: tuple[dict[str, Any], ...], *, is_one_night: bool
) -> None:
    files = [{f"{place}.csv": table(row)} for place, row in enumerate(order)]
    nights = [files[0] | files[1]] if is_one_night else files
    assert found(tmp_path, *nights) == ([("c1", "1001", 1, False)], (1, 0, 0))


def test_one_file_may_hold_both(tmp_path: Path) -> None:
    assert found(tmp_path, {"a.csv": table(NAMED, UNNAMED)})[1] == (1, 0, 0)


@pytest.mark.parametrize("order", ["cC", "Cc"])
def test_a_cluster_in_other_letters_is_the_same_and_the_name_handed_in_last_stands(
    tmp_path: Path, order: str
) -> None:
    nights = [{f"{letter}.csv": table({**NAMED, "cluster_id": f"{letter}1"})} for letter in order]
    assert found(tmp_path, *nights) == ([(f"{order[1]}1", "1001", 1, False)], (0, 1, 0))


def test_what_a_record_said_is_compared_across_the_letters_of_its_cluster(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, policy=POLICY)
    for night, row in enumerate([NAMED, {**NAMED, "cluster_id": "C1", "card_count": 3}], start=1):
        (workspace.inbox / f"{night}.csv").write_text(table(row), encoding="utf-8")
        taken_in(workspace, night)
    tally(workspace)
    compared = "select before_unit_seconds, after_unit_seconds from reconciled.old_usage"
    assert ask(workspace, compared) == [(21_000 * 3600, 3 * 21_000 * 3600)]
    assert ask(workspace, "select count(*) from published.superseded") == [(1,)]


@pytest.mark.parametrize(
    ("other", "unclear"),
    [
        # Two clusters may both have a job 1001.
        ({"cluster_id": "c2"}, 0),
        ({"cluster_id": None, "started_at": "2026-03-01T09:30:00+08:00"}, 0),
        ({"cluster_id": None, "tenant": "t-b"}, 0),
        ({"cluster_id": None, "provider_id": "91500107057774330E"}, 0),
        ({"cluster_id": None, "node_id": "n2"}, 0),
        ({"cluster_id": None, "device_uuid": "GPU-2"}, 0),
        # The same record or another cluster's: nobody knows.
        ({"cluster_id": None, "card_count": 2}, 1),
        ({"cluster_id": None, "ended_at": "2026-03-01T10:30:00+08:00"}, 1),
        ({"cluster_id": None, "contract_no": "K-b"}, 1),
    ],
)
def test_what_says_otherwise_stays_a_record_of_its_own(
    tmp_path: Path, other: dict[str, Any], unclear: int
) -> None:
    named = {**NAMED, "node_id": "n1", "device_uuid": "GPU-1"}
    records, fates = found(tmp_path, {"a.csv": table(named), "b.csv": table({**NAMED, **other})})
    assert (len(records), fates) == (2, (0, 0, unclear))


def test_older_versions_of_a_record_without_its_cluster_go_with_it(tmp_path: Path) -> None:
    """The first version has no twin; it must not stand again when the second is known to be the named one."""
    first, second = {**UNNAMED, "card_count": 2}, UNNAMED
    nights = [{f"{place}.csv": table(row)} for place, row in enumerate((first, second, NAMED))]
    assert found(tmp_path, *nights) == ([("c1", "1001", 1, False)], (1, 1, 0))


def test_a_pod_that_ran_when_its_cluster_was_not_named_is_completed_by_the_list_that_names_it(
    tmp_path: Path,
) -> None:
    running = {**UNNAMED, "record_id": "k8s:0a1b", "ended_at": None}
    ended = {**NAMED, "record_id": "k8s:0a1b"}
    records, fates = found(tmp_path, {"a.csv": table(running)}, {"b.csv": table(ended)})
    assert (records, fates) == ([("c1", "k8s:0a1b", 1, False)], (0, 1, 0))


@pytest.mark.parametrize("is_named_first", [True, False])
def test_a_run_of_slurm_without_its_cluster_is_completed_by_the_export_that_names_it(
    tmp_path: Path, *, is_named_first: bool
) -> None:
    start = "2026-03-01T00:00:00"
    runs = f"{HEADER}\n7|7|t-a|{start}|{start}|Unknown|3600|RUNNING|gres/gpu=4\n"
    ended = f"{HEADER}\n7|7|t-a|{start}|{start}|2026-03-01T02:00:00|7200|COMPLETED|gres/gpu=4\n"
    named = [line + end for line, end in zip(ended.splitlines(), ("|Cluster\n", "|c1\n"), strict=True)]
    pair = [{"runs.txt": runs}, {"ended.txt": "".join(named)}]
    if is_named_first:
        pair = [{"ended.txt": "".join(named)}, {"again.txt": ended}]
    records, fates = found(tmp_path, *pair)
    assert ([(cluster, is_open) for cluster, _, _, is_open in records], fates[2]) == ([("c1", False)], 0)


@pytest.mark.parametrize("cluster", ["c1", None])
def test_the_look_is_spared_where_all_files_name_their_cluster_or_none_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: str | None
) -> None:
    monkeypatch.setattr("hesuan.flows.lake.cluster.PAIRS", "no look")
    files = {f"{name}.csv": table({**NAMED, "record_id": name, "cluster_id": cluster}) for name in ("1", "2")}
    assert len(found(tmp_path, files)[0]) == 2
