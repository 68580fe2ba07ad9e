"""sacct --json and slurmrestd's answers read as usage intervals, of every version we have seen."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hesuan.flows.adapters import slurm_json, slurm_text
from hesuan.flows.source import Declaration, Part, Source
from hesuan.schemas.fault import InputFault
from hesuan.schemas.tables.usage_interval import TABLE
from hesuan.validators.gate import gate

REALDATA = Path(__file__).parents[2] / "shared" / "realdata" / "slurm_json"

START, END = 1772323200, 1772326800  # 2026-03-01 08:00 and 09:00 in Beijing
UNSET = {"set": False, "infinite": False, "number": 0}


def number(value: int) -> dict[str, Any]:
    return {"set": True, "infinite": False, "number": value}


def tres(**counts: int) -> list[dict[str, Any]]:
    """`gres_gpu=8` is the entry of type gres and name gpu."""
    parts = [(*key.partition("_"), count) for key, count in counts.items()]
    return [{"type": kind, "name": name, "id": 1, "count": count} for kind, _, name, count in parts]


USUAL: dict[str, Any] = {
    "job_id": 7,
    "account": "lab",
    "user": "ma",
    "cluster": "c1",
    "array": {"job_id": 0, "task_id": UNSET, "task": ""},
    "het": {"job_id": 0, "job_offset": UNSET},
    "association": {"account": "", "cluster": "c1", "user": ""},
    "time": {
        "submission": START - 60,
        "start": START,
        "end": END,
        "elapsed": 3600,
        "suspended": 0,
        "limit": number(60),
    },
    "state": {"current": ["COMPLETED"], "reason": "None"},
    "allocation_nodes": 1,
    "nodes": "n01",
    "submit_line": "sbatch job.sh",
    "tres": {"allocated": tres(cpu=12, energy=-2, gres_gpu=8), "requested": tres(cpu=12)},
    "steps": [{"tres": {"allocated": tres(gres_gpu=8)}}],
}


def job(*, times: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A job of one hour on eight cards as Slurm 25.05 gives it; `times` changes single times."""
    return USUAL | {"time": USUAL["time"] | (times or {})} | changes


def source(folder: Path, text: str, **declared: Any) -> Source:
    path = folder / "sacct.json"
    path.write_text(text, encoding="utf-8")
    return Source(path, "sacct.json", Declaration(**declared))


def read(folder: Path, *jobs: Any, **answer: Any) -> Part:
    file = source(folder, json.dumps({"jobs": list(jobs), "errors": []} | answer))
    assert slurm_json.claims(file)
    reading = slurm_json.read(file).whole
    assert reading.row_count == len(jobs)
    assert reading.row_count == reading.frames["usage_interval"].height + reading.rejected.height
    return reading


def one(folder: Path, **changes: Any) -> dict[str, Any]:
    return read(folder, job(**changes)).frames["usage_interval"].row(0, named=True)


def fault(folder: Path, text: str) -> str:
    with pytest.raises(InputFault) as caught:
        slurm_json.read(source(folder, text))
    return str(caught.value)


# What a job says


def test_a_job_becomes_one_typed_row_that_passes_the_gate(tmp_path: Path) -> None:
    gated = gate(read(tmp_path, job()).frames["usage_interval"], TABLE)
    assert gated.rejected.is_empty()
    row = gated.accepted.row(0, named=True)
    assert (row["record_id"], row["row_no"]) == (f"slurm:7:{START - 60}+60", 1)
    assert (row["tenant"], row["user"], row["cluster_id"], row["node_id"]) == ("lab", "ma", "c1", "n01")
    assert (row["card_count"], row["card_evidence"], row["cpu_cores"]) == (Decimal(8), "allocated", 12)
    assert row["started_at"] == datetime(2026, 3, 1, tzinfo=UTC)
    assert row["ended_at"] == datetime(2026, 3, 1, 1, tzinfo=UTC)
    assert (row["elapsed_seconds"], row["suspended_seconds"], row["time_limit_seconds"]) == (3600, 0, 3600)
    assert (row["state"], row["node_count"]) == ("COMPLETED", 1)


def test_the_raw_job_is_kept_without_its_steps(tmp_path: Path) -> None:
    raw = json.loads(one(tmp_path)["raw"])
    assert raw["job_id"] == 7
    assert "steps" not in raw


