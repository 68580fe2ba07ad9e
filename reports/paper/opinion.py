"""What 审核意见 says of one claim (第十三条): the facts, then the panel's decision if there is one, else blanks."""

from typing import Any

from hesuan.reports import figure
from hesuan.reports.docket import Item
from hesuan.reports.paper.case import Setting
from hesuan.reports.published import Row
from hesuan.reports.wording import word
from hesuan.schemas.tables import tables

# What stops or cuts a payment; notes stand in the dossier.
WEIGHTY = ("block", "adjust", "hold")


def opinion(claim: Row, items: list[Item], decision: Row | None, setting: Setting) -> dict[str, Any]:
    """Values of templates/paper/opinion.typ. decision: the claim's row of published.decision."""
    return setting.of("算力券兑现项目审核意见", claim["claim_id"]) | {
        "addressee": "主管部门",
        "opening": _opening(claim, setting),
        "situation": _situation(claim),
        "doubts": _doubts(items),
        "benefit": setting.benefit,
        "decided": None if decision is None else _decided(decision),
        "other": _other(claim, setting),
    }


def _opening(claim: Row, setting: Setting) -> str:
    return (
        f"根据{setting.regulation}{setting.article('第十三条')}，专家组对{_party(claim, 'applicant')}（申领单位）"
        f"与{_party(claim, 'provider')}（服务机构）签订的算力服务合同"
        f"（合同编号{claim['contract_no'] or figure.UNKNOWN}）兑现材料进行了审核，意见如下。"
    )


def _situation(claim: Row) -> str:
    disposition = word.DISPOSITIONS[claim["disposition"]][0]
    kept = "（暂缓期间的保留额度）" if claim["disposition"] == "hold" else ""
    return (
        f"申报实际费用{figure.yuan(claim['claimed_cost_yuan'])}元，"
        f"申报兑现金额{figure.yuan(claim['claimed_subsidy_yuan'])}元。"
        f"经系统比对服务合同、发票、账单和后台日志，"
        f"认定实际发生费用{figure.yuan(claim['recognised_cost_yuan'])}元，"
        f"系统建议：{disposition}，{figure.yuan(claim['proposed_subsidy_yuan'])}元{kept}，供专家组参考。"
    )


def _doubts(items: list[Item]) -> list[str]:
    """One sentence a finding that stops or cuts the payment, with its article."""
    return [
        f"{item.finding['sentence_zh'] or figure.UNKNOWN}（{item.finding['rule_id']}，{item.finding['article']}）"
        for item in items
        if item.finding["severity"] in WEIGHTY
    ]


def _decided(decision: Row) -> str:
    said = dict(tables()["decision"].column("decision").choices)[decision["decision"]]
    sums = [
        f"核定兑现金额为{figure.capital_yuan(decision['payable_yuan'])}（¥{figure.yuan(decision['payable_yuan'])}）。"
    ]
    if decision["obstacle_zh"] is not None:
        sums = [f"目前不可兑付：{decision['obstacle_zh']}。"]
    override = decision["override_reason"]
    reasons = [f"理由：{decision['reason'] or figure.UNKNOWN}。"] + (
        [f"推翻否决项的理由：{override}。"] if override else []
    )
    return "".join([f"专家{decision['panellist']}的意见为“{said}”，", *sums, *reasons]).replace("。。", "。")


def _other(claim: Row, setting: Setting) -> list[str]:
    code = setting.check_codes.get(claim["claim_id"], figure.UNKNOWN)
    return [
        f"核验档案附后：申请编号 {claim['claim_id']}，批次 {setting.run_id}。",
        f"核对码：{code}。数字有变的，本意见须重新确认。",
        f"数字指纹：{setting.figure}。",
    ]


def _party(claim: Row, role: str) -> str:
    return claim[f"{role}_name"] or claim[f"{role}_id"] or figure.UNKNOWN
