/*
id = "CON-003"
title_zh = "合同疑似拆分"
title_en = "Contracts that together reach a limit"
article = "第七条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no}（{contract_amount_yuan} 元，签于 {signed_on}）与同一服务机构、同一申领单位或与之关联的单位在 {split_days} 天之内就相同型号签订的合同共 {contract_count} 份（{contracts}），各自不足 {limit_yuan} 元，合计 {together_yuan} 元，达到该限额。"
because_en = "Contract {contract_no} ({contract_amount_yuan} yuan, signed {signed_on}) is one of {contract_count} ({contracts}) signed within {split_days} days with the same provider, for the same model, by the same applicant or by others related to it; each is below {limit_yuan} yuan and together they reach {together_yuan} yuan."
unknown_zh = [
    "合同 {contract_no} 未收到，其金额、签订日期、型号未知，与 {split_days} 天之内签订的其他合同是否应合并看无从核对。请补交合同及明细。",
]
unknown_en = [
    "Contract {contract_no} is not on file: its sum, date and models are unknown, so whether it belongs with others signed within {split_days} days cannot be checked. Please hand in the contract and its lines.",
]
innocent_zh = [
    "分期或分项目采购：请提供各自的立项或需求文件。",
    "框架协议下的订单：请在合同表中填写框架合同编号。",
    "关联单位各自独立使用：请提供各自的用量和付款凭证。",
]
innocent_en = [
    "Bought by stages or projects: provide the papers of each.",
    "An order under a framework: fill in parent_contract_no.",
    "Related entities each use it on their own: provide usage and proof of payment of each.",
]
policy = [
    "contract.split_days",
    "contract.split_limits_yuan",
    "related_party.min_share_ratio",
    "related_party.state_words",
]

[evidence]
contract_no = "合同编号"
contract_amount_yuan = "合同含税金额，元"
signed_on = "合同签订日期"
split_days = "合并看的签订间隔，天"
contract_count = "合并看的合同份数，本合同在内"
contracts = "其合同编号"
limit_yuan = "合计达到的限额中最高者，元；— 为没有达到"
together_yuan = "合计含税金额，元"
provider_id = "服务机构代码"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.contract"
using = ["provider_id"]
where = "list_contains(string_split(j.contracts, '、'), r.contract_no)"
*/
with limited as (
    select
        c.*,
        k.contract_no is not null as is_held,
        k.parent_contract_no,
        cast(policy.number('contract.split_days', c.submitted_on) as integer) as split_days,
        policy.word('contract.split_limits_yuan', c.submitted_on) as limits,
        policy.number('related_party.min_share_ratio', c.submitted_on) as least_ratio,
        replace(policy.word('related_party.state_words', c.submitted_on), ',', '|') as state_words,
    from reconciled.claim_paper as c
    left join lake.contract as k on k.contract_no = c.contract_no
),
modelled as (
    select contract_no, list_sort(list_distinct(list(coalesce(device_model, '')))) as models
    from lake.contract_line
    group by contract_no
),
contracts as (
    select k.*, coalesce(m.models, []) as models
    from lake.contract as k
    left join modelled as m using (contract_no)
    where k.parent_contract_no is null and k.amount_yuan > 0
),
-- A namesake, a shared address or a small holding joins nobody here.
buyers as (
    select distinct a.claim_id, r.other_id as buyer_id
    from limited as a
    join reconciled.related as r on r.subject_id = a.contract_applicant_id
    where not r.is_by_name
        and not r.is_place
        and r.share_ratio >= a.least_ratio
        and not regexp_matches(r.via, a.state_words)
        and coalesce(r.valid_from <= a.signed_on, true)
        and coalesce(r.valid_to >= a.signed_on, true)
        and r.other_id <> a.contract_provider_id
    union
    select claim_id, contract_applicant_id from limited
),
near as (
    select a.claim_id, a.contract_no as own_no, a.signed_on, a.split_days, o.contract_no, o.signed_on as other_signed_on, o.amount_yuan,
    from limited as a
    join contracts as k on k.contract_no = a.contract_no
    join buyers as b using (claim_id)
    join contracts as o
        on o.provider_id = k.provider_id
        and o.applicant_id = b.buyer_id
        and (o.models = k.models or list_has_any(o.models, k.models))
        and abs(o.signed_on - k.signed_on) <= a.split_days
),
limits as (
    select claim_id, cast(unnest(string_split(limits, ',')) as decimal(18, 2)) as limit_yuan from limited
),
-- Every stretch of that many days that holds this contract, begun by one of the others.
stretches as (
    select
        f.claim_id,
        l.limit_yuan,
        f.contract_no as first_no,
        count(*) as contract_count,
        string_agg(n.contract_no, '、' order by n.contract_no) as contracts,
        sum(n.amount_yuan) as together_yuan,
    from near as f
    join limits as l on l.claim_id = f.claim_id
    join near as n
        on n.claim_id = f.claim_id
        and n.amount_yuan < l.limit_yuan
        and n.other_signed_on between f.other_signed_on and f.other_signed_on + f.split_days
    where f.other_signed_on <= f.signed_on
    group by f.claim_id, l.limit_yuan, f.contract_no
    having bool_or(n.contract_no = n.own_no)
),
reached as (
    select
        claim_id,
        count(*) filter (where together_yuan >= limit_yuan and contract_count > 1) as reached_count,
        arg_max(
            {'limit_yuan': limit_yuan, 'contract_count': contract_count, 'contracts': contracts, 'together_yuan': together_yuan},
            (together_yuan >= limit_yuan and contract_count > 1, limit_yuan, together_yuan, first_no)
        ) as most,
    from stretches
    group by claim_id
)
select
    a.claim_id as subject_id,
    case
        when not a.is_held then 'unknown'
        when r.reached_count > 0 then 'flag'
        when a.parent_contract_no is not null or a.contract_amount_yuan is null then 'not_applicable'
        when coalesce(r.reached_count, 0) = 0 then 'pass'
    end as verdict,
    a.contract_no,
    a.contract_amount_yuan,
    a.signed_on,
    a.split_days,
    coalesce(r.most.contract_count, 1) as contract_count,
    coalesce(r.most.contracts, a.contract_no) as contracts,
    coalesce(cast(case when r.reached_count > 0 then r.most.limit_yuan end as varchar), '—') as limit_yuan,
    cast(coalesce(r.most.together_yuan, a.contract_amount_yuan) as decimal(18, 2)) as together_yuan,
    a.contract_provider_id as provider_id,
    a.claimed_subsidy_yuan as amount_at_risk_yuan,
from limited as a
left join reached as r using (claim_id)
