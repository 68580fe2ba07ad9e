"""Kubernetes pods as JSON read as usage intervals: times, cards of every kind, and every way a pod can be unusable."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.adapters import adapter_for, k8s_pod_json
from hesuan.flows.source import Declaration, Part, Source
from hesuan.schemas.fault import InputFault
from hesuan.schemas.tables.usage_interval import TABLE
from hesuan.validators.gate import gate

CREATED, SCHEDULED = "2026-03-01T00:00:00Z", "2026-03-01T00:10:00Z"
STARTED, FINISHED = "2026-03-01T00:10:05Z", "2026-03-01T01:10:00Z"
EXPORTED = datetime(2026, 3, 2, tzinfo=UTC)
UUID = "GPU-0fc3eda5-e98b-a25b-5b0d-cf5c855d1448"


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 1, hour, minute, tzinfo=UTC)


def asking(**resources: str) -> dict[str, Any]:
    return {"containers": [{"name": "main", "resources": {"requests": resources, "limits": resources}}]}


def ended(finished: str | None = FINISHED, **state: Any) -> dict[str, Any]:
    return {"name": "main", "state": state or {"terminated": {"exitCode": 0, "finishedAt": finished}}}


def pod(
    *, metadata: dict[str, Any] | None = None, spec: dict[str, Any] | None = None, **status: Any
) -> dict[str, Any]:
    """A pod of one hour on eight cards that succeeded; every part may be changed."""
    usual = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "train-0", "namespace": "lab", "uid": "u-1", "creationTimestamp": CREATED},
        "spec": {
            "nodeName": "n01",
            "serviceAccountName": "trainer",
            **asking(**{"nvidia.com/gpu": "8", "cpu": "12"}),
        },
        "status": {
            "phase": "Succeeded",
            "startTime": STARTED,
            "conditions": [
                {"type": "Initialized", "status": "True", "lastTransitionTime": STARTED},
                {"type": "PodScheduled", "status": "True", "lastTransitionTime": SCHEDULED},
            ],
            "containerStatuses": [ended()],
        },
    }
    changed = deepcopy(usual)
    changed["metadata"].update(metadata or {})
    changed["spec"].update(spec or {})
    changed["status"].update(status)
    return changed


def running(**changes: Any) -> dict[str, Any]:
    return pod(phase="Running", containerStatuses=[ended(running={"startedAt": STARTED})], **changes)


def source(folder: Path, text: str, **declared: Any) -> Source:
    path = folder / "pods"
    path.write_text(text, encoding="utf-8")
    return Source(path, "pods", Declaration(**declared))


def taken(file: Source) -> Part:
    assert adapter_for(file) is k8s_pod_json
    reading = k8s_pod_json.read(file).whole
    assert reading.row_count == reading.frames["usage_interval"].height + reading.rejected.height
    return reading


def read(folder: Path, *pods: Any, **declared: Any) -> Part:
    """As kubectl prints it: keys in alphabetical order, the list's own kind at the end."""
    answer = {"apiVersion": "v1", "items": list(pods), "kind": "List", "metadata": {"resourceVersion": ""}}
    return taken(source(folder, json.dumps(answer, indent=4), **declared))


def one(folder: Path, found: dict[str, Any], **declared: Any) -> dict[str, Any]:
    frame = read(folder, found, **declared).frames["usage_interval"]
    assert gate(frame, TABLE).rejected.is_empty()
    return frame.row(0, named=True)


def refused(folder: Path, found: Any, **declared: Any) -> str:
    return read(folder, found, **declared).rejected["reason_code"].item()


def cards(folder: Path, **spec: Any) -> tuple[Decimal | None, str]:
    row = one(folder, pod(spec=spec))
    return row["card_count"], row["card_evidence"]


# What a pod says


