"""Jobs as `sacct --json` of Slurm 23.11 prints them: epoch seconds, states as lists, TRES as objects."""

from collections.abc import Sequence

from hesuan.flows.demo.clock import epoch
from hesuan.flows.demo.sacct import CPUS_PER_CARD, MEMORY_PER_CARD, Entry


def accounting_json(found: Sequence[Entry], cluster: str) -> dict[str, object]:
    """The whole answer; cards are told both untyped and by model."""
    version = {
        "version": {"major": "23", "micro": "5", "minor": "11"},
        "release": "23.11.5",
        "cluster": cluster,
    }
    meta = {"plugin": {"type": "", "name": "", "data_parser": "data_parser/v0.0.40"}, "slurm": version}
    return {
        "jobs": [_job_object(entry, cluster) for entry in found],
        "meta": meta,
        "errors": [],
        "warnings": [],
    }


def _job_object(entry: Entry, cluster: str) -> dict[str, object]:
    job, user = entry.job, f"u{entry.user_no}"
    allocated = _tres(int(job.cards), job.seat.model)
    return {
        "account": job.tenant,
        "allocation_nodes": 1,
        "association": {
            "account": job.tenant,
            "cluster": cluster,
            "partition": "",
            "user": user,
            "id": entry.user_no,
        },
        "cluster": cluster,
        "job_id": entry.job_id,
        "name": entry.name,
        "nodes": job.seat.node,
        "partition": f"{job.seat.model.lower()}q",
        "qos": "normal",
        "state": {"current": [job.state], "reason": "None"},
        "steps": [],
        "submit_line": "",
        "time": _times(entry),
        "tres": {
            "allocated": allocated,
            "requested": [tres for tres in allocated if tres["type"] != "energy"],
        },
        "user": user,
        "restart_cnt": entry.restarts,
    }


def _times(entry: Entry) -> dict[str, object]:
    job = entry.job
    return {
        "elapsed": job.seconds,
        "eligible": epoch(entry.submit),
        "end": epoch(job.end),
        "start": epoch(job.start),
        "submission": epoch(entry.submit),
        "suspended": job.suspended,
        "limit": {"set": True, "infinite": False, "number": entry.limit},
    }


def _tres(cards: int, model: str) -> list[dict[str, object]]:
    counts = (
        ("cpu", "", 1, cards * CPUS_PER_CARD),
        ("mem", "", 2, cards * MEMORY_PER_CARD),
        ("energy", "", 3, -2),
        ("node", "", 4, 1),
        ("billing", "", 5, cards * CPUS_PER_CARD),
        ("gres", "gpu", 1001, cards),
        ("gres", f"gpu:{model}", 1002, cards),
    )
    return [
        {"type": kind, "name": name, "id": number, "count": count} for kind, name, number, count in counts
    ]
