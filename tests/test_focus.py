"""FOCUS bills, CSV and Parquet: exclusive ends, zones, currencies, corrections, commitments, taxes; the real examples."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hesuan.flows.adapters import adapter_for, focus
from hesuan.flows.source import Declaration, Source
from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import make
from tests.bill_form import PROVIDER, as_csv, bill_of, codes, gated, refusal, row_of
from tests.realdata import real
from tests.rule_case import court, fill

# The columns that every version from 1.0 on has and that are read.
CHARGE = {
    "BilledCost": "53000.00",
    "BillingAccountId": "A1",
    "BillingCurrency": "CNY",
    "BillingPeriodStart": "2026-03-01T00:00:00+08:00",
    "BillingPeriodEnd": "2026-04-01T00:00:00+08:00",
    "ChargeCategory": "Usage",
    "ChargeClass": "NULL",
    "ChargeDescription": "A800",
    "ChargePeriodStart": "2026-03-01T00:00:00+08:00",
    "ChargePeriodEnd": "2026-04-01T00:00:00+08:00",
    "CommitmentDiscountStatus": "NULL",
    "ContractedUnitPrice": "13.25",
    "PricingQuantity": "4000",
    "PricingUnit": "GPU-Hours",
    "ServiceName": "Cluster",
    "SubAccountName": "NULL",
    "Tags": '{"contract_no": "HT-1", "team": "x"}',
}
# Added by the versions that follow; no version takes away what is read here.
LATER = {
    "1.0": {},
    "1.1": {"CommitmentDiscountUnit": "NULL", "ServiceSubcategory": "Other", "SkuMeter": "GPU"},
    "1.2": {"InvoiceId": "INV-7", "PricingCurrency": "CNY", "SubAccountType": "Project"},
    "1.3": {"AllocatedResourceId": "NULL", "ContractApplied": "NULL", "ServiceProviderName": "P"},
}


def read(folder: Path, *, says: dict[str, Any] | None = None, **changes: str) -> Source:
    return bill_of(folder, as_csv(CHARGE | changes), **(says or {}))


@pytest.mark.parametrize("version", LATER)
def test_a_charge_becomes_a_line_in_every_version(tmp_path: Path, version: str) -> None:
    row = row_of(read(tmp_path, **LATER[version]), focus)
    assert (row["provider_id"], row["contract_no"], row["row_no"]) == (PROVIDER, "HT-1", 2)
    assert row["statement_no"] == "FOCUS-A1-2026-03"
    assert (row["period_from"], row["period_to"]) == (date(2026, 3, 1), date(2026, 3, 31))
    assert (row["service_item"], row["unit"]) == ("Cluster A800", "卡时")
    assert (row["quantity"], row["unit_price_yuan"], row["amount_yuan"]) == (4000, Decimal("13.25"), 53000)


def test_columns_may_stand_in_any_order_among_others(tmp_path: Path) -> None:
    text = as_csv({"Id": "1"} | dict(reversed(CHARGE.items())) | {"x_Owner": "u"})
    assert row_of(bill_of(tmp_path, text), focus)["contract_no"] == "HT-1"


def test_an_invoice_id_is_kept_where_it_is_an_invoice_number(tmp_path: Path) -> None:
    number = "26512000000000000001"
    rows = [row_of(read(tmp_path, InvoiceId=each), focus) for each in (number, "INV-7", "NULL")]
    assert [row["invoice_number"] for row in rows] == [number, None, None]


# Units, currencies, amounts


@pytest.mark.parametrize(
    "unit", ["Hours", "Server Hours", "Count", "vCPU-Hours", "100 GPU-Hours", "GB-Hours", "NULL"]
)
def test_only_a_unit_that_names_cards_is_read(tmp_path: Path, unit: str) -> None:
    assert codes(read(tmp_path, PricingUnit=unit), focus) == ["UNIT_UNKNOWN"]


@pytest.mark.parametrize("currency", ["USD", "EUR", "Token", "NULL"])
def test_nothing_is_converted(tmp_path: Path, currency: str) -> None:
    assert codes(read(tmp_path, BillingCurrency=currency), focus) == ["CURRENCY"]


@pytest.mark.parametrize(
    ("cost", "code"), [("1.005", "SUB_CENT"), ("1E3", "BAD_YUAN"), ("$5.00", "BAD_YUAN"), ("NULL", "EMPTY")]
)
def test_a_cost_is_read_exactly_or_not_at_all(tmp_path: Path, cost: str, code: str) -> None:
    assert codes(read(tmp_path, BilledCost=cost), focus) == [code]


def test_zeros_beyond_the_cent_are_no_places(tmp_path: Path) -> None:
    assert row_of(read(tmp_path, BilledCost="1.50000000"), focus)["amount_yuan"] == Decimal("1.50")


def test_below_a_second_header_of_other_columns_nothing_is_read_under_the_first(tmp_path: Path) -> None:
    """The list price would be read as what was billed."""
    swapped = {"BilledCost": "ContractedUnitPrice", "ContractedUnitPrice": "BilledCost"}
    second = as_csv({name: CHARGE[name] for name in (swapped.get(name, name) for name in CHARGE)})
    assert "第 3 行又是一行表头" in refusal(bill_of(tmp_path, as_csv(CHARGE) + second), focus)
    assert len(codes(bill_of(tmp_path, as_csv(CHARGE) * 2), focus)) == 1


# Corrections, commitments, taxes


def test_a_correction_keeps_its_sign(tmp_path: Path) -> None:
    down = row_of(read(tmp_path, ChargeClass="Correction", BilledCost="-7.00", PricingQuantity="0"), focus)
    up = row_of(read(tmp_path, ChargeClass="Correction", BilledCost="13.25", PricingQuantity="1"), focus)
    assert (down["amount_yuan"], down["quantity"], up["amount_yuan"]) == (-7, 0, Decimal("13.25"))
    assert down["line_no"] != row_of(read(tmp_path), focus)["line_no"]


@pytest.mark.parametrize("quantity", ["1", "-1"])
def test_a_correction_that_takes_hours_back_is_refused(tmp_path: Path, quantity: str) -> None:
    source = read(tmp_path, ChargeClass="Correction", BilledCost="-13.25", PricingQuantity=quantity)
    assert codes(source, focus) == ["REVERSAL"]


@pytest.mark.parametrize("category", ["Credit", "Adjustment"])
def test_a_credit_of_no_quantity_is_taken_off_the_bill(tmp_path: Path, category: str) -> None:
    """FOCUS leaves the quantity, its unit and its price of a credit null."""
    silent = dict.fromkeys(("PricingQuantity", "PricingUnit", "ContractedUnitPrice"), "NULL")
    row = row_of(read(tmp_path, ChargeCategory=category, BilledCost="-100.00", **silent), focus)
    assert (row["unit"], row["quantity"], row["amount_yuan"], row["contract_no"]) == ("项", 0, -100, "HT-1")


def test_usage_of_no_quantity_is_refused(tmp_path: Path) -> None:
    silent = dict.fromkeys(("PricingQuantity", "PricingUnit"), "NULL")
    assert codes(read(tmp_path, **silent), focus) == ["UNIT_UNKNOWN"]


def test_usage_under_a_commitment_is_billed_by_its_purchase(tmp_path: Path) -> None:
    assert codes(read(tmp_path, CommitmentDiscountStatus="Used", BilledCost="0"), focus) == ["COMMITTED"]


def test_a_bill_that_lists_taxes_apart_is_net_of_them(tmp_path: Path) -> None:
    text = as_csv(CHARGE, CHARGE | {"ChargeCategory": "Tax"})
    assert codes(bill_of(tmp_path, text), focus) == ["TAX_APART", "TAX_APART"]


# Times


def test_an_end_at_midnight_utc_reaches_into_the_morning_of_the_next_day_here(tmp_path: Path) -> None:
    row = row_of(
        read(tmp_path, ChargePeriodStart="2026-03-01T00:00:00Z", ChargePeriodEnd="2026-04-01T00:00:00Z"),
        focus,
    )
    assert (row["period_from"], row["period_to"]) == (date(2026, 3, 1), date(2026, 4, 1))


@pytest.mark.parametrize(("zone", "last"), [(None, date(2026, 3, 31)), ("UTC", date(2026, 4, 1))])
def test_times_without_zone_are_of_the_declared_one(tmp_path: Path, zone: str | None, last: date) -> None:
    source = read(
        tmp_path,
        says={"time_zone": zone},
        ChargePeriodStart="2026-03-01 00:00:00",
        ChargePeriodEnd="2026-04-01 00:00:00",
    )
    assert row_of(source, focus)["period_to"] == last


def test_a_day_whose_month_may_be_either_number_is_refused(tmp_path: Path) -> None:
    assert codes(read(tmp_path, ChargePeriodStart="3/1/26", ChargePeriodEnd="4/1/26"), focus) == [
        "BAD_PERIOD"
    ]


# Finality, provider, contract


def test_a_draft_is_refused_and_silence_is_not(tmp_path: Path) -> None:
    assert "未定稿" in refusal(read(tmp_path, says={"finality": "draft"}), focus)
    assert row_of(read(tmp_path, says={"finality": None}), focus)["contract_no"] == "HT-1"


def test_a_provider_is_declared_or_the_file_refused(tmp_path: Path) -> None:
    assert "provider_id" in refusal(read(tmp_path, says={"provider_id": None}), focus)


@pytest.mark.parametrize("changes", [{"Tags": "NULL"}, {"Tags": '{"team": "x"}'}, {"Tags": "{}"}])
def test_without_a_contract_a_charge_is_refused_unless_the_folder_has_one(
    tmp_path: Path, changes: dict[str, str]
) -> None:
    assert codes(read(tmp_path, **changes), focus) == ["NO_CONTRACT"]
    assert row_of(read(tmp_path, says={"contract_no": "HT-9"}, **changes), focus)["contract_no"] == "HT-9"


# Parquet


def as_parquet(charge: dict[str, Any], types: dict[str, pa.DataType] | None = None) -> bytes:
    columns = {name: pa.array([cell], (types or {}).get(name)) for name, cell in charge.items()}
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def test_parquet_says_the_same_as_csv(tmp_path: Path) -> None:
    typed = CHARGE | {
        "BilledCost": Decimal("53000.0000000000"),
        "PricingQuantity": 4000.0,
        "ContractedUnitPrice": 13.25,
        "ChargePeriodStart": datetime(2026, 2, 28, 16, tzinfo=UTC),
        "ChargePeriodEnd": datetime(2026, 3, 31, 16, tzinfo=UTC),
        "Tags": [("contract_no", "HT-1")],
        "CommitmentDiscountStatus": None,
    }
    types = {"Tags": pa.map_(pa.string(), pa.string()), "BilledCost": pa.decimal128(38, 10)}
    found = row_of(bill_of(tmp_path, as_parquet(typed, types)), focus)
    said = row_of(read(tmp_path), focus)
    assert found["row_no"] == 1
    same = ("contract_no", "statement_no", "period_from", "period_to", "unit", "quantity", "amount_yuan")
    assert {name: found[name] for name in same} == {name: said[name] for name in same}


def test_a_float_that_is_no_cent_is_not_rounded(tmp_path: Path) -> None:
    assert codes(bill_of(tmp_path, as_parquet(CHARGE | {"BilledCost": 0.1 + 0.2})), focus) == ["SUB_CENT"]
    assert codes(bill_of(tmp_path, as_parquet(CHARGE | {"BilledCost": float("nan")})), focus) == ["BAD_YUAN"]


def test_a_parquet_cut_short_is_nobodys_bill(tmp_path: Path) -> None:
    source = bill_of(tmp_path, as_parquet(CHARGE)[:-9])
    assert not focus.claims(source)


# The files of others: each is read with its rows accounted for, or refused with a reason


def read_whole(name: str) -> tuple[int, list[str]]:
    """Rows in, and the codes of rejected rows; none of these files is in yuan."""
    path = real(name)
    source = Source(path, path.name, Declaration(provider_id=PROVIDER, contract_no="HT-1"))
    found = gated(source, focus)
    assert found.accepted.is_empty()
    return found.rejected.height, found.rejected["reason_code"].unique().to_list()


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("saas_spend_agreements_a1", 4),
        ("saas_spend_agreements_b1", 5),
        ("simple_saas_agreements_a1", 1),
        ("simple_saas_agreements_a3", 1),
        ("simple_saas_agreements_c", 3),
        ("virtual_currency_pricing_model_a2", 3),
        ("virtual_currency_pricing_model_b2", 3),
        ("virtual_currency_pricing_model_c", 2),
    ],
)
def test_the_whole_examples_of_the_specification_are_in_dollars(name: str, rows: int) -> None:
    assert read_whole(f"focus_spec_examples/{name}.csv") == (rows, ["CURRENCY"])


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        (
            "focus/validator_all_pass_0.5.csv",
            "ChargeCategory、PricingQuantity、PricingUnit、ContractedUnitPrice",
        ),
        (
            "focus_spec_examples/commitment_discount_purchase_scenario_1.csv",
            "BillingAccountId、BillingCurrency",
        ),
        (
            "focus_spec_examples/commitment_discount_purchase_scenario_3.csv",
            "BillingAccountId、BillingCurrency",
        ),
        ("focus_spec_examples/commitment_discount_usage_scenario_2.csv", "BillingAccountId、BillingCurrency"),
        ("focus_spec_examples/commitment_discount_usage_scenario_4.csv", "BillingAccountId、BillingCurrency"),
        (
            "focus_spec_examples/one_hundred_percent_utilization_with_commitment_discount_flexibility_with_2_resources.csv",
            "BillingAccountId、BillingCurrency",
        ),
    ],
)
def test_examples_that_lack_columns_are_refused_by_their_names(name: str, missing: str) -> None:
    path = real(name)
    assert missing in refusal(Source(path, path.name, Declaration(provider_id=PROVIDER)), focus)


@pytest.mark.parametrize(
    "name",
    [
        "focus/validator_all_fail.csv",
        "focus/validator_fail_invoice_issuer.csv",
        "focus/validator_multiple_failure_examples.csv",
        "focus/validator_sample.parquet",
        "focus/focus_requirements_model-1.2.json.gz",
        "billing_samples/opencost_azure_BOM.csv",
        "billing_samples/opencost_azure_German.csv",
        "billing_samples/opencost_azure_MissingBrackets.csv",
    ],
)
def test_what_is_no_focus_bill_is_nobodys(name: str) -> None:
    path = real(name)
    assert adapter_for(Source(path, path.name, Declaration(provider_id=PROVIDER))) is None


def test_no_real_example_is_left_out() -> None:
    folders = (real("focus"), real("focus_spec_examples"))
    assert sum(len(list(folder.iterdir())) for folder in folders) == 8 + 6 + 5


def test_the_number_of_a_line_never_changes(tmp_path: Path) -> None:
    assert row_of(read(tmp_path, ResourceId="i-1"), focus)["line_no"] == "ce4bbd90fde150a9"
    assert row_of(read(tmp_path), focus)["line_no"] == "b482ff9601b5f1f2"


TAGGED = [{"Tags": f'{{"contract_no": "HT-{n}"}}'} for n in (1, 2)]


def number(folder: Path, *, says: dict[str, Any] | None = None, **changes: str) -> str:
    return str(row_of(read(folder, says=says, **changes), focus)["line_no"])


def test_charges_of_two_contracts_that_name_no_resource_are_two_lines(tmp_path: Path) -> None:
    """An account's month in a file for each contract, told by its tags, by a column of its own or by source.toml."""
    by_tag = [number(tmp_path, **tags) for tags in TAGGED]
    by_column = [number(tmp_path, Tags="NULL", x_ContractNo=f"HT-{n}") for n in (1, 2)]
    by_file = [number(tmp_path, Tags="NULL", says={"contract_no": f"HT-{n}"}) for n in (1, 2)]
    assert by_tag == by_column == by_file
    assert by_tag[0] != by_tag[1]


