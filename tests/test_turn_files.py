"""Raw exports of one card in several files: readings of one turn of an exporter, and two collectors of one exporter."""

import json
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.occupancy.turn import gather_turns
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace, make_workspace
from tests.city import POLICY, PROVIDER
from tests.test_sample_files import ask

T = 1772323200  # 2026-03-01 08:00 in Beijing
NPU = {"vdie_id": "0A0A0A01-1", "id": "0", "namespace": "t-a", "pod_name": "p"}


def series(metric: str, ats: Any, value: str, **labels: str) -> dict[str, Any]:
    return {"metric": {"__name__": metric, **NPU, **labels}, "values": [[at, value] for at in ats]}


def night(root: Path, *files: list[dict[str, Any]], declared: str = "") -> Workspace:
    workspace = make_workspace(root / "w", policy=POLICY)
    folder = workspace.inbox / "submissions"
    for number, found in enumerate(files):
        answer = {"status": "success", "data": {"resultType": "matrix", "result": found}}
        (folder / f"{number}.json").write_text(json.dumps(answer), encoding="utf-8")
    (folder / "source.toml").write_text(f'provider_id = "{PROVIDER}"\n{declared}', encoding="utf-8")
    return workspace


HOURS = """
    select sum(metered_seconds), sum(active_seconds), sum(util_known_seconds), sum(power_known_seconds)
    from reconciled.sample_day
"""
TURNS = range(T, T + 3600, 60)


@pytest.mark.parametrize("declared", ["", "sample_period_seconds = 60\n"])
@pytest.mark.parametrize("is_cut", [False, True])
def test_metrics_of_one_turn_are_one_sample_in_one_file_and_in_several(
    tmp_path: Path, declared: str, is_cut: bool
) -> None:
    """npu-exporter read power three seconds after utilisation, memory seven seconds before."""
    found = [
        series("npu_chip_info_utilization", TURNS, "73"),
        series("npu_chip_info_power", [at + 3 for at in TURNS], "300"),
        series("npu_chip_info_hbm_used_memory", [at - 7 for at in TURNS], "1024"),
    ]
    files = [[each] for each in found] if is_cut else [found]
    assert ask(night(tmp_path, *files, declared=declared), HOURS) == [(3600, 3600, 3600, 3600)]


def gathered(step: int, *beside: tuple[str, int, str | None]) -> list[int]:
    """Instants of readings (file, instant, tenant) beside ten of utilisation of tenant t-a."""
    with connect() as connection:
        connection.execute(
            "create table odd (file_sha256 varchar, sheet varchar, row_no bigint, provider_id varchar, device_uuid varchar,"
            " contract_no varchar, tenant varchar, at_s bigint, util_percent decimal(18, 3))"
        )
        read = [("util", step * nth, "t-a", 50) for nth in range(10)] + [(*each, None) for each in beside]
        connection.executemany(
            "insert into odd values (?, null, ?, null, 'GPU-1', null, ?, ?, ?)",
            [(file, nth, tenant, at, util) for nth, (file, at, tenant, util) in enumerate(read)],
        )
        gather_turns(connection)
        found = "select at_s from odd where util_percent is null order by row_no"
        return [at for (at,) in connection.execute(found).fetchall()]


@pytest.mark.parametrize(
    ("step", "beside", "found"),
    [
        (60, [("power", 123, "t-a"), ("memory", 113, "t-a")], [120, 120]),
        (60, [("power", 120 + 30, "t-a"), ("power", 180 + 31, "t-a")], [120, 240]),
        (60, [("power", 540 + 31, "t-a")], [571]),
        (600, [("power", 660, "t-a"), ("memory", 661, "t-a")], [600, 661]),
        (60, [("power", 117, "t-a"), ("power", 121, "t-a")], [117, 120]),
        (60, [("power", 123, "t-b"), ("memory", 123, None)], [123, 123]),
    ],
    ids=[
        "beside it",
        "by half a step",
        "no further",
        "by a minute at most",
        "the nearest alone",
        "not another's",
    ],
)
def test_what_was_read_beside_utilisation_is_of_its_instant(
    step: int, beside: list[tuple[str, int, str | None]], found: list[int]
) -> None:
    assert gathered(step, *beside) == found


@pytest.mark.parametrize("is_cut", [False, True])
@pytest.mark.parametrize(("apart", "seconds"), [(1, 3601), (20, 3620), (29, 59 * 60 + 29 + 29)])
def test_two_collectors_of_a_card_cover_its_time_once(
    tmp_path: Path, apart: int, seconds: int, is_cut: bool
) -> None:
    """From the first sample to a period after the last; steps of 29 and 31 seconds are taken for half a minute each."""
    card = {"vdie_id": "", "UUID": "GPU-1"}
    found = [
        series("DCGM_FI_DEV_GPU_UTIL", [at + offset for at in TURNS], "73", replica=name, **card)
        for name, offset in (("a", 0), ("b", apart))
    ]
    files = [[each] for each in found] if is_cut else [found]
    [(metered, active, *_)] = ask(night(tmp_path, *files), HOURS)
    assert (metered, active) == (seconds, seconds)


def test_two_tenants_on_a_card_in_turn_have_each_their_own_steps(tmp_path: Path) -> None:
    card = {"vdie_id": "", "UUID": "GPU-1"}
    found = [
        series("DCGM_FI_DEV_GPU_UTIL", range(T, T + 1800, 60), "73", **card),
        series("DCGM_FI_DEV_GPU_UTIL", range(T + 1800, T + 3600, 60), "73", **card | {"namespace": "t-b"}),
    ]
    shares = "select tenant, sum(metered_seconds) from reconciled.sample_day group by all order by all"
    assert ask(night(tmp_path, found), shares) == [("t-a", 1800), ("t-b", 1800)]
