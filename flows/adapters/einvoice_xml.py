"""Fully digitalised e-invoices (数电票) as XML with root EInvoice.

The tax bureau's signature is not verified here: whether an invoice is genuine, `invoice_check` (查验) says.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from xml.etree.ElementTree import Element

import polars as pl

from hesuan.flows.source import Reading, Source, in_one
from hesuan.flows.text.einvoice_tree import (
    BASIC,
    BUYER,
    DATA,
    ITEM,
    LABELS,
    REMARKS,
    SELLER,
    TAX_BUREAU,
    at,
    parsed,
    written,
)
from hesuan.schemas.fault import InputFault
from hesuan.schemas.format import Format
from hesuan.schemas.table import Table
from hesuan.schemas.tables.invoice import TABLE as INVOICE
from hesuan.schemas.tables.invoice_line import TABLE as INVOICE_LINE
from hesuan.validators.gate import REJECT_SCHEMA

NAME = "einvoice_xml"
FORMATS = (
    Format(
        title_zh="数电发票 XML",
        seen_zh="财政部数据标准的样例一张（2023），真实版式一张（2026，身份已替换）",
        proves=("billed", "charged"),
        cannot_zh="发票真伪（须另行查验）；服务是否提供；卡是否在用",
    ),
)

Row = dict[str, Any]

_ROOT = re.compile(r"<(?:[\w.-]+:)?EInvoice[\s/>]")
_DAY = r"(\d{4}(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\.\d{1,2}\.\d{1,2}|年\d{1,2}月\d{1,2}日))"
_PERIOD = re.compile(rf"(?:服务期|计费期)(?:间|限)?\s*[:：]?\s*{_DAY}\s*[至到~～]\s*{_DAY}")
_CONTRACT = re.compile(r"合同(?:编号|号)\s*[:：]\s*([\w\-/()（）〔〕\[\]]{1,60})(?=[\s，,；;。、]|$)")
_ORIGINAL = re.compile(r"被红冲蓝字\w*号码\s*[:：]\s*(\d{8,22})")


def claims(source: Source) -> bool:
    """XML in whose head an element EInvoice begins."""
    head = source.head.lstrip()
    return head.startswith("<") and _ROOT.search(head) is not None


def read(source: Source) -> Reading:
    """Read one invoice: one row of `invoice`, one row of `invoice_line` per item; all cells as text.

    row_no is 1 for the invoice and the physical line on which an item begins; where items share a line (files
    without line breaks), it is the item's 1-based place. Amounts are yuan, negative in a red letter and in
    discount lines of a blue one. Quantities and unit prices with more than six places are rounded half up to
    six: the net amount does not come from them, and raw keeps them. Party codes are taken as they stand.
    contract_no and the period are filled only where a remark or item states them in so many words.
    Raises InputFault as `einvoice.parsed`, and for a number that is missing or differs from the tax bureau's.
    Source: the finance ministry's sample of its e-voucher data standard, 2023; regulation.md §3.
    """
    document = parsed(source)
    root, lines = document.root, document.item_lines
    number = _number(root, source.name)
    remark = at(root, f"{REMARKS}/Remark")
    places: Sequence[int] = lines if len(set(lines)) == len(lines) else range(1, len(lines) + 1)
    rows = [
        {"row_no": place, "invoice_number": number, "line_no": str(n), **_line(item, remark)}
        for n, (item, place) in enumerate(zip(document.items, places, strict=True), start=1)
    ]
    invoice = {"row_no": 1, "invoice_number": number, **_invoice(root, remark)}
    return in_one(
        row_count=1 + len(lines),
        frames={"invoice": _frame([invoice], INVOICE), "invoice_line": _frame(rows, INVOICE_LINE)},
        rejected=pl.DataFrame(schema=REJECT_SCHEMA),
    )


def _number(root: Element, name: str) -> str:
    number, registered = at(root, "Header/EIid"), at(root, f"{TAX_BUREAU}/InvoiceNumber")
    if number is None:
        raise InputFault(f"{name}: 没有发票号码（Header/EIid）")
    if registered not in (None, number):
        raise InputFault(f"{name}: 发票号码不一致：EIid 为 {number}，{TAX_BUREAU} 为 {registered}")
    return number


def _invoice(root: Element, remark: str | None) -> Row:
    issued = at(root, f"{TAX_BUREAU}/IssueTime") or at(root, f"{BASIC}/RequestTime")
    return {
        "raw": _raw(root),
        "issued_on": re.split(r"[T ]", issued)[0] if issued else None,
        "seller_id": at(root, f"{SELLER}/SellerIdNum"),
        "seller_name": at(root, f"{SELLER}/SellerName"),
        "buyer_id": at(root, f"{BUYER}/BuyerIdNum"),
        "buyer_name": at(root, f"{BUYER}/BuyerName"),
        "net_yuan": _yuan(root, f"{BASIC}/TotalAmWithoutTax"),
        "tax_yuan": _yuan(root, f"{BASIC}/TotalTaxAm"),
        "gross_yuan": _yuan(root, f"{BASIC}/TotalTax-includedAmount"),
        **_colour(root, remark),
        "contract_no": _contract_no(remark),
        "remark": remark,
    }


def _raw(root: Element) -> str:
    """The invoice without its items, which have rows of their own, and without the signature."""
    parts = [*root.iterfind("Header"), *root.iterfind(f"{DATA}/*"), *root.iterfind(TAX_BUREAU)]
    return "".join(written(part) for part in parts if part.tag != ITEM)


def _colour(root: Element, remark: str | None) -> Row:
    """Red by any of three signs, for each may be missing: the label, the red-letter node, a negative sum."""
    label = at(root, f"{LABELS}/InIssuType/LabelCode")
    node = next((node for node in root.iter("RedEInvoice") if "".join(node.itertext()).strip()), None)
    total = at(root, f"{BASIC}/TotalTax-includedAmount") or ""
    if label != "N" and node is None and not re.match(r"-[0.]*[1-9]", total):
        return {"status": "normal"}
    stated = _ORIGINAL.search(remark or "")
    original = at(node, "OriginalInvoiceCode") if node is not None else None
    return {"status": "red", "original_invoice_number": original or (stated[1] if stated else None)}


def _line(item: Element, remark: str | None) -> Row:
    own = " ".join(filter(None, (at(item, "ItemName"), at(item, "SpecMod"))))
    begins, ends = _period(own) or _period(remark or "") or (None, None)
    return {
        "raw": written(item),
        "item_name": at(item, "ItemName"),
        "tax_code": at(item, "TaxClassificationCode"),
        "quantity": _six_places(at(item, "Quantity")),
        "unit": at(item, "MeaUnits"),
        "unit_price_yuan": _six_places(at(item, "UnPrice")),
        "net_yuan": _yuan(item, "Amount"),
        "tax_rate": at(item, "TaxRate"),
        "tax_yuan": _yuan(item, "ComTaxAm"),
        "period_from": begins,
        "period_to": ends,
    }


def _yuan(element: Element, path: str) -> str | None:
    """The amount without zeros beyond the cent; whatever else stands there, the gate refuses."""
    return re.sub(r"^(-?\d+\.\d{2})0+$", r"\1", at(element, path) or "") or None


def _six_places(text: str | None) -> str | None:
    if text is None or not re.fullmatch(r"-?\d{1,12}\.\d{7,15}", text):
        return text
    return str(Decimal(text).quantize(Decimal("0.000001"), ROUND_HALF_UP))


def _contract_no(remark: str | None) -> str | None:
    """The one contract number a remark states; null for none, several, or one that runs into a period."""
    stated = set(_CONTRACT.findall(remark or ""))
    number: str = stated.pop() if len(stated) == 1 else ""
    for opening, closing in ("()", "（）"):
        if number.count(closing) > number.count(opening):
            number = number.removesuffix(closing)
    return number if number and "期" not in number else None


def _period(text: str) -> tuple[str, str] | None:
    """The one period a text states, days as written; null where it states none or several."""
    stated = set(_PERIOD.findall(text))
    return stated.pop() if len(stated) == 1 else None


def _frame(rows: list[Row], table: Table) -> pl.DataFrame:
    place = {"sheet": pl.String, "row_no": pl.Int64, "raw": pl.String}
    return pl.DataFrame(rows, schema=place | dict.fromkeys((c.name for c in table.columns), pl.String))
