"""Tables as XLSX workbooks: every visible sheet that carries a header, every cell as text."""

import polars as pl

from hesuan.flows.mapped import package
from hesuan.flows.mapped.frame import declared, no_rejects, rejects
from hesuan.flows.mapped.header import HEADER_ROWS, Header, find_header, unread_columns
from hesuan.flows.mapped.package import Package
from hesuan.flows.mapped.sheet import Sheet, rows_below, sheets
from hesuan.flows.mapped.sheet_xml import calculated, filled_rows, styled_numbers
from hesuan.flows.mapped.spoiled import sorted_out
from hesuan.flows.source import Reading, Source, in_one
from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import AT, DATE
from hesuan.schemas.table import Table
from hesuan.schemas.tables import tables

# .xls, and any Office file under a password.
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Sheets that explain, such as those of our own templates, need not be tables.
NOTES = ("说明", "readme")
# Serial numbers of days are believed between 1950 and 2099.
FIRST_SERIAL, LAST_SERIAL = 18_264, 73_050
DAYS_BEFORE_1904 = 1462


def is_workbook(source: Source) -> bool:
    is_archive = source.start.startswith(package.ARCHIVE)
    return source.start.startswith(OLD_OFFICE) or (is_archive and package.is_package(source.content))


def headers_in_workbook(source: Source) -> list[Header]:
    """Of the visible sheets. Raises InputFault where the workbook is broken or a sheet resembles a table but is none."""
    _opened(source)
    visible = (sheet for sheet in sheets(source.content, place=source.name) if sheet.is_visible)
    found = (_header(sheet, source) for sheet in visible)
    return [header for header in found if header is not None]


def hidden_tables(source: Source) -> list[str]:
    """The names of hidden sheets that carry the header of a table."""
    hidden = (sheet for sheet in sheets(source.content, place=source.name) if not sheet.is_visible)
    return [sheet.name for sheet in hidden if _header(sheet, source) is not None]


def read_workbook(source: Source) -> Reading:
    """One frame per table; row_no is the row of the sheet. Formulas are read as the value that Excel stored.

    A number in a column of dates or instants is Excel's serial day; in a column of percent, one shown as 97.5% is 97.5.
    Rows are refused here, not in the gate, where a cell is an error, an uncalculated formula, covered by a merged cell,
    or text that Excel has turned into a number or date. Sheets that are no table, and hidden ones that are, count as
    one rejected row each; sheets of notes (说明) do not.
    Raises InputFault for workbooks that are broken, encrypted, old (.xls), bombs, or not counted alike twice.
    """
    parts = _opened(source)
    found: dict[str, list[pl.DataFrame]] = {}
    refused, row_count, formula_count, headers = [no_rejects()], 0, 0, list[Header]()
    for sheet in sheets(source.content, place=source.name):
        header = _header(sheet, source)
        if header is None or not sheet.is_visible:
            passed_over = _passed_over(sheet, header)
            refused.append(passed_over)
            row_count += passed_over.height
            continue
        good, bad, count = _table_rows(sheet, header, parts, place=f"{source.name} 工作表“{sheet.name}”")
        found.setdefault(header.table.name, []).append(good)
        refused.append(bad)
        row_count += count
        formula_count += _formula_count(sheet, header, parts, place=source.name)
        headers.append(header)
    whole = {name: pl.concat(rows, how="diagonal") for name, rows in found.items()}
    frames = {name: declared(rows, tables()[name], source) for name, rows in whole.items()}
    unread = unread_columns(headers)
    return in_one(row_count, frames, pl.concat(refused), formula_count=formula_count, unread_columns=unread)


def _opened(source: Source) -> Package:
    if source.content.startswith(OLD_OFFICE):
        raise InputFault(f"{source.name}: 旧版 .xls 或设了密码的工作簿，请另存为不加密的 .xlsx")
    return package.opened(source.content, place=source.name)


def _header(sheet: Sheet, source: Source) -> Header | None:
    """Raises InputFault for a sheet that resembles a table and is none, unless it is hidden or holds notes."""
    rows = [[cell or "" for cell in row] for row in sheet.cells.head(HEADER_ROWS).iter_rows()]
    try:
        return find_header(rows, place=f"{source.name} 工作表“{sheet.name}”")
    except InputFault:
        if sheet.is_visible and not _is_notes(sheet):
            raise
        return None


