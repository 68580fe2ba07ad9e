"""Chinese words and shapes for published codes; colour is never the only sign: grey print reads the same."""

import re
from functools import cache
from typing import Any

from hesuan.reports.wording import evidence_word
from hesuan.schemas.card import SEVERITIES as SEVERITY_WORDS
from hesuan.schemas.fault import ReportFault
from hesuan.schemas.tables import tables

SHAPES = {"block": "×", "adjust": "▼", "hold": "◆", "note": "○"}
# code → (word, shape), in the order of every list of findings: what stops a payment comes first.
SEVERITIES = {code: (SEVERITY_WORDS[code], shape) for code, shape in SHAPES.items()}
ACTIONS = {
    "block": "建议不予兑现；更正材料或专家组另有意见的除外。",
    "adjust": "按规则核减，金额见补贴计算。",
    "hold": "暂缓，待补充材料或说明后再定。",
    "note": "不影响建议金额，供专家组参考。",
}
# The one home of these words: the views' SQL writes them again, and test_vocabulary.py holds it to them.
DISPOSITIONS = {
    "approve": ("建议兑现", "√"),
    "hold": ("暂缓", "◆"),
    "reject": ("不予兑现", "×"),
}
# disposition → what its sum is called: that of a claim on hold is kept for it, not proposed.
SUMS = {"approve": "建议补贴", "hold": "保留额度", "reject": "建议补贴"}
# disposition → what the last row of the bridge is called, and what it means.
PROPOSALS = {
    "approve": (DISPOSITIONS["approve"][0], "建议补贴金额"),
    "hold": (DISPOSITIONS["hold"][0], "保留额度，尚非建议兑现"),
    "reject": (DISPOSITIONS["reject"][0], "不予兑现，建议补贴为零"),
}
UNKNOWN_ACTIONS = {
    "block": "资料不足，不能判断；补齐材料前暂缓。",
    "adjust": "资料不足，未作核减。",
    "hold": "资料不足，不能判断；补齐材料前暂缓。",
    "note": "资料不足，未作判断，不影响建议金额。",
}
RULE_STATES = {"active": "生效", "trial": "试运行", "retired": "停用"}
FILE_STATES = {
    "read": "已读",
    "kept": "存为证据",
    "declaration": "说明文件",
    "refused": "拒收",
    "unrecognised": "认不出",
}
# What a file is that holds no table.
KINDS = {**FILE_STATES, "evidence": "证据材料"}
CAUSES = {
    "outside_term_gpu_hours": "合同期外",
    "outside_year_gpu_hours": "年度外",
    "not_listed_gpu_hours": "未在名单或已退库",
    "not_billable_gpu_hours": "机构原因失败的运行",
    "overlap_gpu_hours": "同卡重叠",
    "off_list_gpu_hours": "用到时不在设备清单上的卡",
    "broken_chain_gpu_hours": "采样没有摘要链的支持",
}
CHANGE_CAUSES = {
    "new_file": "新文件",
    "superseded": "取代",
    "red_letter": "红字发票",
    "register": "名册",
    "decision": "专家意见",
    "policy": "办法参数",
    "code": "代码",
    "queue": "先后次序",
    "day": "运行日",
    "unexplained": "无法解释",
}
CHANGED = {"claim": "申请本身", "decision": "专家意见", "payable_yuan": "可兑付金额"}
# The family of a rule (the letters of its number), in the order of a dossier.
FAMILIES = {
    "ELG": "资格",
    "PRG": "申领与资金",
    "CON": "合同",
    "INV": "发票",
    "PRC": "价格",
    "REC": "三方一致",
    "MTR": "计量记录",
    "CAP": "装机容量",
    "USE": "使用",
    "BHV": "用量形态",
    "REL": "关联关系",
    "XYR": "跨年度与其他资金",
    "IDT": "是否自用",
}
# Step of the waterfall → how its line follows from the line before, {n}, and from others.
FORMULAS = {
    "claimed": "申请表",
    "invoiced": "计入发票的价税合计，冲减红字",
    "metered": "第{n}行与计量可支持的金额，取小",
    "contract": "第{n}行与合同金额，取小",
    "paid": "第{n}行与已付金额，取小",
    "recognised": "第{n}行折合口径后与申报额，取小",
    "threshold": "第{n}行达到门槛的照抄，未达到的为零",
    "half": "第{n}行乘补贴比率，舍入一次",
    "face": "第{n}行与券面金额，取小",
    "applicant_cap": "第{n}行与单位年度余额，取小；不予兑现的为零",
    "pool": "第{n}行与年度总额余额，取小；不予兑现的为零",
    "proposed": "第{n}行；不予兑现的为零",
}
# A limit's cut → what is said of a sum that it left nothing of; the waterfall's SQL says the same.
NOTHING_LEFT = {"pool_cut_yuan": "年度总额余额不足", "applicant_cap_cut_yuan": "单位年度上限余额不足"}
DECISIONS = dict(tables()["decision"].column("decision").choices)
POLICY_STATES = {"draft": "征求意见稿", "final": "正式印发"}


