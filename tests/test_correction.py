"""Corrections and late files: nothing is replaced silently, the difference is listed exactly, and late is no fault."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.stages.report import report
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from tests.city import APPLICANTS, PROVIDER, City
from tests.night import after_first_night, tally
from tests.test_change import hand_in
from tests.test_same_figures import conserved

# Nights of its own, looked at once a change is ready.
pytestmark = pytest.mark.slow

Row = dict[str, Any]
CARD_HOUR = 21000 * 3600


def ask(workspace: Workspace, query: str) -> list[tuple]:
    with connect(workspace.published, read_only=True) as connection:
        return connection.execute(query).fetchall()


def job(name: str, **says: Any) -> Row:
    """One card from 9 to 10 on the 1st of March unless told otherwise."""
    times = {"started_at": "2026-03-01T09:00:00+08:00", "ended_at": "2026-03-01T10:00:00+08:00"}
    plain = {"provider_id": PROVIDER, "cluster_id": "c1", "record_id": name, "tenant": "t-a"}
    return {**plain, "contract_no": "K-a", "card_count": 1, **times, **says}


def jobs(*rows: Row) -> City:
    return City({"usage_interval": list(rows)})


@dataclass(frozen=True)
class Spring:
    """A provider that hands in, corrects, puts back and comes late, night by night; the last of its overviews."""

    workspace: Workspace
    overview: str


def handed_in(workspace: Workspace, name: str, city: City, *, today: date) -> None:
    hand_in(workspace, name, city)
    tally(workspace, today=today)


@pytest.fixture(scope="module")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Spring:
    root = tmp_path_factory.mktemp("spring")
    city = City().with_register().honest("a", hours=6000).honest("b", hours=7000, applicant=APPLICANTS[1])
    city.rows["usage_interval"].clear()
    workspace = city.hand_in(root / "w")
    plain = [job(name) for name in ("twice", "back", "loses", "moves", "same")]
    handed_in(workspace, "1", jobs(*plain), today=date(2026, 4, 5))
    handed_in(workspace, "2", jobs(*corrected()), today=date(2026, 4, 6))
    last = (job("twice", card_count=4), job("back"), job("new", card_count="0.5"))
    handed_in(workspace, "3", jobs(*last), today=date(2026, 5, 20))
    index = report(workspace.published, root / "pages", "last", workspace.settings()) / "index.html"
    return Spring(workspace, index.read_text(encoding="utf-8"))


def corrected() -> list[Row]:
    return [
        job("twice", card_count=2),
        job("back", card_count=8),
        job("loses", card_count=None),
        job("moves", contract_no="K-b"),
        job("same"),
    ]


def test_every_replaced_row_is_listed_with_both_values(spring: Spring) -> None:
    """A row corrected twice has two lines, each against the version that came next: the differences add up."""
    listed = ask(
        spring.workspace,
        "select split_part(key_text, '、', 3), file_name[13:13], row_no, next_file_name[13:13], next_row_no,"
        " before_card_unit_seconds, after_card_unit_seconds, difference_card_unit_seconds"
        " from published.superseded order by all",
    )
    assert listed == [
        ("back", "2", 3, "3", 3, 8 * CARD_HOUR, CARD_HOUR, -7 * CARD_HOUR),
        ("loses", "1", 4, "2", 4, CARD_HOUR, None, None),
        ("moves", "1", 5, "2", 5, CARD_HOUR, CARD_HOUR, 0),
        ("twice", "1", 2, "2", 2, CARD_HOUR, 2 * CARD_HOUR, CARD_HOUR),
        ("twice", "2", 2, "3", 2, 2 * CARD_HOUR, 4 * CARD_HOUR, 2 * CARD_HOUR),
    ]


def test_a_correction_that_moves_hours_to_another_contract_says_so(spring: Spring) -> None:
    moved = ask(
        spring.workspace,
        "select before_contract_no, after_contract_no from published.superseded where key_text like '%moves'",
    )
    assert moved == [("K-a", "K-b")]


def test_the_difference_is_summed_by_pair_of_files_and_what_is_unknown_stays_out(spring: Spring) -> None:
    pairs = ask(
        spring.workspace,
        "select file_name[13:13], next_file_name[13:13], table_name, row_count, unknown_row_count,"
        " before_gpu_hours, after_gpu_hours, difference_gpu_hours from published.superseded_file",
    )
    assert pairs == [
        ("1", "2", "usage_interval", 3, 1, Decimal(2), Decimal(3), Decimal(1)),
        ("2", "3", "usage_interval", 2, 0, Decimal(10), Decimal(5), Decimal(-5)),
    ]


def test_the_differences_lead_from_the_first_figures_to_the_last(spring: Spring) -> None:
    """Five hours at first; one becomes unknown, one of half a card is new."""
    [(now,)] = ask(spring.workspace, "select sum(allocated_card_seconds) / 3600 from published.usage_day")
    [(moved,)] = ask(spring.workspace, "select sum(difference_gpu_hours) from published.superseded_file")
    restored = Decimal(
        7
    )  # from 1 to 8 and back: the row of the first file that came back was not replaced in the end
    assert Decimal(str(now)) == 5 - 1 + Decimal("0.5") + moved + restored


def test_a_late_file_says_what_it_added(spring: Spring) -> None:
    """The window of March stays open until the 5th of April, that day included."""
    late = ask(
        spring.workspace,
        "select file_name[13:13], month, first_seen_on, final_on, is_first_of_month, record_count,"
        " unknown_record_count, added_gpu_hours from published.late_file",
    )
    final = date(2026, 4, 5)
    assert late == [
        ("2", "2026-03", date(2026, 4, 6), final, False, 4, 1, Decimal("7.0000")),
        ("3", "2026-03", date(2026, 5, 20), final, False, 3, 0, Decimal("-4.5000")),
    ]


def test_nothing_is_refused_for_being_late(spring: Spring) -> None:
    assert ask(spring.workspace, "select count(*) from published.reject") == [(0,)]
    conserved(spring.workspace)


def test_the_overview_lists_the_differences(spring: Spring) -> None:
    section = spring.overview[
        spring.overview.index('id="corrections"') : spring.overview.index('id="rejects"')
    ]
    for words in ("submissions/1-usage_interval.csv", "其中 1 行卡时未知", "−5.0000", "用量文件 2 个迟交"):
        assert words in section


def test_an_overview_without_corrections_has_no_such_section(tmp_path: Path) -> None:
    workspace = after_first_night(tmp_path)
    text = (
        report(workspace.published, tmp_path / "pages", "x", workspace.settings()) / "index.html"
    ).read_text("utf-8")
    assert "corrections" not in text
    assert "个迟交" not in text


@pytest.mark.parametrize(
    ("day", "closed_on"),
    [
        ("15", date(2026, 3, 15)),
        pytest.param("16", None, marks=pytest.mark.slow),
        pytest.param("01", date(2026, 3, 15), marks=pytest.mark.slow),
    ],
)
def test_a_file_is_late_where_a_final_one_has_closed_its_days(
    day: str, closed_on: date | None, tmp_path: Path
) -> None:
    """The final file has jobs that end on the 10th and the 15th: it closes the month up to the 15th."""
    workspace = City().with_register().honest("a", hours=6000).hand_in(tmp_path)
    (workspace.inbox / "registry" / "usage_interval.csv").unlink()
    (workspace.inbox / "submissions" / "source.toml").write_text('finality = "final"\n', encoding="utf-8")
    handed_in(workspace, "final", jobs(*(on(n, n) for n in ("10", "15"))), today=date(2026, 3, 20))
    more = jobs(on("more", day)).csv("usage_interval")
    (workspace.inbox / "registry" / "more.csv").write_text(more, encoding="utf-8")
    tally(workspace, today=date(2026, 3, 25))
    late = ask(
        workspace,
        "select closed_by_file_name, closed_on, is_after_final_day, added_gpu_hours from published.late_file",
    )
    expected = [("submissions/final-usage_interval.csv", closed_on, False, Decimal("1.0000"))]
    assert late == (expected if closed_on else [])


def on(name: str, day: str) -> Row:
    return job(name, started_at=f"2026-03-{day}T09:00:00+08:00", ended_at=f"2026-03-{day}T10:00:00+08:00")


def test_two_files_of_one_night_are_not_late_to_each_other(tmp_path: Path) -> None:
    workspace = City().with_register().honest("a", hours=6000).hand_in(tmp_path)
    (workspace.inbox / "registry" / "source.toml").write_text('finality = "final"\n', encoding="utf-8")
    handed_in(workspace, "more", jobs(on("more", "02")), today=date(2026, 4, 5))
    assert ask(workspace, "select count(*) from published.late_file") == [(0,)]


def test_a_replaced_row_of_another_table_is_listed_without_hours(tmp_path: Path) -> None:
    workspace = after_first_night(tmp_path)
    city = City().honest("a", hours=6000)
    amended = {**city.row("contract", contract_no="K-a"), "amount_yuan": "1.00"}
    handed_in(workspace, "2", City({"contract": [amended]}), today=date(2026, 4, 5))
    assert ask(
        workspace,
        "select table_name, key_text, before_card_unit_seconds from published.superseded",
    ) == [("contract", "K-a", None)]
    assert ask(
        workspace,
        "select table_name, row_count, unknown_row_count, difference_gpu_hours from published.superseded_file",
    ) == [("contract", 1, None, None)]


SAME_NIGHT = (
    "select file_name[-5:], next_file_name[-5:], differing_zh, order_kind from published.superseded_file"
)


@pytest.mark.parametrize(
    ("exported", "order_kind", "words"),
    [
        (("", ""), "digest", "分不出先后，按 SHA-256 取其一"),
        (
            ("2026-04-01T00:00:00+08:00", "2026-04-02T00:00:00+08:00"),
            "told_at",
            "以导出（最后所述）时刻在后的为准",
        ),
    ],
)
def test_two_versions_of_one_night_say_what_differs_and_what_put_them_in_order(
    exported: tuple[str, str], order_kind: str, words: str, tmp_path: Path
) -> None:
    """Both say the same of time; which stands is the same on every machine, and told."""
    workspace = after_first_night(tmp_path / "w")
    for folder, cards, at in zip(("p", "q"), (2, 4), exported, strict=True):
        (workspace.inbox / folder).mkdir()
        declared = f'exported_at = "{at}"\n' if at else ""
        (workspace.inbox / folder / "source.toml").write_text(declared, encoding="utf-8")
        told = jobs(job("twice", card_count=cards, tenant=f"t-{folder}")).csv("usage_interval")
        (workspace.inbox / folder / "a.csv").write_text(told, encoding="utf-8")
    tally(workspace, today=date(2026, 4, 6))
    [(first, last, differing_zh, kind)] = ask(workspace, SAME_NIGHT)
    assert ({first, last}, differing_zh, kind) == ({"a.csv"}, "卡数、租户", order_kind)
    assert ask(workspace, "select differing_zh from published.superseded") == [("租户、卡数",)]
    index = report(workspace.published, tmp_path / "pages", "x", workspace.settings()) / "index.html"
    text = index.read_text("utf-8")
    assert words in text[text.index('id="corrections"') : text.index('id="rejects"')]


def test_an_older_export_handed_in_a_night_later_stands_and_is_told(tmp_path: Path) -> None:
    """A month fetched early and found again says of a finished run that it still runs."""
    workspace = after_first_night(tmp_path / "w")
    for day, (folder, cards, at) in enumerate((("p", 2, "2026-04-02"), ("q", 4, "2026-04-01")), start=6):
        (workspace.inbox / folder).mkdir()
        declared = f'exported_at = "{at}T00:00:00+08:00"\n'
        (workspace.inbox / folder / "source.toml").write_text(declared, encoding="utf-8")
        told = jobs(job("twice", card_count=cards)).csv("usage_interval")
        (workspace.inbox / folder / "a.csv").write_text(told, encoding="utf-8")
        tally(workspace, today=date(2026, 4, day))
    assert ask(workspace, "select file_name, next_file_name, order_kind from published.superseded_file") == [
        ("p/a.csv", "q/a.csv", "older_export")
    ]
    index = report(workspace.published, tmp_path / "pages", "x", workspace.settings()) / "index.html"
    text = index.read_text("utf-8")
    assert "后交的这一份导出在先" in text[text.index('id="corrections"') : text.index('id="rejects"')]


def test_a_correction_of_another_night_is_put_in_order_by_the_night(spring: Spring) -> None:
    told = ask(
        spring.workspace, "select distinct order_kind, differing_zh from published.superseded_file order by 2"
    )
    assert {kind for kind, _ in told} == {None}
    assert [differing for _, differing in told] == ["卡数", "卡数、合同编号"]
