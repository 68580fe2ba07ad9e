"""An honest OpenSCOW bill through a whole night: what its rounding per job leaves lies within what the rules allow."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.bill.job_price import Job, Partition, PriceItem, Rounding, price
from hesuan.flows.warehouse import connect
from tests.city import APPLICANTS, PRICE, PROVIDER, City
from tests.night import tally

NODE = Partition(memory_mb=1_000_000, cores=128, gpus=8)
START = datetime.fromisoformat("2026-03-01T00:00:00+08:00")
SECONDS, CARDS, COUNT = 12_347, 8, 240
CUT = Rounding(amount_places=3, price_places=2, minimum_yuan=Decimal("0.01"))
UNCUT = Rounding(amount_places=None, price_places=2, minimum_yuan=Decimal("0.01"))


def charges(rounding: Rounding) -> tuple[list[dict[str, Any]], Decimal]:
    """Jobs one after another, each rounded by itself, and their sum."""
    each = price(PriceItem(PRICE, "gpu"), Job(CARDS, 64, 100, SECONDS), NODE, rounding=rounding)
    assert each is not None
    jobs = [
        {
            "jobId": number,
            "cluster": "c1",
            "partition": "GPU",
            "qos": "normal",
            "tenant": "default",
            "submitTime": (START + timedelta(seconds=number * SECONDS)).isoformat(),
            "startTime": (START + timedelta(seconds=number * SECONDS)).isoformat(),
            "endTime": (START + timedelta(seconds=(number + 1) * SECONDS)).isoformat(),
            "elapsedSeconds": SECONDS,
            "gpusAlloc": CARDS,
            "accountPrice": float(each),
            "tenantPrice": float(each),
            "contractNo": "K-scow",
        }
        for number in range(COUNT)
    ]
    return jobs, each * COUNT


@pytest.mark.parametrize("rounding", [CUT, UNCUT], ids=["cut", "uncut"])
@pytest.mark.slow
def test_an_honest_bill_that_rounds_every_job_is_not_held(tmp_path: Path, rounding: Rounding) -> None:
    jobs, gross = charges(rounding)
    town = City().with_register()
    town.claim("scow", hours=6000, gross=gross, applicant=APPLICANTS[0], year=2026, at="09:00:00")
    town.rows["statement"].clear()
    [run] = town.rows["usage_interval"]
    town.rows["usage_interval"] = [
        run
        | {
            "record_id": str(job["jobId"]),
            "card_count": CARDS,
            "started_at": job["startTime"],
            "ended_at": job["endTime"],
        }
        for job in jobs
    ]
    workspace = town.hand_in(tmp_path)
    folder = workspace.inbox / "submissions"
    (folder / "source.toml").write_text(f'provider_id = "{PROVIDER}"\nfinality = "final"\n', encoding="utf-8")
    (folder / "charges.json").write_text(json.dumps(jobs), encoding="utf-8")
    with connect(tally(workspace).database, read_only=True) as connection:
        read = connection.execute("select count(*) from lake.statement").fetchall()
        claim = connection.execute("select disposition, reasons from published.claim").fetchall()
        verdicts = dict(
            connection.execute(
                "select rule_id, verdict from decided.verdict where rule_id in ('REC-002', 'REC-003', 'REC-006', 'REC-008')"
            ).fetchall()
        )
    assert read == [(COUNT,)]
    assert claim == [("approve", [])]
    # A job's charge names no card-hours, so there is no quantity to compare; the sums are compared instead.
    assert verdicts == {
        "REC-002": "not_applicable",
        "REC-003": "pass",
        "REC-006": "not_applicable",
        "REC-008": "not_applicable",
    }
