"""Cells that once ended a whole night, or were read as something else: each is a row refused, and its neighbours go on."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hesuan.flows.checking import checked

# What DuckDB and PostgreSQL exports write for “infinity”.
INFINITY = 2**63 - 1
START = 1_772_323_200
METER = "# TYPE DCGM_FI_DEV_GPU_UTIL gauge\nDCGM_FI_DEV_GPU_UTIL"
USAGE = "记录编号,租户,卡数,开始时间,结束时间\n"


def told(folder: Path, name: str, content: str, says: str = "") -> tuple[int, int]:
    """How many rows are accepted and refused."""
    (folder / name).write_text(content, encoding="utf-8")
    (folder / "source.toml").write_text(f'provider_id = "91500000902846312Y"\n{says}', encoding="utf-8")
    found = checked(folder / name)
    return found.accepted_count, len(found.rejected)


def told_of_table(folder: Path, columns: dict[str, Any]) -> tuple[int, int]:
    pq.write_table(pa.table(columns), folder / "x.parquet")
    found = checked(folder / "x.parquet")
    return found.accepted_count, len(found.rejected)


@pytest.mark.parametrize("never", ["0001-01-01 00:00:00", "0000-01-01 00:00:00", "9999-12-31 23:00:00-05:00"])
def test_a_time_that_no_calendar_holds_is_no_time(tmp_path: Path, never: str) -> None:
    samples = f"设备编号,采样时间,利用率\na,{never},5\na,2026-03-01 00:00:00,5\n"
    assert told(tmp_path, "x.csv", samples) == (1, 1)


def test_infinity_in_parquet_is_no_time(tmp_path: Path) -> None:
    times = pa.array([INFINITY, START * 10**6], pa.timestamp("us", "UTC"))
    metric = ["DCGM_FI_DEV_GPU_UTIL"] * 2
    exported = {"timestamp": times, "metric": metric, "value": [5.0, 6.0], "uuid": ["GPU-a"] * 2}
    assert told_of_table(tmp_path, exported) == (1, 1)
    far = pa.array([253_402_300_800_000, START * 1000], pa.timestamp("ms", "UTC"))
    for cells in (times, far):
        columns = {"设备编号": ["a", "a"], "采样时间": cells, "利用率": pa.array([5, 5], pa.int8())}
        assert told_of_table(tmp_path, columns) == (1, 1)


def test_a_column_of_the_providers_own_may_hold_infinity(tmp_path: Path) -> None:
    """It is shown beside a row that is refused."""
    own = pa.array([INFINITY] * 2, pa.timestamp("us"))
    begin = ["2026-03-01 08:00:00", "x"]
    columns = {"记录编号": ["a", "b"], "租户": ["t", "t"], "开始时间": begin, "自家": own}
    assert told_of_table(tmp_path, columns) == (1, 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.prom", f'{METER}{{UUID="GPU-a"}} 73 １７７２３２３２０００００\n'),
        ("x.csv", "timestamp,metric,value,uuid\n１７７２３２３２６００００,DCGM_FI_DEV_GPU_UTIL,5,GPU-a\n"),
        ("x.prom", f'{METER}{{id="{"9" * 5000}",vdie_id="A",model_name="Ascend910C",UUID="a"}} 5 １\n'),
    ],
)
def test_digits_of_another_script_are_no_digits(tmp_path: Path, name: str, content: str) -> None:
    assert told(tmp_path, name, content) == (0, 1)


def test_a_field_asked_for_twice_is_told(tmp_path: Path) -> None:
    header = "timestamp, uuid, power.draw [W], power.draw [W]\n"
    (tmp_path / "x.csv").write_text(f"{header}2026/03/01 08:00:00.000, GPU-a, 55.0 W, 55.0 W\n")
    found = checked(tmp_path / "x.csv")
    assert found.status == "refused"
    assert "表头列重复：power.draw" in found.rejected[0]["reason_zh"]


@pytest.mark.parametrize(
    ("first", "row", "second"),
    [
        (
            "timestamp, uuid, power.draw, utilization.gpu",
            "2026/03/01 08:00:00.000, GPU-a, 62.30, 0",
            "timestamp, uuid, utilization.gpu, power.draw",
        ),
        (
            "timestamp,metric,value,uuid",
            "1772323260000,DCGM_FI_DEV_GPU_UTIL,5,GPU-a",
            "timestamp,metric,uuid,value",
        ),
        (
            "记录编号,租户,账户,卡数,自报卡时,开始时间,结束时间",
            "J1,lab,phy,8,16,2026-03-01 08:00:00,2026-03-01 09:00:00",
            "记录编号,账户,租户,自报卡时,卡数,开始时间,结束时间",
        ),
        (
            '记录编号,租户,"账户",卡数,自报卡时,开始时间,结束时间',
            'J1,lab,"a,b",8,16,2026-03-01 08:00:00,2026-03-01 09:00:00',
            '记录编号,账户,租户,自报卡时,"卡数",开始时间,结束时间',
        ),
        # As people write headers: with spaces, a unit, full width, in capitals.
        (
            "记录编号,租户,账户,卡数,自报卡时,开始时间,结束时间",
            "J1,lab,phy,8,16,2026-03-01 08:00:00,2026-03-01 09:00:00",
            "记录 编号*,ACCOUNT,租户：,自报卡时（小时）,卡数(张),开始时间,结束时间",
        ),
        (
            "设备编号,采样时间,利用率,功率",
            "GPU-a,2026-03-01 08:00:00,62.30,0",
            "设备编号,采样时间,利用率,功率（毫瓦）",
        ),
        (
            "timestamp,metric,value,uuid",
            "1772323260000,DCGM_FI_DEV_GPU_UTIL,5,GPU-a",
            " Timestamp,metric,UUID,value",
        ),
        (
            "timestamp,metric,value,uuid",
            "1772323260000,DCGM_FI_DEV_GPU_UTIL,5,GPU-a",
            "time,metric,uuid,value",
        ),
        (
            "timestamp, uuid, power.draw, utilization.gpu, memory.used [MiB], temperature.gpu, name, index, driver_version",
            "2026/03/01 08:00:00.000, GPU-a, 62.30, 0, 1 MiB, 30, A800, 0, 550",
            "Timestamp, UUID, Utilization.gpu, Power.draw, memory.used [MiB], temperature.gpu, name, index, driver_version",
        ),
    ],
)
def test_below_another_header_nothing_is_read_under_the_first(
    tmp_path: Path, first: str, row: str, second: str
) -> None:
    (tmp_path / "x.csv").write_text(f"{first}\n{row}\n{second}\n{row}\n", encoding="utf-8")
    found = checked(tmp_path / "x.csv")
    assert (found.status, found.accepted_count) == ("refused", 0)
    assert "第 3 行又是一行表头" in found.rejected[0]["reason_zh"]
    (tmp_path / "x.csv").write_text(f"{first}\n{row}\n{first}\n{row}\n", encoding="utf-8")
    assert checked(tmp_path / "x.csv").status == "read"


@pytest.mark.parametrize(
    ("first", "row", "again"),
    [
        (
            "记录编号,租户,卡数,开始时间",
            "J1,lab,8,2026-03-01 08:00:00",
            "记录 编号,租户,卡数（张）,开始时间*",
        ),
        (
            "timestamp,metric,value,uuid",
            "1772323260000,DCGM_FI_DEV_GPU_UTIL,5,GPU-a",
            "Timestamp,metric, value,UUID",
        ),
        (
            "timestamp, uuid, power.draw [W]",
            "2026/03/01 08:00:00.000, GPU-a, 62.30 W",
            "timestamp,uuid,power.draw [W]",
        ),
    ],
)
def test_the_same_header_written_otherwise_refuses_no_file(
    tmp_path: Path, first: str, row: str, again: str
) -> None:
    later = row.replace("08:00:00", "08:01:00").replace("J1", "J2").replace("3260000", "3320000")
    (tmp_path / "x.csv").write_text(f"{first}\n{row}\n{again}\n{later}\n", encoding="utf-8")
    found = checked(tmp_path / "x.csv")
    assert (found.status, found.accepted_count) == ("read", 2)


@pytest.mark.parametrize("says", ["", 'time_zone = "UTC"\n', 'time_zone = "America/New_York"\n'])
@pytest.mark.parametrize(
    "begin", ["26-03-01 08:00:00", "2026-03-01 08:00:60", "2026-03-0108:00:00", "+2026-03-01 08:00:00"]
)
def test_a_declared_zone_reads_no_time_that_is_none(tmp_path: Path, says: str, begin: str) -> None:
    rows = f"{USAGE}J1,t,8,{begin},2026-03-01 10:00:00\nJ2,t,8,2026-03-01 08:00:00,2026-03-01 10:00:00\n"
    assert told(tmp_path, "x.csv", rows, says) == (1, 1)


def test_seconds_with_an_exponent_are_seconds(tmp_path: Path) -> None:
    """As Go's client writes OpenMetrics."""
    labels = 'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-a"} 73.0'
    lines = f"# TYPE DCGM_FI_DEV_GPU_UTIL gauge\n{labels} 1.7723232e+09\n{labels} 1.77232326e+09\n# EOF\n"
    assert told(tmp_path, "x.prom", lines) == (2, 0)


