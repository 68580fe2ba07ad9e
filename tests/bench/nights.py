"""What a night with one new day costs after a month and after a year: at most 1.2 times as much.

A small city: 64 cards sampled once a minute, 500 scheduler jobs a day, one file of each kind a day. The nights of the
thirtieth and of the last day are timed on copies of the workspace as it stood the night before.
Usage: python tests/bench/nights.py [DAYS] [ROUNDS]
"""

import os
import shutil
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from measure import night, running, say, seconds

DAYS = int(sys.argv[1]) if len(sys.argv) > 1 else 365
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3
MONTH = 30
CARDS = 64
JOBS = 500
PROVIDER = "91510000902846312Y"
SACCT = "JobID|JobIDRaw|Cluster|Partition|Account|User|Submit|Start|End|ElapsedRaw|State|NNodes|AllocCPUS|AllocTRES|JobName"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        nights = {}
        for length in (MONTH, DAYS):
            before = root / f"before-{length}"
            for folder in ("inbox/submissions", "evidence", "lake", "warehouse", "reports"):
                (before / folder).mkdir(parents=True)
            for day in range(length - 1):
                hand_in(before, day)
            print(f"{length - 1} days taken in within {night(before):.0f} s", flush=True)
            nights[length] = before
        pairs = []
        for _ in range(ROUNDS):
            month, year = (one_more(nights[length], root / "after", length - 1) for length in (MONTH, DAYS))
            pairs.append((year, month))
        say(f"night {DAYS} against night {MONTH}", pairs, bound=1.2)


def one_more(before: Path, after: Path, day: int) -> float:
    """Seconds of the night with that day.

    A night without anything new goes before it, for the copy's files are new. The copy is on disk first: three gigabytes
    still to be written made the longer night wait for them.
    """
    shutil.copytree(before, after, symlinks=True)
    os.sync()
    seconds([*running(), str(after)])
    hand_in(after, day)
    took = night(after)
    shutil.rmtree(after)
    return took


def hand_in(root: Path, day: int) -> None:
    on = date(2026, 1, 1) + timedelta(days=day)
    folder = root / "inbox" / "submissions" / on.isoformat()
    folder.mkdir()
    says = f'provider_id = "{PROVIDER}"\nsample_period_seconds = 60\ntime_zone = "Asia/Shanghai"\n'
    (folder / "source.toml").write_text(says, encoding="utf-8")
    midnight = int(datetime(on.year, on.month, on.day, tzinfo=UTC).timestamp()) - 28_800
    (folder / "samples.csv").write_text("\n".join(samples(midnight)) + "\n", encoding="utf-8")
    (folder / "sacct.txt").write_text("\n".join([SACCT, *jobs(midnight, day)]) + "\n", encoding="utf-8")


def samples(midnight: int) -> list[str]:
    lines = ["device_uuid,sampled_at,tenant,util_percent,power_watts"]
    for minute in range(1440):
        at = datetime.fromtimestamp(midnight + 60 * minute, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        lines += [
            f"GPU-{card:04},{at},lab{card % 8},{(card * 7 + minute) % 101},{100 + (card + minute) % 300}"
            for card in range(CARDS)
        ]
    return lines


def jobs(midnight: int, day: int) -> list[str]:
    lines = []
    for n in range(JOBS):
        number, start = day * JOBS + n, midnight + 28_800 + n * 100
        length = 60 + (n * 7919) % 20_000
        submit, began, ended = (
            time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(t)) for t in (start - 60, start, start + length)
        )
        lines.append(
            f"{number}|{number}|c1|gpu|acct{n % 8}|u{n % 40}|{submit}|{began}|{ended}|{length}|COMPLETED|1|8|"
            f"cpu=8,gres/gpu={1 + n % 4},node=1|train"
        )
    return lines


if __name__ == "__main__":
    main()
