"""PBS, OpenPBS and TORQUE accounting logs read as usage intervals, and Open XDMoD's own answers."""

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.adapters import adapter_for, pbs_accounting
from hesuan.flows.scheduler.job_run import Run
from hesuan.flows.scheduler.slurm_cell import STATES
from hesuan.flows.source import Declaration, Part, Source
from hesuan.schemas.tables.usage_interval import TABLE
from hesuan.validators.gate import gate
from tests.realdata import real

START, END = 1772323200, 1772326800  # 2026-03-01 08:00 and 09:00 in Beijing
# An hour of a job on two nodes of eight cores.
JOB = {
    "user": "ma",
    "group": "physics",
    "account": "lab",
    "queue": "gpu",
    "ctime": str(START - 60),
    "start": str(START),
    "end": str(END),
    "exec_host": "n1/0-7+n2/0-7",
    "Resource_List.nodect": "2",
    "Resource_List.walltime": "02:00:00",
    "Exit_status": "0",
    "resources_used.walltime": "01:00:00",
}


def record(kind: str = "E", job_id: str = "7.srv", **cells: str | None) -> str:
    """One record; `Resource_List__nodes` is the key Resource_List.nodes, None leaves a key out."""
    said = JOB | {name.replace("__", "."): value for name, value in cells.items()}
    message = " ".join(f"{key}={value}" for key, value in said.items() if value is not None)
    return f"03/01/2026 09:00:01;{kind};{job_id};{message}"


def source(folder: Path, content: bytes, **declared: Any) -> Source:
    path = folder / "20260301"
    path.write_bytes(content)
    return Source(path, "20260301", Declaration(**declared))


def read(folder: Path, *lines: str, **declared: Any) -> Part:
    file = source(folder, ("\n".join(lines) + "\n").encode(), **declared)
    assert adapter_for(file) is pbs_accounting
    reading = pbs_accounting.read(file).whole
    assert reading.row_count == reading.frames["usage_interval"].height + reading.rejected.height
    return reading


def run(**cells: str | None) -> Run:
    return pbs_accounting.run_of(record(**cells))


def refused(folder: Path, *lines: str) -> list[tuple[int, str]]:
    return read(folder, *lines).rejected.select("row_no", "reason_code").rows()


# What a record says


def test_a_job_becomes_one_typed_row_that_passes_the_gate(tmp_path: Path) -> None:
    reading = read(tmp_path, record(Resource_List__nodes="2:ppn=8:gpus=4"), provider_id="91510000902846312Y")
    gated = gate(reading.frames["usage_interval"], TABLE)
    assert gated.rejected.is_empty()
    row = gated.accepted.row(0, named=True)
    assert row["record_id"] == f"pbs:7.srv:{START}"
    assert (row["tenant"], row["account"], row["user"], row["node_id"]) == ("lab", "lab", "ma", "n1,n2")
    assert (row["provider_id"], row["cluster_id"]) == ("91510000902846312Y", "srv")
    assert (row["card_count"], row["card_evidence"]) == (Decimal(8), "allocated")
    assert (row["cpu_cores"], row["node_count"], row["state"]) == (16, 2, "COMPLETED")
    assert row["started_at"] == datetime(2026, 3, 1, 0, tzinfo=UTC)
    assert row["ended_at"] == datetime(2026, 3, 1, 1, tzinfo=UTC)
    assert (row["elapsed_seconds"], row["time_limit_seconds"], row["suspended_seconds"]) == (3600, 7200, None)


def test_columns_that_are_typed_carry_the_types_of_the_table(tmp_path: Path) -> None:
    frame = read(tmp_path, record()).frames["usage_interval"]
    wanted = {column.name: column.kind.dtype for column in TABLE.all_columns}
    others = {n: t for n, t in frame.schema.items() if n in wanted and t != wanted[n]}
    assert list(others) == ["card_count"]  # whole numbers, which the gate makes decimals
    assert others["card_count"].is_integer()


def test_a_declared_cluster_goes_before_the_servers_name(tmp_path: Path) -> None:
    frame = read(tmp_path, record(), cluster_id="east", exported_at=datetime(2026, 4, 1, tzinfo=UTC)).frames[
        "usage_interval"
    ]
    assert (frame["cluster_id"].item(), frame["record_id"].item()) == ("east", f"pbs:7.srv:{START}")
    assert frame["exported_at"].item() == datetime(2026, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "tenant"),
    [
        ({}, "lab"),
        ({"account": None, "project": "alpha"}, "alpha"),
        ({"account": None, "project": "_pbs_project_default"}, "physics"),
        ({"account": None}, "physics"),
        ({"account": None, "group": None}, None),
    ],
)
def test_the_tenant_is_account_project_or_group_and_never_the_user(
    cells: dict[str, str | None], tenant: str | None
) -> None:
    assert run(**cells).tenant == tenant


