"""Tables handed in as Parquet: typed columns, damaged pages, and types that are no cell."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hesuan.flows.adapters import mapped_table
from hesuan.schemas.fault import InputFault
from tests.mapped_forms import INVOICE, ROWS, as_csv, as_parquet, codes, gated, read, source_of

TEXT = {name: [cell] for name, cell in zip(INVOICE, ROWS[0], strict=True)}
NET = "金额（元）"
SAMPLE = {"device_uuid": ["GPU-1"], "sampled_at": pa.array([1_772_294_400_000_000], pa.timestamp("us"))}


def parquet(columns: dict[str, object], **options: object) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, **options)
    return file.getvalue()


def test_typed_columns_equal_the_same_table_as_text(tmp_path: Path) -> None:
    typed = {
        **TEXT,
        "发票号码": pa.array([ROWS[0][0]]).dictionary_encode(),
        "开票日期": [date(2026, 3, 1)],
        NET: [Decimal("50000.00")],
        "税额": [3000.0],
        "价税合计": [53000],
        "备注": pa.nulls(1),
    }
    as_text = gated(source_of(tmp_path, as_csv([ROWS[0]]))).accepted.drop("row_no")
    assert gated(source_of(tmp_path, parquet(typed))).accepted.drop("row_no").equals(as_text)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (0.1, "0.10"),
        (1e-2, "0.01"),
        (-0.0, "0.00"),
        (50000.25, "50000.25"),
        (Decimal("1.5"), "1.50"),
        (7, "7.00"),
    ],
)
def test_numbers_are_taken_exactly(tmp_path: Path, cell: object, says: str) -> None:
    found = gated(source_of(tmp_path, parquet({**TEXT, NET: [cell]}))).accepted
    assert found["net_yuan"].cast(pl.String).to_list() == [says]


@pytest.mark.parametrize("cell", [0.1 + 0.2, 1e15, 1e300, Decimal("0.001"), True, date(2026, 3, 1)])
def test_what_is_no_sum_is_rejected(tmp_path: Path, cell: object) -> None:
    assert codes(source_of(tmp_path, parquet({**TEXT, NET: [cell]}))) == [(1, "BAD_YUAN")]


@pytest.mark.parametrize(
    ("column", "cells", "code"),
    [
        ("发票号码", pa.array([2.6512e19]), "INV-008"),
        ("备注", pa.array([2.6512e19]), "LOST_NUMBER"),
        ("备注", pa.array([20260002.0], pa.float32()), "LOST_NUMBER"),
        (NET, pa.array([20260002.0], pa.float32()), "BAD_YUAN"),
        ("发票号码", pa.array([2**63 + 1], pa.uint64()), "INV-008"),
    ],
    ids=["invoice", "text", "text32", "money32", "unsigned"],
)
def test_numbers_whose_digits_may_be_lost_are_refused(
    tmp_path: Path, column: str, cells: pa.Array, code: str
) -> None:
    assert codes(source_of(tmp_path, parquet({**TEXT, column: cells}))) == [(1, code)]


def test_whole_numbers_are_ids(tmp_path: Path) -> None:
    found = gated(source_of(tmp_path, parquet({**TEXT, "备注": [12.0], "发票代码": [5100]}))).accepted
    assert found.select("remark", "invoice_code").row(0) == ("12", "5100")


@pytest.mark.parametrize(
    ("kind", "zone", "instant"),
    [
        (pa.timestamp("us"), None, "2026-03-01 00:00:00"),
        (pa.timestamp("ns"), "UTC", "2026-03-01 08:00:00"),
        (pa.timestamp("ms", "UTC"), None, "2026-03-01 08:00:00"),
        (pa.timestamp("ns", "+08:00"), None, "2026-03-01 08:00:00"),
        (pa.timestamp("s", "Asia/Shanghai"), "UTC", "2026-03-01 08:00:00"),
    ],
    ids=str,
)
def test_instants_keep_their_zone_or_take_the_declared_one(
    tmp_path: Path, kind: pa.DataType, zone: str | None, instant: str
) -> None:
    sampled = pa.array([datetime(2026, 3, 1, 8, 0, tzinfo=UTC if kind.tz else None)], kind)
    says = {"time_zone": zone} if zone else {}
    found = gated(source_of(tmp_path, parquet({**SAMPLE, "sampled_at": sampled}), **says)).accepted
    assert found["sampled_at"].dt.strftime("%Y-%m-%d %H:%M:%S").to_list() == [instant]


def test_an_unsigned_number_too_big_is_rejected(tmp_path: Path) -> None:
    content = parquet({**SAMPLE, "seq_no": pa.array([2**63], pa.uint64())})
    assert codes(source_of(tmp_path, content)) == [(1, "BAD_INT")]


def test_an_instant_finer_than_a_microsecond_is_not_rounded(tmp_path: Path) -> None:
    sampled = pa.array([1_772_352_000_000_000_001], pa.timestamp("ns", "UTC"))
    assert codes(source_of(tmp_path, parquet({**SAMPLE, "sampled_at": sampled}))) == [(1, "BAD_AT")]


def test_a_zoned_midnight_is_a_day_in_beijing(tmp_path: Path) -> None:
    day = pa.array([datetime(2026, 2, 28, 16, 0, tzinfo=UTC)], pa.timestamp("us", "UTC"))
    found = gated(source_of(tmp_path, parquet({**TEXT, "开票日期": day}))).accepted
    assert found["issued_on"].to_list() == [date(2026, 3, 1)]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (pa.array([float("nan")]), "NaN"),
        (pa.array([float("inf")]), "无穷大"),
        (pa.array([[1.0]]), "list"),
        (pa.array([{"a": 1}]), "struct"),
        (pa.array([b"1"]), "binary"),
        (pa.array([1], pa.duration("s")), "duration"),
        (pa.array([1], pa.float16()), "halffloat"),
    ],
    ids=["nan", "inf", "list", "struct", "binary", "duration", "half"],
)
def test_types_that_are_no_cell_are_refused(tmp_path: Path, cells: pa.Array, says: str) -> None:
    source = source_of(tmp_path, parquet({**TEXT, NET: cells}))
    assert mapped_table.claims(source)
    with pytest.raises(InputFault, match=says):
        _ = mapped_table.read(source).whole


def test_int96_is_refused(tmp_path: Path) -> None:
    content = parquet(SAMPLE, use_deprecated_int96_timestamps=True)
    with pytest.raises(InputFault, match="INT96"):
        mapped_table.read(source_of(tmp_path, content))


def test_columns_of_the_providers_own_may_be_anything(tmp_path: Path) -> None:
    content = parquet({**TEXT, "自家的列": [{"a": [1]}], "又一列": [float("nan")]})
    assert gated(source_of(tmp_path, content)).accepted.height == 1


def test_a_flipped_bit_in_a_page_is_caught_by_its_checksum(tmp_path: Path) -> None:
    many = {name: cells * 1000 for name, cells in {**TEXT, NET: [Decimal("50000.00")]}.items()}
    content = parquet(many, write_page_checksum=True, compression="none", use_dictionary=False)
    # A text in a page begins with its length: 20.
    at = content.index(b"\x14\0\0\x0026512000000000000001") + 4
    source = source_of(tmp_path, content[:at] + b"3" + content[at + 1 :])
    with pytest.raises(InputFault, match="数据页已损坏"):
        _ = mapped_table.read(source).whole


def test_a_flipped_bit_in_the_rows_of_a_group_is_refused(tmp_path: Path) -> None:
    """The footer has no checksum, but it says its rows twice: of the file, and of every group."""
    content = parquet({name: cells * 50 for name, cells in {**TEXT, NET: [Decimal("50000.00")]}.items()})
    group = pq.ParquetFile(io.BytesIO(content)).metadata.row_group(0)
    # Thrift compact: bytes of the group as zigzag varint, then field 3 (0x16), 50 rows as zigzag 100.
    size = group.total_byte_size * 2
    before = bytes([size & 0x7F | 0x80, size >> 7]) + b"\x16"
    at = content.index(before + b"d") + len(before)
    source = source_of(tmp_path, content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :])
    with pytest.raises(InputFault, match="自称 50 行，各行组合计 48 行"):
        _ = mapped_table.read(source).whole


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    source = source_of(tmp_path, as_parquet(ROWS)[:-20])
    assert mapped_table.claims(source)
    with pytest.raises(InputFault, match="不完整或已损坏"):
        _ = mapped_table.read(source).whole


def test_millions_of_rows_in_a_few_bytes_are_refused(tmp_path: Path) -> None:
    many = {name: pa.nulls(6_000_000) for name in SAMPLE}
    with pytest.raises(InputFault, match="已拒收"):
        mapped_table.read(source_of(tmp_path, parquet(many)))


def test_the_record_number_is_the_place(tmp_path: Path) -> None:
    reading = read(source_of(tmp_path, as_parquet(ROWS)))
    assert reading.frames["invoice"].select("row_no", "raw").row(2) == (3, ",".join(ROWS[2]))


def test_a_parquet_of_something_else_is_not_claimed(tmp_path: Path) -> None:
    assert not mapped_table.claims(source_of(tmp_path, parquet({"BilledCost": [1.0]})))


def test_more_columns_than_a_sheet_has_are_refused_before_they_are_compared(tmp_path: Path) -> None:
    """Every name is held against every table's: half a million took minutes."""
    few = {f"c{number}": pa.array([1]) for number in range(16_384 - len(TEXT))}
    assert mapped_table.claims(source_of(tmp_path, parquet(TEXT | few)))
    with pytest.raises(InputFault, match="Parquet 有 16385 列，多于 16384 列，已拒收"):
        mapped_table.read(source_of(tmp_path, parquet(TEXT | few | {"c": pa.array([1])})))
