"""sacct -P read as usage intervals: both layouts, every trap of the format, and Open XDMoD's own answers."""

import csv
import gzip
import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from hesuan.flows.adapters import slurm_text
from hesuan.flows.lake.rewritten import is_billable
from hesuan.flows.scheduler.slurm_cell import STATES
from hesuan.flows.source import Declaration, Part, Source
from hesuan.schemas.fault import InputFault
from hesuan.schemas.tables.usage_interval import TABLE
from hesuan.validators.gate import gate

REALDATA = Path(__file__).parents[2] / "shared" / "realdata"

HEADER = (
    "JobID|JobIDRaw|Cluster|Account|User|Submit|Start|End|ElapsedRaw|Suspended|State|NNodes|AllocCPUS"
    "|ReqTRES|AllocTRES|TimelimitRaw|NodeList|JobName"
)
JOB = {
    "JobID": "7",
    "JobIDRaw": "7",
    "Cluster": "c1",
    "Account": "lab",
    "User": "ma",
    "Submit": "2026-03-01T07:59:00",
    "Start": "2026-03-01T08:00:00",
    "End": "2026-03-01T09:00:00",
    "ElapsedRaw": "3600",
    "Suspended": "00:00:00",
    "State": "COMPLETED",
    "NNodes": "1",
    "AllocCPUS": "12",
    "ReqTRES": "cpu=12",
    "AllocTRES": "billing=12,cpu=12,gres/gpu=8,mem=31000M,node=1",
    "TimelimitRaw": "60",
    "NodeList": "n01",
    "JobName": "train",
}


def job(**cells: str) -> str:
    """One line of the recommended layout; a job of one hour on eight cards unless said otherwise."""
    return "|".join((JOB | cells)[name] for name in HEADER.split("|"))


def source(folder: Path, content: bytes, **declared: Any) -> Source:
    path = folder / "sacct.txt"
    path.write_bytes(content)
    return Source(path, "sacct.txt", Declaration(**declared))


def read(folder: Path, *lines: str, header: str = HEADER, **declared: Any) -> Part:
    text = "\n".join([header, *lines] if header else lines) + "\n"
    reading = slurm_text.read(source(folder, text.encode(), **declared)).whole
    assert reading.row_count == reading.frames["usage_interval"].height + reading.rejected.height
    return reading


def one(folder: Path, header: str = HEADER, **cells: str) -> dict[str, Any]:
    return read(folder, job(**cells)).frames["usage_interval"].row(0, named=True)


def refused(folder: Path, *lines: str) -> list[tuple[int, str]]:
    return read(folder, *lines).rejected.select("row_no", "reason_code").rows()


def real(place: str) -> Source:
    path = REALDATA / place
    if not path.exists():
        pytest.skip(f"没有真实数据 {place}，跳过")
    return Source(path, path.name)


def at(hour: int) -> datetime:
    """That hour of 1 March 2026, UTC."""
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


# What a job row says


def test_a_job_becomes_one_typed_row_that_passes_the_gate(tmp_path: Path) -> None:
    reading = read(tmp_path, job(), provider_id="91510000902846312Y")
    gated = gate(reading.frames["usage_interval"], TABLE)
    assert gated.rejected.is_empty()
    row = gated.accepted.row(0, named=True)
    assert row["record_id"] == "slurm:7:1772323140+60"
    assert (row["tenant"], row["account"], row["user"], row["node_id"]) == ("lab", "lab", "ma", "n01")
    assert (row["provider_id"], row["cluster_id"]) == ("91510000902846312Y", "c1")
    assert (row["card_count"], row["card_evidence"]) == (Decimal(8), "allocated")
    assert (row["cpu_cores"], row["node_count"], row["state"]) == (12, 1, "COMPLETED")
    assert (row["elapsed_seconds"], row["suspended_seconds"], row["time_limit_seconds"]) == (3600, 0, 3600)


def test_typed_columns_carry_the_types_of_the_table(tmp_path: Path) -> None:
    frame = read(tmp_path, job()).frames["usage_interval"]
    wanted = {column.name: column.kind.dtype for column in TABLE.all_columns}
    # A column of words is text.
    held = {n: pl.String if isinstance(t, pl.Enum) else t for n, t in frame.schema.items()}
    assert {n: t for n, t in held.items() if n in wanted and t != wanted[n]} == {}


def test_printed_times_are_beijing_unless_declared(tmp_path: Path) -> None:
    assert one(tmp_path)["started_at"] == at(0)
    declared = read(tmp_path, job(), time_zone="UTC").frames["usage_interval"]
    assert declared["started_at"].item() == at(8)


