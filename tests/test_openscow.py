"""OpenSCOW job charges: how a charge becomes a line of a bill, and which jobs are refused."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.adapters import adapter_for, openscow_charge
from hesuan.flows.source import Declaration, Source
from tests.bill_form import PROVIDER, bill_of, codes, gated, refusal, row_of
from tests.realdata import real

CHARGED = {
    "jobId": 7,
    "cluster": "c1",
    "partition": "GPU",
    "qos": "low",
    "account": "lab",
    "tenant": "default",
    "submitTime": "2026-03-31T15:00:00.715Z",
    "startTime": "2026-03-31T15:30:00.715Z",
    "endTime": "2026-03-31T17:30:00.715Z",
    "elapsedSeconds": 7200,
    "gpusAlloc": 8,
    "accountPrice": 40.1,
    "tenantPrice": 40.1,
    "contractNo": "HT-1",
}


def charges(folder: Path, *jobs: Any, **says: Any) -> Source:
    return bill_of(folder, json.dumps(jobs), **says)


def test_a_job_is_one_item_at_its_price(tmp_path: Path) -> None:
    row = row_of(charges(tmp_path, CHARGED), openscow_charge)
    assert (row["provider_id"], row["contract_no"], row["row_no"]) == (PROVIDER, "HT-1", 1)
    assert (row["statement_no"], row["line_no"]) == ("OpenSCOW-c1-2026-04", "7@2026-03-31T15:00:00.715Z")
    assert (str(row["period_from"]), str(row["period_to"])) == ("2026-03-31", "2026-04-01")
    assert (row["service_item"], row["unit"], row["quantity"]) == ("作业 GPU low", "项", 1)
    assert row["unit_price_yuan"] == row["amount_yuan"] == Decimal("40.10")


def test_the_contract_may_be_declared_for_the_folder(tmp_path: Path) -> None:
    nameless = {key: value for key, value in CHARGED.items() if key != "contractNo"}
    assert codes(charges(tmp_path, nameless), openscow_charge) == ["NO_CONTRACT"]
    assert row_of(charges(tmp_path, nameless, contract_no="HT-9"), openscow_charge)["contract_no"] == "HT-9"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"tenantPrice": 20.05}, "TWO_PRICES"),
        ({"accountPrice": 40.105, "tenantPrice": 40.105}, "SUB_CENT"),
        ({"accountPrice": None}, "BAD_RECORD"),
        ({"accountPrice": "四十", "tenantPrice": "四十"}, "BAD_PRICE"),
        ({"endTime": "Unknown"}, "BAD_PERIOD"),
        ({"endTime": "2026-03-30T00:00:00Z"}, "BAD_PERIOD"),
    ],
)
def test_a_job_that_cannot_be_used_is_refused(tmp_path: Path, changes: dict[str, Any], code: str) -> None:
    assert codes(charges(tmp_path, CHARGED, CHARGED | changes), openscow_charge) == [code]


def test_what_is_no_job_is_refused(tmp_path: Path) -> None:
    assert codes(charges(tmp_path, CHARGED, 7, None, []), openscow_charge) == ["BAD_RECORD"] * 3


def test_prices_are_never_floats(tmp_path: Path) -> None:
    text = json.dumps([CHARGED]).replace("40.1", "0.1000000000000000055511151231257827")
    assert codes(bill_of(tmp_path, text), openscow_charge) == ["SUB_CENT"]


def test_a_number_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    text = json.dumps([CHARGED]).replace("40.1", "1e999999999")
    assert codes(bill_of(tmp_path, text), openscow_charge) == ["BAD_PRICE"]


@pytest.mark.parametrize("text", ["[{}", '[{"a": 1, "a": 2}]', "[NaN]"])
def test_broken_json_is_refused(tmp_path: Path, text: str) -> None:
    source = bill_of(tmp_path, json.dumps([CHARGED])[:-1] + "," + text)
    assert "JSON" in refusal(source, openscow_charge)


def test_a_provider_is_declared_or_the_file_refused(tmp_path: Path) -> None:
    assert "provider_id" in refusal(charges(tmp_path, CHARGED, provider_id=None), openscow_charge)


# The real charges


def jobs_of(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(real(f"openscow/{name}").read_text(), parse_float=Decimal)
    return found


@pytest.mark.parametrize(
    ("name", "accepted", "refused"),
    [
        ("testData.json", 32, {"TWO_PRICES": 4}),
        # Charged to a tenth of a cent: the table holds cents, and nothing is rounded.
        ("testData-precision3.json", 20, {"TWO_PRICES": 4, "SUB_CENT": 12}),
    ],
)
def test_every_real_charge_is_accounted_for(name: str, accepted: int, refused: dict[str, int]) -> None:
    path = real(f"openscow/{name}")
    source = Source(path, name, Declaration(provider_id=PROVIDER, contract_no="HT-1"))
    found = gated(source, openscow_charge)
    assert found.accepted.height == accepted
    assert dict(found.rejected["reason_code"].value_counts().iter_rows()) == refused
    charged = {place: job["accountPrice"] for place, job in enumerate(jobs_of(name), start=1)}
    assert all(
        charged[place] == yuan for place, yuan in found.accepted.select("row_no", "amount_yuan").iter_rows()
    )


def test_a_price_list_is_nobodys_table() -> None:
    path = real("openscow/priceItems.json")
    assert adapter_for(Source(path, path.name, Declaration(provider_id=PROVIDER))) is None
