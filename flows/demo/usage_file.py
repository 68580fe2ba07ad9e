"""Job logs as providers hand them in: sacct text or JSON, or an own table as XLSX, GB18030 or UTC CSV."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from hesuan.flows.demo.clock import HOUR, moment, printed
from hesuan.flows.demo.dossier import Job, Provider, Row
from hesuan.flows.demo.sacct import entries, monthly
from hesuan.flows.demo.sacct_json import accounting_json
from hesuan.flows.demo.table_file import write_csv, write_workbook

Writer = Callable[[Path, Provider, Sequence[Job], Random], None]


def _write_sacct(*, with_steps: bool) -> Writer:
    def write(folder: Path, provider: Provider, jobs: Sequence[Job], rng: Random) -> None:
        found = entries(jobs, rng)
        for name, text in monthly(found, provider.house.cluster_id, with_steps=with_steps).items():
            (folder / name).write_text(text, encoding="utf-8", newline="")

    return write


def _write_slurm_json(folder: Path, provider: Provider, jobs: Sequence[Job], rng: Random) -> None:
    content = accounting_json(entries(jobs, rng), provider.house.cluster_id)
    (folder / "sacct.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8", newline="")


def _intervals(provider: Provider, jobs: Sequence[Job], at: Callable[[int], str]) -> list[Row]:
    return [
        {
            "provider_id": provider.provider_id,
            "cluster_id": provider.house.cluster_id,
            "record_id": f"r{place:06d}",
            "tenant": job.tenant,
            "node_id": job.seat.node,
            "device_uuid": job.seat.uuid,
            "device_model": job.seat.model,
            "card_count": str(job.cards),
            "started_at": at(job.start),
            "ended_at": at(job.end),
            "state": job.state,
        }
        for place, job in enumerate(jobs, start=1)
    ]


def _write_interval_workbook(folder: Path, provider: Provider, jobs: Sequence[Job], _: Random) -> None:
    write_workbook(folder / "用量区间.xlsx", {"usage_interval": _intervals(provider, jobs, printed)})


def _write_interval_csv(folder: Path, provider: Provider, jobs: Sequence[Job], _: Random) -> None:
    rows = _intervals(provider, jobs, printed)
    write_csv(folder / "用量区间.csv", "usage_interval", rows, encoding="gb18030")


def _write_interval_utc(folder: Path, provider: Provider, jobs: Sequence[Job], _: Random) -> None:
    rows = _intervals(provider, jobs, lambda at: f"{moment(at - 8 * HOUR):%Y-%m-%dT%H:%M:%S}Z")
    write_csv(folder / "用量区间-UTC.csv", "usage_interval", rows)


USAGE: dict[str, Writer] = {
    "sacct": _write_sacct(with_steps=False),
    "sacct_steps": _write_sacct(with_steps=True),
    "slurm_json": _write_slurm_json,
    "interval_xlsx": _write_interval_workbook,
    "interval_gb18030": _write_interval_csv,
    "interval_utc": _write_interval_utc,
}
