"""A pod list as CSV with parts of cards and seconds from an origin: nothing guessed, nothing rounded."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from hesuan.flows.adapters import adapter_for, k8s_pod_list
from hesuan.flows.pod.row import UNITS, card_count
from hesuan.flows.source import Declaration, Part, Source
from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import CARDS, MOST_CARDS
from hesuan.schemas.tables.usage_interval import TABLE
from hesuan.validators.gate import gate
from tests.realdata import real

HEADER = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time"
POD = {
    "name": "p-1",
    "cpu_milli": "8000",
    "memory_mib": "30517",
    "num_gpu": "1",
    "gpu_milli": "460",
    "gpu_spec": "V100M16|V100M32",
    "qos": "LS",
    "pod_phase": "Running",
    "creation_time": "0",
    "deletion_time": "3600",
    "scheduled_time": "60",
    "uid": "u-1",
    "namespace": "team",
    "node": "n1",
}
ORIGIN = datetime(2022, 12, 31, 16, tzinfo=UTC)
SAID = {"time_origin": ORIGIN, "tenant": "lab"}


def line(header: str = HEADER, **cells: str) -> str:
    return ",".join((POD | cells)[name] for name in header.split(","))


def source(folder: Path, *lines: str, header: str = HEADER, **says: Any) -> Source:
    path = folder / "pods"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return Source(path, "pods", Declaration(**says))


def taken(file: Source) -> Part:
    assert adapter_for(file) is k8s_pod_list
    reading = k8s_pod_list.read(file).whole
    assert reading.row_count == reading.frames["usage_interval"].height + reading.rejected.height
    assert gate(reading.frames["usage_interval"], TABLE).rejected.is_empty()
    return reading


def one(folder: Path, header: str = HEADER, says: dict[str, Any] = SAID, **cells: str) -> dict[str, Any]:
    file = source(folder, line(header, **cells), header=header, **says)
    return taken(file).frames["usage_interval"].row(0, named=True)


def code(folder: Path, **cells: str) -> str:
    return taken(source(folder, line(name="p-0"), line(**cells), **SAID)).rejected["reason_code"].item()


def test_a_pod_becomes_one_typed_row(tmp_path: Path) -> None:
    row = one(tmp_path)
    assert (row["record_id"], row["tenant"], row["state"]) == ("k8s:p-1:0", "lab", "RUNNING")
    assert (row["card_count"], row["card_evidence"], row["cpu_cores"]) == (Decimal("0.46"), "allocated", 8)
    assert row["started_at"] == ORIGIN + timedelta(seconds=60)
    assert row["ended_at"] == ORIGIN + timedelta(hours=1)


@pytest.mark.parametrize(
    ("num_gpu", "gpu_milli", "count"),
    [
        ("0", "0", "0"),
        ("1", "1000", "1"),
        ("8", "1000", "8"),
        ("10000", "1000", "10000"),
        ("1", "1", "0.001"),
    ],
)
def test_parts_of_a_card_are_exact(tmp_path: Path, num_gpu: str, gpu_milli: str, count: str) -> None:
    assert one(tmp_path, num_gpu=num_gpu, gpu_milli=gpu_milli)["card_count"] == Decimal(count)


def test_every_unit_of_a_card_survives_six_places() -> None:
    """reconciled.attributed makes units of the count again: 1/7 is 0.142857 is 3000 units, and so for all."""
    top = MOST_CARDS * UNITS
    held = [*range(8 * UNITS + 1), *range(top - UNITS, top + 1)]
    counts = [card_count(Fraction(units, UNITS)) for units in held]
    with duckdb.connect() as connection:
        connection.register("held", pl.DataFrame({"card_count": pl.Series(counts, dtype=CARDS.dtype)}))
        found = connection.execute("select cast(card_count * 21000 as bigint) from held").fetchall()
    assert [units for (units,) in found] == held


@pytest.mark.parametrize(
    "second",
    [
        HEADER.replace(
            "creation_time,deletion_time,scheduled_time", "creation_time,scheduled_time,deletion_time"
        ),
        f"{HEADER},uid",
    ],
)
def test_below_a_second_header_of_other_columns_nothing_is_read_under_the_first(
    tmp_path: Path, second: str
) -> None:
    with pytest.raises(InputFault, match="pods: 第 3 行又是一行表头，列与开头的不同"):
        k8s_pod_list.read(source(tmp_path, line(), second, line(), **SAID))


def test_the_same_header_again_is_a_reject_and_no_more(tmp_path: Path) -> None:
    reading = taken(source(tmp_path, line(), HEADER, line(name="p-2"), **SAID))
    assert (reading.frames["usage_interval"].height, reading.rejected["row_no"].to_list()) == (2, [3])


def test_a_waiting_pod_has_no_start(tmp_path: Path) -> None:
    row = one(tmp_path, pod_phase="Pending", scheduled_time="")
    assert (row["state"], row["started_at"], row["ended_at"]) == ("PENDING", None, None)


def test_without_a_deletion_a_pod_still_runs(tmp_path: Path) -> None:
    row = one(tmp_path, deletion_time="", says=SAID | {"exported_at": ORIGIN + timedelta(days=1)})
    assert (row["ended_at"], row["exported_at"]) == (None, ORIGIN + timedelta(days=1))


def test_the_uid_and_the_namespace_are_taken_where_they_stand(tmp_path: Path) -> None:
    row = one(tmp_path, f"uid,namespace,node,{HEADER}", says={"time_origin": ORIGIN})
    assert (row["record_id"], row["tenant"], row["node_id"]) == ("k8s:u-1", "team", "n1")


def test_seconds_since_1970_need_no_origin(tmp_path: Path) -> None:
    times = {"creation_time": "1772323200", "scheduled_time": "1772323260", "deletion_time": "1772326800"}
    assert one(tmp_path, says={"tenant": "lab"}, **times)["started_at"] == datetime(
        2026, 3, 1, 0, 1, tzinfo=UTC
    )


def test_printed_times_are_of_the_declared_zone(tmp_path: Path) -> None:
    times = {
        "creation_time": "2026-03-01 08:00:00",
        "scheduled_time": "2026-03-01T08:01:00",
        "deletion_time": "",
    }
    beijing = one(tmp_path, says={"tenant": "lab"}, **times)
    assert beijing["started_at"] == datetime(2026, 3, 1, 0, 1, tzinfo=UTC)
    elsewhere = one(tmp_path, says={"tenant": "lab", "time_zone": "UTC"}, **times)
    assert elsewhere["started_at"] == datetime(2026, 3, 1, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"num_gpu": "1", "gpu_milli": "0"}, "BAD_CARDS"),
        ({"num_gpu": "0", "gpu_milli": "500"}, "BAD_CARDS"),
        ({"num_gpu": "2", "gpu_milli": "500"}, "BAD_CARDS"),
        ({"num_gpu": "1", "gpu_milli": "1001"}, "BAD_CARDS"),
        ({"num_gpu": "一"}, "BAD_CARDS"),
        ({"num_gpu": "1000000", "gpu_milli": "1000"}, "BAD_CARDS"),
        ({"pod_phase": "Evicted"}, "BAD_STATE"),
        ({"scheduled_time": ""}, "NO_START"),
        ({"pod_phase": "Failed", "deletion_time": ""}, "NO_END"),
        ({"deletion_time": "12.5"}, "BAD_AT"),
        ({"deletion_time": "-1"}, "BAD_AT"),
        ({"deletion_time": "9999-12-31T23:59:59-12:00"}, "BAD_AT"),
        ({"creation_time": ""}, "BAD_AT"),
        ({"deletion_time": "1772326800"}, "BAD_AT"),
        ({"name": ""}, "BAD_ID"),
        ({"gpu_spec": "V100,T4"}, "RAGGED"),
        ({"gpu_spec": '"V100'}, "RAGGED"),
    ],
)
def test_a_row_that_cannot_be_used_is_a_reject(tmp_path: Path, cells: dict[str, str], reason: str) -> None:
    assert code(tmp_path, **cells) == reason


@pytest.mark.parametrize(
    ("header", "says", "sentence"),
    [
        (HEADER, {"tenant": "lab"}, "time_origin"),
        (HEADER, {"time_origin": ORIGIN}, "tenant"),
        (f"{HEADER},name", SAID, "重复：name"),
    ],
)
def test_a_list_that_leaves_open_when_or_whose_is_refused(
    tmp_path: Path, header: str, says: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InputFault, match=sentence):
        k8s_pod_list.read(source(tmp_path, line(header), header=header, **says))


def test_the_real_list_is_not_dated_by_guess() -> None:
    file = Source(real("alibaba_v2023/openb_pod_list_default.csv"), "openb.csv", Declaration(tenant="openb"))
    assert adapter_for(file) is k8s_pod_list
    with pytest.raises(InputFault, match="time_origin"):
        k8s_pod_list.read(file)
