/*
id = "ELG-001"
title_zh = "服务日供给方不在名单"
title_en = "Provider not on the register on the service date"
article = "第五条、第八条"
severity = "adjust"
status = "active"
subject = "claim"
because_zh = "服务机构 {provider_name}（{provider_id}）在 {first_unlisted_on} 至 {last_unlisted_on} 期间有 {unlisted_day_count} 天、{unlisted_gpu_hours} 卡时用量发生时不在服务机构名单内（名单所载最早入库日期：{first_listed_on}）；第八条规定未纳入名单的机构不予支持，这部分用量不应计入。"
because_en = "Between {first_unlisted_on} and {last_unlisted_on}, on {unlisted_day_count} days and for {unlisted_gpu_hours} card-hours, provider {provider_id} was not on the register (earliest listing on record: {first_listed_on}); article 8 gives no support to a provider that is not listed, so this usage should not count."
innocent_zh = [
    "当年名单公布较晚而机构一直符合条件：请提供主管部门关于名单生效日期的文件。",
    "机构更名或换发执照：名单按统一社会信用代码核对，请提供变更登记证明。",
]
innocent_en = [
    "The year's list came late and the provider qualified all along: provide the bureau's paper on its effective date.",
    "The provider changed its name or licence: the list is checked by credit code; provide the proof of change.",
]

[evidence]
contract_no = "合同编号"
provider_id = "服务机构代码"
provider_name = "服务机构名称"
first_listed_on = "名单所载最早入库日期；— 为名单中没有该代码"
first_unlisted_on = "名单之外的最早用量日；机构从未入库且无用量时为合同开始日"
last_unlisted_on = "名单之外的最晚用量日；机构从未入库且无用量时为合同结束日"
unlisted_day_count = "名单之外有用量的天数"
unlisted_gpu_hours = "名单之外的用量，卡时"
amount_at_risk_yuan = "名单之外的用量按核算单价折算，元，含税；单价不唯一的为空"

[[trace]]
relation = "lake.provider"
using = ["provider_id"]

[[trace]]
relation = "reconciled.interval"
using = ["contract_no"]
where = "cast(r.started_at as date) <= j.last_unlisted_on and cast(coalesce(r.ended_at, r.started_at) as date) >= j.first_unlisted_on"
[[trace]]
relation = "reconciled.sample_day"
using = ["contract_no"]
where = "r.contract_no not in (select contract_no from reconciled.contract_day) and r.usage_on between j.first_unlisted_on and j.last_unlisted_on"
*/
with listed as (
    select provider_id, min(listed_on) as first_listed_on from lake.provider group by provider_id
),
looked_at as (
    select
        c.*,
        n.*  exclude (contract_no, cause),
        l.first_listed_on,
        m.first_usage_on is not null as has_usage,
    from reconciled.claim_paper as c
    left join listed as l using (provider_id)
    left join reconciled.contract_measure as m on m.contract_no = c.contract_no
    left join reconciled.excluded_usage as n on n.contract_no = c.contract_no and n.cause = 'not_listed'
)
select
    claim_id as subject_id,
    case
        when (select count(*) from lake.provider) = 0 then 'unknown'
        when first_listed_on is null or day_count > 0 then 'flag'
        when not has_contract then 'unknown'
        when not has_usage then 'not_applicable'
        when day_count is null then 'pass'
    end as verdict,
    contract_no,
    provider_id,
    provider_name,
    coalesce(cast(first_listed_on as varchar), '—') as first_listed_on,
    coalesce(first_usage_on, starts_on) as first_unlisted_on,
    coalesce(last_usage_on, ends_on) as last_unlisted_on,
    coalesce(day_count, 0) as unlisted_day_count,
    coalesce(gpu_hours, 0) as unlisted_gpu_hours,
    value_yuan as amount_at_risk_yuan,
from looked_at
