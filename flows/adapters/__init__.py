"""Source formats: one format, one module, discovered; exactly one may claim a file.

Every module here has NAME, FORMATS (what it reads, what that proves and what not), `claims(source) -> bool`
(looks at content, never at the name) and `read(source) -> Reading`. Adapters find cells; `validators.gate` judges them.
"""

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from hesuan.flows.source import Source
from hesuan.schemas.fault import InputFault


@cache
def adapters() -> tuple[ModuleType, ...]:
    return tuple(
        importlib.import_module(f"{__name__}.{m.name}")
        for m in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name)
    )


def adapter_for(source: Source) -> ModuleType | None:
    """The one adapter that claims the file, or None. Raises InputFault where two claim it."""
    claiming = [adapter for adapter in adapters() if adapter.claims(source)]
    if len(claiming) > 1:
        names = ", ".join(adapter.NAME for adapter in claiming)
        raise InputFault(f"{source.name}: 有多个适配器认领此文件（{names}），请反馈")
    return claiming[0] if claiming else None


def full_row_count(name: str | None, row_count: int) -> int | None:
    """The rows of one export of this adapter's formats at most, where the file has just as many: there may be more."""
    formats = [each for adapter in adapters() if name == adapter.NAME for each in adapter.FORMATS]
    return next((each.most_rows for each in formats if each.most_rows == row_count), None)
