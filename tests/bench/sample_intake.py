"""Ten million samples taken in and staged, from CSV and from Parquet, against DuckDB on the same files in the same run.

CSV: hash, decode, cast, validate, quarantine, Parquet, against DuckDB's all-varchar read, cast and write (at most 1.5).
Parquet in canonical form: the same against DuckDB copying the file to Parquet (at most 1.3). Memory: at most 1.5 GB.
Usage: python tests/bench/sample_intake.py [ROWS] [ROUNDS]
"""

import sys
import tempfile
from pathlib import Path

import duckdb
from measure import peak_gb, say_taken_in

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3

# One-minute samples of 2,304 cards, as a provider's export has them.
SAMPLES = f"""
    select
        '91510000902846312Y' as provider_id,
        'c' || (n % 2304 // 1152) as cluster_id,
        'GPU-' || substr(md5((n % 2304)::varchar), 1, 12) as device_uuid,
        timestamptz '2026-03-01 00:00:00+08' + to_seconds(60 * (n // 2304)) as sampled_at,
        'lab' || (n % 2304 // 16 % 40) as tenant,
        (hash(n) % 1001 / 10)::decimal(18, 3) as util_percent,
        (100 + hash(n + 1) % 3000 / 10)::decimal(18, 3) as power_watts,
        (hash(n + 2) % 80000)::decimal(18, 3) as memory_used_mib,
        (30 + hash(n + 3) % 50)::decimal(18, 3) as temperature_c,
        n // 2304 as seq_no,
    from range({ROWS}) as r(n)
"""
BASELINE_CSV = """
import sys, duckdb
connection = duckdb.connect()
connection.execute("set timezone = 'Asia/Shanghai'; set preserve_insertion_order = false")
connection.execute(f'''
    copy (
        select * replace (
            cast(sampled_at as timestamptz) as sampled_at, cast(util_percent as decimal(18, 3)) as util_percent,
            cast(power_watts as decimal(18, 3)) as power_watts, cast(memory_used_mib as decimal(18, 3)) as memory_used_mib,
            cast(temperature_c as decimal(18, 3)) as temperature_c, cast(seq_no as bigint) as seq_no
        )
        from read_csv('{sys.argv[1]}', header=true, all_varchar=true, quote='', escape='', delim=',')
    ) to '{sys.argv[2]}' (format parquet, compression lz4)
''')
"""
BASELINE_PARQUET = """
import sys, duckdb
connection = duckdb.connect()
connection.execute("set preserve_insertion_order = false")
connection.execute(f"copy (from '{sys.argv[1]}') to '{sys.argv[2]}' (format parquet, compression lz4)")
"""
OURS = """
import sys
from pathlib import Path
from hesuan.flows.intake.evidence import ledger, record, take_in
from hesuan.flows.lake.file_set import staged_of
from hesuan.flows.stages.stage import stage
from hesuan.flows.workspace import make_workspace
workspace = make_workspace(Path(sys.argv[1]), policy="")
[path] = [p for p in (workspace.inbox / "submissions" / "p").iterdir()]
record([take_in(path, workspace, "2026-01-01")], workspace)
for intake in ledger(workspace):
    print(staged_of(stage(intake, workspace, "key")))
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table, text = folder / "samples.parquet", folder / "samples.csv"
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'Asia/Shanghai'")
            connection.execute(f"copy ({SAMPLES}) to '{table}' (format parquet, compression lz4)")
            connection.execute(f"copy (from '{table}') to '{text}' (header, quote '')")
        print(
            f"{ROWS} rows, CSV {text.stat().st_size / 1e6:.0f} MB, Parquet {table.stat().st_size / 1e6:.0f} MB"
        )
        say_taken_in("CSV", text, baseline=BASELINE_CSV, ours=OURS, rounds=ROUNDS, bound=1.5)
        say_taken_in("Parquet", table, baseline=BASELINE_PARQUET, ours=OURS, rounds=ROUNDS, bound=1.3)
        print(f"peak memory of any process: {peak_gb():.2f} GB (bound 1.50)")


if __name__ == "__main__":
    main()
