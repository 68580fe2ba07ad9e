"""The ledger in the database: events out of the facts, balances and checks over the book, days that look back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hesuan.flows.ledger.book import post, read_book
from hesuan.flows.ledger.entry import Event, settle
from hesuan.flows.ledger.table import keep_ledger
from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import Connection, build, make
from hesuan.reports.page import attention
from hesuan.reports.wording.english import plainly
from hesuan.schemas.card import Card, build_order
from tests.ledger_reference import expected
from tests.rule_case import court, fill, relation_cards

VOUCHERS = """
voucher_id | applicant_id | contract_no | applied_at       | effective_at     | face_yuan | state     | row_no
V_applied  | U1           | K1          | 2026-01-10 23:59 |                  | 30000     | applied   | 1
V_live     | U1           | K2          | 2026-01-11 09:00 | 2026-01-20 09:00 | 40000     | effective | 2
V_paid     | U2           | K3          | 2026-01-12 09:00 | 2026-01-20 09:00 | 50000     | redeemed  | 3
V_unknown  | U2           | K4          | 2026-01-13 09:00 | 2026-01-20 09:00 | 60000     | redeemed  | 4
V_expired  | U3           | K5          | 2026-01-14 09:00 | 2026-01-20 09:00 | 70000     | expired   | 5
V_revoked  | U3           | K6          | 2026-01-15 09:00 | 2026-01-20 09:00 | 80000     | revoked   | 6
"""
HISTORY = """
policy_year | applicant_id | contract_no | voucher_id | claimed_yuan | redeemed_yuan | funder
2026        | U2           | K3          | V_paid     | 50000        | 45000.01      |
2025        | U2           | K_old       | V_live     | 20000        | 20000         |
2025        | U1           | K_older     |            | 10000        | 0             |
2026        | U1           | K_else      |            | 90000        | 90000         | 省级专项
"""
FAMILY = """
policy_year | applicant_id | entity_id
2026        | U_branch     | U_head
2026        | U_head       | U_head
2026        | U_other      | U_other
"""


@contextmanager
def books() -> Iterator[Connection]:
    """A court with schema published as far as the events of the ledger rest on it, all of it empty."""
    with court() as connection:
        connection.execute("create schema published")
        connection.execute("create table published.run as select 'r'::varchar as run_id")
        cards = sql_cards("published")
        needed = {"published.ledger_event"}
        needed |= {name for card in ledger_cards().values() for name in card.references if name in cards}
        for card in reversed(build_order(cards)):
            needed |= {r for r in card.references if card.name in needed and r in cards}
        build(connection, {name: card for name, card in cards.items() if name in needed})
        yield connection


@pytest.fixture(scope="module")
def database() -> Iterator[Connection]:
    with books() as connection:
        yield connection


def kept(connection: Connection, path: Path) -> None:
    """Post the events and make the relations over the book, as publish does."""
    for name in ("ledger_entry", *(card.split(".")[1] for card in ledger_cards())):
        connection.execute(f"drop table if exists published.{name}")
    keep_ledger(connection, path)
    build(connection, ledger_cards())


def ledger_cards() -> dict[str, Card]:
    return sql_cards("ledger", schema="published")


def happen(connection: Connection, *events: Event, set_aside: int | None = None) -> None:
    """The events of a night; set_aside: the row of file f that is dated after its day."""
    connection.execute("delete from lake.later")
    if set_aside is not None:
        connection.execute(
            "insert into lake.later values ('voucher', 'f', null, ?, null, null, 1)", [set_aside]
        )
    names = [field.name for field in fields(Event)]
    connection.execute("delete from published.ledger_event")
    for no, event in enumerate(events, start=1):
        cells = [getattr(event, name) for name in names]
        connection.execute(
            f"insert into published.ledger_event (event_no, {', '.join(names)}) values ({', '.join('?' * (len(names) + 1))})",
            [no, *cells],
        )


def ask(connection: Connection, query: str) -> list[tuple]:
    rows = connection.execute(query).fetchall()
    return [tuple(str(v) if isinstance(v, Decimal) else v for v in row) for row in rows]


def test_every_state_of_the_register_becomes_its_events(tmp_path: Path) -> None:
    with books() as connection:
        fill(connection, "lake.voucher", VOUCHERS)
        fill(connection, "lake.grant_history", HISTORY)
        for name in ("reconciled.earlier_grant", "reconciled.claim_redeemed"):
            make(connection, relation_cards()[name])
        make(connection, sql_cards("published")["published.ledger_event"])
        kept(connection, tmp_path / "ledger.jsonl")
        found = ask(
            connection,
            "select key, debit, amount_yuan, occurred_on::varchar from published.ledger_entry"
            " where refused_zh is null order by entry_no",
        )
        refused = ask(
            connection, "select key, refused_zh from published.ledger_entry where refused_zh is not null"
        )
        failing = ask(connection, "select name, broken_count from published.ledger_check where not holds")
        # The same checks stand under any city's policy, whose articles are others.
        assert ask(connection, "select name from published.ledger_check where title_zh like '%条%'") == []
    assert found == [
        ("open:2025", "pool", "3000000.00", None),
        ("apply:2025:2025/U1/K_older", "committed", "10000.00", None),
        ("effect:2025:2025/U1/K_older", "effective", "10000.00", None),
        ("apply:2025:V_live", "committed", "20000.00", None),
        ("effect:2025:V_live", "effective", "20000.00", None),
        ("redeem:2025:V_live", "redeemed", "20000.00", None),
        ("open:2026", "pool", "3000000.00", None),
        ("apply:2026:V_applied", "committed", "30000.00", "2026-01-10"),
        ("apply:2026:V_expired", "committed", "70000.00", "2026-01-14"),
        ("effect:2026:V_expired", "effective", "70000.00", "2026-01-20"),
        ("lapse:2026:V_expired", "lapsed", "70000.00", None),
        ("apply:2026:V_live", "committed", "40000.00", "2026-01-11"),
        ("effect:2026:V_live", "effective", "40000.00", "2026-01-20"),
        ("apply:2026:V_paid", "committed", "50000.00", "2026-01-12"),
        ("effect:2026:V_paid", "effective", "50000.00", "2026-01-20"),
        ("redeem:2026:V_paid", "redeemed", "45000.01", None),
        ("redeem:2026:V_paid:rest", "lapsed", "4999.99", None),
        ("apply:2026:V_revoked", "committed", "80000.00", "2026-01-15"),
        ("effect:2026:V_revoked", "effective", "80000.00", "2026-01-20"),
        ("revoke:2026:V_revoked", "lapsed", "80000.00", None),
        ("apply:2026:V_unknown", "committed", "60000.00", "2026-01-13"),
        ("effect:2026:V_unknown", "effective", "60000.00", "2026-01-20"),
    ]
    assert refused == [("redeem:2026:V_unknown", "券 V_unknown 的金额没有凭据，不能记账。")]
    assert failing == [("nothing_refused", 1)]


def opened(*amounts: str, applicant: str = "U", redeemed: str | None = None) -> list[Event]:
    """A year of 1000.00 yuan (in the book; the cap stays the policy's) and vouchers of these faces."""
    events = [Event("open", 2026, amount_yuan=Decimal("1000.00"))]
    for no, face in enumerate(amounts):
        voucher = Event("apply", 2026, f"V{no}", applicant, f"K{no}", Decimal(face))
        events += [voucher, replace(voucher, event="effect", amount_yuan=None)]
        if redeemed is not None:
            events.append(replace(voucher, event="redeem", amount_yuan=Decimal(redeemed)))
    return events


def test_a_voucher_that_takes_effect_in_the_next_year_moves_to_that_year(tmp_path: Path) -> None:
    """Applied for in December: while it waits it stands in December's year, and then in the year it is issued in."""
    header, *_ = VOUCHERS.strip().splitlines()
    waiting = "V_december | U1 | K1 | 2026-12-20 09:00 | {} | 30000 | {} | 1"
    for effective_at, state in (("", "applied"), ("2027-01-05 09:00", "effective")):
        with books() as connection:
            fill(connection, "lake.voucher", f"{header}\n{waiting.format(effective_at, state)}")
            make(connection, sql_cards("published")["published.ledger_event"])
            kept(connection, tmp_path / "ledger.jsonl")
            found = ask(
                connection,
                "select policy_year, account, amount_yuan from published.ledger_balance"
                " where account in ('committed', 'effective') and amount_yuan <> 0",
            )
            failing = ask(connection, "select name from published.ledger_check where not holds")
        assert failing == []
    assert found == [(2027, "effective", "30000.00")]


@pytest.mark.parametrize(
    ("faces", "redeemed", "failing"),
    [
        (("400.00", "600.00"), None, []),
        (("400.00", "600.01"), None, [("pool_not_negative", 1, "0.01", "2026 年度")]),
        (
            ("500000.00", "0.01"),
            None,
            [
                ("pool_not_negative", 1, "499000.01", "2026 年度"),
                ("claimed_within_cap", 1, "0.01", "2026 年度 U"),
            ],
        ),
        (
            ("300000.00", "300000.00"),
            "250000.00",
            [
                ("pool_not_negative", 1, "599000.00", "2026 年度"),
                ("claimed_within_cap", 1, "100000.00", "2026 年度 U"),
            ],
        ),
        (
            ("300000.00", "300000.00"),
            "250000.01",
            [
                ("pool_not_negative", 1, "599000.00", "2026 年度"),
                ("claimed_within_cap", 1, "100000.00", "2026 年度 U"),
                ("redeemed_within_cap", 1, "0.02", "2026 年度 U"),
            ],
        ),
    ],
)
def test_what_does_not_hold_is_reported_and_stops_nothing(
    faces: tuple[str, ...], redeemed: str | None, failing: list[tuple], database: Connection, tmp_path: Path
) -> None:
    happen(database, *opened(*faces, redeemed=redeemed))
    kept(database, tmp_path / "ledger.jsonl")
    found = ask(
        database,
        "select name, broken_count, figure_yuan, first_zh from published.ledger_check where not holds",
    )
    assert found == failing


def of_family(*firms: str) -> list[Event]:
    """A year of 1,000,000.00 yuan in which each of the firms has a voucher of 300,000.00, redeemed in full."""
    events = [Event("open", 2026, amount_yuan=Decimal("1000000.00"))]
    for firm in firms:
        voucher = Event("apply", 2026, f"V_{firm}", firm, f"K_{firm}", Decimal("300000.00"))
        events += [
            voucher,
            replace(voucher, event="effect", amount_yuan=None),
            replace(voucher, event="redeem"),
        ]
    return events


def test_a_branch_and_its_head_office_share_one_cap(database: Connection, tmp_path: Path) -> None:
    fill(database, "published.cap_entity", FAMILY)
    path = tmp_path / "ledger.jsonl"
    happen(database, *of_family("U_branch", "U_head", "U_other", "U_gone"))
    post(settle(of_family("U_branch", "U_head", "U_other", "U_gone")), path)
    book = path.read_bytes()
    kept(database, path)
    found = ask(
        database,
        "select name, broken_count, figure_yuan, first_zh from published.ledger_check where not holds",
    )
    left = ask(database, "select applicant_id, entity_id, remaining_yuan from published.applicant_year")
    database.execute("delete from published.cap_entity")
    assert found == [
        ("pool_not_negative", 1, "200000.00", "2026 年度"),
        ("claimed_within_cap", 1, "100000.00", "2026 年度 U_branch、U_head"),
        ("redeemed_within_cap", 1, "100000.00", "2026 年度 U_branch、U_head"),
    ]
    assert left == [
        ("U_branch", "U_head", "0.00"),
        ("U_gone", "U_gone", "200000.00"),
        ("U_head", "U_head", "0.00"),
        ("U_other", "U_other", "200000.00"),
    ]
    # What the cap is read by is no part of the book: one begun before stands as it is.
    assert path.read_bytes() == book


def test_a_line_with_one_side_only_is_seen(database: Connection, tmp_path: Path) -> None:
    """Every line we write has both sides; a book that somebody else wrote in is told, and the line set right."""
    path = tmp_path / "ledger.jsonl"
    events = opened("400.00")
    post([replace(e, credit=None) if e.event == "effect" else e for e in settle(events)], path)
    happen(database, *events)
    kept(database, path)
    found = ask(database, "select name, broken_count from published.ledger_check where not holds")
    assert found == [("debits_equal_credits", 2)]


def test_a_day_that_looks_back_writes_nothing(database: Connection, tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    early = [replace(e, file_sha256="f", row_no=1) for e in opened("400.00")]
    late = [replace(e, file_sha256="f", row_no=2) for e in opened("400.00", "500.00")[3:]]
    effective = "select amount_yuan from published.ledger_balance where account = 'effective'"
    happen(database, *early, *late)
    kept(database, path)
    book = path.read_bytes()
    happen(database, *early, set_aside=2)
    kept(database, path)
    assert path.read_bytes() == book
    assert ask(database, effective) == [("400.00",)]
    happen(database, *early, *late)
    kept(database, path)
    assert path.read_bytes() == book
    assert ask(database, effective) == [("900.00",)]


def test_a_later_fact_that_was_never_in_the_book_holds_nothing_up(
    database: Connection, tmp_path: Path
) -> None:
    """Nights go forward: what is dated after the day is set aside, and the rest is posted."""
    happen(database, *opened("400.00"), set_aside=9)
    kept(database, tmp_path / "ledger.jsonl")
    assert len(read_book(tmp_path / "ledger.jsonl")) == 3


steps = st.tuples(
    st.sampled_from(["apply", "effect", "redeem", "lapse", "revoke", "recover"]),
    st.sampled_from(["V1", "V2"]),
    st.integers(0, 90_000).map(lambda cents: Decimal(cents).scaleb(-2)),
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(nights=st.lists(st.lists(steps, max_size=12), min_size=1, max_size=3))
def test_the_published_balances_are_those_of_the_plain_reference(
    nights: list[list[tuple[str, str, Decimal]]],
    database: Connection,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("book") / "ledger.jsonl"
    for night in nights:
        events = [Event("open", 2026, amount_yuan=Decimal("1000.00"))]
        for no, (event, voucher, amount) in enumerate(night, start=1):
            events.append(Event(event, 2026, voucher, "U", "K", amount, nth=no))
        happen(database, *events)
        kept(database, path)
        rows = database.execute(
            "select policy_year, account, cast(amount_yuan * 100 as bigint) from published.ledger_balance"
            " where amount_yuan <> 0"
        ).fetchall()
        assert {(year, account): yuan for year, account, yuan in rows} == expected(events)


def test_the_first_page_says_that_more_was_issued_than_the_pool_holds(
    database: Connection, tmp_path: Path
) -> None:
    happen(database, *opened("300000.00", "300000.00"))
    kept(database, tmp_path / "ledger.jsonl")
    (line,) = attention.ledger_lines(database)
    assert line.sentence_zh == "券台账有2项检查不成立，其一是申领不超过年度总额，差额599,000.00元。"
    assert plainly(line.sentence_zh) == (
        "Checks of the voucher ledger that do not hold: 2; one is that what was applied for stays within the year's"
        " pool, by 599,000.00 CNY."
    )


def test_the_first_page_is_silent_where_the_ledger_holds(database: Connection, tmp_path: Path) -> None:
    happen(database, *opened("400.00"))
    kept(database, tmp_path / "ledger.jsonl")
    assert attention.ledger_lines(database) == []
