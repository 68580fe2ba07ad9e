"""Exporters' points read as samples of cards: every form and vendor, one row per card and instant."""

import csv
import gzip
import io
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hesuan.flows.adapters import adapter_for
from hesuan.flows.source import Declaration, Part, Source
from hesuan.flows.telemetry import point as telemetry
from hesuan.flows.telemetry.profile import BYTES_PER_MIB, COLUMNS, DCGM, PROFILES
from hesuan.flows.telemetry.series import labels_of
from hesuan.flows.text import line_block
from hesuan.schemas.fault import InputFault
from hesuan.schemas.tables.usage_sample import TABLE
from hesuan.validators.gate import gate
from tests.realdata import real

T = 1772323200  # 2026-03-01 08:00 in Beijing
AT = datetime(2026, 3, 1, tzinfo=UTC)
GPU = {"UUID": "GPU-1", "gpu": "0"}
UTIL, ENGINE = "DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_PROF_GR_ENGINE_ACTIVE"

Point = tuple[str, dict[str, str], str, float]
"""metric, labels, value, epoch seconds"""


def source(folder: Path, content: bytes | str, **declared: Any) -> Source:
    path = folder / "export"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Source(path, "export", Declaration(**declared))


def read(file: Source) -> Part:
    """The file's own adapter, with rows in = accepted + rejected."""
    adapter = adapter_for(file)
    assert adapter is not None
    found = adapter.read(file).whole
    assert found.row_count == found.frames["usage_sample"].height + found.rejected.height
    return found


def rows(part: Part) -> list[dict[str, Any]]:
    gated = gate(part.frames["usage_sample"], TABLE)
    assert gated.rejected.is_empty()
    return gated.accepted.sort("device_uuid", "sampled_at").to_dicts()


def measured(row: dict[str, Any]) -> dict[str, Decimal]:
    return {name: row[name] for name in COLUMNS if row[name] is not None}


def codes(part: Part) -> list[str]:
    return sorted(part.rejected["reason_code"])


def as_json(points: list[Point]) -> str:
    series = [
        {"metric": {"__name__": metric} | labels, "values": [[at, value]]}
        for metric, labels, value, at in points
    ]
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": series}})


def braces(labels: dict[str, str]) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}"


def as_text(points: list[Point]) -> str:
    lines = [f"{metric}{braces(labels)} {value} {round(at * 1000)}" for metric, labels, value, at in points]
    return "# HELP x y\n# TYPE x gauge\n" + "\n".join(lines) + "\n"


def as_dump(points: list[Point]) -> str:
    """promtool tsdb dump"""
    lines = [
        f"{braces({'__name__': metric} | labels)} {value} {round(at * 1000)}"
        for metric, labels, value, at in points
    ]
    return "\n".join(lines) + "\n"


def as_open_metrics(points: list[Point]) -> str:
    lines = [f"{metric}{braces(labels)} {value} {at:.3f}" for metric, labels, value, at in points]
    return "\n".join([*lines, "# EOF"]) + "\n"


def as_csv(points: list[Point]) -> str:
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(["timestamp", "metric", "value", "labels"])
    writer.writerows([at, metric, value, braces(labels)] for metric, labels, value, at in points)
    return page.getvalue()


def as_wide_csv(points: list[Point]) -> str:
    """A column per label, labels as JSON beside them, milliseconds."""
    lines = [
        f'{round(at * 1000)};{value};{metric};{labels.get("UUID", "")};"{json.dumps(labels).replace(chr(34), chr(34) * 2)}"'
        for metric, labels, value, at in points
    ]
    return "\n".join(["time;value;__name__;UUID;labels", *lines]) + "\n"


def as_parquet(points: list[Point]) -> bytes:
    content = io.BytesIO()
    pl.DataFrame(
        {
            "labels": [braces(labels) for _, labels, _, _ in points],
            "value": pl.Series([float(value) for *_, value, _ in points], dtype=pl.Float64),
            "metric": pl.Series([metric for metric, *_ in points]).cast(pl.Categorical),
            "timestamp": pl.Series([round(at * 1000) for *_, at in points])
            .cast(pl.Datetime("ms"))
            .dt.replace_time_zone("UTC"),
        }
    ).write_parquet(content)
    return content.getvalue()


def as_vm_lines(points: list[Point]) -> str:
    """One line a point, which is also how a long series may be cut."""
    return "".join(
        json.dumps(
            {
                "metric": {"__name__": metric} | labels,
                "values": [json.loads(value)],
                "timestamps": [round(at * 1000)],
            },
            separators=(",", ":"),
        )
        + "\n"
        for metric, labels, value, at in points
    )


