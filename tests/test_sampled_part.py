"""Samples that stop while the log goes on: told, with nothing taken away. Samples to the end are not mentioned."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from tests.city import PROVIDER, City
from tests.night import tally

FIRST = datetime(2026, 3, 1)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("days", "verdict", "told"),
    [
        (2, "flag", "5000.0000 卡时中，0.0000 卡时在首个采样日之前，3080.0000 卡时在末个采样日之后"),
        (6, "pass", None),
    ],
    ids=["stopped", "to the end"],
)
def test_samples_that_stop_before_the_usage_are_noted_and_take_nothing_away(
    tmp_path: Path, days: int, verdict: str, told: str | None
) -> None:
    """The usage: 40 cards from 1 March for 125 hours, 77 of them from 3 March on."""
    city = City().with_register().honest("a", hours=5000)
    for step in range(days * 144):
        city.add(
            "usage_sample",
            provider_id=PROVIDER,
            cluster_id="c1",
            device_uuid="GPU-1",
            contract_no="K-a",
            sampled_at=f"{FIRST + timedelta(minutes=10 * step):%Y-%m-%dT%H:%M:%S+08:00}",
            util_percent=80,
        )
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    with connect(workspace.published, read_only=True) as connection:
        verdicts = connection.execute(
            "select verdict from decided.verdict where rule_id = 'MTR-019'"
        ).fetchall()
        sentences = connection.execute(
            "select severity, sentence_zh from published.finding where rule_id = 'MTR-019'"
        ).fetchall()
        claim = connection.execute(
            "select disposition, proposed_subsidy_yuan from published.claim"
        ).fetchall()
    assert verdicts == [(verdict,)]
    assert [(severity, told in sentence) for severity, sentence in sentences if told] == [
        ("note", True)
    ] * bool(told)
    assert claim == [("approve", Decimal("25000.00"))]
