"""Whether the two ledgers are still what the newest published run read and posted: else somebody changed them since.

A night reads the ledgers as they lie, and what it publishes agrees with them: unless it is told before, it is told never.
"""

from hesuan.flows.before.earlier import run_before
from hesuan.flows.intake.evidence import ledger
from hesuan.flows.ledger.book import book_path, read_batches
from hesuan.flows.verify.book import book_amiss
from hesuan.flows.verify.folder import tried
from hesuan.flows.verify.inputs import inputs_amiss
from hesuan.flows.warehouse import QueryTrouble, connect
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import WarehouseFault

SHOWN = 3


def changed_by_hand(workspace: Workspace) -> list[str]:
    """How many things differ, then the first of them as `hesuan verify` has them; nothing where nothing does.

    A database that does not open, or of a version that had other tables, is compared with nothing.
    """
    newest = run_before(workspace.warehouse, "")
    if newest is None:
        return []
    known, batches = ledger(workspace), read_batches(book_path(workspace))
    try:
        with connect(newest, read_only=True) as connection:
            amiss = tried("输入清单", lambda: inputs_amiss(connection, known, is_same_code=False))
            amiss += tried("券台账", lambda: book_amiss(connection, batches, is_same_code=False))
    except (QueryTrouble, WarehouseFault):
        return []
    if not amiss:
        return []
    place = newest.relative_to(workspace.root).as_posix()
    told = f"收录台账或券台账与上次公布的不符，共 {len(amiss)} 处：有人改过，或恢复了旧备份，请与备份查对"
    return [told, *(f"{place}: {line}" for line in amiss[:SHOWN])]
