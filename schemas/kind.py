"""Kinds of values: what a cell may hold, how its text is read strictly, and what to say when it is not so.

Everything arrives as text; `cast` turns text into the typed value or null, and never guesses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from hesuan.schemas import cast
from hesuan.schemas.cast import INSTANT_TYPE as INSTANT_TYPE
from hesuan.schemas.cast import ORGANISATION_WEIGHTS as ORGANISATION_WEIGHTS
from hesuan.schemas.cast import USCC_ALPHABET as USCC_ALPHABET
from hesuan.schemas.cast import USCC_WEIGHTS as USCC_WEIGHTS
from hesuan.schemas.cast import ZONE as ZONE
from hesuan.schemas.cast import is_uscc as is_uscc

# Clocks that were never set print 1970: no log of ours tells of anything before 2000.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
EARLIEST_S = 946_684_800


@dataclass(frozen=True)
class Kind:
    """One kind of value. `cast` maps a trimmed, non-empty text column to `dtype`; null means unreadable."""

    name: str
    zh: str
    dtype: pl.DataType
    cast: Callable[[pl.Expr], pl.Expr]
    reason_code: str
    example: str
    unread_zh: str = ""
    """What an unreadable cell is; without it, that it is not what `zh` says."""

    @property
    def says_zh(self) -> str:
        """The end of the sentence about an unreadable cell, after the cell itself."""
        return self.unread_zh or f" 不是{self.zh}"


def _text(name: str, zh: str, read: Callable[[pl.Expr], pl.Expr], reason_code: str, example: str) -> Kind:
    return Kind(name, zh, pl.String(), read, reason_code, example)


def _exact(
    name: str,
    zh: str,
    precision: int,
    scale: int,
    example: str,
    *,
    whole: int | None = None,
    is_yuan: bool = False,
) -> Kind:
    """A decimal that is never rounded, with at most `whole` digits before the point."""
    read = cast.exact_decimal(precision, scale, whole=whole, is_yuan=is_yuan)
    return Kind(name, zh, pl.Decimal(precision, scale), read, f"BAD_{name.upper()}", example)


def _free(name: str, zh: str, example: str) -> Kind:
    """Text that only Excel can spoil."""
    spoiled_zh = " 是 Excel 缩写的长数字，后几位已失，须以文本格式重新填写"
    return Kind(name, zh, pl.String(), cast.as_written, "LOST_NUMBER", example, spoiled_zh)


ID = _free("id", "编号文本", "HT-2026-001")
TEXT = _free("text", "文本", "说明")
USCC = _text("uscc", "18位统一社会信用代码，两个校验位均须正确", cast.uscc, "BAD_USCC", "91500000902846312Y")
PARTY = _text(
    "party",
    "统一社会信用代码（录入时只统一大小写和全半角，校验由 ELG-006 报告）",
    cast.code,
    "BAD_PARTY",
    "91500000902846312Y",
)
INVOICE_NUMBER = _text(
    "invoice_number",
    "发票号码，20位或8位数字，须为文本格式",
    cast.invoice_number,
    "INV-008",
    "26512000000000000001",
)
ORIGINAL_NUMBER = _text(
    "original_number",
    "发票号码，20位或8位数字，代码与号码相连的为18位，须为文本格式",
    cast.original_number,
    "INV-008",
    "26512000000000000001",
)
DIGEST = _text("digest", "摘要值，64位十六进制", cast.digest, "BAD_DIGEST", "0123456789abcdef" * 4)
SIGNATURE = _text(
    "signature",
    "Ed25519 签名，64 字节的 base64（88 位，以 == 结尾）",
    cast.signature,
    "BAD_SIGNATURE",
    "d4HhInN7DJAmu0foLEBI6w/PDHOxUy3HvF1fElTUWw9kKOnxnz01IJASKgtoHrGSXC28Le2U6BCexB334M+jCQ==",
)
PUBLIC_KEY = _text(
    "public_key",
    "Ed25519 公钥，32 字节的 base64（44 位，以 = 结尾），或 openssl pkey -pubout 的输出",
    cast.public_key,
    "BAD_PUBLIC_KEY",
    "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
)
MONTH = _text("month", "年月 YYYY-MM", cast.month, "BAD_MONTH", "2026-03")
YUAN = _exact("yuan", "人民币元，至多两位小数", 18, 2, "50000.00", whole=11, is_yuan=True)
PRICE = _exact("price", "人民币元，至多六位小数", 18, 6, "12.500000", whole=8, is_yuan=True)
HOURS = _exact("hours", "小时数，至多四位小数", 18, 4, "1000.0000", whole=11)
QUANTITY = _exact("quantity", "数量，至多六位小数", 18, 6, "1000", whole=10)
MOST_CARDS = 999_999
CARDS = _exact("cards", "卡数，至多 999999，可为小数，至多六位", 12, 6, "8")
NUMBER = _exact("number", "数值，至多三位小数", 18, 3, "97.5")
RATE = Kind("rate", "比率，0.06 或 6%", pl.Decimal(9, 6), cast.rate, "BAD_RATE", "0.06")
INT = Kind("int", "整数", pl.Int64(), cast.integer, "BAD_INT", "8")
YEAR = Kind("year", "年份", pl.Int64(), cast.year, "BAD_YEAR", "2026")
BOOL = Kind("bool", "是/否", pl.Boolean(), cast.boolean, "BAD_BOOL", "是")
DATE = Kind("date", "日期（北京时间）", pl.Date(), cast.date, "BAD_DATE", "2026-03-01")
AT = Kind("at", "时刻；未写时区的按北京时间", INSTANT_TYPE, cast.instant, "BAD_AT", "2026-03-01 09:30:00")