def test_the_row_names_the_line_it_came_from(tmp_path: Path) -> None:
    reading = read(tmp_path, "", job(JobID="1"), "  ", job(JobID="2"), "", "short|line")
    assert reading.frames["usage_interval"]["row_no"].to_list() == [3, 5]
    assert reading.frames["usage_interval"]["raw"].to_list()[1] == job(JobID="2")
    assert reading.rejected.select("row_no", "raw", "table_name").rows() == [
        (7, "short|line", "usage_interval")
    ]
    assert reading.row_count == 3


def test_columns_may_come_in_any_order_and_number(tmp_path: Path) -> None:
    header = "state|AllocTRES|End|Start|Account|JobIDRaw|JobID|Comment"
    line = "COMPLETED|cpu=4,gres/gpu=2|2026-03-01T09:00:00|2026-03-01T08:00:00|lab|7|7|a|b"
    row = read(tmp_path, line, header=header).frames["usage_interval"].row(0, named=True)
    assert row["record_id"] == "slurm:7:0+1772323200"
    assert (row["card_count"], row["cpu_cores"], row["node_count"], row["node_id"]) == (2, 4, None, None)


def test_a_job_name_may_hold_the_separator(tmp_path: Path) -> None:
    assert one(tmp_path, JobName="a|b||c")["card_count"] == 8


NAME_INSIDE = HEADER.replace("|Account", "|JobName|Account").removesuffix("|JobName")


def arranged(header: str, **cells: str) -> str:
    """One line under that header."""
    return "|".join((JOB | cells)[name] for name in header.split("|"))


@pytest.mark.parametrize(
    "name",
    [
        "a|b",
        "|",
        "|||",
        "x|lab2|other|2026-03-01T07:59:00|2026-01-01T08:00:00|2026-03-01T09:00:00|9999|00:00:00|COMPLETED|1|12"
        "|cpu=12|gres/gpu=800|60|n01",
    ],
)
def test_a_name_may_hold_the_separator_in_any_column_and_changes_no_other(tmp_path: Path, name: str) -> None:
    named, usual = (read(tmp_path, arranged(NAME_INSIDE, JobName=n), header=NAME_INSIDE) for n in (name, "x"))
    assert named.frames["usage_interval"].drop("raw").equals(usual.frames["usage_interval"].drop("raw"))
    trailed = read(tmp_path, arranged(NAME_INSIDE, JobName=name) + "|", header=NAME_INSIDE + "|")
    assert trailed.frames["usage_interval"].drop("raw").equals(usual.frames["usage_interval"].drop("raw"))


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"AllocTRES": "gres/gpu=1|gres/gpu=800"}, "BAD_STATE"),
        ({"State": "COMPLETED|COMPLETED"}, "BAD_AT"),
    ],
)
def test_a_separator_in_a_column_that_holds_none_is_refused(
    tmp_path: Path, cells: dict[str, str], code: str
) -> None:
    reading = read(tmp_path, arranged(NAME_INSIDE, **cells), header=NAME_INSIDE)
    assert reading.rejected["reason_code"].to_list() == [code]


def test_a_line_of_too_few_fields_is_not_made_up(tmp_path: Path) -> None:
    short = arranged(NAME_INSIDE).removesuffix("|60|n01")
    reading = read(tmp_path, short, arranged(NAME_INSIDE, JobName="a|b"), header=NAME_INSIDE)
    assert reading.rejected.select("row_no", "reason_code").rows() == [(2, "RAGGED")]


def test_where_two_columns_may_hold_the_separator_it_is_not_guessed(tmp_path: Path) -> None:
    header = HEADER.replace("|Account", "|Comment|Account")
    line = arranged(header, Comment="c", JobName="a|b")
    reading = read(tmp_path, arranged(header, Comment="c"), line, header=header)
    assert reading.rejected.select("row_no", "reason_code").rows() == [(3, "RAGGED")]
    assert reading.rejected["reason_zh"].item() == (
        "本行有 20 个字段，应为 19 个；多出的分隔符在哪一列里看不出（comment、jobname 都可能有），请只留其中一列重新导出"
    )


def test_two_such_columns_beside_each_other_leave_the_others_where_they_are(tmp_path: Path) -> None:
    header = HEADER.replace("|Account", "|Comment|WorkDir|Account").removesuffix("|JobName")
    line = arranged(header, Comment="a|b", WorkDir="/home/x|y")
    row = read(tmp_path, line, header=header).frames["usage_interval"].row(0, named=True)
    assert (row["cluster_id"], row["tenant"], row["card_count"], row["node_id"]) == ("c1", "lab", 8, "n01")


