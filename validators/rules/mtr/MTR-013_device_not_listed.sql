/*
id = "MTR-013"
title_zh = "设备不在清单上，或同时见于另一家机构"
title_en = "A device off the list, or at another provider at the same time"
article = "第五条、第九条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 用到 {device_count} 张有编号的卡（机构 {provider_id}）：{fault_zh}；因此不计 {left_out_gpu_hours} 卡时。"
because_en = "Contract {contract_no} used {device_count} cards with a number (provider {provider_id}): {fault_en}; {left_out_gpu_hours} card-hours are left out for it."
innocent_zh = [
    "返修更换、新增的卡晚于使用才登记：请补设备清单上的启用、停用日期与返修单、上架凭证，补登之后自动计回。",
    "清单按节点或批次登记，未逐卡写编号：请补 nvidia-smi -q 一类的逐卡清单。",
    "卡已转售或调拨而原机构未在清单上写停用日期：请原机构补停用日期。",
    "编号不是全球唯一（如节点名加序号），两家碰巧相同：请改报卡的唯一编号。",
]
innocent_en = [
    "Replaced or new cards were registered after use: add their dates on the list, the repair slip and the proof of installation.",
    "The list is by node or batch without card ids: add a list by card, as from nvidia-smi -q.",
    "The card was sold or moved and the former holder did not enter its end date: have it added.",
    "Ids are not globally unique (such as node and index) and two providers' coincide: report the cards' unique ids.",
]
policy = ["metering.overlap_slack_seconds", "usage.off_list"]

[evidence]
severity = "同时见于他处的、依解读照计的为暂缓待核；只是不在清单上的为核减：其用量不计；资料不足的为提示：不因此暂缓"
contract_no = "合同编号"
provider_id = "服务机构代码"
device_count = "用到的有编号的卡数"
off_count = "不在清单上的卡数"
off_hours = "其不在清单上的用量合计，设备小时"
card = "不在清单上最久的卡（小写）；没有的取同时见于他处最久的"
off_from = "该卡不在清单上的用量的最早起点"
elsewhere_count = "同时见于另一家机构的卡数"
elsewhere_card = "其中同时最久的卡（小写）"
other_provider_id = "另一家机构"
elsewhere_from = "同时的最早起点"
vague_count = "看不出在不在清单上的卡数：机构另有未逐卡登记的卡，或只有实例编号"
fault_zh = "不符之处"
fault_en = "the same in English"
left_out_gpu_hours = "因此不计的卡时，小时"
amount_at_risk_yuan = "只是不在清单上的：不计的卡时按合同的唯一卡时价折算，元，没有唯一卡时价的为空；其余为申报兑现金额，元"

[[trace]]
relation = "lake.device"
using = []
where = "lower(r.device_uuid) in (j.card, j.elsewhere_card)"

[[trace]]
relation = "reconciled.interval"
using = []
where = "lower(r.device_uuid) in (j.card, j.elsewhere_card) and (r.contract_no = j.contract_no or r.provider_id = j.other_provider_id) and r.interval_no in (select min(interval_no) from reconciled.interval where device_uuid is not null group by provider_id, contract_no, lower(device_uuid))"

[[trace]]
relation = "reconciled.sample_day"
using = ["contract_no"]
where = "lower(r.device_uuid) in (j.card, j.elsewhere_card)"
*/
with weighed as (
    select
        contract_no,
        count(*) as device_count,
        count(*) filter (where is_off) as off_count,
        cast(sum(off_seconds) filter (where is_off) as bigint) as off_seconds,
        count(*) filter (where is_unclear) as vague_count,
        bool_and(has_list) as has_list,
        first(d order by off_seconds desc, card, provider_id) filter (where is_off) as worst,
    from decided.device_standing as d
    group by contract_no
),
doubled as (
    select
        contract_no,
        count(distinct card) as card_count,
        first(e order by overlap_seconds desc, card, other_provider_id, seen_in) as worst,
    from reconciled.device_elsewhere as e
    where overlap_seconds > policy.number('metering.overlap_slack_seconds', cast(to_timestamp(first_s) as date))
    group by contract_no
),
left_out as (
    select contract_no, sum(unit_seconds) as unit_seconds
    from decided.excluded_day
    where cause = 'off_list'
    group by contract_no
),
told as (
    select
        c.*,
        coalesce(x.unit_seconds, 0) as left_out_units,
        policy.word('usage.off_list', t.starts_on) as off_list,
        w.* exclude (contract_no, worst),
        w.contract_no is not null as has_devices,
        w.worst as missing,
        e.card_count as elsewhere_count,
        e.worst as elsewhere,
        coalesce(w.off_count, 0) > 0 or coalesce(e.card_count, 0) > 0 as is_flagged,
        case e.worst.seen_in when 'list' then '两家的清单都在列' when 'sample' then '两家同日都有采样' when 'log' then '两家的用量记录同时' end as seen_zh,
        case e.worst.seen_in when 'list' then 'on both lists' when 'sample' then 'sampled at both on the same days' when 'log' then 'in both logs at once' end as seen_en,
    from reconciled.claim_paper as c
    left join weighed as w on w.contract_no = c.contract_no
    left join doubled as e on e.contract_no = c.contract_no
    left join left_out as x on x.contract_no = c.contract_no
    left join reconciled.contract_term as t on t.contract_no = c.contract_no
)
select
    claim_id as subject_id,
    case
        when not has_devices then 'not_applicable'
        when is_flagged then 'flag'
        when has_list and vague_count = 0 then 'pass'
        else 'unknown'
    end as verdict,
    case
        when is_flagged and coalesce(elsewhere_count, 0) = 0 and off_list = 'exclude' then 'adjust'
        when is_flagged then 'hold'
        else 'note'
    end as severity,
    told.contract_no,
    coalesce(missing.provider_id, elsewhere.provider_id, provider_id) as provider_id,
    coalesce(device_count, 0) as device_count,
    coalesce(off_count, 0) as off_count,
    reconciled.card_hours(coalesce(off_seconds, 0)) as off_hours,
    coalesce(missing.card, elsewhere.card) as card,
    strftime(to_timestamp(missing.off_begin_s), '%Y-%m-%d %H:%M:%S') as off_from,
    coalesce(elsewhere_count, 0) as elsewhere_count,
    elsewhere.card as elsewhere_card,
    elsewhere.other_provider_id as other_provider_id,
    strftime(to_timestamp(elsewhere.first_s), '%Y-%m-%d %H:%M:%S') as elsewhere_from,
    coalesce(vague_count, 0) as vague_count,
    coalesce(nullif(concat_ws('；',
        case when off_count > 0 then off_count || ' 张用到时不在设备清单上，如 ' || missing.card || ' 自 '
            || strftime(to_timestamp(missing.off_begin_s), '%Y-%m-%d %H:%M:%S') || ' 起'
            || case when missing.is_ever_listed then '（清单上有此卡，日期不含当时）' else '（清单上没有此卡）' end end,
        case when elsewhere_count > 0 then elsewhere_count || ' 张同时见于另一家机构，如 ' || elsewhere.card || ' 自 '
            || strftime(to_timestamp(elsewhere.first_s), '%Y-%m-%d %H:%M:%S') || ' 起也在机构 ' || elsewhere.other_provider_id || '（' || seen_zh || '）' end,
        case when not has_list then '机构没有交设备清单' when vague_count > 0 then vague_count || ' 张看不出在不在清单上' end
    ), ''), '都在清单上') as fault_zh,
    coalesce(nullif(concat_ws('; ',
        case when off_count > 0 then off_count || ' were not on the device list when used, such as ' || missing.card || ' from '
            || strftime(to_timestamp(missing.off_begin_s), '%Y-%m-%d %H:%M:%S') || ' on'
            || case when missing.is_ever_listed then ' (listed, but for other dates)' else ' (never listed)' end end,
        case when elsewhere_count > 0 then elsewhere_count || ' were at another provider at the same time, such as ' || elsewhere.card || ', from '
            || strftime(to_timestamp(elsewhere.first_s), '%Y-%m-%d %H:%M:%S') || ' on also at provider ' || elsewhere.other_provider_id || ' (' || seen_en || ')' end,
        case when not has_list then 'no device list was handed in' when vague_count > 0 then 'of ' || vague_count || ' the list does not tell' end
    ), ''), 'all on the list') as fault_en,
    reconciled.gpu_hours(left_out_units) as left_out_gpu_hours,
    case
        when is_flagged and coalesce(elsewhere_count, 0) = 0 and off_list = 'exclude' then
            reconciled.worth(left_out_units, p.price_parts, p.parts_per_fen)
        else claimed_subsidy_yuan
    end as amount_at_risk_yuan,
from told
left join decided.sole_price as p on p.contract_no = told.contract_no