@pytest.mark.parametrize(
    ("changes", "job_id", "line"),
    [
        ({}, "7", "7|7"),
        ({"array": {"job_id": 5, "task_id": number(0), "task": ""}}, "5_0", "5_0|7"),
        ({"array": {"job_id": 5, "task_id": 100, "task": None}}, "5_100", "5_100|7"),
        ({"array": {"job_id": 5, "task_id": UNSET, "task": "1-3,7"}}, "5_[1-3,7]", "5_[1-3,7]|7"),
        ({"het": {"job_id": 6, "job_offset": number(1)}}, "6+1", "6+1|7"),
        ({"het": {"job_id": 6, "job_offset": number(0)}}, "6+0", "6+0|7"),
    ],
)
def test_a_job_has_the_id_that_sacct_prints(
    tmp_path: Path, changes: dict[str, Any], job_id: str, line: str
) -> None:
    (tmp_path / "sacct.txt").write_text(
        "JobID|JobIDRaw|Account|Submit|Start|End|State|AllocTRES\n"
        f"{line}|lab|2026-03-01T07:59:00|2026-03-01T08:00:00|2026-03-01T09:00:00|COMPLETED|gres/gpu=8\n"
    )
    printed = slurm_text.read(Source(tmp_path / "sacct.txt", "sacct.txt")).whole.frames["usage_interval"]
    row = one(tmp_path, **changes)
    number = "" if job_id == "7" else ":7"
    assert row["record_id"] == f"slurm:{job_id}{number}:{START - 60}+60"
    assert row["record_id"] == printed["record_id"].item()


# Drift between versions


@pytest.mark.parametrize(
    "state", [{"current": "RUNNING"}, {"current": ["RUNNING"]}, {"current": ["RUNNING", "X"]}]
)
def test_the_state_is_a_word_or_a_list(tmp_path: Path, state: dict[str, Any]) -> None:
    assert one(tmp_path, state=state)["state"] == "RUNNING"


@pytest.mark.parametrize(
    ("current", "printed"),
    [
        (["RUNNING", "COMPLETING"], "COMPLETING"),
        (["RUNNING", "UPDATE_DB", "STOPPED"], "STOPPED"),
        (["PENDING", "SPECIAL_EXIT", "REQUEUE_HOLD"], "REQUEUE_HOLD"),
        (["PENDING", "LAUNCH_FAILED"], "LAUNCH_FAILED"),
        (["RUNNING", "POWER_UP_NODE", "CONFIGURING"], "CONFIGURING"),
        (["RUNNING", "UPDATE_DB"], "RUNNING"),
    ],
)
def test_of_several_words_it_is_the_one_that_sacct_prints(
    tmp_path: Path, current: list[str], printed: str
) -> None:
    assert one(tmp_path, state={"current": current})["state"] == printed


@pytest.mark.parametrize("flag", ["REQUEUED", "RESIZING", "REVOKED"])
def test_a_run_that_ended_by_a_flag_does_not_wait(tmp_path: Path, flag: str) -> None:
    """slurmdbd keeps the flag alone, and the state before it is that of no bits at all."""
    assert one(tmp_path, state={"current": ["PENDING", flag]})["state"] == flag


@pytest.mark.parametrize(
    ("limit", "seconds"),
    [
        (7200, 432000),
        (number(7200), 432000),
        (UNSET, None),
        ({"set": False, "infinite": True, "number": 0}, None),
        (4294967295, None),
        (None, None),
    ],
)
def test_the_limit_is_minutes_in_any_dress(tmp_path: Path, limit: Any, seconds: int | None) -> None:
    assert one(tmp_path, times={"limit": limit})["time_limit_seconds"] == seconds


def test_numbers_may_come_as_objects(tmp_path: Path) -> None:
    row = one(tmp_path, times={"start": number(START), "end": number(END)}, allocation_nodes=number(2))
    assert (row["started_at"], row["node_count"]) == (datetime(2026, 3, 1, tzinfo=UTC), 2)


@pytest.mark.parametrize("end", [0, number(0), UNSET, None])
def test_an_end_of_zero_is_no_end(tmp_path: Path, end: Any) -> None:
    row = one(tmp_path, state={"current": ["RUNNING"]}, times={"end": end})
    assert (row["started_at"] is None, row["ended_at"]) == (False, None)


