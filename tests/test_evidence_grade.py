"""The evidence grade of a claim, step by step, and both sides of what lowers it."""

import pytest

from hesuan.flows.warehouse import build, make
from tests.rule_case import court, fill, relation_cards

CLAIMS = """
claim_id  | contract_no | submitted_on
K_nothing | C0          | 2026-11-01
K_bill    | C1          | 2026-11-01
K_log     | C2          | 2026-11-01
K_samples | C3          | 2026-11-01
K_both    | C4          | 2026-11-01
K_long    | C5          | 2026-11-01
K_six     | C6          | 2026-11-01
K_large   | C7          | 2026-11-01
K_five    | C8          | 2026-11-01
K_alone   | C9          | 2026-11-01
K_chain   | C10         | 2026-11-01
K_broken  | C11         | 2026-11-01
K_open    | C12         | 2026-11-01
K_part    | C13         | 2026-11-01
K_bare    | C14         | 2026-11-01
K_wrong   | C15         | 2026-11-01
K_no_key  | C16         | 2026-11-01
K_other   | C17         | 2026-11-01
K_thin    | C18         | 2026-11-01
"""
# Allocated: 1000 card-hours, 75600000000 units; 5 % of them are 50 h = 180000 s.
MEASURES = """
contract_no | billed_yuan | record_count | metered_unit_seconds | sampled_unit_seconds
C0          |             | 0            |                      |
C1          | 100         | 0            |                      |
C2          | 100         | 5            | 75600000000          |
C3          | 100         | 0            | 75600000000          | 75600000000
C4          | 100         | 5            | 75600000000          | 71820000000
C5          | 100         | 5            | 75600000000          | 75600000000
C6          | 100         | 5            | 75600000000          | 75600000000
C7          | 100         | 5            | 75600000000          | 75600000000
C8          | 100         | 5            | 75600000000          | 75600000000
C9          | 100         | 0            | 75600000000          | 75600000000
C10         | 100         | 5            | 75600000000          | 75600000000
C11         | 100         | 5            | 75600000000          | 75600000000
C12         | 100         | 5            | 75600000000          | 75600000000
C13         | 100         | 5            | 75600000000          | 75600000000
C14         | 100         | 5            | 75600000000          | 75600000000
C15         | 100         | 5            | 75600000000          | 75600000000
C16         | 100         | 5            | 75600000000          | 75600000000
C17         | 100         | 5            | 75600000000          | 75600000000
C18         | 100         | 5            | 75600000000          | 71819999999
"""
SAMPLES = """
contract_no | usage_on   | sample_count
C10         | 2026-03-01 | 10
C10         | 2026-03-02 | 10
C11         | 2026-03-01 | 10
C12         | 2026-03-01 | 10
C13         | 2026-03-01 | 10
C14         | 2026-03-01 | 10
C14         | 2026-03-02 | 10
C15         | 2026-03-01 | 10
C15         | 2026-03-02 | 10
C15         | 2026-03-03 | 10
C16         | 2026-03-01 | 10
C16         | 2026-03-02 | 10
C17         | 2026-03-01 | 10
"""
# Whole and committed to; one link broken; one day without a commitment; one sample without a hash; then the signatures:
# a day without one; one wrong, whatever the others lack; one by a key that nobody registered. The chain of another file.
CHAINS = """
contract_no | usage_on   | record_count | chained_count | broken_count | committed | signature_state
C10         | 2026-03-01 | 10           | 10            | 0            | true      | valid
C10         | 2026-03-02 | 10           | 10            | 0            | true      | valid
C11         | 2026-03-01 | 10           | 10            | 1            | true      | valid
C12         | 2026-03-01 | 10           | 10            | 0            |           |
C13         | 2026-03-01 | 9            | 9             | 0            | true      | valid
C14         | 2026-03-01 | 10           | 10            | 0            | true      | valid
C14         | 2026-03-02 | 10           | 10            | 0            | true      |
C15         | 2026-03-01 | 10           | 10            | 0            | true      | wrong
C15         | 2026-03-02 | 10           | 10            | 0            | true      | key_unknown
C15         | 2026-03-03 | 10           | 10            | 0            | true      |
C16         | 2026-03-01 | 10           | 10            | 0            | true      | key_unknown
C16         | 2026-03-02 | 10           | 10            | 0            | true      | valid
C17         | 2026-03-01 | 10           | 10            | 0            | true      | valid
"""
UNHASHED = """
contract_no | usage_on   | unhashed_count
C17         | 2026-03-01 | 10
"""
GAPS = """
contract_no | device_uuid | gap_seconds | gap_unit_seconds
C5          | G1          | 21601       | 453621000
C6          | G1          | 21600       | 453600000
C7          | G1          | 20000       | 3780000001
C8          | G1          | 20000       | 3780000000
C9          | G1          | 21601       | 453621000
"""
GRADES = {
    "K_other": ("E3", "占用 1000.0000 卡时"),
    "K_nothing": ("E0", "没有机器可读的用量记录和账单"),
    "K_bill": ("E1", "只有结算账单，没有用量记录"),
    "K_log": ("E2", "有调度或平台记录，没有设备采样"),
    "K_samples": ("E2", "只有设备采样，没有调度或平台记录；采样覆盖 1000.0000 卡时"),
    "K_both": ("E3", "有调度或平台记录，另有设备采样；采样覆盖 950.0000 卡时，占用 1000.0000 卡时"),
    "K_thin": ("E2", "没有采样的占用 50.0000 卡时，超过占用的 0.0500，降一级"),
    "K_long": ("E2", "最长一段采样缺口 6.0002 小时，超过 6.0000 小时，降一级"),
    "K_six": ("E3", "占用 1000.0000 卡时"),
    "K_large": ("E2", "采样缺口合计 50.0000 卡时，超过占用的 0.0500，降一级"),
    "K_five": ("E3", "占用 1000.0000 卡时"),
    "K_alone": ("E1", "最长一段采样缺口 6.0002 小时，超过 6.0000 小时，降一级"),
    "K_chain": ("E4", "采样的摘要链完整，逐日有相符的承诺；承诺的签名逐日相符"),
    "K_broken": ("E3", "占用 1000.0000 卡时"),
    "K_open": ("E3", "占用 1000.0000 卡时"),
    "K_part": ("E3", "占用 1000.0000 卡时"),
    "K_bare": ("E3", "采样的摘要链完整，逐日有相符的承诺；承诺没有逐日签名，不到 E4"),
    "K_wrong": ("E3", "采样的摘要链完整，逐日有相符的承诺；承诺的签名有不符的，不到 E4"),
    "K_no_key": ("E3", "采样的摘要链完整，逐日有相符的承诺；承诺的签名有查不到公钥的，不到 E4"),
}
# A gap of ten hours.
TERM = "contract_no | provider_id | starts_on  | counts_until\nC | P | 2026-03-01 | 2026-03-31"
GAP = """
provider_id | device_uuid | started_at             | ended_at               | parties
P           | G1          | 2026-03-02 00:00:00+00 | 2026-03-02 10:00:00+00 | ['C']
"""
MIDNIGHT = 1_772_409_600
"""2026-03-02 00:00 UTC."""


