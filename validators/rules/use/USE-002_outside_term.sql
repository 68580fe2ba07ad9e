/*
id = "USE-002"
title_zh = "合同期或年度之外的用量"
title_en = "Usage outside the contract's term or year"
article = "第十一条、第十四条"
severity = "adjust"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 自 {starts_on} 起，计至 {counts_until}；另有 {outside_gpu_hours} 卡时在此之外（{outside_record_count} 条记录，{first_outside_on} 至 {last_outside_on}；其中合同期外 {outside_term_gpu_hours} 卡时，次年 {outside_year_gpu_hours} 卡时），按核算单价约 {amount_at_risk_yuan} 元，不计入。其中卡数未知的记录 {unknown_card_count} 条。期内另有不在名单之日的 {unlisted_gpu_hours} 卡时、券生效之前的 {before_voucher_gpu_hours} 卡时，各由他条核对。按核时计价的，其外的另有 {outside_core_hours} 核时，核数未知的记录 {unknown_core_count} 条。"
because_en = "Contract {contract_no} counts from {starts_on} to {counts_until}; {outside_gpu_hours} card-hours more lie outside ({outside_record_count} records, {first_outside_on} to {last_outside_on}; {outside_term_gpu_hours} card-hours outside the term, {outside_year_gpu_hours} card-hours in the next year), worth about {amount_at_risk_yuan} yuan, not counted. Of unknown size: {unknown_card_count}. Within the term, {unlisted_gpu_hours} card-hours lie on days off the register and {before_voucher_gpu_hours} card-hours before the voucher; other rules look at them. Where cores are billed, {outside_core_hours} core-hours lie outside, and {unknown_core_count} records of unknown cores."
unknown_zh = [
    "合同 {contract_no} 自 {starts_on} 起，计至 {counts_until}；其外的记录中卡数未知的 {unknown_card_count} 条，按核时计价而核数未知的 {unknown_core_count} 条，其外有多少用量算不出。请补写卡数或核数。",
    "合同 {contract_no} 未收到，期限未知，用量是否在合同期与年度之内无从核对。请补交合同。",
]
unknown_en = [
    "Contract {contract_no} counts from {starts_on} to {counts_until}; outside of it {unknown_card_count} record(s) are of unknown size and, where cores are billed, {unknown_core_count} of unknown cores, so how much usage lies outside cannot be worked out. Please add the card or core count.",
    "Contract {contract_no} is not on file and its term unknown, so whether usage lies within term and year cannot be checked. Please hand in the contract.",
]
innocent_zh = [
    "试用或延用而未计费的用量：不计入即可，不影响其余；已计费的请补合同变更或补充协议。",
    "日志写的是世界时：请在 source.toml 写明 time_zone，边界上的用量随之归到正确的日期。",
    "租户在合同前后另有用途：请在租户对照表中写明启用和停用日期。",
]
innocent_en = [
    "Usage of a trial or extension that is not billed: it does not count and touches nothing else; if billed, add the change or supplement.",
    "The log is in UTC: state time_zone in source.toml, and usage at the bounds falls on the right day.",
    "The tenant had other uses before or after the contract: state its dates in the tenant table.",
]
policy = []
[evidence]
contract_no = "合同编号"
starts_on = "合同开始日期"
counts_until = "计入截止日（含）：合同结束日与当年12月31日取早者"
outside_gpu_hours = "其外的卡时，小时"
outside_term_gpu_hours = "其中合同期之外的卡时，小时"
outside_year_gpu_hours = "其中合同期之内、当年之后的卡时，小时"
unlisted_gpu_hours = "合同期与年度之内、机构不在名单之日的卡时，小时；由 ELG-001、ELG-003 核对"
before_voucher_gpu_hours = "此外券生效之前的卡时，小时；由 USE-007 核对"
outside_record_count = "其外的记录数（没有用量区间的合同为采样数），跨日的每日各计一次"
first_outside_on = "其外用量的最早日期"
last_outside_on = "其外用量的最晚日期"
unknown_card_count = "其外卡数未知的记录数"
outside_core_hours = "按核时计价的，其外的核时，小时；不按核时计价的为零"
unknown_core_count = "按核时计价的，其外核数未知的记录数，跨日的每日各计一次"
amount_at_risk_yuan = "其外卡时按合同的唯一卡时价折算，元；没有唯一卡时价的为空"
[[trace]]
relation = "reconciled.interval"
using = ["contract_no"]
where = "r.stop_s > r.begin_s and (cast(r.started_at as date) < j.starts_on or cast(to_timestamp(r.stop_s - 1) as date) > j.counts_until)"
[[trace]]
relation = "reconciled.sample_day"
using = ["contract_no"]
where = "r.contract_no in (select contract_no from reconciled.sampled_contract where not has_record) and (r.usage_on < j.starts_on or r.usage_on > j.counts_until)"
[[trace]]
relation = "lake.contract"
using = ["contract_no"]
*/
with cored as (
    select contract_no, bool_or(is_core_priced) as is_core_priced from reconciled.contract_price group by contract_no
),
summed as (
    select
        d.contract_no,
        sum(d.unit_seconds) filter (where d.cause in ('outside_term', 'outside_year')) as outside_units,
        sum(d.unit_seconds) filter (where d.cause = 'outside_term') as outside_term_units,
        sum(d.unit_seconds) filter (where d.cause = 'outside_year') as outside_year_units,
        sum(d.unit_seconds) filter (where d.cause in ('not_listed', 'after_exit')) as unlisted_units,
        sum(d.unit_seconds) filter (where d.cause = 'before_voucher') as early_units,
        sum(d.core_seconds) filter (where d.cause in ('outside_term', 'outside_year') and p.is_core_priced) as outside_cores,
        sum(d.unknown_core_record_count) filter (where d.cause in ('outside_term', 'outside_year') and p.is_core_priced)
            as unknown_core_count,
        sum(d.record_count) filter (where d.cause in ('outside_term', 'outside_year')) as outside_record_count,
        sum(d.unknown_card_record_count) filter (where d.cause in ('outside_term', 'outside_year')) as unknown_card_count,
        min(d.usage_on) filter (where d.cause in ('outside_term', 'outside_year')) as first_outside_on,
        max(d.usage_on) filter (where d.cause in ('outside_term', 'outside_year')) as last_outside_on,
    from reconciled.metered_day as d
    left join cored as p on p.contract_no = d.contract_no
    group by d.contract_no
)
select
    c.claim_id as subject_id,
    case
        when s.outside_units > 0 or s.outside_cores > 0 then 'flag'
        when c.has_contract and s.contract_no is null then 'not_applicable'
        when c.has_contract and coalesce(s.unknown_card_count, 0) = 0 and coalesce(s.unknown_core_count, 0) = 0 then 'pass'
        else 'unknown'
    end as verdict,
    c.contract_no,
    t.starts_on,
    t.counts_until,
    reconciled.gpu_hours(coalesce(s.outside_units, 0)) as outside_gpu_hours,
    reconciled.gpu_hours(coalesce(s.outside_term_units, 0)) as outside_term_gpu_hours,
    reconciled.gpu_hours(coalesce(s.outside_year_units, 0)) as outside_year_gpu_hours,
    reconciled.gpu_hours(coalesce(s.unlisted_units, 0)) as unlisted_gpu_hours,
    reconciled.gpu_hours(coalesce(s.early_units, 0)) as before_voucher_gpu_hours,
    cast(coalesce(s.outside_record_count, 0) as bigint) as outside_record_count,
    s.first_outside_on,
    s.last_outside_on,
    cast(coalesce(s.unknown_card_count, 0) as bigint) as unknown_card_count,
    reconciled.card_hours(coalesce(s.outside_cores, 0)) as outside_core_hours,
    cast(coalesce(s.unknown_core_count, 0) as bigint) as unknown_core_count,
    reconciled.worth(s.outside_units, p.price_parts, p.parts_per_fen) as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join reconciled.contract_term as t on t.contract_no = c.contract_no
left join summed as s on s.contract_no = c.contract_no
left join decided.sole_price as p on p.contract_no = c.contract_no
