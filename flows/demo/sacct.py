"""Jobs as Slurm prints them: monthly `sacct -P` files, recommended layout, with or without step rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from hesuan.flows.demo.clock import DAY, HOUR, moment
from hesuan.flows.demo.dossier import Job

FIELDS = (
    *(
        "JobID",
        "JobIDRaw",
        "DBIndex",
        "Cluster",
        "Partition",
        "QOS",
        "Account",
        "Group",
        "User",
        "UID",
        "Submit",
    ),
    *("Eligible", "Start", "End", "ElapsedRaw", "Elapsed", "Suspended", "State", "Restarts", "NNodes"),
    *("AllocCPUS", "ReqTRES", "AllocTRES", "TimelimitRaw", "NodeList", "ConsumedEnergyRaw", "JobName"),
)
CPUS_PER_CARD = 8
MEMORY_PER_CARD = 64000
NAMES = ("train", "finetune", "eval|bench", "cfd", "infer", "render")


@dataclass(frozen=True)
class Entry:
    """One accounting row: the job with what the scheduler adds to it. limit in minutes."""

    job: Job
    job_id: int
    db_index: int
    submit: int
    limit: int
    restarts: int
    user_no: int
    name: str

    @property
    def is_running(self) -> bool:
        return self.job.state == "RUNNING"


def entries(jobs: Sequence[Job], rng: Random) -> list[Entry]:
    """Rows in order of start; runs of one job share its number, the later submitted as the former ends."""
    found: list[Entry] = []
    first_runs: dict[str, Entry] = {}
    job_id, db_index = rng.randrange(10000, 90000), rng.randrange(10**6, 10**7)
    for job in jobs:
        former = first_runs.get(job.family) if job.family else None
        job_id += former is None
        db_index += 1
        submit = former.job.end if former else job.start - rng.randint(5, HOUR)
        limit = max(60, abs(job.seconds) // 60 + (0 if job.state == "TIMEOUT" else rng.randint(10, 600)))
        number = former.job_id if former else job_id
        user_no = 2000 + int(job.tenant[-3:]) * 10 + rng.randint(1, 5) if job.tenant[-3:].isdigit() else 1999
        entry = Entry(
            job, number, db_index, submit, limit, int(former is not None), user_no, rng.choice(NAMES)
        )
        found.append(entry)
        if job.family and former is None:
            first_runs[job.family] = entry
    return found


def monthly(found: Sequence[Entry], cluster: str, *, with_steps: bool) -> dict[str, str]:
    """File name → text. A row stands in the month its job ended in, a late one later, some in two files."""
    months: dict[str, list[str]] = {}
    for entry in found:
        month = moment(entry.job.end).month + entry.job.months_late
        lines = [
            _line(entry, cluster),
            *(_steps(entry, cluster) if with_steps and entry.job.has_started else ()),
        ]
        for number in {month, month + entry.job.is_filed_twice}:
            months.setdefault(f"sacct-2026-{number:02d}.txt", []).extend(lines)
    return {name: "\n".join(["|".join(FIELDS), *lines]) + "\n" for name, lines in sorted(months.items())}


def printed(second: int) -> str:
    return moment(second).strftime("%Y-%m-%dT%H:%M:%S")


def elapsed(seconds: int) -> str:
    days, rest = divmod(seconds, DAY)
    clock = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    return f"{days}-{clock}" if days else clock


def resources(entry: Entry, *, is_billed: bool = True) -> str:
    cards = int(entry.job.cards)
    cpus, memory = cards * CPUS_PER_CARD, cards * MEMORY_PER_CARD
    billing = f"billing={cpus}," if is_billed else ""
    return (
        f"{billing}cpu={cpus},gres/gpu:{entry.job.seat.model}={cards},gres/gpu={cards},mem={memory}M,node=1"
    )


def requested(entry: Entry) -> str:
    """A job that never started asked for one card, as far as anyone knows."""
    cards = max(1, int(entry.job.cards))
    return f"cpu={cards * CPUS_PER_CARD},gres/gpu={cards},mem={cards * MEMORY_PER_CARD}M,node=1"


def _durations(job: Job) -> dict[str, str]:
    """A job that ends before it starts still prints a positive duration."""
    seconds = abs(job.seconds)
    return {"ElapsedRaw": str(seconds), "Elapsed": elapsed(seconds), "Suspended": elapsed(job.suspended)}


def _line(entry: Entry, cluster: str) -> str:
    job, has_started = entry.job, entry.job.has_started
    cells = {
        "JobID": str(entry.job_id),
        "JobIDRaw": str(entry.job_id),
        "DBIndex": str(entry.db_index),
        "Cluster": cluster,
        "Partition": f"{job.seat.model.lower()}q",
        "QOS": "normal",
        "Account": job.tenant,
        "Group": job.tenant,
        "User": f"u{entry.user_no}",
        "UID": str(entry.user_no),
        "Submit": printed(entry.submit),
        "Eligible": printed(entry.submit),
        "Start": printed(job.start) if has_started else "None",
        "End": "Unknown" if entry.is_running else printed(job.end),
        **_durations(job),
        "State": job.state,
        "Restarts": str(entry.restarts),
        "NNodes": "1",
        "AllocCPUS": str(int(job.cards) * CPUS_PER_CARD),
        "ReqTRES": requested(entry),
        "AllocTRES": resources(entry) if has_started else "",
        "TimelimitRaw": str(entry.limit),
        "NodeList": job.seat.node if has_started else "None assigned",
        "ConsumedEnergyRaw": "0",
        "JobName": entry.name,
    }
    return "|".join(cells[name] for name in FIELDS)


def _steps(entry: Entry, cluster: str) -> Iterator[str]:
    """.batch and .extern repeat the job's cards; user, limits and requests stay empty, as with sacct."""
    job = entry.job
    for step in ("batch", "extern"):
        number = f"{entry.job_id}.{step}"
        cells = dict.fromkeys(FIELDS, "") | {
            "JobID": number,
            "JobIDRaw": number,
            "DBIndex": str(entry.db_index),
            "Cluster": cluster,
            "Account": job.tenant,
            "Submit": printed(job.start),
            "Eligible": printed(job.start),
            "Start": printed(job.start),
            "End": "Unknown" if entry.is_running else printed(job.end),
            **_durations(job),
            "State": job.state.split()[0],
            "Restarts": str(entry.restarts),
            "NNodes": "1",
            "AllocCPUS": str(int(job.cards) * CPUS_PER_CARD),
            "AllocTRES": resources(entry, is_billed=False),
            "NodeList": job.seat.node,
            "ConsumedEnergyRaw": "0",
            "JobName": step,
        }
        yield "|".join(cells[name] for name in FIELDS)
