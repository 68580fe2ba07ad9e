"""A card and a cluster are one, however their letters are written: in chains, in commitments and beside the log's clock."""

from datetime import timedelta
from pathlib import Path

import pytest

from hesuan.flows.chain.tree import day_root
from tests.city import PROVIDER
from tests.night import tally
from tests.test_chain import START, Collector, claims, committed, put
from tests.test_slurm_run import ask


@pytest.mark.parametrize(("left_out", "counts"), [(0, (40, 40, 0)), (5, (35, 20, 1))])
def test_a_chain_goes_on_under_other_letters(
    tmp_path: Path, left_out: int, counts: tuple[int, int, int]
) -> None:
    """And what is left out where the letters change is missed as elsewhere."""
    city = claims("a")
    card = Collector("a", device="GPU-A").write(20)
    card.device = "gpu-a"
    card.write(20, at=START + timedelta(minutes=20))
    rows = [*card.rows[:20], *card.rows[20 + left_out :]]
    committed(city, "A", [day_root([card.head])])
    workspace = city.hand_in(tmp_path)
    put(workspace, "usage_sample", "first", rows)
    tally(workspace)
    chained = "select sum(record_count), sum(chained_count), sum(broken_count) from reconciled.chain_day"
    assert ask(workspace, chained) == [counts]
    kept = "select cluster_id, is_kept, (select bool_and(committed) from reconciled.chain_day) from reconciled.commitment_day"
    assert ask(workspace, kept) == [("c-A", True, True)]


@pytest.mark.parametrize(("left_out", "counts"), [(0, (40, 40, 0)), (1, (39, 20, 1))])
def test_a_chain_whose_letters_change_from_line_to_line_is_one(
    tmp_path: Path, left_out: int, counts: tuple[int, int, int]
) -> None:
    city = claims("a")
    card = Collector("a")
    for nth in range(40):
        card.device = "GPU-a" if nth % 2 else "GPU-A"
        card.write(1, at=START + timedelta(minutes=nth))
    committed(city, "A", [day_root([card.head])])
    workspace = city.hand_in(tmp_path)
    put(workspace, "usage_sample", "first", [*card.rows[:20], *card.rows[20 + left_out :]])
    tally(workspace)
    chained = "select sum(record_count), sum(chained_count), sum(broken_count) from reconciled.chain_day"
    assert ask(workspace, chained) == [counts]
    assert ask(workspace, "select bool_and(committed) from reconciled.chain_day") == [(True,)]


def test_a_clock_is_compared_with_the_samples_of_the_card(tmp_path: Path) -> None:
    city = claims("a")
    usage = city.row("usage_interval")
    usage |= {"device_uuid": "GPU-A", "card_count": 1, "started_at": START}
    usage["ended_at"] = START + timedelta(minutes=40)
    workspace = city.hand_in(tmp_path)
    samples = [
        {
            "provider_id": PROVIDER,
            "device_uuid": "gpu-a",
            "sampled_at": START + timedelta(minutes=nth),
            "contract_no": "K-a",
            "util_percent": 90,
        }
        for nth in range(60)
    ]
    put(workspace, "usage_sample", "first", samples)
    tally(workspace)
    compared = "select edge_count, matched_count from decided.clock_shift where shift_seconds = 0"
    assert ask(workspace, compared) == [(2, 1)]