def test_without_a_column_that_may_hold_it_a_separator_breaks_the_row(tmp_path: Path) -> None:
    header = HEADER.removesuffix("|JobName")
    reading = read(tmp_path, arranged(header), arranged(header, NodeList="x|y"), header=header)
    assert reading.rejected["row_no"].to_list() == [3]
    assert "18 个字段，应为 17 个" in reading.rejected["reason_zh"].item()


def test_sacct_p_ends_lines_with_a_separator(tmp_path: Path) -> None:
    reading = read(tmp_path, job(JobName="a|b") + "|", job(), header=HEADER + "|")
    assert reading.frames["usage_interval"].height == 1
    assert reading.rejected["reason_code"].to_list() == ["RAGGED"]


def test_exports_joined_together_repeat_the_header(tmp_path: Path) -> None:
    reading = read(tmp_path, job(JobID="1"), HEADER, job(JobID="2"))
    assert (reading.row_count, reading.frames["usage_interval"].height) == (2, 2)


@pytest.mark.parametrize(
    "other",
    [
        HEADER.replace("ReqTRES|AllocTRES", "AllocTRES|ReqTRES"),
        HEADER.replace("ReqTRES|AllocTRES", "AllocTRES|ReqTRES").lower(),
        HEADER.replace("JobID|JobIDRaw", "JobIDRaw|JobID"),
        HEADER.replace("|State", "").replace("Suspended", "State|Suspended"),
        f"{HEADER}|Extra",
        HEADER.removesuffix("|JobName"),
    ],
)
def test_exports_of_other_columns_are_not_read_under_the_first_header(tmp_path: Path, other: str) -> None:
    """What was asked for would be read as what was granted."""
    lines = [job(ReqTRES="gres/gpu=8"), other, job(ReqTRES="gres/gpu=8", AllocTRES="gres/gpu=800")]
    with pytest.raises(InputFault, match=r"sacct.txt: 第 3 行又是一行表头，列与开头的不同"):
        read(tmp_path, *lines)
    with pytest.raises(InputFault, match="第 3 行又是一行表头"):
        read(tmp_path, *(f"{line}|" for line in lines), header=f"{HEADER}|")


def test_a_job_named_like_a_column_is_a_job(tmp_path: Path) -> None:
    assert one(tmp_path, JobName="JobID")["card_count"] == 8
    reading = read(tmp_path, job(JobName="JobID|State|Start|End", State="FOO"))
    assert reading.rejected["reason_code"].to_list() == ["BAD_STATE"]


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path).row_count == 0


# Cards


def test_rows_that_repeat_each_other_are_read_alike(tmp_path: Path) -> None:
    header = HEADER.replace("ElapsedRaw", "Elapsed")
    lines = [job(JobID=str(n), ElapsedRaw="01:00:00") for n in range(9)]
    other = job(AllocTRES="cpu=4,gres/npu:910b=16,mem=5G", ElapsedRaw="00:00:09", Suspended="00:01:00")
    frame = read(tmp_path, *lines, other, header=header).frames["usage_interval"]
    assert frame["card_count"].to_list() == [8] * 9 + [16]
    assert frame["device_model"].to_list() == [None] * 9 + ["910b"]
    assert frame["elapsed_seconds"].to_list() == [3600] * 9 + [9]
    assert frame["suspended_seconds"].to_list() == [0] * 9 + [60]


@pytest.mark.parametrize(
    ("tres", "cards", "model"),
    [
        ("cpu=1,gres/gpu=8", 8, None),
        ("billing=12,gres/gpu:a100=8,gres/gpu=8,mem=1M", 8, "a100"),
        ("gres/gpu=1,gres/gpu:h200=1", 1, "h200"),
        ("gres/gpu:a100=2,gres/gpu:h100=3", 5, None),
        ("gres/gpu:a100=2,gres/gpu=4", 4, None),
        ("gres/npu:910b=16", 16, "910b"),
        ("gres/dcu=4,cpu=8", 4, None),
        ("gres/mlu:370=2,gres/mlu=2", 2, "370"),
        ("gres/gpu:a100=2,gres/gpu=2,gres/npu=8", 10, None),
        ("gres/gpu=0,cpu=4", 0, None),
        ("gres/gpu=1,gres/gpumem=80G,gres/gpuutil=90", 1, None),
        ("billing=800,gres/gpu=999", 999, None),
        ("gres/gpu:a800=10000,gres/gpu=10000", 10_000, "a800"),
        ("gres/gpu=999999", 999_999, None),
    ],
)
def test_cards_are_counted_once(tmp_path: Path, tres: str, cards: int, model: str | None) -> None:
    row = one(tmp_path, AllocTRES=tres)
    assert (row["card_count"], row["device_model"], row["card_evidence"]) == (cards, model, "allocated")


