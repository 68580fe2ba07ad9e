"""Usage that supports no sum until what is amiss is mended: cards off the device list, samples behind a broken chain."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hesuan.flows.warehouse import connect
from tests.city import APPLICANTS, PRICE, PROVIDER, City, Row
from tests.night import Pageless, run, tally
from tests.test_chain import Collector, changed, put

# One card from 1 March on for 240 days.
HOURS = 5760
DAY_UNITS = 86400 * 21000


def ask(database: Path, query: str) -> list[tuple[Any, ...]]:
    with connect(database, read_only=True) as connection:
        return connection.execute(query).fetchall()


def listed_from(valid_from: str, valid_to: str | None = None) -> City:
    """Contract K-off uses GPU-1, which is on the list on these days; the list names every card."""
    town = City().with_register()
    gross = PRICE * HOURS
    town.claim("off", hours=HOURS, gross=gross, applicant=APPLICANTS[0], year=2026, at="09:00:00", cards=1)
    town.row("usage_interval", record_id="J-off").update(device_uuid="GPU-1")
    [device] = town.rows["device"]
    # A card more than is used, so that the list is long enough.
    town.add("device", **device | {"device_uuid": "GPU-2", "card_count": 1})
    device.update(device_uuid="GPU-1", card_count=1, valid_from=valid_from, valid_to=valid_to)
    return town


READINGS = (
    "select reading_value, disposition, proposed_subsidy_yuan from published.reading where reading_key = '{}'"
)


@pytest.mark.slow
def test_a_card_off_the_list_is_left_out_until_it_is_registered(tmp_path: Path) -> None:
    late = run(listed_from("2026-03-11").hand_in(tmp_path / "late"), engine=Pageless()).database
    assert ask(late, "select disposition, supported_yuan from published.claim") == [
        ("approve", PRICE * (HOURS - 240))
    ]
    assert sorted(ask(late, READINGS.format("usage.off_list"))) == [
        ("exclude", "approve", Decimal("27600.00")),
        ("review", "hold", Decimal("28800.00")),
    ]
    [(severity, amount, sentence)] = ask(
        late,
        "select severity, amount_at_risk_yuan, sentence_zh from published.finding where rule_id = 'MTR-013'",
    )
    assert (severity, amount) == ("adjust", PRICE * 240)
    assert sentence.endswith("（清单上有此卡，日期不含当时）；因此不计 240.0000 卡时。")
    mended = tally(listed_from("2026-03-01").hand_in(tmp_path / "mended")).database
    assert ask(mended, "select disposition, proposed_subsidy_yuan from published.claim") == [
        ("approve", Decimal("28800.00"))
    ]
    assert ask(mended, "select count(*) from decided.excluded_day") == [(0,)]


@pytest.mark.slow
def test_the_steps_and_the_months_say_what_was_left_out(tmp_path: Path) -> None:
    database = tally(listed_from("2026-03-11").hand_in(tmp_path)).database
    [(note,)] = ask(database, "select note_zh from published.waterfall where step = 'metered'")
    assert note == "计量可支持 58512.00 元；不计：用到时不在设备清单上的卡 240.0000 卡时"
    [(month, hours, why)] = ask(
        database,
        "select month, off_list_gpu_hours, variance_cause_zh from published.reconciliation"
        " where off_list_gpu_hours > 0",
    )
    assert (month, hours) == ("2026-03", Decimal(240))
    assert "用到时不在设备清单上的卡" in why.split("；")


@pytest.mark.parametrize(("seconds", "left_out"), [(60, 0), (61, 61 * 21000)])
@pytest.mark.slow
def test_a_hand_over_within_the_slack_is_counted(tmp_path: Path, seconds: int, left_out: int) -> None:
    town = listed_from("2025-01-01", "2026-10-26")
    town.row("usage_interval", record_id="J-off")["ended_at"] = f"2026-10-27T00:01:{seconds - 60:02}+08:00"
    database = tally(town.hand_in(tmp_path)).database
    assert ask(database, "select coalesce(sum(unit_seconds), 0) from decided.excluded_day") == [(left_out,)]


@pytest.mark.slow
def test_what_lies_on_a_shared_card_off_the_list_is_left_out_once(tmp_path: Path) -> None:
    """Another tenant has the card too on the third of the ten days: the overlap is within what is left out."""
    town = listed_from("2026-03-11")
    town.add("usage_interval", provider_id=PROVIDER, cluster_id="c1", record_id="other", tenant="someone",
             device_uuid="GPU-1", device_model="A800", card_count=1,
             started_at="2026-03-03T00:00:00+08:00", ended_at="2026-03-04T00:00:00+08:00")  # fmt: skip
    database = tally(town.hand_in(tmp_path)).database
    assert ask(database, "select count(*) from reconciled.contract_overlap where contract_no = 'K-off'") != [
        (0,)
    ]
    assert ask(database, "select supported_yuan from published.claim") == [(PRICE * (HOURS - 240),)]


BEGIN = datetime(2026, 3, 1, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


def hourly(name: str, boot: str, hours: range) -> list[Row]:
    collector = Collector(name, boot=boot)
    for hour in hours:
        collector.write(1, at=BEGIN + timedelta(hours=hour))
    return collector.rows


@pytest.mark.slow
def test_samples_from_the_day_of_a_break_on_are_left_out_up_to_the_next_boot(tmp_path: Path) -> None:
    """240 days sampled by the hour, no other log: a record of the 201st day was changed, the 203rd is another boot."""
    town = City().with_register().honest("bent", hours=HOURS)
    town.rows["usage_interval"].clear()
    rows = changed(hourly("bent", "b1", range(202 * 24)), 200 * 24 + 9, util_percent=Decimal(99))
    rows += hourly("bent", "b2", range(202 * 24, HOURS))
    workspace = town.hand_in(tmp_path)
    put(workspace, "usage_sample", "samples", rows)
    (workspace.inbox / "submissions" / "source.toml").write_text("sample_period_seconds = 3600\n", "utf-8")
    database = run(workspace, engine=Pageless()).database
    assert ask(
        database, "select usage_on::varchar, cause, unit_seconds from decided.excluded_day order by 1"
    ) == [
        ("2026-09-17", "broken_chain", DAY_UNITS),
        ("2026-09-18", "broken_chain", DAY_UNITS),
    ]
    [(severity, amount, sentence)] = ask(
        database,
        "select severity, amount_at_risk_yuan, sentence_zh from published.finding where rule_id = 'MTR-001'",
    )
    assert (severity, amount) == ("adjust", PRICE * 48)
    assert sentence.endswith("因此不计 48.0000 卡时（不接之处所在之日起）。")
    assert sorted(ask(database, READINGS.format("usage.broken_chain"))) == [
        ("exclude", "approve", Decimal("28560.00")),
        ("review", "hold", Decimal("28800.00")),
    ]
    [(note,)] = ask(database, "select note_zh from published.waterfall where step = 'metered'")
    assert note == "计量可支持 60547.20 元；不计：采样没有摘要链的支持 48.0000 卡时"
