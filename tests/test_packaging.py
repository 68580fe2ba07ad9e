"""The wheel: every module, card, policy and template is in it, and nothing of a workspace; and the deployment file."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("schemas", "validators", "flows", "reports")
SHELVES = ("data/clauses", "data/policy", "data/reference")
LOOSE = ("data/__init__.py", "data/examples.sql", "data/house.toml")


def kept_files() -> set[str]:
    """Every file that belongs into the package, as its path inside the wheel."""
    folders = [ROOT / name for name in (*ROOMS, *SHELVES)]
    found = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    found = {path for path in found if "__pycache__" not in path.parts and "pictures" not in path.parts} | {
        ROOT / name for name in LOOSE
    }
    return {f"hesuan/{path.relative_to(ROOT).as_posix()}" for path in found}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of the files in a wheel built from a copy of the tree, without network."""
    copy, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    for name in (*ROOMS, "data"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    (copy / "data" / "inbox").mkdir(exist_ok=True)
    (copy / "data" / "inbox" / "secret.csv").write_text("x", encoding="utf-8")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(out)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(copy)], check=True)
    with zipfile.ZipFile(next(out.glob("*.whl"))) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def test_the_wheel_holds_every_file_of_the_rooms(wheel: set[str]) -> None:
    assert sorted(kept_files() - wheel) == []


def test_the_wheel_holds_nothing_else(wheel: set[str]) -> None:
    packaged = {name for name in wheel if not name.startswith("hesuan-")}
    assert sorted(packaged - kept_files()) == []


def test_the_wheel_carries_the_licence(wheel: set[str]) -> None:
    assert any(name.endswith("licenses/LICENSE") for name in wheel)


def test_served_or_deployed_the_deployment_has_one_schedule() -> None:
    """Prefect keeps the schedules that a deployment has under other slugs."""
    from hesuan.flows.nightly import SCHEDULE

    lines = (ROOT / "prefect.yaml").read_text(encoding="utf-8").splitlines()
    assert [line.split()[-1] for line in lines if "slug:" in line] == [SCHEDULE]
