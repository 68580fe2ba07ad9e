"""A line of the match of contract, bills and logs: what it tells of, and which of its figures should be there.

A figure that should be there and is not prints 未知; any other has no record and prints “—”, on pages and in the workbook.
"""

from collections.abc import Set

from hesuan.reports.published import Row

METERED = ("metered_gpu_hours", "active_gpu_hours")
BILLED = ("billed_gpu_hours", "billed_yuan")


def kind_of(row: Row) -> tuple[str, Set[str]]:
    """agreed, money or usage, and the columns due. row: of published.reconciliation.

    Without a month it is what was agreed; without usage or bill it is a month's invoices and payments.
    """
    if row["month"] is None:
        return "agreed", {"contract_gpu_hours"}
    if all(row[name] is None for name in METERED + BILLED):
        return "money", frozenset()
    if all(row[name] is None for name in BILLED):
        return "usage", {*METERED}
    return "usage", {*METERED, *BILLED, "variance_gpu_hours"}