def _is_notes(sheet: Sheet) -> bool:
    return any(word in sheet.name.lower() for word in NOTES)


def _passed_over(sheet: Sheet, header: Header | None) -> pl.DataFrame:
    """One rejected row for a sheet that is not read though somebody may believe that it is."""
    if header is None and (not sheet.is_visible or _is_notes(sheet)):
        return no_rejects()
    code = "SHEET_UNKNOWN" if header is None else "SHEET_HIDDEN"
    says = "没有认得的表头" if header is None else "是隐藏的"
    row = {
        "sheet": sheet.name,
        "row_no": header.row + 1 if header else 1,
        "raw": ",".join(cell or "" for cell in sheet.cells.row(header.row if header else 0)),
        "reason_code": code,
        "reason_zh": f"工作表“{sheet.name}”{says}，整张未读取",
    }
    return rejects(pl.DataFrame([row]), header.table if header else None)


def _table_rows(
    sheet: Sheet, header: Header, parts: Package, *, place: str
) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """(rows, refused rows, rows as counted in the XML)"""
    xml = parts.sheets.get(sheet.name, b"")
    rows = rows_below(sheet, header)
    count = filled_rows(xml, after=header.row + 1, blank=parts.blank_strings)
    if rows.height != count:
        raise InputFault(
            f"{place}: 行数不平：XML 中有 {count} 行，读得 {rows.height} 行，请用 Excel 打开另存后再交"
        )
    good, bad = sorted_out(rows, sheet, header, xml=xml, place=place)
    days = [
        _dated(name, starts_in_1904=parts.starts_in_1904)
        for name in header.columns
        if _is_dated(header.table, name)
    ]
    percents = _percents(sheet, header, parts, place=place)
    return good.with_columns(*days, *percents), rejects(bad, header.table), count


def _percents(sheet: Sheet, header: Header, parts: Package, *, place: str) -> list[pl.Expr]:
    """In a column of percent, 0.975 of a cell that Excel shows as 97.5% becomes 97.5; other cells stay as they are."""
    names = {
        sheet.first_column + at: name
        for name, at in header.columns.items()
        if "%" in header.table.column(name).units
    }
    if not names or not parts.percent_styles:
        return []
    cells = [*styled_numbers(parts.sheets.get(sheet.name, b""), parts.percent_styles, place=place)]
    found = {name: [row for row, column in cells if column == at] for at, name in names.items()}
    return [_as_percent(name, rows) for name, rows in found.items() if rows]


def _as_percent(name: str, rows: list[int]) -> pl.Expr:
    share = pl.when(pl.col("row_no").is_in(rows)).then(pl.col(name)).cast(pl.Decimal(38, 20), strict=False)
    return pl.coalesce((share * 100).cast(pl.String), name).alias(name)


def _formula_count(sheet: Sheet, header: Header, parts: Package, *, place: str) -> int:
    """Cells of the table that are formulas, whatever their value."""
    xml = parts.sheets.get(sheet.name, b"")
    columns = {sheet.first_column + at for at in header.columns.values()}
    cells = calculated(xml, place=place) if b"<f" in xml or b":f" in xml else ()
    return sum(row > header.row + 1 and at in columns for row, at in cells)


def _is_dated(table: Table, name: str) -> bool:
    return table.column(name).kind in (DATE, AT)


def _dated(name: str, *, starts_in_1904: bool) -> pl.Expr:
    """46082 → 2026-03-01 00:00:00.000, 46023.33 → 2026-01-01 07:55:12.000; other text stays as it is."""
    serial = pl.when(pl.col(name).str.contains(r"^[0-9]{5}(\.[0-9]+)?$")).then(pl.col(name)).cast(pl.Float64)
    days = serial + (DAYS_BEFORE_1904 if starts_in_1904 else 0)
    moment = pl.datetime(1899, 12, 30) + pl.duration(milliseconds=(days * 86_400_000).round().cast(pl.Int64))
    text = moment.dt.strftime("%Y-%m-%d %H:%M:%S%.3f")
    return pl.when(days.is_between(FIRST_SERIAL, LAST_SERIAL)).then(text).otherwise(pl.col(name)).alias(name)
