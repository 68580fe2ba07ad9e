"""Coincidences of sums and numbers over a whole night: told to the panel, holding nobody (INV-006, BHV-001, BHV-002)."""

from decimal import Decimal
from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from tests.city import PRICE, City, code_of
from tests.night import tally

TOLD = ("INV-006", "BHV-001", "BHV-002", "BHV-003", "BHV-006", "PRC-004")
MONTHS = (("2026-03-01", "2026-05-31"), ("2026-06-01", "2026-08-31"), ("2026-09-01", "2026-10-31"))


def add_claim(city: City, name: str, *, hours: int, number: int) -> None:
    """An honest claim of an applicant of its own; 5000 hours cost 50000.00 yuan without tax."""
    applicant = code_of(number)
    city.add(
        "applicant",
        applicant_id=applicant,
        applicant_name=f"单位{number}",
        applicant_type="enterprise",
        operates_in_city="是",
    )
    city.honest(name, hours=hours, applicant=applicant)


def part_invoice(city: City, name: str, parts: list[int], periods: list[tuple[str, str]]) -> None:
    """The claim's one invoice as several of adjacent numbers and of one day, each with its bill and its hours."""
    old = city.row("invoice", contract_no=f"K-{name}")["invoice_number"]
    whole = {
        table: city.row(table, invoice_number=old)
        for table in ("invoice", "invoice_line", "claim_invoice", "statement")
    }
    for table, row in whole.items():
        city.rows[table].remove(row)
    for place, (hours, (period_from, period_to)) in enumerate(zip(parts, periods, strict=True)):
        gross = PRICE * hours
        net = Decimal(10 * hours)
        sums = {"net_yuan": net, "tax_yuan": gross - net}
        number = {"invoice_number": str(int(old) + place)}
        city.add("invoice", **whole["invoice"] | number | sums | {"gross_yuan": gross})
        city.add("invoice_line", **whole["invoice_line"] | number | sums | {"quantity": hours})
        city.add("claim_invoice", **whole["claim_invoice"] | number | {"allocated_yuan": net})
        bill = {"line_no": place + 1, "quantity": hours, "amount_yuan": gross}
        period = {"period_from": period_from, "period_to": period_to}
        city.add("statement", **whole["statement"] | number | bill | period)


def office() -> City:
    city = City().with_register()
    for place in range(9):
        add_claim(city, f"low{place}", hours=5001 + place, number=place + 1)
    add_claim(city, "high", hours=5300, number=10)
    add_claim(city, "parted", hours=6000, number=11)
    part_invoice(city, "parted", [2000] * 3, [("2026-03-01", "2026-10-31")] * 3)
    add_claim(city, "monthly", hours=6000, number=12)
    part_invoice(city, "monthly", [2000] * 3, list(MONTHS))
    add_claim(city, "exact", hours=5000, number=13)
    part_invoice(city, "exact", [2011, 2989], list(MONTHS[:2]))
    city.row("contract", contract_no="K-exact")["amount_yuan"] = "90000.00"
    add_claim(city, "agreed", hours=5000, number=14)
    part_invoice(city, "agreed", [2011, 2989], list(MONTHS[:2]))
    return city


Told = dict[str, tuple[str, list[tuple[str, ...]]]]


def night_of(folder: Path, *, step: int) -> Told:
    """Of each claim its disposition and what is told of it. Each invoice is a file; step -1 names them backwards."""
    workspace = office().hand_in(folder)
    page = workspace.inbox / "registry" / "invoice.csv"
    header, *lines = page.read_text(encoding="utf-8").splitlines()
    page.unlink()
    for place, line in enumerate(lines[::step]):
        page.with_name(f"invoice-{place}.csv").write_text(f"{header}\n{line}\n", encoding="utf-8")
    tally(workspace)
    with connect(workspace.published, read_only=True) as connection:
        judged = connection.execute("select claim_id, disposition from published.claim").fetchall()
        found = connection.execute(
            f"select claim_id, rule_id, verdict, severity from published.finding where rule_id in {TOLD} order by all"
        ).fetchall()
    return {claim: (word, [row[1:] for row in found if row[0] == claim]) for claim, word in judged}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return night_of(tmp_path_factory.mktemp("night") / "w", step=1)


def test_nobody_is_held(night: Told) -> None:
    assert {word for word, _ in night.values()} == {"approve"}
    assert len(night) == 14


def test_costs_that_crowd_above_the_threshold_are_told_of_those_that_do(night: Told) -> None:
    told = {claim for claim, (_, found) in night.items() if ("BHV-001", "flag", "note") in found}
    assert told == {"C-exact", "C-agreed", *(f"C-low{place}" for place in range(9))}


def test_invoices_parted_without_months_of_their_own_are_told(night: Told) -> None:
    assert night["C-parted"][1] == [("INV-006", "flag", "note")]
    assert night["C-monthly"][1] == []


def test_sums_that_meet_the_threshold_are_told_unless_the_contract_agreed_them(night: Told) -> None:
    assert ("BHV-002", "flag", "note") in night["C-exact"][1]
    assert [rule_id for rule_id, *_ in night["C-agreed"][1]] == ["BHV-001"]


def test_the_order_of_files_changes_nothing(night: Told, tmp_path: Path) -> None:
    assert night_of(tmp_path / "back", step=-1) == night
