"""What makes two rows of the lake one fact: the table's key; of a run of Slurm its job's number and its start.

The cluster of a run is one however its letters are written. A tenant may be listed under each spelling that logs have.
"""

from hesuan.schemas.table import Table

RECORD = "record_id"
CLUSTER = "cluster_id"


def key_of(table: Table, version: str = "") -> list[str]:
    """SQL of the key's parts. version: the alias before each column.

    A record_id of Slurm also tells what else its export had: the raw number, the submission. An export of other columns
    is of the same run: no job, or task of an array, starts twice at one instant.
    """
    prefix = f"{version}." if version else ""
    parts = {name: f'{prefix}"{name}"' for name in table.key}
    if RECORD in parts:
        parts |= {RECORD: _run(prefix), CLUSTER: f"lower({parts[CLUSTER]})"}
    return list(parts.values())


def _run(prefix: str) -> str:
    record, start = f"{prefix}{RECORD}", f"{prefix}started_at"
    job = f"concat('slurm:', split_part({record}, ':', 2), '@', epoch_us({start}))"
    return f"case when starts_with({record}, 'slurm:') and {start} is not null then {job} else {record} end"
