"""Facts that rules state in SQL and Python states too: both must say the same."""

import re

import polars as pl

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import build, make
from hesuan.schemas.cast import ORGANISATION_ALPHABET, USCC_ALPHABET, is_uscc
from hesuan.schemas.tables import tables
from hesuan.validators.judge import rule_cards
from tests.rule_case import court, fill, relation_cards, set_parameter

DAYS = """
contract_no | device_model | usage_on   | cause        | unit_seconds
K_hour      | A800         | 2026-02-10 | not_listed   | 756000000
K_hour      | A800         | 2026-02-11 | supported    | 756000000
K_day       | A800         | 2026-02-10 | after_exit   | 1814400000
K_month     | A800         | 2026-02-10 | outside_term | 1814400000
K_month     | A800         | 2026-03-01 | outside_term | 1814400000
K_either    | A800         | 2026-02-10 | not_listed   | 756000000
K_unknown   | A800         | 2026-02-10 | not_listed   |
"""
LINES = """
contract_no | line_no | device_model | unit | unit_price_yuan | is_card_priced
K_hour      | 1       | A800         | 卡时 | 10.60              | true
K_hour      | 2       | H800         | 卡时 | 15.90              | true
K_day       | 1       |              | 卡日 | 127.20             | true
K_month     | 1       | A800         | 卡月 | 2800               | true
K_either    | 1       | A800         | 卡时 | 10.60              | true
K_either    | 2       |              | 卡时 | 9.54               | true
K_unknown   | 1       | A800         | 卡时 | 10.60              | true
"""
HISTORY = """
policy_year | applicant_id | contract_no | claimed_yuan | redeemed_yuan | funder
2026        | U            | K0          | 100000       | 100000        |
2026        | U            | K0          | 2900000      | 2900000       | 省级专项
2025        | U            | K9          | 50000        | 50000         | 省级专项
"""
RECOGNITION = """
claim_id | applicant_id | policy_year | policy_on  | subsidy_before_caps_yuan
C        | U            | 2026        | 2026-06-01 | 25000
"""
VALID = ("91500000902846312Y", "91330000142942095H", "11320000MB151840XJ")


def test_a_code_is_valid_in_sql_where_it_is_valid_at_the_gate() -> None:
    """Every change of one place of three valid codes, legal or not, and codes too short and too long."""
    codes = {
        code[:place] + letter + code[place + 1 :]
        for code in VALID
        for place in range(18)
        for letter in "059AIXZY"
    }
    codes |= {
        code[:8] + organisation + code[17:] for code in VALID for organisation in ("00000000X", "000000140")
    }
    codes |= {*VALID, VALID[0][:17], VALID[0] + "Y", "X"}
    with court() as connection:
        fill(connection, "lake.claim", "\n".join(["applicant_id", *sorted(codes)]))
        make(connection, relation_cards()["reconciled.party_code"])
        told = connection.execute("select code, is_valid, fault_zh from reconciled.party_code").fetchall()
    in_sql = {code: is_valid for code, is_valid, _ in told}
    frame = pl.DataFrame({"code": sorted(codes)}).with_columns(is_uscc(pl.col("code")).alias("is_valid"))
    assert in_sql == dict(frame.iter_rows())
    assert all(is_valid == (fault is None) for _, is_valid, fault in told)
    assert sum(in_sql.values()) >= len(VALID)


def test_the_alphabets_in_sql_are_those_of_the_gate() -> None:
    text = relation_cards()["reconciled.party_code"].text
    assert set(re.findall(r"strpos\('(\w+)'", text)) == {USCC_ALPHABET, ORGANISATION_ALPHABET}


def test_the_checklist_of_materials_is_that_of_the_table() -> None:
    [card] = [card for card in rule_cards() if card.id == "ELG-008"]
    codes = [code for code, _ in tables()["material"].column("material_code").choices]
    assert re.findall(r"\(\d+, '(\w+)', '", card.text) == codes


def test_excluded_usage_is_valued_where_one_price_fits() -> None:
    """10 card-hours, a card-day, a card-day each of a month of 28 and of 31 days; else no value."""
    with court() as connection:
        fill(connection, "reconciled.contract_day", DAYS)
        fill(connection, "reconciled.contract_price", LINES)
        build(
            connection,
            {n: relation_cards()[n] for n in ("reconciled.unit_conversion", "decided.excluded_usage")},
        )
        told = connection.execute("""
            select contract_no, cause, day_count, gpu_hours, value_yuan
            from decided.excluded_usage
            order by all
        """).fetchall()
    assert [
        (no, cause, days, str(hours), value and str(value)) for no, cause, days, hours, value in told
    ] == [
        ("K_day", "after_exit", 1, "24.0000", "127.20"),
        ("K_either", "not_listed", 1, "10.0000", None),
        ("K_hour", "not_listed", 1, "10.0000", "106.00"),
        ("K_month", "outside_term", 2, "48.0000", "190.32"),
        ("K_unknown", "not_listed", 1, "0.0000", None),
    ]


def test_other_public_money_opens_neither_cap_nor_pool() -> None:
    """100 000 yuan of this programme and 2 900 000 of another: only the first is taken off."""
    with court() as connection:
        fill(connection, "lake.grant_history", HISTORY)
        make(connection, relation_cards()["reconciled.earlier_grant"])
        fill(connection, "decided.recognition", RECOGNITION)
        fill(connection, "decided.queue", "claim_id | queue_at\nC | 2026-02-01 09:00")
        fill(connection, "decided.disposition", "claim_id | disposition\nC | approve")
        connection.execute("create schema published")
        for name in ("decided.cap_entity", "decided.award"):
            make(connection, relation_cards()[name])
        make(connection, sql_cards("published")["published.pool"])
        awarded = connection.execute(
            "select applicant_used_yuan, pool_used_yuan from decided.award"
        ).fetchall()
        pools = connection.execute("select policy_year, redeemed_yuan from published.pool").fetchall()
    assert [[str(yuan) for yuan in row] for row in awarded] == [["100000.00", "100000.00"]]
    assert [(year, str(yuan)) for year, yuan in pools] == [(2026, "100000.00")]


def test_usage_before_the_listing_that_also_precedes_the_voucher_goes_with_the_voucher() -> None:
    """Listed in April, voucher of 16 March: of an hour on the 10th and one on the 20th the later alone is counted."""
    with court() as connection:
        set_parameter(connection, "usage.before_listing", "count")
        set_parameter(connection, "usage.before_voucher", "exclude")
        fill(connection, "lake.provider", "provider_id | listed_on\nP | 2026-04-01")
        fill(
            connection,
            "reconciled.contract_term",
            "contract_no | provider_id | starts_on | policy_year | voucher_effective_on | basis\n"
            "K | P | 2026-03-01 | 2026 | 2026-03-16 | allocated",
        )
        fill(
            connection,
            "reconciled.contract_day",
            "contract_no | usage_on | cause | unit_seconds\n"
            "K | 2026-03-10 | not_listed | 75600000\n"
            "K | 2026-03-20 | not_listed | 75600000",
        )
        build(
            connection, {n: relation_cards()[n] for n in ("decided.counted_cause", "decided.supported_month")}
        )
        found = connection.execute("select unit_seconds from decided.supported_month").fetchall()
    assert found == [(75_600_000,)]
