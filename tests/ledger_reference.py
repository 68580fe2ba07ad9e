"""The voucher ledger a second time, plainly: what each voucher's events leave in each account, in whole fen.

Shares no code with the engine but the events themselves.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from hesuan.flows.ledger.entry import Entry, Event

Balances = dict[tuple[int, str], int]
"""(policy year, account) → fen, zeros left out."""


def fen(amount: Decimal | None) -> int:
    return 0 if amount is None else int(amount * 100)


def expected(events: Iterable[Event]) -> Balances:
    """Balances after the events, those not allowed left out: 申领 → 生效 → 兑现、失效或撤销；兑现之后方可追回."""
    found: Counter[tuple[int, str]] = Counter()
    by_voucher: dict[tuple[int, str | None], list[Event]] = {}
    for event in events:
        by_voucher.setdefault((event.policy_year, event.voucher_id), []).append(event)
    for (year, voucher), own in by_voucher.items():
        if voucher is None:
            opened = sum(fen(event.amount_yuan) for event in own)
            found.update({(year, "pool"): opened, (year, "budget"): -opened})
            continue
        left = _voucher(own)
        found.update({(year, account): yuan for account, yuan in left.items()})
        found[year, "pool"] -= sum(left.values())
    return {place: yuan for place, yuan in found.items() if yuan}


def _voucher(events: list[Event]) -> dict[str, int]:
    state, face, redeemed, recovered = "new", 0, 0, 0
    for event in events:
        amount = fen(event.amount_yuan)
        match state, event.event:
            case "new", "apply" if amount > 0:
                state, face = "committed", amount
            case "committed", "effect":
                state = "effective"
            case "effective", "redeem" if 0 < amount <= face - redeemed:
                redeemed += amount
                if not event.keeps_rest or redeemed == face:
                    state = "done"
            case "effective", ("lapse" | "revoke"):
                state = "done"
            case _, "recover" if 0 < amount <= redeemed - recovered:
                recovered += amount
    live = {"committed": "committed", "effective": "effective", "done": "lapsed"}
    left = {live[state]: face - redeemed} if state in live else {}
    return left | {"redeemed": redeemed - recovered, "recovered": recovered}


def balances(book: Iterable[Entry]) -> Balances:
    """What the lines of a book add up to."""
    found: Counter[tuple[int, str]] = Counter()
    for entry in book:
        if entry.debit is not None and entry.credit is not None:
            found[entry.policy_year, entry.debit] += fen(entry.amount_yuan)
            found[entry.policy_year, entry.credit] -= fen(entry.amount_yuan)
    return {place: yuan for place, yuan in found.items() if yuan}


def voucher_sums(book: Iterable[Entry]) -> dict[tuple[int, str | None], Counter[str]]:
    """Per voucher: what was applied for, redeemed and recovered, fen, reversals taken off."""
    found: dict[tuple[int, str | None], Counter[str]] = {}
    for entry in book:
        if entry.refused_zh is None:
            sign = -1 if entry.is_reversal else 1
            sums = found.setdefault((entry.policy_year, entry.voucher_id), Counter())
            sums[entry.event] += sign * fen(entry.amount_yuan)
    return found