@pytest.mark.parametrize(
    ("name", "value"),
    [('"SCSG 0001"', "SCSG 0001"), ("'a \"b\" c'", 'a "b" c'), ("old bare name", "old bare name"), ("", "")],
)
def test_values_with_spaces_are_one_value(name: str, value: str) -> None:
    fields = pbs_accounting.fields_of(f"user=ma account={name} start=5")
    assert fields == {"user": "ma", "account": value, "start": "5"}


def test_a_quoted_name_cannot_forge_a_field() -> None:
    assert run(jobname='"x start=1 ngpus=64"').started_at == START


def test_a_key_written_twice_is_refused_unless_it_says_the_same(tmp_path: Path) -> None:
    assert refused(tmp_path, record(jobname="x end=9999999999")) == [(1, "BAD_RECORD")]
    assert refused(tmp_path, record(jobname=f"x end={END}")) == []


FORGED = "Resource_List.ngpus=64"


@pytest.mark.parametrize(
    "cells",
    [
        {"jobname": f"x {FORGED}"},
        {"jobname": "x exec_vnode=(n1:ngpus=8)"},
        {"jobname": f"x queue=gpu {FORGED}"},
        {"jobname": "x account=other", "account": None},
        {"jobname": "x project=other", "account": None},
        {"account": f"lab {FORGED}"},
        {"account": f"lab jobname=x {FORGED}"},
    ],
)
def test_a_bare_text_cannot_forge_a_field(tmp_path: Path, cells: dict[str, str | None]) -> None:
    """What it forges stands nowhere else in the record, or says the same there."""
    first = {name: JOB.get(name, "x") for name in ("user", "group", "account", "jobname", "queue")}
    said = " ".join(f"{key}={value}" for key, value in (first | cells).items() if value)
    rest = " ".join(f"{key}={value}" for key, value in JOB.items() if key not in first)
    found = read(tmp_path, f"03/01/2026 09:00:01;E;7.srv;{said} {rest}").rejected
    assert found.select("row_no", "reason_code").rows() == [(1, "BAD_RECORD")]
    assert "夹带" in found["reason_zh"].item()


def test_an_account_that_comes_last_cannot_forge_a_field(tmp_path: Path) -> None:
    """TORQUE writes some there."""
    rest = {name: value for name, value in JOB.items() if name != "account"}
    said = " ".join(f"{key}={value}" for key, value in rest.items())
    line = f"03/01/2026 09:00:01;E;7.srv;{said} account=lab"
    assert read(tmp_path, line).frames["usage_interval"]["tenant"].to_list() == ["lab"]
    assert refused(tmp_path, f"{line} {FORGED}") == [(1, "BAD_RECORD")]


# Cards


@pytest.mark.parametrize(
    ("cells", "cards"),
    [
        ({"Resource_List__nodes": "4:ppn=8:gpus=2"}, 8),
        (
            {
                "Resource_List__nodes": "1:ppn=28:gpus=1:default",
                "Resource_List__neednodes": "1:ppn=28:gpus=1",
            },
            1,
        ),
        ({"Resource_List__nodes": "2:ppn=8:gpus=2+n07:ppn=8:gpus=4:shared#excl"}, 8),
        ({"Resource_List__nodes": "2:ppn=8:gpus=2+1:ppn=8"}, 4),
        ({"Resource_List__ngpus": "4"}, 4),
        ({"Resource_List__ngpus": "0"}, 0),
        ({"Resource_List__select": "288:ncpus=64:ngpus=8"}, 2304),
        ({"Resource_List__ngpus": "4", "Resource_List__select": "2:ncpus=8:ngpus=2"}, 4),
        ({"Resource_List__select": "2:ncpus=8:ngpus=2+1:ngpus=1"}, 5),
        ({"Resource_List__nodect": "2:ppn=24:gpu=2:reqmem=1:gpu"}, 4),
        ({"Resource_List__gpu": "2"}, 2),
        ({"Resource_List__nodes": "2:ppn=32:dcu=4"}, 8),
        ({"Resource_List__ngpus": "0", "Resource_List__ndcus": "4"}, 4),
        ({"Resource_List__nnpus": "8", "Resource_List__select": "1:npu=8"}, 8),
        ({"exec_vnode": "(n1:mem=1kb:ngpus=2:ncpus=24+n1b:ngpus=2)+(n2:ngpus=4)"}, 8),
        ({"exec_vnode": "(n1:ncpus=8:ngpus=8)", "Resource_List__ngpus": "4"}, 8),
        ({"exec_vnode": "(n1:ncpus=8)", "Resource_List__ngpus": "4"}, 4),
        # TORQUE lists the cards that it chose; the request may only name them, or say another number.
        ({"exec_gpus": "n1-gpu/0+n1-gpu/1+n2-gpu/0", "Resource_List__nodes": "2:ppn=8:gpu"}, 3),
        ({"exec_gpus": "node21-gpu/0"}, 1),
        ({"exec_gpus": "n1-gpu/0-3+n2-gpu/0-3", "Resource_List__nodes": "1:ppn=28:gpus=4"}, 8),
        ({"exec_gpus": "n1-gpu/0+n1-gpu/0"}, 1),
        ({"exec_gpus": "n1-gpu/0", "Resource_List__ndcus": "4"}, 5),
    ],
)
def test_cards_are_those_of_the_whole_job(cells: dict[str, str], cards: int) -> None:
    found = run(**cells)
    assert (found.card_count, found.card_evidence) == (cards, "allocated")


