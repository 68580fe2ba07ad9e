"""The generated tables of README.md: which formats are read, what may be handed in, what is checked, what is in force.

`python -m hesuan.flows.readme` rewrites them in a checkout; the text around them is written by hand.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from hesuan.flows.adapters import adapters
from hesuan.flows.reference.quantity import quantities
from hesuan.schemas.card import SEVERITIES, RuleCard
from hesuan.schemas.fault import Fault, UsageFault
from hesuan.schemas.format import UNCOUNTED, Format, Proof
from hesuan.schemas.policy import Parameter, Policy, Value, default_policy_id, load_policy, policy_ids
from hesuan.schemas.table import Column, Table
from hesuan.schemas.tables import tables
from hesuan.validators.judge import rule_cards

_SECTION = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_WORDS = {True: "是", False: "否"}


def generated_sections() -> dict[str, str]:
    """Section name → Markdown. The same house gives the same text."""
    policies = [load_policy(policy_id) for policy_id in policy_ids()]
    [chosen] = [policy for policy in policies if policy.id == default_policy_id()]
    return {
        "adapters": format_list({adapter.NAME: adapter.FORMATS for adapter in adapters()}),
        "tables": table_list(tables().values()),
        "quantities": quantity_list(quantities()),
        "rules": rule_list(rule_cards()),
        "clauses": clause_list(clauses(chosen.id), chosen.parameters, rule_cards()),
        "law": law_list(p for p in chosen.parameters if p.quote_zh is not None),
        "assumptions": assumption_list(p for p in chosen.parameters if p.quote_zh is None),
        "policies": policy_list(policies),
    }


def clauses(policy_id: str) -> list[dict[str, Any]]:
    """What each article of the instrument comes down to here: article, readings, columns, people_zh."""
    text = (files("hesuan.data") / "clauses" / f"{policy_id}.toml").read_text("utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["clause"]
    return found


def clause_list(
    found: Iterable[dict[str, Any]], parameters: Iterable[Parameter], cards: Iterable[RuleCard]
) -> str:
    """One row per article: its keys, its rules, the published columns that show it, and what is left to people."""
    keys, rules = list(parameters), list(cards)
    rows = []
    for clause in found:
        article, readings = clause["article"], clause.get("readings", [])
        own = [f"`{p.key}`" for p in keys if p.article == article or p.reading in readings]
        named = [card.id for card in rules if article in card.article.split("、")]
        columns = [f"`{column}`" for column in clause["columns"]]
        rows.append((article, "、".join(own), "、".join(named), "、".join(columns), clause["people_zh"]))
    return _markdown(("条款", "参数与解读", "规则", "公布的列", "留给人的"), rows)


def policy_list(policies: Iterable[Policy]) -> str:
    """One row per instrument, with how much of it was quoted, told by extracts, or assumed."""
    rows = [
        (
            f"`{p.id}`",
            p.title_zh,
            {"draft": "征求意见稿", "final": "正式"}[p.status],
            str(sum(x.quote_zh is not None for x in p.parameters)),
            str(sum(x.is_assumed for x in p.parameters)),
            str(len(p.rate_tiers)),
            p.source_zh or "",
        )
        for p in policies
    ]
    return _markdown(("编号", "办法", "状态", "引原文的参数", "假定的参数", "比率档", "据何写成"), rows)


def with_sections(readme: str, sections: dict[str, str]) -> str:
    """The README with every marked section filled. Raises UsageFault unless each section is marked once."""
    marked = [name for _, name, _ in _SECTION.findall(readme)]
    if sorted(marked) != sorted(sections):
        raise UsageFault(f"README.md: 标记的段落 {sorted(marked)}，应为 {sorted(sections)} 各一处")
    return _SECTION.sub(lambda found: f"{found[1]}\n{sections[found[2]]}\n\n{found[3]}", readme)


def format_list(found: Mapping[str, Iterable[Format]]) -> str:
    """One row per format, those that prove the same together, with the adapters that read it."""
    names = [f"{q['symbol']} {q['title_zh']}" for q in quantities()]
    titles = dict(zip((q["quantity"] for q in quantities()), names, strict=True)) | UNCOUNTED
    readers: dict[Format, list[str]] = {}
    for name, formats in found.items():
        for each in formats:
            readers.setdefault(each, []).append(f"`{name}`")
    order = get_args(Proof)
    rows = [
        (f.title_zh, f.seen_zh, "、".join(titles[p] for p in f.proves), f.cannot_zh, "、".join(readers[f]))
        for f in sorted(readers, key=lambda f: (order.index(f.proves[0]), len(readers[f])))
    ]
    return _markdown(("格式", "见过的版本", "能证明", "不能证明", "适配器"), rows)


def table_list(found: Iterable[Table]) -> str:
    """One row per table that may be handed in; a column in brackets may be empty."""
    rows = [(f"`{t.name}`", t.zh, t.grain_zh, "、".join(_header(c) for c in t.columns)) for t in found]
    return _markdown(("表", "中文名", "一行是", "列（方括号内可空）"), rows)


def rule_list(cards: Iterable[RuleCard]) -> str:
    """One row per rule card."""
    rows = [(c.id, c.title_zh, c.article, SEVERITIES[c.severity]) for c in sorted(cards, key=lambda c: c.id)]
    return _markdown(("规则", "查什么", "条款", "后果"), rows)


def quantity_list(found: Iterable[dict[str, str]]) -> str:
    """One row per kind of card-hours."""
    rows = [
        (f"{q['symbol']} {q['title_zh']}", q["meaning_zh"], q["formula_zh"], f"`{q['column']}`")
        for q in found
    ]
    return _markdown(("量", "是什么", "算式", "公布的列"), rows)


def law_list(parameters: Iterable[Parameter]) -> str:
    """One row per parameter that the text itself gives."""
    rows = [(f"`{p.key}`", p.title_zh, _value(p), p.article or "", f"“{p.quote_zh}”") for p in parameters]
    return _markdown(("键", "参数", "值", "条款", "原文"), rows)


def assumption_list(parameters: Iterable[Parameter]) -> str:
    """One row per parameter that the house chose, with the other readings of the text."""
    rows = [
        (
            f"`{p.key}`",
            p.title_zh,
            _value(p),
            p.reading or "",
            "、".join(p.alternatives),
            p.house_reason_zh or "",
        )
        for p in parameters
    ]
    return _markdown(("键", "参数", "取值", "解读", "其他读法", "理由"), rows)


def _header(column: Column) -> str:
    return column.zh if column.required and column.default is None else f"[{column.zh}]"


def _value(parameter: Parameter) -> str:
    return f"{_plain(parameter.value)} {parameter.unit}".strip()


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return _WORDS[value]
    return f"{value:,}" if isinstance(value, Decimal) else value


def _markdown(headers: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [headers, ("---",) * len(headers), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def main() -> int:
    """Rewrite the README of the checkout this module lies in; an installed wheel has none."""
    path = Path(__file__).parents[1] / "README.md"
    try:
        if not path.exists():
            raise UsageFault(f"{path.name}: 不在源码目录中，无从改写")
        written = with_sections(path.read_text(encoding="utf-8"), generated_sections())
    except Fault as fault:
        sys.stderr.write(f"{fault}\n")
        return fault.exit_code
    path.write_text(written, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
