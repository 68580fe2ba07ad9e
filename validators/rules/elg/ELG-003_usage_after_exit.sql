/*
id = "ELG-003"
title_zh = "退出名单后仍提供服务"
title_en = "Usage after the provider left the register"
article = "第九条"
severity = "adjust"
status = "active"
subject = "claim"
because_zh = "服务机构 {provider_name}（{provider_id}）于 {delisted_on} 退出名单，此后 {first_after_on} 至 {last_after_on} 仍有 {after_day_count} 天、{after_gpu_hours} 卡时用量；第九条第三项规定退出名单，退出之后的用量不应计入。"
because_en = "Provider {provider_id} left the register on {delisted_on}; afterwards, from {first_after_on} to {last_after_on}, there are {after_day_count} days and {after_gpu_hours} card-hours of usage. Under article 9 (3) usage after the exit should not count."
unknown_zh = [
    "服务机构名单或合同 {contract_no} 未收到，服务机构 {provider_id} 有没有退出名单、退出之后还有没有用量无从核对。请补交所缺的一样。",
]
unknown_en = [
    "The list of providers or contract {contract_no} is not on file, so whether provider {provider_id} left the register and served afterwards cannot be checked. Please hand in the one that is missing.",
]
innocent_zh = [
    "退出决定后来撤回或正在复议：请提供主管部门的撤回或重新入库文件，名单应补记新的入库日期。",
    "名单的退库日期误填：请提供退出名单的公告。",
]
innocent_en = [
    "The delisting was revoked or is under review: provide the bureau's paper; the list needs the new date.",
    "The list has a wrong date of delisting: provide the announcement.",
]

[evidence]
contract_no = "合同编号"
provider_id = "服务机构代码"
provider_name = "服务机构名称"
delisted_on = "退出名单之日"
first_after_on = "退出之后的最早用量日"
last_after_on = "退出之后的最晚用量日"
after_day_count = "退出之后有用量的天数"
after_gpu_hours = "退出之后的用量，卡时"
amount_at_risk_yuan = "退出之后的用量按核算单价折算，元，含税；单价不唯一的为空"

[[trace]]
relation = "lake.provider"
using = ["provider_id"]
where = "r.delisted_on is not null"

[[trace]]
relation = "reconciled.interval"
using = ["contract_no"]
where = "cast(r.started_at as date) <= j.last_after_on and cast(coalesce(r.ended_at, r.started_at) as date) >= j.first_after_on"
[[trace]]
relation = "reconciled.sample_day"
using = ["contract_no"]
where = "r.contract_no in (select contract_no from reconciled.sampled_contract where not has_record) and r.usage_on between j.first_after_on and j.last_after_on"
*/
with listed as (
    select provider_id, max(delisted_on) as delisted_on from lake.provider group by provider_id
),
looked_at as (
    select
        c.*,
        n.*  exclude (contract_no, cause),
        l.provider_id is not null as is_listed,
        l.delisted_on,
        m.first_usage_on is not null as has_usage,
    from reconciled.claim_paper as c
    left join listed as l using (provider_id)
    left join reconciled.contract_measure as m on m.contract_no = c.contract_no
    left join decided.excluded_usage as n on n.contract_no = c.contract_no and n.cause = 'after_exit'
)
select
    claim_id as subject_id,
    case
        when (select count(*) from lake.provider) = 0 then 'unknown'
        when day_count > 0 then 'flag'
        when not has_contract then 'unknown'
        when not is_listed or not has_usage then 'not_applicable'
        when day_count is null then 'pass'
    end as verdict,
    contract_no,
    provider_id,
    provider_name,
    delisted_on,
    first_usage_on as first_after_on,
    last_usage_on as last_after_on,
    coalesce(day_count, 0) as after_day_count,
    coalesce(gpu_hours, 0) as after_gpu_hours,
    value_yuan as amount_at_risk_yuan,
from looked_at