@pytest.mark.parametrize(
    ("cells", "evidence"),
    [
        ({}, "absent"),
        ({"Resource_List__nodes": "2:ppn=8", "queue": "gpu"}, "absent"),
        # Hosts and vnodes have names.
        ({"exec_vnode": "(gpu01:ncpus=8)+(gpu02[1]:ncpus=8)", "exec_host": "gpu01/0*8+gpu02/1*8"}, "absent"),
        ({"Resource_List__select": "1:ncpus=8:host=gpu01", "exec_host": "gpu01/0*8"}, "absent"),
        ({"Resource_List__nodes": "gpu01:ppn=8", "exec_host": "gpu01/0-7"}, "absent"),
        ({"exec_vnode": "(gpu01:ncpus=8:nhcu=4)", "exec_host": "gpu01/0*8"}, "requested"),
        ({"Resource_List__nodes": "1:ppn=8:gpu"}, "requested"),
        ({"Resource_List__feature": "gpu"}, "requested"),
        ({"Resource_List__gpu": "True"}, "requested"),
        ({"Resource_List__gpu_type": "a100"}, "requested"),
        ({"Resource_List__naccelerators": "4"}, "requested"),
        ({"exec_vnode": "(n1:ncpus=8:nhcu=4)"}, "requested"),
        ({"exec_gpus": "n1-gpu"}, "requested"),
        ({"exec_gpus": ""}, "absent"),
        # Two statements that contradict each other: neither is chosen.
        ({"Resource_List__nodes": "1:ppn=28:gpus=1", "Resource_List__ngpus": "2"}, "requested"),
    ],
)
def test_what_the_record_does_not_state_is_unknown(cells: dict[str, str], evidence: str) -> None:
    found = run(**cells)
    assert (found.card_count, found.card_evidence) == (None, evidence)


@pytest.mark.parametrize(
    "cells",
    [
        {"Resource_List__ngpus": "two"},
        {"Resource_List__nodes": "2:gpus=1.5"},
        {"Resource_List__ngpus": "1000000"},
        {"exec_vnode": "(n1:ngpus=-1)"},
    ],
)
def test_a_card_count_that_cannot_be_held_is_refused(tmp_path: Path, cells: dict[str, str]) -> None:
    assert refused(tmp_path, record(**cells)) == [(1, "BAD_CARDS")]


# Cores and nodes


@pytest.mark.parametrize(
    ("cells", "cores", "nodes"),
    [
        ({"exec_host": "n1/2+n1/3+n2/0"}, 3, 2),
        ({"exec_host": "c1/0*13+c2/0*13"}, 26, 2),
        ({"exec_host": "n1/0-3,6"}, 5, 1),
        ({"exec_host": "n1/0*0", "exec_vnode": "(n1:ncpus=24+n1b:ncpus=24)"}, 48, 1),
        ({"exec_host": "n1/a", "Resource_List__ncpus": "4"}, 4, 1),
        ({"exec_host": None, "Resource_List__nodes": "3:ppn=8", "Resource_List__nodect": "3"}, 24, 3),
        ({"exec_host": None, "resources_used__ncpus": "6"}, 6, 2),
        ({"exec_host": None, "Resource_List__nodect": None}, None, None),
    ],
)
def test_cores_and_nodes(cells: dict[str, str | None], cores: int | None, nodes: int | None) -> None:
    found = run(**cells)
    assert (found.cpu_cores, found.node_count) == (cores, nodes)


