"""The layout as law: who may import whom, one door per library, no clock, no chance, words that stay out."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from hesuan.schemas.policy import policy_ids

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "schemas": set(),
    "validators": {"schemas"},
    "reports": {"schemas"},
    "flows": {"schemas", "validators", "reports"},
    "data": set(),
}
# Library → the places that may import it; a folder ends in "/".
DOORS = {
    "pandera": ("schemas/",),
    "pandera.errors": ("schemas/", "validators/gate.py"),
    "prefect": ("flows/nightly.py", "flows/engine.py"),
    "distributed": ("flows/engines/dask.py",),
    "botocore": ("flows/bucket/store.py",),
    "cryptography": ("flows/chain/signature.py",),
    "pyarrow.fs": ("flows/bucket/store.py",),
    "xlsxwriter": ("reports/",),
    "jinja2": ("reports/",),
    "typst": ("reports/paper/typeset.py",),
}
CLOCK_AND_CHANCE = ("flows/cli.py", "flows/demo/")
ENVIRONMENT = ("flows/cli.py", "flows/nightly.py")
CITIES = "|".join(policy_id.split("-")[0] for policy_id in policy_ids())
CITY_WORDS = re.compile(rf"达州|北京市|深圳|杭州|河南|廊坊|{CITIES}", re.IGNORECASE)
CITY_CODES = re.compile(r"(?<!\d)511\d{1,3}(?!\d)")
MAY_HOLD_A_CODE = ("flows/demo/", "schemas/tables/")
MACHINE_WORDS = re.compile(r"(?<![\w.])/(?:root|home|work|tmp)/|pypi\.org|pythonhosted")


@dataclass(frozen=True)
class Module:
    """One Python file of ours; `place` is its path from the project's root."""

    place: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.place.split("/")[0]


@cache
def modules() -> list[Module]:
    found = (path for room in MAY_IMPORT for path in sorted((ROOT / room).rglob("*.py")))
    return [
        Module(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in found
    ]


def wrongs(check: Callable[[Module], list[str]]) -> list[str]:
    return [f"{module.place} {wrong}" for module in modules() for wrong in check(module)]


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything imported, inside functions too; `from a import b` gives a.b."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or attribute chain, else ''; a call in the chain is dropped: f().c is `.c`."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def attributes(module: Module) -> list[tuple[int, str]]:
    return [(node.lineno, dotted(node)) for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)]


def within(name: str, library: str) -> bool:
    return name == library or name.startswith(f"{library}.")


def against_the_arrows(module: Module) -> list[str]:
    wrong = []
    for line, name in imports(module):
        top, _, rest = name.partition(".")
        room = rest.split(".")[0]
        if top in ("", "tests", *MAY_IMPORT):
            wrong.append(f"line {line}: {name} is imported; write hesuan.… (and never tests)")
        elif top == "hesuan" and room not in (MAY_IMPORT[module.room] | {module.room}) - {"data"}:
            wrong.append(f"line {line}: {module.room} may not import {name}")
    return wrong


def through_the_wall(module: Module) -> list[str]:
    wrong = []
    for line, name in imports(module):
        doors = [library for library in DOORS if within(name, library)]
        if doors and not module.place.startswith(DOORS[max(doors, key=len)]):
            wrong.append(f"line {line}: may not import {name}")
    return wrong


def duckdb_opened(module: Module) -> list[str]:
    if module.place == "flows/warehouse.py":
        return []
    named = [line for line, name in imports(module) if name == "duckdb.connect"]
    return [
        f"line {line}: opens DuckDB"
        for line in named + [line for line, name in attributes(module) if name == "duckdb.connect"]
    ]


def all_caught(module: Module) -> list[str]:
    wrong = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            words = [dotted(kind).split(".")[-1] if kind else "everything" for kind in caught]
            wrong += [
                f"line {node.lineno}: catches {w}"
                for w in words
                if w in ("everything", "Exception", "BaseException")
            ]
    return wrong


def clock_or_chance(module: Module) -> list[str]:
    if module.place.startswith(CLOCK_AND_CHANCE):
        return []
    called = [(n.lineno, dotted(n.func)) for n in ast.walk(module.tree) if isinstance(n, ast.Call)]
    wrong = [
        (line, name) for line, name in called if name.split(".")[-1] in ("now", "utcnow", "today", "random")
    ]
    wrong += [
        (line, name)
        for line, name in called
        if name in ("time.time", "time.time_ns", "uuid.uuid1", "uuid.uuid4")
    ]
    wrong += [(line, name) for line, name in imports(module) if name.split(".")[0] in ("random", "secrets")]
    return [f"line {line}: {name}" for line, name in wrong]


