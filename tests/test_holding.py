"""Samples that name nobody are of who held the card alone by the usage records; against a look at every second."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from tests.city import PROVIDER, City
from tests.night import tally
from tests.occupancy_reference import Sample, day_sums
from tests.test_chain import put
from tests.test_occupancy import MIDNIGHT, counted, drawn, found_gaps, found_sums

HOUR, DAY = 3600, 86_400
CARDS = ("GPU-1", "GPU-2", "GPU-3")
DEVICES = "provider_id,node_id,device_uuid,device_model,valid_from,valid_to\n" + "".join(
    f"{PROVIDER},n1,{card},A800,2026-01-01,\n" for card in CARDS
)


@dataclass(frozen=True)
class Use:
    """A usage record: of a card by its name, or of cards on node n1."""

    record_id: str
    tenant: str
    begin_s: int
    stop_s: int
    card: str | None = None
    count: str = "1"

    def cards(self) -> tuple[str, ...]:
        """Those it holds whole and by itself."""
        if self.card is None:
            return CARDS if self.count == "3" else ()
        return (self.card,) if self.count == "1" else ()


def line(use: Use) -> str:
    begin, stop = (
        datetime.fromtimestamp(s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for s in (use.begin_s, use.stop_s)
    )
    cells = (
        PROVIDER,
        use.record_id,
        use.tenant,
        "" if use.card else "n1",
        use.card or "",
        use.count,
        begin,
        stop,
    )
    return ",".join(cells)


def table(uses: Sequence[Use]) -> str:
    header = "provider_id,record_id,tenant,node_id,device_uuid,card_count,started_at,ended_at"
    return "\n".join([header, *map(line, uses)]) + "\n"


def named(samples: list[Sample], uses: Sequence[Use]) -> list[Sample]:
    """What the samples would say if the exporter knew who held the card."""

    def holder(sample: Sample) -> str | None:
        if sample.tenant is not None:
            return sample.tenant
        there = {u.tenant for u in uses if sample.card in u.cards() and u.begin_s <= sample.at_s < u.stop_s}
        return there.pop() if len(there) == 1 else None

    return [replace(s, tenant=holder(s)) for s in samples]


def drawn_uses(rng: random.Random) -> list[Use]:
    """Some of one card, some of the whole node, some of a share or of two cards of it; some at once."""
    found = []
    for number in range(30):
        begin = MIDNIGHT + rng.randrange(2 * DAY)
        card = rng.choice([*CARDS, None])
        count = rng.choice(["1", "1", "1", "0.5"]) if card else rng.choice(["3", "3", "2"])
        found.append(
            Use(f"j{number}", rng.choice("abc"), begin, begin + rng.randrange(60, 6 * HOUR), card, count)
        )
    return found


def unnamed(rng: random.Random, *, is_even: bool) -> list[Sample]:
    """Most days name nobody; somebody's label stands here and there."""
    samples = drawn(rng, period=60, is_even=is_even)
    return [replace(s, tenant=s.tenant if s.tenant == "b" else None) for s in samples]


@pytest.mark.parametrize(("seed", "is_even"), [(1, True), (2, False)])
def test_samples_are_of_who_held_the_card_alone(tmp_path: Path, seed: int, is_even: bool) -> None:
    rng = random.Random(seed)
    samples, uses = unnamed(rng, is_even=is_even), drawn_uses(rng)
    build = counted(tmp_path, [[samples]], period=60, beside=[[table(uses), DEVICES]])
    told = named(samples, uses)
    assert sum(s.tenant is not None for s in told) > 300 + sum(s.tenant is not None for s in samples)
    assert found_sums(build) == day_sums([told], 60)
    by_label = counted(tmp_path / "by_label", [[told]], period=60, beside=[[table(uses), DEVICES]])
    assert found_gaps(build) == found_gaps(by_label)


def minutes(card: str, count: int, tenant: str | None = None) -> list[Sample]:
    return [Sample(card, MIDNIGHT + 60 * n, tenant, 50) for n in range(count)]


def tenants(build: Path) -> dict[str | None, int]:
    """Tenant → seconds covered."""
    with connect(build, read_only=True) as connection:
        return dict(
            connection.execute(
                "select tenant, sum(metered_seconds)::bigint from reconciled.sample_day group by all"
            ).fetchall()
        )


def test_a_record_that_is_corrected_takes_its_samples_along(tmp_path: Path) -> None:
    """The day was settled by the older version: it is made anew."""
    first = Use("j1", "a", MIDNIGHT, MIDNIGHT + 4 * HOUR, "GPU-1")
    samples = minutes("GPU-1", 240)
    shorter = replace(first, stop_s=MIDNIGHT + HOUR)
    once = counted(tmp_path / "once", [[samples]], period=60, beside=[[table([first])]])
    assert tenants(once) == {"a": 4 * HOUR}
    then = counted(
        tmp_path / "then", [[samples], []], period=60, beside=[[table([first])], [table([shorter])]]
    )
    assert tenants(then) == {"a": HOUR, None: 3 * HOUR}
    moved = replace(first, card="GPU-2")
    gone = counted(tmp_path / "gone", [[samples], []], period=60, beside=[[table([first])], [table([moved])]])
    assert tenants(gone) == {None: 4 * HOUR}


