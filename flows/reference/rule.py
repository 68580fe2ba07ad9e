"""The rules as published: what each card says, the facts it gives with a finding, and its SELECT word for word."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import Connection, comment
from hesuan.schemas.card import RuleCard, asked_keys

RULE = {
    "rule_id": "规则编号",
    "title_zh": "名称",
    "title_en": "英文名称",
    "article": "条款",
    "severity": "后果：block 建议不予，adjust 核减，hold 暂缓待核，note 提示",
    "status": "状态：active 启用，trial 试行，retired 停用",
    "subject": "对象种类",
    "because_zh": "事实句式（中文）",
    "because_en": "事实句式（英文）",
    "unknown_zh": "资料不足时在其位的句式（中文）：所需事实齐全的第一句，都不齐的用末句；没有的为空列表，用事实句式",
    "unknown_en": "资料不足时的句式（英文），次序相同",
    "evidence_zh": "证据各列的含义：JSON，列名 → 含义",
    "innocent_zh": "可能的正常原因",
    "innocent_en": "可能的正常原因（英文），次序相同；没有英文的为空列表",
    "policy_keys": "判定直接或经由所读的关系用到的政策参数，见 published.parameter",
    "select_sql": "判定的查询原文",
}
LISTS = ("unknown_zh", "unknown_en", "innocent_zh", "innocent_en", "policy_keys")
FACT = {
    "rule_id": "规则编号",
    "fact_no": "次序，自 1 起",
    "fact": "事实的名字，即句式中花括号内的词、published.finding.evidence 的键",
    "meaning_zh": "含义",
}


def publish_rules(connection: Connection, cards: Sequence[RuleCard]) -> None:
    """Make published.rule and published.rule_fact."""
    _publish(connection, "rule", "规则（每条一行）", RULE, map(_rule, cards), order="rule_id")
    facts = (fact for card in cards for fact in _facts(card))
    _publish(
        connection,
        "rule_fact",
        "规则给出的事实（每条规则、每个事实一行）",
        FACT,
        facts,
        order="rule_id, fact_no",
    )


def keys_of(card: RuleCard) -> list[str]:
    """Policy keys that the rule asks for, itself or through the decided relations it reads, by name."""
    cards = sql_cards("decided")
    reached: set[str] = set()
    fresh = set(card.references)
    keys = set(asked_keys(card.text))
    while fresh:
        reached |= fresh
        known = [cards[name] for name in fresh if name in cards]
        keys |= {key for read in known for key in asked_keys(read.text)}
        fresh = {name for read in known for name in read.references} - reached
    return sorted(keys)


def _rule(card: RuleCard) -> dict[str, Any]:
    named = {name: getattr(card, name) for name in list(RULE)[1:9]}
    return {
        "rule_id": card.id,
        **named,
        "unknown_zh": list(card.unknown_zh),
        "unknown_en": list(card.unknown_en),
        "evidence_zh": json.dumps(card.evidence, ensure_ascii=False),
        "innocent_zh": list(card.innocent_zh),
        "innocent_en": list(card.innocent_en),
        "policy_keys": keys_of(card),
        "select_sql": card.text[card.text.index("*/") + 2 :].strip(),
    }


def _facts(card: RuleCard) -> list[dict[str, Any]]:
    return [
        {"rule_id": card.id, "fact_no": number, "fact": name, "meaning_zh": meaning}
        for number, (name, meaning) in enumerate(card.evidence.items(), start=1)
    ]


def _publish(
    connection: Connection,
    name: str,
    title_zh: str,
    columns: dict[str, str],
    rows: Iterable[dict[str, Any]],
    *,
    order: str,
) -> None:
    types: dict[str, Any] = dict.fromkeys(columns, pl.String())
    types |= {n: pl.List(pl.String()) for n in LISTS if n in columns}
    types |= {n: pl.Int64() for n in ("fact_no",) if n in columns}
    connection.register("rule_rows", pl.DataFrame(list(rows), schema=types))
    listed = ", ".join(columns)
    connection.execute(f"create table published.{name} as select {listed} from rule_rows order by {order}")
    connection.unregister("rule_rows")
    comment(connection, f"published.{name}", title_zh, columns)
