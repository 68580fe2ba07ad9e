"""Why a line of a bill is refused, whatever format it came in: what the table cannot hold as it stands, and says why."""

from dataclasses import dataclass

import polars as pl

from hesuan.flows.bill.cell import price_unit_of

CNY = ["CNY", "RMB", "人民币", "人民币元"]
_NEGATIVE = r"^-[0.,]*[1-9]"
_POSITIVE = r"^[0.,]*[1-9]"
_FINER = r"^-?[0-9,]*\.[0-9]{2}[0-9]*[1-9]$"


@dataclass(frozen=True)
class Reason:
    """A code, when it holds (null: it does not), and a sentence."""

    code: str
    holds: pl.Expr
    zh: pl.Expr


def shown(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).fill_null("（空）")


def is_negative(name: str) -> pl.Expr:
    return pl.col(name).str.contains(_NEGATIVE)


def is_positive(name: str) -> pl.Expr:
    return pl.col(name).str.contains(_POSITIVE)


def reasons() -> tuple[Reason, ...]:
    """In the order in which they are told; of the cells of `bill.statement` and known_unit."""
    return (_currency(), _period(), *_units(), *_amounts(), _contract())


def _currency() -> Reason:
    return Reason(
        "CURRENCY",
        ~pl.col("currency").str.to_uppercase().is_in(CNY).fill_null(False),
        pl.format("币种“{}”不是人民币，不折算", shown("currency")),
    )


def _period() -> Reason:
    return Reason(
        "BAD_PERIOD",
        ~(pl.col("period_from") <= pl.col("period_to")).fill_null(False),
        pl.lit("计费期读不出来，或止早于起（应写明年月日，次序无歧义）"),
    )


def _units() -> tuple[Reason, Reason]:
    return (
        Reason(
            "UNIT_UNKNOWN",
            pl.col("known_unit").is_null(),
            pl.format("计价单位“{}”不能确定是卡时、卡日、卡月、核时或项，不折算", shown("unit")),
        ),
        Reason(
            "PRICE_UNIT",
            pl.col("price_unit").is_not_null()
            & price_unit_of(pl.col("price_unit")).ne_missing(pl.col("known_unit")),
            pl.format("单价的单位“{}”不是每“{}”的元", shown("price_unit"), shown("unit")),
        ),
    )


def _amounts() -> tuple[Reason, Reason]:
    """Hours are billed or not; a line that takes some back has no place in a table of quantities from zero up."""
    counts_hours = pl.col("known_unit") != "项"
    takes_back = is_negative("amount_yuan") & is_positive("quantity") & counts_hours
    return (
        Reason(
            "SUB_CENT",
            pl.col("amount_yuan").str.contains(_FINER),
            pl.format("金额“{}”细于分，不舍入；请交记到分的账单", shown("amount_yuan")),
        ),
        Reason(
            "REVERSAL",
            is_negative("quantity") | takes_back,
            pl.format(
                "冲减行（用量“{}”、金额“{}”）：账单用量不得为负，照正数记又会多计，请并入原行后重新导出",
                shown("quantity"),
                shown("amount_yuan"),
            ),
        ),
    )


def _contract() -> Reason:
    return Reason(
        "NO_CONTRACT",
        pl.col("contract_no").is_null(),
        pl.lit("没有写明合同：请加一列“合同编号”，或打标签 合同编号，或在 source.toml 写 contract_no"),
    )
