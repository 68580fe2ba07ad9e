"""The voucher ledger: events in any order with any amounts, corrected, withdrawn and killed between any two writes."""

import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from hesuan.flows.ledger.book import missing, post, read_book
from hesuan.flows.ledger.entry import Entry, Event, settle
from hesuan.schemas.fault import EvidenceFault
from tests.ledger_reference import balances, expected, fen, voucher_sums

EVERYDAY, FULL = 25, 250
POOL = Decimal("1000.00")
YEARS = (2026, 2027)
ARTICLES = {
    "apply": "第十一条",
    "effect": "第十一条",
    "redeem": "第十二条",
    "lapse": "第十四条",
    "revoke": "第十七条",
    "recover": "第十七条",
}
vouchers = st.sampled_from(["V1", "V2", "V3"])
years = st.sampled_from(YEARS)
amounts = st.one_of(
    st.none(),
    st.sampled_from([Decimal("0.01"), Decimal("500.00"), POOL, Decimal("1000.01"), Decimal("-0.01")]),
    st.integers(0, 120_000).map(lambda cents: Decimal(cents).scaleb(-2)),
)
applicants = st.sampled_from(["U1", "U2"])


class Nights(RuleBasedStateMachine):
    """Facts come, are corrected and go; after each the book is posted, and every posting may be cut off at any byte."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "ledger.jsonl"
        self.facts: dict[str, Event] = {}
        self.cut = 0

    @initialize()
    def opened(self) -> None:
        for year in YEARS:
            self.happen(Event("open", year, amount_yuan=POOL), again=False)

    def happen(self, event: Event, *, again: bool) -> None:
        """A fact of its own where the voucher's event is new or happens again; else a correction of the one known."""
        nth = 1
        while again and replace(event, nth=nth).key in self.facts:
            nth += 1
        self.facts[replace(event, nth=nth).key] = replace(event, nth=nth)

    @rule(year=years, voucher=vouchers, applicant=applicants, amount=amounts, again=st.booleans())
    def apply(self, year: int, voucher: str, applicant: str, amount: Decimal | None, again: bool) -> None:
        self.happen(Event("apply", year, voucher, applicant, "K", amount), again=again)

    @rule(year=years, voucher=vouchers, again=st.booleans())
    def effect(self, year: int, voucher: str, again: bool) -> None:
        self.happen(Event("effect", year, voucher), again=again)

    @rule(year=years, voucher=vouchers, amount=amounts, keeps_rest=st.booleans(), again=st.booleans())
    def redeem(self, year: int, voucher: str, amount: Decimal | None, keeps_rest: bool, again: bool) -> None:
        self.happen(Event("redeem", year, voucher, amount_yuan=amount, keeps_rest=keeps_rest), again=again)

    @rule(year=years, voucher=vouchers, again=st.booleans())
    def expire(self, year: int, voucher: str, again: bool) -> None:
        self.happen(Event("lapse", year, voucher), again=again)

    @rule(year=years, voucher=vouchers, again=st.booleans())
    def revoke(self, year: int, voucher: str, again: bool) -> None:
        self.happen(Event("revoke", year, voucher), again=again)

    @rule(year=years, voucher=vouchers, amount=amounts, again=st.booleans())
    def recover(self, year: int, voucher: str, amount: Decimal | None, again: bool) -> None:
        self.happen(Event("recover", year, voucher, amount_yuan=amount), again=again)

    @rule(pick=st.integers(min_value=0))
    def withdraw(self, pick: int) -> None:
        """A fact turns out not to be one: its file is superseded without it."""
        key = sorted(self.facts)[pick % len(self.facts)]
        if not key.startswith("open"):
            del self.facts[key]

    @rule(cut=st.integers(min_value=0))
    def killed_at(self, cut: int) -> None:
        """Where the next posting dies; without this, at one byte after another."""
        self.cut = cut

    def posted_through_a_kill(self, due: list[Entry]) -> list[Entry]:
        """The posting dies after any of its bytes: whole batches stay, and the next one writes the same bytes."""
        before = self.path.read_bytes() if self.path.exists() else b""
        known = read_book(self.path)
        whole = post(due, self.path)
        after = self.path.read_bytes()
        assert after.startswith(before)
        self.cut += 7919
        left = len(before) + self.cut % (len(after) - len(before) + 1)
        self.path.write_bytes(after[:left])
        assert read_book(self.path) == (whole if left == len(after) else known)
        assert post(due, self.path) == whole
        assert self.path.read_bytes() == after
        return whole

    @invariant()
    def holds(self) -> None:
        if not self.facts:
            return
        due = settle(self.facts.values())
        book = self.posted_through_a_kill(due)
        after = self.path.read_bytes()
        assert post(due, self.path) == book == read_book(self.path)
        assert self.path.read_bytes() == after
        self.foots(book)

    def foots(self, book: list[Entry]) -> None:
        found = balances(book)
        assert found == expected(self.facts.values())
        assert [sum(yuan for (y, _), yuan in found.items() if y == year) for year in YEARS] == [0, 0]
        assert [p for p, yuan in found.items() if yuan < 0 and p[1] not in ("budget", "pool")] == []
        for sums in voucher_sums(book).values():
            assert sums["recover"] <= sums["redeem"] <= sums["apply"]

    def teardown(self) -> None:
        self.folder.cleanup()


