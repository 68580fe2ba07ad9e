"""The machine halls: nodes and devices of every provider, given out so that no card is used twice."""

from dataclasses import dataclass, field
from datetime import date

from hesuan.flows.demo.clock import NEW_YEAR
from hesuan.flows.demo.dossier import Seat
from hesuan.flows.demo.market import House
from hesuan.flows.demo.names import Names

HORIZON = 400


@dataclass(frozen=True)
class Floor:
    """Grows a node (or a device, where they are told apart) whenever nothing fits; counts in whole days."""

    names: Names
    seats: list[Seat] = field(default_factory=list)
    load: dict[Seat, list[int]] = field(default_factory=dict)

    def place(self, house: House, model: str, cards: int, first: date, last: date) -> Seat:
        """A seat of that model with so many cards free on every day from first to last."""
        days = range(_day(first), _day(last) + 1)
        for seat in self.seats:
            if (seat.provider, seat.model) == (house.key, model) and _fits(
                self.load[seat], days, seat.cards - cards
            ):
                break
        else:
            seat = self._grow(house, model)
        for day in days:
            self.load[seat][day] += cards
        return seat

    def _grow(self, house: House, model: str) -> Seat:
        number = sum((seat.provider, seat.model) == (house.key, model) for seat in self.seats)
        if house.seat_cards == 1:
            node, uuid = f"{model.lower()}-{number // 8 + 1:02d}", self.names.device_uuid()
            seat = Seat(house.key, model, uuid, 1, node, uuid)
        else:
            node = f"{model.lower()}-{number + 1:02d}"
            seat = Seat(house.key, model, node, house.seat_cards, node)
        self.seats.append(seat)
        self.load[seat] = [0] * HORIZON
        return seat


def _day(day: date) -> int:
    return (day - NEW_YEAR.date()).days


def _fits(load: list[int], days: range, free: int) -> bool:
    return all(load[day] <= free for day in days)
