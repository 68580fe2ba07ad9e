"""LSF's lsb.acct read as usage intervals, and Open XDMoD's own answers."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.adapters import adapter_for, lsf_accounting
from hesuan.flows.scheduler.job_run import Run
from hesuan.flows.scheduler.lsf_record import cells_of
from hesuan.flows.scheduler.slurm_cell import STATES
from hesuan.flows.source import Declaration, Part, Source
from hesuan.schemas.tables.usage_interval import TABLE
from hesuan.validators.gate import gate
from tests.realdata import real

START, END = 1772323200, 1772326800  # 2026-03-01 08:00 and 09:00 in Beijing
SUBMIT = START - 60
RUSAGE = "1.5 0.5 1024 0 -1 0 0 436 4 0 928 0 -1 0 0 0 19 2 -1"


def record(
    *,
    event: str = "JOB_FINISH",
    job: int = 404,
    element: int = 0,
    slots: str = "16 16",
    start: int | str = START,
    hosts: str = '2 "8*n1" "8*n2"',
    status: str = "64 0",
    resources: str = "span[ptile=8]",
    effective: str = "select[type == any] span[ptile=8] ",
    command: str = "train",
    project: str = "lab",
    tail: str | None = None,
) -> str:
    """One event of LSF 10.1. slots: asked and at most; status: jStatus and exitInfo."""
    asked, most = slots.split()
    state, ending = status.split()
    late = (
        f'2 1032 "0" 1033 "0" 1 n1 1306 0 12 2 0 7200 0 2048 "{effective}" "" -1 "" -1 0 "" 0 0 "" 3500 "/w" '
        '0 "" 0.000000 0.00 0.00 0.00 0.00 2 "n1" "n2" -1 0 0 0 0 1 "schedulingOverhead" "0.00"'
    )
    return (
        f'"{event}" "10.108" {END} {job} 1501 33554434 {asked} {SUBMIT} 0 0 {start} "ma" "gpu" "{resources}" '
        f'"" "" "login" "/w" "" "" "" "{SUBMIT}.{job}" 0 {hosts} {state} 60.0 "j" "{command}" {RUSAGE} "" '
        f'"{project}" 0 {most} "" "" {element} 2048 0 "" "" "" "" 0 "" {ending} "" -1 "" "" "" "" -1 "" "" '
        f'5136 "" {START} "" "" {late if tail is None else tail}'
    )


def source(folder: Path, text: str, **declared: Any) -> Source:
    path = folder / "lsb.acct"
    path.write_text(text, encoding="utf-8")
    return Source(path, "lsb.acct", Declaration(**declared))


def read(folder: Path, *lines: str, **declared: Any) -> Part:
    file = source(folder, "\n".join(lines) + "\n", **declared)
    assert adapter_for(file) is lsf_accounting
    reading = lsf_accounting.read(file).whole
    assert reading.row_count == reading.frames["usage_interval"].height + reading.rejected.height
    return reading


def run(**said: Any) -> Run:
    return lsf_accounting.run_of(record(**said))


def refused(folder: Path, *lines: str) -> list[tuple[int, str]]:
    return read(folder, record(), *lines).rejected.select("row_no", "reason_code").rows()


# What a record says


def test_a_job_becomes_one_typed_row_that_passes_the_gate(tmp_path: Path) -> None:
    reading = read(tmp_path, record(), provider_id="91510000902846312Y", cluster_id="east")
    gated = gate(reading.frames["usage_interval"], TABLE)
    assert gated.rejected.is_empty()
    row = gated.accepted.row(0, named=True)
    assert row["record_id"] == f"lsf:404:{SUBMIT}:{START}"
    assert (row["tenant"], row["account"], row["user"], row["node_id"]) == ("lab", "lab", "ma", "n1,n2")
    assert (row["provider_id"], row["cluster_id"]) == ("91510000902846312Y", "east")
    assert (row["cpu_cores"], row["node_count"], row["state"]) == (16, 2, "COMPLETED")
    assert row["started_at"] == datetime(2026, 3, 1, 0, tzinfo=UTC)
    assert row["ended_at"] == datetime(2026, 3, 1, 1, tzinfo=UTC)
    assert (row["elapsed_seconds"], row["time_limit_seconds"]) == (3500, 7200)


def test_a_start_of_zero_means_that_the_job_never_ran(tmp_path: Path) -> None:
    row = (
        read(tmp_path, record(start=0, hosts="0", status="32 14")).frames["usage_interval"].row(0, named=True)
    )
    assert (row["started_at"], row["ended_at"], row["state"]) == (None, None, "CANCELLED")
    assert (row["record_id"], row["node_id"]) == (f"lsf:404:{SUBMIT}:0", None)


def test_elements_of_an_array_and_runs_of_a_requeued_job_have_ids_of_their_own(tmp_path: Path) -> None:
    lines = [record(element=1), record(element=2), record(element=2, start=START + 600)]
    ids = read(tmp_path, *lines).frames["usage_interval"]["record_id"].to_list()
    assert ids == [
        f"lsf:404[1]:{SUBMIT}:{START}",
        f"lsf:404[2]:{SUBMIT}:{START}",
        f"lsf:404[2]:{SUBMIT}:{START + 600}",
    ]


def test_quotes_within_quotes_are_written_twice() -> None:
    assert cells_of('"a ""b c"" d" 7 "" "x;#"') == [
        ('a "b c" d', True),
        ("7", False),
        ("", True),
        ("x;#", True),
    ]
    script = '#!/bin/sh;#BSUB -R ""span[ptile=16]"";#BSUB -J x; mpirun ""a b"" > out 2>&1; 32 0'
    assert run(command=script) == run()


@pytest.mark.parametrize(
    ("hosts", "slots", "cores", "nodes"),
    [
        ('2 "8*n1" "8*n2"', "16 16", 16, 2),
        # Asked for 4 to 16: the hosts tell.
        ('2 "8*n1" "2*n2"', "4 16", 10, 2),
        ('3 "n1" "n1" "n2"', "2 4", 3, 2),
        ("0", "2 4", None, None),
    ],
)
def test_cores_and_nodes(hosts: str, slots: str, cores: int | None, nodes: int | None) -> None:
    found = run(hosts=hosts, slots=slots)
    assert (found.cpu_cores, found.node_count) == (cores, nodes)


@pytest.mark.parametrize(
    ("said", "evidence"),
    [
        ({}, "absent"),
        ({"command": "train --gpus 8"}, "absent"),
        ({"effective": "select[(ngpus>0)] rusage[ngpus_physical=2.00/host] "}, "requested"),
        ({"resources": "rusage[ngpus_excl_p=1]"}, "requested"),
    ],
)
def test_no_allocation_of_cards_is_stated_so_the_count_is_unknown(
    said: dict[str, Any], evidence: str
) -> None:
    found = run(**said)
    assert (found.card_count, found.card_evidence) == (None, evidence)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("64 0", "COMPLETED"),
        ("32 0", "FAILED"),
        ("32 5", "TIMEOUT"),
        ("32 10", "CANCELLED"),
        ("32 11", "REQUEUED"),
        ("32 16", "OUT_OF_MEMORY"),
        ("32 1", "PREEMPTED"),
        ("32 99", "FAILED"),
    ],
)
def test_states(status: str, state: str) -> None:
    assert run(status=status).state == state
    assert state in STATES


@pytest.mark.parametrize(
    "tail",
    [
        "",
        "0",
        '0 0 7200 0 2048 "sel"',
        # A field more than we know of before the run time: nothing of it is believed.
        '0 0 7200 0 2048 9 "sel" "" -1 "" -1 0 "" 0 0 "" 3500 "/w"',
        '3 1 "x"',
        '0 0 -1 0 0 "" "" -1 "" -1 0 "" 0 0 "" -1 ""',
        '0 0 9999999999999 0 0 "" "" -1 "" -1 0 "" 0 0 "" 1 ""',
    ],
)
def test_late_fields_that_do_not_lie_as_they_should_are_unknown(tail: str) -> None:
    found = run(tail=tail)
    assert (found.elapsed_seconds, found.time_limit_seconds) == (None, None)
    assert (found.started_at, found.ended_at) == (START, END)


# What is refused


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (record(event="JOB_RESIZE"), "NO_USAGE"),
        (f'"EVENT_ADRSV_FINISH" "10.1" {END} {START}', "NO_USAGE"),
        (record(status="1024 0"), "BAD_STATE"),
        (record(start="soon"), "BAD_AT"),
        (record(start=5), "BAD_AT"),
        (record(slots="x 4"), "BAD_INT"),
        (record(hosts='3 "n1" "n2"'), "BAD_STATE"),
        (record(hosts='"n1"'), "BAD_INT"),
        (record(command='a "b'), "BAD_RECORD"),
        (record()[:200], "RAGGED"),
        (record()[:4], "BAD_RECORD"),
    ],
)
def test_unusable_lines_are_refused_for_one_reason(tmp_path: Path, line: str, code: str) -> None:
    assert refused(tmp_path, line) == [(2, code)]


def test_lsb_events_is_claimed_to_say_what_is_wanted(tmp_path: Path) -> None:
    reading = read(
        tmp_path, "#1234", f'"JOB_NEW" "10.1" {SUBMIT} 404 1501', f'"JOB_START" "10.1" {START} 404 4'
    )
    assert reading.rejected.select("row_no", "reason_code").rows() == [(2, "NO_USAGE"), (3, "NO_USAGE")]
    assert reading.rejected["reason_zh"][0] == "JOB_NEW 事件不含用量；用量在 lsb.acct 的 JOB_FINISH 里"


def test_a_project_without_name_is_no_tenant(tmp_path: Path) -> None:
    gated = gate(read(tmp_path, record(project="")).frames["usage_interval"], TABLE)
    assert gated.rejected["reason_zh"].to_list() == ["租户 不能为空"]


@pytest.mark.parametrize(
    "text", ["", '"a" "b"\n', '"JOB_FINISH","10.1",1772326800\n', "job_id,num_cores\n1,2\n"]
)
def test_other_files_are_not_claimed(tmp_path: Path, text: str) -> None:
    assert not lsf_accounting.claims(source(tmp_path, text))


def test_a_spiteful_line_is_read_in_no_time(tmp_path: Path) -> None:
    spites = ['""' * 100_000, "a" * 100_000, " " * 100_000, '"" ' * 50_000]
    assert read(tmp_path, record(), *(record(command=spite) for spite in spites)).row_count == 5


# Open XDMoD's own cases

UNIT = "xdmod/shredder_unit/shredder__lsf__{}__{}"


def test_open_xdmods_own_cases() -> None:
    path = real(UNIT.format("input", "accounting-logs.log"))
    file = Source(path, path.name)
    assert adapter_for(file) is lsf_accounting
    reading = lsf_accounting.read(file).whole
    assert (reading.row_count, reading.rejected.height) == (2, 0)
    assert gate(reading.frames["usage_interval"], TABLE).rejected.is_empty()
    expected = json.loads(real(UNIT.format("output", "accounting-logs.json")).read_text("utf-8"))
    for job, line in zip(expected, path.read_text("utf-8").splitlines(), strict=True):
        ours = lsf_accounting.run_of(line)
        assert ours.record_id == f"lsf:{job['job_id']}:{job['submit_time']}:{job['start_time']}"
        assert (ours.user, ours.account) == (job["user_name"], job["project_name"])
        assert (ours.started_at, ours.ended_at) == (int(job["start_time"]), int(job["event_time"]))
        assert (ours.node_id, ours.node_count) == (job["node_list"], len(job["exec_hosts"]))
        assert (ours.cpu_cores, ours.state) == (int(job["num_processors"]), "COMPLETED")
        # What it calls walltime is CPU time; the length of a run is to it, too, the event less the start, and
        # so says the run time, which it leaves among its unknowns.
        assert float(job["walltime"]) == float(job["ru_utime"]) + float(job["ru_stime"])
        assert (
            ours.elapsed_seconds == int(job["event_time"]) - int(job["start_time"]) == int(job["unknown57"])
        )
        assert ours.time_limit_seconds == 12 * 3600  # #BSUB -W 12:00
        assert (ours.card_count, ours.card_evidence) == (None, "absent")


def test_a_real_command_beyond_ascii_survives() -> None:
    path = real(UNIT.format("input", "utf8-multibyte-chars.log"))
    expected = json.loads(real(UNIT.format("output", "utf8-multibyte-chars.json")).read_text("utf-8"))
    reading = lsf_accounting.read(Source(path, path.name)).whole
    assert f'"{expected[0]["command"]}"' in reading.frames["usage_interval"]["raw"].item()


def test_a_real_list_of_jobs_without_owner_is_nobodys() -> None:
    """It names neither user, project nor cluster: there is nobody whom the hours could be counted for."""
    path = real("slurm_text/lsf_jobs_hpc-cost-simulator.csv")
    assert adapter_for(Source(path, path.name)) is None
