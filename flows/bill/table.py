"""Bill files as cells: which format a header is, and its rows as text; what a row means is judged in `flows.bill.line`."""

import csv
import io
from dataclasses import dataclass

import polars as pl

from hesuan.flows.mapped.columnar import names_in_parquet, text_in_parquet
from hesuan.flows.mapped.delimited import read_under
from hesuan.flows.mapped.frame import no_rejects
from hesuan.flows.mapped.header import Header
from hesuan.flows.mapped.opening import SEPARATORS, Opening
from hesuan.flows.mapped.parquet_file import is_parquet
from hesuan.flows.mapped.second_header import FEWEST, other_header
from hesuan.flows.source import Source
from hesuan.schemas import header
from hesuan.schemas.fault import InputFault
from hesuan.schemas.tables.statement import TABLE

# What exports print where there is nothing. A cell of nothing else says nothing, a number's too.
NOTHING = ["", "-", "--", "—", "null", "none", "n/a", r"\n"]
YUAN = ("", "元", "¥", "cny", "rmb", "人民币")


@dataclass(frozen=True)
class Layout:
    """One export format. words: cell → the headers it stands under, as the format spells them, the best first.

    signs: cells whose headers, all there, make a file one of this format. money: cells in yuan, whose header may
    say so in brackets. required: cells without whose header no row can be read.
    """

    zh: str
    words: dict[str, tuple[str, ...]]
    signs: tuple[str, ...]
    required: tuple[str, ...]
    money: tuple[str, ...] = ("unit_price_yuan", "amount_yuan")


@dataclass(frozen=True)
class Cells:
    """rows: sheet, row_no, raw and every cell of the layout as text, null where it says nothing or has no header."""

    rows: pl.DataFrame
    rejected: pl.DataFrame
    row_count: int


def is_bill(source: Source, layout: Layout) -> bool:
    """Whether the first row that is not blank carries the format's signs. Never raises."""
    try:
        headers = names_in_parquet(source) if is_parquet(source) else _opening(source, layout)[1]
    except InputFault:
        return False
    return set(layout.signs) <= set(_found(headers, layout))


def cells_of(source: Source, layout: Layout) -> Cells:
    """Raises InputFault for a missing or doubled header, a currency in one that is not yuan, a second header of other
    columns, and broken files.
    """
    is_parted = not is_parquet(source)
    separator, headers, last_line = (
        _opening(source, layout) if is_parted else ("", names_in_parquet(source), 0)
    )
    columns = _columns(headers, layout, place=source.name)
    stated = _stated_currency(headers, columns)
    if not is_parted:
        rows = text_in_parquet(source, columns)
        return Cells(_said(rows, layout, stated), no_rejects(), rows.height)
    opening = Opening(separator, Header(TABLE, columns, len(headers), 0), last_line)
    part = read_under(source, opening).whole
    _check_other_header(part.frames[TABLE.name], headers, columns, layout, place=source.name)
    return Cells(_said(part.frames[TABLE.name], layout, stated), part.rejected, part.row_count)


def _check_other_header(
    rows: pl.DataFrame, headers: list[str], columns: dict[str, int], layout: Layout, *, place: str
) -> None:
    """Raises InputFault where a row without any number names columns, and other ones than the header."""
    known = _bare([*headers, *(word for words in layout.words.values() for word in words)])
    here = _bare([headers[at] for at in columns.values()])
    cells = rows.select("row_no", pl.col(list(columns)).fill_null(""))
    unnumbered = ~pl.any_horizontal(pl.col(cell).str.contains(r"\d") for cell in layout.required)
    for row_no, *texts in cells.filter(unnumbered).iter_rows():
        said = _bare(texts)
        if sum(word in known for word in said) >= FEWEST and said != here:
            raise other_header(place, row_no)


def _bare(words: list[str]) -> list[str]:
    """Headers without what stands in brackets behind them."""
    return [header.parted(header.plain(word))[0] for word in words]


def _opening(source: Source, layout: Layout) -> tuple[str, list[str], int]:
    """Of comma, tab and semicolon the one under which most of the signs show; the header, and its last line."""
    found = [(separator, *_first_row(source.head, separator)) for separator in SEPARATORS]
    return max(found, key=lambda each: len(set(layout.signs) & set(_found(each[1], layout))))


def _first_row(head: str, separator: str) -> tuple[list[str], int]:
    """The first row that is not blank, and the number of its last line."""
    reader = csv.reader(io.StringIO(head, newline="\n"), delimiter=separator)
    filled = ((cells, reader.line_num) for cells in reader if any(cell.strip() for cell in cells))
    return next(filled, ([], 0))


def _found(headers: list[str], layout: Layout) -> dict[str, list[int]]:
    """Cell → the positions of its header: of its best word alone, so several only where that one is doubled."""
    plain = [header.plain(written) for written in headers]
    bare = [header.parted(word)[0] for word in plain]
    found: dict[str, list[int]] = {}
    for cell, words in layout.words.items():
        names = bare if cell in layout.money else plain
        places = ([at for at, name in enumerate(names) if name == header.plain(word)] for word in words)
        best = next((places for places in places if places), None)
        if best:
            found[cell] = best
    return found


def _columns(headers: list[str], layout: Layout, *, place: str) -> dict[str, int]:
    found = _found(headers, layout)
    missing = [layout.words[cell][0] for cell in layout.required if cell not in found]
    if missing:
        raise InputFault(f"{place}: 是{layout.zh}，但缺少列 {'、'.join(missing)}；请连同这些列重新导出")
    doubled = [headers[places[0]] for places in found.values() if len(places) > 1]
    if doubled:
        raise InputFault(f"{place}: {layout.zh}的表头列重复：{'、'.join(doubled)}")
    for cell in layout.money:
        for at in found.get(cell, []):
            word, unit = header.parted(header.plain(headers[at]))
            if unit not in YUAN:
                raise InputFault(f"{place}: 表头“{headers[at]}”的“{unit}”不是人民币元，{word}须以元计")
    return {cell: places[0] for cell, places in found.items()}


def _stated_currency(headers: list[str], columns: dict[str, int]) -> str | None:
    """CNY where no column of its own tells the currency and the header of the amount has yuan in brackets."""
    if "currency" in columns or "amount_yuan" not in columns:
        return None
    unit = header.parted(header.plain(headers[columns["amount_yuan"]]))[1]
    return "CNY" if unit else None


def _said(rows: pl.DataFrame, layout: Layout, stated_currency: str | None) -> pl.DataFrame:
    """The cells trimmed, null where they say nothing; those without a header are null throughout."""
    absent: dict[str, str | None] = {cell: None for cell in layout.words if cell not in rows.columns}
    if stated_currency is not None:
        absent["currency"] = stated_currency
    text = [pl.col(cell).str.strip_chars() for cell in layout.words if cell in rows.columns]
    return rows.with_columns(
        *(pl.lit(value, dtype=pl.String).alias(cell) for cell, value in absent.items()),
        *(pl.when(~cell.str.to_lowercase().is_in(NOTHING)).then(cell) for cell in text),
    )
