/*
title_zh = "处理建议"
grain_zh = "每笔申请一行"
no_rows_without = ["reconciled.claim_paper"]
[columns]
claim_id = "申请编号"
disposition = "approve 建议兑现，hold 暂缓，reject 不予兑现"
reasons = "导致该建议的规则编号"
*/
-- A missing answer is no clearance: unknown on a block or hold rule holds the claim. A claim that would be refused
-- under the default reading only is held, with the open reading named (第七条等的歧义由主管部门明确).
with weighed as (
    select
        claim_id,
        rule_id,
        severity = 'block' and verdict = 'flag' as is_reject,
        severity in ('block', 'hold') and verdict in ('flag', 'unknown') as is_hold,
    from decided.verdict
    where claim_id is not null
),
summed as (
    select
        claim_id,
        bool_or(is_reject) as is_reject,
        bool_or(is_hold) as is_hold,
        list(distinct rule_id order by rule_id) filter (where is_reject) as reject_rules,
        list(distinct rule_id order by rule_id) filter (where is_hold) as hold_rules,
    from weighed
    group by claim_id
),
turning as (
    select distinct claim_id from decided.open_reading
)
select
    c.claim_id,
    case
        when s.is_reject and t.claim_id is null then 'reject'
        when s.is_reject or s.is_hold then 'hold'
        else 'approve'
    end as disposition,
    coalesce(
        case
            when s.is_reject and t.claim_id is not null
                then list_sort(list_distinct(list_concat(s.reject_rules, coalesce(s.hold_rules, []))))
            when s.is_reject then s.reject_rules
            when s.is_hold then s.hold_rules
        end,
        []
    ) as reasons,
from reconciled.claim_paper as c
left join summed as s using (claim_id)
left join turning as t using (claim_id)