def test_a_record_gives_its_cluster_and_contract_along(tmp_path: Path) -> None:
    text = (
        "provider_id,cluster_id,record_id,tenant,contract_no,device_uuid,card_count,started_at,ended_at\n"
        f"{PROVIDER},c1,j1,a,K-1,gpu-1,1,2026-03-01T00:00:00+08:00,2026-03-01T01:00:00+08:00\n"
    )
    build = counted(tmp_path, [[minutes("GPU-1", 60)]], period=60, beside=[[text]])
    with connect(build, read_only=True) as connection:
        found = connection.execute(
            "select cluster_id, tenant, contract_no, metered_seconds from reconciled.sample_day"
        ).fetchall()
    assert found == [("c1", "a", "K-1", HOUR)]


def test_a_job_over_several_nodes_holds_all_their_cards_or_none(tmp_path: Path) -> None:
    """Three cards of n1 and two of n02: five are all of them, four might be any; n03 is on no list."""
    listed = DEVICES + "".join(f"{PROVIDER},n02,{card},A800,2026-01-01,\n" for card in ("GPU-4", "GPU-5"))
    cards = (*CARDS, "GPU-4", "GPU-5")
    jobs = (
        ("n1,n02", "5"),
        ("n1,n[02-02]", "4"),
        ("n1,n[02-03]", "5"),
        ("n[1-99999999]", "5"),
        ("n1,N02", "5"),
    )
    begins = [MIDNIGHT + HOUR * n for n in range(len(jobs))]
    rows = [
        line(Use(f"j{n}", "abcde"[n], begins[n], begins[n] + HOUR, None, count)).replace("n1", f'"{nodes}"')
        for n, (nodes, count) in enumerate(jobs)
    ]
    uses = "\n".join([table(()).strip(), *rows]) + "\n"
    samples = [sample for card in cards for sample in minutes(card, 60 * len(jobs))]
    build = counted(tmp_path, [[samples]], period=60, beside=[[uses, listed]])
    assert tenants(build) == {"a": 5 * HOUR, "e": 5 * HOUR, None: 15 * HOUR}


def test_a_node_that_lost_a_card_is_not_told_by_its_number(tmp_path: Path) -> None:
    """Of three cards one left the list within the job: which two or three were meant is not known."""
    left = DEVICES.replace(
        f"{PROVIDER},n1,GPU-3,A800,2026-01-01,", f"{PROVIDER},n1,GPU-3,A800,2026-01-01,2026-02-28"
    )
    use = Use("j1", "a", MIDNIGHT - DAY, MIDNIGHT + HOUR, None, "3")
    build = counted(tmp_path, [[minutes("GPU-1", 60)]], period=60, beside=[[table([use]), left]])
    assert tenants(build) == {None: HOUR}


def test_whoever_is_named_beside_keeps_the_instant(tmp_path: Path) -> None:
    """A second exporter labels the card: the nameless readings of the same seconds add nobody."""
    use = Use("j1", "a", MIDNIGHT, MIDNIGHT + HOUR, "GPU-1")
    files = [minutes("GPU-1", 60), minutes("GPU-1", 30, "b")]
    build = counted(tmp_path, [files], period=60, beside=[[table([use])]])
    assert tenants(build) == {"a": 1800, "b": 1800, None: 0}


def test_a_node_without_labels_proves_the_contract_that_had_it_whole(tmp_path: Path) -> None:
    """Eight cards of a node for 625 hours by the scheduler; their exporter knows cards and no tenants, and saw 10 hours more."""
    city = City().with_register().honest("a", hours=5000)
    use = city.row("usage_interval")
    use |= {"card_count": 8, "node_id": "gpu-01", "ended_at": "2026-03-27T01:00:00+08:00"}
    cards = [f"GPU-{n}" for n in range(8)]
    for card in cards:
        city.add(
            "device",
            provider_id=PROVIDER,
            cluster_id="c1",
            node_id="gpu-01",
            device_uuid=card,
            device_model="A800",
            card_count=1,
            valid_from="2025-01-01",
        )
    workspace = city.hand_in(tmp_path)
    start = datetime.fromtimestamp(MIDNIGHT, UTC)
    seen = [start + timedelta(minutes=10 * n) for n in range(-30, 625 * 6 + 30)]
    rows = [
        {
            "provider_id": PROVIDER,
            "cluster_id": "c1",
            "device_uuid": card,
            "sampled_at": at,
            "util_percent": 90,
        }
        for at in seen
        for card in cards
    ]
    put(workspace, "usage_sample", "samples", rows)
    tally(workspace)
    with connect(workspace.published, read_only=True) as connection:
        found = connection.execute("""
            select metered_gpu_hours, active_gpu_hours, coverage_ratio, evidence_grade, disposition from published.claim
        """).fetchall()
    assert found == [(Decimal("5000"), Decimal("5000"), Decimal("1"), "E3", "approve")]
