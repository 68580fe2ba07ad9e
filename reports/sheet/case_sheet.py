"""The sheets of the workbook beside the panel's own: title and question over `published.*`, Chinese headers as written."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field

from hesuan.reports.page.match_line import kind_of
from hesuan.reports.published import Row
from hesuan.reports.wording import evidence_word, policy_word, word

# A day counts as unusual where a record that began on it is.
UNUSUAL_DAYS = """
with unusual as (
    select
        provider_id,
        contract_no,
        cast(started_at as date) as usage_on,
        count(distinct record_id) as record_count,
        string_agg(distinct anomaly, '、' order by anomaly) as anomalies,
    from published.usage_anomaly
    group by provider_id, contract_no, usage_on
),
used as (
    select
        provider_id,
        contract_no,
        usage_on,
        sum(allocated_card_seconds) as allocated_card_seconds,
        sum(metered_card_seconds) as metered_card_seconds,
        sum(unknown_card_record_count) as unknown_count,
    from published.usage_day
    group by provider_id, contract_no, usage_on
)
select
    u.contract_no as 合同编号,
    u.provider_id as 服务机构代码,
    u.usage_on as 日期,
    u.record_count as 异常记录数,
    u.anomalies as 异常种类,
    cast(d.allocated_card_seconds as bigint) as 占用卡秒,
    cast(d.metered_card_seconds as bigint) as 采样覆盖卡秒,
    cast(d.unknown_count as bigint) as 卡数未知的记录数,
from unusual as u
left join used as d
    on d.provider_id is not distinct from u.provider_id
    and d.contract_no is not distinct from u.contract_no
    and d.usage_on = u.usage_on
order by all
"""
CALCULATION = """
select
    w.claim_id as 申请编号, w.step_no as 步, coalesce(w.title_zh, w.step) as 项目, w.article as 条款,
    w.amount_yuan as 金额_元, w.note_zh as 说明,
from published.waterfall as w
left join published.claim as c using (claim_id)
order by c.policy_year nulls last, c.queue_position nulls last, w.claim_id, w.step_no
"""
FINDINGS = """
select
    f.rule_id as 规则, r.title_zh as 名称,
    case f.severity when 'block' then '建议不予' when 'adjust' then '核减' when 'hold' then '暂缓待核' when 'note' then '提示'
    end as 后果,
    case f.verdict when 'flag' then '指出' when 'unknown' then '资料不足' end as 结论,
    f.claim_id as 申请编号, f.contract_no as 合同编号, f.subject_id as 对象,
    f.amount_at_risk_yuan as 涉及金额_元, f.sentence_zh as 事实, f.article as 条款,
    array_to_string(r.innocent_zh, '') as 可能的正常原因,
from published.finding as f
left join published.rule as r using (rule_id)
order by f.rule_id, f.finding_id
"""
MATCH = """
select
    contract_no as 合同编号, line_no as 明细, month as 月份, service_item as 服务项目, device_model as 型号,
    unit as 计价单位, contract_gpu_hours as 合同卡时, billed_gpu_hours as 计费卡时, metered_gpu_hours as 计量卡时,
    active_gpu_hours as 活跃卡时, variance_gpu_hours as 差异卡时, billed_yuan as 计费金额_元,
    invoiced_gross_yuan as 开票价税合计_元, paid_yuan as 付款_元, variance_cause_zh as 归因,
from published.reconciliation
order by contract_no, month nulls first, line_no, service_item, device_model, unit
"""
# Figure of published.reconciliation → its column.
MATCHED = {
    "contract_gpu_hours": "合同卡时",
    "billed_gpu_hours": "计费卡时",
    "metered_gpu_hours": "计量卡时",
    "active_gpu_hours": "活跃卡时",
    "variance_gpu_hours": "差异卡时",
    "billed_yuan": "计费金额_元",
}
PROVIDERS = """
with found as (
    select provider_id, count(*) as finding_count from published.finding group by provider_id
)
select
    c.provider_id as 服务机构代码, max(c.provider_name) as 服务机构, count(*) as 申请数,
    count(*) filter (c.disposition = 'approve') as 建议兑现, count(*) filter (c.disposition = 'hold') as 暂缓,
    count(*) filter (c.disposition = 'reject') as 不予兑现, cast(sum(c.claimed_subsidy_yuan) as decimal(18, 2)) as 申报兑现_元,
    cast(sum(c.proposed_subsidy_yuan) as decimal(18, 2)) as 建议补贴_元, coalesce(max(f.finding_count), 0) as 发现数,
