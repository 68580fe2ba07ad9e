"""Planted wrongs in invoices and payments."""

from datetime import date, timedelta
from decimal import Decimal

from hesuan.flows.demo.clock import second_of
from hesuan.flows.demo.dossier import Dossier, Order, Row
from hesuan.flows.demo.filing import reclaim
from hesuan.flows.demo.papers import write_check
from hesuan.flows.demo.scene import Desk, Scene, wrong

Dossiers = tuple[Dossier, ...]


def _borrow_invoice(dossiers: Dossiers, _: Desk) -> None:
    """The second claim stands on the first claim's invoice; its own stays in the drawer."""
    lender, borrower = dossiers
    borrower.only("claim_invoice")["invoice_number"] = lender.only("invoice")["invoice_number"]


def _red_after_filing(dossiers: Dossiers, desk: Desk) -> None:
    (dossier,) = dossiers
    blue = dossier.only("invoice")
    issued_on = dossier.submitted_on + timedelta(days=20)
    _add_red(dossier, blue, issued_on, desk)
    write_check(dossier, blue["invoice_number"], second_of(issued_on + timedelta(days=1), hour=10), "red")


def _add_red(dossier: Dossier, blue: Row, issued_on: date, desk: Desk) -> None:
    dossier.add("invoice", red_of(blue, desk.invoice_number(), issued_on))
    number = dossier.rows["invoice"][-1]["invoice_number"]
    taken_back = [
        row for row in dossier.rows["invoice_line"] if row["invoice_number"] == blue["invoice_number"]
    ]
    for line in taken_back:
        minus = {name: f"-{line[name]}" for name in ("quantity", "net_yuan", "tax_yuan")}
        dossier.add("invoice_line", line | minus | {"invoice_number": number})


def red_of(blue: Row, number: str, issued_on: date) -> Row:
    """The red letter that takes a blue invoice back whole."""
    return blue | {
        "invoice_number": number,
        "issued_on": issued_on.isoformat(),
        "status": "red",
        "original_invoice_number": blue["invoice_number"],
        "remark": f"被红冲蓝字数电票号码：{blue['invoice_number']} 红字发票信息确认单编号：5117{number[4:]}",
        **{name: f"-{blue[name]}" for name in ("net_yuan", "tax_yuan", "gross_yuan")},
    }


def _hidden_red(dossiers: Dossiers, _: Desk) -> None:
    """Only the latest check knows that the second invoice was taken back; the files still look sound."""
    (dossier,) = dossiers
    checked_at = second_of(dossier.submitted_on + timedelta(days=15), hour=10)
    write_check(dossier, dossier.rows["invoice"][1]["invoice_number"], checked_at, "red")


def _other_buyer(dossiers: Dossiers, desk: Desk) -> None:
    buyer = {"buyer_id": desk.names.code("511702"), "buyer_name": desk.names.firm("511702")}
    dossiers[0].only("invoice").update(buyer)


def _too_much_tax(dossiers: Dossiers, _: Desk) -> None:
    """3 yuan more tax than 6 %; net + tax still equals the contract's price."""
    (dossier,) = dossiers
    for row in (dossier.only("invoice"), dossier.only("invoice_line")):
        row["tax_yuan"] = str(Decimal(row["tax_yuan"]) + 3)
        row["net_yuan"] = str(Decimal(row["net_yuan"]) - 3)
    reclaim(dossier, Decimal(dossier.only("invoice")["net_yuan"]))


def _lose_code(dossiers: Dossiers, desk: Desk) -> None:
    """The second invoice is an older kind of eight digits, and its code is nowhere."""
    (dossier,) = dossiers
    whole, short = dossier.rows["invoice"][1]["invoice_number"], f"{desk.rng.randrange(10**7, 10**8)}"
    for rows in dossier.rows.values():
        for row in rows:
            row.update({name: short for name, value in row.items() if value == whole})


def _claim_more(dossiers: Dossiers, _: Desk) -> None:
    (dossier,) = dossiers
    allocated = dossier.only("claim_invoice")["allocated_yuan"]
    reclaim(dossier, Decimal(allocated) + 6000)
    dossier.only("claim_invoice")["allocated_yuan"] = allocated


def _pay_short(dossiers: Dossiers, _: Desk) -> None:
    payment = dossiers[0].only("payment")
    payment["amount_yuan"] = str(
        (Decimal(payment["amount_yuan"]) * Decimal("0.85")).quantize(Decimal("0.01"))
    )


def _parent_pays(dossiers: Dossiers, desk: Desk) -> None:
    """A tenth is paid by the group's parent."""
    (dossier,) = dossiers
    own = dossier.only("payment")
    total = Decimal(own["amount_yuan"])
    part = (total / 10).quantize(Decimal("0.01"))
    payer = {"payer_id": desk.names.code("511703"), "payer_name": desk.names.firm("511703", group=True)}
    own["amount_yuan"] = str(total - part)
    dossier.add("payment", own | payer | {"payment_id": f"{own['payment_id']}-2", "amount_yuan": str(part)})


MONEY_WRONGS = (
    Scene(
        "wrong",
        (
            Order("山", 5600, "w12", is_exact=True, starts_on=date(2026, 2, 9)),
            Order("山", 5600, "w12", is_exact=True, starts_on=date(2026, 4, 20)),
        ),
        ((1, "INV-001", "借用另一合同已申领的发票"),),
        _borrow_invoice,
    ),
    wrong(
        "INV-002",
        "提交20天后全额红冲",
        Order("山", 5150, "w13", starts_on=date(2026, 3, 9)),
        change=_red_after_filing,
    ),
    wrong(
        "INV-002",
        "第二张发票复查结果为已红冲，提交的文件未见",
        Order("竹", 10600, "w14", starts_on=date(2026, 4, 13), periods="halves", billing="each"),
        change=_hidden_red,
    ),
    wrong("INV-003", "发票购买方为子公司，非合同需方", Order("渠", 5150, "w15"), change=_other_buyer),
    wrong("INV-004", "税额比6%多3.00元", Order("山", 5150, "w16"), change=_too_much_tax),
    wrong(
        "INV-008",
        "第二张发票只有8位号码，没有发票代码",
        Order("竹", 10600, "w17", periods="halves", billing="each"),
        change=_lose_code,
    ),
    wrong("INV-009", "申报费用比发票多6000.00元", Order("山", 5150, "w18"), change=_claim_more),
    wrong("REC-005", "只付了85%", Order("山", 6800, "w19"), change=_pay_short),
    wrong("REC-005", "一成由第三方（集团公司）支付", Order("山", 6200, "w20"), change=_parent_pays),
)
