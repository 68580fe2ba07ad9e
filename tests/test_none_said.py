"""A sentence says 无 of what is not there, and 未知 only of what is not known."""

import json
import re
from collections.abc import Iterator

import pytest

from hesuan.flows.warehouse import Connection
from hesuan.schemas.card import RuleCard
from hesuan.validators.judge import judge, rule_cards
from tests.rule_case import cases_of, court, fill, tried

NONE = [
    ("BHV-005", "材料齐全于 未知"),
    ("CON-004", "最早发票开于 无；"),
    ("ELG-001", "名单所载最早入库日期：无）"),
    ("INV-004", "0 行明细金额合计 无 元"),
    ("INV-008", "而退回（无）"),
    ("MTR-001", "最早在 无，设备 无，文件 无 第 无 行"),
    ("PRG-004", "生效于 无，有效至 无；"),
    ("REC-003", "的 0 行计费合计 0.00 元，按计费数量乘以合同价应为 0.00 元；超出容许的有 0 行（首行：无）"),
    ("REC-005", "付款人 无，收款人 无"),
    ("REC-007", "表上所写合计为 无 行、无、无"),
    ("USE-005", "末段比率 无"),
]
UNKNOWN = [
    ("CON-004", "签订日期为 未知"),
    ("ELG-002", "成立日期为 未知"),
    ("REC-001", "可计入的计量 未知 卡时"),
    ("MTR-017", "全站该月用电量为 未知 kWh"),
]
CARDS = {card.id: card for card in rule_cards()}


@pytest.fixture(scope="module")
def empty_court() -> Iterator[Connection]:
    with court() as connection:
        yield connection


@pytest.mark.parametrize(("rule_id", "said"), [*NONE, *UNKNOWN])
def test_what_is_not_there_is_none_and_what_is_not_known_is_unknown(
    empty_court: Connection, rule_id: str, said: str
) -> None:
    told = [
        told for case in cases_of(rule_id) for told in tried(empty_court, CARDS[rule_id], case).sentences_zh
    ]
    assert any(said in sentence for sentence in told), told


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_a_dash_never_stands_in_a_sentence(card: RuleCard) -> None:
    """The card says what “—” is of every fact of its sentence that the query gives as one."""
    told = set(re.findall(r"\{(\w+)\}", "".join((card.because_zh, *card.unknown_zh))))
    dashed = set(re.findall(r"'—'\)?\s+(?:end )?as (\w+)", card.text))
    assert [name for name in sorted(told & dashed) if not card.may_be_none(name)] == []


def test_the_evidence_and_the_english_sentence_say_none_too(empty_court: Connection) -> None:
    empty_court.execute("begin transaction")
    fill(empty_court, "reconciled.claim_paper", "claim_id | contract_no | signed_on\nC | K | 2026-03-02\n")
    fill(
        empty_court,
        "reconciled.metered_day",
        "contract_no | usage_on | cause\nK | 2026-03-01 | supported\n",
    )
    judge(empty_court, CARDS["CON-004"])
    [(english, evidence)] = empty_court.execute(
        "select sentence_en, evidence from decided.finding"
    ).fetchall()
    empty_court.execute("rollback")
    assert "the first invoice is dated none;" in english
    assert json.loads(evidence)["first_invoice_on"] == "—"


def test_a_bound_of_the_policy_is_known_where_nothing_else_is(empty_court: Connection) -> None:
    empty_court.execute("begin transaction")
    fill(empty_court, "reconciled.claim_paper", "claim_id | contract_no | submitted_on\nC | K | 2026-11-02\n")
    judge(empty_court, CARDS["BHV-003"])
    [(verdict, evidence)] = empty_court.execute("select verdict, evidence from decided.finding").fetchall()
    empty_court.execute("rollback")
    told = json.loads(evidence)
    assert verdict == "unknown"
    assert (told["surge_times"], told["capacity_min"], told["used_gpu_hours"]) == ("3", "0.90", None)


def test_what_cannot_be_judged_is_not_said_to_exceed_anything(empty_court: Connection) -> None:
    """The same sentence serves what is found and what is unknown: bounds stand in it, not whether they are passed."""
    for rule_id in ("REC-001", "REC-002", "PRC-003", "PRC-004", "ELG-007"):
        trials = [tried(empty_court, CARDS[rule_id], case) for case in cases_of(rule_id)]
        told = [
            told for trial in trials for told in trial.sentences_zh if told.startswith("凭现有资料无法判断")
        ]
        assert told, rule_id
        assert [sentence for sentence in told if re.search("超过容许|，不满|元，在", sentence)] == []
