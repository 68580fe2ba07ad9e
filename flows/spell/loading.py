"""What the drawers came to, as a relation of the lake."""

from pathlib import Path

from hesuan.flows.spell.drawer import MET
from hesuan.flows.warehouse import Connection, comment, parquet

MEANINGS = {"card": "设备编号（小写）"}


def load_elsewhere(connection: Connection, compared: list[Path]) -> None:
    """Make lake.elsewhere_card from the sets of the drawers."""
    connection.execute("create table lake.elsewhere_card (card varchar)")
    if compared:
        found = parquet(folder / MET for folder in compared)
        connection.execute(f"insert into lake.elsewhere_card select card from {found} order by card")
    comment(
        connection,
        "lake.elsewhere_card",
        "两家机构的日志同日用到的设备（每张卡一行）；被取代的版本也算，是否同时另看",
        MEANINGS,
    )
