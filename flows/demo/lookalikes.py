"""Honest look-alikes in papers: what a careless rule would take for a wrong. None may be blocked or held."""

from datetime import date, timedelta
from decimal import Decimal

from hesuan.flows.demo.clock import second_of
from hesuan.flows.demo.dossier import Dossier, Order, Row
from hesuan.flows.demo.market import ASSURED
from hesuan.flows.demo.names import full_width
from hesuan.flows.demo.papers import write_check
from hesuan.flows.demo.scene import Desk, honest
from hesuan.flows.demo.wrong_money import red_of

Dossiers = tuple[Dossier, ...]


def _listed(dossier: Dossier, list_name: str, listed_on: str, expires_on: str) -> Row:
    return {
        "subject_id": dossier.applicant.applicant_id,
        "subject_name": dossier.applicant.name,
        "list_name": list_name,
        "listed_on": listed_on,
        "expires_on": expires_on,
        "reason": "已修复",
    }


def _expired_yesterday(dossiers: Dossiers, desk: Desk) -> None:
    (dossier,) = dossiers
    applied_on = date.fromisoformat(dossier.only("voucher")["applied_at"][:10])
    expires_on = (applied_on - timedelta(days=1)).isoformat()
    desk.add("blacklist", _listed(dossier, "严重失信主体名单", "2024-03-01", expires_on))


def _old_misconduct(dossiers: Dossiers, desk: Desk) -> None:
    desk.add("blacklist", _listed(dossiers[0], "科研失信行为名单", "2023-01-01", "2025-12-31"))


def _share_invoice(dossiers: Dossiers, _: Desk) -> None:
    """One invoice of two lines for two contracts, its split declared in both claims."""
    first, second = dossiers
    invoice, other = first.only("invoice"), second.only("invoice")
    number = invoice["invoice_number"]
    for name in ("net_yuan", "tax_yuan", "gross_yuan"):
        invoice[name] = str(Decimal(invoice[name]) + Decimal(other[name]))
    invoice |= {"contract_no": "", "remark": f"{first.contract_no} 占60%；{second.contract_no} 占40%"}
    first.only("invoice").update(invoice)
    for table in ("invoice_line", "claim_invoice", "statement", "payment"):
        for row in second.rows[table]:
            row["invoice_number"] = number
    second.only("invoice_line")["line_no"] = "2"
    second.rows["invoice"].clear()
    second.rows["invoice_check"].clear()
    for payment in (first.only("payment"), second.only("payment")):
        payment["paid_on"] = max(first.only("payment")["paid_on"], second.only("payment")["paid_on"])


def _half_width_brackets(dossiers: Dossiers, _: Desk) -> None:
    invoice = dossiers[0].only("invoice")
    invoice["buyer_name"] = invoice["buyer_name"].replace("（", "(").replace("）", ")")


def _old_name(dossiers: Dossiers, _: Desk) -> None:
    house = dossiers[0].provider.house
    invoice = dossiers[0].only("invoice")
    invoice["seller_name"] = invoice["seller_name"].replace(house.stem, house.old_stem)


def _red_and_reissue(dossiers: Dossiers, desk: Desk) -> None:
    """Blue, red and blue again before anything is claimed; the claim stands on the second blue one."""
    (dossier,) = dossiers
    blue = dossier.only("invoice")
    issued_on = date.fromisoformat(blue["issued_on"])
    again = blue | {
        "invoice_number": desk.invoice_number(),
        "remark": f"合同编号：{dossier.contract_no}（更正备注重开）",
    }
    red = red_of(blue, desk.invoice_number(), issued_on)
    dossier.add("invoice", red, again)
    line = dossier.only("invoice_line")
    minus = {name: f"-{line[name]}" for name in ("quantity", "net_yuan", "tax_yuan")}
    dossier.add("invoice_line", line | minus | {"invoice_number": red["invoice_number"]})
    dossier.add("invoice_line", line | {"invoice_number": again["invoice_number"]})
    dossier.only("invoice_check")["result"] = "red"
    checked_at = second_of(issued_on + timedelta(days=2), hour=10)
    for row in (red, again):
        write_check(dossier, row["invoice_number"], checked_at)
    for table in ("claim_invoice", "statement", "payment"):
        for row in dossier.rows[table]:
            row["invoice_number"] = again["invoice_number"]


def _one_framework(dossiers: Dossiers, _: Desk) -> None:
    for dossier in dossiers:
        dossier.only("contract")["parent_contract_no"] = "DZKJ-2026-001"


def _written_otherwise(dossiers: Dossiers, _: Desk) -> None:
    (dossier,) = dossiers
    code = dossier.applicant.applicant_id
    dossier.only("contract")["applicant_id"] = code.lower()
    dossier.only("invoice")["buyer_id"] = full_width(code)


def _one_file_for_two(dossiers: Dossiers, _: Desk) -> None:
    pledge = {row["material_code"]: row for row in dossiers[0].rows["material"]}
    both = {
        "file_name": f"{dossiers[0].claim_id}/两项承诺书（合订）.pdf",
        "sha256": pledge["authenticity_pledge"]["sha256"],
    }
    for code in ("authenticity_pledge", "no_violation_pledge"):
        pledge[code].update(both)


