/*
id = "MTR-004"
title_zh = "同一张卡同时计给两方，或计出不止一张"
title_en = "One card metered for two parties, or for more than a card, at once"
article = "第十二条、第十五条"
severity = "adjust"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 有 {overlap_gpu_hours} 卡时与{beside_zh}同时计在同一张卡上且合计超过一张卡，共 {stretch_count} 段，最长一段 {longest_minutes} 分钟：设备 {device_uuid} 自 {overlap_from} 起，涉及 {parties}；重叠部分按核算单价约 {amount_at_risk_yuan} 元，不计入。卡数未知的记录 {unknown_card_count} 条。"
because_en = "{overlap_gpu_hours} card-hours of contract {contract_no} lie on a card that was also metered for {beside_en}, together more than one card, in {stretch_count} stretch(es), the longest {longest_minutes} minutes: device {device_uuid} from {overlap_from}, parties {parties}; worth about {amount_at_risk_yuan} yuan, not counted. Records of unknown size: {unknown_card_count}."
unknown_zh = [
    "合同 {contract_no} 写明设备而卡数未知的记录有 {unknown_card_count} 条，同一张卡上与他方合计是否超过一张看不出。请补写这些记录的卡数。",
]
unknown_en = [
    "Contract {contract_no} has {unknown_card_count} record(s) that name a device but not how much of it, so whether more than one card was metered on one cannot be seen. Please add their card count.",
]
innocent_zh = [
    "卡被切成多个实例（MIG、vGPU）分给各方，而日志只写整卡：请按实例填写卡数（如 0.5），或提交服务机构的实例级分配记录。",
    "交接时两台主机的时钟略有先后：容许秒数以内的重叠已放过，超过的请提交调度器的起止记录。",
    "任务迁移后旧记录未及时结束：请提交更正后的分配记录。",
    "一方的几个份额其实在不同的卡上：请更正设备编号。",
]
innocent_en = [
    "The card is cut into instances (MIG, vGPU) while the log has whole cards: fill in cards by instance (such as 0.5), or hand in the allocations by instance.",
    "Two hosts' clocks differed at a handover: overlaps within the allowed seconds are let pass; for longer ones hand in the scheduler's start and end records.",
    "A record was not closed when its job moved: hand in the corrected allocation.",
    "The shares of one party lie on different cards: correct the device numbers.",
]
policy = ["metering.overlap_slack_seconds"]
[evidence]
contract_no = "合同编号"
provider_id = "服务机构代码"
overlap_gpu_hours = "本合同在重叠段内计入的卡时，小时；只有本合同一方的，为超出一张卡的部分"
stretch_count = "重叠段数"
beside_zh = "与谁重叠：他方，或本合同自己的其他份额"
beside_en = "the same in English"
device_uuid = "最长一段所在的设备；— 为没有"
overlap_from = "最长一段的起点；— 为没有"
overlap_begin_s = "同上，UTC 秒"
overlap_stop_s = "最长一段的终点（不含），UTC 秒"
longest_minutes = "最长一段的长度，分钟，舍去零头；— 为没有"
parties = "最长一段涉及的各方（合同编号，未匹配的为租户）；— 为没有"
unknown_card_count = "写明设备而卡数未知的记录数"
amount_at_risk_yuan = "重叠卡时按合同的唯一卡时价折算，元；没有唯一卡时价的为空"
[[trace]]
relation = "reconciled.interval"
using = ["provider_id", "device_uuid"]
where = "r.begin_s < j.overlap_stop_s and r.stop_s > j.overlap_begin_s"
[[trace]]
relation = "reconciled.sample_day"
using = ["provider_id", "device_uuid"]
where = "r.usage_on between reconciled.local_day(j.overlap_begin_s) and reconciled.local_day(j.overlap_stop_s - 1)"
*/
with doubled as (
    select *
    from reconciled.contract_overlap
    where overlap_seconds > policy.number('metering.overlap_slack_seconds', usage_on)
),
summed as (
    select
        contract_no,
        sum(unit_seconds) as unit_seconds,
        count(distinct (device_uuid, begin_s)) as stretch_count,
        bool_or(len(parties) > 1) as is_with_others,
        bool_or(len(parties) = 1) as is_with_itself,
        arg_max(
            {'provider_id': provider_id, 'device_uuid': device_uuid, 'begin_s': begin_s, 'stop_s': stop_s, 'parties': parties},
            (stop_s - begin_s, -begin_s, device_uuid)
        ) as longest,
    from doubled
    group by contract_no
),
seen as (
    select
        contract_no,
        count(device_uuid) as device_record_count,
        count(*) filter (where device_uuid is not null and card_units is null) as unknown_card_count,
    from reconciled.interval
    where contract_no is not null and stop_s > begin_s
    group by contract_no
)
select
    c.claim_id as subject_id,
    case
        when o.unit_seconds > 0 then 'flag'
        when coalesce(s.device_record_count, 0) = 0 then 'not_applicable'
        when s.unknown_card_count = 0 then 'pass'
        else 'unknown'
    end as verdict,
    c.contract_no,
    coalesce(o.longest.provider_id, c.provider_id) as provider_id,
    reconciled.gpu_hours(coalesce(o.unit_seconds, 0)) as overlap_gpu_hours,
    coalesce(o.stretch_count, 0) as stretch_count,
    case
        when o.is_with_others and o.is_with_itself then '他方、自己的其他份额'
        when o.is_with_itself then '自己的其他份额'
        else '他方'
    end as beside_zh,
    case
        when o.is_with_others and o.is_with_itself then 'another party and for other shares of its own'
        when o.is_with_itself then 'other shares of its own'
        else 'another party'
    end as beside_en,
    o.longest.device_uuid as device_uuid,
    strftime(to_timestamp(o.longest.begin_s), '%Y-%m-%d %H:%M:%S') as overlap_from,
    o.longest.begin_s as overlap_begin_s,
    o.longest.stop_s as overlap_stop_s,
    (o.longest.stop_s - o.longest.begin_s) // 60 as longest_minutes,
    array_to_string(o.longest.parties, '、') as parties,
    coalesce(s.unknown_card_count, 0) as unknown_card_count,
    reconciled.worth(o.unit_seconds, p.price_parts, p.parts_per_fen) as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join summed as o on o.contract_no = c.contract_no
left join seen as s on s.contract_no = c.contract_no
left join decided.sole_price as p on p.contract_no = c.contract_no