def as_grafana_csv(points: list[Point]) -> str:
    """One line an instant; cells of the other series are empty."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    names = list(dict.fromkeys(f"{metric}{braces(labels)}" for metric, labels, _, _ in points))
    writer.writerow(["Time", *names])
    for metric, labels, value, at in points:
        writer.writerow(
            [round(at * 1000), *(value if name == f"{metric}{braces(labels)}" else "" for name in names)]
        )
    return page.getvalue()


FORMS = [
    as_json,
    as_vm_lines,
    as_grafana_csv,
    as_text,
    as_dump,
    as_open_metrics,
    as_csv,
    as_wide_csv,
    as_parquet,
]
UTIL_OF_DIE = "npu_chip_info_utilization"
SAMPLE: list[Point] = [
    (UTIL, GPU, "73", T),
    ("DCGM_FI_DEV_POWER_USAGE", GPU, "312.4567", T),
    ("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", GPU, "1.234567891e+09", T),
    ("DCGM_FI_DEV_FB_USED", GPU, "40960", T),
    ("DCGM_FI_DEV_GPU_TEMP", GPU, "61", T),
    (UTIL, GPU, "0", T + 0.5),
]


def in_json(folder: Path, *points: Point) -> Part:
    return read(source(folder, as_json(list(points))))


# Forms


@pytest.mark.parametrize("form", FORMS)
def test_several_metrics_of_a_card_and_instant_are_one_row_in_every_form(tmp_path: Path, form: Any) -> None:
    found = read(source(tmp_path, form(SAMPLE), provider_id="P", cluster_id="c1"))
    first, second = rows(found)
    assert measured(first) == {
        "util_percent": Decimal(73),
        "power_watts": Decimal("312.457"),
        "energy_joules": Decimal("1234567.891"),
        "memory_used_mib": Decimal(40960),
        "temperature_c": Decimal(61),
    }
    assert (first["device_uuid"], first["sampled_at"]) == ("GPU-1", AT)
    assert (first["provider_id"], first["cluster_id"], first["tenant"]) == ("P", "c1", None)
    assert measured(second) == {"util_percent": Decimal(0)}
    assert second["sampled_at"] == datetime(2026, 3, 1, 0, 0, 0, 500_000, tzinfo=UTC)


@pytest.mark.parametrize("form", FORMS)
def test_a_refused_point_keeps_its_text(tmp_path: Path, form: Any) -> None:
    found = read(source(tmp_path, form([*SAMPLE, (UTIL, {"gpu": "7"}, "88", T)])))
    assert codes(found) == ["NO_DEVICE"]
    assert '"7"' in found.rejected["raw"].item() or '""7""' in found.rejected["raw"].item()
    assert "88" in found.rejected["raw"].item()
    assert found.row_count == 3


@pytest.mark.parametrize("form", [as_text, as_csv])
def test_a_sample_may_be_scattered_over_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Any
) -> None:
    """Exporters print metric by metric, so the parts of one sample lie far apart."""
    whole = rows(read(source(tmp_path, form(SAMPLE))))
    monkeypatch.setattr(line_block, "BLOCK_BYTES", 120)
    assert rows(read(source(tmp_path, form(SAMPLE)))) == whole


def test_an_export_may_be_packed(tmp_path: Path) -> None:
    assert len(rows(read(source(tmp_path, gzip.compress(as_json(SAMPLE).encode()))))) == 2


def test_names_may_be_in_lower_case(tmp_path: Path) -> None:
    low = [
        (metric.lower(), {name.lower(): v for name, v in labels.items()}, value, at)
        for metric, labels, value, at in SAMPLE
    ]
    assert [measured(row) for row in rows(in_json(tmp_path, *low))] == [
        measured(row) for row in rows(in_json(tmp_path, *SAMPLE))
    ]


def test_an_instant_query_is_placed_in_time_too(tmp_path: Path) -> None:
    answer = {"resultType": "vector", "result": [{"metric": {"__name__": UTIL} | GPU, "value": [T, "5"]}]}
    [row] = rows(read(source(tmp_path, json.dumps({"status": "success", "data": answer}))))
    assert row["sampled_at"] == AT


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (as_json(SAMPLE)[:-20], "JSON 无法读取"),
        (as_json(SAMPLE) + "\n" + as_json(SAMPLE), "答复之后还有内容；请每次查询的答复各存一个文件"),
        (f"[{as_json(SAMPLE)}, {as_json(SAMPLE)}]", "合成的数组；请每次查询的答复各存一个文件"),
        (as_json(SAMPLE).replace('"73"', "NaN"), "NaN 不是数"),
        (as_json(SAMPLE).replace("success", "error"), "没有成功"),
        (as_json(SAMPLE).replace('"status"', '"warnings": ["partial"], "status"'), "可能不全"),
        (as_json(SAMPLE).replace('"status"', '"isPartial": true, "status"'), "可能不全"),
        (as_json(SAMPLE).replace("matrix", "scalar"), "须为 matrix"),
        (as_json(SAMPLE).replace('"73"]', '"73", 1]'), "不是 metric 与 values"),
        (as_json(SAMPLE).replace("}, {", "} {"), "JSON 无法读取"),
    ],
)
def test_an_answer_that_may_be_incomplete_is_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(InputFault, match=why):
        read(source(tmp_path, text))


def test_a_native_histogram_beside_the_readings_is_refused_alone(tmp_path: Path) -> None:
    """Prometheus 3 puts the histograms of a series beside its values, or in place of them."""
    answer = json.loads(as_json([(UTIL, GPU, "73", T)]))
    told = {"count": "1", "sum": "2", "buckets": []}
    strange = {"__name__": "scrape_duration_seconds", "job": "dcgm"}
    answer["data"]["result"][0]["histograms"] = [[T + 15, told]]
    answer["data"]["result"].append({"metric": strange, "histograms": [[T, told]]})
    found = read(source(tmp_path, json.dumps(answer)))
    assert ([row["util_percent"] for row in rows(found)], codes(found)) == (
        [73],
        ["BAD_VALUE", "OTHER_METRIC"],
    )
    assert json.loads(found.rejected["raw"][0])["value"] == [T + 15, told]


def test_allocations_of_pods_are_another_adapters(tmp_path: Path) -> None:
    point = ("kube_pod_resource_request", {"resource": "nvidia.com/gpu"}, "1", T)
    assert adapter_for(source(tmp_path, as_json([point]))) is None
    assert adapter_for(source(tmp_path, as_dump([point]))) is None


VM = '{"metric":{"__name__":"DCGM_FI_DEV_GPU_UTIL","UUID":"GPU-1"},"values":%s,"timestamps":%s}\n'


def test_a_line_of_victoriametrics_is_a_series(tmp_path: Path) -> None:
    text = VM % ('[73,null,"Infinity",12.5,"x"]', [(T + 15 * n) * 1000 for n in range(5)])
    found = read(source(tmp_path, text))
    assert [row["util_percent"] for row in rows(found)] == [73, Decimal("12.5")]
    assert found.rejected.select("row_no", "reason_code").rows() == [
        (2, "NO_READING"),
        (3, "NO_READING"),
        (5, "BAD_VALUE"),
    ]
    assert found.row_count == 5


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (VM % ("[1,2]", f"[{T}000]"), "第 2 行: 不是一条序列"),
        ((VM % ("[1]", f"[{T}000]"))[:-20], "第 2 行: JSON 无法读取"),
        ("[]", "第 2 行: 不是一条序列"),
    ],
)
def test_an_export_of_victoriametrics_that_is_cut_off_is_refused(
    tmp_path: Path, line: str, says: str
) -> None:
    with pytest.raises(InputFault, match=says):
        read(source(tmp_path, VM % ("[1]", f"[{T}000]") + line))


PANEL = '"Time","DCGM_FI_DEV_GPU_UTIL{UUID=""GPU-1"", gpu=""0""}","DCGM_FI_DEV_GPU_UTIL{UUID=""GPU-2""}","GPU 3"\n'


def test_a_panel_of_grafana_is_a_column_a_series(tmp_path: Path) -> None:
    """A legend of one's own does not say which card it is."""
    text = f"sep=,\n{PANEL}2026-03-01 08:00:00,73,,5\n2026-03-01 08:01:00,74 %,0.5,\n"
    found = read(source(tmp_path, text))
    assert [(row["device_uuid"], row["util_percent"]) for row in rows(found)] == [
        ("GPU-1", 73),
        ("GPU-2", Decimal("0.5")),
    ]
    assert rows(found)[0]["sampled_at"] == AT
    assert (found.row_count, codes(found)) == (4, ["BAD_LABELS", "BAD_VALUE"])
    assert found.rejected["raw"].to_list()[0] == "2026-03-01 08:00:00,GPU 3,5"


