"""A small city whose hours come from real forms of log: a Slurm export, and cards by number with samples.

Contract K-job: 15 jobs of 40 cards for 10 hours, 6 000 card-hours. Contract K-card: 12 cards in 5 stretches of 100
hours, 6 000 card-hours, sampled every hour with 12 idle hours between.
"""

import csv
import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from hesuan.flows.workspace import Workspace
from tests.city import APPLICANTS, PROVIDER, City, Row

JOB_COUNT, JOB_CARDS, JOB_HOURS = 15, 40, 10
CARDS, STRETCHES, STRETCH_HOURS, IDLE_HOURS = 12, 5, 100, 12
FIRST = datetime.fromisoformat("2026-03-01T00:00:00+08:00")
SACCT = "JobID|JobIDRaw|Cluster|Account|User|Submit|Start|End|ElapsedRaw|State|NNodes|AllocCPUS|ReqTRES|AllocTRES|NodeList"
HOUR = timedelta(hours=1)


def sacct_lines() -> list[str]:
    """Header and one line per job; printed times are of Asia/Shanghai and say so nowhere."""
    lines = [SACCT]
    for number in range(JOB_COUNT):
        start = FIRST + number * 24 * HOUR
        at, end = (f"{t:%Y-%m-%dT%H:%M:%S}" for t in (start, start + JOB_HOURS * HOUR))
        cards = f"cpu=640,gres/gpu={JOB_CARDS},node=5"
        cells = (100 + number, 100 + number, "c1", "t-job", "u1", at, at, end, JOB_HOURS * 3600)
        lines.append("|".join(map(str, (*cells, "COMPLETED", 5, 640, "cpu=640,node=5", cards, "n[1-5]"))))
    return lines


def stretch_starts() -> list[datetime]:
    return [FIRST + n * (STRETCH_HOURS + IDLE_HOURS) * HOUR for n in range(STRETCHES)]


def card_rows(*, shift: timedelta = timedelta(0)) -> list[Row]:
    return [
        {
            **{"provider_id": PROVIDER, "cluster_id": "c2", "record_id": f"J-{card}-{number}"},
            **{"tenant": "t-card", "contract_no": "K-card", "device_uuid": f"GPU-{card:02}", "card_count": 1},
            **{"device_model": "A800", "started_at": (start + shift).isoformat()},
            "ended_at": (start + shift + STRETCH_HOURS * HOUR).isoformat(),
        }
        for card in range(CARDS)
        for number, start in enumerate(stretch_starts())
    ]


def sample_rows() -> list[Row]:
    """Every card each hour from its first to its last: 100 hours busy, 12 idle, and so on."""
    hours = STRETCHES * (STRETCH_HOURS + IDLE_HOURS)
    return [
        {
            **{"provider_id": PROVIDER, "cluster_id": "c2", "device_uuid": f"GPU-{card:02}"},
            **{"tenant": "t-card", "contract_no": "K-card"},
            "sampled_at": (FIRST + hour * HOUR).isoformat(),
            "util_percent": 90 if hour % (STRETCH_HOURS + IDLE_HOURS) < STRETCH_HOURS else 0,
        }
        for card in range(CARDS)
        for hour in range(hours)
    ]


@dataclass
class Logs:
    """What the provider hands in of its logs; a mutation bends one of them."""

    jobs: list[str] = field(default_factory=sacct_lines)
    job_declaration: str = f'provider_id = "{PROVIDER}"\n'
    cards: list[Row] = field(default_factory=card_rows)
    card_file: bytes | None = None
    """The intervals of the cards as another file than the CSV of `cards`."""
    samples: list[Row] = field(default_factory=sample_rows)

    def hand_in(self, root: Path) -> Workspace:
        workspace = _papers().hand_in(root)
        jobs, cards = (workspace.inbox / "submissions" / name for name in ("jobs", "cards"))
        for folder in (jobs, cards):
            folder.mkdir()
        (jobs / "source.toml").write_text(self.job_declaration, encoding="utf-8")
        (jobs / "sacct.txt").write_text("\n".join(self.jobs) + "\n", encoding="utf-8")
        (cards / "source.toml").write_text("sample_period_seconds = 3600\n", encoding="utf-8")
        if self.samples:
            (cards / "samples.csv").write_text(sheet(self.samples), encoding="utf-8")
        if self.card_file is None:
            (cards / "cards.csv").write_text(sheet(self.cards), encoding="utf-8")
        else:
            (cards / "cards.parquet").write_bytes(self.card_file)
        return workspace


def sheet(rows: list[Row]) -> str:
    page = io.StringIO()
    writer = csv.DictWriter(page, list(rows[0]), lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return page.getvalue()


def _papers() -> City:
    """Two honest claims without their logs; the bureau's list says whose the account t-job is."""
    city = City().with_register()
    city.honest("job", hours=JOB_COUNT * JOB_CARDS * JOB_HOURS, applicant=APPLICANTS[0])
    city.honest("card", hours=CARDS * STRETCHES * STRETCH_HOURS, applicant=APPLICANTS[1], at="09:00:01")
    city.rows["usage_interval"].clear()
    city.add("tenant", provider_id=PROVIDER, tenant="t-job", contract_no="K-job", valid_from="2026-01-01")
    city.add("device", **{**city.rows["device"][0], "cluster_id": "c2"})
    return city
