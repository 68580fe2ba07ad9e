"""Payments for an invoice that several contracts share: each yuan proves once, and none is lost."""

import random
from decimal import Decimal

import pytest

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import Connection, make
from tests.rule_case import court, fill

USED = """
contract_no | invoice_number | allocated_yuan | effective_gross_yuan
C1          | 26510000001    | 60.00          | 106.00
C2          | 26510000001    | 40.00          | 106.00
"""
CONTRACTS = """
contract_no | applicant_id | provider_id
C1          | A1           | P1
C2          | A1           | P1
C9          | A9           | P1
"""
BRANCHED = CONTRACTS.replace("C2          | A1 ", "C2          | A1_b")
PERSONS = """
applicant_id | person_id
A1           | A1
A1_b         | A1
"""
PAPERS = """
claim_id | queue_at
K9       | 2026-03-01 09:00:00
K1       | 2026-04-01 09:00:00
K1b      | 2026-04-02 09:00:00
K2       | 2026-05-01 09:00:00
"""
USES = (
    "claim_id | contract_no | invoice_number | allocated_yuan"
    " | effective_net_yuan | effective_gross_yuan | buyer_id | seller_id\n"
)
PAYS = "payment_id | contract_no | amount_yuan | invoice_number | payer_id | payee_id\n"


def paid(
    connection: Connection, payments: str, used: str = USED, contracts: str = CONTRACTS
) -> dict[str, str]:
    """Contract → what its buyer paid."""
    fill(connection, "reconciled.claim_invoice_use", used)
    fill(connection, "lake.contract", contracts)
    fill(connection, "reconciled.claim_paper", PAPERS)
    fill(connection, "lake.payment", payments)
    cards = sql_cards("reconciled")
    for name in ("invoice_share", "payment_part", "contract_payment"):
        make(connection, cards[f"reconciled.{name}"])
    return dict(
        connection.execute(
            "select contract_no, paid_yuan::varchar from reconciled.contract_payment order by contract_no"
        ).fetchall()
    )


@pytest.mark.parametrize(
    ("payments", "expected"),
    [
        ("F1 |  | 106.00", {"C1": "63.60", "C2": "42.40"}),
        ("F1 |  | 53.00", {"C1": "31.80", "C2": "21.20"}),
        ("F1 | C2 | 106.00", {"C1": "63.60", "C2": "42.40"}),
        ("F1 | C2 | 42.40", {"C2": "42.40"}),
        ("F1 | C2 | 42.40\nF2 |  | 63.60", {"C1": "63.60", "C2": "42.40"}),
        ("F1 | C9 | 106.00", {"C1": "63.60", "C2": "42.40"}),
        ("F1 | C1 | 0.00", {"C1": "0.00", "C2": "0.00"}),
        ("F1 |  | 212.00", {"C1": "127.20", "C2": "84.80"}),
    ],
)
def test_a_payment_is_shared_as_its_invoice_is(payments: str, expected: dict[str, str]) -> None:
    rows = "\n".join(f"{row} | 26510000001 | A1 | P1" for row in payments.splitlines())
    table = f"payment_id | contract_no | amount_yuan | invoice_number | payer_id | payee_id\n{rows}\n"
    with court() as connection:
        assert paid(connection, table) == expected


@pytest.mark.parametrize("seed", range(10))
def test_the_parts_of_a_payment_are_the_payment(seed: int) -> None:
    chance = random.Random(seed)
    shares = [Decimal(chance.randrange(1, 100_000)).scaleb(-2) for _ in range(2)]
    used = "contract_no | invoice_number | allocated_yuan | effective_gross_yuan\n" + "".join(
        f"C{n} | X | {share} | {sum(shares) * Decimal('1.06'):.2f}\n" for n, share in enumerate(shares, 1)
    )
    amounts = [Decimal(chance.randrange(100_000)).scaleb(-2) for _ in range(chance.randrange(1, 6))]
    table = "payment_id | contract_no | amount_yuan | invoice_number | payer_id | payee_id\n" + "".join(
        f"F{n} | {chance.choice(('', 'C1', 'C2'))} | {amount} | X | A1 | P1\n"
        for n, amount in enumerate(amounts)
    )
    with court() as connection:
        assert sum(map(Decimal, paid(connection, table, used).values())) == sum(amounts)


@pytest.mark.parametrize(
    ("used", "payments", "expected"),
    [
        # Another applicant lists the invoice too, and applied before.
        (
            "K9 | C9 | X | 100.00 | 100.00 | 106.00 | A1 | P1\nK1 | C1 | X | 100.00 | 100.00 | 106.00 | A1 | P1",
            "F1 | C1 | 106.00 | X | A1 | P1",
            {"C1": "106.00"},
        ),
        # Only another applicant lists it.
        (
            "K9 | C9 | X | 100.00 | 100.00 | 106.00 | A1 | P1",
            "F1 | C1 | 106.00 | X | A1 | P1",
            {"C1": "106.00"},
        ),
        # The contract of the first is claimed twice.
        (
            "K1 | C1 | X | 60.00 | 100.00 | 106.00 | A1 | P1\nK1b | C1 | X | 60.00 | 100.00 | 106.00 | A1 | P1\n"
            "K2 | C2 | X | 40.00 | 100.00 | 106.00 | A1 | P1",
            "F1 | C2 | 42.40 | X | A1 | P1",
            {"C2": "42.40"},
        ),
        # Nothing is left of it but its tax.
        ("K1 | C1 | X | 100.00 | 0.00 | 6.00 | A1 | P1", "F1 | C1 | 106.00 | X | A1 | P1", {"C1": "106.00"}),
        # It was not handed in.
        (
            "K1 | C1 | X | 60.00 | | | |\nK2 | C2 | X | 40.00 | | | |",
            "F1 | C2 | 42.40 | X | A1 | P1",
            {"C2": "42.40"},
        ),
    ],
)
def test_a_payment_goes_to_whose_it_is(used: str, payments: str, expected: dict[str, str]) -> None:
    with court() as connection:
        assert paid(connection, f"{PAYS}{payments}\n", f"{USES}{used}\n") == expected


