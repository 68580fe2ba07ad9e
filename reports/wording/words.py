"""Words of the pages and the command line in Chinese and English, by group and code; word.py stays their Chinese home.

Official papers (兑现汇总表, 审核意见, 兑付清单) are Chinese only and never ask here. A legal term keeps its Chinese in
brackets: "redemption (兑现)". test_words.py finds a code without either language.
"""

import re

from hesuan.reports.wording import adapter_word, word
from hesuan.schemas.fault import ReportFault

LANGUAGES = ("zh", "en")
CHINESE: dict[str, dict[str, str]] = {
    "severity": {code: zh for code, (zh, _) in word.SEVERITIES.items()},
    "action": word.ACTIONS,
    "unknown_action": word.UNKNOWN_ACTIONS,
    "disposition": {code: zh for code, (zh, _) in word.DISPOSITIONS.items()},
    "sum": word.SUMS,
    "rule_state": word.RULE_STATES,
    "file_state": word.FILE_STATES,
    "adapter": {code: zh for code, (zh, _) in adapter_word.WORDS.items()},
    "cause": word.CAUSES,
    "change_cause": word.CHANGE_CAUSES,
    "decision": word.DECISIONS,
    "policy_state": word.POLICY_STATES,
    "verdict": {"pass": "通过", "flag": "指出", "unknown": "资料不足", "not_applicable": "不适用"},
    "label": {
        "amount_unit": "金额单位：元",
        "applicant": "申领单位",
        "article": "条款",
        "claim": "兑现申请",
        "contract": "合同",
        "evidence": "证据",
        "fact": "事实",
        "fee": "涉及费用",
        "file": "文件",
        "finding": "核验发现",
        "for_the_panel": "供专家组参考，以专家组审核意见为准。",
        "harmless": "可能的正常原因",
        "nothing_new": "今日无新增发现。",
        "pool": "年度总额",
        "proposed": "建议补贴",
        "provider": "服务机构",
        "row": "行",
        "rule": "规则",
        "run": "运行",
        "search": "查找",
        "sheet": "工作表",
        "subsidy": "补贴金额",
        "total": "合计",
        "unknown": "未知",
        "voucher": "算力券",
    },
}
ENGLISH: dict[str, dict[str, str]] = {
    "severity": {
        "block": "propose to refuse",
        "adjust": "reduce",
        "hold": "hold",
        "note": "note",
    },
    "action": {
        "block": "Propose no redemption (兑现), unless corrected papers or the panel say otherwise.",
        "adjust": "Reduced by rule; the amount stands in the computation.",
        "hold": "On hold until more papers or an explanation come in.",
        "note": "The proposed amount is unaffected; for the panel's information.",
    },
    "unknown_action": {
        "block": "Too little is known to tell; on hold until the papers are complete.",
        "adjust": "Too little is known; nothing was reduced.",
        "hold": "Too little is known to tell; on hold until the papers are complete.",
        "note": "Too little is known; not judged, the proposed amount is unaffected.",
    },
    "disposition": {
        "approve": "propose redemption (兑现)",
        "hold": "hold",
        "reject": "propose no redemption",
    },
    "sum": {"approve": "proposed", "hold": "reserved", "reject": "proposed"},
    "rule_state": {"active": "active", "trial": "on trial", "retired": "retired"},
    "file_state": {
        "read": "read",
        "kept": "kept as evidence",
        "declaration": "declaration",
        "refused": "refused",
        "unrecognised": "not recognised",
    },
    "adapter": {code: en for code, (_, en) in adapter_word.WORDS.items()},
    "cause": {
        "outside_term_gpu_hours": "outside the contract's term",
        "outside_year_gpu_hours": "outside the year",
        "not_listed_gpu_hours": "provider not listed, or delisted",
        "not_billable_gpu_hours": "runs that failed for the provider's reasons",
        "overlap_gpu_hours": "overlap on the same card",
        "off_list_gpu_hours": "cards off the device list when used",
        "broken_chain_gpu_hours": "samples behind a broken hash chain",
    },
    "change_cause": {
        "new_file": "new file",
        "superseded": "superseded",
        "red_letter": "red-letter invoice (红字发票)",
        "register": "register",
        "decision": "panel's decision",
        "policy": "policy",
        "code": "code",
        "queue": "place in the queue",
        "day": "day of the run",
        "unexplained": "unexplained",
    },
    "decision": {
        "approve": "approve",
        "adjust": "reduce",
        "reject": "refuse",
        "ask": "ask for more papers",
    },
    "policy_state": {"draft": "draft for comment (征求意见稿)", "final": "issued"},
    "verdict": {
        "pass": "pass",
        "flag": "found",
        "unknown": "cannot tell",
        "not_applicable": "not applicable",
    },
    "label": {
        "amount_unit": "amounts in CNY",
        "applicant": "applicant (申领单位)",
        "article": "article",
        "claim": "claim (兑现申请)",
        "contract": "contract",
        "evidence": "evidence",
        "fact": "fact",
        "fee": "fee concerned",
        "file": "file",
        "finding": "finding",
        "for_the_panel": "For the expert panel; its opinion is what counts.",
        "harmless": "harmless explanations",
        "nothing_new": "Nothing new today.",
        "pool": "year's pool",
        "proposed": "proposed subsidy",
        "provider": "provider (服务机构)",
        "row": "row",
        "rule": "rule",
        "run": "run",
        "search": "search",
        "sheet": "sheet",
        "subsidy": "subsidy",
        "total": "total",
        "unknown": "unknown",
        "voucher": "voucher (算力券)",
    },
}
_BY_LANGUAGE = {"zh": CHINESE, "en": ENGLISH}
_TERM = re.compile(" \\([^)]*[\u4e00-\u9fff][^)]*\\)")


def short(english: str) -> str:
    """Without the Chinese term in brackets: for tables, where it would stand on every line."""
    return _TERM.sub("", english)


def word_of(group: str, code: str, lang: str = "zh") -> str:
    """The word for a code. Raises ReportFault where there is none."""
    found = _BY_LANGUAGE[lang].get(group, {}).get(code)
    if found is None:
        raise ReportFault(f"用语 {group}: 没有 {code!r}（{lang}）")
    return found