def known(words: dict[str, tuple[str, str]], code: str | None, *, place: str) -> str:
    """The code itself. Raises ReportFault where it is not one that can be printed."""
    if code not in words:
        raise ReportFault(f"{place}：应为 {'、'.join(words)} 之一，实为 {code!r}")
    return code


def nothing_left(claim: dict[str, Any]) -> str | None:
    """Which limit left nothing for a claim that is not refused; None where its sum is not zero, or for another reason."""
    if claim["disposition"] == "reject" or claim["proposed_subsidy_yuan"] != 0:
        return None
    return next((said for cut, said in NOTHING_LEFT.items() if claim[cut]), None)


def advice(claim: dict[str, Any]) -> str:
    """What is proposed of a claim, with the limit that left nothing for it. Raises ReportFault for another disposition."""
    place = f"published.claim {claim['claim_id']} 的 disposition"
    said, left = DISPOSITIONS[known(DISPOSITIONS, claim["disposition"], place=place)][0], nothing_left(claim)
    return f"{said}（{left}）" if left else said


def regulation(title: str | None, status: str | None) -> str:
    """The regulation with its version, as it stands in every head: 《……办法》（征求意见稿）."""
    if not title or not status:
        raise ReportFault("published.run: 缺少办法名称或版本，报告不能注明依据")
    version = POLICY_STATES.get(status, status)
    plain = title.replace(f"（{version}）", "").removeprefix("《").removesuffix("》")
    return f"《{plain}》（{version}）"


@cache
def headers() -> dict[str, str]:
    """Column name → Chinese header, where every table that has the column calls it the same."""
    found: dict[str, set[str]] = {}
    for table in tables().values():
        for column in table.columns:
            found.setdefault(column.name, set()).add(column.zh)
    return {name: words.pop() for name, words in found.items() if len(words) == 1}


def header(name: str) -> str:
    """The name itself where neither the tables nor evidence_word.py have a word for it."""
    return headers().get(name) or evidence_word.NAMES.get(name, name)


def figure(name: str, meanings: dict[tuple[str, str], str]) -> str:
    """What published.change calls a figure, in Chinese: the first words of the dictionary's meaning."""
    said = CHANGED.get(name) or meanings.get(("claim", name), name)
    return re.split("[，：；（]", said)[0]


def table(name: str | None) -> str | None:
    """The Chinese name of a table, or the code itself where it is not a table's."""
    return name if name is None or name not in tables() else tables()[name].zh


def kinds(codes: str) -> list[str]:
    """What a file holds, word by word: its tables, or what became of it where it has none; parted by 、 in the database."""
    return [KINDS.get(code) or table(code) or code for code in codes.split("、")]
