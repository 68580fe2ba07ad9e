"""Samples of what pods ask for read as usage intervals: no step is counted that no sample shows."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.adapters import adapter_for, k8s_request_series, prom_json
from hesuan.flows.source import Declaration, Part, Source
from hesuan.schemas.fault import InputFault
from hesuan.schemas.tables.usage_interval import TABLE
from hesuan.validators.gate import gate

START, STEP = 1772323200, 900
METRIC = "kube_pod_resource_request"


def at(step: float) -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=STEP * step)


def series(steps: Any, value: str = "2", **labels: str) -> dict[str, Any]:
    """A pod on node n1 asking for two cards at each of these steps of 15 minutes."""
    usual = {"__name__": METRIC, "namespace": "lab", "pod": "p-1", "node": "n1", "resource": "nvidia.com/gpu"}
    metric = {name: word for name, word in (usual | labels).items() if word}
    return {"metric": metric, "values": [[START + STEP * step, value] for step in steps]}


def source(folder: Path, text: str, **says: Any) -> Source:
    path = folder / "series"
    path.write_text(text, encoding="utf-8")
    return Source(path, "series", Declaration(**says))


def answer(*found: dict[str, Any], **more: Any) -> str:
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": [*found]}} | more)


def taken(file: Source) -> Part:
    assert adapter_for(file) is k8s_request_series
    reading = k8s_request_series.read(file).whole
    assert reading.row_count == reading.frames["usage_interval"].height + reading.rejected.height
    assert gate(reading.frames["usage_interval"], TABLE).rejected.is_empty()
    return reading


def spans(folder: Path, *found: dict[str, Any], **says: Any) -> list[tuple[Any, ...]]:
    frame = taken(source(folder, answer(*found), **says)).frames["usage_interval"]
    return frame.select("started_at", "ended_at", "card_count").rows()


# One more pod that is seen to the end of the file, so that the others are over.
OTHER = series(range(0, 41), pod="other")


def test_a_stretch_ends_with_its_last_sample(tmp_path: Path) -> None:
    """Five samples of 15 minutes are one hour and not an hour and a quarter."""
    assert spans(tmp_path, series(range(5)), OTHER)[-1] == (at(0), at(4), Decimal(2))


def test_one_sample_out_of_step_does_not_break_the_others(tmp_path: Path) -> None:
    early = series([*range(5), 2.01])
    assert spans(tmp_path, early, OTHER)[-1] == (at(0), at(4), Decimal(2))


# What a ServiceMonitor adds: the scheduler's own pod.
SCRAPE = {"namespace": "kube-system", "pod": "kube-scheduler-cp1", "container": "kube-scheduler", "job": "s"}


def test_who_asks_is_not_the_pod_that_was_scraped(tmp_path: Path) -> None:
    """Prometheus calls the metric's own labels exported_ where the scrape has the same, and keeps both."""
    asked = [{"exported_namespace": f"t-{pod}", "exported_pod": pod} for pod in ("p-1", "p-2")]
    found = [series(range(5), **SCRAPE, **labels) for labels in asked]
    frame = taken(source(tmp_path, answer(*found))).frames["usage_interval"]
    assert frame.select("tenant", "card_count").rows() == [("t-p-1", Decimal(2)), ("t-p-2", Decimal(2))]


def test_the_container_that_was_scraped_is_not_asked_about(tmp_path: Path) -> None:
    """honorLabels: true keeps the metric's labels and adds the container of the scheduler."""
    assert spans(tmp_path, series(range(5), container="kube-scheduler"), OTHER)[-1] == (
        at(0),
        at(4),
        Decimal(2),
    )


def test_a_series_without_a_name_is_told_by_its_scheduler(tmp_path: Path) -> None:
    """What an expression leaves of the labels; another exporter's series of pods never has this one."""
    nameless = series(range(5), __name__="", scheduler="volcano", priority="0", unit="integer")
    assert spans(tmp_path, nameless, OTHER)[-1] == (at(0), at(4), Decimal(2))


