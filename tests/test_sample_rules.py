"""Samples of a few cards through a whole night: what the rules make of idle, hot, interrupted and honest cards."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect, make
from hesuan.flows.workspace import Workspace
from tests.city import APPLICANTS, PROVIDER, City, Row
from tests.night import tally
from tests.rule_case import court, fill, relation_cards
from tests.test_same_figures import conserved

STEP = 600
HOUR = 3600
DAY = 86400
FIRST = 1772380800  # 2026-03-02 00:00 in Shanghai
DAYS = 5
BUSY = {"util_percent": 80, "power_watts": 300, "memory_used_mib": 60000, "temperature_c": 65}
STILL = {"util_percent": 0, "power_watts": 58, "memory_used_mib": 4, "temperature_c": 30}


def register(watts: int, *, restart_at: int = DAYS * DAY) -> Callable[[int], int]:
    """What a counter that adds up these watts reads, in joules; it starts from nothing at the restart."""
    return lambda at: watts * (at - restart_at) if at >= restart_at else 10**9 + watts * at


def samples(name: str, card: str, reading: Row, **how: object) -> list[Row]:
    """energy: what the register reads at a second. missing: the seconds without samples."""
    energy, missing = how.get("energy"), how.get("missing", range(0))
    return [
        {
            "provider_id": PROVIDER,
            "cluster_id": "c1",
            "device_uuid": card,
            "contract_no": f"K-{name}",
            "sampled_at": datetime.fromtimestamp(FIRST + at, UTC).isoformat(),
            **reading,
            **({"energy_joules": energy(at)} if callable(energy) else {}),
        }
        for at in range(0, DAYS * DAY, STEP)
        if isinstance(missing, range) and at not in missing
    ]


OUTAGE = range(2 * DAY + 8 * HOUR, 2 * DAY + 20 * HOUR)
CARDS: tuple[tuple[str, str, str, Row, dict[str, object]], ...] = (
    ("idle", "GI1", "n1", STILL, {}),
    ("idle", "GI2", "n1", STILL, {}),
    ("serving", "GS1", "n1", {**STILL, "memory_used_mib": 73900}, {}),
    ("serving", "GS2", "n1", {**STILL, "memory_used_mib": None}, {}),
    ("busy", "GB1", "n1", BUSY, {"energy": register(300, restart_at=2 * DAY + 13 * HOUR + 1800)}),
    ("drifting", "GD1", "n1", BUSY, {"energy": register(150)}),
    ("hot", "GH1", "n1", {**BUSY, "power_watts": 461}, {"energy": register(461)}),
    ("down", "GN1", "n2", BUSY, {"missing": OUTAGE}),
    ("down", "GN2", "n2", BUSY, {"missing": OUTAGE}),
    ("lost", "GL1", "n1", BUSY, {"missing": OUTAGE}),
)
NAMES = tuple(dict.fromkeys(name for name, *_ in CARDS))


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    city = City().with_register()
    for name, applicant in zip(NAMES, APPLICANTS, strict=True):
        city.honest(name, hours=5000, applicant=applicant)
    del city.rows["usage_interval"]
    listed = {
        "provider_id": PROVIDER,
        "cluster_id": "c1",
        "device_model": "A800",
        "memory_gib": 80,
        "tdp_watts": 400,
    }
    for name, card, node, reading, how in CARDS:
        city.add("device", **listed, node_id=node, device_uuid=card, card_count=1, valid_from="2025-01-01")
        city.rows.setdefault("usage_sample", []).extend(samples(name, card, reading, **how))
    workspace = city.hand_in(tmp_path_factory.mktemp("cards"))
    declared = f"sample_period_seconds = {STEP}\n"
    (workspace.inbox / "registry" / "source.toml").write_text(declared, encoding="utf-8")
    tally(workspace)
    return workspace


def ask(workspace: Workspace, query: str) -> list[tuple]:
    with connect(workspace.published, read_only=True) as connection:
        return connection.execute(query).fetchall()


def judged(workspace: Workspace, rule_id: str) -> dict[str, str]:
    """Name → verdict, with the severity of a flag; what does not apply left out."""
    rows = ask(
        workspace,
        "select claim_id[3:], case verdict when 'flag' then severity else verdict end from decided.verdict"
        f" where rule_id = '{rule_id}' and verdict <> 'not_applicable'",
    )
    return dict(rows)


def test_only_cards_that_are_empty_cold_and_still_are_idle(night: Workspace) -> None:
    assert judged(night, "USE-001") == {name: "hold" if name == "idle" else "pass" for name in NAMES}
    [(line, hours)] = ask(night, "select idle_watts, still_hour_count from reconciled.idle_line")
    assert (line, hours) == (Decimal(58), 4 * DAYS * 24)
    rows = ask(night, "select distinct device_uuid, memory_permyriad from reconciled.still_day order by 1")
    # 4 of 81 920 MiB is one ten-thousandth, rounded up; what was not read stays unknown.
    assert rows == [("GI1", 1), ("GI2", 1), ("GS1", 9021), ("GS2", None)]


def test_a_shared_outage_is_a_note_and_a_lost_card_is_held(night: Workspace) -> None:
    found = judged(night, "MTR-009")
    assert found == {name: {"down": "note", "lost": "hold"}.get(name, "pass") for name in NAMES}
    rows = ask(
        night,
        "select contract_no, sum(missed_seconds), sum(shared_seconds) from reconciled.sample_due"
        " group by 1 having sum(missed_seconds) > 0 order by 1",
    )
    assert rows == [("K-down", 24 * HOUR, 24 * HOUR), ("K-lost", 12 * HOUR, 0)]


def test_a_register_that_counts_half_is_held_and_a_restart_is_not(night: Workspace) -> None:
    assert judged(night, "MTR-012") == {"busy": "pass", "drifting": "hold", "hot": "pass"}
    rows = ask(
        night,
        "select strftime(usage_on, '%d'), gain_joules, fell_count from reconciled.energy_day"
        " where contract_no = 'K-busy' order by 1",
    )
    whole = Decimal(300 * (DAY - STEP))
    # The restart spoils the third day; what follows the last hour is unknown.
    assert rows == [("02", whole, 0), ("03", whole, 0), ("04", None, 1), ("05", whole, 0), ("06", None, 0)]


def test_only_power_beyond_the_rating_is_impossible(night: Workspace) -> None:
    assert judged(night, "MTR-014") == {name: "hold" if name == "hot" else "pass" for name in NAMES}


def test_every_finding_leads_to_rows_of_the_samples(night: Workspace) -> None:
    rows = ask(
        night,
        """
        select distinct f.rule_id
        from published.finding as f
        join published.evidence_row as e using (finding_id)
        join published.input_file as i using (file_sha256)
        where i.file_name like '%usage_sample.csv' and f.rule_id in ('MTR-009', 'MTR-012', 'MTR-014', 'USE-001')
        order by 1
        """,
    )
    assert [rule for (rule,) in rows] == ["MTR-009", "MTR-012", "MTR-014", "USE-001"]
    conserved(night)


@pytest.mark.slow
def test_what_no_card_can_read_is_returned_or_does_no_harm(tmp_path: Path) -> None:
    city = City().with_register()
    rows = samples("x", "GX", BUSY)[:6]
    rows[0] |= {"util_percent": 100, "power_watts": 1_000_000}
    rows[1]["util_percent"] = 101
    rows[2]["power_watts"] = "1000000.001"
    rows[3]["memory_used_mib"] = rows[4]["energy_joules"] = "999999999999999.999"
    rows[5]["temperature_c"] = "-999999999999999.999"
    city.rows["usage_sample"] = rows
    workspace = city.hand_in(tmp_path)
    tally(workspace)
    found = ask(workspace, "select row_no, reason_code, reason_zh from published.reject order by 1")
    assert [row[:2] for row in found] == [(3, "TOO_BIG"), (4, "TOO_BIG")]
    assert found[0][2].startswith("利用率 不得大于 100：")
    assert found[1][2].startswith("功率W 不得大于 1000000：")


METRICS = {
    "DCGM_FI_DEV_GPU_UTIL": ("util_percent", 1),
    "DCGM_FI_DEV_POWER_USAGE": ("power_watts", 1),
    "DCGM_FI_DEV_FB_USED": ("memory_used_mib", 1),
    "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION": ("energy_joules", 1000),
}


@pytest.mark.slow
def test_single_metrics_in_files_of_their_own_are_one_hour(tmp_path: Path) -> None:
    """A query answers one metric: utilisation, power, memory and energy come in four files."""
    city = City().with_register().honest("parts", hours=5000)
    del city.rows["usage_interval"]
    listed = {"provider_id": PROVIDER, "device_model": "A800", "memory_gib": 80, "tdp_watts": 400}
    city.add("device", **listed, device_uuid="GPU-1", card_count=1, valid_from="2025-01-01")
    city.add("tenant", provider_id=PROVIDER, tenant="ns", contract_no="K-parts", valid_from="2026-01-01")
    workspace = city.hand_in(tmp_path)
    folder = workspace.inbox / "submissions"
    declared = f'provider_id = "{PROVIDER}"\nsample_period_seconds = {STEP}\n'
    (folder / "source.toml").write_text(declared, encoding="utf-8")
    rows = samples("parts", "GPU-1", STILL, energy=register(58))
    for metric, (column, scale) in METRICS.items():
        lines = [
            f'{metric}{{UUID="GPU-1",exported_namespace="ns"}} {row[column] * scale} {(FIRST + n * STEP) * 1000}'
            for n, row in enumerate(rows)
        ]
        (folder / f"{metric}.prom").write_text("\n".join(lines) + "\n", encoding="utf-8")
    tally(workspace)
    assert judged(workspace, "USE-001") == {"parts": "hold"}
    assert judged(workspace, "MTR-009") == {"parts": "pass"}
    assert judged(workspace, "MTR-012") == {"parts": "pass"}
    assert ask(workspace, "select distinct is_told, is_cool, memory_permyriad from reconciled.still_day") == [
        (True, True, 1)
    ]
    gained = ask(workspace, "select gain_joules from reconciled.energy_day order by usage_on limit 1")
    assert gained == [(Decimal(58 * (DAY - STEP)),)]


BOOTS = """
provider_id | device_uuid | contract_no | boot_id | hour_s | first_s | energy_low_joules | energy_high_joules
P1          | G_reboot    | C1          | b1      | 0      | 0       | 5000              | 6000
P1          | G_reboot    | C1          | b1      | 3600   | 3600    | 6010              | 7000
P1          | G_reboot    | C1          | b2      | 3600   | 5400    | 0                 | 500
P1          | G_reboot    | C1          | b2      | 7200   | 7200    | 510               | 900
P1          | G_same      | C1          | b1      | 0      | 0       | 5000              | 6000
P1          | G_same      | C1          | b1      | 3600   | 3600    | 4000              | 7000
P1          | G_same      | C1          | b1      | 7200   | 7200    | 5000              | 8000
P1          | G_same      | C1          | b1      | 10800  | 10800   | 8000              | 8001
P1          | G_untold    | C1          |         | 0      | 0       | 5000              | 6000
P1          | G_untold    | C1          |         | 3600   | 3600    | 20                | 90
P1          | G_rising    | C1          | b1      | 0      | 0       | 5000              | 6000
P1          | G_rising    | C1          | b1      | 3600   | 3600    | 6000              | 6100
"""


def test_a_fall_is_a_reboot_where_the_boot_says_so() -> None:
    with court() as connection:
        fill(connection, "reconciled.sample_hour", BOOTS)
        make(connection, relation_cards()["reconciled.energy_day"])
        found = connection.execute(
            "select device_uuid, fell_count, fell_in_boot_count, fell_to_joules from reconciled.energy_day order by 1"
        ).fetchall()
    assert found == [
        ("G_reboot", 1, 0, None),
        ("G_rising", 0, 0, None),
        ("G_same", 1, 1, Decimal(5000)),
        ("G_untold", 1, 0, Decimal(20)),
    ]


# Bits of minutes: 1 is one sample in the hour, 4095 twelve; 1152921504606846975 all sixty.
THIN = """
device_uuid | contract_no | hour_s | minutes | metered_seconds | above_zero_seconds | util_known_seconds | power_peak_watts
thin        | C1          | 0      | 1       | 3600            | 3600               | 3600               | 58
busy        | C1          | 0      | 4095    | 3600            | 3600               | 3600               | 300
still       | C1          | 0      | 4095    | 3600            | 0                  | 3600               | 58
dense       | C1          | 0      | 1152921504606846975 | 3600 | 60                | 3600               | 58
full        | C1          | 0      | 1152921504606846975 | 3600 | 3600              | 3600               | 58
warm        | C1          | 0      | 1152921504606846975 | 3600 | 60                | 3600               | 61
"""
CARDS_SAMPLED = """
device_uuid | device_model
thin        | A800
busy        | A800
dense       | A800
full        | A800
warm        | A800
still       | A800
"""
LINE = """
device_model | still_hour_count | idle_watts
A800         | 1                | 60
"""


def test_an_hour_of_few_samples_at_idle_power_is_not_told_by_one_of_use_and_one_of_many_is_by_the_second() -> (
    None
):
    with court() as connection:
        fill(connection, "reconciled.sample_hour", THIN)
        fill(connection, "reconciled.sampled_card", CARDS_SAMPLED)
        fill(connection, "reconciled.idle_line", LINE)
        make(connection, relation_cards()["reconciled.still_day"])
        found = connection.execute(
            "select device_uuid, is_told, used_minute_count, still_seconds, zero_seconds"
            " from reconciled.still_day order by 1"
        ).fetchall()
    assert found == [
        ("dense", False, 60, 3600, 3540),
        ("still", True, None, 3600, 3600),
        ("thin", False, 1, 3600, 0),
    ]