@pytest.mark.parametrize(
    ("cells", "evidence"),
    [
        ({"AllocTRES": "cpu=12,node=1"}, "absent"),
        ({"AllocTRES": ""}, "absent"),
        ({"AllocTRES": "cpu=12,gres/nic=2,gres/gpumem=4"}, "absent"),
        ({"AllocTRES": "cpu=12", "ReqTRES": "cpu=12,gres/gpu:a100=2"}, "requested"),
        ({"AllocTRES": "cpu=12,gres/shard=4"}, "requested"),
        ({"AllocTRES": "cpu=12,gres/gpu=0,gres/shard=4"}, "requested"),
        ({"AllocTRES": "cpu=12,gres/gpu:a100_1g.5gb=7,gres/gpu=7"}, "requested"),
        ({"AllocTRES": "cpu=12,gres/gpu=3,gres/gpu:3g.40gb=3"}, "requested"),
        ({"AllocTRES": "cpu=12,gres/gpu:A100-1g.5gb=7,gres/gpu=7"}, "requested"),
        ({"AllocTRES": "cpu=12,gres/gpu:MIG.1G.10GB=7,gres/gpu=7"}, "requested"),
        ({"AllocTRES": "cpu=12,gres/xpu=8"}, "requested"),
        ({"AllocTRES": "1=20,2=170000,4=1,1002=2"}, "requested"),
    ],
)
def test_what_alloctres_does_not_state_is_unknown(
    tmp_path: Path, cells: dict[str, str], evidence: str
) -> None:
    row = one(tmp_path, **cells)
    assert (row["card_count"], row["card_evidence"]) == (None, evidence)


@pytest.mark.parametrize("tres", ["gres/gpu=1K", "gres/gpu=", "gres/gpu:a100", "gres/gpu=1000000"])
def test_a_card_count_that_cannot_be_held_is_refused(tmp_path: Path, tres: str) -> None:
    assert refused(tmp_path, job(AllocTRES=tres)) == [(2, "BAD_CARDS")]


# Times, durations, states


def test_never_started_jobs_are_kept_without_times(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        job(State="CANCELLED by 423120", NodeList="None assigned"),
        job(State="PENDING", Start="Unknown", End="Unknown", AllocTRES="", NodeList="None assigned"),
        job(JobID="9_[1-3,7]", State="PENDING", Start="None", End="Unknown", AllocTRES="", NodeList=""),
        job(State="CANCELLED", Start="Unknown"),
        job(State="PENDING", End="Unknown", AllocTRES=""),
    ).frames["usage_interval"]
    assert rows["started_at"].null_count() == rows["ended_at"].null_count() == 5
    assert rows["state"].to_list() == ["CANCELLED", "PENDING", "PENDING", "CANCELLED", "PENDING"]
    assert rows["node_id"].to_list()[:2] == [None, None]
    assert rows["record_id"][1].endswith("+")
    assert rows["record_id"][2].startswith("slurm:9_[1-3,7]:7:")


def test_a_running_job_has_no_end(tmp_path: Path) -> None:
    row = one(tmp_path, State="RUNNING", End="Unknown")
    assert (row["started_at"], row["ended_at"]) == (at(0), None)


@pytest.mark.parametrize("start", ["1772323200", "2026-03-01T08:00:00+0800", "2026-03-01T00:00:00Z"])
def test_instants_in_other_dress_are_the_same_instant(tmp_path: Path, start: str) -> None:
    assert one(tmp_path, Start=start) == one(tmp_path) | {"raw": job(Start=start)}


@pytest.mark.parametrize(
    "start",
    ["Ystday 14:02", "2026-03-01T08", "08:00:00", "2026-03-0", "", "1970-01-01T08:00:00", "177232320000"],
)
def test_a_time_that_cannot_be_read_is_refused(tmp_path: Path, start: str) -> None:
    assert refused(tmp_path, job(Start=start), job(End=start)) == [(2, "BAD_AT"), (3, "BAD_AT")]


@pytest.mark.parametrize(
    "printed", ["0001-01-01T00:00:00", "9999-12-31T23:59:59", "9999-12-31T23:59:59-0500"]
)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_a_time_at_the_ends_of_the_calendar_is_refused_and_stops_no_night(
    tmp_path: Path, printed: str, zone: str
) -> None:
    for cell in ("Submit", "Start", "End"):
        reading = read(tmp_path, job(), job(**{cell: printed}), time_zone=zone)
        assert reading.rejected.select("row_no", "reason_code").rows() == [(3, "BAD_AT")]
        assert reading.frames["usage_interval"].height == 1


