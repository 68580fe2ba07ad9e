"""How papers say a finding, and the readings of the regulation under which a claim would come out otherwise."""

from decimal import Decimal
from typing import Any

from hesuan.reports import figure
from hesuan.reports.docket import Item
from hesuan.reports.published import Row
from hesuan.reports.wording import word
from hesuan.reports.wording.policy_word import spoken

SOURCES_NAMED = 3


def finding_of(item: Item) -> dict[str, Any]:
    finding, rule = item.finding, item.rule
    title, sign = word.SEVERITIES[finding["severity"]]
    return {
        "severity": finding["severity"],
        "sign": sign,
        "word": title if finding["verdict"] == "flag" else f"{title}（资料不足）",
        "title": f"{finding['rule_id']} {rule['title_zh']}",
        "at_risk": _at_risk(finding["amount_at_risk_yuan"]) if item.has_sum else "",
        "sentence": finding["sentence_zh"] or figure.UNKNOWN,
        "action": item.action,
        "article": finding["article"] or rule["article"],
        "innocent": "；".join(reason.rstrip("。") for reason in rule["innocent_zh"] or []) or None,
        "evidence": _sources(item),
    }


def _at_risk(yuan: Decimal | None) -> str:
    return f"涉及金额 {figure.yuan(yuan)}{'' if yuan is None else ' 元'}"


def _sources(item: Item) -> str | None:
    """The first rows by file and line, and how many there are."""
    if not item.evidence:
        return None
    named = "；".join(f"{row['file_name']} 第 {row['row_no']} 行" for row in item.evidence[:SOURCES_NAMED])
    return f"{named}（共 {figure.count(item.evidence_total)} 行，见证据附件）"


def reading_of(row: Row, titles: dict[str, str]) -> dict[str, str]:
    key: str = row["reading_key"]
    return {
        "key": titles.get(key, key),
        "value": spoken(key, row["reading_value"]),
        "chosen": "√ 采用" if row["is_default"] else "",
        "disposition": figure.UNKNOWN
        if row["disposition"] is None
        else word.DISPOSITIONS[row["disposition"]][0],
        "sum": figure.yuan(row["proposed_subsidy_yuan"]),
    }


def moving(readings: list[Row], claim: Row) -> list[Row]:
    """Readings under which the claim would come out otherwise, each with the one that was chosen."""
    as_proposed = (claim["disposition"], claim["proposed_subsidy_yuan"])
    keys = {
        r["reading_key"] for r in readings if (r["disposition"], r["proposed_subsidy_yuan"]) != as_proposed
    }
    return [
        r
        for r in readings
        if r["reading_key"] in keys
        and (r["is_default"] or (r["disposition"], r["proposed_subsidy_yuan"]) != as_proposed)
    ]
