/*
title_zh = "算力券台账的恒等检查"
grain_zh = "每项检查一行"
[columns]
name = "检查"
title_zh = "检查的内容"
holds = "成立"
broken_count = "不成立的处数"
figure_yuan = "不成立之处的差额合计，元；成立的为 0.00"
first_zh = "第一处；成立的为空"
*/
with posted as (
    select *, case when is_reversal then -amount_yuan else amount_yuan end as signed_yuan,
    from published.ledger_entry
    where refused_zh is null
),
vouchers as (
    select
        policy_year,
        voucher_id,
        coalesce(sum(signed_yuan) filter (where event = 'apply'), 0) as face_yuan,
        coalesce(sum(signed_yuan) filter (where event = 'redeem'), 0) as redeemed_yuan,
    from posted
    where voucher_id is not null
    group by policy_year, voucher_id
),
-- A branch and its head office have one cap together (R18).
entities as (
    select
        policy_year || ' 年度 ' || string_agg(applicant_id, '、' order by applicant_id) as place,
        sum(claimed_yuan) as claimed_yuan,
        sum(redeemed_yuan) as redeemed_yuan,
        any_value(cap_yuan) as cap_yuan,
    from published.applicant_year
    group by policy_year, entity_id
),
-- An event refused and later allowed leaves two lines and no debt: the last line of its key tells.
refused as (
    select *
    from (select *, row_number() over (partition by key order by entry_no desc) as age_no from published.ledger_entry)
    where age_no = 1 and refused_zh is not null and not is_reversal
),
broken as (
    select 'debits_equal_credits' as name, key as place, coalesce(abs(amount_yuan), 0) as yuan
    from posted
    where debit is null or credit is null or debit = credit or amount_yuan is null or amount_yuan <= 0
    union all
    select 'debits_equal_credits', policy_year || ' 年度', abs(sum(amount_yuan))
    from published.ledger_balance group by policy_year having sum(amount_yuan) <> 0
    union all
    select 'pool_not_negative', policy_year || ' 年度', -amount_yuan
    from published.ledger_balance where account = 'pool' and amount_yuan < 0
    union all
    select 'account_not_negative', policy_year || ' 年度' || title_zh, -amount_yuan
    from published.ledger_balance where account not in ('budget', 'pool') and amount_yuan < 0
    union all
    select 'redeemed_within_face', policy_year || ' 年度券 ' || voucher_id, redeemed_yuan - face_yuan
    from vouchers where redeemed_yuan > face_yuan
    union all
    select 'claimed_within_cap', place, claimed_yuan - cap_yuan
    from entities where claimed_yuan > cap_yuan
    union all
    select 'redeemed_within_cap', place, redeemed_yuan - cap_yuan
    from entities where redeemed_yuan > cap_yuan
    union all
    select 'nothing_refused', key || '：' || refused_zh, coalesce(abs(amount_yuan), 0)
    from refused
),
checks as (
    select
        unnest([
            'debits_equal_credits', 'pool_not_negative', 'account_not_negative', 'redeemed_within_face',
            'claimed_within_cap', 'redeemed_within_cap', 'nothing_refused'
        ]) as name,
        unnest([
            '每笔记入与转出相等，各科目合计为零', '申领不超过年度总额', '各科目余额不为负', '兑现不超过券面',
            '同一单位年度申领不超过上限', '同一单位年度兑现不超过上限', '没有不予记账的事件'
        ]) as title_zh,
        unnest(range(7)) as place_no,
)
select
    c.name,
    c.title_zh,
    count(b.name) = 0 as holds,
    count(b.name) as broken_count,
    cast(coalesce(sum(b.yuan), 0) as decimal(18, 2)) as figure_yuan,
    min(b.place) as first_zh,
from checks as c
left join broken as b using (name)
group by c.name, c.title_zh, c.place_no
order by c.place_no
