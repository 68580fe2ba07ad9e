"""What the card-hours of a claim are called and how each is worked out: data/reference/quantity.toml."""

import tomllib
from importlib.resources import files

import polars as pl

from hesuan.flows.warehouse import Connection, comment

COLUMNS = {
    "quantity_no": "次序，自 1 起",
    "quantity": "量",
    "symbol": "记号",
    "title_zh": "名称",
    "meaning_zh": "是什么",
    "formula_zh": "算式",
    "column_name": "公布的列",
}


def quantities() -> list[dict[str, str]]:
    """One row per quantity, in the order in which they are shown."""
    text = (files("hesuan.data") / "reference" / "quantity.toml").read_text("utf-8")
    found: list[dict[str, str]] = tomllib.loads(text)["quantity"]
    return found


def publish_quantities(connection: Connection) -> None:
    """Make published.quantity."""
    rows = [
        {"quantity_no": n, "column_name": says["column"], **{k: says[k] for k in list(COLUMNS)[1:-1]}}
        for n, says in enumerate(quantities(), start=1)
    ]
    schema = {**dict.fromkeys(COLUMNS, pl.String()), "quantity_no": pl.Int32()}
    connection.register("quantity_rows", pl.DataFrame(rows, schema=schema))
    connection.execute(
        f"create table published.quantity as select {', '.join(COLUMNS)} from quantity_rows order by quantity_no"
    )
    connection.unregister("quantity_rows")
    comment(connection, "published.quantity", "卡时的几种说法（每种一行）", COLUMNS)
