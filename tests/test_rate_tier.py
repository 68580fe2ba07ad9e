"""Rate tiers: what a file may say, what is known of a claim, and which rate follows from both."""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from hesuan.flows.policies import policy_lines, unquoted
from hesuan.flows.reference.policy import keep_in_session
from hesuan.flows.reference.rate import load_rate_tables
from hesuan.flows.warehouse import Connection, build
from hesuan.schemas.fault import PolicyFault
from hesuan.schemas.rate_tier import FACTS, Condition
from tests.policy_file import read, whole, with_tiers
from tests.rule_case import court, fill, relation_cards

CASES = Path(__file__).parent / "cases" / "rate"


def cases(name: str) -> list:
    found = tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))["case"]
    return [pytest.param(case, id=case["name"]) for case in found]


@pytest.fixture(scope="module")
def empty_court() -> Iterator[Connection]:
    with court() as connection:
        yield connection


@pytest.fixture
def connection(empty_court: Connection) -> Iterator[Connection]:
    """The court, as empty afterwards as it was."""
    empty_court.execute("begin transaction")
    yield empty_court
    empty_court.execute("rollback")


def make(connection: Connection, relation: str) -> None:
    build(connection, {relation: relation_cards()[relation]})


@pytest.mark.parametrize("case", cases("fact"))
def test_what_is_known_of_a_claim(connection: Connection, case: dict) -> None:
    for relation, table in case["tables"].items():
        fill(connection, relation, table)
    make(connection, "decided.claim_fact")
    rows = connection.execute("select claim_id, fact, number, word from decided.claim_fact").fetchall()
    assert {(claim, fact) for claim, fact, _, _ in rows} == {(c, f) for c in case["expect"] for f in FACTS}
    assert len(rows) == len(case["expect"]) * len(FACTS)
    known: dict[str, dict[str, str]] = {claim: {} for claim in case["expect"]}
    for claim, fact, number, word in rows:
        if number is not None or word is not None:
            known[claim][fact] = word if number is None else plain(number)
    assert known == case["expect"]


@pytest.mark.parametrize("case", cases("tier"))
def test_which_rate_a_claim_gets(connection: Connection, case: dict) -> None:
    select = case.get("select", "first")
    load_rate_tables(connection, read(with_tiers(case["tiers"], select=select)))
    connection.execute(
        "insert into policy.parameter (key, value, valid_from) values ('rate.select', ?, date '2026-01-01')",
        [select],
    )
    keep_in_session(connection)
    _tell(connection, case["facts"])
    make(connection, "decided.claim_rate")
    rows = connection.execute(
        "select claim_id, ratio, tier_no, is_open, cap_yuan from decided.claim_rate order by claim_id"
    ).fetchall()
    assert len(rows) == len(case["expect"])
    assert {claim: said(*rest) for claim, *rest in rows} == case["expect"]


def _tell(connection: Connection, table: str) -> None:
    """A table of claims and their facts, one column each, into claim_paper and claim_fact."""
    header, *lines = [[cell.strip() for cell in line.split("|")] for line in table.strip("\n").splitlines()]
    for line in lines:
        told = dict(zip(header, line, strict=True))
        claim_id, submitted_on = told.pop("claim_id"), told.pop("submitted_on", "2026-05-01")
        fill(connection, "reconciled.claim_paper", f"claim_id | submitted_on\n{claim_id} | {submitted_on}")
        for fact, cell in told.items():
            column = "number" if FACTS[fact].unit else "word"
            fill(
                connection, "decided.claim_fact", f"claim_id | fact | {column}\n{claim_id} | {fact} | {cell}"
            )


def plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def said(ratio: Decimal, tier_no: int, is_open: bool, cap_yuan: Decimal | None) -> str:
    more = (", open" if is_open else "") + (f", cap {cap_yuan}" if cap_yuan is not None else "")
    return f"{plain(ratio)}, {tier_no}{more}"


@pytest.mark.parametrize("case", cases("refused"))
def test_tiers_that_do_not_hold_are_refused(case: dict) -> None:
    base = whole() if case.get("without_select") else with_tiers("")
    with pytest.raises(PolicyFault) as caught:
        read(base + case["tiers"])
    lines = caught.value.lines()
    assert len(lines) == len(case["expect"]), lines
    for line, expect in zip(lines, case["expect"], strict=True):
        no, rest = expect.split(" ", 1)
        name, words = rest.split(": ", 1)
        assert line.startswith(f"p.toml 第 {base.count(chr(10)) + int(no)} 行 {name}: {words}"), line


def test_a_fact_that_no_relation_tells_leaves_the_tier_open(connection: Connection) -> None:
    load_rate_tables(
        connection,
        read(with_tiers("[[rate_tier]]\ntitle_zh = '甲'\nratio = 0.9\nwhen.applicant.type = 'research'")),
    )
    fill(connection, "reconciled.claim_paper", "claim_id | submitted_on\nC1 | 2026-05-01")
    make(connection, "decided.claim_rate")
    assert connection.execute("select tier_no, is_open from decided.claim_rate").fetchall() == [(0, True)]


def test_tiers_are_read_listed_and_their_quotes_checked() -> None:
    text = (
        with_tiers("")
        + """
[[rate_tier]]
title_zh = "初创"
ratio = 0.6
article = "第一条"
quote_zh = "初创企业六成"
when.applicant = { age_months.below = 12, type = { in = ["enterprise"] } }
when.facility.is_domestic = true
"""
    )
    policy = read(text)
    assert policy.rate_tiers[0].conditions == (
        Condition("applicant.age_months", "below", number=Decimal(12)),
        Condition("applicant.type", "in", words=("enterprise",)),
        Condition("facility.is_domestic", "is", words=("true",)),
    )
    assert unquoted(policy, "不超过300万元") == ["rate_tier[1]"]
    assert unquoted(policy, "不超过300万元，初创企业六成") == []
    assert any("applicant.age_months below 12；" in line for line in policy_lines(policy, "zh"))
