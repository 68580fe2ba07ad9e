"""The locks: every requirement pinned and hashed, nothing of pyproject left out, no index named."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "tests/bench/pandas.lock")


def folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def text(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


def entries(lock: str) -> list[str]:
    """One string per requirement: its continued lines joined, comments left out."""
    lines = [line for line in text(lock).splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return re.split(r"\n(?=\S)", "\n".join(lines))


def pinned(lock: str = LOCKS[0]) -> dict[str, str]:
    found = (re.match(r"([A-Za-z0-9._-]+)==(\S+)", entry) for entry in entries(lock))
    return {folded(match[1]): match[2] for match in found if match}


def declared() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    build = project["build-system"]["requires"]
    extras = project["project"]["optional-dependencies"].values()
    return [*build, *project["project"]["dependencies"], *(line for extra in extras for line in extra)]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_to_one_version_and_hashed(lock: str) -> None:
    loose = [
        entry.splitlines()[0]
        for entry in entries(lock)
        if not re.match(r"[A-Za-z0-9._-]+==[^\s*]+ ", entry)
        or not re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry)
    ]
    assert loose == []


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_names_no_index_and_no_address(lock: str) -> None:
    words = ("://", "index-url", "find-links", "trusted-host", " @ ")
    body = "\n".join(line for line in text(lock).splitlines() if not line.startswith("#"))
    assert [word for word in words if word in body] == []
    assert "://" not in text(lock)


def test_what_both_locks_pin_is_one_version() -> None:
    project, bench = (pinned(lock) for lock in LOCKS)
    both = project.keys() & bench.keys()
    assert "python-dateutil" in both
    assert {name: bench[name] for name in both} == {name: project[name] for name in both}


def test_every_dependency_of_pyproject_is_in_the_lock_within_its_bounds() -> None:
    from packaging.requirements import Requirement

    requirements = [Requirement(line) for line in declared()]
    missing = [r.name for r in requirements if folded(r.name) not in pinned()]
    assert missing == []
    outside = [str(r) for r in requirements if pinned()[folded(r.name)] not in r.specifier]
    assert outside == []
