"""Rows that one consistent contract leaves behind: contract, invoices, bills, payments, tenant.

All amounts agree to the cent and all dates stand in order; scenes break what they mean to break afterwards.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from hesuan.flows.demo.clock import printed, second_of
from hesuan.flows.demo.dossier import Dossier, Period, Row
from hesuan.flows.demo.money import CENT, RATE, gross_of, net_of
from hesuan.flows.demo.scene import Desk

ITEM = "*信息技术服务*算力服务费"
TAX_CODE = "3040203000000000000"


def parties(dossier: Dossier) -> Row:
    return {"provider_id": dossier.provider.provider_id, "applicant_id": dossier.applicant.applicant_id}


def quantity_of(dossier: Dossier, hours: int) -> Decimal:
    return Decimal(hours) / dossier.order.hours_per_unit


def write_contract(dossier: Dossier, desk: Desk) -> None:
    order = dossier.order
    hours = order.contract_hours or sum(period.hours for period in dossier.periods)
    price = order.contract_price or dossier.price
    signed_on = dossier.starts_on - timedelta(days=order.applied_before + desk.rng.randint(2, 6))
    if order.signed_after is not None:
        signed_on = dossier.starts_on + timedelta(days=order.signed_after)
    dossier.add(
        "contract",
        {
            "contract_no": dossier.contract_no,
            **parties(dossier),
            "signed_on": signed_on.isoformat(),
            "starts_on": dossier.starts_on.isoformat(),
            "ends_on": dossier.ends_on.isoformat(),
            "amount_yuan": str(gross_of(quantity_of(dossier, hours), price)),
            "basis": "allocated",
            "rounding": order.rounding,
            "parent_contract_no": "",
        },
    )
    _write_contract_line(dossier, quantity_of(dossier, hours), price)


def _write_contract_line(dossier: Dossier, quantity: Decimal, price: Decimal) -> None:
    dossier.add(
        "contract_line",
        {
            "contract_no": dossier.contract_no,
            "line_no": "1",
            "service_item": dossier.order.service_item,
            "device_model": dossier.seats[0].model,
            "unit": dossier.order.unit,
            "quantity": str(quantity),
            "unit_price_yuan": str(price),
        },
    )


def write_tenant(dossier: Dossier) -> None:
    dossier.add(
        "tenant",
        {
            "provider_id": dossier.provider.provider_id,
            "cluster_id": dossier.provider.house.cluster_id,
            "tenant": dossier.tenant,
            "applicant_id": dossier.applicant.applicant_id,
            "contract_no": dossier.contract_no,
            "valid_from": dossier.starts_on.isoformat(),
            "valid_to": "",
        },
    )


def write_bills(dossier: Dossier, desk: Desk) -> None:
    """Invoices with their lines, checks and payments, and one bill line per period."""
    groups = [[p] for p in dossier.periods] if dossier.order.billing == "each" else [list(dossier.periods)]
    for group in groups:
        number = desk.invoice_number()
        write_invoice(dossier, group, number, desk)
        write_statement(dossier, group, number)
        write_payment(dossier, number, desk)


def write_invoice(dossier: Dossier, group: Sequence[Period], number: str, desk: Desk) -> None:
    issued_on = group[-1].to_on + timedelta(days=desk.rng.randint(1, 2))
    parts = [[p] for p in group] if dossier.order.billing == "lines" else [list(group)]
    lines = [_invoice_line(dossier, part, number, place) for place, part in enumerate(parts, start=1)]
    net, tax = (sum((Decimal(line[name]) for line in lines), Decimal(0)) for name in ("net_yuan", "tax_yuan"))
    dossier.add("invoice_line", *lines)
    dossier.add(
        "invoice",
        {
            "invoice_number": number,
            "invoice_code": "",
            "issued_on": issued_on.isoformat(),
            "seller_id": dossier.provider.provider_id,
            "seller_name": dossier.provider.name,
            "buyer_id": dossier.applicant.applicant_id,
            "buyer_name": dossier.applicant.name,
            "net_yuan": str(net),
            "tax_yuan": str(tax),
            "gross_yuan": str(net + tax),
            "status": "normal",
            "original_invoice_number": "",
            "contract_no": dossier.contract_no,
            "remark": f"合同编号：{dossier.contract_no}",
        },
    )
    write_check(dossier, number, second_of(issued_on + timedelta(days=2), hour=10))


def _invoice_line(dossier: Dossier, part: Sequence[Period], number: str, place: int) -> Row:
    """The unit price printed on an invoice is tax-exclusive."""
    quantity = quantity_of(dossier, sum(period.hours for period in part))
    gross = gross_of(quantity, dossier.price)
    net = net_of(gross)
    return {
        "invoice_number": number,
        "line_no": str(place),
        "item_name": ITEM,
        "tax_code": TAX_CODE,
        "quantity": str(quantity),
        "unit": dossier.order.unit,
        "unit_price_yuan": str((net / quantity).quantize(Decimal("0.000001"), ROUND_HALF_UP)),
        "net_yuan": str(net),
        "tax_rate": str(RATE),
        "tax_yuan": str((gross - net).quantize(CENT)),
        "period_from": part[0].from_on.isoformat(),
        "period_to": part[-1].to_on.isoformat(),
    }


def write_check(dossier: Dossier, number: str, checked_at: int, result: str = "normal") -> None:
    row = {"invoice_number": number, "checked_at": printed(checked_at), "result": result}
    dossier.add("invoice_check", row)


def write_statement(dossier: Dossier, group: Sequence[Period], number: str) -> None:
    for period in group:
        quantity = quantity_of(dossier, period.hours)
        place = len(dossier.rows.get("statement", [])) + 1
        dossier.add(
            "statement",
            {
                "provider_id": dossier.provider.provider_id,
                "contract_no": dossier.contract_no,
                "statement_no": f"ZD-{dossier.number:03d}",
                "line_no": str(place),
                "period_from": period.from_on.isoformat(),
                "period_to": period.to_on.isoformat(),
                "service_item": dossier.order.service_item,
                "device_model": dossier.seats[0].model,
                "unit": dossier.order.unit,
                "quantity": str(quantity),
                "unit_price_yuan": str(dossier.price),
                "amount_yuan": str(gross_of(quantity, dossier.price)),
                "invoice_number": number,
            },
        )


def write_payment(dossier: Dossier, number: str, desk: Desk) -> None:
    invoice = next(row for row in dossier.rows["invoice"] if row["invoice_number"] == number)
    paid_on = dossier.served_to + timedelta(days=desk.rng.randint(3, 5))
    dossier.add(
        "payment",
        {
            "payment_id": f"FK{dossier.number:04d}-{len(dossier.rows.get('payment', [])) + 1}",
            "paid_on": paid_on.isoformat(),
            "payer_id": dossier.applicant.applicant_id,
            "payer_name": dossier.applicant.name,
            "payee_id": dossier.provider.provider_id,
            "payee_name": dossier.provider.name,
            "amount_yuan": invoice["gross_yuan"],
            "contract_no": dossier.contract_no,
            "invoice_number": number,
        },
    )
