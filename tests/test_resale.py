"""An applicant that sells what it buys: another model is its own business, the same model is told, and so is a circle."""

from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from tests.city import APPLICANTS, PRICE, PROVIDER, City
from tests.night import tally


def city(model: str, buyer: str) -> City:
    """An honest claim of A800 hours, and a contract by which its applicant sells 3000 hours of a model."""
    made = City().with_register().honest("a", hours=5000)
    made.add(
        "contract",
        contract_no="K-sale",
        provider_id=APPLICANTS[0],
        applicant_id=buyer,
        signed_on="2026-03-10",
        starts_on="2026-04-01",
        ends_on="2026-09-30",
        basis="allocated",
        rounding="none",
    )
    made.add(
        "contract_line",
        contract_no="K-sale",
        line_no=1,
        service_item="智算服务",
        device_model=model,
        unit="卡时",
        quantity=3000,
        unit_price_yuan=PRICE,
    )
    return made


@pytest.mark.parametrize(
    ("model", "buyer", "found", "disposition"),
    [
        ("H20", APPLICANTS[1], set(), "approve"),
        ("A800", APPLICANTS[1], {"IDT-004"}, "hold"),
        ("A800", PROVIDER, {"IDT-004", "REL-004"}, "hold"),
    ],
)
def test_what_is_bought_and_sold_on_is_told(
    tmp_path: Path, model: str, buyer: str, found: set[str], disposition: str
) -> None:
    workspace = city(model, buyer).hand_in(tmp_path)
    assert tally(workspace).refused == ()
    with connect(workspace.published, read_only=True) as connection:
        rows = connection.execute("""
            select rule_id, sentence_zh
            from published.finding
            where rule_id in ('IDT-004', 'REL-004') and verdict = 'flag' and severity = 'hold'
        """).fetchall()
        [(decided,)] = connection.execute("select disposition from published.claim").fetchall()
        sources = connection.execute("""
            select count(distinct row_no)
            from published.evidence_row
            where finding_id like 'IDT-004:%' and "values" ->> 'signed_on' is not null
        """).fetchall()
    assert {rule_id for rule_id, _ in rows} == found
    assert ["31800.00 元" in sentence for rule_id, sentence in rows if rule_id == "IDT-004"] == [True] * (
        "IDT-004" in found
    )
    assert (decided, sources) == (disposition, [(2 if found else 0,)])