def die(instance: str, number: int, vdie: str, start: int) -> dict[str, Any]:
    labels = {"__name__": "npu_chip_info_utilization", "instance": instance, "namespace": "n", "service": "s"}
    labels |= {"id": str(number), "vdie_id": vdie, "model_name": "Ascend910_9391"}
    return {"metric": labels, "values": [[start + 60 * at, "50"] for at in range(3)]}


def test_two_dies_are_one_card_after_their_exporter_restarted(tmp_path: Path) -> None:
    """Its address is another one then. With another die beside it than before, a die is no half of a known card."""
    before = [die("10.0.0.5:8082", number, f"D{number}", START) for number in (0, 1)]
    after = [die("10.0.0.9:8082", number, f"D{number}", START + 3600) for number in (0, 1)]
    other = [die("10.0.0.9:8082", number, f"D{2 * number}", START + 3600) for number in (0, 1)]

    def answer(series: list[dict[str, Any]]) -> str:
        return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": series}})

    assert told(tmp_path, "x.json", answer(before + after)) == (6, 0)
    accepted, refused = told(tmp_path, "x.json", answer(before + other))
    assert (accepted, refused > 0) == (0, True)


def test_a_tenant_price_that_cannot_be_read_is_not_the_accounts(tmp_path: Path) -> None:
    fixed = {"cluster": "h", "partition": "g", "qos": "n", "account": "a", "tenant": "t"}
    begun, ended = "2026-03-01T00:00:00Z", "2026-03-01T01:00:00Z"
    fixed |= {"submitTime": begun, "startTime": begun, "endTime": ended}
    prices = [12.00, 6, "6.00元", "abc"]
    jobs = [
        fixed | {"jobId": number, "elapsedSeconds": 3600, "accountPrice": 12.00, "tenantPrice": price}
        for number, price in enumerate(prices, 1)
    ]
    assert told(tmp_path, "x.json", json.dumps(jobs), 'contract_no = "HT-1"\n') == (1, 3)
