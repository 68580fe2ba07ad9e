"""The three-way table, published.reconciliation: what is billed, metered, invoiced and paid meets in one row a month."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from hesuan.flows.warehouse import Connection, connect
from tests.city import APPLICANTS, PRICE, PROVIDER, City
from tests.night import tally

HOURS = 6000
GROSS = PRICE * HOURS


def city() -> City:
    town = City().with_register()
    for name, applicant in zip(
        ("invoiced", "untold", "mistaken", "quarter", "sampled"), APPLICANTS, strict=False
    ):
        town.honest(name, hours=HOURS, applicant=applicant)
    _billed_by_invoice_alone(town, "invoiced")
    town.row("usage_interval", record_id="J-untold")["device_model"] = ""
    town.row("usage_interval", record_id="J-mistaken")["device_model"] = "H800"
    town.row("usage_interval", record_id="J-quarter")["started_at"] = "2026-03-31T12:00:00+08:00"
    town.row("usage_interval", record_id="J-quarter")["ended_at"] = "2026-04-06T18:00:00+08:00"
    _sampled(town, "sampled")
    for name in ("unlogged", "early"):
        town.honest(name, hours=HOURS, applicant=APPLICANTS[6])
    town.rows["usage_interval"].remove(town.row("usage_interval", record_id="J-unlogged"))
    town.row("statement", contract_no="K-early").update(period_from="2026-01-01", period_to="2026-01-31")
    town.row("usage_interval", record_id="J-early").update(
        started_at="2026-01-01T00:00:00+08:00", ended_at="2026-01-07T06:00:00+08:00"
    )
    _on_one_invoice(town, "one", "other", applicant=APPLICANTS[5])
    return town


def _billed_by_invoice_alone(town: City, name: str) -> None:
    """Whose lines never say a model."""
    number = town.row("invoice", contract_no=f"K-{name}")["invoice_number"]
    line = town.row("invoice_line", invoice_number=number)
    line.update(period_from="2026-03-01", period_to="2026-03-31")
    town.rows["statement"].remove(town.row("statement", contract_no=f"K-{name}"))


def _sampled(town: City, name: str) -> None:
    """A day of one card in samples, and no interval."""
    town.rows["usage_interval"].remove(town.row("usage_interval", record_id=f"J-{name}"))
    town.row("statement", contract_no=f"K-{name}").update(quantity=24, amount_yuan=PRICE * 24)
    for hour in range(24):
        town.add("usage_sample", provider_id=PROVIDER, cluster_id="c1", device_uuid="GPU-1", device_model="A800",
                 contract_no=f"K-{name}", sampled_at=f"2026-03-01T{hour:02}:00:00+08:00",
                 sample_period_seconds=3600, util_percent=50)  # fmt: skip


def _on_one_invoice(town: City, *names: str, applicant: str) -> None:
    """The invoice of the first is for all of them, says no contract, and is paid at once."""
    for name in names:
        town.honest(name, hours=HOURS, applicant=applicant)
    first, *others = (town.row("invoice", contract_no=f"K-{name}") for name in names)
    for name in names:
        for table in ("statement", "claim_invoice"):
            key = {"contract_no": f"K-{name}"} if table == "statement" else {"claim_id": f"C-{name}"}
            town.row(table, **key)["invoice_number"] = first["invoice_number"]
    for other in others:
        town.rows["invoice_line"].remove(town.row("invoice_line", invoice_number=other["invoice_number"]))
        town.rows["invoice"].remove(other)
    for row in (first, town.row("invoice_line", invoice_number=first["invoice_number"])):
        row.update(
            {name: row[name] * len(names) for name in ("net_yuan", "tax_yuan", "gross_yuan") if name in row}
        )
    first["contract_no"] = ""
    town.add("payment", payment_id="F", paid_on="2026-10-25", payer_id=applicant, payee_id=PROVIDER,
             amount_yuan=first["gross_yuan"], invoice_number=first["invoice_number"])  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    outcome = tally(city().hand_in(tmp_path_factory.mktemp("reconciliation")))
    with connect(outcome.database, read_only=True) as connection:
        yield connection


def months(connection: Connection, name: str) -> list[Any]:
    """Month, model, hours billed and metered, why they differ; of months in which there are any."""
    question = """
        select month, device_model, billed_gpu_hours, metered_gpu_hours, variance_cause_zh
        from published.reconciliation
        where contract_no = ? and month is not null and coalesce(billed_gpu_hours, metered_gpu_hours) is not null
        order by all
    """
    return connection.execute(question, [f"K-{name}"]).fetchall()


@pytest.mark.parametrize(("name", "hours"), [("invoiced", HOURS), ("untold", HOURS), ("sampled", 24)])
def test_a_bill_and_a_log_of_one_month_stand_in_one_row(told: Connection, name: str, hours: int) -> None:
    """An invoice's line and a scheduler's log may say no model: the contract has one. Samples are metering too."""
    assert months(told, name) == [("2026-03", "A800", Decimal(hours), Decimal(hours), None)]


def test_a_month_metered_under_another_model_is_not_said_to_have_no_metering(told: Connection) -> None:
    causes = {model: why.split("；")[0] for _, model, _, _, why in months(told, "mistaken")}
    assert causes == {"A800": "该月没有该型号的计量", "H800": "该月没有该型号的计费数量"}


def test_a_month_within_a_longer_bill_is_not_said_to_be_unbilled(told: Connection) -> None:
    assert [(month, why) for month, _, _, _, why in months(told, "quarter")] == [
        ("2026-03", "账单跨月，计费都列在计费期起的月份"),
        ("2026-04", "该月由跨月的账单计费"),
    ]


@pytest.mark.parametrize("name", ["one", "other"])
def test_of_an_invoice_and_its_payment_each_contract_has_its_share(told: Connection, name: str) -> None:
    question = """
        select sum(invoiced_gross_yuan), sum(paid_yuan) from published.reconciliation where contract_no = ?
    """
    assert told.execute(question, [f"K-{name}"]).fetchall() == [(GROSS, GROSS)]


@pytest.mark.parametrize(
    ("name", "metered", "variance"), [("unlogged", None, None), ("early", Decimal(0), Decimal(HOURS))]
)
def test_what_is_not_metered_is_unknown_and_differs_from_nothing_and_what_counts_not_is_zero(
    told: Connection, name: str, metered: Decimal | None, variance: Decimal | None
) -> None:
    question = """
        select metered_gpu_hours, variance_gpu_hours from published.reconciliation
        where contract_no = ? and billed_gpu_hours is not null
    """
    assert told.execute(question, [f"K-{name}"]).fetchall() == [(metered, variance)]
