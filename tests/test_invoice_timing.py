"""Invoices by their date, over a whole night: what is only told, what is held, and what nobody hears of (INV-005)."""

from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from tests.city import APPLICANTS, City
from tests.night import tally

AFTER = "26510000007777777777"


def billed_on(
    city: City, name: str, issued_on: str, *, clause: str = "", starts_on: str = "2026-03-01"
) -> None:
    """A claim on a contract signed on 10 January, used from 1 March and filed on 1 November."""
    city.honest(name, hours=6000, applicant=APPLICANTS["abcdefg".index(name)])
    city.row("contract", contract_no=f"K-{name}")["starts_on"] = starts_on
    city.row("invoice", contract_no=f"K-{name}")["issued_on"] = issued_on
    if clause:
        city.add("contract_clause", contract_no=f"K-{name}", clause_no="5", clause_text=clause)


def add_one_after_filing(city: City, name: str) -> None:
    """An invoice of as much again, of the day after the filing, which the claim lists."""
    old = city.row("invoice", contract_no=f"K-{name}")["invoice_number"]
    for table in ("invoice", "invoice_line", "claim_invoice"):
        city.add(table, **city.row(table, invoice_number=old) | {"invoice_number": AFTER})
    city.row("invoice", invoice_number=AFTER)["issued_on"] = "2026-11-02"


def office() -> City:
    city = City().with_register()
    billed_on(city, "a", "2026-10-20")
    billed_on(city, "b", "2026-01-12")
    billed_on(city, "c", "2026-01-12", clause="甲方于合同签订后十日内预付全年租金。")
    billed_on(city, "d", "2026-01-12", clause="双方按月结算，乙方次月开具发票。")
    billed_on(city, "e", "2026-01-09")
    billed_on(city, "f", "2026-01-12", starts_on="2026-02-01")
    billed_on(city, "g", "2026-11-01")
    add_one_after_filing(city, "g")
    return city


Told = tuple[dict[str, str], list[tuple[str, ...]]]


def night_of(folder: Path, *, step: int) -> Told:
    """Dispositions, and what INV-005 and CON-004 found. Each invoice is a file; step -1 names them backwards."""
    workspace = office().hand_in(folder)
    page = workspace.inbox / "registry" / "invoice.csv"
    header, *lines = page.read_text(encoding="utf-8").splitlines()
    page.unlink()
    for place, line in enumerate(lines[::step]):
        page.with_name(f"invoice-{place}.csv").write_text(f"{header}\n{line}\n", encoding="utf-8")
    tally(workspace)
    with connect(workspace.published, read_only=True) as connection:
        judged = dict(connection.execute("select claim_id, disposition from published.claim").fetchall())
        found = connection.execute("""
            select claim_id, rule_id, severity, sentence_zh
            from published.finding
            where rule_id in ('INV-005', 'CON-004')
            order by all
        """).fetchall()
        return judged, found


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return night_of(tmp_path_factory.mktemp("night") / "w", step=1)


def found_of(night: Told, claim_id: str) -> list[tuple[str, str]]:
    return [(rule_id, severity) for claim, rule_id, severity, _ in night[1] if claim == claim_id]


@pytest.mark.parametrize("claim_id", ["C-a", "C-f"])
def test_an_invoice_within_the_term_or_shortly_before_it_is_no_finding(night: Told, claim_id: str) -> None:
    assert (night[0][claim_id], found_of(night, claim_id)) == ("approve", [])


def test_a_rent_paid_in_advance_is_told_and_not_held(night: Told) -> None:
    assert (night[0]["C-b"], found_of(night, "C-b")) == ("approve", [("INV-005", "note")])
    [sentence] = [row[3] for row in night[1] if row[0] == "C-b"]
    assert "开于 2026-01-12，先于服务开始 48 天（合同条款没有交来，看不出是否约定预付）。" in sentence


def test_a_prepayment_that_the_contract_names_is_no_finding(night: Told) -> None:
    assert (night[0]["C-c"], found_of(night, "C-c")) == ("approve", [])


def test_an_invoice_before_a_service_that_is_paid_afterwards_is_held(night: Told) -> None:
    assert (night[0]["C-d"], found_of(night, "C-d")) == ("hold", [("INV-005", "hold")])


def test_an_invoice_before_the_contract_was_signed_is_told_once(night: Told) -> None:
    assert found_of(night, "C-e") == [("CON-004", "hold")]


def test_an_invoice_of_after_the_filing_that_the_claim_lists_does_not_count_and_is_told(night: Told) -> None:
    assert (night[0]["C-g"], found_of(night, "C-g")) == ("approve", [("INV-005", "note")])
    [sentence] = [row[3] for row in night[1] if row[0] == "C-g"]
    assert f"{AFTER} 开于 2026-11-02，在提交之后，不计入。" in sentence


def test_the_order_of_files_changes_nothing(night: Told, tmp_path: Path) -> None:
    assert night_of(tmp_path / "back", step=-1) == night
