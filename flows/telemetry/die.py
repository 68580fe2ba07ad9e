"""Dies that are no card alone: two of an Ascend 910C lie on one board, and its exporter names the dies.

Which two belong together is told by their numbers on the node, 2n and 2n + 1 (HAMi allocates a 910C by such pairs,
pkg/device/ascend). A number may change with a restart; the board is therefore named by the lasting numbers of both.
"""

import re
from collections import defaultdict

import polars as pl

from hesuan.flows.telemetry.profile import COLUMNS, first_of

# model_name of npu-exporter: 910C, or the chip's own name, Ascend910_93xx; device_type of HAMi's monitor of Ascend.
_PAIRED = re.compile(r"910c|910_93\d\d")
_MODEL = ("model_name", "device_type")
_NODE = ("node", "nodename", "hostname", "host", "instance")
TWO = 2
HALF_CARD = (
    "910C 的两个芯粒为一卡，文件中找不到与之成对的另一个（同一节点、编号为 2n 与 2n+1），不能当作一张卡"
)
# Of two dies these add up; utilisation is their mean, temperature the greater.
ADDED = {"power_watts", "energy_joules", "memory_used_mib"}

Place = tuple[str | None, int | None]
"""Node, and number of the board on it; None where it is not said."""


def die_place(labels: dict[str, str]) -> Place | None:
    """Of a die of a board of two; None for a whole card."""
    if not _PAIRED.search((first_of(labels, _MODEL) or "").lower()):
        return None
    number = labels.get("id", "")
    return first_of(labels, _NODE), int(number) // TWO if re.fullmatch("[0-9]{1,9}", number) else None


def boards(dies: set[tuple[Place, str]]) -> dict[str, str]:
    """Die → board, for dies that are exactly two at every place they lie at, and the same two; from (place, die).

    A place is another one once an exporter has restarted under another address.
    """
    at: dict[Place, set[str]] = defaultdict(set)
    for place, die in dies:
        at[place].add(die)
    beside: dict[str, set[frozenset[str]]] = defaultdict(set)
    for together in at.values():
        for die in together:
            beside[die].add(frozenset(together))
    return {
        die: "+".join(sorted(pair))
        for (_, number), pair in at.items()
        if number is not None and len(pair) == TWO and all(len(beside[each]) == 1 for each in pair)
        for die in pair
    }


def as_boards(rows: pl.DataFrame, *, turn: str = "sampled_at") -> pl.DataFrame:
    """Rows of dies (card_uuid differs from device_uuid) as rows of their board; the others as they are.

    `turn` tells which rows of a board were read together, and has one sampled_at.
    A reading that one of the two lacks at that instant is unknown for the board, but for the temperature.
    """
    is_die = pl.col("card_uuid") != pl.col("device_uuid")
    dies, whole = rows.filter(is_die), rows.filter(~is_die)
    if dies.is_empty():
        return rows.drop("card_uuid")
    joined = dies.group_by(*dict.fromkeys(("card_uuid", "sampled_at", turn))).agg(
        pl.col("row_no").min(),
        *(_of_two(name).alias(name) for name in COLUMNS),
        pl.col("point_count").sum(),
        tenant=only_tenant(),
        metric_names=pl.col("metric_names").str.split(",").list.explode().unique().sort().str.join(","),
    )
    cards = whole.drop("card_uuid")
    return pl.concat([cards, joined.rename({"card_uuid": "device_uuid"}).select(cards.columns)])


def only_tenant() -> pl.Expr:
    """Of a group the tenant, where there is one: a card that several share at an instant is nobody's alone."""
    tenants = pl.col("tenant").drop_nulls().unique()
    return pl.when(tenants.len() == 1).then(tenants.first())


def _of_two(name: str) -> pl.Expr:
    """Thousandths of a board's reading; a half of a thousandth of utilisation is rounded down."""
    value = pl.col(name)
    if name == "temperature_c":
        return value.max()
    both = pl.when(value.count() == TWO).then(value.sum())
    return both if name in ADDED else both // TWO