@pytest.mark.parametrize(
    ("line", "says"), [("1772323200000,73\n", "第 2 行: 列数"), ('1772323200000,"73,,\n', "引号没有闭合")]
)
def test_a_panel_of_which_a_line_is_broken_is_refused(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(InputFault, match=says):
        read(source(tmp_path, PANEL + line))


# Time


def test_a_line_without_a_timestamp_is_refused(tmp_path: Path) -> None:
    found = read(source(tmp_path, f"{UTIL}{braces(GPU)} 73\n{UTIL}{braces(GPU)} 73 {T}000\n"))
    assert (codes(found), found.rejected["row_no"].item()) == (["NO_TIME"], 1)


EXEMPLAR = ' # {trace_id="a } b",gpu="7"} 99 1772323201.5'


def test_an_exemplar_of_openmetrics_is_left_off(tmp_path: Path) -> None:
    """What stands behind # {…} is another value at another time; in a label it is text."""
    text = as_open_metrics([(UTIL, GPU | {"note": "x # {a=1} 1"}, "73", T)])
    found = read(source(tmp_path, text.replace("\n", EXEMPLAR + "\n", 1)))
    assert [(row["util_percent"], row["sampled_at"]) for row in rows(found)] == [(73, AT)]
    untimed, strange = (
        f'{UTIL}{{UUID="GPU-2"}} 73{EXEMPLAR}\n',
        f'{UTIL}{{UUID="GPU-3"}} 73 {T}{EXEMPLAR} 8\n',
    )
    found = read(source(tmp_path, text.replace("# EOF", f"{untimed}{strange}# EOF")))
    assert ([row["device_uuid"] for row in rows(found)], codes(found)) == (["GPU-1"], ["BAD_LINE", "NO_TIME"])


def test_seconds_in_place_of_milliseconds_are_not_guessed(tmp_path: Path) -> None:
    assert codes(read(source(tmp_path, f"{UTIL}{braces(GPU)} 73 {T}\n"))) == ["BAD_AT"]


@pytest.mark.parametrize(
    ("cell", "zone", "at"),
    [
        ("1772323200", None, AT),
        ("1772323200.0", None, AT),
        ("1772323200000", None, AT),
        ("2026-03-01T00:00:00Z", "America/New_York", AT),
        ("2026-03-01 08:00:00", None, AT),
        ("2026/03/01 09:00:00.000", "Asia/Tokyo", AT),
        ("2026-03-08 02:30:00", "America/New_York", None),
        ("17723232", None, None),
        ("1.7723232e9", None, None),
        ("", None, None),
    ],
)
def test_times_of_a_table(tmp_path: Path, cell: str, zone: str | None, at: datetime | None) -> None:
    text = f"timestamp,metric,value,UUID\n{cell},{UTIL},1,GPU-1\n"
    found = read(source(tmp_path, text, time_zone=zone))
    assert [row["sampled_at"] for row in rows(found)] == ([at] if at else [])
    assert codes(found) == ([] if at else ["BAD_AT"])


def test_seconds_and_milliseconds_in_one_column_are_refused(tmp_path: Path) -> None:
    text = f"timestamp,metric,value,UUID\n{T},{UTIL},1,GPU-1\n{T}000,{UTIL},1,GPU-2\n"
    with pytest.raises(InputFault, match="秒与毫秒混用"):
        read(source(tmp_path, text))


# Values

WARM: Point = ("DCGM_FI_DEV_GPU_TEMP", GPU, "61", T)


@pytest.mark.parametrize(
    ("metric", "value", "column", "is_known"),
    [
        (UTIL, "NaN", "util_percent", None),
        (UTIL, "+Inf", "util_percent", None),
        *((UTIL, str(9223372036854775792 + n), "util_percent", None) for n in range(4)),
        *((UTIL, str(2147483632 + n), "util_percent", None) for n in range(4)),
        ("DCGM_FI_DEV_POWER_USAGE", "140737488355330", "power_watts", None),
        # The blank of a ratio, made a percentage by who exported it.
        (UTIL, "1.40737488355328e+16", "util_percent", None),
        (ENGINE, "140737488355328", "util_percent", None),
        ("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "9.223372036854776e+18", "energy_joules", None),
        ("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "2147483632", "energy_joules", Decimal("2147483.632")),
        ("DCGM_FI_DEV_FB_USED", "2147483634", "memory_used_mib", None),
        (ENGINE, "0.873421", "util_percent", Decimal("87.342")),
        (ENGINE, "1", "util_percent", Decimal(100)),
    ],
)
def test_what_an_exporter_writes_for_none_is_unknown(
    tmp_path: Path, metric: str, value: str, column: str, is_known: Decimal | None
) -> None:
    found = in_json(tmp_path, (metric, GPU, value, T), WARM)
    [row] = rows(found)
    assert (row[column], row["temperature_c"], codes(found)) == (is_known, 61, [])


# JSON has no NaN; VictoriaMetrics writes null.
@pytest.mark.parametrize("form", [form for form in FORMS if form is not as_vm_lines])
def test_a_card_of_which_nothing_is_known_at_an_instant_is_no_sample(tmp_path: Path, form: Any) -> None:
    """As of an smi log: a sample covers time in which the card was seen."""
    dark = [(metric, GPU, "NaN", T + 60) for metric in (UTIL, "DCGM_FI_DEV_POWER_USAGE")]
    found = read(source(tmp_path, form([(UTIL, GPU, "73", T), *dark])))
    assert [row["sampled_at"] for row in rows(found)] == [AT]
    assert (codes(found), found.row_count) == (["NO_READING", "NO_READING"], 3)


def test_what_npu_exporter_failed_to_read_takes_no_other_reading_with_it(tmp_path: Path) -> None:
    """It writes -1; of another exporter that is a number out of bounds."""
    chip = {"id": "0", "vdie_id": "V-1"}
    failed = ("npu_chip_info_hbm_used_memory", "npu_chip_info_power", "npu_chip_info_temperature")
    points = [(UTIL_OF_DIE, chip, "80", T), *((name, chip, "-1", T) for name in failed)]
    points += [(UTIL_OF_DIE, chip, "-1", T + 30), ("npu_chip_info_overall_utilization", chip, "7", T + 30)]
    found = [measured(row) for row in rows(in_json(tmp_path, *points))]
    assert found == [{"util_percent": Decimal(80)}, {"util_percent": Decimal(7)}]
    gated = gate(in_json(tmp_path, (UTIL, GPU, "-1", T)).frames["usage_sample"], TABLE)
    assert [row["reason_code"] for row in gated.rejected.to_dicts()] == ["TOO_SMALL"]


@pytest.mark.parametrize("value", ["1_000", "0x10", "1,000", "", "七", "True"])
def test_what_is_no_number_is_refused(tmp_path: Path, value: str) -> None:
    assert codes(in_json(tmp_path, (UTIL, GPU, value, T))) == ["BAD_VALUE"]


@pytest.mark.parametrize(("value", "code"), [("100", []), ("100.001", ["OUT_OF_RANGE"])])
def test_a_utilisation_beyond_100_has_an_unknown_unit(tmp_path: Path, value: str, code: list[str]) -> None:
    assert codes(in_json(tmp_path, (UTIL, GPU, value, T))) == code


@pytest.mark.parametrize(
    ("bytes_used", "mib"),
    [(64 * 1024**3, Decimal(65536)), (131_072, Decimal("0.125")), (65_536, None), (1, None), (0, Decimal(0))],
)
def test_memory_is_exact_or_unknown(tmp_path: Path, bytes_used: int, mib: Decimal | None) -> None:
    [row] = rows(in_json(tmp_path, ("dcu_usedmemory_bytes", {"device_id": "T8R1"}, f"{bytes_used:e}", T)))
    exact = float(f"{bytes_used:e}")
    assert row["memory_used_mib"] == (mib if exact == bytes_used else None)


def test_one_metric_with_two_values_is_unknown(tmp_path: Path) -> None:
    found = in_json(
        tmp_path,
        (UTIL, GPU | {"pod": "a"}, "10", T),
        (UTIL, GPU | {"pod": "b"}, "20", T),
        ("DCGM_FI_DEV_POWER_USAGE", GPU, "300", T),
    )
    assert [measured(row) for row in rows(found)] == [{"power_watts": Decimal(300)}]
    assert codes(found) == ["CONFLICT", "CONFLICT"]


# Cards and parts of cards


def test_an_index_is_no_identity(tmp_path: Path) -> None:
    found = in_json(
        tmp_path, (UTIL, {"gpu": "0", "device": "nvidia0"}, "73", T), (UTIL, {"UUID": ""}, "1", T)
    )
    assert (codes(found), found.frames["usage_sample"].height) == (["NO_DEVICE", "NO_DEVICE"], 0)


def test_a_refused_series_is_one_row_that_counts_its_points(tmp_path: Path) -> None:
    found = in_json(tmp_path, *((UTIL, {"gpu": "0"}, "73", T + n) for n in range(1)))
    text = as_text([(UTIL, {"gpu": "0"}, "73", T + n) for n in range(9)])
    many = read(source(tmp_path, text))
    assert (found.row_count, many.row_count) == (1, 1)
    assert "共 9 个点" in many.rejected["reason_zh"].item()


def test_a_metric_that_is_none_of_ours_is_one_row(tmp_path: Path) -> None:
    clocks = [("DCGM_FI_DEV_SM_CLOCK", {"UUID": f"GPU-{n}"}, "1410", T) for n in range(8)]
    found = read(source(tmp_path, as_text([*SAMPLE, *clocks])))
    assert codes(found) == ["OTHER_METRIC"]
    assert "DCGM_FI_DEV_SM_CLOCK" in found.rejected["reason_zh"].item()


def test_the_engine_is_read_where_utilisation_is_absent_or_blank(tmp_path: Path) -> None:
    other = {"UUID": "GPU-2"}
    found = in_json(
        tmp_path,
        (ENGINE, GPU, "0.5", T),
        (UTIL, other, "9223372036854775794", T),
        (ENGINE, other, "0.25", T),
        (ENGINE, other, "0.25", T + 1),
        (UTIL, other, "30", T + 1),
    )
    assert [row["util_percent"] for row in rows(found)] == [50, 25, 30]


def test_the_makers_exporter_goes_before_hami_beside_it(tmp_path: Path) -> None:
    """HAMi reads the same card at another moment: no reading of the card contradicts itself for it."""
    labels = {"UUID": "GPU-1"}
    host = {"deviceuuid": "GPU-1", "deviceidx": "0"}
    found = in_json(
        tmp_path,
        (UTIL, labels, "73", T),
        ("HostCoreUtilization", host, "75", T),
        ("DCGM_FI_DEV_FB_USED", labels, "2048", T),
        ("HostGPUMemoryUsage", host, str(3 << 30), T),
        (ENGINE, labels, "0.5", T + 60),
        ("HostCoreUtilization", host, "60", T + 60),
        ("HostCoreUtilization", host, "61", T + 120),
    )
    assert codes(found) == []
    assert [row["util_percent"] for row in rows(found)] == [Decimal(73), Decimal(50), Decimal(61)]
    assert rows(found)[0]["memory_used_mib"] == Decimal(2048)


def test_mig_instances_are_not_the_board(tmp_path: Path) -> None:
    """GPU_UTIL has no meaning for a cut card; its engine has, and instances never make rows of their own."""
    parts = [GPU | {"GPU_I_ID": str(n), "GPU_I_PROFILE": "1g.10gb"} for n in (7, 8)]
    found = in_json(
        tmp_path,
        *((ENGINE, part, "0.9", T) for part in parts),
        *(("DCGM_FI_DEV_POWER_USAGE", part, "300", T) for part in parts),
        (UTIL, GPU, "0", T),
        (ENGINE, GPU, "0.3", T),
        ("DCGM_FI_DEV_POWER_USAGE", GPU, "300", T),
    )
    assert [measured(row) for row in rows(found)] == [{"util_percent": 30, "power_watts": 300}]
    assert codes(found) == [*["PART_OF_CARD"] * 4, "UTIL_OF_PARTS"]


def test_virtual_cards_of_cambricon_do_not_double_their_board(tmp_path: Path) -> None:
    """The labels and values of mlu-exporter's own test: four boards, of which three have rows with a vf."""
    dump = json.loads(
        gzip.decompress(real("accelerators/cambricon_mlu_exporter_collect_metrics.json.gz").read_bytes())
    )
    points: list[Point] = []
    for entry in dump:
        labels = {label["name"]: label["value"] for label in entry["Metric"].get("label", [])}
        kind = entry["Metric"].get("gauge") or entry["Metric"].get("counter")
        found = re.search('fqName: "([^"]*)"', entry["Desc"])
        assert found is not None
        points.append((f"mlu_{found[1]}", labels, str(kind["value"]), T))
    part = read(source(tmp_path, as_text(points)))
    boards = {row["device_uuid"]: row for row in rows(part)}
    assert {uuid: row["util_percent"] for uuid, row in boards.items()} == {
        "uuid1": 11,
        "uuid2": 12,
        "uuid3": 13,
        "uuid4": 21,
    }
    # Who has a whole board, not who has a vf of it.
    assert [boards[f"uuid{n}"]["tenant"] for n in (1, 2, 3, 4)] == ["namespace1", "namespace2", None, None]
    assert {"PART_OF_CARD", "SHARE_OF_CARD", "OTHER_METRIC"} == set(codes(part))


@pytest.mark.parametrize(
    ("metric", "labels", "column"),
    [
        ("npu_chip_info_utilization", {"id": "0", "vdie_id": "V-1"}, "util_percent"),
        ("npu_chip_info_overall_utilization", {"id": "0", "vdie_id": "V-1"}, "util_percent"),
        ("npu_chip_info_hbm_used_memory", {"id": "0", "vdie_id": "V-1"}, "memory_used_mib"),
        ("dcu_utilizationrate", {"device_id": "V-1", "minor_number": "0"}, "util_percent"),
        ("dcu_power_usage", {"device_id": "V-1"}, "power_watts"),
        ("mlu_utilization", {"uuid": "V-1", "mlu": "0", "vf": ""}, "util_percent"),
        ("HostCoreUtilization", {"deviceuuid": "V-1", "deviceidx": "0"}, "util_percent"),
        ("hami_host_gpu_utilization_ratio", {"device_uuid": "V-1", "device_index": "0"}, "util_percent"),
    ],
)
def test_each_vendor_has_its_own_names(
    tmp_path: Path, metric: str, labels: dict[str, str], column: str
) -> None:
    [row] = rows(in_json(tmp_path, (metric, labels, "42", T)))
    assert (row["device_uuid"], row[column]) == ("V-1", 42)


@pytest.mark.parametrize(
    "metric",
    [
        "vnpu_pod_aicore_utilization",
        "container_npu_utilization",
        "Device_utilization_desc_of_container",
        "vGPU_device_memory_usage_in_bytes",
        "hami_vgpu_memory_used_bytes",
        "hami_container_device_utilization_ratio",
        "vdcu_utilizationrate",
        "mlu_virtual_function_utilization",
    ],
)
def test_shares_of_a_card_are_not_the_card(tmp_path: Path, metric: str) -> None:
    labels = {"deviceuuid": "GPU-1", "vdie_id": "V", "uuid": "u", "device_id": "d"}
    assert codes(in_json(tmp_path, (metric, labels, "143", T))) == ["SHARE_OF_CARD"]


# Dies


def die(number: int, *, uuid: str | None = None, **labels: str) -> dict[str, str]:
    own = {"id": str(number), "vdie_id": uuid or f"V-{number}", "model_name": "910C-Ascend-V1", "node": "n1"}
    return own | labels


def test_a_die_that_hami_tells_of_is_no_card(tmp_path: Path) -> None:
    """Its monitor of Ascend has each die under its own number, and nothing that pairs them."""
    labels = {"device_uuid": "V-1", "device_index": "0", "device_type": "Ascend910C"}
    assert codes(in_json(tmp_path, ("hami_host_gpu_utilization_ratio", labels, "9", T))) == ["HALF_CARD"]


def test_two_dies_of_a_board_are_one_card(tmp_path: Path) -> None:
    """Utilisation is their mean, power and memory their sum, temperature the greater; the number is of both."""
    points = [
        *((UTIL_OF_DIE, die(n, namespace="t-a"), text, T) for n, text in ((2, "9"), (3, "20"))),
        *(("npu_chip_info_power", die(n), text, T) for n, text in ((2, "210.5"), (3, "190"))),
        *(("npu_chip_info_hbm_used_memory", die(n), text, T) for n, text in ((2, "1000"), (3, "24"))),
        *(("npu_chip_info_temperature", die(n), text, T) for n, text in ((2, "41"), (3, "55"))),
    ]
    found = in_json(tmp_path, *points)
    [row] = rows(found)
    assert (row["device_uuid"], row["tenant"]) == ("V-2+V-3", "t-a")
    assert measured(row) == {
        "util_percent": Decimal("14.5"),
        "power_watts": Decimal("400.5"),
        "memory_used_mib": Decimal(1024),
        "temperature_c": Decimal(55),
    }
    assert (found.row_count, codes(found)) == (1, [])


def test_a_board_keeps_its_name_when_its_dies_change_places(tmp_path: Path) -> None:
    points = [(UTIL_OF_DIE, die(n, uuid=uuid), "9", T) for n, uuid in ((0, "V-b"), (1, "V-a"))]
    [row] = rows(in_json(tmp_path, *points))
    assert row["device_uuid"] == "V-a+V-b"


def test_a_reading_that_one_die_lacks_is_unknown_for_the_board(tmp_path: Path) -> None:
    points = [(UTIL_OF_DIE, die(0), "9", T), (UTIL_OF_DIE, die(1), "NaN", T)]
    points += [("npu_chip_info_temperature", die(n), "40", T) for n in (0, 1)]
    [row] = rows(in_json(tmp_path, *points))
    assert measured(row) == {"temperature_c": Decimal(40)}


def test_a_board_of_which_one_die_is_dark_is_seen_and_of_which_both_are_is_not(tmp_path: Path) -> None:
    points = [(UTIL_OF_DIE, die(0), "9", T), *((UTIL_OF_DIE, die(1), "NaN", T + 60 * n) for n in (0, 1))]
    found = in_json(tmp_path, *points, (UTIL_OF_DIE, die(0), "-1", T + 60))
    assert [(row["sampled_at"], measured(row)) for row in rows(found)] == [(AT, {})]
    assert codes(found) == ["NO_READING", "NO_READING"]


def test_dies_of_two_tenants_are_nobodys_card(tmp_path: Path) -> None:
    points = [(UTIL_OF_DIE, die(n, namespace=f"t-{n}"), "9", T) for n in (0, 1)]
    [row] = rows(in_json(tmp_path, *points))
    assert row["tenant"] is None


def stamped(*readings: tuple[str, dict[str, str], str, float], turns: int = 3) -> list[Point]:
    """Each reading at its own delay in every turn, thirty seconds apart."""
    return [
        (name, labels, text, T + 30 * n + late) for n in range(turns) for name, labels, text, late in readings
    ]


def test_dies_that_are_stamped_one_after_the_other_are_one_card(tmp_path: Path) -> None:
    """npu-exporter states when it read each die: never at one instant."""
    points = stamped(
        *((UTIL_OF_DIE, die(n), text, late) for n, text, late in ((0, "80", 0.12), (1, "60", 0.155)))
    )
    found = in_json(tmp_path, *points)
    assert [(row["device_uuid"], row["util_percent"]) for row in rows(found)] == [
        ("V-0+V-1", Decimal(70))
    ] * 3


def test_dies_of_two_tenants_are_nobodys_card_however_they_are_stamped(tmp_path: Path) -> None:
    points = stamped(*((UTIL_OF_DIE, die(n, namespace=f"t-{n}"), "80", 0.1 * n) for n in (0, 1)))
    assert [row["tenant"] for row in rows(in_json(tmp_path, *points))] == [None] * 3


def test_groups_of_metrics_that_are_stamped_apart_are_one_sample(tmp_path: Path) -> None:
    """npu-exporter reads utilisation, power and memory each at its own time, seconds apart."""
    whole = die(0, model_name="910B3-Ascend-V1")
    points = stamped(
        (UTIL_OF_DIE, whole, "80", 4.0),
        ("npu_chip_info_power", whole, "300", 1.9),
        ("npu_chip_info_temperature", whole, "45", 1.9),
        ("npu_chip_info_hbm_used_memory", whole, "30000", 8.3),
    )
    found = in_json(tmp_path, *points)
    seen = [(row["sampled_at"].timestamp(), len(measured(row))) for row in rows(found)]
    assert seen == [(T + 4, 4), (T + 34, 4), (T + 64, 4)]


def test_what_is_read_where_utilisation_is_not_keeps_its_own_instant(tmp_path: Path) -> None:
    """A turn without utilisation, a second reading beside the nearest, and another tenant's."""
    whole, other = (die(0, model_name="910B3-Ascend-V1", namespace=name) for name in ("t-a", "t-b"))
    points = [(UTIL_OF_DIE, whole, "80", at) for at in (T, T + 30, T + 60, T + 120)]
    power = {T + 2: whole, T + 10: whole, T + 32: other, T + 91: whole}
    points += [("npu_chip_info_power", labels, "300", at) for at, labels in power.items()]
    found = in_json(tmp_path, *points)
    assert codes(found) == []
    seen = {row["sampled_at"].timestamp() - T: row["power_watts"] for row in rows(found)}
    assert {at for at, watts in seen.items() if watts} == {0, 10, 32, 91}
    assert seen.keys() == {0, 10, 30, 32, 60, 91, 120}


@pytest.mark.parametrize(
    "dies",
    [
        [die(0)],
        [die(1), die(2)],
        [die(0), die(1, node="n2")],
        [die(0), die(1), die(1, uuid="V-other")],
        [die(0), die(1), die(2), die(3, uuid="V-1")],
        [die(0, id=""), die(1, id="")],
    ],
    ids=["alone", "of two boards", "of two nodes", "three at a place", "at two places", "without a number"],
)
def test_a_die_without_its_other_is_no_card(tmp_path: Path, dies: list[dict[str, str]]) -> None:
    found = in_json(tmp_path, *((UTIL_OF_DIE, each, "9", T) for each in dies))
    assert rows(found) == []
    assert set(codes(found)) == {"HALF_CARD"}


def test_other_models_are_cards_of_their_own(tmp_path: Path) -> None:
    chips = [(UTIL_OF_DIE, die(n, model_name="910B3-Ascend-V1"), "9", T) for n in (0, 1)]
    assert len(rows(in_json(tmp_path, *chips))) == 2


# Tenants


@pytest.mark.parametrize(
    ("labels", "tenant"),
    [
        ({"namespace": "t-a", "pod": "p"}, "t-a"),
        ({"exported_namespace": "t-a", "namespace": "gpu-operator", "service": "dcgm"}, "t-a"),
        ({"namespace": "gpu-operator", "service": "dcgm", "endpoint": "metrics"}, None),
        ({"namespace": "monitoring", "pod": "dcgm-exporter-x7k2p", "container": "exporter"}, None),
        ({"exported_namespace": "t-a", "namespace": "monitoring", "pod": "dcgm-exporter-x7k2p"}, "t-a"),
        ({"namespace": "t-a", "pod": "npu-exporter-1", "pod_name": "train-0"}, "t-a"),
        ({"namespace": ""}, None),
        ({}, None),
    ],
)
def test_the_tenant_is_the_namespace_of_the_user(
    tmp_path: Path, labels: dict[str, str], tenant: str | None
) -> None:
    [row] = rows(in_json(tmp_path, (UTIL, GPU | labels, "73", T)))
    assert row["tenant"] == tenant


def test_a_card_that_several_have_at_once_is_a_row_of_each(tmp_path: Path) -> None:
    shared = [(UTIL, GPU | {"namespace": name}, "73", T) for name in ("t-b", "t-a")]
    power = [
        ("DCGM_FI_DEV_POWER_USAGE", GPU, "300", T),
        ("DCGM_FI_DEV_POWER_USAGE", GPU | {"namespace": "t-a"}, "300", T),
    ]
    found = in_json(tmp_path, *shared, *power)
    by_tenant = sorted(rows(found), key=lambda row: row["tenant"])
    assert [(row["tenant"], row["util_percent"], row["power_watts"]) for row in by_tenant] == [
        ("t-a", 73, 300),
        ("t-b", 73, 300),
    ]
    assert (found.row_count, codes(found)) == (2, [])
    assert len({row["row_no"] for row in by_tenant}) == 2


# Long tables


def test_foreign_headers_are_declared(tmp_path: Path) -> None:
    text = "value,when,box\n99.53333333333332,1662858720.0,23b8\n"
    declared = {"sample_metric": "util_percent", "headers": {"when": "timestamp", "box": "device_uuid"}}
    [row] = rows(read(source(tmp_path, text, **declared)))
    assert (row["device_uuid"], row["util_percent"]) == ("23b8", Decimal("99.533"))
    assert adapter_for(source(tmp_path, text)) is None


def test_ragged_and_blank_lines_of_a_table(tmp_path: Path) -> None:
    text = f"timestamp,metric,value,UUID\n\n{T},{UTIL},1\ntimestamp,metric,value,UUID\n{T},{UTIL},1,GPU-1\n"
    found = read(source(tmp_path, text))
    assert (codes(found), found.rejected["row_no"].item(), found.row_count) == (["BAD_LINE"], 3, 2)


def test_a_quote_that_is_not_closed_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match="第 2 行"):
        read(source(tmp_path, f'timestamp,metric,value,labels\n{T},{UTIL},1,"{{UUID=\n'))


def test_what_resembles_a_table_of_ours_is_that_table(tmp_path: Path) -> None:
    text = f"timestamp,metric,value,device_uuid,sampled_at\n{T},util_percent,1,G,2026-03-01 08:00:00\n"
    adapter = adapter_for(source(tmp_path, text))
    assert adapter is not None
    assert adapter.NAME == "mapped_table"


def test_a_damaged_parquet_is_refused(tmp_path: Path) -> None:
    file = source(tmp_path, as_parquet(SAMPLE)[:-30])
    adapter = adapter_for(file)
    assert adapter is not None
    with pytest.raises(InputFault, match="Parquet"):
        adapter.read(file)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("", {}),
        ("{}", {}),
        (r'{a="x\"y\\z",b="1, 2}"}', {"a": r"x\"y\z".replace('\\"', '"'), "b": "1, 2}"}),
        ('{"UUID": "GPU-1", "gpu": 0}', {"UUID": "GPU-1", "gpu": "0"}),
        ('{a="1",a="2"}', None),
        ("{a=1}", None),
        ('{a="1"', None),
        ('{a="1"} 73 # {b="2"}', None),
        ('{"a": {"b": 1}}', None),
    ],
)
def test_labels_are_read_strictly(text: str, labels: dict[str, str] | None) -> None:
    assert labels_of(text) == labels