def nights(count: int) -> None:
    run_state_machine_as_test(
        Nights,
        settings=settings(
            max_examples=count,
            stateful_step_count=25,
            deadline=None,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def test_the_book_foots_after_any_events_and_kills() -> None:
    nights(EVERYDAY)


@pytest.mark.slow
def test_the_book_foots_after_any_events_and_kills_in_full() -> None:
    nights(FULL)


def voucher(event: str, amount: str | None = None, **more: object) -> Event:
    yuan = None if amount is None else Decimal(amount)
    return replace(Event(event, 2026, "V", "U", "K", yuan, article=ARTICLES[event]), **more)


def said(*events: Event) -> list[tuple[str, str | None]]:
    """Each line's key, and why it was refused."""
    return [(entry.key, entry.refused_zh) for entry in settle(events)]


APPLIED = voucher("apply", "300.00")
EFFECTIVE = (APPLIED, voucher("effect"))


def test_a_voucher_goes_from_pool_to_redeemed_and_what_is_left_lapses() -> None:
    lines = settle([*EFFECTIVE, voucher("redeem", "250.00")])
    assert [(e.key, e.credit, e.debit, str(e.amount_yuan)) for e in lines] == [
        ("apply:2026:V", "pool", "committed", "300.00"),
        ("effect:2026:V", "committed", "effective", "300.00"),
        ("redeem:2026:V", "effective", "redeemed", "250.00"),
        ("redeem:2026:V:rest", "effective", "lapsed", "50.00"),
    ]


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ((voucher("effect"),), "券 V 尚未申领，不能生效（第十一条）。"),
        ((APPLIED, voucher("redeem", "1.00")), "券 V 已申领而尚未生效，不能兑现（第十二条）。"),
        ((APPLIED, voucher("lapse")), "券 V 已申领而尚未生效，不能失效（第十四条）。"),
        ((*EFFECTIVE, voucher("lapse"), voucher("redeem", "1.00")), "券 V 已失效，不能兑现（第十二条）。"),
        ((*EFFECTIVE, voucher("revoke"), voucher("effect", nth=2)), "券 V 已撤销，不能生效（第十一条）。"),
        (
            (*EFFECTIVE, voucher("redeem", "300.00"), voucher("revoke")),
            "券 V 已兑现，不能撤销（第十七条）。",
        ),
        ((*EFFECTIVE, voucher("redeem", "300.01")), "券 V 可兑现的为 300.00 元，不能兑现 300.01 元。"),
        (
            (*EFFECTIVE, voucher("recover", "0.01")),
            "券 V 已兑现而未追回的为 0.00 元，不能追回 0.01 元（第十七条）。",
        ),
        (
            (*EFFECTIVE, voucher("redeem", "200.00"), voucher("recover", "200.01")),
            "券 V 已兑现而未追回的为 200.00 元，不能追回 200.01 元（第十七条）。",
        ),
        (
            (
                *EFFECTIVE,
                voucher("redeem", "200.00"),
                voucher("recover", "150.00"),
                voucher("recover", "50.01", nth=2),
            ),
            "券 V 已兑现而未追回的为 50.00 元，不能追回 50.01 元（第十七条）。",
        ),
        ((*EFFECTIVE, voucher("redeem")), "券 V 的金额没有凭据，不能记账。"),
        ((voucher("apply", "0.00"),), "金额须大于零，而为 0.00 元。"),
    ],
)
def test_what_is_not_allowed_is_refused_in_a_sentence(events: tuple[Event, ...], says: str) -> None:
    lines = settle(events)
    assert lines[-1].refused_zh == says
    assert (lines[-1].debit, lines[-1].credit) == (None, None)
    assert [line.refused_zh for line in lines[:-1]] == [None] * (len(lines) - 1)


def test_the_whole_face_may_be_redeemed_and_all_of_it_recovered() -> None:
    events = (*EFFECTIVE, voucher("redeem", "300.00"), voucher("recover", "100.00"))
    assert said(*events, voucher("recover", "200.00", nth=2))[2:] == [
        ("redeem:2026:V", None),
        ("recover:2026:V", None),
        ("recover:2026:V:2", None),
    ]


def test_a_corrected_fact_is_reversed_and_written_anew_with_its_cause(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    first = post(settle([*EFFECTIVE, voucher("redeem", "250.00")]), path)
    book = post(settle([*EFFECTIVE, voucher("redeem", "260.00")]), path)
    assert book[: len(first)] == first
    assert [(e.key, e.debit, str(e.amount_yuan), e.is_reversal, e.cause_zh) for e in book[len(first) :]] == [
        ("redeem:2026:V", "effective", "250.00", True, "事实有变：金额 250.00 → 260.00"),
        ("redeem:2026:V", "redeemed", "260.00", False, "事实有变：金额 250.00 → 260.00"),
        ("redeem:2026:V:rest", "effective", "50.00", True, "事实有变：金额 50.00 → 40.00"),
        ("redeem:2026:V:rest", "lapsed", "40.00", False, "事实有变：金额 50.00 → 40.00"),
    ]
    assert fen(POOL) + balances(book)[2026, "pool"] == fen(POOL) - 300_00


def test_the_same_row_in_another_file_is_nothing_new(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    book = post(settle([voucher("apply", "300.00", file_sha256="a", row_no=1)]), path)
    assert missing(book, settle([voucher("apply", "300.00", file_sha256="b", row_no=7)])) == []


def test_a_damaged_book_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    post(settle(EFFECTIVE), path)
    path.write_bytes(path.read_bytes().replace(b'"300.00"', b'"three"'))
    with pytest.raises(EvidenceFault, match=r"evidence/ledger\.jsonl: 算力券台账损坏"):
        read_book(path)
