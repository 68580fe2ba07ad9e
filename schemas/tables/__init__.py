"""The catalogue of tables: every module in this folder holds one TABLE."""

import importlib
import pkgutil
from functools import cache

from hesuan.schemas.table import Table


@cache
def tables() -> dict[str, Table]:
    """Name → table, in the order of interface.md §3 as far as names sort."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}").TABLE for name in names}