# Kinds of records, runs, states


def test_only_e_and_r_records_are_runs(tmp_path: Path) -> None:
    others = [record(kind) for kind in "QSDALMCsaYz"]
    reading = read(tmp_path, *others, record(), record("R", start=str(START - 9000), end=str(START - 60)))
    rows = reading.frames["usage_interval"]
    assert rows["record_id"].to_list() == [f"pbs:7.srv:{START}", f"pbs:7.srv:{START - 9000}"]
    assert rows["state"].to_list() == ["COMPLETED", "REQUEUED"]
    assert set(reading.rejected["reason_code"]) == {"NO_USAGE"}
    assert reading.rejected["reason_zh"][0] == "Q 记录（排队）不含用量，用量在 E 与 R 记录里"


def test_a_phase_of_a_job_is_told_apart_from_records_without_usage(tmp_path: Path) -> None:
    """pbs_release_nodes: they have usage, and E has what the job was given at first."""
    reading = read(tmp_path, *(record(kind) for kind in "uce"), record())
    assert (reading.frames["usage_interval"].height, set(reading.rejected["reason_code"])) == (1, {"PHASE"})
    assert reading.rejected["reason_zh"][0] == (
        "u 记录（一段结束）不单独计：中途释放节点的作业另由 E 记录按最初分到的计至结束，释放之后的多计；请附各段的卡数与起止"
    )


def test_records_of_another_form_are_rejects_too(tmp_path: Path) -> None:
    lines = [
        "03/01/2026 09:00:01;D;7.srv;requestor=root@srv",
        "03/01/2026 09:00:01;A;7.srv;Job deleted as result of dependency on job 6.srv",
        "03/01/2026 09:00:01;L;license;floating license hour:3 day:3 month:8 max:10",
        "03/01/2026 09:00:01;R;7.srv;",
        "03/01/2026 09:00:01;E;;start=1",
        "torn line",
    ]
    codes = ["NO_USAGE", "NO_USAGE", "NO_USAGE", "BAD_AT", "BAD_ID", "BAD_RECORD"]
    assert refused(tmp_path, *lines) == list(enumerate(codes, start=1))


def test_a_record_written_twice_comes_out_twice_and_alike(tmp_path: Path) -> None:
    rows = read(tmp_path, record("R"), record("R")).frames["usage_interval"].drop("row_no")
    assert rows.row(0) == rows.row(1)


def test_subjobs_of_an_array_are_runs_and_the_array_is_not(tmp_path: Path) -> None:
    reading = read(tmp_path, *(record(job_id=f"9[{n}].srv") for n in ("", "1", "2")))
    assert reading.frames["usage_interval"]["record_id"].to_list() == [
        f"pbs:9[1].srv:{START}",
        f"pbs:9[2].srv:{START}",
    ]
    assert reading.rejected.select("row_no", "reason_code").rows() == [(1, "ARRAY_ROW")]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("0", "COMPLETED"),
        ("1", "FAILED"),
        ("271", "FAILED"),
        ("-3", "BOOT_FAIL"),
        ("-4", "NODE_FAIL"),
        # TORQUE: over the time limit; OpenPBS: rerun. It ran, whatever it means.
        ("-11", "FAILED"),
        (None, None),
    ],
)
def test_states(status: str | None, state: str | None) -> None:
    assert run(Exit_status=status).state == state
    assert state is None or state in STATES


@pytest.mark.parametrize(
    ("printed", "seconds"),
    [("100:00:00", 360000), ("2:00:00:01", 172801), ("90", 90), ("00:00:01.5", 1), (None, None)],
)
def test_durations_have_no_upper_bound(printed: str | None, seconds: int | None) -> None:
    found = run(resources_used__walltime=printed, Resource_List__walltime=printed)
    assert (found.elapsed_seconds, found.time_limit_seconds) == (seconds, seconds)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"start": None}, "BAD_AT"),
        ({"start": "0"}, "BAD_AT"),
        ({"end": None}, "BAD_AT"),
        ({"end": "2026-03-01T09:00:00"}, "BAD_AT"),
        ({"Exit_status": "ok"}, "BAD_STATE"),
        ({"resources_used__walltime": "1 day"}, "BAD_DURATION"),
        ({"Resource_List__walltime": "UNLIMITED"}, "BAD_DURATION"),
        ({"Resource_List__nodes": "2:ppn=all", "exec_host": None}, "BAD_INT"),
    ],
)
def test_unusable_records_are_refused_for_one_reason(
    tmp_path: Path, cells: dict[str, str | None], code: str
) -> None:
    assert refused(tmp_path, record(**cells)) == [(1, code)]


