"""When a month's bill has stopped changing: clouds re-rate until a fixed hour of the next month.

No export says whether it is final, and a file's name is not believed: source.toml does, or its time of export.
"""

import polars as pl

from hesuan.flows.bill.cell import first_day
from hesuan.flows.source import Declaration
from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import INSTANT_TYPE, ZONE

FINAL, DRAFT = "final", "draft"
# 阿里云: the month's last detail comes out on the 3rd at 12:00. 华为云: customers settled by the month on the 4th;
# no file says who is one, so that day is awaited for all.
NOON = 12


def check(declaration: Declaration, *, place: str, is_due: bool) -> None:
    """Raises InputFault for a bill declared a draft and, where finality `is_due`, for one that nothing speaks of."""
    said = declaration.finality
    if said == DRAFT:
        raise InputFault(f'{place}: source.toml 声明此账单未定稿（finality = "{DRAFT}"），待出账后再交')
    if said not in (None, FINAL):
        raise InputFault(f"{place}: source.toml 的 finality “{said}”须为 {FINAL} 或 {DRAFT}")
    if is_due and said is None and declaration.exported_at is None:
        raise InputFault(
            f'{place}: 看不出账单是否已出账，请在旁边的 source.toml 写 finality = "{FINAL}"，或导出时间 exported_at'
        )


def is_open(month: pl.Expr, declaration: Declaration, *, final_on: int) -> pl.Expr:
    """Whether the file was exported before the month's bill was final: noon of day `final_on` of the next month."""
    exported = declaration.exported_instant
    if declaration.finality == FINAL or exported is None:
        return pl.lit(False)
    final_day = first_day(month).dt.offset_by("1mo").dt.offset_by(f"{final_on - 1}d")
    noon = final_day.cast(pl.Datetime("us")).dt.offset_by(f"{NOON}h").dt.replace_time_zone(ZONE)
    return pl.lit(exported, dtype=INSTANT_TYPE) < noon.dt.convert_time_zone("UTC")