def test_readings_of_a_card_may_have_a_label_called_resource(tmp_path: Path) -> None:
    """Another's names do not make it a request; nor does a metric that is declared for series without a name."""
    card = {"UUID": "GPU-1", "resource": "nvidia.com/gpu"}
    file = source(tmp_path, answer(series([0, 1], __name__="DCGM_FI_DEV_GPU_UTIL", **card)))
    assert adapter_for(file) is prom_json
    file = source(tmp_path, answer(series([0, 1], __name__="", **card)), sample_metric="DCGM_FI_DEV_GPU_UTIL")
    assert adapter_for(file) is prom_json


def test_what_is_seen_last_still_runs(tmp_path: Path) -> None:
    row = taken(source(tmp_path, answer(series(range(5))))).frames["usage_interval"].row(0, named=True)
    assert (row["state"], row["ended_at"], row["exported_at"]) == ("RUNNING", None, at(4))
    assert (row["tenant"], row["node_id"], row["record_id"]) == (
        "lab",
        "n1",
        f"k8s-series:lab/p-1:n1:{START}",
    )


def test_a_gap_is_not_filled(tmp_path: Path) -> None:
    """A missing sample may be a pod of the same name that came later."""
    assert spans(tmp_path, series([0, 1, 2, 5, 6]), OTHER)[-2:] == [
        (at(0), at(2), Decimal(2)),
        (at(5), at(6), Decimal(2)),
    ]


def test_a_late_sample_is_no_gap(tmp_path: Path) -> None:
    assert spans(tmp_path, series([0, 1, 2.4, 3]), OTHER, sample_period_seconds=STEP)[-1] == (at(0), at(3), 2)


def test_a_request_that_changes_is_split_there(tmp_path: Path) -> None:
    found = spans(tmp_path, series([0, 1]), series([2, 3], "4"), OTHER)
    assert found[-2:] == [(at(0), at(2), Decimal(2)), (at(2), at(3), Decimal(4))]


def test_a_pod_without_a_node_waits(tmp_path: Path) -> None:
    frame = taken(source(tmp_path, answer(series([0, 1], node=""), series([2, 3]), OTHER))).frames[
        "usage_interval"
    ]
    assert frame.filter(state="PENDING").select("node_id", "started_at", "ended_at").rows() == [(None,) * 3]
    assert frame.filter(state="RUNNING").height == 2


@pytest.mark.parametrize(
    ("amounts", "count", "evidence"),
    [
        ({"nvidia.com/gpu": "1"}, Decimal(1), "allocated"),
        ({"nvidia_com_gpu": "1"}, Decimal(1), "allocated"),
        ({"huawei_com_Ascend910B3": "8"}, Decimal(8), "allocated"),
        ({"nvidia_com_mig_1g_10gb": "1"}, Decimal("0.142857"), "allocated"),
        (
            {"nvidia.com/gpu": "1", "nvidia.com/gpucores": "30", "nvidia.com/gpumem": "3000"},
            Decimal("0.3"),
            "allocated",
        ),
        ({"nvidia.com/gpu": "2", "nvidia.com/gpucores": "60"}, None, "requested"),
        ({"nvidia.com/gpumem": "3000"}, None, "requested"),
        (
            {"tke_cloud_tencent_com_qgpu_core": "50", "tke_cloud_tencent_com_qgpu_memory": "10"},
            Decimal("0.5"),
            "allocated",
        ),
        ({"cpu": "12"}, None, "absent"),
    ],
)
def test_resources_of_one_pod_are_read_together(
    tmp_path: Path, amounts: dict[str, str], count: Decimal | None, evidence: str
) -> None:
    text = answer(*(series([0, 1, 2], value, resource=name) for name, value in amounts.items()))
    row = taken(source(tmp_path, text)).frames["usage_interval"].row(0, named=True)
    assert (row["card_count"], row["card_evidence"]) == (count, evidence)
    assert row["cpu_cores"] == (12 if "cpu" in amounts else None)


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-1", "", "八"])
def test_a_value_that_is_no_number_is_a_reject(tmp_path: Path, value: str) -> None:
    reading = taken(source(tmp_path, answer(series([0, 1]), series([2], value))))
    assert reading.rejected["reason_code"].to_list() == ["BAD_VALUE"]
    assert reading.rejected["row_no"].to_list() == [3]