# nvidia-smi


SMI = "timestamp, uuid, utilization.gpu [%], memory.used [MiB], power.draw [W], temperature.gpu"


@pytest.mark.parametrize(
    ("fields", "cells", "watts"),
    [
        (("power.draw.average",), ("61.50 W",), "61.50"),
        (("power.draw.instant",), ("58.20 W",), "58.20"),
        (("power.draw.instant", "power.draw.average"), ("58.20 W", "61.50 W"), "61.50"),
        (("power.draw.average", "power.draw"), ("61.50 W", "60.00 W"), "60.00"),
        (("power.draw", "power.draw.instant"), ("[N/A]", "58.20 W"), "58.20"),
    ],
)
def test_an_smi_log_may_have_its_power_as_a_mean_or_of_an_instant(
    tmp_path: Path, fields: tuple[str, ...], cells: tuple[str, ...], watts: str
) -> None:
    header = ", ".join(("timestamp", "uuid", *(f"{name} [W]" for name in fields)))
    line = ", ".join(("2026/03/01 08:00:00.252", "GPU-1", *cells))
    [row] = rows(read(source(tmp_path, f"{header}\n{line}\n", cluster_id="c1")))
    assert (row["power_watts"], row["metric_names"]) == (Decimal(watts), "power_watts")


