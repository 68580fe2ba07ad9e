"""One small table in every form in which people hand tables in, and what becomes of a file."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import xlsxwriter

from hesuan.flows.adapters import mapped_table
from hesuan.flows.source import Declaration, Part, Source
from hesuan.schemas.tables import tables
from hesuan.validators.gate import Gated, gate

INVOICE = ["发票号码", "开票日期", "销售方代码", "销售方名称", "购买方代码", "购买方名称", "金额（元）"]
INVOICE += ["税额", "价税合计", "状态", "备注", "自家的列"]
SELLER, BUYER = ["91510000902846312Y", "达成算力有限公司"], ["91330000142942095H", "四川大学"]
ROWS = [
    [
        "26512000000000000001",
        "2026-03-01",
        *SELLER,
        *BUYER,
        "50000.00",
        "3000.00",
        "53000.00",
        "正常",
        "",
        "x",
    ],
    ["26512000000000000002", "2026-03-31", *SELLER, *BUYER, "0.01", "0.00", "0.01", "正常", "三月", ""],
    ["01234567", "2026-04-05", *SELLER, *BUYER, "-50000.00", "-3000.00", "-53000.00", "红字", "冲 1", "y"],
    ["26512000000000000003", "昨天", *SELLER, *BUYER, "1.00", "0.06", "1.06", "正常", "日期不对", ""],
    ["26512000000000000004", "2026-04-06", *SELLER, *BUYER, "1e5", "0.00", "100000.00", "正常", "", ""],
]
SAMPLE = ["设备编号", "采样时间", "租户", "利用率"]


def as_csv(rows: list[list[str]], header: list[str] = INVOICE, *, separator: str = ",") -> str:
    return "".join(f"{separator.join(row)}\n" for row in [header, *rows])


def as_jsonl(rows: list[list[str]], header: list[str] = INVOICE) -> bytes:
    lines = (json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode()


def as_parquet(rows: list[list[str]], header: list[str] = INVOICE) -> bytes:
    file = io.BytesIO()
    pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row").write_parquet(file)
    return file.getvalue()


def as_xlsx(rows: list[list[object]], header: list[str] = INVOICE) -> bytes:
    return workbook(lambda book: write(book.add_worksheet("发票"), [header, *rows]))


def write(
    sheet: xlsxwriter.worksheet.Worksheet, rows: list[list[object]], *, top: int = 0, left: int = 0
) -> None:
    """Strings as text, numbers as numbers."""
    for number, row in enumerate(rows):
        for at, cell in enumerate(row):
            place = (top + number, left + at)
            _ = sheet.write_string(*place, cell) if isinstance(cell, str) else sheet.write(*place, cell)


def workbook(fill: Callable[[xlsxwriter.Workbook], None], **options: bool) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as book:
        fill(book)
    return file.getvalue()


def source_of(folder: Path, content: bytes | str, *, name: str = "inbox/甲/表", **says: str) -> Source:
    path = folder / "object"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Source(path, name, Declaration(**says))  # type: ignore[arg-type]


def read(source: Source) -> Part:
    """What the adapter reads, after it has claimed the file and its rows balance."""
    assert mapped_table.claims(source)
    reading = mapped_table.read(source).whole
    assert reading.row_count == sum(f.height for f in reading.frames.values()) + reading.rejected.height
    return reading


def gated(source: Source) -> Gated:
    """The only frame of the file after the gate, with what the adapter itself rejected."""
    reading = read(source)
    [(name, frame)] = reading.frames.items()
    result = gate(frame, tables()[name])
    return Gated(result.accepted, pl.concat([reading.rejected, result.rejected]).sort("row_no"))


def codes(source: Source) -> list[tuple[int, str]]:
    """(row, reason code) of the rows refused by adapter or gate."""
    return gated(source).rejected.select("row_no", "reason_code").rows()
