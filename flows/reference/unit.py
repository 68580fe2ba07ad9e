"""The unit book inside the database: reconciled.unit_word, reconciled.model_factor and the macros that rest on them."""

from typing import Any

import polars as pl

from hesuan.flows.reference.device_class import class_macro
from hesuan.flows.warehouse import Connection, comment
from hesuan.schemas.own_sql import carried_out
from hesuan.schemas.unit import ModelFactor, UnitBook, plain

# What a card is in the parts that conversions count in: 24 h x lcm(28, 29, 30, 31) days x 100000, so that nodes of
# 1 to 10, 12, 14, 15, 16 … cards and thousandths of hundredths of a TFLOPS are whole. An age is 9061920 h: an hour, a
# day and a month of any length are whole shares of it.
CARD_PARTS = 9061920 * 100000
AGE_SECONDS = 9061920 * 3600
WORD = {
    "word": "写法，见 reconciled.plain_word",
    "unit": "计价单位",
    "kind": "card 卡，node 整机，die 芯粒，compute 峰值算力，core CPU 核，lump 不按用量计价",
    "period_seconds": "时长，秒；空为自然月",
    "is_name": "是计价单位的正名",
    "is_loose": "只在结算账单和发票明细里认的写法",
    "source_zh": "依据",
    "version": "换算表版本",
}
FACTOR = {
    "word": "型号的写法，见 reconciled.plain_word",
    "device_model": "型号",
    "precision": "精度；芯粒数不分精度，为空",
    "sparsity": "dense 稠密，sparse 稀疏；芯粒数不分，为空",
    "dies_per_card": "每卡芯粒数",
    "tflops_hundredths": "峰值算力，百分之一 TFLOPS（整数精度为百分之一 TOPS）",
    "source_zh": "依据",
    "version": "换算表版本",
}
_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("period_seconds", "dies_per_card", "tflops_hundredths"), pl.Int64()),
    **dict.fromkeys(("is_name", "is_loose"), pl.Boolean()),
}
# A natural month is as long as the months that are billed: a bill of 1 July to 30 September, or of any whole months up
# to ten years, counts a third of its 92 days; any other stretch the days of the month in which it begins.
# unit_seconds x price, cut where it could overflow (five hundred thousand million yuan), times the parts of a card that
# a unit of price is per; whole fen, and what is left in shares that all rows have in common. One floor, at the end.
MACROS = f"""
    create macro reconciled.card_parts() as {CARD_PARTS};
    create macro reconciled.plain_word(word) as regexp_replace(lower(word), '[\\s/·・•*×\\-_.()（）]', '', 'g');
    create macro reconciled.converted(quantity, seconds, parts) as
        cast(cast(reconciled.millionths(quantity) * seconds * {CARD_PARTS} // parts as decimal(32, 0))
            * 0.000001::decimal(6, 6) as decimal(38, 6));
    create macro reconciled.whole_months(first_on, last_on) as
        case
            when date_sub('month', first_on, last_on + 1) between 1 and 120
                and first_on + to_months(date_sub('month', first_on, last_on + 1)) = last_on + 1
                then date_sub('month', first_on, last_on + 1)
        end;
    create macro reconciled.month_count(first_on, last_on) as coalesce(reconciled.whole_months(first_on, last_on), 1);
    create macro reconciled.months_seconds(first_on, last_on) as
        86400 * case
            when reconciled.whole_months(first_on, last_on) is not null then last_on + 1 - first_on
            else day(last_day(first_on))
        end;
    create macro reconciled.price_units(unit_seconds, price) as
        -- least() passes over what is not known.
        cast(case
            when unit_seconds is not null and price is not null
                then least(unit_seconds * reconciled.millionths(least(price, 1000000)), {4 * 10**25}::hugeint)
        end as hugeint);
    create macro reconciled.whole_fen(unit_seconds, price, parts, seconds) as
        reconciled.price_units(unit_seconds, price) * parts // (cast({CARD_PARTS * 210_000_000} as hugeint) * seconds);
    create macro reconciled.rest_of_fen(unit_seconds, price, parts, seconds) as
        reconciled.price_units(unit_seconds, price) * parts % (cast({CARD_PARTS * 210_000_000} as hugeint) * seconds)
            * ({AGE_SECONDS} // seconds);
    -- Of a sum in yuan with twelve places.
    create macro reconciled.rest_of_yuan(yuan) as
        cast((yuan * 100 - floor(yuan * 100)) * 10000000000 as hugeint)
            * (cast({CARD_PARTS * 210_000_000 // 10**10} as hugeint) * {AGE_SECONDS});
    create macro reconciled.summed_fen(whole, rest) as
        whole + rest // (cast({CARD_PARTS * 210_000_000} as hugeint) * {AGE_SECONDS});
    create macro reconciled.cut_off(rest) as
        rest % (cast({CARD_PARTS * 210_000_000} as hugeint) * {AGE_SECONDS});
"""


def load_unit_tables(connection: Connection, book: UnitBook) -> None:
    """Every spelling of a unit, and of a model that a data sheet speaks of; then the macros (after those of reconcile)."""
    words = [
        {
            "word": plain(word),
            "unit": unit.name,
            "kind": unit.kind,
            "period_seconds": unit.period_seconds,
            "is_name": word == unit.name,
            "is_loose": word in unit.loose,
            "source_zh": unit.source_zh,
            "version": book.version,
        }
        for unit in book.units
        for word in (unit.name, *unit.aliases, *unit.loose)
    ]
    factors = [_factor(factor, model, book.version) for factor in book.factors for model in factor.models]
    _make(connection, "unit_word", "计价单位的写法（每种写法一行）", WORD, words)
    _make(connection, "model_factor", "型号的换算系数（每种写法、精度、稀疏口径一行）", FACTOR, factors)
    carried_out(connection, MACROS)
    carried_out(connection, class_macro())


def _factor(factor: ModelFactor, model: str, version: str) -> dict[str, Any]:
    return {
        "word": plain(model),
        "device_model": model,
        "precision": factor.precision,
        "sparsity": factor.sparsity,
        "dies_per_card": factor.dies_per_card,
        "tflops_hundredths": factor.tflops_hundredths,
        "source_zh": factor.source_zh,
        "version": version,
    }


def _make(
    connection: Connection, name: str, title_zh: str, columns: dict[str, str], rows: list[dict[str, Any]]
) -> None:
    schema = {column: _TYPES.get(column, pl.String()) for column in columns}
    connection.register("unit_rows", pl.DataFrame(rows, schema=schema))
    connection.execute(f"create table reconciled.{name} as select * from unit_rows order by all")
    connection.unregister("unit_rows")
    comment(connection, f"reconciled.{name}", title_zh, columns)
