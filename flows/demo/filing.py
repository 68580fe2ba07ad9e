"""What is filed for a contract: the voucher (第十一条), the claim and its materials (第十二条)."""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from hesuan.flows.demo.clock import DAY, HOUR, printed, second_of
from hesuan.flows.demo.dossier import Dossier, Row
from hesuan.flows.demo.money import asked_for, half_of
from hesuan.flows.demo.papers import parties

MATERIALS = (
    ("service_contract", "算力服务合同.pdf"),
    ("business_licence", "营业执照.pdf"),
    ("legal_rep_id", "法定代表人身份证.pdf"),
    ("authenticity_pledge", "材料真实性承诺书.pdf"),
    ("no_violation_pledge", "无违法违规行为承诺书.pdf"),
    ("application_form", "算力券兑现申请表.pdf"),
    ("summary_table", "兑现汇总表.xlsx"),
    ("eligibility", "需求方资格审核材料.pdf"),
    ("contract_original", "服务合同原件.pdf"),
    ("invoice", "发票.pdf"),
    ("usage_log", "后台日志.csv"),
)


def completed_at(starts_on: date, applied_before: int) -> int:
    """When the voucher application was complete, which is the place in the queue."""
    if applied_before == 0:
        return second_of(starts_on, hour=8)
    return second_of(starts_on - timedelta(days=applied_before - 1), hour=11)


def write_voucher(dossier: Dossier, completed: int) -> None:
    same_day = dossier.order.applied_before == 0
    applied, effective = (
        (completed - HOUR // 2, completed + HOUR // 2) if same_day else (completed - DAY, completed + 4 * DAY)
    )
    dossier.add(
        "voucher",
        {
            "voucher_id": dossier.voucher_id,
            **parties(dossier),
            "contract_no": dossier.contract_no,
            "applied_at": printed(applied),
            "completed_at": printed(completed),
            "effective_at": printed(effective),
            "face_yuan": str(half_of(invoiced(dossier.rows["invoice"]))),
            "state": "effective",
        },
    )


def invoiced(invoices: Sequence[Row]) -> Decimal:
    return sum((Decimal(row["net_yuan"]) for row in invoices), Decimal(0))


def ready_at(dossier: Dossier) -> int:
    """The morning after the last payment."""
    last = max(date.fromisoformat(row["paid_on"]) for row in dossier.rows["payment"])
    return second_of(last + timedelta(days=1), hour=9)


def write_claim(dossier: Dossier, submitted: int, *, invoices: Sequence[Row] = (), suffix: str = "") -> None:
    """A claim on these invoices (all of the dossier's by default); a further claim carries a suffix."""
    claimed = list(invoices) or dossier.rows["invoice"]
    cost = invoiced(claimed)
    claim_id = dossier.claim_id + suffix
    numbers = {row["invoice_number"] for row in claimed}
    units = sum(
        Decimal(r["quantity"]) for r in dossier.rows["invoice_line"] if r["invoice_number"] in numbers
    )
    dossier.add(
        "claim",
        {
            "claim_id": claim_id,
            "voucher_id": dossier.voucher_id + suffix,
            "contract_no": dossier.contract_no,
            **parties(dossier),
            "submitted_at": printed(submitted),
            "claimed_cost_yuan": str(cost),
            "claimed_subsidy_yuan": str(asked_for(cost)),
            "claimed_gpu_hours": f"{units * dossier.order.hours_per_unit:.4f}",
        },
    )
    for row in claimed:
        share = {
            "claim_id": claim_id,
            "invoice_number": row["invoice_number"],
            "allocated_yuan": row["net_yuan"],
        }
        dossier.add("claim_invoice", share)
    dossier.add("material", *(_material(claim_id, code, name) for code, name in MATERIALS))


def _material(claim_id: str, code: str, name: str) -> Row:
    """No material is really there; its digest stands for its content."""
    digest = hashlib.sha256(f"{claim_id}/{code}".encode()).hexdigest()
    return {"claim_id": claim_id, "material_code": code, "file_name": f"{claim_id}/{name}", "sha256": digest}


def reclaim(dossier: Dossier, cost: Decimal) -> None:
    """Make the claim, its one invoice share and the voucher's face ask for another cost."""
    claim, share = dossier.only("claim"), dossier.only("claim_invoice")
    claim["claimed_cost_yuan"], claim["claimed_subsidy_yuan"] = str(cost), str(asked_for(cost))
    share["allocated_yuan"] = str(cost)
    dossier.only("voucher")["face_yuan"] = str(half_of(cost))
