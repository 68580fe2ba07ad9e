"""SQL cards: a leading block comment that holds TOML, then one SELECT. The file's name is the relation's."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.resources.abc import Traversable
from typing import Any

from hesuan.schemas.fault import CardFault

SCHEMAS = ("lake", "reconciled", "decided", "earlier", "published")
SEVERITIES = {"block": "建议不予", "adjust": "核减", "hold": "暂缓待核", "note": "提示"}
# How the meaning of an evidence column says that nothing is there, which is not the same as unknown.
NONE, MAY_BE_NONE = "—", "— 为"
_REFERENCE = re.compile(r"\b(" + "|".join(SCHEMAS) + r")\.([a-z_][a-z0-9_]*)")
_ASKED = re.compile(r"policy\.(optional_)?(?:number|word)\(\s*'([^']+)'")
_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)


@dataclass(frozen=True)
class Card:
    """One relation. `columns` maps each column of the SELECT, in order, to its meaning.

    Most are tables; `view = true` in the header leaves a wide, cheap one to be worked out by its readers.
    no_rows_without: relations of which each must have rows, or this one has none.
    """

    name: str
    text: str
    title_zh: str
    grain_zh: str
    columns: dict[str, str]
    references: frozenset[str]
    is_view: bool = False
    no_rows_without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trace:
    """Where a finding's source rows lie: rows of `relation` that agree with the evidence in all of `using`.

    Nothing in `using`: `where` alone tells, as for another provider's rows.
    """

    relation: str
    using: tuple[str, ...]
    where: str = "true"


@dataclass(frozen=True)
class RuleCard:
    """One rule. Its SELECT gives one row per subject: subject_id, verdict, then exactly the evidence columns.

    severity: the gravest a finding of the rule can have. Where a reading makes it less, the rule says so row by row
    in an evidence column of that name.
    because: its sentence. unknown: what is said in its place where the verdict is unknown, () where it serves both:
    the first whose facts are all there, or else the last.
    """

    id: str
    text: str
    title_zh: str
    title_en: str
    article: str
    severity: str
    status: str
    subject: str
    because_zh: str
    because_en: str
    innocent_zh: tuple[str, ...]
    evidence: dict[str, str]
    policy_keys: tuple[str, ...]
    trace: tuple[Trace, ...]
    references: frozenset[str] = field(default_factory=frozenset)
    innocent_en: tuple[str, ...] = ()
    unknown_zh: tuple[str, ...] = ()
    unknown_en: tuple[str, ...] = ()

    def may_be_none(self, name: str) -> bool:
        """Whether a null or “—” of that evidence column says that there is none; the English text goes by its twin x_zh."""
        meanings = (self.evidence.get(name, ""), self.evidence.get(f"{name}_zh", ""))
        return any(MAY_BE_NONE in meaning for meaning in meanings)


def header(text: str, *, place: str) -> dict[str, Any]:
    """The TOML of the leading block comment. Raises CardFault naming the card."""
    match = re.match(r"\s*/\*(.*?)\*/", text, re.DOTALL)
    if match is None:
        raise CardFault(f"{place}: 缺少开头的 /* … */ 说明")
    try:
        return tomllib.loads(match.group(1))
    except tomllib.TOMLDecodeError as error:
        raise CardFault(f"{place}: 说明不是合法的 TOML：{error}") from error


@cache
def references(text: str) -> frozenset[str]:
    """Names of relations the SELECT reads, as schema.relation; comments left out."""
    return frozenset(".".join(found) for found in _REFERENCE.findall(_COMMENT.sub(" ", text)))


@cache
def asked_keys(text: str) -> dict[str, bool]:
    """Policy key → whether a value must be in force (policy.optional_… lets it be missing); comments left out."""
    found: dict[str, bool] = {}
    for optional, key in _ASKED.findall(_COMMENT.sub(" ", text)):
        found[key] = found.get(key, False) or not optional
    return found


@cache
def relation_card(text: str, *, name: str) -> Card:
    says = header(text, place=name)
    for key in ("title_zh", "grain_zh", "columns"):
        if key not in says:
            raise CardFault(f"{name}: 说明缺少 {key}")
    return Card(
        name,
        text,
        says["title_zh"],
        says["grain_zh"],
        says["columns"],
        references(text) - {name},
        bool(says.get("view")),
        tuple(says.get("no_rows_without", ())),
    )


@cache
def rule_card(text: str, *, place: str) -> RuleCard:
    says = header(text, place=place)
    needed = ("id", "title_zh", "title_en", "article", "severity", "status", "subject")
    lacking = [k for k in (*needed, "because_zh", "because_en", "innocent_zh", "evidence") if not says.get(k)]
    if lacking:
        raise CardFault(f"{place}: 说明缺少 {', '.join(lacking)}")
    english = says.get("innocent_en", ())
    if english and len(english) != len(says["innocent_zh"]):
        raise CardFault(f"{place}: innocent_en 须与 innocent_zh 逐条对应")
    if len(says.get("unknown_en", ())) != len(says.get("unknown_zh", ())):
        raise CardFault(f"{place}: unknown_en 须与 unknown_zh 逐条对应")
    if says["severity"] not in SEVERITIES:
        raise CardFault(f"{place}: severity “{says['severity']}” 应为 {', '.join(SEVERITIES)} 之一")
    return RuleCard(
        **{key: says[key] for key in needed},
        text=text,
        because_zh=says["because_zh"],
        because_en=says["because_en"],
        innocent_zh=tuple(says["innocent_zh"]),
        innocent_en=tuple(english),
        unknown_zh=tuple(says.get("unknown_zh", ())),
        unknown_en=tuple(says.get("unknown_en", ())),
        evidence=says["evidence"],
        policy_keys=tuple(says.get("policy", ())),
        trace=tuple(
            Trace(t["relation"], tuple(t["using"]), t.get("where", "true")) for t in says.get("trace", ())
        ),
        references=references(text),
    )


def build_order(cards: dict[str, Card]) -> list[Card]:
    """Every card after the cards it reads. Raises CardFault on a cycle."""
    graph = {name: {r for r in card.references if r in cards} for name, card in sorted(cards.items())}
    try:
        return [cards[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        raise CardFault(f"关系互相引用：{' → '.join(error.args[1])}") from error


def cards_below(folder: Traversable, *, prefix: str) -> dict[str, Card]:
    """Every relation card in a folder and its rooms: claim.sql anywhere below `published` is published.claim.

    Raises CardFault where two files would make one relation.
    """
    found: dict[str, Card] = {}
    for file in sorted(_files_below(folder), key=lambda f: f.name):
        name = f"{prefix}.{file.name.removesuffix('.sql')}"
        if name in found:
            raise CardFault(f"{name} 有两份文件")
        found[name] = relation_card(file.read_text(encoding="utf-8"), name=name)
    return found


def _files_below(folder: Traversable) -> Iterator[Traversable]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _files_below(each)
        elif each.name.endswith(".sql"):
            yield each
