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
        policy.word('usage.off_list', starts_on) as off_list,
        policy.word('usage.broken_chain', starts_on) as broken_chain,
    from reconciled.contract_term
),
off as (
    select contract_no, card from decided.device_standing where is_off group by contract_no, card
),
left_out as (
    select
        d.contract_no,
        d.card,
        d.device_model,
        d.usage_on,
        case
            when o.card is not null and t.off_list = 'exclude' then 'off_list'
            when d.is_unchained and t.broken_chain = 'exclude' then 'broken_chain'
        end as cause,
        d.unit_seconds,
    from decided.counted_day as d
    join read as t using (contract_no)
    left join off as o on o.contract_no = d.contract_no and o.card = d.off_card
    where d.has_card_time and (d.off_card is not null or d.is_unchained)
)
select
    contract_no,
    card,
    device_model,
    usage_on,
    cause,
    cast(sum(unit_seconds) as hugeint) as unit_seconds,
from left_out
where cause is not null
group by contract_no, card, device_model, usage_on, cause