def test_an_smi_log_repeats_its_header_and_has_units_in_its_cells(tmp_path: Path) -> None:
    text = f"""{SMI}
2026/03/01 08:00:00.252, GPU-1, 22 %, 841 MiB, 61.50 W, 40
{SMI}
2026/03/01 08:00:01.274, GPU-1, [N/A], [Not Supported], [Unknown Error], 41
"""
    found = read(source(tmp_path, text, cluster_id="c1"))
    first, second = rows(found)
    assert first["sampled_at"] == datetime(2026, 3, 1, 0, 0, 0, 252_000, tzinfo=UTC)
    assert measured(first) == {
        "util_percent": 22,
        "memory_used_mib": 841,
        "power_watts": Decimal("61.5"),
        "temperature_c": 40,
    }
    assert measured(second) == {"temperature_c": 41}
    assert (found.row_count, first["cluster_id"]) == (2, "c1")


@pytest.mark.parametrize(
    "first",
    ["nohup: ignoring input", "Failed to initialize NVML: Driver/library version mismatch"],
)
def test_what_stands_above_the_header_of_an_smi_log_is_refused_alone(tmp_path: Path, first: str) -> None:
    """`nohup nvidia-smi … > log 2>&1`, and a loop that began before the driver was there."""
    text = f"{first}\n\n{SMI}\n2026/03/01 08:00:00.252, GPU-1, 22 %, 841 MiB, 61.50 W, 40\n"
    found = read(source(tmp_path, text))
    assert ([row["util_percent"] for row in rows(found)], codes(found)) == ([22], ["RAGGED"])
    assert found.rejected["row_no"].item() == 1


