/*
id = "ELG-001"
title_zh = "服务日机构不在名单"
title_en = "Provider not on the register on the service date"
article = "第五条、第八条"
severity = "adjust"
status = "active"
subject = "claim"
because_zh = "服务机构 {provider_name}（{provider_id}）{told_zh}；第八条规定未纳入名单的机构不予支持，这部分用量不应计入。"
because_en = "Provider {provider_id}: {told_en}; article 8 gives no support to a provider that is not listed, so this usage should not count."
unknown_zh = [
    "服务机构 {provider_id} 最早于 {first_listed_on} 入库；合同 {contract_no} 未收到，哪些用量属于它看不出，服务日是否都在名单内无从核对。请补交合同。",
    "没有收到服务机构名单，合同 {contract_no} 的服务机构 {provider_id} 在服务日是否在名单内无从核对。请补交名单（provider）。",
]
unknown_en = [
    "Provider {provider_id} was first listed on {first_listed_on}; contract {contract_no} is not on file, so which usage is its own cannot be told, nor whether it all lies on listed days. Please hand in the contract.",
    "No list of providers is on file, so whether provider {provider_id} of contract {contract_no} was listed on the days of service cannot be checked. Please hand in the list (provider).",
]
innocent_zh = [
    "当年名单公布较晚而机构一直符合条件：请提供主管部门关于名单生效日期的文件。",
    "用量文件没有写明机构：请在 source.toml 写明 provider_id，或补“服务机构代码”一列，重交之后即可核对。",
    "机构更名或换发执照：名单按统一社会信用代码核对，请提供变更登记证明。",
]
innocent_en = [
    "The year's list came late and the provider qualified all along: provide the bureau's paper on its effective date.",
    "The usage file names no provider: state provider_id in source.toml, or add the column, and hand it in again.",
    "The provider changed its name or licence: the list is checked by credit code; provide the proof of change.",
]

[evidence]
contract_no = "合同编号"
provider_id = "服务机构代码"
provider_name = "服务机构名称"
first_listed_on = "名单所载最早入库日期；— 为名单中没有该代码"
first_unlisted_on = "名单之外、没有写明机构的最早用量日；机构从未入库且无用量时为合同开始日"
last_unlisted_on = "名单之外、没有写明机构的最晚用量日；机构从未入库且无用量时为合同结束日"
unlisted_day_count = "名单之外有用量的天数"
unlisted_gpu_hours = "名单之外的用量，卡时"
unnamed_day_count = "记录没有写明机构的用量的天数"
unnamed_gpu_hours = "记录没有写明机构的用量，卡时"
told_zh = "句中所列"
told_en = "句中所列，英文"
amount_at_risk_yuan = "这些用量按核算单价折算，元，含税；单价不唯一的为空"

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
where = "r.contract_no in (select contract_no from reconciled.sampled_contract where not has_record) and r.usage_on between j.first_unlisted_on and j.last_unlisted_on"
*/
with listed as (
    select provider_id, min(listed_on) as first_listed_on from lake.provider group by provider_id
),
looked_at as (
    select
        c.*,
        n.*  exclude (contract_no, cause),
        l.first_listed_on,
        u.day_count as unnamed_day_count,
        u.gpu_hours as unnamed_gpu_hours,
        u.value_yuan as unnamed_yuan,
        least(n.first_usage_on, u.first_usage_on) as first_on,
        greatest(n.last_usage_on, u.last_usage_on) as last_on,
        n.day_count > 0 or l.first_listed_on is null or u.day_count is null as is_list_told,
        m.first_usage_on is not null as has_usage,
    from reconciled.claim_paper as c
    left join listed as l using (provider_id)
    left join reconciled.contract_measure as m on m.contract_no = c.contract_no
    left join decided.excluded_usage as n on n.contract_no = c.contract_no and n.cause = 'not_listed'
    left join decided.excluded_usage as u on u.contract_no = c.contract_no and u.cause = 'no_provider'
)
select
    claim_id as subject_id,
    case
        when (select count(*) from lake.provider) = 0 then 'unknown'
        when first_listed_on is null or day_count > 0 or unnamed_day_count > 0 then 'flag'
        when not has_contract then 'unknown'
        when not has_usage then 'not_applicable'
        when day_count is null then 'pass'
    end as verdict,
    contract_no,
    provider_id,
    provider_name,
    coalesce(cast(first_listed_on as varchar), '—') as first_listed_on,
    coalesce(first_on, starts_on) as first_unlisted_on,
    coalesce(last_on, ends_on) as last_unlisted_on,
    coalesce(day_count, 0) as unlisted_day_count,
    coalesce(gpu_hours, 0) as unlisted_gpu_hours,
    coalesce(unnamed_day_count, 0) as unnamed_day_count,
    coalesce(unnamed_gpu_hours, 0) as unnamed_gpu_hours,
    concat(
        case when is_list_told then concat(
            '在 ', coalesce(cast(coalesce(first_usage_on, starts_on) as varchar), '未知'), ' 至 ',
            coalesce(cast(coalesce(last_usage_on, ends_on) as varchar), '未知'), ' 期间有 ', coalesce(day_count, 0), ' 天、',
            coalesce(gpu_hours, 0), ' 卡时用量发生时不在服务机构名单内（名单所载最早入库日期：', coalesce(cast(first_listed_on as varchar), '无'), '）'
        ) end,
        case when unnamed_day_count > 0 then concat(
            case when is_list_told then '，另' else '名下的合同' end, '有 ', unnamed_day_count, ' 天、', unnamed_gpu_hours,
            ' 卡时的用量记录没有写明机构，无从核对名单'
        ) end
    ) as told_zh,
    concat(
        case when is_list_told then concat(
            'between ', coalesce(cast(coalesce(first_usage_on, starts_on) as varchar), 'unknown'), ' and ',
            coalesce(cast(coalesce(last_usage_on, ends_on) as varchar), 'unknown'), ', on ', coalesce(day_count, 0),
            ' days and for ', coalesce(gpu_hours, 0), ' card-hours, it was not on the register (earliest listing on record: ',
            coalesce(cast(first_listed_on as varchar), 'none'), ')'
        ) end,
        case when unnamed_day_count > 0 then concat(
            case when is_list_told then '; ' end, 'usage of ', unnamed_day_count, ' days and ', unnamed_gpu_hours,
            ' card-hours names no provider and cannot be looked up on the register'
        ) end
    ) as told_en,
    case when day_count is null then unnamed_yuan when unnamed_day_count is null then value_yuan else value_yuan + unnamed_yuan end as amount_at_risk_yuan,
from looked_at
