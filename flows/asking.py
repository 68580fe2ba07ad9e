"""Read-only questions to the published database, answered as a table, CSV, JSON, Parquet or a workbook.

While a question runs no other file can be read or written and no setting changed: the file may be asked by anyone.
"""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from pyarrow import parquet
from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from hesuan.flows.terminal import shown, shown_json
from hesuan.flows.warehouse import Connection, connect
from hesuan.reports.sheet.workbook import write_sheets
from hesuan.schemas.fault import UsageFault

# In this order: the last one locks the rest. Replacements would let a query read this program's own frames.
GUARDS = (
    "set python_enable_replacements = false",
    "set enable_external_access = false",
    "set lock_configuration = true",
)
TO_FILE_ONLY = ("parquet", "xlsx")
WIDE = 1_000_000
# What a sheet of a workbook holds, the header counted, and a cell of it, in UTF-16 units.
SHEET_ROWS = 1_048_576
CELL_LENGTH = 32_767
# A cell that starts so is run as a formula by Excel and WPS; a number is none.
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?$")


@dataclass(frozen=True)
class Answer:
    columns: list[str]
    rows: list[tuple[Any, ...]]

    @property
    def height(self) -> int:
        return len(self.rows)

    def facts(self) -> list[dict[str, Any]]:
        """Values as text: money keeps its places; nulls, truth values and lists as such.

        Raises UsageFault where two columns share a name.
        """
        twice = sorted({name for name in self.columns if self.columns.count(name) > 1})
        if twice:
            raise UsageFault(f"列名重复，请用 as 另起名：{'、'.join(twice)}")
        return [dict(zip(self.columns, map(_fact, row), strict=True)) for row in self.rows]

    def text(self, shape: str) -> str:
        """What is printed. Raises UsageFault for a shape that only makes sense in a file."""
        if shape in TO_FILE_ONLY:
            raise UsageFault(f"--format {shape}: 须写 --out 文件")
        makers = {"table": self._table, "csv": self._csv, "json": self._json}
        return makers[shape]()

    def write(self, path: Path, shape: str) -> None:
        """Into a file; CSV with a byte order mark, without which Excel and WPS garble Chinese.

        Raises UsageFault where it cannot be written.
        """
        with _writing(path) as whole:
            if shape == "xlsx":
                write_sheets(whole, {"查询": (self.columns, self._cells(path))})
            else:
                whole.write_text(self.text(shape), encoding="utf-8-sig" if shape == "csv" else "utf-8")

    def _cells(self, path: Path) -> list[list[str]]:
        """Raises UsageFault where a sheet cannot hold them all."""
        cells = [[_plain(value) for value in row] for row in self.rows]
        longest = max((len(cell.encode("utf-16-le")) // 2 for row in cells for cell in row), default=0)
        if len(cells) >= SHEET_ROWS or longest > CELL_LENGTH:
            raise UsageFault(
                f"{path}: 工作表装不下：至多 {SHEET_ROWS - 1} 行，一格至多 {CELL_LENGTH} 字；请用 csv 或 parquet"
            )
        return cells

    def _table(self) -> str:
        """Columns aligned by the width of what stands in them, a Chinese character counting two; no box characters."""
        # Markdown's rules are plain ASCII: box drawing is of uncertain width on Chinese consoles.
        table = RichTable(box=box.MARKDOWN)
        for at, name in enumerate(self.columns):
            is_number = any(isinstance(row[at], int | Decimal) for row in self.rows)
            table.add_column(Text(shown(name)), justify="right" if is_number else "left", no_wrap=True)
        for row in self.rows:
            table.add_row(*[Text(shown(_plain(value))) for value in row])
        console = Console(width=WIDE, file=io.StringIO(), color_system=None)
        with console.capture() as captured:
            console.print(table)
        return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines() if line.strip())

    def _csv(self) -> str:
        """Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay as they are."""
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow([_harmless(name) for name in self.columns])
        writer.writerows([_harmless(value) for value in row] for row in self.rows)
        return written.getvalue()

    def _json(self) -> str:
        return shown_json(self.facts()) + "\n"


def asked(database: Path, query: str) -> Answer:
    """Raises UsageFault where the query fails or reaches beyond the database."""
    with _guarded(database, query) as connection:
        rows = connection.execute(query).fetchall()
        return Answer([column[0] for column in connection.description or []], rows)


def kept(database: Path, query: str, path: Path) -> int:
    """The rows as Parquet, with the types of the database; how many. Raises UsageFault as `asked` and `write` do."""
    with _guarded(database, query) as connection:
        found = connection.sql(query)
        if found is None:
            raise UsageFault("查询有误：没有结果可写")
        table: pa.Table = found.to_arrow_table()
    # Given a path, Arrow removes what stands there where it cannot be written: a device, too.
    with _writing(path) as whole, whole.open("wb") as file:
        parquet.write_table(table, file)
    return int(table.num_rows)


def examples() -> str:
    """Queries to start from, each with what it asks above it."""
    return (files("hesuan.data") / "examples.sql").read_text(encoding="utf-8")


@contextmanager
def _guarded(database: Path, query: str) -> Iterator[Connection]:
    """For the query alone. Raises UsageFault where it fails, or is blank or a comment and asks nothing."""
    with connect(database, read_only=True) as connection:
        for guard in GUARDS:
            connection.execute(guard)
        try:
            if not connection.extract_statements(query):
                raise UsageFault("查询有误：没有写要查什么")
            yield connection
        except duckdb.Error as error:
            raise UsageFault(f"查询有误：{str(error).strip().splitlines()[0]}") from error


@contextmanager
def _writing(path: Path) -> Iterator[Path]:
    """Where to write until it is whole; what stood there stays where it comes to nothing. A device is written itself."""
    is_file = path.is_file() or not path.exists()
    beside = path.with_name(f"{path.name}.part") if is_file else path
    try:
        # The workbook's library has faults of its own for a path that cannot be written: found out before it runs.
        beside.open("wb").close()
        yield beside
        if is_file:
            beside.replace(path)
    except OSError as error:
        raise UsageFault(f"{path}: 写不下：{error.strerror or error}") from error
    except pa.ArrowException as error:
        raise UsageFault(f"{path}: 写不下：{str(error).strip().splitlines()[0]}") from error
    finally:
        if is_file:
            beside.unlink(missing_ok=True)


def _fact(value: Any) -> Any:
    """As JSON has it: numbers and days are text, so that no reader rounds them."""
    if isinstance(value, list):
        return [_fact(member) for member in value]
    if isinstance(value, dict):
        return {str(name): _fact(member) for name, member in value.items()}
    return value if value is None or isinstance(value, bool) else str(value)


def _plain(value: Any) -> str:
    """As a cell has it: a truth value as SQL writes it, the members of a list one after the other."""
    if isinstance(value, list):
        return "、".join(map(_plain, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _harmless(value: Any) -> str:
    text = _plain(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text