SMI_LINE = "2026/03/01 08:00:00.252, GPU-1, 22 %, 841 MiB, 61.50 W, 40"


def quoted(line: str) -> str:
    return ",".join(f'"{cell.strip()}"' for cell in line.split(","))


@pytest.mark.parametrize(
    ("header", "line"),
    [
        (quoted(SMI), quoted(SMI_LINE)),
        (SMI.replace(",", ";"), SMI_LINE.replace(",", ";")),
        (SMI.replace(", ", "\t"), SMI_LINE.replace(", ", "\t")),
        (
            "Timestamp, UUID, Utilization.GPU [%], MEMORY.USED [MIB], POWER.DRAW [W], temperature.gpu",
            SMI_LINE,
        ),
    ],
)
def test_an_smi_log_that_a_spreadsheet_stored_is_the_same_log(tmp_path: Path, header: str, line: str) -> None:
    found = read(source(tmp_path, "\n".join([header, line, header, line.replace("GPU-1", "GPU-2")])))
    assert [row["device_uuid"] for row in rows(found)] == ["GPU-1", "GPU-2"]
    assert set(measured(rows(found)[0]).values()) == {22, Decimal("61.5"), 841, 40}
    assert (found.row_count, codes(found)) == (2, [])


@pytest.mark.parametrize("form", FORMS)
def test_samples_are_the_declared_tenant_s_where_no_series_of_the_file_names_one(
    tmp_path: Path, form: Any
) -> None:
    bare = [(UTIL, {"UUID": f"GPU-{n}"}, "88", T) for n in (1, 2)]
    named = [(UTIL, {"UUID": "GPU-3", "namespace": "lab"}, "88", T)]
    told = [rows(read(source(tmp_path, form(each), tenant="t-1"))) for each in (bare, bare + named)]
    assert [[row["tenant"] for row in each] for each in told] == [["t-1", "t-1"], [None, None, "lab"]]


