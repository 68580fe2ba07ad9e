"""Every reading as a situation a lawyer can follow: what the default and each other reading give, to the cent."""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.questions import question_lines, questions
from hesuan.flows.warehouse import Connection, connect
from tests.city import APPLICANTS, POLICY, PROVIDER, City, Row, code_of
from tests.night import Pageless, run

SITUATIONS: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "readings.toml").read_text(encoding="utf-8")
)["situation"]
FIRST_YEAR = 2026
OWN = {"provider": 10_000_000, "applicant": 20_000_000, "affiliate": 30_000_000}
"""Parties that a situation has for itself; the code's body counts on from here by the situation's year."""


def in_year(value: Any, year: int) -> Any:
    """A cell with the situation's year filled in, and the codes of the parties that are its own."""
    if not isinstance(value, str):
        return value
    codes = {name: code_of(start + year) for name, start in OWN.items()}
    return value.format(y=year, next=year + 1, before=year - 2, **codes)


def rows_of(city: City, table: str, name: str) -> list[Row]:
    keys = {f"K-{name}", f"C-{name}", f"V-{name}"}
    found = [
        r for r in city.rows[table] if keys & {r.get("contract_no"), r.get("claim_id"), r.get("voucher_id")}
    ]
    assert found, f"{table} has no row of {name}"
    return found


def build(city: City, situation: dict[str, Any], year: int) -> None:
    names = {claim["name"]: f"{situation['reading']}{claim['name']}" for claim in situation["claims"]}
    for claim in situation["claims"]:
        applicant = APPLICANTS[claim.get("applicant", 0)]
        at, hours = claim.get("at", "09:00:00"), claim["hours"]
        gross = Decimal(claim.get("gross", Decimal("10.60") * hours))
        city.claim(names[claim["name"]], hours=hours, gross=gross, applicant=applicant, year=year, at=at)
    for name, lines in situation.get("lines", {}).items():
        itemise(city, names[name], lines)
    for row in situation.get("set", ()):
        for found in rows_of(city, row["table"], names[row["of"]]):
            if all(found[k] == v for k, v in row.get("only", {}).items()):
                found |= {k: in_year(v, year) for k, v in row["cells"].items()}
    for row in situation.get("add", ()):
        city.add(row["table"], **{k: in_year(v, year) for k, v in row["cells"].items()})
    for row in situation.get("drop", ()):
        for found in rows_of(city, row["table"], names[row["of"]]):
            city.rows[row["table"]].remove(found)
    if "red" in situation:
        red_letter(city, names[situation["red"]["of"]], situation["red"])
    if "provider" in situation:
        other_provider(city, situation, names, year)
    if "applicant" in situation:
        other_applicant(city, situation["applicant"], list(names.values()), year)


def itemise(city: City, name: str, lines: list[dict[str, str]]) -> None:
    """The invoice's one line replaced by these."""
    [invoice] = rows_of(city, "invoice", name)
    [line] = [r for r in city.rows["invoice_line"] if r["invoice_number"] == invoice["invoice_number"]]
    city.rows["invoice_line"].remove(line)
    for number, cells in enumerate(lines, start=1):
        city.add("invoice_line", **line | {"line_no": number} | cells)


def other_applicant(city: City, says: dict[str, str], names: list[str], year: int) -> None:
    """The situation's claims are made by an applicant of its own."""
    code = in_year("{applicant}", year)
    city.add(
        "applicant",
        **{"applicant_id": code, "applicant_name": f"单位{code}", "applicant_type": "enterprise"} | says,
    )
    for name in names:
        for table in ("contract", "voucher", "claim"):
            for row in rows_of(city, table, name):
                row["applicant_id"] = code
        for row in rows_of(city, "invoice", name):
            row["buyer_id"] = code if row["buyer_id"] in APPLICANTS else row["buyer_id"]


def red_letter(city: City, name: str, red: dict[str, str]) -> None:
    [blue] = rows_of(city, "invoice", name)
    net, gross = Decimal(red["net"]), Decimal(red["gross"])
    city.add(
        "invoice",
        **blue
        | {
            "invoice_number": f"{blue['invoice_number'][:-1]}Z".replace(
                "Z", str(9 - int(blue["invoice_number"][-1]))
            )
        }
        | {"net_yuan": net, "gross_yuan": gross, "tax_yuan": gross - net, "status": "red"}
        | {"original_invoice_number": blue["invoice_number"]},
    )