def test_a_pod_becomes_one_typed_row_that_passes_the_gate(tmp_path: Path) -> None:
    row = one(tmp_path, pod(), cluster_id="k1", provider_id="P")
    assert (row["provider_id"], row["cluster_id"], row["record_id"]) == ("P", "k1", "k8s:u-1")
    assert (row["tenant"], row["account"], row["node_id"], row["state"]) == (
        "lab",
        "trainer",
        "n01",
        "SUCCEEDED",
    )
    assert (row["started_at"], row["ended_at"]) == (at(0, 10), at(1, 10))
    assert (row["card_count"], row["card_evidence"], row["cpu_cores"]) == (Decimal(8), "allocated", 12)
    assert (row["node_count"], row["device_uuid"], row["row_no"]) == (1, None, 1)


def test_the_same_name_twice_is_two_pods(tmp_path: Path) -> None:
    found = read(tmp_path, pod(), pod(metadata={"uid": "u-2"})).frames["usage_interval"]
    assert found["record_id"].to_list() == ["k8s:u-1", "k8s:u-2"]


def test_a_queue_says_more_than_the_service_account(tmp_path: Path) -> None:
    row = one(tmp_path, pod(metadata={"labels": {"kueue.x-k8s.io/queue-name": "gold"}}))
    assert row["account"] == "gold"


def test_the_deadline_is_the_time_limit(tmp_path: Path) -> None:
    assert one(tmp_path, pod(spec={"activeDeadlineSeconds": 7200}))["time_limit_seconds"] == 7200


# From when until when


def test_a_waiting_pod_never_counts_whatever_times_it_has(tmp_path: Path) -> None:
    row = one(tmp_path, pod(phase="Pending", containerStatuses=[]))
    assert (row["state"], row["started_at"], row["ended_at"], row["node_count"]) == (
        "PENDING",
        None,
        None,
        None,
    )


def test_without_the_condition_the_start_is_the_kubelets(tmp_path: Path) -> None:
    assert one(tmp_path, pod(conditions=[]))["started_at"] == datetime(2026, 3, 1, 0, 10, 5, tzinfo=UTC)


def test_a_condition_that_is_not_true_is_no_start(tmp_path: Path) -> None:
    waits = [{"type": "PodScheduled", "status": "False", "lastTransitionTime": CREATED}]
    assert one(tmp_path, pod(phase="Failed", conditions=waits, startTime=None))["started_at"] is None


def test_the_last_container_ends_a_pod_that_lingers(tmp_path: Path) -> None:
    last = [ended("2026-03-01T00:40:00Z"), ended("2026-03-01T01:00:00Z")]
    row = one(tmp_path, pod(metadata={"deletionTimestamp": "2026-03-01T20:00:00Z"}, containerStatuses=last))
    assert row["ended_at"] == at(1)


def test_a_pod_whose_init_container_failed_ends_with_it(tmp_path: Path) -> None:
    waits = {"name": "main", "state": {"waiting": {"reason": "PodInitializing"}}}
    row = one(tmp_path, pod(phase="Failed", containerStatuses=[waits], initContainerStatuses=[ended()]))
    assert row["ended_at"] == at(1, 10)


@pytest.mark.parametrize("statuses", [[], [ended(None)], [ended(), ended(None)], [ended(running={})]])
def test_a_pod_that_is_over_without_an_end_is_not_counted_to_the_export(
    tmp_path: Path, statuses: list[Any]
) -> None:
    assert (
        refused(tmp_path, pod(phase="Failed", containerStatuses=statuses), exported_at=EXPORTED) == "NO_END"
    )


def test_where_no_end_is_known_the_deletion_is_the_end(tmp_path: Path) -> None:
    gone = {"deletionTimestamp": "2026-03-01T02:00:00Z"}
    assert one(tmp_path, pod(metadata=gone, phase="Failed", containerStatuses=[]))["ended_at"] == at(2)
    assert one(tmp_path, running(metadata=gone))["ended_at"] == at(2)


def condition(kind: str, status: str, minute: int, reason: str = "") -> dict[str, Any]:
    """One that became so that many minutes after one o'clock."""
    at = f"2026-03-01T01:{minute:02}:00Z"
    return {"type": kind, "status": status, "lastTransitionTime": at, "reason": reason}


