"""The plan of the demo city: every contract with its papers and jobs, scenes played, labels set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from hesuan.flows.demo import people
from hesuan.flows.demo.clock import DAY, HOUR, moment, second_of
from hesuan.flows.demo.dossier import Dossier, Job, Provider, Seat
from hesuan.flows.demo.draw import FIRST_START, Planned, periods_of, plan_orders, varied
from hesuan.flows.demo.filing import ready_at, write_claim, write_voucher
from hesuan.flows.demo.floor import Floor
from hesuan.flows.demo.jobs import fill, lanes
from hesuan.flows.demo.lookalike_usage import USAGE_LOOKALIKES
from hesuan.flows.demo.lookalikes import PAPER_LOOKALIKES
from hesuan.flows.demo.market import HOUSES
from hesuan.flows.demo.names import Names
from hesuan.flows.demo.ordinary import CONTRACT_COUNT, LAST_IN_QUEUE, unclaimed
from hesuan.flows.demo.papers import write_bills, write_contract, write_tenant
from hesuan.flows.demo.scene import Desk, Planted, Scene
from hesuan.flows.demo.wrong_money import MONEY_WRONGS
from hesuan.flows.demo.wrong_usage import USAGE_WRONGS
from hesuan.flows.demo.wrongs import PAPER_WRONGS

STORIES = (*PAPER_WRONGS, *MONEY_WRONGS, *USAGE_WRONGS, *PAPER_LOOKALIKES, *USAGE_LOOKALIKES, *LAST_IN_QUEUE)


@dataclass(frozen=True)
class City:
    providers: tuple[Provider, ...]
    dossiers: tuple[Dossier, ...]
    seats: tuple[Seat, ...]
    desk: Desk
    planted: tuple[Planted, ...]


def plan_city(seed: int, scale: int) -> City:
    """The same seed and scale give the same city. `scale` multiplies the number of jobs, not the hours."""
    rng = Random(f"city-{seed}")
    names = Names(Random(f"names-{seed}"))
    claimed_count = sum(len(scene.orders) for scene in STORIES)
    scenes = (*STORIES, *unclaimed(CONTRACT_COUNT - claimed_count, rng))
    known = people.providers(names)
    desk = Desk(rng, names, {}, {house.key: [] for house in HOUSES})
    planned = plan_orders([varied(order, rng) for scene in scenes for order in scene.orders], known, desk)
    floor = Floor(names)
    dossiers = _opened(planned, floor, desk, scale=scale)
    _file_claims(planned, dossiers, rng)
    planted = _play(scenes, dossiers, desk)
    return City(tuple(known.values()), tuple(dossiers), tuple(floor.seats), desk, planted)


def _opened(planned: Sequence[Planned], floor: Floor, desk: Desk, *, scale: int) -> list[Dossier]:
    """Dossiers in the orders' sequence, numbered by place in the queue, unclaimed contracts last."""
    queue = sorted(
        range(len(planned)),
        key=lambda place: (not planned[place].order.is_claimed, planned[place].queue_second),
    )
    opened: dict[int, Dossier] = {}
    for number, place in enumerate(queue, start=1):
        opened[place] = _dossier(planned[place], number, floor)
        _write(planned[place], opened[place], desk, scale=scale)
    return [opened[place] for place in range(len(planned))]


def _dossier(plan: Planned, number: int, floor: Floor) -> Dossier:
    order, house = plan.order, plan.provider.house
    model = order.model or house.model
    ends_on = order.term_ends_on or plan.served_to
    cards, count = lanes(order, house.seat_cards)
    kept_to = plan.served_to + timedelta(days=order.spare_days)
    seats = [floor.place(house, model, max(1, int(cards)), plan.starts_on, kept_to) for _ in range(count)]
    price = order.price or house.price(model, order.unit, order.service_item)
    periods = periods_of(order, plan)
    return Dossier(
        order,
        number,
        plan.provider,
        plan.applicant,
        price,
        plan.starts_on,
        plan.served_to,
        ends_on,
        periods,
        tuple(seats),
    )


def _write(plan: Planned, dossier: Dossier, desk: Desk, *, scale: int) -> None:
    write_contract(dossier, desk)
    write_tenant(dossier)
    write_bills(dossier, desk)
    if plan.order.is_claimed:
        write_voucher(dossier, plan.queue_second)
    dossier.jobs.extend(
        fill(plan.order, dossier.periods, dossier.seats, tenant=dossier.tenant, rng=desk.rng, scale=scale)
    )


def _file_claims(planned: Sequence[Planned], dossiers: Sequence[Dossier], rng: Random) -> None:
    """Claims come in by office hours and in the order of the vouchers, each after its last payment."""
    queue = sorted(
        (p.queue_second, d.number, d) for p, d in zip(planned, dossiers, strict=True) if p.order.is_claimed
    )
    at = second_of(FIRST_START)
    for _, _, dossier in queue:
        at = max(at + rng.randint(20, 60) * 60, ready_at(dossier))
        if moment(at).hour >= 18:
            at = at - at % DAY + DAY + 9 * HOUR
        write_claim(dossier, at)


def _play(scenes: Sequence[Scene], dossiers: Sequence[Dossier], desk: Desk) -> tuple[Planted, ...]:
    """Let every scene change its own dossiers; the labels, by claim."""
    planted, place = [], 0
    for scene in scenes:
        cast = tuple(dossiers[place : place + len(scene.orders)])
        place += len(scene.orders)
        scene.change(cast, desk)
        for order_no, rule_id, note_zh in scene.labels:
            claim_id = cast[order_no].rows["claim"][-1]["claim_id"]
            planted.append(Planted(claim_id, scene.kind, rule_id, note_zh))
    return tuple(sorted(planted, key=lambda label: (label.claim_id, label.rule_id)))


def jobs_at(city: City, provider: Provider) -> list[Job]:
    """All jobs on a provider's machines, other customers' too, in order of start."""
    own = [job for d in city.dossiers if d.provider is provider for job in d.jobs]
    return sorted(
        [*own, *city.desk.jobs[provider.house.key]], key=lambda j: (j.start, j.seat.name, j.tenant, j.state)
    )
