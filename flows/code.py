"""Which code ran: digests over the package's own source files, so that a run can name what computed it."""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

ROOMS = ("schemas", "validators", "flows", "reports")
# Tables of reference decide figures as code does: units, and how they convert.
SHELVES = ("data/reference",)
# Everything that stages/stage.py rests on; test_code follows its imports and compares.
STAGING = (
    "data/reference/unit-",
    "schemas/",
    "validators/gate.py",
    "validators/words.py",
    "flows/adapters/",
    "flows/append_only.py",
    "flows/bill/",
    "flows/chain/",
    "flows/intake/evidence.py",
    "flows/intake/kept_object.py",
    "flows/intake/seen.py",
    "flows/lake/fate.py",
    "flows/lake/file_set.py",
    "flows/lake/key.py",
    "flows/mapped/",
    "flows/occupancy/",
    "flows/pod/",
    "flows/scheduler/",
    "flows/source.py",
    "flows/spell/",
    "flows/stages/stage.py",
    "flows/telemetry/",
    "flows/text/",
    "flows/warehouse.py",
    "flows/workspace.py",
)


@cache
def code_digest() -> str:
    """SHA-256 over every .py, .sql, template, script and table of reference of the package, by name and content."""
    return _digest(_sources((*ROOMS, *SHELVES)))


@cache
def staging_digest() -> str:
    """SHA-256 over the code that decides what a file's rows are."""
    return _digest((name, node) for name, node in _sources((*ROOMS, *SHELVES)) if name.startswith(STAGING))


def _digest(sources: Iterable[tuple[str, Traversable]]) -> str:
    whole = hashlib.sha256()
    for name, node in sources:
        whole.update(f"{name}\0{hashlib.sha256(node.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def _sources(rooms: tuple[str, ...]) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for room in rooms:
        package, *folders = room.split("/")
        found += _below(files(f"hesuan.{package}").joinpath(*folders), room)
    return sorted(found, key=lambda pair: pair[0])


def _below(folder: Traversable, prefix: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for node in folder.iterdir():
        name = f"{prefix}/{node.name}"
        if node.is_dir() and node.name != "__pycache__":
            found += _below(node, name)
        elif node.name.endswith((".py", ".sql", ".j2", ".css", ".js", ".typ", ".toml")):
            found.append((name, node))
    return found
