/*
title_zh = "不计的逐日用量：设备不在清单上，摘要链不接"
grain_zh = "每合同、卡、型号、自然日、原因一行；只列本可计入的，依解读照计的不列"
no_rows_without = ["decided.counted_cause", "reconciled.contract_term"]
[columns]
contract_no = "合同编号"
card = "设备编号（小写）"
device_model = "型号"
usage_on = "日期（北京时间）"
cause = "off_list 用到时不在设备清单上（MTR-013）；broken_chain 采样没有摘要链的支持（MTR-001）"
unit_seconds = "不计的卡秒，单位为二万一千分之一卡秒；卡数未知的为空"
*/
-- 第九条、第十条: usage of a card that the provider has not registered, and samples whose chain does not hold, support no
-- sum until the list or the samples are handed in anew; flags.md MTR-001, MTR-013.
with read as (
    select
        contract_no,
        basis,
        policy.word('usage.off_list', starts_on) as off_list,
        policy.word('usage.broken_chain', starts_on) as broken_chain,
    from reconciled.contract_term
),
off as (
    select contract_no, card from decided.device_standing where is_off group by contract_no, card
),
sampled as (
    select
        s.contract_no,
        reconciled.card_of(s.device_uuid) as card,
        s.device_model,
        s.usage_on,
        case
            when o.card is not null and t.off_list = 'exclude' then 'off_list'
            when s.is_unchained and t.broken_chain = 'exclude' then 'broken_chain'
        end as cause,
        cast(case when t.basis = 'active' then s.active_seconds else s.metered_seconds end as hugeint) * 21000 as unit_seconds,
    from reconciled.contract_sample_day as s
    join read as t using (contract_no)
    join decided.counted_cause as n on n.contract_no = s.contract_no and n.cause = s.cause
    left join off as o on o.contract_no = s.contract_no and o.card = s.off_card
    where (s.off_card is not null or s.is_unchained)
        and (t.basis = 'active' or s.contract_no not in (select contract_no from reconciled.contract_day))
        and (n.counted_from is null or s.usage_on >= n.counted_from)
),
left_out as (
    select
        d.contract_no,
        d.off_card as card,
        d.device_model,
        d.usage_on,
        'off_list' as cause,
        d.unit_seconds,
    from reconciled.contract_day as d
    join read as t using (contract_no)
    join off as o on o.contract_no = d.contract_no and o.card = d.off_card
    join decided.counted_cause as n on n.contract_no = d.contract_no and n.cause = d.cause
    where t.off_list = 'exclude'
        and t.basis = 'allocated'
        and (n.counted_from is null or d.usage_on >= n.counted_from)
    union all
    select * from sampled where cause is not null
)
select
    contract_no,
    card,
    device_model,
    usage_on,
    cause,
    cast(sum(unit_seconds) as hugeint) as unit_seconds,
from left_out
group by contract_no, card, device_model, usage_on, cause
