"""数电票 XML as the tax platform hands it out: one file per invoice, blue or red, without a signature.

Tags and their traps: regulation.md §3.1. The province tag SWEI5100 and the bureau code 15100000000 are
inferred from other provinces' files.
"""

from collections.abc import Sequence
from decimal import Decimal
from xml.etree import ElementTree

from hesuan.flows.demo.dossier import Row

Node = ElementTree.Element
DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = ("", "拾", "佰", "仟")


def einvoice(invoice: Row, lines: Sequence[Row]) -> str:
    root = Node("EInvoice")
    _header(root, invoice)
    facts = _child(root, "EInvoiceData")
    _party(facts, "Seller", invoice["seller_id"], invoice["seller_name"])
    _party(facts, "Buyer", invoice["buyer_id"], invoice["buyer_name"])
    _totals(facts, invoice)
    for line in lines:
        _line(facts, line)
    _red_letter(_child(facts, "SpecificInformation"), invoice)
    _leaves(_child(facts, "AdditionalInformation"), Remark=invoice["remark"])
    _leaves(_child(root, "SellerAuthentication"), AuthenticationMethods="01")
    _leaves(
        _child(root, "TaxSupervisionInfo"),
        InvoiceNumber=invoice["invoice_number"],
        IssueTime=f"{invoice['issued_on']} 10:00:00",
        TaxBureauCode="15100000000",
        TaxBureauName="国家税务总局四川省税务局",
    )
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n{text}\n'


def _child(parent: Node, tag: str) -> Node:
    return ElementTree.SubElement(parent, tag)


def _leaves(parent: Node, **texts: str) -> None:
    for tag, text in texts.items():
        _child(parent, tag).text = text


def _header(root: Node, invoice: Row) -> None:
    header = _child(root, "Header")
    _leaves(header, EIid=invoice["invoice_number"], EInvoiceTag="SWEI5100", Version="0.33")
    labels = _child(header, "InherentLabel")
    for tag, code, name in (
        ("InIssuType", "N" if invoice["status"] == "red" else "Y", "是否蓝字发票标志"),
        ("EInvoiceType", "01", "电子发票"),
        ("GeneralOrSpecialVAT", "01", "增值税专用发票"),
        ("TaxpayerType", "1", "一般纳税人"),
    ):
        _leaves(_child(labels, tag), LabelCode=code, LabelName=name)


def _party(facts: Node, side: str, code: str, name: str) -> None:
    leaves = {f"{side}IdNum": code, f"{side}Name": name, f"{side}Addr": "", f"{side}TelNum": ""}
    _leaves(_child(facts, f"{side}Information"), **leaves)


def _totals(facts: Node, invoice: Row) -> None:
    leaves = {
        "TotalAmWithoutTax": invoice["net_yuan"],
        "TotalTaxAm": invoice["tax_yuan"],
        "TotalTax-includedAmount": invoice["gross_yuan"],
        "TotalTax-includedAmountInChinese": in_words(Decimal(invoice["gross_yuan"])),
        "Drawer": "开票员",
        "RequestTime": invoice["issued_on"],
    }
    _leaves(_child(facts, "BasicInformation"), **leaves)


def _line(facts: Node, line: Row) -> None:
    gross = Decimal(line["net_yuan"]) + Decimal(line["tax_yuan"])
    _leaves(
        _child(facts, "IssuItemInformation"),
        ItemName=line["item_name"],
        SpecMod="",
        MeaUnits=line["unit"],
        Quantity=line["quantity"],
        UnPrice=line["unit_price_yuan"],
        Amount=line["net_yuan"],
        TaxRate="0.060000",
        ComTaxAm=line["tax_yuan"],
        TotaltaxIncludedAmount=str(gross),
        TaxClassificationCode=line["tax_code"],
    )


def _red_letter(specific: Node, invoice: Row) -> None:
    if invoice["status"] == "red":
        note = invoice["remark"].rsplit("：", 1)[1]
        _leaves(
            _child(specific, "RedEInvoice"),
            OriginalInvoiceCode=invoice["original_invoice_number"],
            CreditNoteNumber=note,
        )


def in_words(amount: Decimal) -> str:
    """The sum in capital numerals, as printed on invoices: 53000.00 → 伍万叁仟圆整."""
    fen = int(abs(amount) * 100)
    yuan, fen = divmod(fen, 100)
    groups = [(yuan // 10**8, "亿"), (yuan // 10**4 % 10**4, "万"), (yuan % 10**4, "")]
    text = ""
    for number, unit in groups:
        text += ("零" if text and 0 < number < 1000 else "") + (_four(number) + unit if number else "")
    jiao, cent = divmod(fen, 10)
    tail = (DIGITS[jiao] + "角" if jiao else "") + (DIGITS[cent] + "分" if cent else "")
    return ("（负数）" if amount < 0 else "") + (text or "零") + "圆" + (tail or "整")


def _four(number: int) -> str:
    """Up to four digits; runs of zeros become one 零 in between and none at the end."""
    text, is_zero = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            is_zero = bool(text)
            continue
        text += ("零" if is_zero else "") + DIGITS[digit] + UNITS[place]
        is_zero = False
    return text