@pytest.mark.parametrize("cell", ["Submit", "Start", "End"])
@pytest.mark.parametrize("printed", ["2026-11-01T01:30:00", "2026-03-08T02:30:00"])
def test_an_hour_that_came_twice_or_never_is_refused_and_no_other(
    tmp_path: Path, cell: str, printed: str
) -> None:
    """Read as the first of the two, a job of one hour was one of two."""
    around = job(Submit="2026-11-01T00:30:00", Start="2026-11-01T00:59:59", End="2026-11-01T02:00:00")
    reading = read(tmp_path, around, job(**{cell: printed}), time_zone="America/New_York")
    assert reading.rejected.select("row_no", "reason_code").rows() == [(3, "BAD_AT")]
    assert "夏令时" in reading.rejected["reason_zh"].item()
    row = reading.frames["usage_interval"].row(0, named=True)
    assert (row["ended_at"] - row["started_at"]).total_seconds() == 7201


def test_the_reason_shows_what_was_found(tmp_path: Path) -> None:
    reading = read(tmp_path, job(Start="Ystday 14:02"), job(State="FOO"))
    said = reading.rejected["reason_zh"].to_list()
    assert "Ystday 14:02" in said[0]
    assert said[1] == "“FOO”不是已知的作业状态"


@pytest.mark.parametrize(
    ("printed", "seconds"),
    [("01:00:00", 3600), ("7-20:39:39", 679179), ("45-00:00:01", 3888001), ("03:07.250", 187), ("90", 90)],
)
def test_durations_have_no_upper_bound(tmp_path: Path, printed: str, seconds: int) -> None:
    header = HEADER.replace("ElapsedRaw", "Elapsed")
    rows = read(tmp_path, job(ElapsedRaw=printed, Suspended=printed), header=header).frames["usage_interval"]
    assert rows.select("elapsed_seconds", "suspended_seconds").row(0) == (seconds, seconds)


@pytest.mark.parametrize("limit", ["UNLIMITED", "Partition_Limit", "4294967295", ""])
def test_no_limit_is_null(tmp_path: Path, limit: str) -> None:
    assert one(tmp_path, TimelimitRaw=limit)["time_limit_seconds"] is None


def test_the_state_is_the_first_word(tmp_path: Path) -> None:
    assert one(tmp_path, State="CANCELLED by 423120")["state"] == "CANCELLED"
    assert one(tmp_path, State="OUT_OF_MEMORY")["state"] == "OUT_OF_MEMORY"


@pytest.mark.parametrize("state", STATES)
def test_every_state_that_slurm_has_is_read(tmp_path: Path, state: str) -> None:
    assert one(tmp_path, State=state)["state"] == state


@pytest.mark.parametrize(
    "state", ["LAUNCH_FAILED", "RECONFIG_FAIL", "SPECIAL_EXIT", "REQUEUE_HOLD", "REQUEUE_FED"]
)
def test_a_run_that_could_not_start_or_was_requeued_is_not_billable(tmp_path: Path, state: str) -> None:
    row = one(tmp_path, State=state)
    assert (row["started_at"], row["ended_at"], row["card_count"]) == (at(0), at(1), 8)
    connection = duckdb.connect()
    assert connection.execute(f"select {is_billable('?')}", [row["state"]]).fetchone() == (False,)


@pytest.mark.parametrize("state", ["CONFIGURING", "POWER_UP_NODE", "SIGNALING", "STOPPED", "RESIZING"])
def test_a_run_that_holds_its_cards_is_billable(tmp_path: Path, state: str) -> None:
    row = one(tmp_path, State=state, End="Unknown")
    assert (row["started_at"], row["ended_at"], row["card_count"]) == (at(0), None, 8)
    connection = duckdb.connect()
    assert connection.execute(f"select {is_billable('?')}", [row["state"]]).fetchone() == (True,)


@pytest.mark.parametrize("state", ["PENDING", "SPECIAL_EXIT", "RESV_DEL_HOLD", "LAUNCH_FAILED"])
def test_a_job_held_or_requeued_with_nothing_allocated_waits(tmp_path: Path, state: str) -> None:
    row = one(tmp_path, State=state, Start="2026-03-02T08:00:00", End="Unknown", AllocTRES="")
    assert (row["started_at"], row["ended_at"]) == (None, None)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"JobID": "7.batch", "State": "FOO"}, "STEP_ROW"),
        ({"JobID": "7_1.extern"}, "STEP_ROW"),
        ({"JobID": "7+0.0"}, "STEP_ROW"),
        ({"JobID": ""}, "BAD_ID"),
        ({"State": "FOO"}, "BAD_STATE"),
        ({"State": "CANCELLED+"}, "BAD_STATE"),
        ({"State": ""}, "BAD_STATE"),
        ({"Submit": "yesterday"}, "BAD_AT"),
        ({"AllocCPUS": "16K"}, "BAD_INT"),
        ({"NNodes": "two"}, "BAD_INT"),
        ({"Suspended": "INVALID"}, "BAD_DURATION"),
        ({"TimelimitRaw": "soon"}, "BAD_DURATION"),
    ],
)
def test_unusable_rows_are_refused_for_one_reason(tmp_path: Path, cells: dict[str, str], code: str) -> None:
    assert refused(tmp_path, job(**cells)) == [(2, code)]


