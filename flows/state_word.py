"""States of usage records that no scheduler or Pod has: whoever fills in a table may write any word."""

from pathlib import Path

import polars as pl

from hesuan.flows.lake.file_set import parts_of
from hesuan.flows.pod.row import PHASES
from hesuan.flows.scheduler.slurm_cell import STATES
from hesuan.schemas.tables.usage_interval import TABLE

KNOWN = (*STATES, *PHASES)


def strange_states(folder: Path) -> tuple[str, ...]:
    """Of a file's set in the lake, in order: each leaves its run billable, for only known states say that it is not."""
    found: set[str] = set()
    for path in parts_of(folder, TABLE.name):
        state = pl.read_parquet(path, columns=["state"], glob=False).get_column("state")
        found |= set(state.cast(pl.String).drop_nulls().unique())
    return tuple(sorted(word for word in found if not word.upper().startswith(KNOWN)))