def test_a_branch_shares_in_an_invoice_to_its_head_office() -> None:
    """C1 is the head office's, C2 its branch's, C9 a stranger's: all three use one invoice that is made out to A1."""
    used = USES + "".join(
        f"{claim} | {contract} | 26510000001 | {net} | 100.00 | 106.00 | A1 | P1\n"
        for claim, contract, net in (("K1", "C1", "60.00"), ("K2", "C2", "40.00"), ("K9", "C9", "40.00"))
    )
    with court() as connection:
        fill(connection, "reconciled.applicant_person", PERSONS)
        found = paid(connection, PAYS + "F1 |  | 106.00 | 26510000001 | A1 | P1\n", used, BRANCHED)
    assert found == {"C1": "63.60", "C2": "42.40"}


def test_what_the_seller_gives_back_was_not_paid_and_stays_with_its_contract() -> None:
    """Both shares of an invoice are paid in full; then 21.20 come back on the second contract, under the same invoice."""
    used = "K1 | C1 | X | 60.00 | 100.00 | 106.00 | A1 | P1\nK2 | C2 | X | 40.00 | 100.00 | 106.00 | A1 | P1"
    payments = "F1 |  | 106.00 | X | A1 | P1\nF2 | C2 | 21.20 | X | P1 | A1"
    with court() as connection:
        assert paid(connection, f"{PAYS}{payments}\n", f"{USES}{used}\n") == {"C1": "63.60", "C2": "21.20"}


@pytest.mark.parametrize(
    "refund", ["C1 | -10.60 | X | A1 | P1", "C1 | -10.60 | X | P1 | A1", "C1 | 10.60 | X | P1 | A1"]
)
def test_money_given_back_is_taken_off_however_a_bank_writes_it(refund: str) -> None:
    used = "K1 | C1 | X | 100.00 | 100.00 | 106.00 | A1 | P1"
    payments = f"F1 | C1 | 106.00 | X | A1 | P1\nF2 | {refund}"
    with court() as connection:
        assert paid(connection, f"{PAYS}{payments}\n", f"{USES}{used}\n") == {"C1": "95.40"}


@pytest.mark.parametrize("refund", ["-10.60 | X | A1 | P1", "-10.60 | X | P1 | A1"])
def test_money_given_back_without_a_contract_goes_by_the_invoice(refund: str) -> None:
    used = "K1 | C1 | X | 100.00 | 100.00 | 106.00 | A1 | P1"
    payments = f"F1 | C1 | 106.00 | X | A1 | P1\nF2 |  | {refund}"
    with court() as connection:
        assert paid(connection, f"{PAYS}{payments}\n", f"{USES}{used}\n") == {"C1": "95.40"}


def test_a_payment_taken_back_and_made_anew_is_one_payment() -> None:
    used = "K1 | C1 | X | 100.00 | 100.00 | 106.00 | A1 | P1"
    payments = "\n".join(
        f"F{n} | C1 | {y} | X | A1 | P1" for n, y in enumerate(("106.00", "-106.00", "106.00"))
    )
    with court() as connection:
        assert paid(connection, f"{PAYS}{payments}\n", f"{USES}{used}\n") == {"C1": "106.00"}


@pytest.mark.parametrize("seed", range(10))
def test_what_is_below_zero_never_raises_a_sum(seed: int) -> None:
    chance = random.Random(seed)

    def row(number: int, sign: int) -> str:
        amount = Decimal(sign * chance.randrange(1, 10_000)).scaleb(-2)
        parties = chance.choice(("A1 | P1", "P1 | A1", "A9 | P1"))
        return f"F{number} | {chance.choice(('', 'C1', 'C2'))} | {amount} | {chance.choice(('', 'X'))} | {parties}"

    used = "K1 | C1 | X | 60.00 | 100.00 | 106.00 | A1 | P1\nK2 | C2 | X | 40.00 | 100.00 | 106.00 | A1 | P1"
    payments, refund = [row(n, 1) for n in range(4)], row(9, -1)
    sums = []
    for rows in (payments, [*payments, refund]):
        with court() as connection:
            found = paid(connection, f"{PAYS}{chr(10).join(rows)}\n", f"{USES}{used}\n")
        sums.append(sum(map(Decimal, found.values()), Decimal(0)))
    assert sums[1] <= sums[0]
