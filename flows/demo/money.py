"""Money of the demo city: tax-inclusive prices, 6 % VAT, cents; half of the net cost, rounded down."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
RATE = Decimal("0.06")
APPLICANT_CAP = Decimal("500000.00")


def gross_of(quantity: Decimal | int, price: Decimal) -> Decimal:
    return (quantity * price).quantize(CENT, ROUND_HALF_UP)


def net_of(gross: Decimal) -> Decimal:
    """金额 of a tax-inclusive sum; the tax is what is left, so that net + tax = gross."""
    return (gross / (1 + RATE)).quantize(CENT, ROUND_HALF_UP)


def half_of(cost: Decimal) -> Decimal:
    """第七条: 50 %, rounded down to the cent."""
    return (cost / 2).quantize(CENT, ROUND_DOWN)


def asked_for(cost: Decimal) -> Decimal:
    return min(half_of(cost), APPLICANT_CAP)
