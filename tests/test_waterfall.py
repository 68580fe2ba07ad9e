"""The waterfall of 第七条 against an independent sequential reference, on random programmes and every reading, to the cent."""

import random
import shutil
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from tests.city import City
from tests.disposition_reference import DEFAULT, Outcome, World, outcomes
from tests.night import Pageless, run
from tests.programme import CYCLE, FIRST_YEAR, case_of, programmes
from tests.programme_city import city_of
from tests.waterfall_case import FIELDS, Case, Reading
from tests.waterfall_reference import counted_year

FEW = 6
SECOND_YEAR = FIRST_YEAR + 6 * CYCLE
EVERYDAY, FULL = 1, 20
"""Batches: 500 and 5000 programmes."""


def reading_of(world: World) -> Reading:
    return Reading() if world[0] not in FIELDS else Reading().otherwise(*world)


def proposed(city: City) -> dict[World, Outcome]:
    """Every claim in every world as the engine works it out; the default under DEFAULT."""
    folder = Path(tempfile.mkdtemp())
    try:
        outcome = run(city.hand_in(folder), engine=Pageless())
        with connect(outcome.database, read_only=True) as connection:
            rows = connection.execute("""
                select '', '', claim_id, disposition, proposed_subsidy_yuan from published.claim
                union all
                select reading_key, reading_value, claim_id, disposition, proposed_subsidy_yuan
                from decided.world_claim
            """).fetchall()
    finally:
        shutil.rmtree(folder)
    found: dict[World, Outcome] = {}
    for key, value, claim_id, disposition, amount in rows:
        name = claim_id.removeprefix("C-")
        found.setdefault((key, value), {})[name] = disposition, int(amount.scaleb(2))
    return found


def compare(seed: int) -> None:
    found, history = programmes(seed)
    ours = proposed(city_of(found, history))
    worlds = {world: reading_of(world) for world in ours if world == DEFAULT or world[0] in FIELDS}
    assert {world[0] for world in worlds if ours[world] != ours[DEFAULT]} == set(FIELDS), (
        "each moves an award or a disposition"
    )
    theirs = outcomes(found, history, worlds)
    for world in worlds:
        differing = {
            n: (ours[world].get(n), told) for n, told in theirs[world].items() if ours[world].get(n) != told
        }
        assert differing == {}, (seed, world)
        assert set(ours[world]) == set(theirs[world])
    keep_within_limits(found, ours)


def keep_within_limits(found: list[Case], ours: dict[World, Outcome]) -> None:
    """Whatever the reading: no year above the pool, no applicant above the cap, no award above half the claimed cost."""
    for world, told in ours.items():
        by_year: dict[int, int] = {}
        by_applicant: dict[tuple[int, str], int] = {}
        for case in found:
            award, year = told[case.name][1], counted_year(case, reading_of(world))
            whose = year, case.applicant.code
            by_year[year] = by_year.get(year, 0) + award
            by_applicant[whose] = by_applicant.get(whose, 0) + award
            assert award * 2 <= case.claimed + 1, world
        assert max(by_year.values()) <= 3_000_000_00, world
        assert max(by_applicant.values()) <= 500_000_00, world


@pytest.mark.parametrize("seed", range(EVERYDAY))
def test_random_programmes_agree_with_the_reference_in_every_reading(seed: int) -> None:
    compare(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(EVERYDAY, FULL))
def test_many_random_programmes_agree_with_the_reference_in_every_reading(seed: int) -> None:
    compare(seed)


@pytest.mark.slow
def test_a_claim_after_the_last_changes_no_earlier_award() -> None:
    """The same programmes twice in one run, in years of their own: as they are, and with one more claim each."""
    found, history = programmes(7001, FEW)
    again, history_again = programmes(7001, FEW, first=SECOND_YEAR)
    told = proposed(
        city_of(
            [*found, *again, *(last_of(SECOND_YEAR + place) for place in range(FEW))], history | history_again
        )
    )
    for world, outcome in told.items():
        if world not in (("order.priority", "first"), ("threshold.scope", "applicant_year")):
            after = {second(case.name): outcome[second(case.name)][1] for case in found}
            assert after == {second(case.name): outcome[case.name][1] for case in found}, world
    assert any(told["threshold.scope", "applicant_year"][case.name][1] for case in found)


def last_of(year: int) -> Case:
    """A claim that is last by every instant there is, filed within the year."""
    case = case_of(random.Random(year), year, 900)
    return replace(case, complete=86_000, applied=86_000, effective=86 * 86_400, filed_on=date(year, 11, 1))


def second(name: str) -> str:
    """The name that a claim of the first years has in the second."""
    year, place = name.split("-")
    return f"{int(year) - FIRST_YEAR + SECOND_YEAR}-{place}"


@pytest.mark.slow
def test_more_supporting_evidence_never_lowers_an_award() -> None:
    """More metered hours, more paid, a contract for more: alone in its year, the claim's award never falls."""
    cases = [case_of(random.Random(year), year, 0) for year in range(FIRST_YEAR, FIRST_YEAR + FEW)]
    better = [
        with_more(case_of(random.Random(case.year), case.year - FIRST_YEAR + SECOND_YEAR, 0))
        for case in cases
    ]
    told = proposed(city_of([*cases, *better], {}))
    gained = {
        (world, case.name): outcome[second(case.name)][1] - outcome[case.name][1]
        for world, outcome in told.items()
        if world != ("base.before_voucher", "false")
        for case in cases
    }
    assert {place for place, fen in gained.items() if fen < 0} == set()
    assert any(gained[DEFAULT, case.name] > 0 for case in cases)


def with_more(case: Case) -> Case:
    return replace(
        case,
        card_seconds=case.card_seconds * 2,
        contract=None if case.contract is None else case.contract * 2,
        paid=None if case.paid is None else case.paid * 2,
    )
