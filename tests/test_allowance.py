"""A block that the panel overrides with its reason is paid from what the queue leaves; no other award moves."""

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import make
from tests.rule_case import court, fill
from tests.test_readings_afterwards import GIVEN

REASON = "专家组查明系登记错误"
# 上限 50 万元：甲在队中占用 45 万元，余 5 万元。总额 300 万元：占用 293 万元，余 7 万元。
# C_1（甲）应补 6 万元 → 上限余 5 万元。C_2（乙）应补 4 万元 → 总额只余 7-5=2 万元。C_3（乙）在后 → 0。
# C_4 未写推翻理由；C_5 与 C_q 同一合同。
AWARD_COLUMNS = (
    "claim_id | policy_year | applicant_id | is_in_queue | queue_position | subsidy_before_caps_yuan"
    " | applicant_used_yuan | applicant_cap_cut_yuan | pool_used_yuan | proposed_subsidy_yuan"
)
AWARDS = """
C_q | 2026 | 甲 | true  | 1 | 450000 | 0      | 0 | 2480000 | 450000
C_1 | 2026 | 甲 | false | 2 | 60000  | 450000 | 0 | 2930000 | 0
C_2 | 2026 | 乙 | false | 3 | 40000  | 0      | 0 | 2930000 | 0
C_3 | 2026 | 乙 | false | 4 | 30000  | 0      | 0 | 2930000 | 0
C_4 | 2026 | 丙 | false | 5 | 30000  | 0      | 0 | 2930000 | 0
C_5 | 2026 | 丁 | false | 6 | 30000  | 0      | 0 | 2930000 | 0
"""
RECOGNITION = """
claim_id | contract_no | policy_on  | subsidy_before_caps_yuan
C_q      | K_q         | 2026-06-01 | 450000
C_1      | K_1         | 2026-06-01 | 60000
C_2      | K_2         | 2026-06-01 | 40000
C_3      | K_3         | 2026-06-01 | 30000
C_4      | K_4         | 2026-06-01 | 30000
C_5      | K_q         | 2026-06-01 | 30000
"""
HISTORY = f"""
claim_id | decided_at          | decision | disposition | override_reason | is_latest
C_q      | 2026-12-01 09:00:00 | approve  | approve     |                 | true
C_1      | 2026-12-01 09:00:00 | approve  | reject      | {REASON}        | true
C_2      | 2026-12-01 09:00:00 | approve  | reject      | {REASON}        | true
C_3      | 2026-12-01 09:00:00 | adjust   | reject      | {REASON}        | true
C_4      | 2026-12-01 09:00:00 | approve  | reject      | 短              | true
C_5      | 2026-12-01 09:00:00 | approve  | reject      | {REASON}        | true
"""


def allowed(
    awards: str, redeemed: str = "claim_id | redeemed_yuan", history: str = HISTORY
) -> dict[str, str]:
    with court() as connection:
        connection.execute(GIVEN)
        fill(connection, "decided.award", AWARD_COLUMNS + awards)
        connection.execute(
            "insert into decided.cap_entity"
            " select distinct policy_year, applicant_id, applicant_id from decided.award"
        )
        fill(connection, "decided.recognition", RECOGNITION)
        fill(connection, "published.decision_history", history)
        fill(connection, "reconciled.claim_redeemed", redeemed)
        make(connection, sql_cards("published")["published.allowance"])
        rows = connection.execute("select claim_id, allowed_yuan::varchar from published.allowance")
        return dict(rows.fetchall())


def test_an_override_is_paid_within_cap_and_pool_in_the_order_of_the_queue() -> None:
    assert allowed(AWARDS) == {"C_1": "50000.00", "C_2": "20000.00", "C_3": "0.00", "C_5": "0.00"}


def test_what_was_paid_on_the_claim_itself_takes_no_room_from_it() -> None:
    """The award counts what was paid on a refused claim as used: it stays allowed, and nothing is to be recovered."""
    used = AWARDS.replace("450000 | 0 | 2930000", "500000 | 0 | 2980000").replace("2930000", "2980000")
    paid = "claim_id | redeemed_yuan\nC_1 | 50000"
    assert allowed(used, paid) == {"C_1": "50000.00", "C_2": "20000.00", "C_3": "0.00", "C_5": "0.00"}


def test_a_claim_that_the_panel_refused_leaves_its_room_to_the_one_filed_anew() -> None:
    """C_5 is on the contract of C_q, which was withdrawn: 450000.00 are free again for 甲, and in the pool."""
    withdrawn = HISTORY.replace("approve  | approve     |  ", "reject   | approve     |  ")
    assert allowed(AWARDS, history=withdrawn) == {
        "C_1": "60000.00",
        "C_2": "40000.00",
        "C_3": "30000.00",
        "C_5": "30000.00",
    }


def test_what_was_paid_on_a_claim_that_the_panel_then_refused_stays_used() -> None:
    withdrawn = HISTORY.replace("approve  | approve     |  ", "reject   | approve     |  ")
    paid = "claim_id | redeemed_yuan\nC_q | 450000"
    assert allowed(AWARDS, paid, withdrawn) == {
        "C_1": "50000.00",
        "C_2": "20000.00",
        "C_3": "0.00",
        "C_5": "0.00",
    }
