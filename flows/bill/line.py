"""What a line of a bill means, whichever cloud or platform exported it: cells in, rows of `statement` out.

Every bill adapter brings its cells under the table's names and ends here. Nothing is converted or rounded: a
line that the table cannot hold as it stands is a reject that says why.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

import polars as pl

from hesuan.flows.bill.cell import contract_in, unit_of
from hesuan.flows.bill.reason import Reason, reasons
from hesuan.flows.source import Declaration
from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import INVOICE_NUMBER
from hesuan.schemas.tables.statement import TABLE
from hesuan.validators.gate import REJECT_SCHEMA

# Added to any export by hand, and the same everywhere.
ADDED = {
    "contract_no": ("合同编号", "合同号", "contract_no", "x_contractno", "x_contract_no"),
    "device_model": ("型号", "卡型号", "设备型号", "device_model", "x_devicemodel", "x_device_model"),
}


def provider_of(declaration: Declaration, *, place: str) -> str:
    """Raises InputFault where source.toml names no provider: bills know accounts, not 统一社会信用代码."""
    if declaration.provider_id is None:
        raise InputFault(
            f"{place}: 账单不写服务机构，请在旁边的 source.toml 写 provider_id（统一社会信用代码）"
        )
    return declaration.provider_id


def statement(
    cells: pl.DataFrame,
    declaration: Declaration,
    *,
    provider_id: str,
    tags: list[str],
    also: Sequence[Reason] = (),
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Accepted rows in the table's columns, and rejects.

    cells: row_no, raw, and as text, null where they say nothing, the table's columns but provider_id, besides
    price_unit and currency; period_from and period_to are days, both included.
    tags: cells in which a contract may be named. also: the format's own reasons, which come first.
    """
    judged = cells.with_columns(
        contract_no=contract_of(declaration, tags), known_unit=unit_of(pl.col("unit"))
    )
    good, refused = _sorted_out(judged, (*also, *reasons()))
    return _accepted(good, provider_id), rejects(refused)


def contract_of(declaration: Declaration, tags: list[str]) -> pl.Expr:
    """A line's own contract goes before one named in its tags, and that before the one declared for the file."""
    named = contract_in(tags) if tags else pl.lit(None, dtype=pl.String)
    return pl.coalesce("contract_no", named, pl.lit(declaration.contract_no, dtype=pl.String))


def _sorted_out(rows: pl.DataFrame, why: Sequence[Reason]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows against which nothing speaks, and the others with the first reason that does."""
    first = pl.coalesce(pl.when(reason.holds.fill_null(False)).then(at) for at, reason in enumerate(why))
    judged = rows.with_columns(first.alias("reason"))
    refused = judged.filter(pl.col("reason").is_not_null())
    codes = dict(enumerate(reason.code for reason in why))
    sentences = [pl.when(pl.col("reason") == at).then(reason.zh) for at, reason in enumerate(why)]
    told = refused.with_columns(
        reason_code=pl.col("reason").replace_strict(codes, return_dtype=pl.String),
        reason_zh=pl.coalesce(sentences),
    )
    return judged.filter(pl.col("reason").is_null()), told


def rejects(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows (row_no, raw, reason_code, reason_zh) in REJECT_SCHEMA."""
    named = rows.with_columns(sheet=pl.lit(None, dtype=pl.String), table_name=pl.lit(TABLE.name))
    return named.select(pl.col(name).cast(kind) for name, kind in REJECT_SCHEMA.items())


def line_numbers(cells: pl.DataFrame, identity: Sequence[str], besides: pl.Expr | None = None) -> pl.Series:
    """A number for each line that a later export of the same bill gives it again: a digest of what the line is for.

    Amounts are left out, so that a corrected line supersedes the one before it; lines alike in all of it are
    numbered in their order, anew where the file begins again (`block_of`). Places in the file would not do: bills are
    exported in parts and in any order.
    besides: what else tells lines apart, null for those that need nothing else.
    """
    parts = [*(pl.col(name).fill_null("") for name in identity), *([] if besides is None else [besides])]
    said = cells.select(pl.concat_str(parts, separator="\x1f", ignore_nulls=True))
    block = block_of(cells["raw"].to_list())
    nth: Counter[str] = Counter()
    numbers = []
    for at, text in enumerate(said.to_series()):
        if at % block == 0:
            nth.clear()
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        nth[digest] += 1
        numbers.append(digest if nth[digest] == 1 else f"{digest}-{nth[digest]}")
    return pl.Series("line_no", numbers, dtype=pl.String)


def block_of(lines: Sequence[str]) -> int:
    """After how many lines a file begins again and says the same once more, to its end; at least 1, all where it does not.

    Between the copies may stand the header, a line without a digit. One line over and over is no copy of a file: it may
    be as many cards.
    """
    borders = [0] * len(lines)
    for at in range(1, len(lines)):
        border = borders[at - 1]
        while border and lines[at] != lines[border]:
            border = borders[border - 1]
        borders[at] = border + (lines[at] == lines[border])
    block = len(lines) - max(borders[-1:], default=0)
    if len(set(lines[:block])) < 2:
        return max(len(lines), 1)
    is_parted = (len(lines) + 1) % block == 0 and not re.search(r"\d", lines[block - 1])
    return block if len(lines) % block == 0 or is_parted else len(lines)


def _accepted(kept: pl.DataFrame, provider_id: str) -> pl.DataFrame:
    """An invoice id that is no 发票号码 is the cloud's own and stays in raw; no cloud bills by peak compute."""
    return kept.with_columns(
        sheet=pl.lit(None, dtype=pl.String),
        provider_id=pl.lit(provider_id),
        unit="known_unit",
        precision=pl.lit(None, dtype=pl.String),
        sparsity=pl.lit(None, dtype=pl.String),
        invoice_number=INVOICE_NUMBER.cast(pl.col("invoice_number")),
    ).select("sheet", "row_no", "raw", *(column.name for column in TABLE.columns))
