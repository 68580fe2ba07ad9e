"""One-minute samples of 2,304 cards at scale, against the single-pass aggregate that a person would write by hand.

The aggregate: per card, tenant, contract and hour the minutes and active minutes as bitmaps, rows, and integer sums of
utilisation, power and sequence numbers, to Parquet. Measured round by round in the same run:
from the staged file to occupancy, usage, gaps, overlaps and all rules (at most 1.5), and `hesuan run` as a whole, intake
to report (at most 4; for ten files of the same size at most 10.5 times the aggregate of one). Memory: at most 2 GB.
Usage: python tests/bench/sample_scale.py [ROWS per file] [FILES] [ROUNDS]
"""

import shutil
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from measure import CARDS, laps, night, peak_gb, say, told, workspace, write_samples

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000_000
FILES = int(sys.argv[2]) if len(sys.argv) > 2 else 1
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 3

BASELINE = """
import sys, time, duckdb
begun = time.perf_counter()
connection = duckdb.connect()
connection.execute("set preserve_insertion_order = false; set enable_progress_bar = false")
connection.execute(f'''
    copy (
        select
            device_uuid,
            tenant,
            null::varchar as contract_no,
            epoch_us(sampled_at) // 3600000000 as hour_no,
            bit_or(1::ubigint << (epoch_us(sampled_at) // 60000000 % 60)) as minutes,
            bit_or(case when util_percent >= 5 then 1::ubigint << (epoch_us(sampled_at) // 60000000 % 60) else 0 end) as active,
            count(*) as row_count,
            sum(cast(util_percent * 1000 as bigint)) as util_thousandths,
            sum(cast(power_watts * 1000 as bigint)) as milliwatts,
            sum(seq_no) as seq_sum,
        from '{sys.argv[1]}'
        group by all
    ) to '{sys.argv[2]}' (format parquet, compression lz4)
''')
print(time.perf_counter() - begun)
"""
FROM_STAGED = """
import sys, tempfile, time
from pathlib import Path
from hesuan.flows.intake.evidence import ledger, record, take_in
from hesuan.flows.occupancy.occupy import occupy
from hesuan.flows.occupancy.sample import sample_set
from hesuan.flows.occupancy.shared import settle, shared_days
from hesuan.flows.spell.drawer import compare, drawers
from hesuan.flows.stages.decide import decide
from hesuan.flows.stages.reconcile import reconcile
from hesuan.flows.stages.stage import stage
from hesuan.flows.workspace import Workspace
from hesuan.schemas.policy import default_policy_id, load_policy
workspace = Workspace(Path(sys.argv[1]))
paths = sorted((workspace.inbox / "submissions").glob("*.parquet"))
record([take_in(path, workspace, "2026-01-01") for path in paths], workspace)
intakes = ledger(workspace)
folders = [stage(intake, workspace, "key") for intake in intakes]
begun = time.perf_counter()
for intake, folder in zip(intakes, folders, strict=True):
    with tempfile.TemporaryDirectory(dir=workspace.root) as again:
        assert occupy(sample_set(intake, folder), Path(again))
print(time.perf_counter() - begun)
shared = [settle(day, workspace) for day in shared_days(intakes, folders)]
compared = [compare(drawer, workspace) for drawer in drawers(folders)]
build = reconcile(intakes, folders, shared, compared, workspace.warehouse / ".work", None)
decide(build, load_policy(default_policy_id()))
print(time.perf_counter() - begun)
"""


def main() -> None:
    # At most 1.5 and 4 times the aggregate for one file, 10.5 for ten: a file more costs as much again.
    staged_bound, run_bound = (1.5, 4.0) if FILES == 1 else (1.05 * FILES * 1.5, 1.05 * FILES * 4.0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [folder / f"samples-{n:02}.parquet" for n in range(FILES)]
        for number, path in enumerate(files):
            days = number * (ROWS // CARDS // 1440 + 1)
            start = (date(2026, 1, 1) + timedelta(days=days)).isoformat()
            write_samples(path, ROWS, start=start, before=number * (ROWS // CARDS) * CARDS)
        print(f"{FILES} file(s) of {ROWS} rows, {files[0].stat().st_size / 1e6:.0f} MB each", flush=True)
        staged, runs = [], []
        for _ in range(ROUNDS):
            base = told(BASELINE, files[0], folder / "base.parquet")
            staged.append((*laps(FROM_STAGED, workspace(folder / "w", files)), base))
            shutil.rmtree(folder / "w")
            base = told(BASELINE, files[0], folder / "base.parquet")
            runs.append((night(workspace(folder / "w", files)), base))
            shutil.rmtree(folder / "w")
        say("the one pass over the samples", [(counted, base) for counted, _, base in staged])
        say("from hours to rules", [(ruled - counted, base) for counted, ruled, base in staged])
        say("staged file to rules", [(ruled, base) for _, ruled, base in staged], bound=staged_bound)
        say("hesuan run, intake to report", runs, bound=run_bound)
        print(f"peak memory of any process: {peak_gb():.2f} GB (bound 2.00)")


if __name__ == "__main__":
    main()
