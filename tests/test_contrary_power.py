"""Utilisation against power, hour by hour: which hours are looked at, and what a night makes of honest and made-up logs."""

import random
from pathlib import Path

import pytest

from hesuan.flows.warehouse import Connection, make
from hesuan.flows.workspace import Workspace
from tests.city import APPLICANTS, PROVIDER, City, Row
from tests.night import tally
from tests.rule_case import court, fill, relation_cards
from tests.test_sample_rules import BUSY, DAYS, STEP, STILL, ask, judged, samples

# All sixty minutes, and five samples.
FULL, FIVE = (1 << 60) - 1, 0b11111
CARDS = """
provider_id | device_uuid | cluster_id | device_model | tdp_watts
P           | G1          | c          | A100         | 400
P           | G2          | c          | A100         | 400
P           | G3          | c          | A100         |
P           | MIG-7       | c          | A100         | 400
"""
HEADER = (
    "provider_id | cluster_id | device_uuid | tenant | contract_no | hour_s | minutes | first_s | last_s | period_seconds"
    " | covered_seconds | util_known_seconds | power_known_seconds | weighted_millipercent_seconds | power_millijoules"
    " | file_sha256 | first_row_no"
)


def hour(card: str, util: int, watts: int, *, at: int = 0, **how: object) -> str:
    """One row of an hour: util in percent, mean watts. covered: seconds; power: those with power; minutes: the bitmap."""
    covered = int(str(how.get("covered", 3600)))
    power = int(str(how.get("power", covered)))
    first = int(str(how.get("first", at)))
    return (
        f"P | c | {card} | {how.get('tenant', 't')} | {how.get('contract', 'K')} | {at} | {how.get('minutes', FULL)}"
        f" | {first} | {first + covered - 60} | 60 | {covered} | {covered} | {power} | {util * 1000 * covered}"
        f" | {watts * 1000 * power} | {how.get('file', 'f')} | 1"
    )


def contrary(connection: Connection, rows: list[str], parted: str = "") -> list[tuple]:
    fill(connection, "lake.occupancy", "\n".join([HEADER, *rows]))
    connection.execute("""
        insert into lake.occupancy_day by name
        select provider_id, cluster_id, device_uuid, tenant, contract_no, file_sha256,
            cast((hour_s + 28800) // 86400 as integer) as day_no, min(first_s) as first_s, max(last_s) as last_s
        from lake.occupancy group by all
    """)
    fill(connection, "reconciled.sampled_card", CARDS)
    if parted:
        fill(connection, "reconciled.parted_day", parted)
    for name in ("joint_day", "contrary_hour"):
        make(connection, relation_cards()[f"reconciled.{name}"])
    return connection.execute(
        "select device_uuid, hour_s, is_busy, power_millijoules // known_seconds // 1000"
        " from reconciled.contrary_hour order by all"
    ).fetchall()


def test_only_hours_that_may_contradict_are_kept() -> None:
    rows = [
        hour("G1", 100, 62),
        hour("G1", 100, 160, at=3600),
        hour("G1", 0, 240, at=7200),
        hour("G1", 1, 160, at=10800),
        hour("G2", 80, 62),
        hour("G3", 100, 62),
        hour("MIG-7", 100, 62),
    ]
    with court() as connection:
        parts = "provider_id | card | usage_on\nP | mig-7 | "
        assert contrary(connection, rows, parts) == [("G1", 0, True, 62), ("G1", 7200, False, 240)]


def test_an_hour_that_is_not_whole_or_not_one_partys_is_not_looked_at() -> None:
    rows = [
        hour("G1", 100, 62, covered=3540),
        hour("G1", 100, 62, at=3600, power=3540),
        hour("G1", 100, 62, at=7200, minutes=FIVE),
        hour("G1", 100, 62, at=10800, covered=1800),
        hour("G1", 100, 62, at=10800, covered=1800, first=12600, contract="K2", tenant="t2"),
        hour("G1", 100, 62, at=14400),
    ]
    with court() as connection:
        assert contrary(connection, rows) == [("G1", 14400, True, 62)]


def test_where_the_log_is_cut_does_not_show() -> None:
    """Two files that meet within an hour, and two that meet between hours."""
    rows = [
        hour("G1", 100, 62),
        hour("G1", 100, 62, at=3600, covered=1800),
        hour("G1", 100, 62, at=3600, covered=1800, first=5400, file="g"),
        hour("G1", 100, 62, at=7200, file="g"),
        hour("G2", 100, 62),
        hour("G2", 100, 62, at=3600, file="g"),
    ]
    for shuffled in (rows, rows[::-1]):
        with court() as connection:
            assert contrary(connection, shuffled) == [
                ("G1", 0, True, 62),
                ("G1", 3600, True, 62),
                ("G1", 7200, True, 62),
                ("G2", 0, True, 62),
                ("G2", 3600, True, 62),
            ]


def test_a_card_of_which_a_part_is_let_is_not_looked_at() -> None:
    """A share of a card named by device; one without a device speaks for the contract's whole day."""
    rows = [
        hour("G1", 100, 62),
        hour("G2", 100, 62, contract="K2"),
        hour("G2", 100, 62, at=86400, contract="K2"),
    ]
    parted = "provider_id | card | contract_no | usage_on\nP | g1 | K9 | 1970-01-01\nP | | K2 | 1970-01-01"
    with court() as connection:
        assert contrary(connection, rows, parted) == [("G2", 86400, True, 62)]