def test_the_attempts_of_a_requeued_job_have_ids_of_their_own(tmp_path: Path) -> None:
    attempts = [job(State="REQUEUED"), job(Submit="2026-03-01T09:00:00", Start="2026-03-01T09:05:00")]
    assert read(tmp_path, *attempts).frames["usage_interval"]["record_id"].n_unique() == 2


def test_what_the_row_does_not_say_comes_from_the_declaration(tmp_path: Path) -> None:
    exported = datetime(2026, 4, 1, 8)  # noqa: DTZ001 - a naive time in source.toml is Beijing time
    frame = read(tmp_path, job(Cluster=""), cluster_id="declared", exported_at=exported).frames[
        "usage_interval"
    ]
    assert frame["cluster_id"].item() == "declared"
    assert frame["exported_at"].item() == datetime(2026, 4, 1, tzinfo=UTC)
    assert frame["provider_id"].item() is None


# Encodings and line ends


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_names_survive_every_encoding(tmp_path: Path, encoding: str) -> None:
    names = ["实验室甲", "计算中心", "智能实验室"]
    text = "\r\n".join([HEADER, *(job(JobID=str(n), Account=name) for n, name in enumerate(names))])
    file = source(tmp_path, text.encode(encoding))
    assert slurm_text.claims(file)
    frame = slurm_text.read(file).whole.frames["usage_interval"]
    assert frame["tenant"].to_list() == names
    assert not frame["raw"].str.contains("\r").any()


def test_lines_ended_by_carriage_returns_alone_are_lines(tmp_path: Path) -> None:
    reading = slurm_text.read(source(tmp_path, "\r".join([HEADER, job(), job(JobID="8")]).encode())).whole
    assert (reading.row_count, reading.frames["usage_interval"]["row_no"].to_list()) == (2, [2, 3])


def test_a_mix_of_encodings_is_refused(tmp_path: Path) -> None:
    mixed = f"{HEADER}\n{job(Account='façade')}\n".encode() + job(Account="façade").encode("latin-1") + b"\n"
    with pytest.raises(InputFault, match=r"sacct.txt 第 3 行.*UTF-8"):
        slurm_text.read(source(tmp_path, mixed))


# Files that are refused or not claimed


def test_a_header_without_required_columns_is_claimed_and_refused(tmp_path: Path) -> None:
    file = source(tmp_path, b"JobID|JobName|State|Account\n7|x|COMPLETED|lab\n")
    assert slurm_text.claims(file)
    with pytest.raises(InputFault, match="缺少列 Start、End、AllocTRES、Submit 或 JobIDRaw"):
        slurm_text.read(file)


def test_a_column_named_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match="重复：start"):
        read(tmp_path, job() + "|x", header=HEADER + "|start")


def test_fixed_width_output_is_claimed_and_refused(tmp_path: Path) -> None:
    lines = [
        "JobID           State  AllocTRES ",
        "------------ ------- ----------",
        "7       COMPLETED gres/gpu=1,mem=+",
    ]
    file = source(tmp_path, "\n".join(lines).encode())
    assert slurm_text.claims(file)
    with pytest.raises(InputFault, match="第 2 行: 是定宽输出"):
        slurm_text.read(file)


@pytest.mark.parametrize("other", [",", ";", "\t"])
def test_another_separator_is_claimed_and_refused(tmp_path: Path, other: str) -> None:
    file = source(tmp_path, f"\n{HEADER.replace('|', other)}\n{job().replace('|', other)}\n".encode())
    assert slurm_text.claims(file)
    with pytest.raises(InputFault, match=r"第 2 行: sacct 的表头不是以“\|”分隔.*-P --noconvert"):
        slurm_text.read(file)


