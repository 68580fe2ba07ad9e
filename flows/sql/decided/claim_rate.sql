/*
title_zh = "适用的补贴比率"
grain_zh = "每笔申请一行"
no_rows_without = ["policy.instrument", "reconciled.claim_paper"]
[columns]
claim_id = "申请编号"
ratio = "补贴比率"
cap_yuan = "该档每笔补贴上限，元；无的为空"
tier_no = "档号；0 为一般比率（rate.subsidy_ratio）"
tier_zh = "档名"
is_open = "因事实未知而不能确定适用何档，所取为其中较低者"
*/
-- The general ratio is the last tier and asks nothing. A tier whose fact is unknown is neither met nor refuted.
with claims as (
    select
        c.claim_id,
        greatest(c.submitted_on, i.valid_from) as policy_on,
        coalesce(policy.optional_word('rate.select', c.submitted_on) = 'max', false) as is_highest,
    from reconciled.claim_paper as c
    cross join policy.instrument as i
),
asked as (
    select
        c.claim_id,
        k.tier_no,
        case k.operator
            when 'below' then f.number < k.number
            when 'at_least' then f.number >= k.number
            when 'at_most' then f.number <= k.number
            when 'is' then case when k.number is null then f.word = k.words[1] else f.number = k.number end
            when 'in' then list_contains(k.words, f.word)
        end as is_so,
    from claims as c
    cross join policy.rate_condition as k
    left join decided.claim_fact as f on f.claim_id = c.claim_id and f.fact = k.fact
),
answered as (
    select
        claim_id,
        tier_no,
        bool_or(not is_so) as is_refuted,
        count(*) = count(is_so) as is_known,
    from asked
    group by claim_id, tier_no
),
offered as (
    select
        c.claim_id,
        c.is_highest,
        t.tier_no as place,
        t.tier_no,
        t.title_zh as tier_zh,
        t.ratio,
        t.cap_yuan,
        coalesce(a.is_known, true) as is_met,
    from claims as c
    join policy.rate_tier as t
        on t.valid_from <= c.policy_on and (t.valid_to is null or c.policy_on < t.valid_to)
    left join answered as a on a.claim_id = c.claim_id and a.tier_no = t.tier_no
    where not coalesce(a.is_refuted, false)
    union all
    select
        claim_id,
        is_highest,
        (select count(*) + 1 from policy.rate_tier) as place,
        0 as tier_no,
        '一般比率' as tier_zh,
        policy.number('rate.subsidy_ratio', policy_on) as ratio,
        null as cap_yuan,
        true as is_met,
    from claims
),
settled as (
    select * from offered
    where is_met
    qualify row_number() over (
        partition by claim_id
        order by
            case when is_highest then ratio end desc,
            case when is_highest then cap_yuan end desc nulls first,
            place
    ) = 1
),
-- What the unknown could still make of it: a tier before the settled one, or one that gives more where the highest counts.
contending as (
    select * from settled
    union all
    select o.*
    from offered as o
    join settled as s using (claim_id)
    where not o.is_met
        and case
            when o.is_highest then o.ratio > s.ratio
                or (o.ratio = s.ratio and coalesce(o.cap_yuan > s.cap_yuan, s.cap_yuan is not null))
            else o.place < s.place
        end
),
counted as (
    select
        *,
        row_number() over (partition by claim_id order by ratio, cap_yuan nulls last, place) as nth,
        min(ratio) over (partition by claim_id) < max(ratio) over (partition by claim_id) as do_ratios_differ,
        count(distinct coalesce(cap_yuan, -1)) over (partition by claim_id) > 1 as do_caps_differ,
    from contending
)
select
    claim_id,
    ratio,
    cap_yuan,
    cast(tier_no as integer) as tier_no,
    tier_zh,
    do_ratios_differ or do_caps_differ as is_open,
from counted
where nth = 1
