"""The rest of the city: claims at the queue's end that fall over the pool, contracts nobody claims for."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from hesuan.flows.demo.dossier import Dossier, Order
from hesuan.flows.demo.market import HOUSES
from hesuan.flows.demo.scene import Desk, Scene, honest

CONTRACT_COUNT = 120
# Contracts nobody claims for, by provider; the new one and the one that leaves have none.
UNCLAIMED_AT = ("云", "山", "山", "竹", "渠", "宣", "万", "山", "竹", "云")
LAST_STARTS = tuple(date(2026, 8, 24) + timedelta(days=day) for day in range(5))

LAST_IN_QUEUE = tuple(
    honest(
        "PRG-002",
        "排在队尾：资金池用尽时只核减，不暂缓、不否决",
        Order("云", 38000, f"队尾{place}", is_exact=True, starts_on=starts_on, days=58),
    )
    for place, starts_on in enumerate(LAST_STARTS, start=1)
)


def _spoilt_number(dossiers: tuple[Dossier, ...], _: Desk) -> None:
    """Excel has turned the invoice number into a float: the row is refused at the gate (INV-008)."""
    (dossier,) = dossiers
    for table in ("invoice", "invoice_line"):
        dossier.only(table)["invoice_number"] = "2.65117000123457E+19"


def unclaimed(count: int, rng: Random) -> Sequence[Scene]:
    """Small contracts below 5万元 or simply not claimed; the first one's invoice number is spoilt."""
    houses = {house.key: house for house in HOUSES}
    scenes = []
    for place in range(count):
        house = houses[UNCLAIMED_AT[place % len(UNCLAIMED_AT)]]
        days = rng.randint(25, 50)
        latest = min(house.closes_on, date(2026, 9, 20)) - timedelta(days=days)
        starts_on = house.opens_on + timedelta(days=rng.randint(0, (latest - house.opens_on).days))
        order = Order(
            house.key, rng.randrange(400, 3600, 50), is_claimed=False, starts_on=starts_on, days=days
        )
        scenes.append(Scene("plain", (order,)))
    spoilt = next(place for place, scene in enumerate(scenes) if scene.orders[0].provider == "渠")
    scenes[spoilt] = Scene("plain", scenes[spoilt].orders, change=_spoilt_number)
    return scenes