def environment_read(module: Module) -> list[str]:
    if module.place.startswith(ENVIRONMENT):
        return []
    names = [*attributes(module), *imports(module)]
    return [
        f"line {line}: {name}" for line, name in names if name in ("os.environ", "os.getenv", "os.putenv")
    ]


def silent(module: Module) -> list[str]:
    return [] if ast.get_docstring(module.tree) else ["has no docstring"]


def test_imports_follow_the_arrows() -> None:
    assert wrongs(against_the_arrows) == []


def test_each_library_has_one_door() -> None:
    assert wrongs(through_the_wall) == []


def test_the_warehouse_alone_opens_duckdb() -> None:
    assert wrongs(duckdb_opened) == []


def test_nobody_catches_everything() -> None:
    assert wrongs(all_caught) == []


def test_no_clock_and_no_chance_outside_the_command_line_and_the_demo() -> None:
    assert wrongs(clock_or_chance) == []


def test_the_environment_is_read_at_the_door_only() -> None:
    assert wrongs(environment_read) == []


def test_every_module_says_what_it_holds() -> None:
    assert wrongs(silent) == []


def test_no_code_names_a_city() -> None:
    """Another city or year is another policy file and no code."""
    assert written_words(CITY_WORDS, outside=()) == []
    assert written_words(CITY_CODES, outside=MAY_HOLD_A_CODE) == []


def test_no_code_names_a_machine_or_a_registry() -> None:
    assert written_words(MACHINE_WORDS, outside=()) == []


def written_words(pattern: re.Pattern[str], *, outside: tuple[str, ...]) -> list[str]:
    """place:line of every match in our .py and .sql files."""
    found = []
    for path in sorted(
        p for room in MAY_IMPORT for kind in ("*.py", "*.sql") for p in (ROOT / room).rglob(kind)
    ):
        place = path.relative_to(ROOT).as_posix()
        if not place.startswith(outside):
            lines = path.read_text(encoding="utf-8").splitlines()
            found += [
                f"{place}:{i} {m[0]}" for i, line in enumerate(lines, 1) for m in pattern.finditer(line)
            ]
    return found


WRONG = [
    (against_the_arrows, "schemas/x.py", "from hesuan.flows import lake"),
    (against_the_arrows, "reports/x.py", "import hesuan.validators.gate"),
    (against_the_arrows, "validators/x.py", "def f():\n    from hesuan.reports import press"),
    (against_the_arrows, "flows/x.py", "import hesuan.data"),
    (against_the_arrows, "flows/x.py", "from hesuan import data"),
    (against_the_arrows, "flows/x.py", "from tests.reference import waterfall"),
    (against_the_arrows, "flows/x.py", "from . import lake"),
    (through_the_wall, "flows/lake/loading.py", "import prefect"),
    (through_the_wall, "validators/gate.py", "import pandera.polars"),
    (through_the_wall, "flows/x.py", "from jinja2 import Environment"),
    (through_the_wall, "flows/lake/loading.py", "from pyarrow import fs"),
    (duckdb_opened, "flows/lake/loading.py", "duckdb.connect()"),
    (duckdb_opened, "flows/lake/loading.py", "from duckdb import connect"),
    (all_caught, "flows/x.py", "try:\n    f()\nexcept (KeyError, Exception):\n    pass"),
    (all_caught, "flows/x.py", "try:\n    f()\nexcept:\n    pass"),
    (clock_or_chance, "flows/x.py", "datetime.now(UTC).isoformat()"),
    (clock_or_chance, "flows/x.py", "from random import Random"),
    (environment_read, "flows/x.py", "import os\nos.environ['HOME']"),
    (silent, "flows/x.py", "x = 1"),
]


@pytest.mark.parametrize(("check", "place", "text"), WRONG)
def test_a_breach_is_seen(check: Callable[[Module], list[str]], place: str, text: str) -> None:
    assert len(check(Module(place, ast.parse(text)))) == 1


RIGHT = [
    (
        against_the_arrows,
        "flows/x.py",
        "from hesuan.validators.gate import gate\nfrom hesuan.reports import press",
    ),
    (through_the_wall, "validators/gate.py", "import pandera.errors"),
    (through_the_wall, "flows/nightly.py", "from prefect import flow"),
    (duckdb_opened, "flows/lake/loading.py", "import duckdb\nduckdb.Error"),
    (clock_or_chance, "flows/demo/city.py", "import random"),
    (environment_read, "flows/cli.py", "os.environ"),
]


@pytest.mark.parametrize(("check", "place", "text"), RIGHT)
def test_what_is_allowed_passes(check: Callable[[Module], list[str]], place: str, text: str) -> None:
    assert check(Module(place, ast.parse(text))) == []
