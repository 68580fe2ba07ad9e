/*
title_zh = "申领单位年度申领与兑现"
grain_zh = "每年度、每申领单位一行"
no_rows_without = ["published.ledger_entry"]
[columns]
policy_year = "年度"
applicant_id = "申领单位代码"
claimed_yuan = "累计申领（券面），元；失效、撤销的不扣除"
redeemed_yuan = "累计兑现，元；追回的不扣除"
recovered_yuan = "其中已追回，元"
live_yuan = "已申领或已生效而尚未兑现的券面，元"
cap_yuan = "单位年度上限，元；申领与兑现各自不超过（解读 R16）"
remaining_yuan = "尚可申领：上限减同一主体已兑现、减其未兑现的券面，不低于零，元"
entity_id = "上限的主体：代码相同的合计一个上限（解读 R18）"
*/
with signed as (
    select
        policy_year,
        applicant_id,
        event,
        debit is not null as is_posted,
        case when is_reversal then -amount_yuan else amount_yuan end as amount_yuan,
        case when debit in ('committed', 'effective') then amount_yuan else 0 end
            - case when credit in ('committed', 'effective') then amount_yuan else 0 end as live_yuan,
    from published.ledger_entry
    where applicant_id is not null
),
summed as (
    select
        policy_year,
        applicant_id,
        coalesce(sum(amount_yuan) filter (where event = 'apply' and is_posted), 0) as claimed_yuan,
        coalesce(sum(amount_yuan) filter (where event = 'redeem' and is_posted), 0) as redeemed_yuan,
        coalesce(sum(amount_yuan) filter (where event = 'recover' and is_posted), 0) as recovered_yuan,
        coalesce(sum(live_yuan) filter (where is_posted), 0) as live_yuan,
        policy.number('cap.applicant_year_yuan', make_date(policy_year, 1, 1)) as cap_yuan,
    from signed
    group by policy_year, applicant_id
),
-- An applicant that only the book knows any more shares its cap with nobody.
placed as (
    select s.*, coalesce(e.entity_id, s.applicant_id) as entity_id,
    from summed as s
    left join published.cap_entity as e using (policy_year, applicant_id)
)
select
    policy_year,
    applicant_id,
    cast(claimed_yuan as decimal(18, 2)) as claimed_yuan,
    cast(redeemed_yuan as decimal(18, 2)) as redeemed_yuan,
    cast(recovered_yuan as decimal(18, 2)) as recovered_yuan,
    cast(live_yuan as decimal(18, 2)) as live_yuan,
    cast(cap_yuan as decimal(18, 2)) as cap_yuan,
    cast(greatest(0, cap_yuan - sum(redeemed_yuan + live_yuan) over (partition by policy_year, entity_id)) as decimal(18, 2))
        as remaining_yuan,
    entity_id,
from placed
order by policy_year, applicant_id
