"""From files to sums: random small cities through the engine and through an independent reference, to the cent."""

from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from tests.night import tally
from tests.sum_city import city_of
from tests.sum_reference import Sums, sums
from tests.support_reference import read

COLUMNS = (
    "invoiced_net_yuan",
    "invoiced_gross_yuan",
    "supported_yuan",
    "contract_amount_yuan",
    "paid_yuan",
    "recognised_cost_yuan",
    "subsidy_before_caps_yuan",
    "applicant_cap_cut_yuan",
    "pool_cut_yuan",
    "proposed_subsidy_yuan",
)
Told = tuple[int | None, ...]


def published(database: Path) -> dict[str, tuple[Told, bool]]:
    """Claim → its sums in fen, and whether it is refused."""
    cells = ", ".join(f"cast({column} * 100 as bigint)" for column in COLUMNS)
    asked = f"select claim_id, disposition = 'reject', {cells} from published.claim"
    with connect(database, read_only=True) as connection:
        return {row[0]: (row[2:], row[1]) for row in connection.execute(asked).fetchall()}


def expected(found: Sums) -> tuple[Told, bool]:
    cost = found.cost
    bounds = (
        cost.invoiced_net,
        cost.invoiced_gross,
        cost.supported,
        cost.contract,
        cost.paid,
        cost.recognised,
    )
    return (*bounds, found.before_caps, found.cap_cut, found.pool_cut, found.proposed), found.is_refused


def compare(folder: Path, seed: int, *, years: int, claims: int) -> list[Sums]:
    """What the reference says of each claim, and the engine with it."""
    workspace = city_of(seed, years=years, claims=claims).hand_in(folder)
    theirs = sums(read(workspace.inbox / "registry"))
    ours = published(tally(workspace).database)
    assert ours.keys() == theirs.keys()
    differing = {
        claim_id: (ours[claim_id], expected(found))
        for claim_id, found in theirs.items()
        if ours[claim_id] != expected(found)
    }
    assert differing == {}, seed
    return list(theirs.values())


def test_a_random_city_comes_to_what_the_reference_says(tmp_path: Path) -> None:
    """In this one every kind of cut is met; of those by chance not each has all."""
    every = compare(tmp_path, 0, years=1, claims=100)
    assert any(s.is_refused for s in every)
    assert any(s.cap_cut for s in every)
    assert any(s.pool_cut for s in every)
    assert any(s.cost.supported is None for s in every)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 21))
def test_many_random_cities_come_to_what_the_reference_says(seed: int, tmp_path: Path) -> None:
    compare(tmp_path, seed, years=3, claims=100)
