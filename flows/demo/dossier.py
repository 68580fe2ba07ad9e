"""One contract of the demo city: its order (the shape) and its dossier (rows and jobs it leaves behind)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from hesuan.flows.demo.market import STANDARD, House

Row = dict[str, str]


@dataclass(frozen=True)
class Provider:
    house: House
    provider_id: str
    name: str


@dataclass(frozen=True)
class Applicant:
    applicant_id: str
    name: str
    kind: str


@dataclass(frozen=True)
class Seat:
    """A node, or a single device where devices are told apart. `cards` is what it holds."""

    provider: str
    model: str
    name: str
    cards: int
    node: str
    uuid: str = ""


@dataclass(frozen=True)
class Job:
    """One run of a job on one seat. Times in seconds of demo.clock; end = start + seconds + suspended.

    state as sacct prints it. family: runs of one job share it. months_late: filed that long after it ended.
    """

    tenant: str
    seat: Seat
    cards: Decimal
    start: int
    seconds: int
    suspended: int = 0
    state: str = "COMPLETED"
    family: str = ""
    months_late: int = 0
    is_filed_twice: bool = False

    @property
    def end(self) -> int:
        return self.start + self.seconds + self.suspended

    @property
    def has_started(self) -> bool:
        return self.cards > 0


@dataclass(frozen=True)
class Order:
    """The shape of one contract. Hours are billed card-hours, `used` the metered ones where they differ.

    days: length of service. term_ends_on: the contract's end where it is not the last day of service.
    periods: month, halves or whole. billing: `single` invoice of one line, `lines` (a line per period),
    `each` (an invoice per period). applicant: a key; empty draws from the common pool.
    contract_price, contract_hours: what the contract says where the bill says otherwise.
    signed_after, applied_before: days after, before the start. first_hour: of service, each period.
    spare_days: how long its cards stay its own after the service. share: of a card, where cards are split.
    """

    provider: str
    hours: int
    applicant: str = ""
    model: str = ""
    unit: str = "卡时"
    service_item: str = STANDARD
    price: Decimal | None = None
    contract_price: Decimal | None = None
    contract_hours: int | None = None
    used: int | None = None
    is_exact: bool = False
    is_claimed: bool = True
    starts_on: date | None = None
    days: int = 56
    term_ends_on: date | None = None
    spare_days: int = 0
    signed_after: int | None = None
    applied_before: int = 9
    first_hour: int = 0
    periods: str = "month"
    billing: str = "single"
    rounding: str = "none"
    share: Decimal = Decimal(1)
    lane_cards: int | None = None

    @property
    def hours_per_unit(self) -> int:
        return 24 if self.unit == "卡日" else 1


@dataclass(frozen=True)
class Period:
    """A stretch of service with whole billed and used card-hours, both days inclusive."""

    from_on: date
    to_on: date
    hours: int
    used: int


@dataclass(frozen=True)
class Dossier:
    """Everything about one contract. `rows`: table name → rows of text; a scene may edit rows and jobs."""

    order: Order
    number: int
    provider: Provider
    applicant: Applicant
    price: Decimal
    starts_on: date
    served_to: date
    ends_on: date
    periods: tuple[Period, ...]
    seats: tuple[Seat, ...]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)

    @property
    def contract_no(self) -> str:
        return f"DZSL-2026-{self.number:03d}"

    @property
    def claim_id(self) -> str:
        return f"DX2026{self.number:04d}"

    @property
    def voucher_id(self) -> str:
        return f"SLQ2026{self.number:04d}"

    @property
    def tenant(self) -> str:
        return f"acct{self.number:03d}"

    @property
    def submitted_on(self) -> date:
        """The day its first claim came in."""
        return date.fromisoformat(self.rows["claim"][0]["submitted_at"][:10])

    def add(self, table: str, *rows: Row) -> None:
        self.rows.setdefault(table, []).extend(rows)

    def only(self, table: str) -> Row:
        (row,) = self.rows[table]
        return row
