"""What the papers of one claim say: 核验档案 and 审核意见, every value printed as text for the typesetter."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hesuan.reports import figure
from hesuan.reports.docket import Item
from hesuan.reports.paper.finding import finding_of, moving, reading_of
from hesuan.reports.published import Row
from hesuan.reports.wording import word
from hesuan.reports.wording.article import is_of_the_house
from hesuan.reports.wording.words import word_of

BRIDGE = (
    ("申报", "claimed_cost_yuan", "claimed_subsidy_yuan", "申请表所填"),
    ("认定", "recognised_cost_yuan", "subsidy_before_caps_yuan", "认定实际费用；未计年度限额"),
    ("单位年度限额减", None, "applicant_cap_cut_yuan", "同一申领单位的年度上限"),
    ("年度总额减", None, "pool_cut_yuan", "先到先得，年度总额余额不足的部分"),
)
MATCH = (
    ("合同卡时", "contract_gpu_hours"),
    ("计费卡时", "billed_gpu_hours"),
    ("计量卡时", "metered_gpu_hours"),
    ("其中活跃", "active_gpu_hours"),
    ("开票（不含税）", "invoiced_net_yuan"),
    ("价税合计", "invoiced_gross_yuan"),
    ("付款", "paid_yuan"),
)
STANDING = {
    "approve": "",
    "hold": "暂缓期间保留排队顺序和此额度，补齐材料后再定。",
    "reject": "不占年度额度。",
}


@dataclass(frozen=True)
class Setting:
    """What every paper of a run has in its head and foot, and asks of the panel. titles: policy key → its Chinese name."""

    run_id: str
    figure: str
    regulation: str
    check_codes: dict[str, str]
    titles: dict[str, str]
    reason_length: str
    asks_benefit: bool = True

    def article(self, number: str) -> str:
        """An article of the house's own instrument; under another, whose articles are not these, nothing."""
        return number if is_of_the_house(self.regulation) else ""

    @property
    def benefit(self) -> dict[str, str] | None:
        """Where the panel is to say whether the benefit is significant, by which article; None where it is not."""
        return {"article": self.article("第七条")} if self.asks_benefit else None

    def of(self, title: str, running: str) -> dict[str, Any]:
        head = {"title": title, "running": running, "run_id": self.run_id, "figure": self.figure}
        return head | {"regulation": self.regulation}


def dossier(context: dict[str, Any], months: list[Row], setting: Setting) -> dict[str, Any]:
    """Values of templates/paper/dossier.typ. `context`: claim, items, steps and readings of one claim, as published.

    `months`: metered and billed card-hours of the claim's contract, a month a row.
    """
    claim, items = context["claim"], context["items"]
    disposition, sign = word.DISPOSITIONS[claim["disposition"]]
    listed = moving(context["readings"], claim)
    keys = {row["reading_key"] for row in listed}
    return setting.of("算力券兑现核验档案", f"算力券兑现核验档案　{claim['claim_id']}") | {
        "claim_id": claim["claim_id"],
        "check_code": setting.check_codes.get(claim["claim_id"], figure.UNKNOWN),
        "facts": _facts(claim, setting.regulation),
        "disposition": {"word": disposition, "sign": sign},
        "sum_word": word_of("sum", claim["disposition"]),
        "sum": figure.yuan(claim["proposed_subsidy_yuan"]),
        "capital": figure.capital_yuan(claim["proposed_subsidy_yuan"]),
        "standing": _standing(claim, context["steps"]),
        "reasons": [_reason(rule_id, items) for rule_id in claim["reasons"] or []],
        "bridge": _bridge(claim),
        "steps": [_step(row) for row in context["steps"]],
        "match": [(title, _measure(claim, name)) for title, name in MATCH],
        "months": _months(months),
        "items": [finding_of(item) for item in items],
        "readings": [reading_of(row, setting.titles) for row in listed],
        "reason_length": setting.reason_length,
        "benefit": setting.benefit,
        "readings_alike": figure.count(len(_compared(context) - keys)),
    }


