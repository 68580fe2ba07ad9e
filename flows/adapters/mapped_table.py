"""Tables of interface.md §3 as people hand them in: CSV, XLSX, Parquet, JSON Lines, each also inside gzip.

The table is known by its header, never by the file's name. What is not known here stays text for the gate.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hesuan.flows.mapped.columnar import headers_in_parquet, read_parquet
from hesuan.flows.mapped.delimited import headers_in_delimited, is_delimited, read_delimited
from hesuan.flows.mapped.header import Header
from hesuan.flows.mapped.jsonlines import headers_in_jsonlines, is_jsonlines, read_jsonlines
from hesuan.flows.mapped.parquet_file import is_parquet
from hesuan.flows.mapped.workbook import headers_in_workbook, is_workbook, read_workbook
from hesuan.flows.source import Reading, Source
from hesuan.schemas.fault import InputFault
from hesuan.schemas.format import Format

NAME = "mapped_table"
TEMPLATES = "本系统的模板（CSV、XLSX、Parquet、JSON Lines），未见机构真件"
FORMATS = (
    Format(
        title_zh="用量区间表",
        seen_zh=TEMPLATES,
        proves=("allocated",),
        cannot_zh="卡是否在用；是否系统原样导出（表可由人填写）",
    ),
    Format(
        title_zh="用量采样表",
        seen_zh=TEMPLATES,
        proves=("metered", "active"),
        cannot_zh="没有采样的时段；不带摘要链的，有无缺行、改行",
    ),
    Format(
        title_zh="结算账单表",
        seen_zh=TEMPLATES,
        proves=("billed", "charged"),
        cannot_zh="卡是否分到、是否在用；是否已开票",
    ),
    Format(
        title_zh="发票表、发票明细表",
        seen_zh=TEMPLATES,
        proves=("billed", "charged"),
        cannot_zh="发票真伪（须另行查验）；卡是否分到、是否在用",
    ),
    Format(
        title_zh="合同明细表",
        seen_zh=TEMPLATES,
        proves=("contract",),
        cannot_zh="合同是否履行；按实结算的用量",
    ),
)


@dataclass(frozen=True)
class Form:
    """One file format: is_form looks at the first bytes, headers for those of tables (and raises like `read`)."""

    is_form: Callable[[Source], bool]
    headers: Callable[[Source], list[Header]]
    read: Callable[[Source], Reading]


FORMS = (
    Form(is_workbook, headers_in_workbook, read_workbook),
    Form(is_parquet, headers_in_parquet, read_parquet),
    Form(is_jsonlines, headers_in_jsonlines, read_jsonlines),
    Form(is_delimited, headers_in_delimited, read_delimited),
)


def claims(source: Source) -> bool:
    """True too for what resembles a table and is none, so that `read` can say why. Never raises."""
    try:
        form = _form(source)
    except InputFault:
        # An archive that cannot be unpacked resembles nothing.
        return False
    try:
        return form is not None and bool(form.headers(source))
    except InputFault:
        return True


def read(source: Source) -> Reading:
    """Rows of one table, of several where a workbook has several; every cell as text, or typed as its kind.

    Raises InputFault where the file is broken, a required column is missing or named twice, or a unit in a
    header (金额（万元）) would change the figures: nothing is converted.
    """
    form = _form(source)
    if form is None:
        raise InputFault(f"{source.name}: 不是本系统认得的表")
    return form.read(source)


def _form(source: Source) -> Form | None:
    return next((form for form in FORMS if form.is_form(source)), None)
