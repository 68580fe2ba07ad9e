/*
title_zh = "服务机构"
grain_zh = "每家有申请、用量或发现的服务机构一行"
view = true
[columns]
"机构代码" = "服务机构统一社会信用代码"
"服务机构" = "服务机构名称；没有申请的为空"
"合同数" = "有兑现申请的合同，份"
"申请数" = "兑现申请，笔"
"建议兑现" = "建议兑现的，笔"
"暂缓" = "暂缓的，笔"
"不予兑现" = "不予兑现的，笔"
"申报费用" = "申报实际费用合计，元"
"建议补贴" = "建议补贴合计（含暂缓的保留额），元"
"计费卡时" = "计费卡时合计，小时；有一笔未知的，或几类加速卡的，为空：各类不相加"
"计量卡时" = "计入的计量卡时合计，小时；有一笔未知的，或几类加速卡的，为空：各类不相加"
"有用量的日数" = "日志中有用量的日数，日"
"指出的发现" = "结论为指出的发现，项"
"资料不足的发现" = "结论为资料不足的发现，项"
*/
with claimed as (
    select
        provider_id,
        max(provider_name) as provider_name,
        count(distinct contract_no) as contract_count,
        count(*) as claim_count,
        count(*) filter (where disposition = 'approve') as approve_count,
        count(*) filter (where disposition = 'hold') as hold_count,
        count(*) filter (where disposition = 'reject') as reject_count,
        cast(sum(claimed_cost_yuan) as decimal(18, 2)) as claimed_cost_yuan,
        cast(sum(proposed_subsidy_yuan) as decimal(18, 2)) as proposed_subsidy_yuan,
        count(billed_gpu_hours) = count(*) as is_billed_known,
        count(metered_gpu_hours) = count(*) as is_metered_known,
        cast(case when sum(billed_gpu_hours) < 1e14::decimal(38, 4) then sum(billed_gpu_hours) end as decimal(18, 4)) as billed_gpu_hours,
        cast(case when sum(metered_gpu_hours) < 1e14::decimal(38, 4) then sum(metered_gpu_hours) end as decimal(18, 4)) as metered_gpu_hours,
    from published.claim
    group by provider_id
),
-- Card-hours of several classes have no sum, be they of one contract or of several.
classed as (
    select c.provider_id, count(distinct r.device_class) as class_count
    from published.reconciliation as r
    join (select distinct provider_id, contract_no from published.claim) as c using (contract_no)
    where coalesce(r.billed_gpu_hours, r.metered_gpu_hours) > 0
    group by c.provider_id
),
used as (
    select provider_id, count(distinct usage_on) as day_count from published.usage_day group by provider_id
),
found as (
    select
        coalesce(f.provider_id, c.provider_id) as provider_id,
        count(*) filter (where f.verdict = 'flag') as flag_count,
        count(*) filter (where f.verdict = 'unknown') as unknown_count,
    from published.finding as f
    left join published.claim as c on c.claim_id = f.claim_id
    group by coalesce(f.provider_id, c.provider_id)
),
named as (
    select provider_id from claimed
    union
    select provider_id from used
    union
    select provider_id from found
)
select
    n.provider_id as 机构代码,
    c.provider_name as 服务机构,
    coalesce(c.contract_count, 0) as 合同数,
    coalesce(c.claim_count, 0) as 申请数,
    coalesce(c.approve_count, 0) as 建议兑现,
    coalesce(c.hold_count, 0) as 暂缓,
    coalesce(c.reject_count, 0) as 不予兑现,
    c.claimed_cost_yuan as 申报费用,
    c.proposed_subsidy_yuan as 建议补贴,
    case when c.is_billed_known and coalesce(k.class_count, 1) <= 1 then c.billed_gpu_hours end as 计费卡时,
    case when c.is_metered_known and coalesce(k.class_count, 1) <= 1 then c.metered_gpu_hours end as 计量卡时,
    coalesce(u.day_count, 0) as 有用量的日数,
    coalesce(f.flag_count, 0) as 指出的发现,
    coalesce(f.unknown_count, 0) as 资料不足的发现,
from named as n
left join claimed as c on c.provider_id = n.provider_id
left join classed as k on k.provider_id = n.provider_id
left join used as u on u.provider_id = n.provider_id
left join found as f on f.provider_id = n.provider_id
where n.provider_id is not null
order by n.provider_id
