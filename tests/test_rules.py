"""The rules: every case of every rule, and what every card must say and keep."""

import re
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from hesuan.flows.warehouse import Connection
from hesuan.schemas.card import RuleCard, asked_keys, rule_card
from hesuan.schemas.fault import CardFault
from hesuan.schemas.policy import load_policy, policy_ids
from hesuan.schemas.policy_key import POLICY_KEYS
from hesuan.validators.judge import VERDICTS, rule_cards
from tests.rule_case import CASES, RuleCase, Trial, cases_of, court, tried

CARDS = rule_cards()
# The column that names a subject, where a trace's key is no evidence column.
SUBJECT_KEYS = {
    "claim": "claim_id",
    "invoice": "invoice_number",
    "contract": "contract_no",
    "provider": "provider_id",
    "voucher": "voucher_id",
}
COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
PLACEHOLDER = re.compile(r"\{(\w*)\}")
ACCUSING = re.compile("诈骗|造假|欺诈|骗取|fraud|forge|fake", re.IGNORECASE)


@pytest.fixture(scope="module")
def empty_court() -> Iterator[Connection]:
    with court() as connection:
        yield connection


Trials = Callable[[RuleCard], list[Trial]]


@pytest.fixture(scope="module")
def trials(empty_court: Connection) -> Trials:
    """Card → what the judge made of each of its cases; tried once."""

    @cache
    def of(rule_id: str) -> list[Trial]:
        [card] = [card for card in CARDS if card.id == rule_id]
        return [tried(empty_court, card, case) for case in cases_of(rule_id)]

    return lambda card: of(card.id)


def by_id(card: RuleCard) -> str:
    return card.id


every_card = pytest.mark.parametrize("card", CARDS, ids=by_id)


@pytest.mark.parametrize(
    ("card", "nth", "case"),
    [
        pytest.param(card, nth, case, id=f"{card.id}-{nth + 1}")
        for card in CARDS
        for nth, case in enumerate(cases_of(card.id))
    ],
)
def test_a_case_is_judged_as_expected(trials: Trials, card: RuleCard, nth: int, case: RuleCase) -> None:
    trial = trials(card)[nth]
    assert trial.verdicts == case.expect, case.name
    assert {s: trial.severities[s] for s in case.expect_severity} == case.expect_severity, case.name
    assert case.expect_zh in "\n".join(trial.sentences_zh), case.name
    for expected, lang in ((case.expect_unknown_zh, 0), (case.expect_unknown_en, 1)):
        assert {s: words for s, words in expected.items() if words not in trial.unknown[s][lang]} == {}, (
            case.name
        )


def test_every_case_file_belongs_to_a_rule() -> None:
    assert {path.stem for path in CASES.glob("*.toml")} <= {card.id for card in CARDS}


@every_card
def test_every_rule_shows_what_it_can_say(card: RuleCard) -> None:
    """A pass and a flag always; unknown and not_applicable where the SELECT can say so."""
    can_say = {word for word in VERDICTS if f"'{word}'" in body(card)}
    shown = {verdict for case in cases_of(card.id) for verdict in case.expect.values()}
    assert (can_say | {"pass", "flag"}) - shown == set(), "no case shows it"


@every_card
def test_every_trace_leads_from_evidence_to_rows(
    card: RuleCard, empty_court: Connection, trials: Trials
) -> None:
    for trace in card.trace:
        columns = {row[0] for row in empty_court.execute(f"describe {trace.relation}").fetchall()}
        assert {"file_sha256", "row_no", *trace.using} <= columns
        assert set(trace.using) <= set(card.evidence) | {SUBJECT_KEYS.get(card.subject)}
    followed = {relation for trial in trials(card) for relation in trial.rows}
    assert {trace.relation for trace in card.trace} <= followed, "some case should show a row of each"


@every_card
def test_a_finding_shows_each_source_row_once_however_many_traces_lead_to_it(
    card: RuleCard, trials: Trials
) -> None:
    assert [row for trial in trials(card) for row in trial.told_twice] == []


@cache
def held_by(policy_id: str) -> dict[str, str]:
    return {parameter.key: str(parameter.value).lower() for parameter in load_policy(policy_id).parameters}


@every_card
def test_every_policy_key_is_declared_used_and_known(card: RuleCard) -> None:
    asked = asked_keys(card.text)
    assert set(card.policy_keys) == set(asked)
    assert set(card.policy_keys) <= set(POLICY_KEYS)
    used = {key for key, is_needed in asked.items() if is_needed}
    for name in policy_ids():
        held = held_by(name)
        lifted = {k.name for k in POLICY_KEYS.values() if k.unless and held.get(k.unless[0]) == k.unless[1]}
        assert used <= held.keys() | lifted


@every_card
def test_every_sentence_is_made_of_evidence(card: RuleCard) -> None:
    for sentences, end in (
        ((card.because_zh, *card.unknown_zh), "。"),
        ((card.because_en, *card.unknown_en), "."),
    ):
        for sentence in sentences:
            names = set(PLACEHOLDER.findall(sentence))
            assert names
            assert names <= set(card.evidence)
            assert sentence.endswith(end)


def test_a_card_that_tells_the_unknown_in_one_language_only_is_refused() -> None:
    with_unknown = next(card for card in CARDS if len(card.unknown_zh) == 1)
    half = re.sub("unknown_en = \\[.*?\n\\]", "", with_unknown.text, flags=re.DOTALL)
    with pytest.raises(CardFault, match="unknown_en 须与 unknown_zh 逐条对应"):
        rule_card(half, place="half.sql")


def untwinned(sentence: str) -> list[str]:
    """The facts of a sentence; of those told in each language, the name they share."""
    return sorted(re.sub("_(zh|en)$", "", name) for name in PLACEHOLDER.findall(sentence))


@every_card
def test_what_cannot_be_judged_is_told_alike_in_both_languages_and_asks_for_something(card: RuleCard) -> None:
    for chinese, english in zip(card.unknown_zh, card.unknown_en, strict=True):
        assert untwinned(chinese) == untwinned(english)
        assert "请" in chinese
        assert re.search("[Pp]lease|the panel", english)


@every_card
def test_every_sentence_for_what_cannot_be_judged_is_shown_by_a_case(trials: Trials, card: RuleCard) -> None:
    """The first sentence whose facts are all there is told: each of a card's has a case that comes to it."""
    told = [chinese for trial in trials(card) for chinese, _ in trial.unknown.values()]
    for sentence in card.unknown_zh:
        pattern = ".+?".join(map(re.escape, PLACEHOLDER.sub("\0", sentence).split("\0")))
        assert any(re.search(f"判断：{pattern}$", each) for each in told), sentence


@every_card
def test_every_card_names_its_article_and_spares_the_innocent(card: RuleCard) -> None:
    assert re.fullmatch("第[一二三四五六七八九十]+条(?:、第[一二三四五六七八九十]+条)*", card.article)
    assert card.innocent_zh
    assert all(len(sentence) >= 12 for sentence in card.innocent_zh)
    assert all(card.evidence.values())


@every_card
def test_no_card_accuses(card: RuleCard) -> None:
    assert ACCUSING.findall(card.text) == []


def body(card: RuleCard) -> str:
    return COMMENT.sub(" ", card.text)
