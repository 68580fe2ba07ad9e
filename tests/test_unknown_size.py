"""A log that does not say how many cards or cores a job had: that is unknown, never none."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from tests.city import PROVIDER, City
from tests.night import tally
from tests.test_slurm_run import ask

CLAIM = "select disposition, reasons, supported_yuan, recognised_cost_yuan from published.claim"


def by_cores(cores: int) -> City:
    """636 000 core-hours at 0.10 yuan, used by a job of so many cores in 150 hours; 4240 would be all of them."""
    city = City().with_register().honest("a", hours=6000)
    price = {"unit": "核时", "quantity": 636_000, "unit_price_yuan": "0.10", "device_model": None}
    for table in ("contract_line", "statement"):
        city.row(table).update(price)
    city.row("invoice_line").update(unit="核时", quantity=636_000)
    city.row("usage_interval").update(card_count=None, cpu_cores=cores)
    tariff = {"device_model": "A800", "unit": "核时", "unit_price_yuan": "0.10", "valid_from": "2025-01-01"}
    city.add("tariff", provider_id=PROVIDER, **tariff)
    return city


def told(city: City, root: Path) -> list[tuple]:
    workspace = city.hand_in(root)
    tally(workspace)
    return ask(workspace, CLAIM)


def test_a_log_in_which_no_record_says_its_cards_is_no_clearance(tmp_path: Path) -> None:
    city = City().with_register().honest("a", hours=6000)
    city.row("usage_interval")["card_count"] = None
    assert told(city, tmp_path) == [("hold", ["REC-006"], None, Decimal("60000.00"))]


def test_cores_that_a_record_does_not_say_are_not_none(tmp_path: Path) -> None:
    """Half of what was invoiced is known of; the other half is not cut, and not let pass."""
    city = by_cores(2120)
    city.add("usage_interval", **city.row("usage_interval") | {"record_id": "J-b", "cpu_cores": None})
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    assert ask(workspace, CLAIM) == [("hold", ["REC-003"], None, Decimal("60000.00"))]
    [(sentence,)] = ask(workspace, "select sentence_zh from published.finding where rule_id = 'REC-003'")
    assert (
        "计量乘以合同价 未知 元（按核时计价而没有写明核数的记录、采样卡日 7 条，跨日的每日各计一次）"
        in sentence
    )
    shown = "select row_no from published.evidence_row where finding_id = 'REC-003:C-a' and file_name like '%usage_interval%'"
    assert ask(workspace, shown) == [(3,)]


def test_a_log_in_which_no_record_says_its_cores_is_no_clearance(tmp_path: Path) -> None:
    city = by_cores(4240)
    city.row("usage_interval")["cpu_cores"] = None
    assert told(city, tmp_path) == [("hold", ["REC-003"], None, Decimal("60000.00"))]


def test_of_a_contract_priced_by_cores_cards_may_be_unknown(tmp_path: Path) -> None:
    """4000 of 4240 cores were used: the sum is known, and cut to it."""
    assert told(by_cores(4000), tmp_path) == [("approve", [], Decimal("60000.00"), Decimal("56603.77"))]


def test_of_a_contract_priced_by_cards_cores_may_be_unknown(tmp_path: Path) -> None:
    city = City().with_register().honest("a", hours=6000)
    city.row("usage_interval")["card_count"] = 38
    assert told(city, tmp_path) == [("approve", [], Decimal("60420.00"), Decimal("57000.00"))]


def test_samples_of_cards_say_nothing_of_cores(tmp_path: Path) -> None:
    """No record, and a card sampled for six days: what cores were used is unknown, and the claim does not pass for it."""
    city = by_cores(4240)
    del city.rows["usage_interval"]
    workspace = city.hand_in(tmp_path)
    begun = datetime.fromisoformat("2026-03-02T00:00:00+08:00")
    at = [(begun + timedelta(hours=hour)).isoformat() for hour in range(144)]
    lines = ["provider_id,cluster_id,device_uuid,tenant,contract_no,sampled_at,util_percent"]
    lines += [f"{PROVIDER},c1,GPU-1,t-a,K-a,{each},50" for each in at]
    folder = workspace.inbox / "submissions"
    (folder / "samples.csv").write_text("\n".join(lines), encoding="utf-8")
    (folder / "source.toml").write_text("sample_period_seconds = 3600\n", encoding="utf-8")
    tally(workspace)
    assert ask(workspace, CLAIM) == [("hold", ["REC-003"], None, Decimal("60000.00"))]
