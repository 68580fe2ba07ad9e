"""The digest that names a staged set covers all the code that decides what a file's rows are."""

import ast
from pathlib import Path

from hesuan.flows import code

ROOT = Path(__file__).parents[1]


def module_path(name: str) -> Path | None:
    """The file of a module of ours, or None where the name is no module."""
    place = ROOT.joinpath(*name.split(".")[1:])
    found = [path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()]
    return found[0] if found else None


def imported(path: Path) -> set[Path]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
        found |= {module_path(name) for name in names if name.startswith("hesuan.")}
    return {path for path in found if path is not None}


def resting_on(start: set[Path]) -> set[Path]:
    reached, fresh = set(), set(start)
    while fresh:
        reached |= fresh
        fresh = set().union(*(imported(path) for path in fresh)) - reached
    return reached


def test_everything_that_stages_a_file_is_in_its_digest() -> None:
    start = {ROOT / "flows/stages/stage.py", *(ROOT / "flows/adapters").glob("*.py")}
    names = {path.relative_to(ROOT).as_posix() for path in resting_on(start)}
    # The digest itself, the workspace's folders and empty packages decide nothing about rows.
    neutral = {
        "flows/code.py",
        "flows/workspace.py",
        "flows/__init__.py",
        "flows/stages/__init__.py",
        "validators/__init__.py",
    }
    assert sorted(n for n in names - neutral if not n.startswith(code.STAGING)) == []


def test_the_digest_changes_with_the_code_and_not_with_the_day() -> None:
    assert code.code_digest() == code.code_digest()
    assert len(code.staging_digest()) == 64
    assert code.staging_digest() != code.code_digest()