def test_two_answers_for_one_instant_are_a_reject(tmp_path: Path) -> None:
    reading = taken(
        source(tmp_path, answer(series([0, 1], scheduler="a"), series([0, 1], "3", scheduler="b")))
    )
    assert reading.rejected["reason_code"].to_list() == ["CONFLICT"]
    same = taken(source(tmp_path, answer(series([0, 1], scheduler="a"), series([0, 1], scheduler="b"))))
    assert same.frames["usage_interval"]["card_count"].to_list() == [2]


def test_half_a_card_is_not_asked_for(tmp_path: Path) -> None:
    reading = taken(source(tmp_path, answer(series([0, 1], "0.5"))))
    assert reading.rejected["reason_code"].to_list() == ["BAD_CARDS"]


def test_the_header_once_more_is_one_refused_line(tmp_path: Path) -> None:
    header = "timestamp,__name__,namespace,pod,container,node,resource,value\n"
    lines = [f"{START + STEP * step},{METRIC},lab,p-1,,n1,nvidia.com/gpu,2\n" for step in range(3)]
    once = taken(source(tmp_path, header + "".join(lines)))
    twice = taken(source(tmp_path, (header + "".join(lines)) * 2))
    assert once.rejected.height == 0
    assert twice.frames["usage_interval"].equals(once.frames["usage_interval"])
    assert twice.rejected.select("row_no", "reason_code").rows() == [(5, "BAD_VALUE")]


def test_a_long_csv_says_the_same(tmp_path: Path) -> None:
    lines = [f"{START + STEP * step},lab,p-1,n1,nvidia.com/gpu,2" for step in range(3)]
    lines += ["2026-03-01T09:00:00,lab,p-2,n1,nvidia.com/gpu,1", "x,lab,p-2,n1,nvidia.com/gpu,1", "1,2"]
    lines.append("9999-12-31T23:59:59-12:00,lab,p-2,n1,nvidia.com/gpu,1")
    text = "\n".join(["timestamp,namespace,pod,node,resource,value", *lines]) + "\n"
    reading = taken(source(tmp_path, text))
    frame = reading.frames["usage_interval"]
    assert frame.select("started_at", "ended_at", "card_count", "row_no").rows() == [
        (at(0), at(2), 2, 2),
        (at(4), None, 1, 5),
    ]
    assert reading.rejected.select("row_no", "reason_code").rows() == [
        (6, "BAD_AT"),
        (7, "RAGGED"),
        (8, "BAD_AT"),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (answer(series([0, 1], node="")), "node"),
        (answer(series([0, 1], __name__="kube_pod_container_resource_requests")), "会多计"),
        (answer(series([0, 1], __name__="")), "没有 scheduler 标签"),
        (answer(series([0, 1], __name__="", scheduler="s", container="main")), "会多计"),
        (answer(series([0, 1], __name__="", exported_pod="p", exported_container="main")), "会多计"),
        (answer(series([0, 1]), warnings=["partial response"]), "一部分"),
        (answer(series([0, 1]), isPartial=True), "一部分"),
        (answer(series([0, 1]), status="error", error="timeout"), "timeout"),
        (answer(series([0, 1]))[:-3], "无法读取"),
        ("timestamp,namespace,pod,resource,value\n1772323200,lab,p-1,nvidia.com/gpu,1\n", "node"),
        (answer(series([0, 1]), data={"resultType": "matrix", "result": [series([0, 1]), "x"]}), "成对"),
        (answer({**series([0, 1]), "values": 3}), "成对"),
        ("timestamp,namespace,pod,pod,node,resource,value\n", "重复：pod"),
        (
            "timestamp,namespace,pod,node,resource,value\n1772323200,lab,p-1,n1,nvidia.com/gpu,1\n"
            "timestamp,pod,namespace,node,resource,value\n1772323200,p-1,lab,n1,nvidia.com/gpu,1\n",
            "第 3 行又是一行表头",
        ),
    ],
)
def test_a_file_that_leaves_it_open_is_refused(tmp_path: Path, text: str, says: str) -> None:
    file = source(tmp_path, text)
    assert adapter_for(file) is k8s_request_series
    with pytest.raises(InputFault, match=says):
        k8s_request_series.read(file)
