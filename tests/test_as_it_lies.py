"""Samples in Parquet of the contract's own types are the lake's as they lie; anything doubtful is read row by row."""

import random
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hesuan.flows.intake.evidence import ledger, object_path, record, take_in
from hesuan.flows.lake.file_set import Staged, staged_of
from hesuan.flows.occupancy.shared import settle, shared_days
from hesuan.flows.stages.reconcile import reconcile
from hesuan.flows.stages.stage import stage
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import make_workspace
from tests.city import POLICY, PROVIDER
from tests.occupancy_reference import Sample, day_sums
from tests.test_occupancy import MIDNIGHT, drawn, found_sums

SHAPE = pa.schema(
    [
        ("provider_id", pa.string()),
        ("device_uuid", pa.string()),
        ("sampled_at", pa.timestamp("us", "UTC")),
        ("tenant", pa.string()),
        ("util_percent", pa.decimal128(18, 3)),
        ("power_watts", pa.decimal128(18, 3)),
    ]
)


def rows_of(samples: list[Sample]) -> list[dict[str, Any]]:
    return [
        {
            "provider_id": PROVIDER,
            "device_uuid": s.card,
            "sampled_at": datetime.fromtimestamp(s.at_s, UTC),
            "tenant": s.tenant,
            "util_percent": None if s.util is None else Decimal(s.util),
            "power_watts": None if s.power is None else Decimal(s.power),
        }
        for s in samples
    ]


def table_of(samples: list[Sample], shape: pa.Schema = SHAPE) -> pa.Table:
    return pa.Table.from_pylist(rows_of(samples), schema=shape)


def staged(root: Path, *tables: pa.Table) -> tuple[list[Staged], list[bool], Path]:
    """What became of each file, whether its set is the file itself, and the build file."""
    workspace = make_workspace(root, policy=POLICY)
    folder = workspace.inbox / "submissions"
    (folder / "source.toml").write_text("sample_period_seconds = 60\n", encoding="utf-8")
    taken = []
    for number, table in enumerate(tables):
        path = folder / f"{number}.parquet"
        pq.write_table(table, path, write_page_checksum=True, row_group_size=500)
        taken.append(take_in(path, workspace, "2026-04-01"))
    intakes = record(taken, workspace)
    sets = [stage(intake, workspace, "key") for intake in intakes]
    parts = [(each / "usage_sample.0000.parquet") for each in sets]
    own = [
        part.exists() and part.samefile(object_path(workspace, intake.sha256))
        for part, intake in zip(parts, intakes, strict=True)
    ]
    shared = [settle(day, workspace) for day in shared_days(ledger(workspace), sets)]
    build = reconcile(ledger(workspace), sets, shared, [], workspace.warehouse / ".work", None)
    return [staged_of(each) for each in sets], own, build


def test_a_canonical_file_is_its_own_set_and_counts_the_same(tmp_path: Path) -> None:
    samples = drawn(random.Random(11), period=60, is_even=True)
    [said], own, build = staged(tmp_path, table_of(samples))
    assert own == [True]
    assert (said.row_count, said.accepted_count, said.rejected_count) == (len(samples), len(samples), 0)
    assert found_sums(build) == day_sums([samples], 60)


def test_days_shared_with_another_file_are_read_from_it_again(tmp_path: Path) -> None:
    samples = drawn(random.Random(12), period=60, is_even=True)
    dealt = [samples[0::2], samples[1::2]]
    _, own, build = staged(tmp_path, *[table_of(each) for each in dealt])
    assert own == [True, True]
    assert found_sums(build) == day_sums([samples], 60)


def _changed(rows: list[dict[str, Any]], **cells: Any) -> pa.Table:
    rows[7] = rows[7] | cells
    return pa.Table.from_pylist(rows, schema=SHAPE)


@pytest.mark.parametrize(
    ("cells", "refused"),
    [
        ({"util_percent": Decimal(-1)}, "TOO_SMALL"),
        ({"sampled_at": None}, "EMPTY"),
        ({"sampled_at": datetime(1970, 1, 1, tzinfo=UTC)}, "TOO_SMALL"),
        ({"device_uuid": " "}, "EMPTY"),
        ({"device_uuid": " GPU-1 "}, None),
        ({"provider_id": PROVIDER.lower()}, None),
    ],
)
def test_what_must_be_refused_or_trimmed_is_read_row_by_row(
    tmp_path: Path, cells: dict[str, Any], refused: str | None
) -> None:
    samples = [Sample("GPU-1", MIDNIGHT + 60 * n, "a", 50) for n in range(100)]
    [said], own, build = staged(tmp_path, _changed(rows_of(samples), **cells))
    assert own == [False]
    with connect(build, read_only=True) as connection:
        found = connection.execute("select reason_code, row_no from lake.reject").fetchall()
        cards = connection.execute(
            "select distinct provider_id, device_uuid from reconciled.sample_day"
        ).fetchall()
    assert found == ([] if refused is None else [(refused, 8)])
    assert said.accepted_count == (100 if refused is None else 99)
    assert cards == [(PROVIDER, "GPU-1")]


@pytest.mark.parametrize("kind", [pa.float64(), pa.decimal128(20, 4)])
def test_other_types_are_read_row_by_row(tmp_path: Path, kind: pa.DataType) -> None:
    samples = [Sample("GPU-1", MIDNIGHT + 60 * n, "a", 50) for n in range(100)]
    at = SHAPE.get_field_index("util_percent")
    shape = SHAPE.set(at, pa.field("util_percent", kind))
    table = table_of(samples).cast(shape)
    [said], own, _ = staged(tmp_path, table)
    assert (own, said.accepted_count) == ([False], 100)


def test_a_damaged_page_is_refused(tmp_path: Path) -> None:
    samples = drawn(random.Random(13), period=60, is_even=True)
    workspace = make_workspace(tmp_path, policy=POLICY)
    path = workspace.inbox / "submissions" / "s.parquet"
    pq.write_table(table_of(samples), path, write_page_checksum=True)
    content = bytearray(path.read_bytes())
    chunk = pq.ParquetFile(path).metadata.row_group(0).column(4)
    content[chunk.dictionary_page_offset + chunk.total_compressed_size - 3] ^= 4
    path.write_bytes(content)
    [intake] = record([take_in(path, workspace, "2026-04-01")], workspace)
    said = staged_of(stage(intake, workspace, "key"))
    assert (said.status, said.accepted_count) == ("refused", 0)
    assert said.reason_zh is not None
    assert "列“util_percent”数据页已损坏（校验和不符）" in said.reason_zh