def test_the_log_of_one_tenant_s_machine_is_that_tenant_s_where_source_toml_says_so(tmp_path: Path) -> None:
    text = f"{SMI}\n{SMI_LINE}\n"
    told = [rows(read(source(tmp_path, text, tenant=tenant)))[0]["tenant"] for tenant in ("t-1", None)]
    assert told == ["t-1", None]


def test_smi_times_are_of_the_declared_zone(tmp_path: Path) -> None:
    text = f"{SMI}\n2026/03/01 00:00:00.000, GPU-1, 22, 841, 61.50, 40\n"
    [row] = rows(read(source(tmp_path, text, time_zone="UTC")))
    assert row["sampled_at"] == AT


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("2026/03/01 08:00:00.000, GPU-1, 22 %, 841 MiB, 61.50 W", "RAGGED"),
        ("yesterday, GPU-1, 22 %, 841 MiB, 61.50 W, 40", "BAD_AT"),
        ("2026/03/01 08:00:00.000, [N/A], 22 %, 841 MiB, 61.50 W, 40", "NO_DEVICE"),
        (
            "2026/03/01 08:00:00.000, GPU-1, [GPU requires reset], [GPU requires reset], [N/A], [N/A]",
            "NO_READING",
        ),
        ("2026/03/01 08:00:00.000, GPU-1, [Unknown Error], [Not Supported], , [N/A]", "NO_READING"),
    ],
)
def test_smi_lines_that_say_too_little(tmp_path: Path, line: str, code: str) -> None:
    assert codes(read(source(tmp_path, f"{SMI}\n{line}\n"))) == [code]


