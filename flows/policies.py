"""Policies as people look at them: listed, and checked against the text they quote."""

from pathlib import Path
from typing import Any

from hesuan.reports.wording.article import in_english_plainly
from hesuan.reports.wording.english import plainly
from hesuan.schemas.fault import PolicyFault
from hesuan.schemas.policy import Parameter, Policy, load_policy, read_policy
from hesuan.schemas.rate_tier import RateTier

WORDS = {
    "zh": {
        "title": "{}（{}）",
        "source": "所据材料：{}",
        "others": "；另可读作 {}",
        "comma": "、",
        "semicolon": "；",
        "cap": "，每笔至多 {} 元",
        "under": "（{}）",
        "always": "无条件",
        "assumed": "公开材料未见：",
        "own": "自定：",
    },
    "en": {
        "title": "{} ({})",
        "source": "drawn from: {}",
        "others": "; could also be read as {}",
        "comma": ", ",
        "semicolon": "; ",
        "cap": ", at most {} CNY a claim",
        "under": " ({})",
        "always": "without condition",
        "assumed": "not seen in public sources: ",
        "own": "the house's own: ",
    },
}


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


def policy_lines(policy: Policy, lang: str) -> list[str]:
    """What the law says and the house's own reasons are quoted in Chinese, as they are written."""
    words = WORDS[lang]
    lines = [words["title"].format(policy.title_zh, policy.number)]
    lines += [words["source"].format(policy.source_zh)] if policy.source_zh else []
    for p in policy.parameters:
        others = words["others"].format(words["comma"].join(p.alternatives)) if p.alternatives else ""
        reading = f" [{p.reading}{others}]" if p.reading else ""
        unit = p.unit if lang == "zh" else plainly(p.unit)
        lines.append(f"{p.key} = {p.written} {unit}{reading}  {_ground(p, lang)}")
    return lines + [_tier_line(tier, lang) for tier in policy.rate_tiers]


def _tier_line(tier: RateTier, lang: str) -> str:
    words = WORDS[lang]
    asked = [
        f"{c.fact} {c.operator} {c.number if c.number is not None else '|'.join(c.words)}"
        for c in tier.conditions
    ]
    cap = "" if tier.cap_yuan is None else words["cap"].format(tier.cap_yuan)
    under = words["under"].format(words["semicolon"].join(asked) or words["always"])
    return f"rate_tier[{tier.no}] = {tier.ratio} {tier.title_zh}{cap}{under}  {_ground(tier, lang)}"


def _ground(entry: Parameter | RateTier, lang: str) -> str:
    if entry.quote_zh:
        article = entry.article or ""
        return (
            f"{article}“{entry.quote_zh}”"
            if lang == "zh"
            else f"{in_english_plainly(article)} “{entry.quote_zh}”"
        )
    return f"{WORDS[lang]['assumed' if entry.is_assumed else 'own']}{entry.house_reason_zh}"
