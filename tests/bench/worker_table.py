"""The same files staged inline, by processes, and by one and two Dask workers: the same rows, and how long it takes.

Beside them the hours alone, as a person would count them with pandas, and the same on one and two Dask workers. pandas is
installed as locked in pandas.lock, for as long as the bench runs; where no registry is reached its lines are left out.
Usage: python tests/bench/worker_table.py [ROWS per file] [FILES] [ROUNDS]
"""

import hashlib
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
from measure import running, seconds, told, workspace, write_samples

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
FILES = int(sys.argv[2]) if len(sys.argv) > 2 else 8
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 3
WORKERS = """
import sys
from pathlib import Path
from distributed import Client, LocalCluster
from hesuan.flows.engines.dask import Dask
from hesuan.flows.graph import Order, nightly
from hesuan.schemas.policy import default_policy_id
from datetime import date
if __name__ == "__main__":
    with LocalCluster(n_workers=int(sys.argv[2]), threads_per_worker=1, dashboard_address="127.0.0.1:0") as local:
        with Client(local) as client:
            nightly(Dask(client), Order(Path(sys.argv[1]), default_policy_id(), today=date(2026, 7, 1)))
"""
# Arguments: where pandas is, workers (0: none), files. Its last word: seconds of reading and counting.
PANDAS = """
import os, sys, time
os.environ["PYTHONPATH"] = sys.argv[1]
sys.path.insert(0, sys.argv[1])
import pandas
from distributed import Client, LocalCluster

def count(path):
    frame = pandas.read_parquet(path, columns=["device_uuid", "tenant", "sampled_at", "util_percent", "power_watts"])
    frame["hour"] = frame["sampled_at"].dt.floor("h")
    frame["active"] = frame["util_percent"].astype(float) >= 5
    frame["power_watts"] = frame["power_watts"].astype(float)
    return len(frame.groupby(["device_uuid", "tenant", "hour"]).agg(
        minutes=("sampled_at", "nunique"), rows=("sampled_at", "size"), active=("active", "sum"), power=("power_watts", "sum")
    ))

def timed(work):
    begun = time.perf_counter()
    work()
    print(time.perf_counter() - begun)

if __name__ == "__main__":
    workers, paths = int(sys.argv[2]), sys.argv[3:]
    if workers == 0:
        timed(lambda: [count(path) for path in paths])
    else:
        with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0") as local:
            with Client(local) as client:
                timed(lambda: client.gather(client.map(count, paths)))
"""
PANDAS_LOCK = Path(__file__).with_name("pandas.lock")


def digest(root: Path) -> str:
    """Of every published row about usage."""
    with duckdb.connect(str(root / "warehouse" / "hesuan.duckdb"), read_only=True) as connection:
        rows = connection.execute("select * from published.usage_day order by all").fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:12]


def install_pandas(folder: Path) -> bool:
    """Into a folder of its own: nothing else here gets to see it."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes"]
    where = ["--target", str(folder), "--requirement", str(PANDAS_LOCK)]
    return subprocess.run([*pip, *where]).returncode == 0


def main() -> None:
    engines = {
        "inline": running("inline"),
        "pool": running("pool"),
        "dask, 1 worker": [sys.executable, "{script}"],
        "dask, 2 workers": [sys.executable, "{script}"],
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = folder / "workers.py"
        script.write_text(WORKERS, encoding="utf-8")
        files = [folder / f"samples-{n:02}.parquet" for n in range(FILES)]
        for number, path in enumerate(files):
            write_samples(path, ROWS, start=f"2026-{number + 1:02}-01")
        took: dict[str, list[float]] = {engine: [] for engine in engines}
        digests = set()
        for _ in range(ROUNDS):
            for engine, command in engines.items():
                root = workspace(folder / "w", files)
                workers = [engine.split()[1]] if engine.startswith("dask") else []
                took[engine].append(
                    seconds([part.format(script=script) for part in command] + [str(root), *workers])
                )
                digests.add(digest(root))
                shutil.rmtree(root)
        inline = statistics.median(took["inline"])
        print(f"{FILES} files of {ROWS} rows; published rows the same: {len(digests) == 1}")
        print(f"{'engine':<17} {'seconds':>8} {'to inline':>10}")
        for engine, each in took.items():
            print(f"{engine:<17} {statistics.median(each):>8.2f} {statistics.median(each) / inline:>10.2f}")
        if not install_pandas(folder / "pandas"):
            print("pandas could not be installed: no lines of it")
            return
        for workers, engine in enumerate(("pandas", "pandas, 1 worker", "pandas, 2 workers")):
            each = [told(PANDAS, folder / "pandas", workers, *files) for _ in range(ROUNDS)]
            print(f"{engine:<17} {statistics.median(each):>8.2f} {statistics.median(each) / inline:>10.2f}")


if __name__ == "__main__":
    main()
