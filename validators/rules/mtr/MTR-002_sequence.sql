/*
id = "MTR-002"
title_zh = "采样序号缺失或重复"
title_en = "Sequence numbers of samples missing or repeated"
article = "第十条、第十二条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 带序号的采样 {seq_count} 行，其间缺 {missing_count} 个序号、重复 {repeat_count} 个，容许合计 {allowed_count} 个；缺号、重号分布在 {device_count} 张卡、{day_count} 天，最多的是设备 {device_uuid} 在 {worst_on}，缺 {worst_missing_count} 个。序号倒退而启动编号未换的有 {reset_count} 个小时，无从数缺号。"
because_en = "Among {seq_count} numbered samples of contract {contract_no}, {missing_count} numbers are missing and {repeat_count} repeated, {allowed_count} allowed together; they lie on {device_count} cards and {day_count} days, most on device {device_uuid} on {worst_on}, {worst_missing_count} missing. In {reset_count} hours the numbers go back within one boot id, so that nothing can be counted."
innocent_zh = [
    "重启之后序号从头开始而没有换启动编号：请填写 boot_id，或提供重启记录。",
    "只导出了本租户的采样，同一张卡空闲时或他方使用时的未导出：请按卡导出全部采样。",
    "采样程序为整台主机的各张卡统一编号：请改为每张卡各自编号，或一并交来各卡的采样并说明。",
    "有一个文件迟交：请补交该段。",
]
innocent_en = [
    "Numbers began anew after a restart under the old boot id: fill in boot_id, or provide the record of restarts.",
    "Only this tenant's samples were exported, not those while the card was idle or used by others: export all samples of the card.",
    "The collector numbers all cards of a host in one sequence: number each card by itself, or hand in all cards' samples with a note.",
    "A file is late: hand in the stretch.",
]
policy = ["metering.sequence_gap_ratio"]

[evidence]
severity = "缺号与重号合计超过容许的为暂缓待核，以内的为提示"
contract_no = "合同编号"
provider_id = "服务机构代码"
seq_count = "带序号的采样行数"
missing_count = "缺的序号个数"
repeat_count = "重复的序号个数"
allowed_count = "容许的个数：行数与缺号之和乘容许比率，舍去零头"
device_count = "有缺号、重号的设备数"
day_count = "有缺号、重号的天数"
device_uuid = "缺号最多的设备；— 为没有"
worst_on = "其缺号最多的一天；— 为没有"
worst_missing_count = "该日缺的序号个数"
reset_count = "序号倒退而启动编号未换的小时数"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "reconciled.sequence_day"
using = ["contract_no"]
where = "r.missing_count + r.repeat_count + r.reset_count > 0"
*/
with summed as (
    select
        contract_no,
        sum(seq_count) as seq_count,
        sum(missing_count) as missing_count,
        sum(repeat_count) as repeat_count,
        sum(reset_count) as reset_count,
        count(distinct (provider_id, cluster_id, device_uuid)) filter (where missing_count + repeat_count > 0) as device_count,
        count(distinct usage_on) filter (where missing_count + repeat_count > 0) as day_count,
        arg_max(
            {'device_uuid': device_uuid, 'usage_on': usage_on, 'missing_count': missing_count},
            (missing_count, repeat_count, -epoch_us(cast(usage_on as timestamp)), device_uuid)
        ) filter (where missing_count + repeat_count > 0) as worst,
    from reconciled.sequence_day
    where contract_no is not null
    group by contract_no
),
weighed as (
    select
        c.claim_id,
        c.contract_no,
        c.provider_id,
        c.claimed_subsidy_yuan,
        s.* exclude (contract_no),
        s.missing_count + s.repeat_count as off_count,
        policy.number('metering.sequence_gap_ratio', c.submitted_on) * (s.seq_count + s.missing_count) as allowed_count,
    from reconciled.claim_paper as c
    left join summed as s on s.contract_no = c.contract_no
)
select
    claim_id as subject_id,
    case
        when seq_count is null then 'not_applicable'
        when off_count > 0 and (off_count > allowed_count or reset_count = 0) then 'flag'
        when reset_count > 0 then 'unknown'
        when off_count = 0 then 'pass'
    end as verdict,
    case when off_count <= allowed_count and reset_count = 0 then 'note' else 'hold' end as severity,
    contract_no,
    provider_id,
    cast(coalesce(seq_count, 0) as hugeint) as seq_count,
    cast(coalesce(missing_count, 0) as hugeint) as missing_count,
    cast(coalesce(repeat_count, 0) as hugeint) as repeat_count,
    cast(floor(coalesce(allowed_count, 0)) as hugeint) as allowed_count,
    coalesce(device_count, 0) as device_count,
    coalesce(day_count, 0) as day_count,
    coalesce(worst.device_uuid, '—') as device_uuid,
    coalesce(cast(worst.usage_on as varchar), '—') as worst_on,
    coalesce(worst.missing_count, 0) as worst_missing_count,
    cast(coalesce(reset_count, 0) as bigint) as reset_count,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from weighed