# Files


def test_blank_lines_and_comments_are_no_rows_and_lines_keep_their_numbers(tmp_path: Path) -> None:
    reading = read(tmp_path, "# of March", "", record(), "", record("Q"))
    assert (reading.row_count, reading.frames["usage_interval"]["row_no"].to_list()) == (2, [3])
    assert reading.frames["usage_interval"]["raw"].item() == record()
    assert reading.rejected.select("row_no", "raw").rows() == [(5, record("Q"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_names_survive_every_encoding_and_gzip(tmp_path: Path, encoding: str) -> None:
    names = ["实验室甲", "计算中心", "智能实验室"]
    text = "\r\n".join(record(account=name) for name in names).encode(encoding)
    for content in (text, gzip.compress(text)):
        file = source(tmp_path, content)
        assert pbs_accounting.claims(file)
        assert pbs_accounting.read(file).whole.frames["usage_interval"]["tenant"].to_list() == names


@pytest.mark.parametrize(
    "text",
    [
        "",
        "03/01/2026 09:00:01;0100;PBS_Server;Job;7.srv;enqueuing\n",
        "2026-03-01 09:00:01;E;7.srv;user=ma\n",
        "provider_id,record_id\nA,1\n",
    ],
)
def test_other_files_are_not_claimed(tmp_path: Path, text: str) -> None:
    assert not pbs_accounting.claims(source(tmp_path, text.encode()))


def test_a_spiteful_line_is_read_in_no_time(tmp_path: Path) -> None:
    spites = [" " * 100_000, "a" * 100_000, "a= " * 30_000, '"' * 100_000, "a.b " * 30_000]
    assert read(tmp_path, *(record(jobname=spite) for spite in spites)).row_count == 5


# Open XDMoD's own cases

UNIT = "xdmod/shredder_unit/shredder__pbs__{}__accounting-logs.{}"


def theirs() -> list[tuple[str, dict[str, Any], Run]]:
    """Title, Open XDMoD's reading, ours."""
    lines = real(UNIT.format("input", "log")).read_text("utf-8").splitlines()
    expected = json.loads(real(UNIT.format("output", "json")).read_text("utf-8"))
    runs = [pbs_accounting.run_of(line) for line in lines]
    return [(title, job, ours) for (title, job), ours in zip(expected.items(), runs, strict=True)]


def test_every_real_record_is_read_and_passes_the_gate() -> None:
    path = real(UNIT.format("input", "log"))
    file = Source(path, path.name)
    assert adapter_for(file) is pbs_accounting
    reading = pbs_accounting.read(file).whole
    assert (reading.row_count, reading.rejected.height) == (9, 0)
    assert gate(reading.frames["usage_interval"], TABLE).rejected.is_empty()


def test_who_and_when_are_open_xdmods() -> None:
    for title, job, ours in theirs():
        assert ours.record_id.split(":")[1].partition(".")[0] == job["job_id"], title
        assert (ours.user, ours.account) == (job["user"], job.get("account")), title
        assert (ours.started_at, ours.ended_at) == (int(job["start"]), int(job["end"])), title
        assert ours.ended_at is not None
        assert ours.started_at is not None
        wall = ours.ended_at - ours.started_at if ours.elapsed_seconds is None else ours.elapsed_seconds
        assert wall == job["resources_used_walltime"], title
        assert ours.time_limit_seconds == job.get("resource_list_walltime"), title


def test_nodes_and_cores_are_open_xdmods() -> None:
    for title, job, ours in theirs():
        assert ours.node_id == job.get("node_list"), title
        assert ours.node_count == job.get("resources_used_nodes", 1), title
        # `[host]/0*0`: theirs counts a range from 1 down to 0; exec_vnode and ncpus both say 48.
        cores = {"3073070": 48, "7904": 28}.get(job["job_id"], job.get("resources_used_cpus"))
        assert ours.cpu_cores == cores, title


def test_cards_are_open_xdmods_and_its_zero_is_our_unknown() -> None:
    found = {title: (job, ours) for title, job, ours in theirs()}
    for title, (job, ours) in found.items():
        assert (ours.card_count or 0) == int(job["resources_used_gpus"]), title
        assert ours.card_count != 0, title
    # neednodes says one card, gpu says two: neither is chosen.
    assert found["Job with Resource_List.gpu"][1].card_evidence == "requested"