def test_idling_is_measured_where_it_is_asked_for_and_never_above_a_third() -> None:
    """A card at zero that draws 30 % and more of its rating may be at work unseen."""
    rows = [
        hour("G1", 100, 62),
        *(hour("G2", 0, watts, at=3600 * n) for n, watts in enumerate((50, 120, 121, 61))),
    ]
    with court() as connection:
        contrary(connection, rows)
        make(connection, relation_cards()["reconciled.idle_power"])
        asked = "select still_hour_count, idle_milliwatts from reconciled.idle_power"
        assert connection.execute(asked).fetchall() == [(3, 120000)]


def test_shares_of_cards_are_told_from_the_usage_and_from_the_names_of_samples() -> None:
    with court() as connection:
        fill(connection, "reconciled.sampled_card", CARDS + "P | MIG-GPU-5/1/0 | c | A100 | 400\n")
        fill(
            connection,
            "reconciled.day_slice",
            "provider_id | device_uuid | contract_no | usage_on | card_units\n"
            "P | GPU-A | K1 | 2026-03-01 | 10500\nP | GPU-B | K1 | 2026-03-01 | 21000\n"
            "P | MIG-1 | K2 | 2026-03-01 | 3000\nP | | K3 | 2026-03-01 | 42000\nQ | GPU-C | K4 | 2026-03-01 | 3000",
        )
        make(connection, relation_cards()["reconciled.parted_day"])
        found = connection.execute(
            "select card, contract_no from reconciled.parted_day order by all"
        ).fetchall()
    assert found == [("gpu-5", None), ("gpu-a", "K1"), ("mig-7", None), ("mig-gpu-5/1/0", None), (None, "K2")]


MADE_UP: tuple[tuple[str, str, Row], ...] = (
    ("idle", "GI1", STILL),
    ("false", "GF1", {**BUSY, "util_percent": 100, "power_watts": 62}),
    ("hidden", "GH1", {**BUSY, "util_percent": 0}),
    ("decode", "GD1", {**BUSY, "util_percent": 100, "power_watts": 160}),
    ("capped", "GC1", {**BUSY, "util_percent": 100, "power_watts": 219}),
    ("encode", "GE1", {**BUSY, "util_percent": 40, "power_watts": 66}),
    ("tenth", "GT1", {**BUSY, "util_percent": 100, "power_watts": 6}),
    ("unsaid", "GU1", {**BUSY, "power_watts": None}),
)


def night_of(root: Path, *, files: int) -> Workspace:
    """A city of cards whose samples lie in any order, cut into as many files."""
    city = City().with_register()
    after = samples("after", "GA1", STILL)
    cards = [(name, card, samples(name, card, reading)) for name, card, reading in MADE_UP]
    # Each hour one reading of a load that has just stopped.
    cards.append(
        ("after", "GA1", [row | ({"power_watts": 390} if n % 6 == 0 else {}) for n, row in enumerate(after)])
    )
    listed = {
        "provider_id": PROVIDER,
        "cluster_id": "c1",
        "device_model": "A800",
        "memory_gib": 80,
        "tdp_watts": 400,
    }
    for n, (name, card, rows) in enumerate(cards):
        city.honest(name, hours=5000, applicant=APPLICANTS[n % len(APPLICANTS)])
        city.add("device", **listed, node_id="n1", device_uuid=card, card_count=1, valid_from="2025-01-01")
        city.rows.setdefault("usage_sample", []).extend(rows)
    del city.rows["usage_interval"]
    random.Random(7).shuffle(city.rows["usage_sample"])
    workspace = city.hand_in(root)
    registry = workspace.inbox / "registry"
    (registry / "source.toml").write_text(f"sample_period_seconds = {STEP}\n", encoding="utf-8")
    whole = registry / "usage_sample.csv"
    head, *lines = whole.read_text(encoding="utf-8").splitlines()
    whole.unlink()
    for n in range(files):
        (registry / f"part{n}.csv").write_text("\n".join([head, *lines[n::files]]) + "\n", encoding="utf-8")
    tally(workspace)
    return workspace


@pytest.mark.parametrize("files", [1, 3])
def test_only_made_up_logs_are_held_however_they_are_cut(tmp_path: Path, files: int) -> None:
    """Decoding at 40 % of the rating, capped cards, video, the minute after a load, idling: none of them contradict."""
    night = night_of(tmp_path, files=files)
    assert judged(night, "MTR-011") == {
        **dict.fromkeys(("idle", "decode", "capped", "encode", "after"), "pass"),
        **dict.fromkeys(("false", "hidden"), "hold"),
        # 6 W is less than half of what an idle card draws: another unit, perhaps.
        "tenth": "unknown",
    }
    found = ask(night, "select still_hour_count, idle_milliwatts from reconciled.idle_power")
    # The card that shows 390 W once an hour idles at 113 W on the mean.
    assert found == [(2 * DAYS * 24, 113333)]
    [(hours,)] = ask(
        night,
        "select count(*) from published.evidence_row join published.finding using (finding_id) where rule_id = 'MTR-011'",
    )
    assert hours > 0
