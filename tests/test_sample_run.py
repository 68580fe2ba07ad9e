"""Real card samples through the whole pipeline: metered, active and weighted card-hours as others computed them."""

import csv
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from hesuan.flows.warehouse import Connection, connect
from hesuan.flows.workspace import Workspace, make_workspace
from tests.city import POLICY, PROVIDER
from tests.night import tally
from tests.realdata import real
from tests.test_npu_smi_loop import CHIP, NEXT, board, table
from tests.test_same_figures import conserved

# What the export does not say itself: its step, its metric, and which column is the card (one per container).
DECLARED = f"""
provider_id = "{PROVIDER}"
sample_period_seconds = 57
sample_metric = "util_percent"
[headers]
timestamp_anon = "timestamp"
container_ip = "device_uuid"
"""


def taken_in(root: Path, *paths: Path, declared: str = "") -> Workspace:
    workspace = make_workspace(root, policy=POLICY)
    folder = workspace.inbox / "submissions"
    (folder / "source.toml").write_text(declared, encoding="utf-8")
    for path in paths:
        shutil.copy(path, folder)
    tally(workspace)
    return workspace


@pytest.fixture(scope="module")
def duty_cycle(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    samples = real("alibaba_genai_v2026/pod_gpu_duty_cycle_anon.csv.gz")
    return taken_in(tmp_path_factory.mktemp("duty"), samples, declared=DECLARED)


@pytest.fixture
def published(duty_cycle: Workspace) -> Iterator[Connection]:
    with connect(duty_cycle.published, read_only=True) as connection:
        yield connection


def hours(seconds: object) -> Decimal:
    return round(Decimal(str(seconds)) / 3600, 4)


def test_metered_and_active_hours_of_a_real_day(published: Connection) -> None:
    """Computed by others: reference/R5. Active is 5 % and more (metering.md §3.2, U_τ)."""
    sums = "select sum(metered_card_seconds), sum(active_card_seconds) from published.usage_day"
    [(metered, active)] = published.execute(sums).fetchall()
    assert (hours(metered), hours(active)) == (Decimal("2492.4358"), Decimal("691.0617"))


def test_gaps_of_a_real_day(published: Connection) -> None:
    gaps = "select sum(card_seconds), count(distinct device_uuid) from published.usage_gap"
    [(seconds, cards)] = published.execute(gaps).fetchall()
    assert (hours(seconds), cards) == (Decimal("78.5333"), 35)


def test_weighted_and_ever_active_hours_of_a_real_day(published: Connection) -> None:
    sums = "select sum(above_zero_card_seconds), sum(weighted_millipercent_seconds) / 100000 from published.usage_day"
    [(active, weighted)] = published.execute(sums).fetchall()
    assert (hours(active), hours(weighted)) == (Decimal("826.3100"), Decimal("175.0981"))


def test_every_card_has_the_hours_that_others_computed(published: Connection) -> None:
    reference = real("reference/R5_genai_allocated_vs_active.csv")
    with reference.open(encoding="utf-8") as file:
        expected = {row["container_ip"]: row for row in csv.DictReader(file)}
    found = published.execute("""
        with missed as (
            select device_uuid, sum(card_seconds) as gap_seconds from reconciled.usage_gap group by 1
        ),
        seen as (
            select device_uuid, min(first_s) as first_s, max(last_s) as last_s from reconciled.sample_source group by 1
        )
        select device_uuid, sum(sample_count), any_value(first_s), any_value(last_s), sum(metered_seconds),
            coalesce(any_value(gap_seconds), 0), sum(above_zero_seconds), sum(active_seconds),
            sum(weighted_millipercent_seconds) / 100000
        from reconciled.sample_day join seen using (device_uuid) left join missed using (device_uuid) group by 1
    """).fetchall()
    assert len(found) == len(expected) == 143
    for card, samples, first, last, covered, gap, active, at_five, weighted in found:
        row = expected[card]
        whole = ("samples", "t0", "t1", "covered_s", "gap_s")
        assert [samples, first, last, covered, gap] == [int(row[name]) for name in whole]
        assert round(active / 3600, 6) == float(row["active_gpu_h_gt0"])
        assert round(at_five / 3600, 6) == float(row["active_gpu_h_ge5pct"])
        # Percentages are kept to thousandths: over a day less than a ten-thousandth of an hour.
        assert abs(float(weighted) / 3600 - float(row["util_weighted_gpu_h"])) < 0.00005


def test_days_are_beijing_days(published: Connection) -> None:
    days = "select usage_on::varchar from published.usage_day order by 1"
    assert published.execute(days).fetchall() == [("2022-09-11",), ("2022-09-12",)]


def test_nothing_of_it_is_lost(duty_cycle: Workspace, published: Connection) -> None:
    counts = "select adapter, row_count, accepted_count, rejected_count from published.input_file where adapter is not null"
    assert published.execute(counts).fetchall() == [("prom_csv", 157_417, 157_417, 0)]
    conserved(duty_cycle)


@pytest.mark.slow
def test_without_its_declaration_it_is_not_recognised(tmp_path: Path) -> None:
    workspace = taken_in(tmp_path, real("alibaba_genai_v2026/pod_gpu_duty_cycle_anon.csv.gz"))
    with connect(workspace.published, read_only=True) as connection:
        found = connection.execute(
            "select status from published.input_file where file_name like '%.gz'"
        ).fetchall()
    assert found == [("unrecognised",)]


def test_the_exporters_files_are_read_or_refused_with_a_reason(tmp_path: Path) -> None:
    """An Ascend export without vdie_id, an nvidia-smi log without uuid, catalogues, and a dump without times."""
    workspace = taken_in(tmp_path, *sorted(real("accelerators").iterdir()))
    with connect(workspace.published, read_only=True) as connection:
        found = connection.execute("""
            select regexp_extract(file_name, '[^/]*$'), adapter, row_count, rejected_count
            from published.input_file where file_name not like '%source.toml' order by 1
        """).fetchall()
        reasons = connection.execute("""
            select r.reason_code, count(*) from published.reject as r group by 1 order by 1
        """).fetchall()
    assert found == [
        ("ascend_npu_exporter_v5_metrics.prom", "prom_text", 46, 46),
        ("ascend_npu_exporter_v5_metrics2.prom", "prom_text", 2, 2),
        ("cambricon_mlu_exporter_collect_metrics.json.gz", None, 1, 1),
        ("dcgm_dcp-metrics-included.csv", None, 1, 1),
        ("dcgm_default-counters.csv", None, 1, 1),
        ("nvidia_smi_loop_repeated_headers.csv", "smi_loop", 224, 224),
    ]
    assert reasons == [("NO_DEVICE", 32 + 224), ("OTHER_METRIC", 14 + 2), ("UNRECOGNISED", 3)]
    conserved(workspace)


def test_a_loop_of_npu_smi_is_metered_like_any_samples(tmp_path: Path) -> None:
    """Two turns a minute apart of one card at 63 %: two minutes that are covered, and used."""
    log = tmp_path / "npu.log"
    log.write_text(board("0A0A0A01") + table(CHIP) + table(CHIP, clock=NEXT), "utf-8")
    declared = f'provider_id = "{PROVIDER}"\nsample_period_seconds = 60\n'
    workspace = taken_in(tmp_path / "w", log, declared=declared)
    with connect(workspace.published, read_only=True) as connection:
        [day] = connection.execute("""
            select date(usage_on)::varchar, metered_card_seconds, active_card_seconds from published.usage_day
        """).fetchall()
        files = connection.execute("""
            select adapter, row_count, rejected_count from published.input_file where file_name like '%.log'
        """).fetchall()
    assert (day, files) == (("2026-03-01", 120, 120), [("npu_smi_loop", 2, 0)])
    conserved(workspace)


@pytest.mark.parametrize("watts", [301, 302])
@pytest.mark.slow
def test_power_and_utilisation_from_two_files_are_one_card_covered_once(tmp_path: Path, watts: int) -> None:
    """A query answers one metric. The later file must neither supersede the other's nor count the time again.

    Which file comes later hangs on their digests: several are tried.
    """
    paths = []
    for name, metric, value in (("a", "DCGM_FI_DEV_GPU_UTIL", 50), ("b", "DCGM_FI_DEV_POWER_USAGE", watts)):
        lines = [f'{metric}{{UUID="GPU-1"}} {value} {(1772323200 + 60 * n) * 1000}' for n in range(10)]
        paths.append(tmp_path / f"{name}.prom")
        paths[-1].write_text("\n".join(lines) + "\n", encoding="utf-8")
    declared = f'provider_id = "{PROVIDER}"\nsample_period_seconds = 60\n'
    workspace = taken_in(tmp_path / "w", *paths, declared=declared)
    with connect(workspace.published, read_only=True) as connection:
        used = "select metered_card_seconds, active_card_seconds from published.usage_day"
        assert connection.execute(used).fetchall() == [(600, 600)]
    conserved(workspace)
