"""The panel's filled-in sheet, XLSX or CSV, or what a dossier's page exports, as typed lines with their places.

What the lines mean is judged in deciding.

It is the table 专家意见 without 审查时间: the time of a decision is the time at which it is taken in.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from hesuan.flows.mapped import package
from hesuan.flows.mapped.header import HEADER_ROWS, Header
from hesuan.flows.mapped.opening import SEPARATORS, Opening
from hesuan.flows.mapped.quoted import quoted_rows
from hesuan.flows.mapped.sheet import rows_below, sheets
from hesuan.flows.mapped.spoiled import sorted_out
from hesuan.flows.panel.cell import as_shown, formulas, without_formulas
from hesuan.flows.panel.decision_file import decision_row, is_decision_file
from hesuan.flows.source import Source
from hesuan.flows.text.unpack import decoded_utf8
from hesuan.schemas.fault import InputFault, UsageFault
from hesuan.schemas.table import Table, missing_columns, read_headers
from hesuan.schemas.tables import tables
from hesuan.validators.gate import EMPTY_WORDS, gate

# Said for 通过 on paper for as long as there have been panels.
ALSO_SAID = {"同意": "通过"}


def _sheet_table() -> Table:
    whole = tables()["decision"]
    columns = tuple(
        replace(c, required=c.name in ("claim_id", "figures_sha256"))
        for c in whole.columns
        if c.name != "decided_at"
    )
    return replace(whole, columns=columns, dated_by=None)


TABLE = _sheet_table()
# A sheet that lacks one of these was never the panel's.
HEADERS_DUE = ("claim_id", "figures_sha256", "panellist", "decision", "reason")


@dataclass(frozen=True)
class Line:
    """One filled-in row; `row_no` is the row of the sheet or the line of the text, from 1."""

    sheet: str | None
    row_no: int
    claim_id: str
    figures_sha256: str
    panellist: str | None
    decision: str
    adjusted_yuan: Decimal | None
    reason: str | None
    override_reason: str | None
    proposed_subsidy_yuan: Decimal | None


@dataclass(frozen=True)
class Filled:
    """lines: rows with a decision. refused: (sheet, row_no, sentence). skipped: rows without a decision;
    unfinished: those of them that carry a sum or a reason all the same, as row numbers.
    """

    lines: tuple[Line, ...]
    refused: tuple[tuple[str | None, int, str], ...]
    skipped_count: int
    unfinished: tuple[int, ...]


def read_panel_sheet(path: Path) -> Filled:
    """Raises UsageFault where there is no such file, InputFault where no sheet of it is the panel's."""
    if not path.is_file():
        raise UsageFault(f"{path}: 没有这个文件")
    source = Source(path, path.name)
    is_book = package.is_package(source.content)
    found = list(_sheets(source) if is_book else _text(source))
    if not found:
        raise InputFault(f"{path.name}: 不是专家意见表：须有表头 {'、'.join(_due())}")
    rows = pl.concat([rows for rows, _ in found], how="diagonal")
    bad = [(b["sheet"], b["row_no"], b["reason_zh"]) for _, refused in found for b in refused]
    return _filled(rows, bad)


def _due() -> list[str]:
    return [TABLE.column(name).zh for name in HEADERS_DUE]


def _filled(rows: pl.DataFrame, bad: list[tuple[str | None, int, str]]) -> Filled:
    said = pl.col("decision").str.strip_chars()
    rows = rows.with_columns(decision=said.replace(ALSO_SAID))
    is_empty = pl.col("decision").is_null() | pl.col("decision").is_in(EMPTY_WORDS)
    skipped, chosen = rows.filter(is_empty), rows.filter(~is_empty)
    begun = [name for name in ("adjusted_yuan", "reason", "override_reason") if name in rows.columns]
    is_begun = pl.any_horizontal((pl.col(n).str.strip_chars() != "").fill_null(False) for n in begun)
    gated = gate(chosen, TABLE)
    refused = [(r["sheet"], r["row_no"], r["reason_zh"]) for r in gated.rejected.to_dicts()]
    # The foot of a summary (sums, signatures) names no claim.
    is_claim = (pl.col("claim_id").str.strip_chars() != "").fill_null(False)
    return Filled(
        tuple(_line(row) for row in gated.accepted.to_dicts()),
        tuple(bad + refused),
        skipped.filter(is_claim).height,
        tuple(skipped.filter(is_begun).get_column("row_no")),
    )


def _line(row: dict[str, Any]) -> Line:
    """Line breaks and runs of spaces in what was written are one space."""
    said: dict[str, Any] = {k: " ".join(v.split()) if isinstance(v, str) else v for k, v in row.items()}
    return Line(**said)


def _header(rows: list[list[str]], *, place: str) -> Header | None:
    """The first row that has every header due. Raises InputFault where one of its headers is doubtful."""
    for number, row in enumerate(rows[:HEADER_ROWS]):
        reading = read_headers(TABLE, [cell for cell in row if cell.strip()])
        if not set(HEADERS_DUE) <= set(reading.found.values()) or missing_columns(TABLE, reading.found):
            continue
        if reading.faults:
            raise InputFault(f"{place}: {'；'.join(reading.faults)}")
        return Header(
            TABLE, {name: row.index(word) for word, name in reading.found.items()}, len(row), number
        )
    return None


def _sheets(source: Source) -> Iterator[tuple[pl.DataFrame, list[dict[str, Any]]]]:
    """Rows and refused rows of every visible sheet that is the panel's."""
    parts = package.opened(source.content, place=source.name)
    for sheet in sheets(source.content, place=source.name):
        place = f"{source.name} 工作表“{sheet.name}”"
        top = [[cell or "" for cell in row] for row in sheet.cells.head(HEADER_ROWS).iter_rows()]
        header = _header(top, place=place) if sheet.is_visible else None
        if header is None:
            continue
        xml = parts.sheets.get(sheet.name, b"")
        good, bad = sorted_out(rows_below(sheet, header), sheet, header, xml=xml, place=place)
        written, spoiled = without_formulas(good, formulas(sheet, header, xml=xml, place=place))
        shown = as_shown(written, sheet, header, xml=xml, place=place)
        yield shown, bad.select("sheet", "row_no", "reason_zh").to_dicts() + spoiled


def _text(source: Source) -> Iterator[tuple[pl.DataFrame, list[dict[str, Any]]]]:
    """Rows and refused rows of a delimited text in UTF-8, GB18030 or UTF-16, or of a decision file."""
    body = decoded_utf8(source.content)
    if body is not None and is_decision_file(body.decode()):
        yield decision_row(body.decode(), place=source.name), []
        return
    opening = None if body is None else _opening(body.decode(), place=source.name)
    if body is None or opening is None:
        return
    rows = quoted_rows(body, opening, place=source.name)
    is_whole = pl.col("width") == opening.header.width
    ragged = rows.filter(~is_whole).select(
        "sheet",
        "row_no",
        reason_zh=pl.format("此行有 {} 列，表头有 {} 列", "width", pl.lit(opening.header.width)),
    )
    yield rows.filter(is_whole).drop("width"), ragged.to_dicts()


def _opening(text: str, *, place: str) -> Opening | None:
    for separator in SEPARATORS:
        reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=separator)
        filled = ((cells, reader.line_num) for cells in reader if any(cell.strip() for cell in cells))
        top = list(islice(filled, HEADER_ROWS))
        header = _header([cells for cells, _ in top], place=place)
        if header is not None:
            return Opening(separator, header, top[header.row][1])
    return None