def other_provider(city: City, situation: dict[str, Any], names: dict[str, str], year: int) -> None:
    """The situation's claims (or those named) are served by a second provider, of its own year only."""
    says = dict(situation["provider"])
    served = [names[name] for name in says.pop("of", names)]
    code = in_year("{provider}", year)
    known = {"registered_on": "2015-01-01", "registered_region": "511702", "listed_on": "2026-01-01"}
    city.add(
        "provider",
        **{"provider_id": code, "provider_name": f"机构{code}"}
        | known
        | {k: in_year(v, year) for k, v in says.items()},
    )
    for table in ("device", "tariff"):
        [row] = [r for r in city.rows[table] if r["provider_id"] == PROVIDER]
        city.add(table, **row | {"provider_id": code})
    for name in served:
        for table in ("contract", "voucher", "usage_interval", "statement", "claim"):
            for row in rows_of(city, table, name):
                row["provider_id"] = code
        for row in rows_of(city, "invoice", name):
            row["seller_id"] = code


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """One run over all situations, each in a year of its own."""
    city = City().with_register()
    for applicant in city.rows["applicant"]:
        if applicant["applicant_id"] == APPLICANTS[3]:
            applicant["priority_class"] = 1
    for number, situation in enumerate(SITUATIONS):
        build(city, situation, FIRST_YEAR + 2 * number)
    outcome = run(city.hand_in(tmp_path_factory.mktemp("readings")), engine=Pageless())
    with connect(outcome.database, read_only=True) as connection:
        yield connection


def outcome_of(published: Connection, situation: dict[str, Any], name: str) -> dict[str, str]:
    rows = published.execute(
        """
        select case when is_default then 'default' else reading_value end, disposition || ' ' || proposed_subsidy_yuan
        from published.reading where claim_id = ? and reading_key = ?
        """,
        [f"C-{situation['reading']}{name}", situation["key"]],
    ).fetchall()
    return dict(rows)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: f"{s['reading']} {s['key']}")
def test_a_situation_comes_out_as_written(published: Connection, situation: dict[str, Any]) -> None:
    found = {name: outcome_of(published, situation, name) for name in situation["expect"]}
    why = published.execute(
        "select claim_id, reasons from published.claim where claim_id like 'C-' || ? || '%'",
        [situation["reading"]],
    ).fetchall()
    assert found == situation["expect"], why
    assert any(len(set(readings.values())) > 1 for readings in situation["expect"].values())


def test_the_bureaus_questions_come_by_the_money_they_move(published: Connection) -> None:
    database = published.execute("select path from duckdb_databases() where not internal").fetchall()[0][0]
    asked = questions(Path(database), POLICY)
    moved = [Decimal(question["moved_yuan"]) for question in asked]
    assert moved == sorted(moved, reverse=True)
    assert {(q["reading_key"], q["reading_value"]) for q in asked if q["changed_claim_count"]} >= {
        (s["key"], value) for s in SITUATIONS for outcome in s["expect"].values() for value in outcome
    } - {(s["key"], "default") for s in SITUATIONS}
    assert question_lines(asked, "zh")[1].lstrip().startswith(asked[0]["reading"])


def test_readings_that_change_nothing_are_not_listed(published: Connection) -> None:
    still = published.execute("""
        select count(*) from published.reading as r
        join published.reading_total as t using (reading_key, reading_value)
        where not r.is_default and t.changed_claim_count + t.moved_place_count = 0
    """).fetchall()
    assert still == [(0,)]


def test_sums_per_reading_foot_with_its_claims(published: Connection) -> None:
    differing = published.execute("""
        with footed as (
            select reading_key, reading_value, sum(proposed_subsidy_yuan) as yuan from published.reading group by all
        )
        select t.reading_key, t.reading_value, t.proposed_yuan, f.yuan
        from published.reading_total as t join footed as f using (reading_key, reading_value)
        where t.proposed_yuan <> f.yuan
    """).fetchall()
    assert differing == []


def test_the_order_under_the_other_instants_is_told(published: Connection) -> None:
    places = published.execute("""
        select reading_value, claim_id, queue_position from published.reading
        where reading_key = 'order.key' and claim_id in ('C-R13a', 'C-R13b') order by all
    """).fetchall()
    assert places == [
        ("complete_submission", "C-R13a", 2),
        ("complete_submission", "C-R13b", 1),
        ("effective", "C-R13a", 1),
        ("effective", "C-R13b", 2),
        ("submitted", "C-R13a", 1),
        ("submitted", "C-R13b", 2),
    ]
