/*
title_zh = "哪些用量计入"
grain_zh = "每份合同、每类用量一行"
no_rows_without = ["reconciled.contract_term"]
[columns]
contract_no = "合同编号"
cause = "用量的归类：supported 无异议，before_voucher 券生效之前，not_listed 不在名单，after_exit 退库之后"
counted_from = "其中自何日起的计入；空为全部"
*/
-- Each cause is a reading of its own; usage of another provider, outside term or year, or not billable never counts.
with asked as (
    select
        contract_no,
        starts_on as policy_on,
        -- A day before the listing or after the exit may precede the voucher as well, and is then left out with it.
        case when policy.word('usage.before_voucher', starts_on) = 'exclude' then voucher_effective_on end as counted_from,
    from reconciled.contract_term
),
-- A list published in mid-year may reach back to that year's first day (R03); who never came onto it is never counted.
listed_later as (
    select distinct t.contract_no
    from reconciled.contract_term as t
    join lake.provider as p on p.provider_id = t.provider_id and year(p.listed_on) = t.policy_year
),
-- The list may be kept by name (R22): the seller's name stands on it, under another code or none that holds.
named as (
    select distinct u.contract_no
    from reconciled.claim_invoice_use as u
    join lake.invoice as i using (invoice_number)
    join lake.provider as p on p.provider_name = i.seller_name
    join reconciled.contract_term as t on t.contract_no = u.contract_no and t.starts_on >= p.listed_on
    where i.seller_id not in (select provider_id from lake.provider)
)
select contract_no, 'supported' as cause, null::date as counted_from from asked
union all
select contract_no, 'before_voucher', null from asked where policy.word('usage.before_voucher', policy_on) <> 'exclude'
union all
select contract_no, 'not_listed', counted_from from asked
where (policy.word('usage.before_listing', policy_on) = 'count' and contract_no in (select contract_no from listed_later))
    or (policy.word('provider.match', policy_on) = 'name' and contract_no in (select contract_no from named))
union all
select contract_no, 'after_exit', counted_from from asked where policy.word('usage.after_exit', policy_on) = 'count'
