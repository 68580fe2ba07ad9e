"""Policies as people look at them: listed, and checked against the text they quote."""

from pathlib import Path
from typing import Any

from hesuan.schemas.fault import PolicyFault
from hesuan.schemas.policy import Parameter, Policy, load_policy, read_policy
from hesuan.schemas.rate_tier import RateTier


def shown_policy(policy_id: str, *, to_check: Path | None, text_path: Path | None) -> Policy:
    """Raises PolicyFault for a file that does not hold, or a quote that is not in the text."""
    if to_check is None:
        policy = load_policy(policy_id)
    elif to_check.is_file():
        policy = read_policy(to_check.read_bytes(), place=str(to_check), policy_id=to_check.stem)
    else:
        raise PolicyFault(f"{to_check}: 没有这个文件")
    if text_path is not None:
        missing = unquoted(policy, text_path.read_text(encoding="utf-8"))
        if missing:
            raise PolicyFault("\n".join(f"{policy.id}: 原文中找不到 {key} 的引文" for key in missing))
    return policy


def unquoted(policy: Policy, text: str) -> list[str]:
    """Keys whose quote does not stand in the text, line breaks left out."""
    plain = "".join(text.split())
    quotes = [(p.key, p.quote_zh) for p in policy.parameters]
    quotes += [(f"rate_tier[{tier.no}]", tier.quote_zh) for tier in policy.rate_tiers]
    return [name for name, quote in quotes if quote and "".join(quote.split()) not in plain]


def policy_facts(policy: Policy, open_questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One per parameter, with what it rests on: the article and its words, or the house's own reason.

    alternatives: of the open questions, those that another reading of this key answers.
    """
    return [
        {
            "key": p.key,
            "title_zh": p.title_zh,
            "value": p.written,
            "unit": p.unit,
            "article": p.article,
            "quote_zh": p.quote_zh,
            "house_reason_zh": p.house_reason_zh,
            "reading": p.reading,
            "alternatives": [each for each in open_questions if each["reading_key"] == p.key],
        }
        for p in policy.parameters
    ]


def policy_lines(policy: Policy) -> list[str]:
    lines = [f"{policy.title_zh}（{policy.number}）"]
    lines += [f"所据材料：{policy.source_zh}"] if policy.source_zh else []
    for p in policy.parameters:
        others = f"；另可读作 {'、'.join(p.alternatives)}" if p.alternatives else ""
        reading = f" [{p.reading}{others}]" if p.reading else ""
        lines.append(f"{p.key} = {p.written} {p.unit}{reading}  {_ground(p)}")
    return lines + [_tier_line(tier) for tier in policy.rate_tiers]


def _tier_line(tier: RateTier) -> str:
    asked = [
        f"{c.fact} {c.operator} {c.number if c.number is not None else '|'.join(c.words)}"
        for c in tier.conditions
    ]
    cap = "" if tier.cap_yuan is None else f"，每笔至多 {tier.cap_yuan} 元"
    return f"rate_tier[{tier.no}] = {tier.ratio} {tier.title_zh}{cap}（{'；'.join(asked) or '无条件'}）  {_ground(tier)}"


def _ground(entry: Parameter | RateTier) -> str:
    if entry.quote_zh:
        return f"{entry.article}“{entry.quote_zh}”"
    return f"{'公开材料未见' if entry.is_assumed else '自定'}：{entry.house_reason_zh}"