def test_an_smi_line_of_which_one_reading_is_left_is_a_sample(tmp_path: Path) -> None:
    line = "2026/03/01 08:00:00.000, GPU-1, [N/A], [N/A], [N/A], 40"
    [row] = rows(read(source(tmp_path, f"{SMI}\n{line}\n")))
    assert measured(row) == {"temperature_c": 40}


def test_another_unit_in_a_cell_is_refused_by_the_gate(tmp_path: Path) -> None:
    found = read(source(tmp_path, f"{SMI}\n2026/03/01 08:00:00, GPU-1, 22 %, 841 KiB, 61.5 W, 40\n"))
    assert gate(found.frames["usage_sample"], TABLE).rejected["reason_code"].to_list() == ["BAD_NUMBER"]


def test_another_unit_in_the_header_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match="KiB"):
        read(source(tmp_path, SMI.replace("MiB", "KiB") + "\n"))


def test_the_real_log_has_no_uuid(tmp_path: Path) -> None:
    path = real("accelerators/nvidia_smi_loop_repeated_headers.csv")
    found = read(Source(path, path.name))
    assert (found.row_count, set(codes(found))) == (224, {"NO_DEVICE"})
    assert "uuid" in found.rejected["reason_zh"][0]


# Profiles


def test_dcgm_names_and_units_are_those_of_its_catalogue() -> None:
    text = "".join(
        real(f"accelerators/dcgm_{name}.csv").read_text()
        for name in ("default-counters", "dcp-metrics-included")
    )
    units = {
        "power_watts": "in W",
        "temperature_c": "in C",
        "memory_used_mib": "in MiB",
        "energy_joules": "in mJ",
    }
    for metric, measure in DCGM.measures.items():
        [*_, told] = [
            line for line in text.splitlines() if re.match(rf"#?\s*{metric}\b", line, re.IGNORECASE)
        ]
        assert units.get(measure.column, "") in told
        assert measure.over == (1000 if "in mJ" in told else 1)


def test_no_metric_belongs_to_two_profiles() -> None:
    names = [metric for profile in PROFILES for metric in (*profile.measures, *profile.owner)]
    assert len(names) == len(set(names))
    assert all(name == name.lower() for name in names)
    assert BYTES_PER_MIB == 2**20


# Hostile files


@pytest.mark.parametrize(
    "text",
    [
        as_json(SAMPLE).replace("GPU-1", "\\ud800"),
        as_json(SAMPLE).replace('"73"', '"\\ud800"'),
        as_json(SAMPLE).replace('"gpu": "0"', '"gpu": "0", "gpu": "1"'),
        as_json(SAMPLE).replace('"73"', "[" * 100_000 + "]" * 100_000),
        as_json(SAMPLE).replace(str(T), "9" * 5_000),
    ],
)
def test_broken_json_is_one_fault(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputFault):
        read(source(tmp_path, text))


@pytest.mark.parametrize("at", ["9" * 400, "1e400", "-1", "null", '"2026"', "true", "1e99"])
def test_a_time_out_of_all_bounds_is_refused(tmp_path: Path, at: str) -> None:
    text = as_json([(UTIL, GPU, "73", T)]).replace(str(T), at)
    assert codes(read(source(tmp_path, text))) == ["BAD_AT"]


@pytest.mark.parametrize("value", ["-1e300", "1e300", "1e999", "-9223372036854775794"])
def test_a_value_out_of_all_bounds_is_unknown(tmp_path: Path, value: str) -> None:
    [row] = rows(in_json(tmp_path, (UTIL, GPU, value, T), WARM))
    assert measured(row) == {"temperature_c": 61}


def test_a_separator_of_units_in_a_cell_splits_nothing(tmp_path: Path) -> None:
    text = f"timestamp,metric,value,UUID,pod\n{T},{UTIL},1,GPU-1,a\x1fb\x1fc\n"
    assert len(rows(read(source(tmp_path, text)))) == 1


def test_cards_in_many_parts_are_read_like_cards_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = [(m, labels | {"UUID": f"GPU-{n}"}, v, at) for n in range(5) for m, labels, v, at in SAMPLE]
    text = as_text([*points, (UTIL, {"gpu": "7"}, "88", T), ("DCGM_FI_DEV_SM_CLOCK", GPU, "1", T)])
    whole = read(source(tmp_path, text))
    monkeypatch.setattr(telemetry, "PART_POINTS", 7)
    file = source(tmp_path, text)
    adapter = adapter_for(file)
    assert adapter is not None
    parts = [part() for part in adapter.read(file).parts]
    assert len(parts) > 2
    assert all(p.row_count == p.frames["usage_sample"].height + p.rejected.height for p in parts)
    assert [p.first_row for p in parts] == sorted({p.first_row for p in parts})
    divided = read(source(tmp_path, text))
    assert (rows(divided), codes(divided)) == (rows(whole), codes(whole))