@pytest.fixture(scope="module")
def told() -> dict[str, tuple[str, str]]:
    with court() as connection:
        fill(connection, "reconciled.claim_paper", CLAIMS)
        fill(connection, "reconciled.contract_measure", MEASURES)
        fill(connection, "reconciled.contract_gap", GAPS)
        fill(connection, "reconciled.sample_day", SAMPLES)
        fill(connection, "reconciled.chain_day", CHAINS)
        fill(connection, "reconciled.unhashed_day", UNHASHED)
        build(connection, {"decided.evidence_grade": relation_cards()["decided.evidence_grade"]})
        rows = connection.execute(
            "select claim_id, evidence_grade, grade_because_zh from decided.evidence_grade"
        ).fetchall()
    return {claim: (grade, why) for claim, grade, why in rows}


@pytest.mark.parametrize("claim", GRADES)
def test_a_claim_is_graded_by_what_it_rests_on(told: dict[str, tuple[str, str]], claim: str) -> None:
    grade, why = GRADES[claim]
    assert told[claim][0] == grade
    assert told[claim][1].endswith(why)


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        # Two jobs of an hour each inside the gap of ten: between them the card need not report.
        ([("G1", 0, 3600, 21000), ("G1", 7200, 10800, 21000)], (7200, 151_200_000)),
        # Half a card counts half.
        ([("G1", 0, 3600, 10500)], (3600, 37_800_000)),
        # Held by nobody meanwhile: no gap in what was held.
        ([("G1", 40_000, 50_000, 21000)], (0, 0)),
        # Records that name no device speak for the whole contract, of one card at most.
        ([("", 0, 3600, 168_000)], (3600, 75_600_000)),
        # No record at all: the gap as it is.
        ([], (36_000, 756_000_000)),
    ],
)
def test_a_gap_counts_while_the_card_was_held(
    held: list[tuple[str, int, int, int]], expected: tuple[int, int]
) -> None:
    lines = ["contract_no | provider_id | device_uuid | card_units | begin_s | stop_s"]
    lines += [f"C | P | {d} | {units} | {MIDNIGHT + a} | {MIDNIGHT + b}" for d, a, b, units in held]
    with court() as connection:
        fill(connection, "reconciled.contract_term", TERM)
        fill(connection, "reconciled.usage_gap", GAP)
        fill(connection, "reconciled.stretch", "\n".join(lines))
        make(connection, relation_cards()["reconciled.contract_gap"])
        found = connection.execute(
            "select gap_seconds, gap_unit_seconds from reconciled.contract_gap"
        ).fetchall()
    assert found == [expected]
