"""Which table a row of headers is, told by the headers alone, in Chinese, English or both, in any order."""

from dataclasses import dataclass
from functools import lru_cache

from hesuan.schemas.fault import InputFault
from hesuan.schemas.table import Column, HeaderReading, Table, missing_columns, read_headers
from hesuan.schemas.tables import tables


@dataclass(frozen=True)
class Likeness:
    """How far one table explains the headers. missing: required columns that no header speaks of."""

    table: Table
    reading: HeaderReading
    missing: tuple[Column, ...]

    @property
    def explained_count(self) -> int:
        return len(self.reading.meant)

    @property
    def required_count(self) -> int:
        return sum(column.required and column.default is None for column in self.table.columns)

    @property
    def rank(self) -> tuple[int, int, int]:
        """Headers explained less columns missing; among equals the table that asks for more.

        A statement that lacks one column is thus not taken for the contract lines that it also holds.
        """
        return self.explained_count - len(self.missing), len(self.missing), self.required_count


def recognised(headers: list[str], place: str) -> tuple[Table, dict[str, str]] | None:
    """The table whose required columns are all there and which explains the most headers; header → column.

    None where the headers look like no table. Raises InputFault, naming the columns, where two tables explain
    them equally well, where the table they look most like lacks some required columns, where two headers mean
    one column, and where a unit in brackets would change the values.
    """
    written = tuple(header for header in headers if header.strip())
    likely = _likely(written)
    if not likely:
        return None
    best = max(likely, key=lambda likeness: likeness.rank)
    rivals = [likeness.table.zh for likeness in likely if likeness.rank == best.rank]
    if best.missing:
        raise InputFault(f"{place}: {_lacking(best)}；现有表头：{'、'.join(h[:20] for h in written[:30])}")
    if len(rivals) > 1:
        raise InputFault(f"{place}: 表头同样符合 {'、'.join(rivals)}，分不清是哪张表；请用模板的表头")
    if best.reading.faults:
        raise InputFault(f"{place}: {best.table.zh}：{'；'.join(best.reading.faults)}")
    return best.table, best.reading.found


@lru_cache(maxsize=256)
def _likely(written: tuple[str, ...]) -> tuple[Likeness, ...]:
    """Tables that the headers may mean; every file is asked twice: whose it is, and what is in it."""
    likenesses = (_likeness(table, written) for table in tables().values())
    return tuple(likeness for likeness in likenesses if _is_likely(likeness, len(written)))


def _likeness(table: Table, headers: tuple[str, ...]) -> Likeness:
    reading = read_headers(table, list(headers))
    # A header with a doubtful unit is not missing: it has a fault of its own to be told.
    meant = {name: name for name in reading.meant}
    return Likeness(table, reading, tuple(missing_columns(table, meant)))


def _is_likely(likeness: Likeness, header_count: int) -> bool:
    """Whole, or half of the required columns are there and half of the headers are the table's."""
    return not likeness.missing or (
        len(likeness.missing) * 2 <= likeness.required_count
        and likeness.explained_count >= 2
        and likeness.explained_count * 2 >= header_count
    )


def _lacking(likeness: Likeness) -> str:
    columns = "、".join(f"{column.zh}（{column.name}）" for column in likeness.missing)
    sentence = f"表头最接近 {likeness.table.zh}（{likeness.table.name}），但缺少必填列 {columns}"
    advice = (column.lacking_zh for column in likeness.missing if column.lacking_zh)
    return "；".join((sentence, *advice, *likeness.reading.faults))
