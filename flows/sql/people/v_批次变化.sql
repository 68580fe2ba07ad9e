/*
title_zh = "批次变化"
grain_zh = "每笔新增、不再有、结论或建议补贴变了的申请一行；第一次运行没有"
view = true
[columns]
"批次" = "本次运行编号"
"原批次" = "上次运行编号"
"申请编号" = "申请编号"
"原结论" = "上次的处理建议；新增的为空"
"现结论" = "这次的处理建议；不再有的为空"
"原建议补贴" = "上次的建议补贴，元；新增的为空"
"现建议补贴" = "这次的建议补贴，元；不再有的为空"
"原因" = "原因"
*/
with turned as (
    select
        claim_id,
        max(before_run_id) as before_run_id,
        max(before) filter (where figure = 'disposition') as disposition_before,
        max(before) filter (where figure = 'proposed_subsidy_yuan') as yuan_before,
        coalesce(bool_or(figure = 'claim'), false) as has_appeared,
        max(before) filter (where figure = 'claim') as gone_yuan,
        string_agg(distinct cause_zh, '；' order by cause_zh) as cause_zh,
    from published.change
    where figure in ('claim', 'disposition', 'proposed_subsidy_yuan') and claim_id is not null
    group by claim_id
),
told as (
    select
        t.claim_id,
        t.before_run_id,
        case when not t.has_appeared then coalesce(t.disposition_before, c.disposition) end as before_code,
        c.disposition as after_code,
        case
            when t.has_appeared then cast(t.gone_yuan as decimal(18, 2))
            when t.yuan_before is not null then cast(t.yuan_before as decimal(18, 2))
            else c.proposed_subsidy_yuan
        end as yuan_before,
        c.proposed_subsidy_yuan as yuan_after,
        t.cause_zh,
    from turned as t
    left join published.claim as c using (claim_id)
)
select
    r.run_id as 批次,
    t.before_run_id as 原批次,
    t.claim_id as 申请编号,
    case t.before_code when 'approve' then '建议兑现' when 'hold' then '暂缓' when 'reject' then '不予兑现' end as 原结论,
    case t.after_code when 'approve' then '建议兑现' when 'hold' then '暂缓' when 'reject' then '不予兑现' end as 现结论,
    t.yuan_before as 原建议补贴,
    t.yuan_after as 现建议补贴,
    t.cause_zh as 原因,
from told as t
cross join published.run as r
order by t.claim_id