def test_what_stands_above_the_header_is_refused_alone(tmp_path: Path) -> None:
    """A login's banner, the command, and the zone that `date +%z` printed."""
    text = "\n".join(["Welcome to c1", "", "$ date +%z; sacct -P", "+0800", HEADER, job(), ""])
    file = source(tmp_path, text.encode())
    assert slurm_text.claims(file)
    found = slurm_text.read(file).whole
    assert (found.row_count, found.frames["usage_interval"]["row_no"].to_list()) == (4, [6])
    assert found.rejected.select("row_no", "reason_code").rows() == [(n, "RAGGED") for n in (1, 3, 4)]
    with pytest.raises(InputFault, match="第 3 行: sacct 表头缺少列 End"):
        slurm_text.read(source(tmp_path, f"a\nb\n{HEADER.replace('|End', '|Eligible')}\n".encode()))


def test_a_zone_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match="Beijing/Time"):
        read(tmp_path, job(), time_zone="Beijing/Time")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "provider_id|record_id|state\nA|1|x\n",
        "JobID,Start,End,State\n1,2,3,4\n",
        "|".join(str(n) for n in range(26)) + "\n",
        '{"jobs": []}',
    ],
)
def test_other_files_are_not_claimed(tmp_path: Path, text: str) -> None:
    assert not slurm_text.claims(source(tmp_path, text.encode()))


# Open XDMoD's layout, and real files

XDMOD = (
    "7_1|8|c1|p|q|lab|lab|1|ma|1|2026-03-01T07:59:00|2026-03-01T07:59:00|2026-03-01T08:00:00|2026-03-01T09:00:00"
    "|01:00:00|0:0|TIMEOUT|2|24|24|1Gn|cpu=24|cpu=24,gres/gpu:a100=8,gres/gpu=8|3-00:00:00|n[01-02]|name|with|bars"
)


def test_the_layout_without_header_is_utc(tmp_path: Path) -> None:
    file = source(tmp_path, f"{XDMOD}\n".encode())
    assert slurm_text.claims(file)
    row = slurm_text.read(file).whole.frames["usage_interval"].row(0, named=True)
    assert (row["started_at"], row["ended_at"]) == (at(8), at(9))
    assert (row["card_count"], row["cpu_cores"], row["node_count"]) == (8, 24, 2)
    assert (row["row_no"], row["time_limit_seconds"]) == (1, 259200)
    declared = slurm_text.read(source(tmp_path, XDMOD.encode(), time_zone="Asia/Shanghai")).whole
    assert declared.frames["usage_interval"]["started_at"].item() == at(0)


def test_a_short_line_of_that_layout_is_refused(tmp_path: Path) -> None:
    reading = slurm_text.read(source(tmp_path, f"{XDMOD}\n{XDMOD[:60]}\n".encode())).whole
    assert reading.rejected.select("row_no", "reason_code").rows() == [(2, "RAGGED")]


def seconds_by_day(rows: pl.DataFrame) -> dict[str, int]:
    """Core-seconds of started and ended rows by UTC day, cut at midnight."""
    days: dict[str, int] = defaultdict(int)
    for start, end, cores in rows.select("started_at", "ended_at", "cpu_cores").iter_rows():
        while start < end:
            midnight = datetime(start.year, start.month, start.day, tzinfo=UTC) + timedelta(days=1)
            days[f"{start:%Y-%m-%d}"] += int((min(end, midnight) - start).total_seconds()) * cores
            start = midnight
    return days


def expected_cells(statistic: str, granularity: str) -> dict[str, float]:
    path = REALDATA / "reference" / "R1_xdmod_compare.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return {
        row["period"]: float(row["xdmod_expected"])
        for row in rows
        if (row["resource"], row["statistic"], row["granularity"]) == ("pozidriv", statistic, granularity)
    }


def test_core_hours_of_a_real_cluster_are_those_of_open_xdmod() -> None:
    reading = slurm_text.read(real("xdmod/sacct/pozidriv.log")).whole
    frame = reading.frames["usage_interval"]
    assert (reading.row_count, frame.height, reading.rejected.height) == (11704, 11704, 0)
    assert frame["started_at"].null_count() == 419
    days = seconds_by_day(frame.drop_nulls(["started_at", "ended_at"]))
    assert {day: round(s / 3600, 4) for day, s in days.items()} == expected_cells("total_cpu_hours", "Day")
    months: dict[str, int] = defaultdict(int)
    for day, seconds in days.items():
        months[day[:7]] += seconds
    assert {month: round(s / 3600, 4) for month, s in months.items()} == expected_cells(
        "total_cpu_hours", "Month"
    )


def test_a_real_log_whose_elapsed_contradicts_its_times_keeps_both() -> None:
    frame = slurm_text.read(real("xdmod/sacct/10000users.log.gz")).whole.frames["usage_interval"]
    assert frame.height == 10000
    assert set(frame["elapsed_seconds"]) == {257080}
    assert set((frame["ended_at"] - frame["started_at"]).dt.total_seconds()) == {1}


