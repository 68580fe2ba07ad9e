/*
id = "CAP-004"
title_zh = "节点卡数或型号与清单不符"
title_en = "Cards on a node, or a model, that the list does not bear out"
article = "第九条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 在机构 {provider_id} 的用量：{fault_zh}。"
because_en = "Usage of contract {contract_no} at provider {provider_id}: {fault_en}."
innocent_zh = [
    "节点扩容、换卡后清单未更新，或节点改名：请补设备清单及启用、停用日期。",
    "多实例切分而日志只写整卡：请按实例填写卡数。",
    "清单或日志的型号填错：请以 nvidia-smi -q 一类的输出更正。",
    "限功率运行且只跑小模型的卡，功耗与显存都低：请提供各卡显存总量与功率上限的输出。",
]
innocent_en = [
    "A node was extended, renamed or its cards replaced and the list not updated: add devices with their dates.",
    "The card is cut into instances while the log has whole cards: fill in cards by instance.",
    "The model on list or log is wrong: correct it by the like of nvidia-smi -q.",
    "Cards under a power limit with small models use little power and memory: provide each card's total memory and power limit.",
]
policy = [
    "metering.overlap_slack_seconds",
    "capacity.envelope_days",
    "capacity.envelope_power_ratio",
    "capacity.envelope_memory_ratio",
]

[evidence]
severity = "不符的为暂缓待核；没有设备清单的为提示：不因此暂缓"
contract_no = "合同编号"
provider_id = "服务机构代码"
node_id = "卡数超出最久的节点；空为没有"
peak_begin_s = "该段起点，UTC 秒"
peak_stop_s = "该段终点（不含），UTC 秒"
peak_cards = "该段最多同时占用，卡"
listed_cards = "当时清单上该节点的卡"
peak_count = "本合同用量所落的节点超出的段数"
device_uuid = "写作两种型号的设备；空为没有"
two_models_count = "本合同用到的写作两种型号的设备数"
envelope_model = "最高功率与显存都低于标称的型号；空为没有"
envelope_card_count = "该型号活跃满天数的设备数，全都低于；没有的为空"
envelope_watts = "其中最高的功率，W；没有的为空"
envelope_mib = "其中最高的已用显存，MiB；没有的为空"
tested_zh = "能比的项目"
fault_zh = "不符之处"
fault_en = "the same in English"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.device"
using = ["provider_id"]
where = "lower(r.node_id) = j.node_id or lower(r.device_uuid) = j.device_uuid or r.device_model = j.envelope_model"

[[trace]]
relation = "reconciled.interval"
using = ["contract_no", "provider_id"]
where = "(lower(r.node_id) = j.node_id and r.begin_s < j.peak_stop_s and r.stop_s > j.peak_begin_s) or (lower(r.device_uuid) = j.device_uuid and r.interval_no in (select min(interval_no) from reconciled.interval where device_uuid is not null group by contract_no, lower(device_uuid)))"
*/
with peaks as (
    select *
    from reconciled.node_peak
    where stop_s - begin_s
        > policy.number('metering.overlap_slack_seconds', cast(to_timestamp(begin_s) as date)) + suspended_seconds
),
-- Stretches of one node never overlap: the last to begin before a record's end is the one to look at.
crowded as (
    select
        r.contract_no,
        count(distinct (p.node_no, p.begin_s)) as peak_count,
        arg_max(p, (p.stop_s - p.begin_s, -p.begin_s, p.node_no)) as longest,
    from reconciled.node_record as r
    asof join peaks as p on p.node_no = r.node_no and r.stop_s > p.begin_s
    where r.contract_no is not null and p.stop_s > r.begin_s
    group by r.contract_no
),
used as (
    select distinct contract_no, provider_id, lower(device_uuid) as device_uuid
    from reconciled.interval
    where contract_no is not null and device_uuid is not null and stop_s > begin_s
    union
    select distinct contract_no, provider_id, lower(device_uuid) from reconciled.sample_day where contract_no is not null
),
named as (
    select
        u.contract_no,
        bool_or(l.device_uuid is not null) as is_listed,
        count(m.device_uuid) as two_models_count,
        first(m order by u.device_uuid, u.provider_id) filter (where m.device_uuid is not null) as told,
    from used as u
    left join (select distinct provider_id, lower(device_uuid) as device_uuid from lake.device) as l
        on l.provider_id = u.provider_id and l.device_uuid = u.device_uuid
    left join reconciled.device_two_models as m on m.provider_id = u.provider_id and m.device_uuid = u.device_uuid
    group by u.contract_no
),
-- One card that goes beyond either bound shows that the model can: light work on some cards accuses nobody.
fleets as (
    select
        c.claim_id,
        e.provider_id,
        e.device_model,
        count(*) as card_count,
        max(e.power_peak_watts) as watts,
        max(e.memory_peak_mib) as mib,
        bool_and(
            reconciled.millionths(e.power_peak_watts) * 1000000
                < reconciled.millionths(policy.number('capacity.envelope_power_ratio', c.submitted_on)) * reconciled.millionths(e.tdp_watts)
            and reconciled.millionths(e.memory_peak_mib) * 1000000
                < reconciled.millionths(policy.number('capacity.envelope_memory_ratio', c.submitted_on)) * reconciled.millionths(e.memory_gib) * 1024
        ) as is_below,
    from reconciled.claim_paper as c
    join (select distinct contract_no, provider_id, device_model from reconciled.contract_month) as m using (contract_no)
    join reconciled.device_envelope as e on e.provider_id = m.provider_id and e.device_model = m.device_model
    where e.active_day_count >= policy.number('capacity.envelope_days', c.submitted_on)
    group by c.claim_id, e.provider_id, e.device_model
),
enveloped as (
    select claim_id, first(fleets order by device_model, provider_id) filter (where is_below) as low, true as is_tested
    from fleets
    group by claim_id
),
noded as (
    select distinct contract_no from reconciled.node_record
),
held as (
    select m.contract_no, bool_or(m.provider_id in (select provider_id from lake.device)) as has_list,
    from reconciled.contract_month as m
    group by m.contract_no
),
weighed as (
    select
        c.*,
        k.peak_count,
        k.longest,
        n.two_models_count,
        n.told,
        e.low,
        h.contract_no is not null as has_usage,
        h.has_list,
        o.contract_no is not null as is_noded,
        coalesce(n.is_listed, false) as is_named,
        coalesce(e.is_tested, false) as is_enveloped,
    from reconciled.claim_paper as c
    left join crowded as k on k.contract_no = c.contract_no
    left join named as n on n.contract_no = c.contract_no
    left join enveloped as e using (claim_id)
    left join noded as o on o.contract_no = c.contract_no
    left join held as h on h.contract_no = c.contract_no
)
select
    claim_id as subject_id,
    case
        when not has_usage then 'not_applicable'
        when peak_count > 0 or two_models_count > 0 or low is not null then 'flag'
        when is_noded or is_named or is_enveloped then 'pass'
        -- A list there is, but neither node, device nor readings to hold against it.
        when has_list then 'not_applicable'
        else 'unknown'
    end as verdict,
    case when peak_count > 0 or two_models_count > 0 or low is not null then 'hold' else 'note' end as severity,
    contract_no,
    coalesce(longest.provider_id, told.provider_id, low.provider_id, provider_id) as provider_id,
    longest.node_id as node_id,
    longest.begin_s as peak_begin_s,
    longest.stop_s as peak_stop_s,
    cast(longest.peak_units * 1000 // 21000 as decimal(15, 0)) * 0.001 as peak_cards,
    longest.listed_units // 21000 as listed_cards,
    coalesce(peak_count, 0) as peak_count,
    told.device_uuid as device_uuid,
    coalesce(two_models_count, 0) as two_models_count,
    low.device_model as envelope_model,
    low.card_count as envelope_card_count,
    low.watts as envelope_watts,
    low.mib as envelope_mib,
    coalesce(nullif(concat_ws('、', case when is_noded then '节点卡数' end, case when is_named then '设备型号' end,
        case when is_enveloped then '功耗与显存' end), ''), '—') as tested_zh,
    coalesce(nullif(concat_ws('；',
        case when peak_count > 0 then '节点 ' || longest.node_id || ' 在清单上有 ' || longest.listed_units // 21000 || ' 卡，自 '
            || strftime(to_timestamp(longest.begin_s), '%Y-%m-%d %H:%M:%S') || ' 起同时占用达 '
            || cast(longest.peak_units * 1000 // 21000 as decimal(15, 0)) * 0.001 || ' 卡，共 ' || (longest.stop_s - longest.begin_s) // 60
            || ' 分钟（这样的时段 ' || peak_count || ' 段）' end,
        case when two_models_count > 0 then '设备 ' || told.device_uuid || ' 在清单与日志中写作 ' || told.one_model || ' 与 ' || told.other_model
            || '（这样的设备 ' || two_models_count || ' 个）' end,
        case when low is not null then low.device_model || ' 有采样的 ' || low.card_count || ' 张卡，最高功率 ' || low.watts || ' W，最高已用显存 '
            || low.mib || ' MiB，都低于清单所标额定功率与显存的容许比率' end
    ), ''), '没有设备清单可比') as fault_zh,
    coalesce(nullif(concat_ws('; ',
        case when peak_count > 0 then 'node ' || longest.node_id || ' is listed with ' || longest.listed_units // 21000 || ' cards and from '
            || strftime(to_timestamp(longest.begin_s), '%Y-%m-%d %H:%M:%S') || ' on had '
            || cast(longest.peak_units * 1000 // 21000 as decimal(15, 0)) * 0.001 || ' in use at once, for ' || (longest.stop_s - longest.begin_s) // 60
            || ' minutes (' || peak_count || ' such stretches)' end,
        case when two_models_count > 0 then 'device ' || told.device_uuid || ' is called ' || told.one_model || ' and ' || told.other_model
            || ' in list and logs (' || two_models_count || ' such devices)' end,
        case when low is not null then 'the ' || low.card_count || ' sampled cards of ' || low.device_model || ' never took more than ' || low.watts || ' W nor '
            || low.mib || ' MiB of memory, below the shares of rated power and memory that are allowed for' end
    ), ''), 'no device list to compare with') as fault_en,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from weighed