def test_a_charge_of_a_resource_is_one_line_whatever_contract_its_tags_name(tmp_path: Path) -> None:
    first, second = (number(tmp_path, ResourceId="i-1", **tags) for tags in TAGGED)
    assert first == second


def test_a_corrected_amount_leaves_the_number_of_a_line_without_a_resource(tmp_path: Path) -> None:
    assert number(tmp_path, BilledCost="52000.00") == number(tmp_path)


def test_a_bill_exported_again_in_part_is_told_from_a_whole_one_and_from_another_part() -> None:
    """K-again: both lines come again, one changed; K-parts: none; K-some: one of two; K-copy: one of two, unchanged."""
    stands = """
    contract_no | statement_no | line_no | file_sha256 | row_no
    K-again     | S1           | a       | first       | 2
    K-again     | S1           | b       | later       | 3
    K-parts     | S2           | a       | first       | 4
    K-parts     | S2           | b       | later       | 4
    K-some      | S3           | a       | later       | 5
    K-some      | S3           | b       | first       | 6
    K-copy      | S4           | a       | first       | 7
    K-copy      | S4           | b       | first       | 8
    K-hand      | S5           | a       | table       | 2
    K-hand      | S5           | b       | first       | 9
    """
    fates = {
        "lake.superseded": "statement | first | 3 | later | 3\nstatement | first | 5 | later | 5\n"
        "statement | first | 10 | table | 2",
        "lake.duplicate": "statement | later | 2 | first | 2\nstatement | later | 7 | first | 7",
    }
    with court() as connection:
        fill(
            connection,
            "lake.input_file",
            "file_sha256 | adapter\nfirst | focus\nlater | focus\ntable | mapped_table",
        )
        fill(connection, "lake.statement", stands.strip())
        for relation, rows in fates.items():
            header = "table_name | file_sha256 | row_no | by_file_sha256 | by_row_no"
            fill(connection, relation, f"{header}\n{rows}")
        make(connection, sql_cards("reconciled")["reconciled.partial_bill"])
        found = connection.execute("select contract_no from reconciled.partial_bill order by all").fetchall()
    assert found == [("K-copy",), ("K-some",)]