def evicted(*conditions: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A pod that failed and has no word of its containers."""
    first = [*pod()["status"]["conditions"], *conditions]
    return pod(phase="Failed", reason="Evicted", containerStatuses=None, conditions=first, **changes)


def test_an_evicted_pod_ends_when_it_was_chosen_whatever_else_is_told(tmp_path: Path) -> None:
    chosen = condition("DisruptionTarget", "True", 20, "TerminationByKubelet")
    row = one(tmp_path, evicted(chosen, condition("Ready", "False", 25)), exported_at=EXPORTED)
    assert (row["state"], row["started_at"], row["ended_at"]) == ("FAILED", at(0, 10), at(1, 20))
    assert one(tmp_path, evicted(chosen, condition("Ready", "False", 15)))["ended_at"] == at(1, 20)
    gone = {"deletionTimestamp": "2026-03-01T02:00:00Z"}
    assert one(tmp_path, evicted(chosen, metadata=gone))["ended_at"] == at(1, 20)


def test_without_that_an_evicted_pod_ends_when_it_ceased_to_be_ready(tmp_path: Path) -> None:
    ceased = [condition("Ready", "False", 25), condition("ContainersReady", "False", 20)]
    assert one(tmp_path, evicted(*ceased))["ended_at"] == at(1, 20)
    collected = condition("DisruptionTarget", "True", 50, "DeletionByPodGC")
    assert one(tmp_path, evicted(collected, *ceased))["ended_at"] == at(1, 20)


def test_what_is_told_beside_an_end_that_is_known_changes_nothing(tmp_path: Path) -> None:
    chosen = condition("DisruptionTarget", "True", 5)
    assert one(tmp_path, pod(conditions=evicted(chosen)["status"]["conditions"]))["ended_at"] == at(1, 10)
    gone = {"deletionTimestamp": "2026-03-01T02:00:00Z"}
    assert one(tmp_path, evicted(condition("Ready", "False", 5), metadata=gone))["ended_at"] == at(2)
    still = running(conditions=[*pod()["status"]["conditions"], chosen])
    assert one(tmp_path, still, exported_at=EXPORTED)["ended_at"] is None


@pytest.mark.parametrize(
    "conditions",
    [
        [condition("DisruptionTarget", "False", 20)],
        [condition("DisruptionTarget", "True", 20, "DeletionByPodGC")],
        [condition("Ready", "True", 20)],
        [condition("Ready", "Unknown", 20)],
        [{"type": "Ready", "status": "False", "lastTransitionTime": STARTED}],
        [{"type": "DisruptionTarget", "status": "True"}],
        [],
    ],
)
def test_an_evicted_pod_of_which_nothing_tells_its_end_is_refused(
    tmp_path: Path, conditions: list[dict[str, Any]]
) -> None:
    assert refused(tmp_path, evicted(*conditions), exported_at=EXPORTED) == "NO_END"


def test_a_running_pod_has_no_end_and_the_declared_export(tmp_path: Path) -> None:
    row = one(tmp_path, running(), exported_at=EXPORTED)
    assert (row["state"], row["ended_at"], row["exported_at"]) == ("RUNNING", None, EXPORTED)
    assert one(tmp_path, running())["exported_at"] is None


def test_a_container_that_finished_does_not_end_a_running_pod(tmp_path: Path) -> None:
    between = pod(phase="Running", initContainerStatuses=[ended()], containerStatuses=[ended()])
    assert one(tmp_path, between, exported_at=EXPORTED)["ended_at"] is None


def test_a_list_that_says_when_it_was_made_is_believed(tmp_path: Path) -> None:
    answer = {
        "kind": "PodList",
        "apiVersion": "v1",
        "metadata": {"creationTimestamp": "2026-03-02T00:00:00Z"},
    }
    reading = taken(source(tmp_path, json.dumps(answer | {"items": [running()]})))
    assert reading.frames["usage_interval"]["exported_at"].item() == EXPORTED


def test_a_deletion_that_lies_ahead_has_not_come(tmp_path: Path) -> None:
    """deletionTimestamp is set ahead by the grace period, which its owner chooses."""
    ahead = running(metadata={"deletionTimestamp": "2027-03-01T00:00:00Z"})
    assert one(tmp_path, ahead, exported_at=EXPORTED)["ended_at"] is None


def test_what_is_over_ended_no_later_than_the_export(tmp_path: Path) -> None:
    """Whose deletion lies ahead may be over already: nothing is counted that lies ahead, too."""
    ahead = {"deletionTimestamp": "2027-03-01T00:00:00Z"}
    over = pod(metadata=ahead, phase="Failed", containerStatuses=[])
    assert one(tmp_path, over, exported_at=EXPORTED)["ended_at"] == EXPORTED
    assert one(tmp_path, pod(metadata=ahead), exported_at=EXPORTED)["ended_at"] == at(1, 10)


# How many cards

SEVENTH = Decimal("0.142857")


@pytest.mark.parametrize(
    ("resources", "count", "evidence"),
    [
        ({"huawei.com/Ascend910B3": "8"}, Decimal(8), "allocated"),
        ({"huawei.com/Ascend910C": "16"}, Decimal(8), "allocated"),
        ({"huawei.com/Ascend910": "16"}, Decimal(16), "ascend910"),
        ({"huawei.com/Ascend910": "16", "nvidia.com/gpu": "1"}, None, "requested"),
        ({"hygon.com/dcunum": "2"}, Decimal(2), "allocated"),
        ({"cambricon.com/vmlu": "1"}, Decimal(1), "allocated"),
        ({"metax-tech.com/gpu": "4"}, Decimal(4), "allocated"),
        ({"nvidia.com/gpu": "0"}, Decimal(0), "allocated"),
        ({"nvidia.com/gpu": "1", "metax-tech.com/gpu": "1"}, Decimal(2), "allocated"),
        # MIG: slices of seven and of four; one profile belongs to cards of both kinds.
        ({"nvidia.com/mig-1g.10gb": "1"}, SEVENTH, "allocated"),
        ({"nvidia.com/mig-3g.40gb": "2"}, Decimal("0.857143"), "allocated"),
        ({"nvidia.com/mig-1g.10gb": "7"}, Decimal(1), "allocated"),
        ({"nvidia.com/mig-1g.6gb": "1"}, Decimal("0.25"), "allocated"),
        ({"nvidia.com/mig-1g.24gb": "1"}, None, "requested"),
        # Shares: cores are counted, memory never is.
        (
            {"nvidia.com/gpu": "1", "nvidia.com/gpumem": "3000", "nvidia.com/gpucores": "30"},
            Decimal("0.3"),
            "allocated",
        ),
        ({"nvidia.com/gpu": "2", "nvidia.com/gpucores": "30"}, Decimal("0.6"), "allocated"),
        ({"nvidia.com/gpu": "1", "nvidia.com/gpumem": "3000"}, None, "requested"),
        ({"nvidia.com/gpumem": "3000"}, None, "requested"),
        ({"metax-tech.com/sgpu": "1", "metax-tech.com/vcore": "50"}, Decimal("0.5"), "allocated"),
        ({"mthreads.com/vgpu": "1", "mthreads.com/sgpu-core": "8"}, None, "requested"),
        ({"aliyun.com/gpu-core.percentage": "30"}, Decimal("0.3"), "allocated"),
        ({"aliyun.com/gpu-core.percentage": "30", "aliyun.com/gpu-mem": "6"}, Decimal("0.3"), "allocated"),
        ({"aliyun.com/gpu-mem": "6"}, None, "requested"),
        ({"tencent.com/vcuda-core": "200", "tencent.com/vcuda-memory": "64"}, Decimal(2), "allocated"),
        (
            {"tke.cloud.tencent.com/qgpu-core": "50", "tke.cloud.tencent.com/qgpu-memory": "10"},
            Decimal("0.5"),
            "allocated",
        ),
        (
            {"tke.cloud.tencent.com/qgpu-core": "0", "tke.cloud.tencent.com/qgpu-memory": "10"},
            None,
            "requested",
        ),
        ({"tke.cloud.tencent.com/qgpu-core-greedy": "20"}, None, "requested"),
        ({"tke.cloud.tencent.com/eni-ip": "1"}, None, "absent"),
        (
            {
                "koordinator.sh/gpu.shared": "1",
                "koordinator.sh/gpu-core": "50",
                "koordinator.sh/gpu-memory": "8Gi",
            },
            Decimal("0.5"),
            "allocated",
        ),
        # Koordinator's names stand beside the maker's of the same card.
        ({"koordinator.sh/gpu-core": "10", "metax-tech.com/sgpu": "1"}, None, "requested"),
        ({"huawei.com/Ascend910B3": "1", "huawei.com/Ascend910B3-memory": "16384"}, None, "requested"),
        # Time-slicing and makers that we do not know may be cards; networks are none.
        ({"nvidia.com/gpu.shared": "1"}, None, "requested"),
        ({"example.com/accelerator": "1", "nvidia.com/gpu": "1"}, None, "requested"),
        ({"nvidia.com/gpu": "8", "rdma/hca_shared_devices_a": "1"}, Decimal(8), "allocated"),
        ({"cpu": "4", "memory": "8Gi", "hugepages-2Mi": "0"}, None, "absent"),
    ],
)
def test_what_is_asked_for_in_cards(
    tmp_path: Path, resources: dict[str, str], count: Decimal | None, evidence: str
) -> None:
    assert cards(tmp_path, **asking(**resources)) == (count, evidence)


def gpus(name: str, count: int, **more: Any) -> dict[str, Any]:
    return {"name": name, "resources": {"limits": {"nvidia.com/gpu": str(count)}}} | more


@pytest.mark.parametrize(
    ("init", "containers", "count"),
    [
        ([], [gpus("a", 1), gpus("b", 2)], 3),
        ([gpus("i", 2), gpus("j", 2)], [gpus("a", 1)], 2),
        ([gpus("i", 2)], [gpus("a", 1), gpus("b", 2)], 3),
        # A sidecar stays: it runs beside the containers and the init containers after it.
        ([gpus("s", 1, restartPolicy="Always"), gpus("i", 4)], [gpus("a", 2)], 5),
        ([gpus("i", 4), gpus("s", 1, restartPolicy="Always")], [gpus("a", 2)], 4),
    ],
)
def test_init_containers_count_as_kubernetes_schedules(
    tmp_path: Path, init: list[Any], containers: list[Any], count: int
) -> None:
    assert cards(tmp_path, initContainers=init, containers=containers) == (count, "allocated")


def test_devices_claimed_by_name_are_unknown(tmp_path: Path) -> None:
    assert cards(tmp_path, resourceClaims=[{"name": "gpu"}], containers=[{"name": "a"}]) == (
        None,
        "requested",
    )


@pytest.mark.parametrize(
    ("cores", "whole"), [({"cpu": "500m"}, None), ({"cpu": "2000m"}, 2), ({"cpu": "1e1"}, 10), ({}, None)]
)
def test_parts_of_a_core_are_not_rounded(tmp_path: Path, cores: dict[str, str], whole: int | None) -> None:
    assert one(tmp_path, pod(spec=asking(**cores)))["cpu_cores"] == whole


# What HAMi granted


def granted(folder: Path, annotation: str, **resources: str) -> dict[str, Any]:
    metadata = {"annotations": {"hami.io/vgpu-devices-allocated": annotation}}
    return one(folder, pod(metadata=metadata, spec=asking(**resources)))


def test_granted_cores_are_the_share(tmp_path: Path) -> None:
    row = granted(tmp_path, f"{UUID},NVIDIA,500,5:;", **{"nvidia.com/gpu": "1", "nvidia.com/gpumem": "500"})
    assert (row["card_count"], row["card_evidence"], row["device_uuid"]) == (
        Decimal("0.05"),
        "allocated",
        None,
    )


def test_two_granted_shares_add_up(tmp_path: Path) -> None:
    row = granted(tmp_path, f"{UUID},NVIDIA,500,5:GPU-2,NVIDIA,500,25:;", **{"nvidia.com/gpu": "2"})
    assert row["card_count"] == Decimal("0.3")


def test_a_grant_of_memory_alone_stays_unknown(tmp_path: Path) -> None:
    row = granted(tmp_path, f"{UUID},NVIDIA,3000,0:;", **{"nvidia.com/gpu": "1", "nvidia.com/gpumem": "3000"})
    assert (row["card_count"], row["card_evidence"]) == (None, "requested")


@pytest.mark.parametrize(
    ("node", "count", "evidence"),
    [
        ("module-a3-16", Decimal("1.5"), "allocated"),
        ("module-a3-16-super-pod", Decimal("1.5"), "allocated"),
        ("module-910b-8", Decimal(3), "ascend910"),
        (None, Decimal(3), "ascend910"),
    ],
)
def test_on_nodes_of_boards_with_two_dies_two_devices_are_a_card(
    tmp_path: Path, node: str | None, count: Decimal, evidence: str
) -> None:
    bound = {} if node is None else {"nodeSelector": {"accelerator-type": node, "host-arch": "huawei-arm"}}
    spec = asking(**{"huawei.com/Ascend910": "3"}) | bound
    assert cards(tmp_path, **spec) == (count, evidence)


def test_a_whole_card_names_its_device(tmp_path: Path) -> None:
    row = granted(tmp_path, f"{UUID},NVIDIA,81920,0:;", **{"nvidia.com/gpu": "1"})
    assert (row["card_count"], row["device_uuid"]) == (1, UUID)


def test_an_instance_of_a_card_is_not_a_card(tmp_path: Path) -> None:
    row = granted(tmp_path, f"{UUID}[0-1],NVIDIA,20480,0:;", **{"nvidia.com/gpu": "1"})
    assert (row["card_count"], row["card_evidence"]) == (None, "requested")


# Pods that cannot be used


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (pod(metadata={"uid": None}), "BAD_ID"),
        (pod(phase="Unknown"), "BAD_STATE"),
        (pod(phase="CrashLoopBackOff"), "BAD_STATE"),
        (running(conditions=[], startTime=None), "NO_START"),
        (pod(conditions=[], startTime="2026-03-01T00:00:00"), "BAD_AT"),
        (pod(conditions=[], startTime="1970-01-01T00:00:00Z"), "BAD_AT"),
        (pod(conditions=[], startTime=1772323200), "BAD_AT"),
        (pod(spec=asking(**{"nvidia.com/gpu": "eight"})), "BAD_QUANTITY"),
        (pod(spec=asking(**{"nvidia.com/gpu": "500m"})), "BAD_CARDS"),
        (pod(spec=asking(**{"nvidia.com/gpu": "1", "nvidia.com/gpucores": "130"})), "BAD_CARDS"),
        (pod(spec=asking(**{"nvidia.com/gpu": "1000000"})), "BAD_CARDS"),
        (pod(metadata={"annotations": {"hami.io/vgpu-devices-allocated": "GPU-1;"}}), "BAD_CARDS"),
        (pod(spec={"activeDeadlineSeconds": "1h"}), "BAD_DURATION"),
        (pod(metadata={"namespace": ["lab"]}), "NOT_A_POD"),
        (pod(conditions=["PodScheduled"]), "NOT_A_POD"),
        ({"apiVersion": "v1", "kind": "Service", "metadata": {}, "spec": {}}, "NOT_A_POD"),
        ("train-0", "NOT_A_POD"),
    ],
)
def test_a_pod_that_cannot_be_used_is_a_reject(tmp_path: Path, found: Any, code: str) -> None:
    reading = read(tmp_path, pod(), found)
    assert reading.rejected.select("row_no", "reason_code").rows() == [(2, code)]
    assert reading.row_count == 2


@pytest.mark.parametrize("written", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"])
def test_a_time_at_the_ends_of_the_calendar_stops_no_night(tmp_path: Path, written: str) -> None:
    assert refused(tmp_path, pod(metadata={"deletionTimestamp": written})) == "BAD_AT"


@pytest.mark.parametrize("containers", ["x", 1, True, {"a": 1}, ["x"], [None], [["x"]]])
@pytest.mark.parametrize("name", ["containers", "initContainers"])
def test_what_is_no_list_of_containers_is_no_pod_and_stops_no_night(
    tmp_path: Path, containers: Any, name: str
) -> None:
    assert refused(tmp_path, pod(spec={name: containers})) == "NOT_A_POD"


def test_no_secret_leaves_with_a_reject(tmp_path: Path) -> None:
    secret = pod(phase="Unknown")
    secret["spec"]["containers"][0]["env"] = [{"name": "TOKEN", "value": "hunter2"}]
    raw = read(tmp_path, secret).rejected["raw"].item()
    assert "hunter2" not in raw
    assert json.loads(raw)["metadata"]["uid"] == "u-1"


# Forms of the file


def test_one_pod_alone(tmp_path: Path) -> None:
    reading = taken(source(tmp_path, json.dumps(pod(), indent=2)))
    assert reading.frames["usage_interval"]["record_id"].to_list() == ["k8s:u-1"]


def test_a_pod_a_line_and_a_line_that_was_cut(tmp_path: Path) -> None:
    lines = [json.dumps(pod()), "", json.dumps(pod(metadata={"uid": "u-2"})), json.dumps(pod())[:-9]]
    reading = taken(source(tmp_path, "\n".join(lines) + "\n"))
    assert reading.frames["usage_interval"]["row_no"].to_list() == [1, 3]
    assert reading.rejected.select("row_no", "reason_code").rows() == [(4, "BAD_JSON")]


def test_lists_one_after_another_are_to_come_apart(tmp_path: Path) -> None:
    """`kubectl get … >> file` twice: who runs in the first and is not in the second ended at no known time."""
    listed = json.dumps({"apiVersion": "v1", "kind": "PodList", "items": [pod()]})
    for text in (f"{listed}\n{listed}\n", f"{json.dumps(json.loads(listed), indent=4)}\n" * 2):
        file = source(tmp_path, text)
        assert adapter_for(file) is k8s_pod_json
        with pytest.raises(InputFault, match=r"各存一个文件|请分开存"):
            k8s_pod_json.read(file)


def test_an_empty_list_has_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path).row_count == 0


def test_items_of_the_api_carry_no_kind(tmp_path: Path) -> None:
    bare = pod()
    del bare["kind"], bare["apiVersion"]
    answer = {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": [bare]}
    assert taken(source(tmp_path, json.dumps(answer))).frames["usage_interval"].height == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"kind":"PodList","apiVersion":"v1","metadata":{"continue":"x"},"items":[]}', "只是一页"),
        ('{"kind":"PodList","apiVersion":"v1","items":{}}', "不是列表"),
        ('{"kind":"PodList","apiVersion":"v1","items":[{}', "无法读取"),
        ('{"kind":"Pod","apiVersion":"v1","kind":"Pod"}', "出现两次"),
        ('{"kind":"PodList","apiVersion":"v1","metadata":{"creationTimestamp":"x"},"items":[]}', "读不懂"),
    ],
)
def test_a_broken_file_is_refused_as_a_whole(tmp_path: Path, text: str, says: str) -> None:
    file = source(tmp_path, text)
    assert k8s_pod_json.claims(file)
    with pytest.raises(InputFault, match=says):
        k8s_pod_json.read(file)
