"""Days of one card that read the same in every hour: made-up weeks are seen, nightly jobs and files handed in twice are not."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from hesuan.flows.warehouse import make
from hesuan.flows.workspace import Workspace
from tests.city import APPLICANTS, PROVIDER, City, Row
from tests.night import tally
from tests.rule_case import court, fill, relation_cards
from tests.test_sample_rules import ask, judged

STEP = 600
MIDNIGHT = datetime(2026, 3, 1, 16, tzinfo=UTC)  # of 2026-03-02 in Shanghai
Readings = Iterator[tuple[Decimal, Decimal | None]]


def working(day: int, chance: random.Random) -> Readings:
    """A load that no two days share."""
    for _ in range(144):
        yield Decimal(chance.randint(40, 99)), Decimal(chance.randint(150_000, 350_000)) / 1000


def nightly(day: int, chance: random.Random) -> Readings:
    """The same job every night: utilisation repeats, power does not, to the milliwatt."""
    for n in range(144):
        yield (
            Decimal(90 if n < 36 else 1),
            Decimal((300_000 if n < 36 else 60_000) + chance.randint(0, 4000)) / 1000,
        )


def rounded(day: int, chance: random.Random) -> Readings:
    """Whole watts and percents under a power cap: 219 or 220 W all day."""
    for n in range(144):
        yield Decimal(99 if n % 144 else 98), Decimal(219 + chance.randint(0, 1))


def one_hour(day: int, chance: random.Random) -> Readings:
    """62 W to the watt but for one hour of a job: five whole readings may well come again."""
    for n in range(144):
        yield Decimal(80 if n < 6 else 0), Decimal(200 + (n % 6) if n < 6 else 62)


def powerless(day: int, chance: random.Random) -> Readings:
    for _ in range(144):
        yield Decimal(chance.randint(40, 99)), None


def copied(source: int) -> Callable[[int, random.Random], Readings]:
    """From day `source` on the days before are given again."""

    def reads(day: int, chance: random.Random) -> Readings:
        return working(day, random.Random(day % source))

    return reads


CARDS: dict[str, tuple[int, Callable[[int, random.Random], Readings]]] = {
    "week": (14, copied(7)),
    "honest": (14, working),
    "nightly": (14, nightly),
    "rounded": (14, rounded),
    "hourly": (14, one_hour),
    "powerless": (5, powerless),
}


def samples() -> list[Row]:
    chance = random.Random(11)
    return [
        {
            "provider_id": PROVIDER,
            "cluster_id": "c1",
            "device_uuid": f"G-{name}",
            "contract_no": f"K-{name}",
            "sampled_at": (MIDNIGHT + timedelta(days=day, seconds=n * STEP)).isoformat(),
            "util_percent": util,
            "power_watts": watts,
        }
        for name, (days, reads) in CARDS.items()
        for day in range(days)
        for n, (util, watts) in enumerate(reads(day, chance))
    ]


def night_of(root: Path, parts: Callable[[list[str]], list[list[str]]]) -> Workspace:
    """parts: the files that the lines of the samples lie in."""
    city = City().with_register()
    for name, applicant in zip(CARDS, APPLICANTS, strict=False):
        city.honest(name, hours=5000, applicant=applicant)
    del city.rows["usage_interval"]
    city.rows["usage_sample"] = samples()
    workspace = city.hand_in(root)
    registry = workspace.inbox / "registry"
    (registry / "source.toml").write_text(f"sample_period_seconds = {STEP}\n", encoding="utf-8")
    whole = registry / "usage_sample.csv"
    head, *lines = whole.read_text(encoding="utf-8").splitlines()
    whole.unlink()
    for n, part in enumerate(parts(lines)):
        (registry / f"part{n}.csv").write_text("\n".join([head, *part]) + "\n", encoding="utf-8")
    tally(workspace)
    return workspace


def cut(lines: list[str]) -> list[list[str]]:
    """Three files in no order: hours lie in several of them."""
    random.Random(3).shuffle(lines)
    return [lines[n::3] for n in range(3)]


def twice(lines: list[str]) -> list[list[str]]:
    """All of it again, in another order, and once more with other readings: copies and corrections."""
    return [lines, lines[::-1], [line.replace(",98,", ",97,") for line in lines if "G-honest" in line]]


@pytest.mark.parametrize("parts", [lambda lines: [lines], cut, twice], ids=["one", "cut", "twice"])
def test_a_week_given_again_is_held_and_honest_days_are_not(
    tmp_path: Path, parts: Callable[[list[str]], list[list[str]]]
) -> None:
    night = night_of(tmp_path, parts)
    # Without power nothing can be told, and the rule does not apply.
    assert judged(night, "MTR-007") == {
        "week": "hold",
        **dict.fromkeys(("honest", "nightly", "rounded", "hourly"), "pass"),
    }
    found = ask(
        night,
        "select count(*), bool_and(usage_on - like_on = 7), min(telling_hour_count), any_value(like_contract_no)"
        " from reconciled.sample_repeat",
    )
    assert found == [(7, True, 24, "K-week")]
    traced = ask(
        night,
        "select count(*) from published.evidence_row join published.finding using (finding_id) where rule_id = 'MTR-007'",
    )
    assert traced[0][0] >= 7


def test_a_day_of_fewer_than_twelve_readings_is_never_a_copy() -> None:
    """Twelve hours within which power moves and which read differently; eleven, or twelve that read alike, are too few."""
    head = (
        "provider_id | cluster_id | device_uuid | contract_no | usage_on | sample_count | metered_seconds | util_known_seconds"
        " | weighted_millipercent_seconds | power_known_seconds | power_millijoules | power_peak_watts"
    )
    days, hours = [head], [head.replace("usage_on", "hour_s").replace("metered_seconds", "covered_seconds")]
    for card, kinds in (("G12", 12), ("G11", 11), ("G1", 1)):
        for day in (0, 86400):
            watts = [100_000 + (n % kinds) for n in range(12)]
            midnight = 1772380800 + day
            who = f"P | c1 | {card} | K"
            hours += [
                f"{who} | {midnight + 3600 * n} | 60 | 3600 | 3600 | 180000000 | 3600 | {w * 3600} | 300"
                for n, w in enumerate(watts)
            ]
            on = (datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=day)).date()
            days.append(
                f"{who} | {on} | 720 | 43200 | 43200 | 2160000000 | 43200 | {sum(watts) * 3600} | 300"
            )
    with court() as connection:
        fill(connection, "reconciled.sample_day", "\n".join(days))
        fill(connection, "lake.occupancy", "\n".join(hours))
        for name in ("alike_day", "day_profile", "sample_repeat"):
            make(connection, relation_cards()[f"reconciled.{name}"])
        found = connection.execute(
            "select device_uuid, usage_on::varchar, like_on::varchar, telling_hour_count from reconciled.sample_repeat"
        ).fetchall()
    assert found == [("G12", "2026-03-03", "2026-03-02", 12)]