from published.claim as c
left join found as f using (provider_id)
group by c.provider_id
order by c.provider_id
"""
POOL = """
select
    c.policy_year as 年度, c.queue_position as 位次, c.claim_id as 申请编号, c.applicant_name as 申领单位,
    c.proposed_subsidy_yuan as 占用_元,
    cast(sum(c.proposed_subsidy_yuan) over (
        partition by c.policy_year order by c.queue_position, c.claim_id
        rows between unbounded preceding and current row
    ) as decimal(18, 2)) as 累计占用_元,
    p.amount_yuan as 年度总额_元, p.redeemed_yuan as 往期已兑现_元, p.remaining_yuan as 年度尚余_元,
from published.claim as c
left join published.pool as p using (policy_year)
order by c.policy_year, c.queue_position, c.claim_id
"""
RULES = """
select '规则' as 种类, rule_id as 编号, title_zh as 名称, article as 条款, null as 取值, null as 单位,
    null as 生效日, null as 失效日, null as 理由或原文
from published.rule
union all
select '参数', key, title_zh, article, value, unit, valid_from, valid_to, coalesce(quote_zh, house_reason_zh)
from published.parameter
order by all
"""
FILES = """
select
    file_name as 文件, file_sha256 as SHA256, sm3 as SM3, byte_count as 字节数, kind as 种类, row_count as 行数,
    accepted_count as 接受, rejected_count as 退回, duplicate_count as 重复, formula_count as 公式格, status as 状态,
    cast(first_seen_at as date) as 首次收录, array_to_string(unread_columns, '、') as 未读取的列,
from published.input_file
order by file_name, file_sha256
"""
DICTIONARY = """
select relation as 表, column_name as 列, data_type as 类型, meaning_zh as 含义
from published.dictionary
order by all
"""
Rules = dict[str, Row]


@dataclass(frozen=True)
class Sheet:
    """wide: columns that hold sentences; they are wrapped.

    due: which figures of a row are unknown where null, given the rules (docket.rule_cards); None, all.
    words: column of codes → how a row's is told.
    """

    title: str
    question: str
    wide: tuple[str, ...] = ()
    due: Callable[[Row, Rules], Set[str]] | None = None
    words: Mapping[str, Callable[[Row], str]] = field(default_factory=dict)

    def told(self, row: Row) -> Row:
        """The row with words for codes."""
        return row | {name: say(row) for name, say in self.words.items() if row[name] is not None}


def _kinds(row: Row) -> str:
    return "、".join(word.kinds(row["种类"]))


def _file_state(row: Row) -> str:
    state: str = row["状态"]
    return word.FILE_STATES.get(state, state)


def _anomalies(row: Row) -> str:
    return "、".join(evidence_word.spoken("anomaly", code) for code in row["异常种类"].split("、"))


def _policy_value(row: Row) -> str:
    return policy_word.spoken(row["编号"], row["取值"])


def _due_of_finding(row: Row, rules: Rules) -> Set[str]:
    return {"涉及金额_元"} if rules[row["规则"]]["works_out_sum"] else set()


def _due_of_pool(row: Row, _rules: Rules) -> Set[str]:
    """Of a year that is known, no total is a policy that sets none."""
    return set(row) - ({"年度总额_元", "年度尚余_元"} if row["年度"] is not None else set())


def _due_of_match(row: Row, _rules: Rules) -> Set[str]:
    _, expected = kind_of({"month": row["月份"]} | {name: row[zh] for name, zh in MATCHED.items()})
    return {zh for name, zh in MATCHED.items() if name in expected}


SHEETS = (
    Sheet("补贴计算", CALCULATION, ("项目", "说明")),
    Sheet("核验发现", FINDINGS, ("事实", "可能的正常原因"), due=_due_of_finding),
    Sheet("三方比对", MATCH, due=_due_of_match),
    Sheet("日用量（异常日）", UNUSUAL_DAYS, words={"异常种类": _anomalies}),
    Sheet("供给方", PROVIDERS),
    Sheet("资金池台账", POOL, due=_due_of_pool),
    Sheet("口径与规则", RULES, ("名称", "理由或原文"), words={"取值": _policy_value}),
    Sheet("证据清单", FILES, ("文件", "未读取的列"), words={"种类": _kinds, "状态": _file_state}),
    Sheet("数据字典", DICTIONARY, ("含义",)),
)
