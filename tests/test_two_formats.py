"""One usage handed in as a table and as a scheduler's log: said so, and nothing said of two usages of one contract."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from tests.city import PROVIDER, City
from tests.night import tally
from tests.test_large_job import HEADER

DAYS = 10
NOON = datetime(2026, 3, 1, 12)  # noqa: DTZ001


def minutes_of(day: int, seed: int) -> int:
    """How long the job of that day runs: a different length each day."""
    return 60 + (day * 37 + seed * 211) % 300


def city(days: int) -> City:
    """A contract with a job of 40 cards a day in a table, and a tenant for what a log tells of it."""
    made = City().with_register().honest("a", hours=5000)
    [job] = made.rows["usage_interval"]
    made.rows["usage_interval"] = [
        job
        | {
            "record_id": f"R-{day}",
            "started_at": f"{NOON + timedelta(days=day):%Y-%m-%dT%H:%M:%S+08:00}",
            "ended_at": f"{NOON + timedelta(days=day, minutes=minutes_of(day, 0)):%Y-%m-%dT%H:%M:%S+08:00}",
        }
        for day in range(days)
    ]
    made.add(
        "tenant",
        provider_id=PROVIDER,
        cluster_id="c1",
        tenant="lab",
        contract_no="K-a",
        valid_from="2026-01-01",
    )
    return made


def sacct(seed: int, days: int, offset: int) -> str:
    """A job a day, a little later than the table's. seed: 0 gives the same lengths. offset: days that it begins later."""
    lines = []
    for day in range(days):
        start = NOON + timedelta(days=day + offset, seconds=20)
        end = start + timedelta(minutes=minutes_of(day, seed))
        times = "|".join(f"{t:%Y-%m-%dT%H:%M:%S}" for t in (start, start, end))
        lines.append(
            f"{day}|{day}|c1|lab|{times}|{(end - start).seconds}|0|COMPLETED|5|40|cpu=40,gres/gpu:a800=40,gres/gpu=40"
        )
    return "\n".join([HEADER, *lines, ""])


@pytest.mark.parametrize(
    ("seed", "days", "offset", "verdict"),
    [(0, DAYS, 0, "flag"), (1, DAYS, 0, "pass"), (0, 4, 0, "pass"), (0, DAYS, 10, "pass")],
    ids=["the same jobs", "other jobs", "four days", "other days"],
)
def test_a_table_and_a_log_of_the_same_jobs_are_told(
    tmp_path: Path, seed: int, days: int, offset: int, verdict: str
) -> None:
    workspace = city(days).hand_in(tmp_path)
    folder = workspace.inbox / "submissions" / "p"
    folder.mkdir(parents=True)
    (folder / "sacct.txt").write_text(sacct(seed, days, offset), encoding="utf-8")
    (folder / "source.toml").write_text(f'provider_id = "{PROVIDER}"\n', encoding="utf-8")
    assert tally(workspace).refused == ()
    with connect(workspace.published, read_only=True) as connection:
        verdicts = connection.execute(
            "select verdict from decided.verdict where rule_id = 'MTR-018'"
        ).fetchall()
        told = connection.execute(
            "select sentence_zh from published.finding where rule_id = 'MTR-018' and verdict = 'flag'"
        ).fetchall()
    assert verdicts == [(verdict,)]
    assert [f"有 {days} 天卡时相同" in sentence for (sentence,) in told] == [True] * (verdict == "flag")
