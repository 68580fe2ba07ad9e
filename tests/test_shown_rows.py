"""A figure in a sentence is checked by the rows beside it: all that it counts are shown, and none that it does not."""

from collections.abc import Iterator

import pytest

from hesuan.flows.warehouse import Connection
from hesuan.validators.judge import rule_cards
from tests.rule_case import RuleCase, court, tried


@pytest.fixture(scope="module")
def empty_court() -> Iterator[Connection]:
    with court() as connection:
        yield connection


def shown(connection: Connection, rule_id: str, relation: str, **tables: str) -> list[int]:
    """Lines of the relation that the rule's one finding leads to."""
    [card] = [card for card in rule_cards() if card.id == rule_id]
    named = {name.replace("__", "."): table for name, table in tables.items()}
    trial = tried(connection, card, RuleCase(rule_id, "", {}, named))
    assert list(trial.verdicts.values()).count("flag") == 1
    return trial.rows.get(relation, [])


def test_more_than_five_invoices_of_one_sum_are_all_shown(empty_court: Connection) -> None:
    numbers = [f"2651000000000000{n:04}" for n in range(100, 160, 10)]
    face = "K | {} | true | false | true | 2026-05-0{} | 10600.00 | 10600.00 | S | B | K1\n"
    header = (
        "claim_id | invoice_number | is_handed_in | is_red | is_number_sound | issued_on"
        " | gross_yuan | effective_gross_yuan | seller_id | buyer_id | invoice_contract_no\n"
    )
    rows = shown(
        empty_court,
        "INV-006",
        "reconciled.claim_invoice_face",
        reconciled__claim_paper="claim_id | contract_no | submitted_on\nK | K1 | 2026-11-01",
        reconciled__claim_invoice_face=header
        + "".join(face.format(number, 6) for number in numbers)
        + face.format("26510000000000000900", 1),
        lake__invoice="invoice_number\n" + "\n".join([*numbers, "26510000000000000900"]),
    )
    assert rows == [1, 2, 3, 4, 5, 6]


def test_of_the_claims_just_above_the_threshold_those_of_the_year_are_shown(empty_court: Connection) -> None:
    claims = [(f"K{n}", 2026 if n < 10 else 2025, 50_003 + 100 * n if n else 52_500) for n in range(11)]
    paper = "claim_id | contract_no | provider_id | policy_year | submitted_on | claimed_cost_yuan\n"
    asked = "claim_id | provider_id | claimed_cost_yuan\n"
    [card] = [card for card in rule_cards() if card.id == "BHV-001"]
    tables = {
        "reconciled.claim_paper": paper
        + "\n".join(f"{name} | C | P | {year} | {year}-11-01 | {yuan}.00" for name, year, yuan in claims),
        "lake.claim": asked + "\n".join(f"{name} | P | {yuan}.00" for name, _, yuan in claims),
    }
    trial = tried(empty_court, card, RuleCase("BHV-001", "", {}, tables))
    assert list(trial.verdicts.values()).count("flag") == 9
    assert trial.rows["lake.claim"] == list(range(1, 11))


def test_the_whole_list_and_the_claims_of_the_queue_so_far_are_shown(empty_court: Connection) -> None:
    award = "claim_id | policy_year | queue_position | is_in_queue | proposed_subsidy_yuan\n"
    tables = {
        "decided__award": award
        + "A1 | 2026 | 1 | true | 1800000\nA2 | 2026 | 2 | true | 0.01\nA3 | 2026 | 3 | true | 1",
        "reconciled__claim_paper": "claim_id | provider_id | submitted_on\n"
        + "\n".join(f"A{n} | P1 | 2026-06-01" for n in (1, 2, 3)),
        "lake__claim": "claim_id | provider_id\nA1 | P1\nA2 | P1\nA3 | P1",
        "lake__provider": "provider_id | listed_on\nP1 | 2026-01-01\nP2 | 2026-01-01\nP3 | 2026-02-01\nP4 | 2027-01-01",
    }
    assert shown(empty_court, "BHV-006", "lake.provider", **tables) == [1, 2, 3]
    assert shown(empty_court, "BHV-006", "lake.claim", **tables) == [1, 2]
