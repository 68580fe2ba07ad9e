"""Accounting files of Grid Engine read as usage intervals, and Open XDMoD's own answers for SGE and UGE."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.adapters import adapter_for, sge_accounting
from hesuan.flows.scheduler.job_run import Run
from hesuan.flows.scheduler.slurm_cell import STATES
from hesuan.flows.source import Declaration, Part, Source
from hesuan.schemas.tables.usage_interval import TABLE
from hesuan.validators.gate import gate
from tests.realdata import real

START, END = 1772323200, 1772326800  # 2026-03-01 08:00 and 09:00 in Beijing
SUBMIT = START - 60
JOB = {
    **{"qname": "gpu.q", "hostname": "n1", "group": "physics", "owner": "ma", "job_name": "train"},
    **{"job_number": "7", "account": "sge", "priority": "0", "submission_time": str(SUBMIT)},
    **{
        "start_time": str(START),
        "end_time": str(END),
        "failed": "0",
        "exit_status": "0",
        "ru_wallclock": "3600",
    },
    **{f"rusage{n}": "0" for n in range(17)},
    **{"project": "alpha", "department": "defaultdepartment", "granted_pe": "NONE", "slots": "1"},
    **{
        "task_number": "0",
        "cpu": "1.5",
        "mem": "0.1",
        "io": "0.0",
        "category": "-q gpu.q -l h_rt=7200,gpu=2",
    },
    **{
        "iow": "0.000000",
        "pe_taskid": "NONE",
        "maxvmem": "189153280.000000",
        "arid": "0",
        "ar_submission_time": "0",
    },
}


def job(*more: str, **cells: str) -> str:
    """One line of SGE 6.2, an hour on one slot; `more` are the fields that UGE adds."""
    return ":".join([*(JOB | cells).values(), *more])


def source(folder: Path, text: str, **declared: Any) -> Source:
    path = folder / "accounting"
    path.write_text(text, encoding="utf-8")
    return Source(path, "accounting", Declaration(**declared))


def read(folder: Path, *lines: str, **declared: Any) -> Part:
    file = source(folder, "\n".join(lines) + "\n", **declared)
    assert adapter_for(file) is sge_accounting
    reading = sge_accounting.read(file).whole
    assert reading.row_count == reading.frames["usage_interval"].height + reading.rejected.height
    return reading


def run(*more: str, **cells: str) -> Run:
    return sge_accounting.run_of(job(*more, **cells))


def refused(folder: Path, *lines: str) -> list[tuple[int, str]]:
    return read(folder, job(), *lines).rejected.select("row_no", "reason_code").rows()


# What a line says


def test_a_job_becomes_one_typed_row_that_passes_the_gate(tmp_path: Path) -> None:
    reading = read(tmp_path, job(slots="16"), provider_id="91510000902846312Y", cluster_id="east")
    gated = gate(reading.frames["usage_interval"], TABLE)
    assert gated.rejected.is_empty()
    row = gated.accepted.row(0, named=True)
    assert row["record_id"] == f"sge:7:{SUBMIT}:{START}"
    assert (row["tenant"], row["account"], row["user"], row["node_id"]) == ("alpha", "sge", "ma", "n1")
    assert (row["provider_id"], row["cluster_id"]) == ("91510000902846312Y", "east")
    assert (row["cpu_cores"], row["node_count"], row["state"]) == (16, 1, "COMPLETED")
    assert row["started_at"] == datetime(2026, 3, 1, 0, tzinfo=UTC)
    assert row["ended_at"] == datetime(2026, 3, 1, 1, tzinfo=UTC)
    assert (row["elapsed_seconds"], row["time_limit_seconds"]) == (3600, 7200)


@pytest.mark.parametrize(
    ("cells", "tenant"),
    [
        ({}, "alpha"),
        ({"project": "NONE", "account": "lab"}, "lab"),
        ({"project": "NONE"}, "physics"),
        ({"project": "NONE", "group": ""}, None),
    ],
)
def test_the_tenant_is_project_account_or_group_and_never_the_user(
    cells: dict[str, str], tenant: str | None
) -> None:
    assert run(**cells).tenant == tenant


def test_of_a_parallel_job_only_the_first_host_is_named() -> None:
    found = run(granted_pe="mpi", slots="32")
    assert (found.node_id, found.node_count, found.cpu_cores) == ("n1", None, 32)
    assert run(granted_pe="smp", slots="1").node_count == 1


def test_tasks_of_an_array_and_reruns_have_ids_of_their_own(tmp_path: Path) -> None:
    lines = [
        job(task_number="1"),
        job(task_number="2", failed="25"),
        job(task_number="2", start_time=str(START + 60)),
    ]
    rows = read(tmp_path, *lines).frames["usage_interval"]
    assert rows["record_id"].to_list() == [
        f"sge:7.1:{SUBMIT}:{START}",
        f"sge:7.2:{SUBMIT}:{START}",
        f"sge:7.2:{SUBMIT}:{START + 60}",
    ]
    assert rows["state"].to_list() == ["COMPLETED", "REQUEUED", "COMPLETED"]


def test_tasks_of_a_parallel_job_are_not_counted_again(tmp_path: Path) -> None:
    reading = read(tmp_path, job(pe_taskid="1.n2", submission_time="0"), job(slots="32", granted_pe="mpi"))
    assert reading.frames["usage_interval"]["row_no"].to_list() == [2]
    assert reading.rejected["reason_code"].to_list() == ["STEP_ROW"]


def test_a_start_of_zero_means_that_the_job_never_ran() -> None:
    found = run(start_time="0", end_time="0", failed="1", ru_wallclock="0")
    assert (found.started_at, found.ended_at, found.state) == (None, None, "BOOT_FAIL")
    assert found.record_id == f"sge:7:{SUBMIT}:0"


def test_milliseconds_are_cut_to_seconds() -> None:
    found = run(
        submission_time=f"{SUBMIT}288",
        start_time=f"{START}875",
        end_time=f"{END}193",
        ru_wallclock="3599.318",
    )
    assert (found.started_at, found.ended_at) == (START, END)
    # 3599.318 s is what lies between; in whole seconds, times and length agree.
    assert found.elapsed_seconds == 3600
    assert found.record_id == f"sge:7:{SUBMIT}:{START}"


@pytest.mark.parametrize(
    ("wallclock", "seconds"),
    [("3600", 3600), ("3599", 3599), ("3598.9", 3598), ("0.2", 0), ("3600.999999", 3600)],
)
def test_a_length_that_contradicts_the_times_is_kept(wallclock: str, seconds: int) -> None:
    assert run(ru_wallclock=wallclock).elapsed_seconds == seconds


@pytest.mark.parametrize(
    ("failed", "exit_status", "state"),
    [
        ("0", "0", "COMPLETED"),
        ("0", "137", "FAILED"),
        ("1", "0", "BOOT_FAIL"),
        ("26", "0", "BOOT_FAIL"),
        ("15", "0", "FAILED"),
        ("19", "0", "NODE_FAIL"),
        ("22", "0", "CANCELLED"),
        ("24", "0", "REQUEUED"),
        ("37", "137", "FAILED"),
        ("100", "137", "FAILED"),
    ],
)
def test_failed_codes(failed: str, exit_status: str, state: str) -> None:
    assert run(failed=failed, exit_status=exit_status).state == state
    assert state in STATES


# Cards


@pytest.mark.parametrize(
    ("cells", "more", "evidence"),
    [
        ({}, (), "requested"),
        ({"category": "-l h_rt=7200 -q gpu_queue -u gpuuser"}, (), "absent"),
        ({"category": "NONE"}, (), "absent"),
        ({"category": "-l gpu=0"}, (), "absent"),
        ({"category": "-l gpu=0.5"}, (), "requested"),
        ({"category": "-l ngpus=4 -pe smp 8"}, (), "requested"),
        ({"category": "-l npu_card=1"}, (), "requested"),
        ({"category": "-l tesla=1"}, (), "absent"),
        ({"category": "NONE"}, ("NONE", "gpu=1,m_mem_free=1G", "NONE"), "requested"),
    ],
)
def test_cards_are_asked_for_and_never_said_to_be_granted(
    cells: dict[str, str], more: tuple[str, ...], evidence: str
) -> None:
    found = run(*more, **cells)
    assert (found.card_count, found.card_evidence) == (None, evidence)


# What is refused, and files


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (job(failed="99"), "BAD_STATE"),
        (job(failed="100 : assumedly after job"), "RAGGED"),
        (job(failed="x"), "BAD_STATE"),
        (job(start_time="soon"), "BAD_AT"),
        (job(end_time="0"), ""),
        (job(start_time="5"), "BAD_AT"),
        (job(slots="two"), "BAD_INT"),
        (job(job_number=""), "BAD_INT"),
        (job(ru_wallclock="1:00:00"), "RAGGED"),
        (job(ru_wallclock="nan"), "BAD_DURATION"),
        (job(category="-l h_rt=2:00:00"), "RAGGED"),
        (":".join(job().split(":")[:40]), "RAGGED"),
    ],
)
def test_unusable_lines_are_refused_for_one_reason(tmp_path: Path, line: str, code: str) -> None:
    assert refused(tmp_path, line) == ([(2, code)] if code else [])


def test_a_run_without_end_is_left_open() -> None:
    assert run(end_time="0").ended_at is None


def test_comments_are_no_rows_and_older_files_have_two_fields_less(tmp_path: Path) -> None:
    older = ":".join(job().split(":")[:43])
    reading = read(tmp_path, "# Version: 6.1", "#", older, "")
    assert (reading.row_count, reading.frames["usage_interval"]["row_no"].to_list()) == (1, [3])


@pytest.mark.parametrize(
    "text", ["", "# only a comment\n", "root:x:0:0:root:/root:/bin/sh\n", ":" * 60 + "\n"]
)
def test_other_files_are_not_claimed(tmp_path: Path, text: str) -> None:
    assert not sge_accounting.claims(source(tmp_path, text))


def test_a_spiteful_line_is_read_in_no_time(tmp_path: Path) -> None:
    spites = ["gpu_" * 50_000, "a" * 200_000, " " * 200_000, "," * 200_000]
    assert read(tmp_path, job(), *(job(category=spite) for spite in spites)).row_count == 5


# Open XDMoD's own cases


@pytest.mark.parametrize("family", ["sge", "uge"])
def test_open_xdmods_own_cases(family: str) -> None:
    path = real(f"xdmod/shredder_unit/shredder__{family}__input__accounting-logs.log")
    output = real(f"xdmod/shredder_unit/shredder__{family}__output__accounting-logs.json")
    file = Source(path, path.name)
    assert adapter_for(file) is sge_accounting
    reading = sge_accounting.read(file).whole
    assert (reading.row_count, reading.rejected.height) == (2, 0)
    assert gate(reading.frames["usage_interval"], TABLE).rejected.is_empty()
    lines = path.read_text("utf-8").splitlines()
    for theirs, line in zip(json.loads(output.read_text("utf-8")), lines, strict=True):
        ours = sge_accounting.run_of(line)
        start, end = int(theirs["start_time"]), int(theirs["end_time"])
        assert ours.record_id == f"sge:{theirs['job_number']}:{theirs['submission_time']}:{start}"
        assert (ours.user, ours.account, ours.node_id) == (
            theirs["owner"],
            theirs["account"],
            theirs["hostname"],
        )
        assert (ours.started_at, ours.ended_at) == (start, end)
        # Theirs keeps a fraction of a second.
        assert ours.elapsed_seconds is not None
        assert abs(ours.elapsed_seconds - float(theirs["ru_wallclock"])) < 1
        assert ours.cpu_cores == int(theirs["slots"])
        assert ours.time_limit_seconds == (
            int(theirs["resource_list_h_rt"]) if family == "sge" else ours.time_limit_seconds
        )
        # Theirs takes the request for the number of cards; a request per slot would be sixteen.
        is_asked = "resource_list_gpu" in theirs
        assert (ours.card_count, ours.card_evidence) == (None, "requested" if is_asked else "absent")