@pytest.mark.parametrize("name", [None, ""])
def test_names_that_are_missing_are_null_or_empty(tmp_path: Path, name: str | None) -> None:
    plain = [{"type": "cpu", "name": name, "id": 1, "count": 4}]
    row = one(tmp_path, tres={"allocated": plain, "requested": plain})
    assert (row["cpu_cores"], row["card_count"], row["card_evidence"]) == (4, None, "absent")


def test_typed_cards_are_not_missed(tmp_path: Path) -> None:
    typed = [{"type": "gres", "name": "gpu:l40s", "count": 2}]
    row = one(tmp_path, tres={"allocated": typed, "requested": []})
    assert (row["card_count"], row["device_model"]) == (2, "l40s")
    both = one(tmp_path, tres={"allocated": [*typed, *tres(gres_gpu=2)], "requested": []})
    assert (both["card_count"], both["device_model"]) == (2, "l40s")


def test_an_owner_that_is_missing_is_the_associations(tmp_path: Path) -> None:
    owner = {"account": "lab2", "user": "li", "cluster": "c2"}
    row = one(tmp_path, account="", user="", cluster="", association=owner)
    assert (row["tenant"], row["user"], row["cluster_id"]) == ("lab2", "li", "c2")


# Unknown cards and jobs that never ran


@pytest.mark.parametrize(
    ("changes", "evidence"),
    [
        ({}, "absent"),
        ({"tres": {"allocated": tres(cpu=4), "requested": tres(cpu=4, gres_gpu=2)}}, "requested"),
        ({"tres_req_str": "cpu=1,gres/gpu:a100=2"}, "requested"),
        ({"tres_per_node": "gres/gpu:4"}, "requested"),
        ({"submit_line": "sbatch --partition gpu --gpus 4"}, "requested"),
        ({"submit_line": "sbatch --gpus=h100:1 run.sh"}, "requested"),
        ({"submit_line": "srun --gpus-per-node h100:1,h200:1"}, "requested"),
        ({"submit_line": "sbatch --gres gpu:6"}, "requested"),
        ({"submit_line": "sbatch -G 4 run.sh"}, "requested"),
        ({"submit_line": "sbatch -G4 run.sh"}, "requested"),
        ({"submit_line": "sbatch --gres=none run.sh"}, "absent"),
        ({"submit_line": "sbatch run-GPU.sh --gpus-file x"}, "absent"),
    ],
)
def test_cards_only_asked_for_stay_unknown(tmp_path: Path, changes: dict[str, Any], evidence: str) -> None:
    usual = {"tres": {"allocated": tres(cpu=4), "requested": tres(cpu=4)}}
    row = one(tmp_path, **usual | changes)
    assert (row["card_count"], row["card_evidence"]) == (None, evidence)


@pytest.mark.parametrize(
    "changes",
    [
        {"state": {"current": ["PENDING"]}, "times": {"start": 0, "end": 0}, "nodes": "None assigned"},
        {"state": {"current": ["PENDING"]}, "times": {"end": 0}},
        {"state": {"current": ["CANCELLED"]}, "times": {"start": END}, "nodes": "None assigned"},
        {"state": {"current": ["CANCELLED"]}, "times": {"start": 0}},
    ],
)
def test_a_job_that_never_ran_has_no_times(tmp_path: Path, changes: dict[str, Any]) -> None:
    row = one(tmp_path, tres={"allocated": [], "requested": tres(cpu=1)}, **changes)
    assert (row["started_at"], row["ended_at"]) == (None, None)


# What is refused


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (job(state={"current": ["FOO"]}), "BAD_STATE"),
        (job(state=None), "BAD_STATE"),
        (job(times={"start": "soon"}), "BAD_AT"),
        (job(times={"start": -1}), "BAD_AT"),
        (job(times={"start": True}), "BAD_AT"),
        (job(job_id=None), "BAD_ID"),
        (job(allocation_nodes=1.5), "BAD_INT"),
        (job(times={"elapsed": {"set": True, "infinite": True}}), "BAD_INT"),
        (job(tres={"allocated": [{"type": "gres", "name": "gpu", "count": "8x"}]}), "BAD_CARDS"),
        (job(tres={"allocated": ["gres/gpu=8x"]}), "BAD_CARDS"),
        (job(time={"start": 0}), "BAD_AT"),
        (job(time=None), "BAD_RECORD"),
        ({"job_id": 7, "job_state": ["RUNNING"]}, "BAD_RECORD"),
        ("job", "BAD_RECORD"),
        (None, "BAD_RECORD"),
    ],
)
def test_unusable_jobs_are_refused_and_the_others_read(tmp_path: Path, broken: Any, code: str) -> None:
    reading = read(tmp_path, job(), broken)
    assert reading.frames["usage_interval"]["row_no"].to_list() == [1]
    assert reading.rejected.select("row_no", "reason_code").rows() == [(2, code)]


