"""The columns that say what a price or a quantity is per: the unit, and for units of peak compute its precision."""

from hesuan.schemas.kind import ID
from hesuan.schemas.table import Column, optional
from hesuan.schemas.unit import PRECISIONS, SPARSITIES, plain, unit_book

_POINTS = "・•.*- "
_SPELLINGS = tuple(
    (unit.name, word)
    for unit in unit_book().units
    for written in (unit.name, *unit.aliases)
    for word in (written, plain(written), *(written.replace("·", point) for point in _POINTS))
)
UNIT = Column(
    "unit",
    "计价单位",
    ID,
    "不按用量计价的写 项；按峰值算力（P）计价的另写精度与稀疏口径",
    choices=tuple((unit.name, unit.name) for unit in unit_book().units),
    spellings=_SPELLINGS,
    aliases=("单位",),
)
PRECISION = optional(
    "precision",
    "精度",
    ID,
    "按峰值算力计价的，是哪种精度的算力",
    choices=tuple((word, word) for word in PRECISIONS),
    aliases=("计算精度", "算力精度"),
    example="",
)
SPARSITY = optional(
    "sparsity",
    "稀疏口径",
    ID,
    "按峰值算力计价的，是稠密还是稀疏算力",
    choices=SPARSITIES,
    aliases=("稠密或稀疏",),
    example="",
)
