"""What the benches share: commands timed against one another, round by round, and samples as a provider exports them."""

import mmap
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import BinaryIO

import duckdb

CARDS = 2304
FREE_BYTES = 1024**3
PIECE_BYTES = 1024**2
# As with anybody who uses it, modules are compiled once, not at every run; the baseline's came compiled with their wheel.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def take_memory() -> None:
    """Leave little memory free, and the rest to whoever asks, ours and the baseline alike.

    A virtual machine may give free memory back to its host, and then waits for each page it asks for again: the same
    work took 52 s instead of 34. Pages of a file of holes stay its own and are handed on at once.
    """
    more = os.sysconf("SC_AVPHYS_PAGES") * mmap.PAGESIZE - FREE_BYTES
    if more > 0:
        holes = _holes()
        held = holes.seek(0, os.SEEK_END)
        holes.truncate(held + more)
        while holes.read(PIECE_BYTES):
            pass


@cache
def _holes() -> BinaryIO:
    """A file without a name, gone with this process."""
    return tempfile.TemporaryFile(buffering=0)


def seconds(command: list[str]) -> float:
    take_memory()
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def running(engine: str = "inline") -> list[str]:
    """`hesuan run`; the workspace is its last word."""
    return [
        sys.executable,
        "-c",
        "from hesuan.flows.cli import main; main()",
        "run",
        "-q",
        "--engine",
        engine,
        "-w",
    ]


def night(root: Path) -> float:
    """Seconds of `hesuan run` over a workspace; it must have published."""
    published = root / "warehouse" / "hesuan.duckdb"
    before = published.resolve()
    took = seconds([*running(), str(root)])
    assert published.exists(), f"{root}: nothing was published"
    assert published.resolve() != before, f"{root}: nothing new was published"
    return took


def told(script: str, *arguments: object) -> float:
    """The seconds that a script in a process of its own prints as its last word."""
    return laps(script, *arguments)[-1]


def laps(script: str, *arguments: object) -> list[float]:
    """All that it prints, seconds each."""
    take_memory()
    command = [sys.executable, "-c", script, *map(str, arguments)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [float(word) for word in printed.split()]


def say(name: str, pairs: list[tuple[float, float]], *, bound: float | None = None) -> None:
    """A line with the median and the worst ratio of (ours, baseline). bound: none where it is but a part."""
    ratios = [ours / base for ours, base in pairs]
    shown = ", ".join(f"{ours:.2f}/{base:.2f}" for ours, base in pairs)
    print(
        f"{name}: median {statistics.median(ratios):.2f} x, worst {max(ratios):.2f} x"
        f"{'' if bound is None else f' (bound {bound:.2f})'};"
        f" seconds ours/baseline {shown}",
        flush=True,
    )


def say_taken_in(name: str, file: Path, *, baseline: str, ours: str, rounds: int, bound: float) -> None:
    """A line of two scripts, each in a process of its own: `baseline` is given the file and where it may write.

    `ours` is given a workspace with the file in its inbox.
    """
    pairs = []
    for _ in range(rounds):
        root = file.parent / "w"
        inbox = root / "inbox" / "submissions" / "p"
        inbox.mkdir(parents=True)
        shutil.copy(file, inbox / file.name)
        base = seconds([sys.executable, "-c", baseline, str(file), str(file.parent / "base.parquet")])
        pairs.append((seconds([sys.executable, "-c", ours, str(root)]), base))
        shutil.rmtree(root)
    say(name, pairs, bound=bound)


def peak_gb() -> float:
    """Of any child so far."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6


def workspace(root: Path, files: list[Path]) -> Path:
    """A workspace with those files in its inbox, linked, sampled once a minute."""
    inbox = root / "inbox" / "submissions"
    inbox.mkdir(parents=True)
    for path in files:
        os.link(path, inbox / path.name)
    (inbox / "source.toml").write_text("sample_period_seconds = 60\n", encoding="utf-8")
    for folder in ("evidence", "lake", "warehouse", "reports"):
        (root / folder).mkdir()
    return root


def write_samples(path: Path, rows: int, *, start: str, before: int = 0) -> None:
    """One-minute samples of 2,304 cards from that day on, in the order of time, as Parquet of the contract's own types.

    before: how many rows went out before them, so that every card counts on.
    """
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'Asia/Shanghai'; set enable_progress_bar = false")
        connection.execute(f"""
            copy (
                select
                    '91510000902846312Y' as provider_id,
                    'c' || (n % {CARDS} // 1152) as cluster_id,
                    'GPU-' || substr(md5((n % {CARDS})::varchar), 1, 12) as device_uuid,
                    timestamptz '{start} 00:00:00+08' + to_seconds(60 * (n // {CARDS})) as sampled_at,
                    'lab' || (n % {CARDS} // 16 % 40) as tenant,
                    (hash(n) % 1001 / 10)::decimal(18, 3) as util_percent,
                    (100 + hash(n + 1) % 3000 / 10)::decimal(18, 3) as power_watts,
                    (hash(n + 2) % 80000)::decimal(18, 3) as memory_used_mib,
                    (30 + hash(n + 3) % 50)::decimal(18, 3) as temperature_c,
                    (n + {before}) // {CARDS} as seq_no,
                from range({rows}) as r(n)
            ) to '{path}' (format parquet, compression lz4)
        """)
