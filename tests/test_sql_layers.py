"""The SQL: each schema reads only what lies to its left; no clock, no chance, no threshold of its own."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.schemas.policy import load_policy, policy_ids

ROOT = Path(__file__).parents[1]
SCHEMAS = ("lake", "reconciled", "decided", "policy", "earlier", "published", "run")
READS = {
    "flows/sql/lake": {"lake"},
    "flows/sql/reconciled": {"lake", "reconciled"},
    "flows/sql/decided": {"lake", "reconciled", "decided", "policy"},
    "flows/sql/earlier": set(SCHEMAS),
    "flows/sql/published": set(SCHEMAS),
    "flows/sql/ledger": {"published", "policy"},
    "flows/sql/people": {"published"},
    "validators/rules": {"lake", "reconciled", "decided", "policy"},
}
JUDGING = ("flows/sql/decided/", "validators/rules/")
REFERENCE = re.compile(rf"(?<![\w.])({'|'.join(SCHEMAS)})\.(\w+)")
COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
TEXT = re.compile(r"'(?:[^']|'')*'")
FORBIDDEN = {
    "clock": re.compile(
        r"\b(now|today|get_current_timestamp|transaction_timestamp)\s*\(|\bcurrent_(date|time|timestamp)\b"
    ),
    "chance": re.compile(r"\b(random|setseed|uuid|gen_random_uuid)\s*\(|\busing\s+sample\b|\btablesample\b"),
    "float": re.compile(r"\b(double|float[48]?)\b"),
}
ELSE_CLEARS = re.compile(r"\belse\s+'(?!unknown')\w+'\s+end\s+as\s+verdict\b|\belse\s+'pass'", re.IGNORECASE)
# 0 and 1 count things; any other bound in a judgement is policy.
BOUND = re.compile(r"(?:<=|>=|<|>|\bbetween)\s*(-?\d+(?:\.\d+)?)(?![\d.])")


@dataclass(frozen=True)
class Query:
    """One .sql file; `body` is lower case and without comments, `bare` also without quoted text."""

    place: str
    body: str

    @property
    def bare(self) -> str:
        return TEXT.sub("''", self.body)

    @property
    def layer(self) -> str:
        return next((layer for layer in READS if self.place.startswith(f"{layer}/")), "")


def query(place: str, text: str) -> Query:
    return Query(place, COMMENT.sub(" ", text).lower())


@cache
def queries() -> list[Query]:
    paths = sorted(path for room in ("flows", "validators") for path in (ROOT / room).rglob("*.sql"))
    return [query(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def reads_to_the_right(one: Query) -> list[str]:
    return sorted(
        {f"{a}.{b}" for a, b in REFERENCE.findall(one.bare) if a not in READS.get(one.layer, set())}
    )


def forbidden_words(one: Query) -> list[str]:
    found = [name for name, pattern in FORBIDDEN.items() if pattern.search(one.bare)]
    return found + (["else clears"] if ELSE_CLEARS.search(one.body) else [])


def literal_bounds(one: Query) -> list[str]:
    """Numbers that an inequality compares with, and amounts of a policy written out."""
    bounds = [number for number in BOUND.findall(one.bare) if Decimal(number) not in (0, 1)]
    written = {
        Decimal(number.replace("_", "")) for number in re.findall(r"(?<![\w.])\d[\d_]*(?:\.\d+)?", one.bare)
    }
    return bounds + sorted(str(amount) for amount in written & policy_amounts())


@cache
def policy_amounts() -> set[Decimal]:
    """Values of all policies that are large enough not to be met by chance; a power of ten is a scale (millionths)."""
    values = {p.value for name in policy_ids() for p in load_policy(name).parameters}
    numbers = {value for value in values if isinstance(value, Decimal) and value >= 10_000}
    return {value for value in numbers if value != Decimal(10) ** value.adjusted()}


def test_every_query_lies_in_a_layer() -> None:
    assert [one.place for one in queries() if not one.layer] == []


def test_every_layer_reads_only_to_its_left() -> None:
    assert {one.place: reads_to_the_right(one) for one in queries() if reads_to_the_right(one)} == {}


def test_no_query_has_a_clock_chance_or_a_clearing_else() -> None:
    assert {one.place: forbidden_words(one) for one in queries() if forbidden_words(one)} == {}


def test_no_judgement_has_a_literal_threshold() -> None:
    judging = [one for one in queries() if one.place.startswith(JUDGING)]
    assert {one.place: literal_bounds(one) for one in judging if literal_bounds(one)} == {}


def test_a_query_that_reads_to_the_right_is_seen() -> None:
    wrong = query("flows/sql/reconciled/x.sql", "select a from decided.claim join lake.invoice using (b)")
    assert reads_to_the_right(wrong) == ["decided.claim"]


def test_words_in_comments_and_texts_are_not_seen() -> None:
    fine = query(
        "validators/rules/x.sql", "/* now() */ select 'current_date > 5' as a -- random()\nfrom lake.claim"
    )
    assert forbidden_words(fine) + literal_bounds(fine) == []


def test_a_missing_value_that_clears_an_offence_is_seen() -> None:
    assert forbidden_words(query("validators/rules/x.sql", "case when a then 'flag' else 'pass' end")) == [
        "else clears"
    ]
    assert forbidden_words(
        query("validators/rules/x.sql", "case when a then 'flag' ELSE 'not_applicable' end as verdict")
    )
    assert not forbidden_words(
        query("validators/rules/x.sql", "case when a then 'flag' else 'unknown' end as verdict")
    )


def test_a_literal_threshold_is_seen() -> None:
    assert literal_bounds(query("validators/rules/x.sql", "select a >= 49999, b > 0, count(*) > 1")) == [
        "49999"
    ]
    assert literal_bounds(query("validators/rules/x.sql", "select least(a, 3_000_000)")) == ["3000000"]


def test_a_view_for_people_says_which_of_its_rows_are_no_parts_of_the_others() -> None:
    people = sql_cards("people", schema="published")
    whole = sql_cards("published")["published.reconciliation"]
    assert people["published.v_三方比对"].grain_zh.startswith(whole.grain_zh)
    logged = people["published.v_日用量比对"].columns["日志卡时"]
    assert "不足一卡秒" in logged
    assert "未计入" in logged
