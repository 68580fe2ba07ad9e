"""Progress: the steps are those of the graph, a watched terminal counts files, and what the engine gives is untouched."""

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows import graph
from hesuan.flows.engine import Inline
from hesuan.flows.progress import CLEAR, STEPS, Progress, Telling


def stage(item: int) -> int:
    """Bears the name of a step; gives no folder, so no rows are counted."""
    return item * 10


def publish(value: str) -> str:
    return value


def told(*, is_watched: bool, lang: str = "zh") -> tuple[Telling, list[str]]:
    written: list[str] = []
    ticks = iter(range(1000))
    progress = Progress(written.append, seconds=lambda: float(next(ticks)), lang=lang, is_watched=is_watched)
    return Telling(Inline(), progress), written


def test_the_steps_are_those_of_the_graph() -> None:
    called = {
        getattr(node.args[0], "id", "?")
        for function in (graph.ingest, graph.night, graph.worked_out)
        for node in ast.walk(ast.parse(inspect.getsource(function)))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("call", "map")
    }
    assert called == set(STEPS)


def test_a_step_is_one_line_where_nobody_watches() -> None:
    engine, written = told(is_watched=False)
    assert engine.map(stage, [1, 2, 3]) == [10, 20, 30]
    assert engine.call(publish, "x") == "x"
    assert written == [
        "[4/13] 逐行读入  3 个文件  0 行  1.0 秒\n",
        "[11/13] 公布  1.0 秒\n",
    ]


def test_a_watched_terminal_counts_files() -> None:
    engine, written = told(is_watched=True, lang="en")
    assert engine.map(stage, iter([1, 2])) == [10, 20]
    assert written[:2] == [f"{CLEAR}[4/13] reading rows  1/2", f"{CLEAR}[4/13] reading rows  2/2"]
    assert written[2].startswith(CLEAR)
    assert written[2].endswith("s\n")


def test_trouble_passes_through() -> None:
    engine, written = told(is_watched=False)

    def stage(item: int) -> int:
        raise ValueError(item)

    [trouble] = engine.map(stage, [1], tolerate=(ValueError,))
    assert isinstance(trouble, ValueError)
    with pytest.raises(ValueError, match="2"):
        engine.map(stage, [2])
    assert len(written) == 1


def test_trouble_is_printed_below_the_line_of_its_step() -> None:
    engine, written = told(is_watched=True)

    def publish() -> None:
        raise ValueError("spoiled")

    with pytest.raises(ValueError, match="spoiled"):
        engine.call(publish)
    assert written == ["[11/13] 公布", "\n"]


def test_an_artifact_goes_to_the_engine(tmp_path: Path) -> None:
    kept: list[dict[str, Any]] = []

    class Keeping(Inline):
        def artifact(self, *, key: str, markdown: str, table: list[dict[str, Any]]) -> None:
            kept.append({"key": key, "markdown": markdown, "table": table})

    Telling(Keeping(), Progress(lambda _: None, seconds=lambda: 0.0)).artifact(
        key="k", markdown="m", table=[]
    )
    assert kept == [{"key": "k", "markdown": "m", "table": []}]
