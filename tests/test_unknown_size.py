"""A log that does not say how many cards or cores a job had: that is unknown, never none."""

from decimal import Decimal
from pathlib import Path

from tests.city import City
from tests.night import tally
from tests.test_slurm_run import ask

CLAIM = "select disposition, reasons, supported_yuan, recognised_cost_yuan from published.claim"


def told(city: City, root: Path) -> list[tuple]:
    workspace = city.hand_in(root)
    tally(workspace)
    return ask(workspace, CLAIM)


def test_a_log_in_which_no_record_says_its_cards_is_no_clearance(tmp_path: Path) -> None:
    city = City().with_register().honest("a", hours=6000)
    city.row("usage_interval")["card_count"] = None
    assert told(city, tmp_path) == [("hold", ["REC-006"], None, Decimal("60000.00"))]
