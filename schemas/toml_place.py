"""TOML that people write: what is wrong with it, and where a table or key stands; tomllib itself keeps no line numbers."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]

_STRING = r'"""(?:\\.|[^\\])*?""""{0,2}|\'\'\'.*?\'\'\'\'{0,2}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\''
_TOKEN = re.compile(rf"{_STRING}|#[^\n]*|[\n\[\]{{}}]|[^\"'#\n\[\]{{}}]+", re.DOTALL)
_PART = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_DOTTED = rf"(?:{_PART.pattern})(?:[ \t]*\.[ \t]*(?:{_PART.pattern}))*"
_HEADER = re.compile(rf"\s*(\[\[?)[ \t]*({_DOTTED})[ \t]*\]")
_ASSIGNMENT = re.compile(rf"\s*({_DOTTED})[ \t]*=")


def read_toml(content: bytes, parse_float: Callable[[str], Any] = float) -> tuple[dict[str, Any], str]:
    """The values, and the text they stand in. Raises ValueError that says in Chinese what stands where."""
    try:
        text = content.decode("utf-8-sig")
        return tomllib.loads(text, parse_float=parse_float), text
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ValueError(f"第 {line} 行不是 UTF-8 文字，请另存为 UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        written = text.rstrip().split("\n")
        line = int(found[1]) if found else len(written)
        shown = written[line - 1].strip()[:60] if line <= len(written) else ""
        raise ValueError(f"第 {line} 行“{shown}”不是合法的 TOML") from error
    except (ValueError, ArithmeticError) as error:
        raise ValueError("有读不出的日期或数值") from error
    except RecursionError as error:
        raise ValueError("括号套得太深") from error


@dataclass(frozen=True)
class Opening:
    """A header or an assignment. path: from the root of the document. line: counted from 1."""

    path: Path
    line: int


class Places:
    """The openings of a text, in order."""

    def __init__(self, text: str) -> None:
        self._openings = tuple(_openings(text))

    def line(self, path: Path, nth: int = 0) -> int:
        """The line that opens a table or key; nth: which table of an array of tables, from 0.

        Where nothing opens it by its whole name, what lies within it, else the nearest table around it; 1 at worst.
        """
        exact = [o.line for o in self._openings if o.path == path]
        if exact:
            return exact[min(nth, len(exact) - 1)]
        within = [o.line for o in self._openings if o.path[: len(path)] == path]
        if within:
            return within[0]
        return self.line(path[:-1]) if len(path) > 1 else 1


def _openings(text: str) -> Iterator[Opening]:
    table: Path = ()
    for line, statement in _statements(text):
        if header := _HEADER.match(statement):
            table = _path(header[2])
            yield Opening(table, line)
        elif assignment := _ASSIGNMENT.match(statement):
            yield Opening((*table, *_path(assignment[1])), line)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Line and text of each header or assignment; a value in several lines belongs to its first."""
    line = began = 1
    depth = 0
    said = ""
    for token in _TOKEN.findall(text):
        if token == "\n" and depth == 0:
            yield began, said
            said, began = "", line + 1
        elif not token.startswith("#"):
            depth += (token in ("[", "{")) - (token in ("]", "}"))
            said += token
        line += token.count("\n")
    yield began, said


def _path(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
