"""What the reference of 第七条 is told: a claim as its papers have it, and a way to read the text.

Amounts are whole fen (0.01 yuan).
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True)
class Provider:
    """As the register has it. is_by_name: only its name stands on the list, under the code of another."""

    code: str
    listed_on: date
    exit_on: date | None = None
    registered_on: date = date(2020, 1, 1)
    is_monitored: bool = False
    is_by_name: bool = False
    cards: int = 400_000
    """Installed."""
    others: tuple[int, int] = (0, 0)
    """Cards in use from 1 March on, and for how many seconds, by users for whom nothing is claimed."""


@dataclass(frozen=True)
class Applicant:
    """operates: in the city, None where the register does not say. barred: first and last day on a credit list."""

    code: str
    operates: bool | None = True
    is_registered_here: bool = False
    priority: int = 9
    affiliates: tuple[str, ...] = ()
    """The others of its group, under one controller."""
    barred: tuple[tuple[date, date], ...] = ()

    @property
    def members(self) -> tuple[str, ...]:
        return tuple(sorted((self.code, *self.affiliates)))


@dataclass(frozen=True)
class Case:
    """One claim. paid None: no proof given. face: of the voucher, fen."""

    name: str
    year: int
    applicant: Applicant
    provider: Provider
    complete: int
    """When its papers were first complete, `applied` and `effective` likewise: seconds, each on a scale of its own."""
    applied: int
    effective: int
    effective_on: date
    signed_on: date
    ends_on: date
    filed_on: date
    claimed: int
    invoices: tuple[tuple[int, int], ...]
    """(net, gross) of each blue invoice, fen; the claim allocates the net of each."""
    red: tuple[int, int]
    """(net, gross) of the red letter against the first invoice, fen, negative or zero."""
    last_invoice_on: date
    is_buyer_affiliate: bool
    """The invoices are made out to another of the applicant's group."""
    begins_on: date
    """From that midnight on `cards` cards are used without a pause, `card_seconds` in all."""
    cards: int
    card_seconds: int
    price: int
    """Fen per card-hour, with tax."""
    item: int | None
    """Fen for the whole: then the contract prices no hours, and the usage is handed in as a picture alone."""
    other: tuple[int, int] | None
    """(net, gross) of the line of storage on the first invoice; None where no invoice has lines."""
    terms: int
    """Two contracts of a year with one number here differ in their own number only."""
    is_order: bool
    """The contract is an order under a framework."""
    contract: int | None
    paid: int | None
    face: int


@dataclass(frozen=True)
class Reading:
    """How the text is read; the defaults are those of the policy file."""

    tax: str = "exclusive"
    measure: str = "min_of"
    before_voucher: str = "true"
    red_letter: str = "amount"
    scope: str = "contract"
    rounding: str = "down"
    counts: str = "each_ledger"
    entity: str = "legal_person"
    cap_year: str = "issue_year"
    meter: str = "issued"
    exhaustion: str = "partial_last"
    key: str = "complete_submission"
    priority: str = "tie_break"
    monitoring: str = "tie_break"
    after_filing: str = "not_claimable"
    price: str = "tariff_lower"
    other_items: str = "review"
    early_usage: str = "review"
    before_listing: str = "exclude"
    after_exit: str = "exclude"
    match: str = "code"
    cross_year: str = "review"
    signed_before: str = "review"
    late_days: str = "31"
    proof: str = "if_available"
    credit: str = "every_step"
    same_contract: str = "number_or_terms"
    log: str = "required"
    age_at: str = "listing"
    affiliate: str = "authorised"
    location: str = "operates"
    users: str = "all"

    def otherwise(self, policy_key: str, value: str) -> "Reading":
        return replace(self, **{FIELDS[policy_key]: value})


FIELDS = {
    "base.tax": "tax",
    "base.measure": "measure",
    "base.before_voucher": "before_voucher",
    "invoice.red_letter": "red_letter",
    "threshold.scope": "scope",
    "rounding.mode": "rounding",
    "cap.counts": "counts",
    "cap.entity": "entity",
    "cap.year": "cap_year",
    "pool.meter": "meter",
    "pool.exhaustion": "exhaustion",
    "order.key": "key",
    "order.priority": "priority",
    "order.monitoring": "monitoring",
    "invoice.after_filing": "after_filing",
    "price.basis": "price",
    "scope.other_items": "other_items",
    "usage.before_voucher": "early_usage",
    "usage.before_listing": "before_listing",
    "usage.after_exit": "after_exit",
    "provider.match": "match",
    "contract.cross_year": "cross_year",
    "contract.signed_before": "signed_before",
    "voucher.late_filing_days": "late_days",
    "payment.proof": "proof",
    "credit.test_dates": "credit",
    "repeat.same_contract": "same_contract",
    "evidence.structured_log": "log",
    "provider.age_at": "age_at",
    "use.by_affiliate": "affiliate",
    "applicant.location_test": "location",
    "capacity.users": "users",
}
History = dict[tuple[int, str], tuple[int, int]]
"""(year, applicant) → what earlier grants of the year came to: issued and redeemed, fen."""


def days_after(day: date, count: int) -> date:
    return day + timedelta(days=count)
