"""One million sacct rows: taken in, staged and reconciled, against DuckDB reading, casting and writing the same file.

Both are measured side by side in this run; what counts is the ratio: at most 3, and at most 2.5 of ten million
rows and more. Needs no data but makes its own.
Usage: python tests/bench/sacct_million.py [ROWS] [ROUNDS]
"""

import sys
import tempfile
import time
from pathlib import Path

from measure import say_taken_in

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3
BOUND = 2.5 if ROWS >= 10_000_000 else 3.0
HEADER = (
    "JobID|JobIDRaw|DBIndex|Cluster|Partition|QOS|Account|Group|User|UID|Submit|Eligible|Start|End|ElapsedRaw|Elapsed|"
    "Suspended|State|Restarts|NNodes|AllocCPUS|ReqTRES|AllocTRES|TimelimitRaw|NodeList|ConsumedEnergyRaw|JobName"
)

BASELINE = """
import sys, duckdb
names = open(sys.argv[1]).readline().rstrip("\\n").split("|")
columns = "{" + ", ".join(f"'{n}': 'VARCHAR'" for n in names) + "}"
connection = duckdb.connect()
connection.execute(f'''
    copy (
        select * replace (
            cast(Submit as timestamp) as Submit, cast(Eligible as timestamp) as Eligible,
            cast("Start" as timestamp) as "Start", cast("End" as timestamp) as "End",
            cast(ElapsedRaw as bigint) as ElapsedRaw, cast(NNodes as integer) as NNodes,
            cast(AllocCPUS as integer) as AllocCPUS, cast(TimelimitRaw as bigint) as TimelimitRaw,
            cast(UID as bigint) as UID, cast(JobIDRaw as bigint) as JobIDRaw, cast(DBIndex as bigint) as DBIndex
        )
        from read_csv('{sys.argv[1]}', delim='|', header=true, quote='', escape='', auto_detect=false, columns={columns})
    ) to '{sys.argv[2]}' (format parquet)
''')
connection.close()
"""

OURS = """
import sys
from datetime import date
from pathlib import Path
from hesuan.flows.intake.evidence import ledger, record, take_in
from hesuan.flows.stages.reconcile import reconcile
from hesuan.flows.stages.stage import stage
from hesuan.flows.workspace import make_workspace
workspace = make_workspace(Path(sys.argv[1]), policy="")
path = workspace.inbox / "submissions" / "p" / "sacct.txt"
record([take_in(path, workspace, "2026-01-01")], workspace)
intakes = ledger(workspace)
folders = [stage(intake, workspace, "key") for intake in intakes]
print(reconcile(intakes, folders, [], [], workspace.warehouse / ".work", None))
"""


def write_log(path: Path) -> None:
    """Plausible jobs over one year: 40 accounts, 1 to 8 cards, a few seconds to three days."""
    with path.open("w", encoding="utf-8") as log:
        log.write(HEADER + "\n")
        for n in range(ROWS):
            submit = 1_767_200_000 + n * 31
            start, length = submit + n % 600, 60 + (n * 7919) % 90_000
            cards = 1 + n % 8
            tres = f"billing={cards * 8},cpu={cards * 8},gres/gpu:a800={cards},gres/gpu={cards},mem={cards * 64}G,node=1"
            times = "|".join(
                time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(t))
                for t in (submit, submit, start, start + length)
            )
            elapsed = (
                f"{length // 86400}-{length % 86400 // 3600:02}:{length % 3600 // 60:02}:{length % 60:02}"
            )
            log.write(
                f"{n}|{n}|{n}|c1|gpu|normal|acct{n % 40}|g{n % 40}|u{n % 900}|{10_000 + n % 900}|{times}|{length}|{elapsed}|"
                f"0|COMPLETED|0|1|{cards * 8}|{tres}|{tres}|4320|gn{n % 64:02}|0|train_{n % 5000}\n"
            )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "sacct.txt"
        write_log(log)
        print(f"{ROWS} rows, {log.stat().st_size / 1e6:.0f} MB, {ROUNDS} rounds", flush=True)
        say_taken_in("staged and reconciled", log, baseline=BASELINE, ours=OURS, rounds=ROUNDS, bound=BOUND)


if __name__ == "__main__":
    main()
