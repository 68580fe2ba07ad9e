"""Progress of a run as a person at the terminal follows it: step k of n, files, rows, seconds.

One line a step; where a terminal watches, the line of a step over files counts them as it goes.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hesuan.flows.engine import Engine, Inline, Result, Trouble
from hesuan.flows.lake.file_set import staged_of

# The steps of graph.night in their order: what each is called.
STEPS = {
    "inbox_files": ("查看收件箱", "looking into the inbox"),
    "take_in": ("接收", "taking in files"),
    "record": ("登记", "recording what came in"),
    "stage": ("逐行读入", "reading rows"),
    "shared_days": ("找出同卡的日子", "finding days shared by cards"),
    "settle": ("同卡并集", "joining usage of the same card"),
    "drawers": ("找出两家都有的卡", "finding cards of two providers"),
    "compare": ("逐抽屉比对机构", "comparing providers drawer by drawer"),
    "reconcile": ("对账", "reconciling"),
    "decide": ("核算与核对", "working out and checking"),
    "publish": ("公布", "publishing"),
    "report": ("写报告", "writing the report"),
    "tell": ("告知", "telling what is new"),
}
UNITS = {"zh": (" 个文件", " 行", " 秒"), "en": (" files", " rows", " s")}
CLEAR = "\r\x1b[K"


@dataclass(frozen=True)
class Progress:
    """Where progress goes and in which words."""

    write: Callable[[str], None]
    seconds: Callable[[], float]
    lang: str = "zh"
    is_watched: bool = False

    def name(self, function: Callable[..., Any]) -> str:
        step = function.__name__
        at = list(STEPS).index(step) + 1
        return f"[{at}/{len(STEPS)}] {STEPS[step][0 if self.lang == 'zh' else 1]}"

    def done(self, name: str, started: float, *, files: int | None = None, rows: int | None = None) -> None:
        unit = UNITS[self.lang]
        said = [f"  {files}{unit[0]}"] if files is not None else []
        said += [f"  {rows}{unit[1]}"] if rows is not None else []
        clear = CLEAR if self.is_watched else ""
        self.write(f"{clear}{name}{''.join(said)}  {self.seconds() - started:.1f}{unit[2]}\n")

    @contextmanager
    def ended(self) -> Iterator[None]:
        """What goes wrong in a step is printed below its line, not behind it."""
        is_well = False
        try:
            yield
            is_well = True
        finally:
            if not is_well and self.is_watched:
                self.write("\n")

    def counted(self, name: str, items: list[Any]) -> Iterator[Any]:
        """The items one by one, the line of the step written anew before each."""
        for at, item in enumerate(items, 1):
            self.write(f"{CLEAR}{name}  {at}/{len(items)}")
            yield item


class Telling:
    """An engine that tells how far it is. What it gives is what the engine inside gives."""

    def __init__(self, engine: Engine, progress: Progress) -> None:
        self._engine = engine
        self._progress = progress

    def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        name, started = self._progress.name(function), self._progress.seconds()
        if self._progress.is_watched:
            self._progress.write(name)
        with self._progress.ended():
            result = self._engine.call(function, *arguments)
        self._progress.done(name, started)
        return result

    def map(
        self, function: Callable[..., Result], items: Iterable[Any], *arguments: Any, tolerate: Trouble = ()
    ) -> list[Result | Exception]:
        name, started, wanted = self._progress.name(function), self._progress.seconds(), list(items)
        # Only the engine of this process takes an item when the one before is done.
        is_counted = self._progress.is_watched and isinstance(self._engine, Inline)
        given: Iterable[Any] = self._progress.counted(name, wanted) if is_counted else wanted
        with self._progress.ended():
            results = self._engine.map(function, given, *arguments, tolerate=tolerate)
        self._progress.done(name, started, files=len(wanted), rows=_rows(function, results))
        return results

    def artifact(self, *, key: str, markdown: str, table: list[dict[str, Any]]) -> None:
        self._engine.artifact(key=key, markdown=markdown, table=table)


def _rows(function: Callable[..., Any], results: list[Any]) -> int | None:
    """Rows read, where the step read any."""
    if function.__name__ != "stage":
        return None
    return sum(staged_of(folder).row_count for folder in results if isinstance(folder, Path))
