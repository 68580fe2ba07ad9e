"""Which voucher a contract stands under: its year bounds the usage that counts, its effect what came before it."""

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import make
from tests.rule_case import court, fill

CONTRACTS = """
contract_no | starts_on  | ends_on
K_back      | 2026-12-15 | 2027-10-31
K_order     | 2026-12-15 | 2027-10-31
K_twice     | 2026-02-01 | 2026-10-31
K_unclaimed | 2026-12-15 | 2027-10-31
K_bare      | 2026-12-15 | 2027-10-31
K_december  | 2027-01-10 | 2027-12-31
"""
VOUCHERS = """
voucher_id | contract_no | state     | applied_at          | effective_at
V_back_1   | K_back      | revoked   | 2026-12-20 09:00:00 | 2026-12-25 09:00:00
V_back_2   | K_back      | effective | 2027-01-12 09:00:00 | 2027-01-20 09:00:00
V_frame    | K_frame     | effective | 2027-01-12 09:00:00 | 2027-01-20 09:00:00
V_twice_1  | K_twice     | effective | 2026-01-12 09:00:00 | 2026-01-20 09:00:00
V_twice_2  | K_twice     | effective | 2027-01-12 09:00:00 | 2027-01-20 09:00:00
V_un       | K_unclaimed | applied   | 2027-01-12 09:00:00 |
V_december | K_december  | effective | 2026-12-20 09:00:00 | 2027-01-05 09:00:00
"""
CLAIMS = """
claim_id  | contract_no | voucher_id | submitted_at
C_back    | K_back      | V_back_2   | 2027-11-01 09:00:00
C_order   | K_order     | V_frame    | 2027-11-01 09:00:00
C_twice_1 | K_twice     | V_twice_1  | 2026-11-01 09:00:00
C_twice_2 | K_twice     | V_twice_2  | 2027-11-01 09:00:00
C_bare    | K_bare      | V_nowhere  | 2027-11-01 09:00:00
C_dec     | K_december  | V_december | 2027-11-01 09:00:00
"""


def test_a_contract_stands_under_the_voucher_that_its_first_claim_names() -> None:
    """One given back counts no more; the voucher of a framework is its orders' too; one is of the year it took effect in."""
    with court() as connection:
        for relation, rows in ("contract", CONTRACTS), ("voucher", VOUCHERS), ("claim", CLAIMS):
            fill(connection, f"lake.{relation}", rows)
        cards = sql_cards("reconciled")
        for name in ("claim_paper", "contract_term"):
            make(connection, cards[f"reconciled.{name}"])
        asked = "select contract_no, counts_until::varchar, voucher_effective_on::varchar from reconciled.contract_term"
        assert {no: tuple(says) for no, *says in connection.execute(asked).fetchall()} == {
            "K_back": ("2027-10-31", "2027-01-20"),
            "K_order": ("2027-10-31", "2027-01-20"),
            "K_twice": ("2026-10-31", "2026-01-20"),
            "K_unclaimed": ("2027-10-31", None),
            "K_bare": ("2026-12-31", None),
            "K_december": ("2027-12-31", "2027-01-05"),
        }