def test_an_empty_answer_has_no_rows(tmp_path: Path) -> None:
    assert slurm_json.claims(source(tmp_path, '{"jobs": []}'))
    assert read(tmp_path).row_count == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"jobs": [], "jobs": []}', "键 jobs 在同一对象中出现两次"),
        ('{"jobs": [{"job_id": NaN}]}', "NaN 不是数"),
        ('{"jobs": [{"job_id": -Infinity}]}', "-Infinity 不是数"),
        ('{"jobs": []} {"jobs": []}', "一份 JSON 之后还有内容（几份接连写在一起的，请分开存）"),
        ('{"jobs": [', "无法读取"),
        ('{"jobs": ' + "[" * 100_000, "嵌套过深"),
        ('{"jobs": [' + "9" * 5000 + "]}", "无法读取"),
        ('{"jobs": {}}', "jobs 列表"),
        ('{"jobs": [{"job_id": 1, "user": "\\ud800"}]}', "代理字符"),
        ('{"jobs": [], "errors": [{"description": "query timed out"}]}', "query timed out"),
    ],
    ids=["twice", "nan", "infinity", "trailing", "cut", "deep", "big", "object", "surrogate", "errors"],
)
def test_a_broken_answer_is_refused_as_a_whole(tmp_path: Path, text: str, said: str) -> None:
    message = fault(tmp_path, text)
    assert message.startswith("sacct.json: ")
    assert said in message
    assert "\n" not in message


@pytest.mark.parametrize("text", ["", "[]", '{"items": []}', '{"jobs": [{"name": "x"}]}', "JobID|Start\n"])
def test_other_files_are_not_claimed(tmp_path: Path, text: str) -> None:
    assert not slurm_json.claims(source(tmp_path, text))


# Real files


def real() -> list[Source]:
    paths = sorted(REALDATA.glob("*.json"))
    if not paths:
        pytest.skip("没有真实数据 slurm_json，跳过")
    return [Source(path, path.name) for path in paths]


@cache
def real_rows() -> pl.DataFrame:
    """Every accepted row of every real file, with the file's name."""
    frames = [(file.name, slurm_json.read(file).whole.frames["usage_interval"]) for file in real()]
    return pl.concat(frame.with_columns(file=pl.lit(name)) for name, frame in frames)


def test_every_real_file_is_claimed_and_read_whole() -> None:
    files = real()
    assert len(files) == 52
    assert all(slurm_json.claims(file) and not slurm_text.claims(file) for file in files)
    readings = [slurm_json.read(file).whole for file in files]
    assert sum(reading.rejected.height for reading in readings) == 0
    assert sorted(reading.row_count for reading in readings) == [0] + [1] * 51
    assert gate(real_rows(), TABLE).rejected.is_empty()


def test_real_gpu_jobs_without_a_count_stay_unknown() -> None:
    rows = real_rows().filter(pl.col("file").str.contains("gpus"))
    started = rows.filter(pl.col("started_at").is_not_null())
    assert (rows.height, started.height) == (35, 26)
    assert rows["card_count"].null_count() == 35
    assert set(started["card_evidence"]) == {"requested"}


def test_the_real_zombie_stays_open() -> None:
    row = real_rows().filter(pl.col("elapsed_seconds") == 102_228_976).row(0, named=True)
    assert (row["state"], row["ended_at"], row["card_count"]) == ("RUNNING", None, Decimal(2))
    assert row["time_limit_seconds"] == 7200 * 60


def test_a_real_array_task_and_a_real_requeue_keep_their_ids() -> None:
    ids = real_rows()["record_id"].to_list()
    assert "slurm:20247445_100:20247445:1692160813+1579828" in ids
    assert "slurm:55978384:1673275023+0" in ids