def _compared(context: dict[str, Any]) -> set[str]:
    """What was left open for the claim and worked out another way, as on its page."""
    return {row["reading_key"] for row in context["readings"] if row["reading_key"] in context["compared"]}


def _standing(claim: Row, steps: list[Row]) -> str:
    """Beside the sum: what becomes of it, and why it is zero where nothing was left to give."""
    is_nothing_left = claim["disposition"] != "reject" and claim["proposed_subsidy_yuan"] == 0
    why = f"{steps[-1]['note_zh']}。" if is_nothing_left else ""
    return why + STANDING[claim["disposition"]]


def _facts(claim: Row, regulation: str) -> list[tuple[str, str]]:
    return [
        ("申领单位", claim["applicant_name"] or figure.UNKNOWN),
        ("申领单位代码", claim["applicant_id"] or figure.UNKNOWN),
        ("服务机构", claim["provider_name"] or figure.UNKNOWN),
        ("服务机构代码", claim["provider_id"] or figure.UNKNOWN),
        ("合同编号", claim["contract_no"] or figure.UNKNOWN),
        ("券号", claim["voucher_id"] or figure.UNKNOWN),
        ("申请编号", claim["claim_id"]),
        ("排队顺序", figure.count(claim["queue_position"])),
        ("证据等级", _grade(claim)),
        ("依据", regulation),
    ]


def _grade(claim: Row) -> str:
    because = claim["grade_because_zh"]
    return (claim["evidence_grade"] or figure.UNKNOWN) + (f"：{because}" if because else "")


def _reason(rule_id: str, items: list[Item]) -> str:
    titles = [item.rule["title_zh"] for item in items if item.finding["rule_id"] == rule_id]
    return f"{rule_id} {titles[0]}" if titles else rule_id


def _bridge(claim: Row) -> list[dict[str, Any]]:
    rows = [
        {
            "item": item,
            "cost": "—" if cost is None else figure.yuan(claim[cost]),
            "subsidy": figure.yuan(claim[subsidy]),
            "note": note,
            "is_sum": False,
        }
        for item, cost, subsidy, note in BRIDGE
    ]
    total = figure.yuan(claim["proposed_subsidy_yuan"])
    item, note = word.PROPOSALS[claim["disposition"]]
    return [*rows, {"item": item, "cost": "—", "subsidy": total, "note": note, "is_sum": True}]


def _step(row: Row) -> dict[str, str]:
    return {
        "no": str(row["step_no"]),
        "title": row["title_zh"] or row["step"],
        "article": row["article"] or "—",
        "amount": figure.yuan(row["amount_yuan"]),
        "note": row["note_zh"] or "",
    }


def _measure(row: Row, name: str) -> str:
    return figure.yuan(row[name]) if name.endswith("_yuan") else figure.hours(row[name])


def _months(months: list[Row]) -> list[dict[str, Any]]:
    """Shares are thousandths of the largest month, for the strokes beside the figures; unknown draws nothing."""
    hours = [row[name] for row in months for name in ("metered_gpu_hours", "billed_gpu_hours")]
    largest = max((value for value in hours if value is not None), default=Decimal(0)) or Decimal(1)
    return [_month(row, row["metered_gpu_hours"], row["billed_gpu_hours"], largest) for row in months]


def _month(row: Row, metered: Decimal | None, billed: Decimal | None, largest: Decimal) -> dict[str, Any]:
    """A month without a bill has no record of one, as on the page; nothing of it is missing."""
    return {
        "month": row["month"],
        "metered": figure.hours(metered),
        "billed": "—" if billed is None else figure.hours(billed),
        "excess": "—" if billed is None else figure.hours(row["excess_gpu_hours"]),
        "metered_share": int(max(metered or 0, 0) * 1000 // largest),
        "billed_share": int(max(billed or 0, 0) * 1000 // largest),
    }