def test_real_names_beyond_ascii_survive() -> None:
    file = real("xdmod/sacct/mortorq_post_iso8859.log")
    frame = slurm_text.read(file).whole.frames["usage_interval"]
    assert frame["user"].to_list() == ["façade"]
    assert frame["raw"].item() == file.path.read_text(encoding="utf-8").rstrip("\n")


def test_the_real_export_with_steps_lacks_what_is_needed() -> None:
    file = real("slurm_text/osc_sacct_parsable2_with_steps.txt")
    assert slurm_text.claims(file)
    with pytest.raises(InputFault, match="缺少列 Start、End、AllocTRES、Submit 或 JobIDRaw"):
        slurm_text.read(file)


def test_an_lsf_list_is_not_claimed() -> None:
    assert not slurm_text.claims(real("slurm_text/lsf_jobs_hpc-cost-simulator.csv"))


@pytest.mark.parametrize(
    ("name", "accepted", "codes"),
    [
        ("accounting-logs", 4, []),
        ("accounting-logs-with-job-arrays", 6, []),
        ("non-ended-job-state", 2, []),
        ("unknown-job-state", 0, ["BAD_STATE", "BAD_STATE"]),
        ("utf8-multibyte-chars", 1, []),
    ],
)
def test_open_xdmods_own_cases(name: str, accepted: int, codes: list[str]) -> None:
    reading = slurm_text.read(real(f"xdmod/shredder_unit/shredder__slurm__input__{name}.log")).whole
    assert reading.frames["usage_interval"].height == accepted
    assert reading.rejected["reason_code"].to_list() == codes


def test_a_real_row_that_states_nothing_but_cards_has_them() -> None:
    reading = slurm_text.read(real("xdmod/shredder_unit/shredder__slurm__input__accounting-logs.log")).whole
    counts = reading.frames["usage_interval"].select("record_id", "card_count").rows()
    assert [count for record, count in counts if record.startswith("slurm:5692623:")] == [Decimal(2)]


def test_jobs_of_open_xdmods_cases_are_read_as_it_reads_them() -> None:
    unit = "xdmod/shredder_unit/shredder__slurm__{}__accounting-logs.{}"
    rows = slurm_text.read(real(unit.format("input", "log"))).whole.frames["usage_interval"]
    expected = json.loads(real(unit.format("output", "json")).path.read_text(encoding="utf-8"))
    for theirs, ours in zip(expected, rows.iter_rows(named=True), strict=True):
        stamps = f"{theirs['submit_time']}+{theirs['start_time'] - theirs['submit_time']}"
        number = "" if theirs["job_id"] == theirs["job_id_raw"] else f":{theirs['job_id_raw']}"
        assert ours["record_id"] == f"slurm:{theirs['job_id']}{number}:{stamps}"
        assert (ours["account"], ours["user"]) == (theirs["account_name"], theirs["user_name"])
        assert ours["started_at"] == datetime.fromtimestamp(theirs["start_time"], UTC)
        assert ours["ended_at"] == datetime.fromtimestamp(theirs["end_time"], UTC)
        assert (ours["elapsed_seconds"], ours["time_limit_seconds"]) == (
            theirs["elapsed"],
            theirs["timelimit"],
        )
        assert (ours["node_count"], ours["cpu_cores"]) == (int(theirs["nnodes"]), int(theirs["ncpus"]))
        assert ours["node_id"] == theirs["node_list"]
        # Its zero is the silence of AllocTRES, which is unknown to us.
        assert ours["card_count"] == (theirs["ngpus"] or None)


def test_card_counts_of_open_xdmods_resource_parser(tmp_path: Path) -> None:
    cases = json.loads(
        real("xdmod/shredder_unit/slurm-resource-parser__alloc-tres-gpu-count.json").path.read_text("utf-8")
    )
    found = read(tmp_path, *(job(AllocTRES=tres) for tres, _ in cases)).frames["usage_interval"]
    assert found["card_count"].to_list() == [count or None for _, count in cases]
    assert found["card_evidence"].to_list() == ["allocated" if count else "absent" for _, count in cases]


def test_a_packed_log_reads_like_the_plain_one(tmp_path: Path) -> None:
    text = f"{HEADER}\n{job()}\n".encode()
    plain = slurm_text.read(source(tmp_path, text)).whole.frames["usage_interval"]
    packed = source(tmp_path, gzip.compress(text))
    assert slurm_text.claims(packed)
    assert slurm_text.read(packed).whole.frames["usage_interval"].equals(plain)
