"""The rules of the voucher ledger: events of vouchers become entries in double entry, or are refused with a sentence.

A voucher goes applied → effective → redeemed | expired | revoked (第十一、十二、十四条), and what was redeemed may be
recovered (第十七条). Nothing here reads a file, a database or a clock; the book itself is flows/ledger/book.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

# Accounts: budget (where a year's pool comes from, the contra account), pool 总额, committed 已申领, effective 已生效,
# redeemed 已兑现, lapsed 已失效或撤销 and recovered 已追回; the last two do not go back to the pool (R07).
# Event → (account debited, account credited). The money goes from the credited account to the debited one.
POSTINGS = {
    "open": ("pool", "budget"),
    "apply": ("committed", "pool"),
    "effect": ("effective", "committed"),
    "redeem": ("redeemed", "effective"),
    "lapse": ("lapsed", "effective"),
    "revoke": ("lapsed", "effective"),
    "recover": ("recovered", "redeemed"),
}
# Event → what it is called, and the state a voucher must be in; the state it is in after.
STATES = {
    "apply": ("申领", None, "applied"),
    "effect": ("生效", "applied", "effective"),
    "redeem": ("兑现", "effective", "redeemed"),
    "lapse": ("失效", "effective", "expired"),
    "revoke": ("撤销", "effective", "revoked"),
}
STATE_ZH = {
    None: "尚未申领",
    "applied": "已申领而尚未生效",
    "effective": "已生效",
    "redeemed": "已兑现",
    "expired": "已失效",
    "revoked": "已撤销",
}


@dataclass(frozen=True)
class Event:
    """What happened to a voucher, by the facts. amount_yuan: of open, apply, redeem and recover; the others move
    whatever is left. None: the facts do not say. keeps_rest: what a redemption leaves of the face stays in effect (R31).
    """

    event: str
    policy_year: int
    voucher_id: str | None = None
    applicant_id: str | None = None
    contract_no: str | None = None
    amount_yuan: Decimal | None = None
    occurred_on: str | None = None
    article: str = ""
    nth: int = 1
    keeps_rest: bool = False
    file_sha256: str | None = None
    row_no: int | None = None

    @property
    def key(self) -> str:
        """event:year:voucher[:n]. The year is in it because voucher numbers may begin anew."""
        parts = [self.event, str(self.policy_year), self.voucher_id, str(self.nth) if self.nth > 1 else None]
        return ":".join(part for part in parts if part is not None)


@dataclass(frozen=True)
class Entry:
    """One line of the book: money from the credited account to the debited one, or a refused event and why."""

    key: str
    policy_year: int
    voucher_id: str | None
    applicant_id: str | None
    contract_no: str | None
    event: str
    debit: str | None
    credit: str | None
    amount_yuan: Decimal | None
    occurred_on: str | None
    article: str
    file_sha256: str | None
    row_no: int | None
    refused_zh: str | None = None
    is_reversal: bool = False
    cause_zh: str | None = None

    @property
    def content(self) -> tuple[object, ...]:
        """What makes two entries of a key the same: all but where they were read and why they were written."""
        who = (self.policy_year, self.voucher_id, self.applicant_id, self.contract_no, self.event)
        return (
            *who,
            self.debit,
            self.credit,
            self.amount_yuan,
            self.occurred_on,
            self.article,
            self.refused_zh,
        )


@dataclass
class _Voucher:
    """live: what is neither redeemed nor lapsed of the face; net: redeemed and not recovered."""

    state: str | None = None
    live: Decimal = field(default=Decimal("0.00"))
    net: Decimal = field(default=Decimal("0.00"))


def settle(events: Iterable[Event]) -> list[Entry]:
    """The entries that the events come to, in their order; an event that is not allowed becomes a refused entry.

    The same event twice is one.
    """
    vouchers: dict[tuple[int, str | None], _Voucher] = {}
    found: dict[str, list[Entry]] = {}
    for event in events:
        if event.key not in found:
            voucher = vouchers.setdefault((event.policy_year, event.voucher_id), _Voucher())
            found[event.key] = _entries(event, voucher)
    return [entry for entries in found.values() for entry in entries]


def _entries(event: Event, voucher: _Voucher) -> list[Entry]:
    refused_zh = _refusal(event, voucher)
    if refused_zh is not None:
        return [_entry(event, event.key, None, event.amount_yuan, refused_zh=refused_zh)]
    amount = voucher.live if event.event in ("effect", "lapse", "revoke") else event.amount_yuan
    if amount is None:
        raise ValueError(f"{event.key}: an amount is needed")
    entries = [_entry(event, event.key, POSTINGS[event.event], amount)]
    rest = _move(event, voucher, amount)
    if rest > 0:
        entries.append(_entry(event, f"{event.key}:rest", POSTINGS["lapse"], rest))
    return entries


def _refusal(event: Event, voucher: _Voucher) -> str | None:
    """Why the event is not allowed, in one sentence; None where it is."""
    if event.event in ("open", "apply", "redeem", "recover"):
        if event.amount_yuan is None:
            return f"券 {event.voucher_id} 的金额没有凭据，不能记账。"
        if event.amount_yuan <= 0:
            return f"金额须大于零，而为 {event.amount_yuan} 元。"
    if event.event == "recover":
        wanted = event.amount_yuan or Decimal(0)
        if wanted > voucher.net:
            return f"券 {event.voucher_id} 已兑现而未追回的为 {voucher.net} 元，不能追回 {wanted} 元（{event.article}）。"
    if event.event in STATES:
        name, needed, _ = STATES[event.event]
        if voucher.state != needed:
            return f"券 {event.voucher_id} {STATE_ZH[voucher.state]}，不能{name}（{event.article}）。"
    if event.event == "redeem" and (event.amount_yuan or Decimal(0)) > voucher.live:
        return f"券 {event.voucher_id} 可兑现的为 {voucher.live} 元，不能兑现 {event.amount_yuan} 元。"
    return None


def _move(event: Event, voucher: _Voucher, amount: Decimal) -> Decimal:
    """The voucher after the event; what a redemption leaves of the face, which lapses with it (第十二条)."""
    if event.event == "apply":
        voucher.live = amount
    if event.event == "redeem":
        voucher.live -= amount
        voucher.net += amount
    if event.event == "recover":
        voucher.net -= amount
    if event.event in ("lapse", "revoke"):
        voucher.live = Decimal("0.00")
    stays = event.event == "redeem" and event.keeps_rest and voucher.live > 0
    if event.event in STATES and not stays:
        voucher.state = STATES[event.event][2]
    if event.event != "redeem" or stays:
        return Decimal("0.00")
    rest, voucher.live = voucher.live, Decimal("0.00")
    return rest


def _entry(
    event: Event,
    key: str,
    posting: tuple[str, str] | None,
    amount: Decimal | None,
    *,
    refused_zh: str | None = None,
) -> Entry:
    debit, credit = posting or (None, None)
    return Entry(
        key,
        event.policy_year,
        event.voucher_id,
        event.applicant_id,
        event.contract_no,
        "lapse" if key.endswith(":rest") else event.event,
        debit,
        credit,
        amount,
        event.occurred_on,
        event.article,
        event.file_sha256,
        event.row_no,
        refused_zh,
    )