def _no_total(dossiers: Dossiers, _: Desk) -> None:
    dossiers[0].only("contract")["amount_yuan"] = ""
    dossiers[0].only("contract_line")["quantity"] = ""


def _rounded_lines(dossiers: Dossiers, _: Desk) -> None:
    """Two of three lines carry one cent more tax than the head adds up to."""
    for line in dossiers[0].rows["invoice_line"][:2]:
        line["tax_yuan"] = str(Decimal(line["tax_yuan"]) + Decimal("0.01"))


def _paper_invoice(dossiers: Dossiers, desk: Desk) -> None:
    """An older special invoice: ten-digit code and eight-digit number."""
    (dossier,) = dossiers
    modern, old = dossier.only("invoice")["invoice_number"], f"{desk.rng.randrange(10**7, 10**8)}"
    for rows in dossier.rows.values():
        for row in rows:
            row.update({name: old for name, value in row.items() if value == modern})
    dossier.only("invoice")["invoice_code"] = "5117261130"


def _pay_in_three(dossiers: Dossiers, _: Desk) -> None:
    (dossier,) = dossiers
    whole = dossier.only("payment")
    total = Decimal(whole["amount_yuan"])
    parts = [(total / 3).quantize(Decimal("0.01"))] * 2
    parts.append(total - sum(parts))
    dossier.rows["payment"] = [
        whole | {"payment_id": f"{whole['payment_id']}-{place}", "amount_yuan": str(part)}
        for place, part in enumerate(parts, start=1)
    ]


PAPER_LOOKALIKES = (
    honest("PRG-003", "实际费用恰为50000.00元，“以上（含）”", Order("山", 5000, is_exact=True)),
    honest("ELG-004", "失信名单在申领前一天到期", Order("竹", 5150, "h02"), change=_expired_yesterday),
    honest("ELG-004", "科研失信惩戒期2025年底已满", Order("山", 5150, "高校"), change=_old_misconduct),
    honest(
        "INV-001",
        "一张发票按申报的60%、40%分摊到两份合同",
        Order("山", 9000, "h04", is_exact=True, starts_on=date(2026, 5, 4)),
        Order("山", 6000, "h04", is_exact=True, starts_on=date(2026, 5, 4)),
        change=_share_invoice,
    ),
    honest("INV-003", "发票购买方名称用半角括号", Order("云", 5100, "集团"), change=_half_width_brackets),
    honest("ELG-001", "机构更名，代码未变，发票仍是旧名称", Order("山", 5100), change=_old_name),
    honest("INV-002", "开错备注，红冲后重开，以重开的发票申报", Order("云", 5150), change=_red_and_reissue),
    honest("CON-001", "合同结束于12月31日当日", Order("云", 5150, term_ends_on=date(2026, 12, 31))),
    honest("PRC-001", "合同价低于收费标准", Order("云", 6200, price=Decimal("9.54"))),
    honest(
        "PRC-001",
        "含SLA保障的服务项目另有公示价",
        Order("云", 4200, price=Decimal("13.78"), service_item=ASSURED),
    ),
    honest(
        "CON-002",
        "同一框架合同下的两份订单，期间和用量各不相同",
        Order("山", 5150, "h11"),
        Order("山", 5300, "h11"),
        change=_one_framework,
    ),
    honest("ELG-002", "机构2024-02-29注册，2026-03-01入库，已满两年", Order("万", 6400)),
    honest("ELG-006", "代码在合同上是小写、在发票上是全角", Order("山", 5150), change=_written_otherwise),
    honest("ELG-008", "两份承诺书合订为一个文件，分别对应", Order("竹", 5150), change=_one_file_for_two),
    honest(
        "CON-004", "电子签约当日开始服务", Order("渠", 5150, signed_after=0, applied_before=0, first_hour=12)
    ),
    honest("CON-005", "按量计价的合同未写总价", Order("山", 5150), change=_no_total),
    honest(
        "INV-004",
        "三行税额逐行四舍五入，与票面合计差2分",
        Order("宣", 10300, billing="lines"),
        change=_rounded_lines,
    ),
    honest("INV-008", "旧版专用发票：10位代码加8位号码", Order("竹", 5150), change=_paper_invoice),
    honest("REC-005", "分三次付清", Order("山", 5150), change=_pay_in_three),
    honest("PRG-001", "一笔恰为500000.00元，未超上限", Order("云", 100000, "百万", is_exact=True)),
    honest("ELG-003", "服务在机构退出之前已经结束", Order("开", 5150, starts_on=date(2026, 3, 23))),
    honest("REC-006", "按卡日计价，用量以卡日计", Order("宣", 11040, unit="卡日", is_exact=True)),
    honest(
        "REC-003",
        "含税单价除不尽，金额四舍五入到分",
        Order("宣", 11500, price=Decimal("5.17"), is_exact=True),
    ),
    honest("INV-009", "按月开票，几张合计与申报一致", Order("渠", 5200, billing="each")),
)
