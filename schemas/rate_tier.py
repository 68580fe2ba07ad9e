"""Rate tiers of a policy file: a ratio and the conditions on facts of a claim under which it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hesuan.schemas.policy_entry import (
    DATES,
    GROUND,
    Entry,
    Trouble,
    field_troubles,
    ground_troubles,
    nearest,
    period_troubles,
)
from hesuan.schemas.policy_key import BIGGEST, PolicyKey
from hesuan.schemas.policy_value import NUMBERS, normal, value_trouble
from hesuan.schemas.tables.applicant import TABLE as APPLICANT
from hesuan.schemas.tables.contract import TABLE as CONTRACT
from hesuan.schemas.toml_place import Places

NAME = "rate_tier"
SELECT = "rate.select"
OF_NUMBERS = ("below", "at_least", "at_most", "is")
OF_WORDS = ("is", "in")
FIELDS: dict[str, type] = {
    "title_zh": str,
    "ratio": object,
    "cap_yuan": object,
    "when": dict,
    **GROUND,
    **DATES,
}
_RATIO = PolicyKey("ratio", "ratio", at_least=Decimal(0), at_most=Decimal(1), places=6)
_CAP = PolicyKey("cap_yuan", "yuan", at_least=Decimal(0), at_most=BIGGEST, places=2)


def _choice(name: str, words: tuple[tuple[str, str], ...]) -> PolicyKey:
    return PolicyKey(name, "word", tuple(word for word, _ in words))


def _flag(name: str) -> PolicyKey:
    return PolicyKey(name, "flag")


_ALL = (
    PolicyKey("applicant.age_months", "count", unit="月", at_least=Decimal(0), at_most=BIGGEST),
    _choice("applicant.type", APPLICANT.column("applicant_type").choices),
    _choice("applicant.size_class", APPLICANT.column("size_class").choices),
    _choice("applicant.industry", APPLICANT.column("industry").choices),
    PolicyKey(
        "applicant.year_contract_yuan", "yuan", unit="元", at_least=Decimal(0), at_most=BIGGEST, places=2
    ),
    _flag("provider.in_provincial_monitoring"),
    _flag("facility.is_domestic"),
    _choice("project.level", CONTRACT.column("project_level").choices),
    _flag("use.filed_model_service"),
)
FACTS = {fact.name: fact for fact in _ALL}
"""What a condition may ask of a claim; each is a line of flows/sql/decided/claim_fact.sql."""


@dataclass(frozen=True)
class Condition:
    """One demand on one fact. `number` for a number, `words` for anything else."""

    fact: str
    operator: str
    number: Decimal | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class RateTier:
    """One rate. It holds where every condition does; cap_yuan bounds the subsidy of one claim at this rate."""

    no: int
    title_zh: str
    ratio: Decimal
    cap_yuan: Decimal | None
    conditions: tuple[Condition, ...]
    valid_from: date
    valid_to: date | None
    article: str | None
    quote_zh: str | None
    house_reason_zh: str | None
    is_assumed: bool


def tier_entries(says: dict[str, Any], places: Places) -> tuple[list[Entry], list[Trouble]]:
    """The tiers in the order of the file, named rate_tier[1], rate_tier[2], …"""
    tiers = says.get(NAME, [])
    if not isinstance(tiers, list) or not all(isinstance(tier, dict) for tier in tiers):
        return [], [Trouble(places.line((NAME,)), NAME, f"应写作 [[{NAME}]]，每档一张表")]
    return [Entry(f"{NAME}[{n + 1}]", places.line((NAME,), n), tier) for n, tier in enumerate(tiers)], []


def tier_troubles(entry: Entry, instrument: dict[str, Any]) -> Iterator[Trouble]:
    yield from field_troubles(entry, FIELDS, ("title_zh", "ratio"))
    yield from ground_troubles(entry)
    yield from period_troubles(entry, instrument)
    for key in (_RATIO, _CAP):
        trouble = value_trouble(key, entry.says[key.name]) if key.name in entry.says else None
        if trouble is not None:
            yield entry.trouble(f"{key.name} {trouble}")
    when = entry.says.get("when", {})
    for fact, demand in _demands(when) if isinstance(when, dict) else ():
        for says in _demand_troubles(fact, demand):
            yield entry.trouble(f"when.{fact}: {says}")


def rate_tier(no: int, says: dict[str, Any], instrument: dict[str, Any]) -> RateTier:
    """A tier without troubles. no: from 1."""
    cap = says.get("cap_yuan")
    return RateTier(
        no=no,
        title_zh=says["title_zh"],
        ratio=Decimal(says["ratio"]),
        cap_yuan=None if cap is None else Decimal(cap),
        conditions=tuple(
            c for fact, demand in _demands(says.get("when", {})) for c in _conditions(fact, demand)
        ),
        valid_from=says.get("valid_from", instrument["valid_from"]),
        valid_to=says.get("valid_to", instrument.get("valid_to")),
        article=says.get("article"),
        quote_zh=says.get("quote_zh"),
        house_reason_zh=says.get("house_reason_zh"),
        is_assumed=says.get("assumed", False),
    )


def _demands(tree: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Fact → what is asked of it, however its dots are written."""
    for part, node in tree.items():
        name = f"{prefix}{part}"
        if isinstance(node, dict) and name not in FACTS:
            yield from _demands(node, f"{name}.")
        else:
            yield name, node


def _demand_troubles(name: str, demand: Any) -> Iterator[str]:
    fact = FACTS.get(name)
    if fact is None:
        yield f"不认得的事实{nearest(name, FACTS)}"
        return
    known = OF_NUMBERS if fact.kind in NUMBERS else OF_WORDS
    if demand == {}:
        yield f"须写明 {'、'.join(known)} 之一"
    for operator, asked in demand.items() if isinstance(demand, dict) else [("is", demand)]:
        if operator not in known:
            yield f"{operator} 应为 {'、'.join(known)} 之一"
        elif operator == "in" and not (isinstance(asked, list) and asked):
            yield "in 之后应为列表"
        else:
            found = (value_trouble(fact, each) for each in (asked if operator == "in" else [asked]))
            yield from (says for says in found if says is not None)


def _conditions(name: str, demand: Any) -> Iterator[Condition]:
    for operator, asked in demand.items() if isinstance(demand, dict) else [("is", demand)]:
        items = [normal(each) for each in (asked if operator == "in" else [asked])]
        if FACTS[name].kind in NUMBERS:
            yield Condition(name, operator, number=items[0])  # type: ignore[arg-type]
        else:
            yield Condition(name, operator, words=tuple(str(each).lower() for each in items))
