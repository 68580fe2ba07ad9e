/*
title_zh = "用到的设备在不在清单上"
grain_zh = "每合同、机构、设备一行"
no_rows_without = ["reconciled.device_off_list"]
[columns]
contract_no = "归属合同"
provider_id = "用量出自的服务机构"
card = "设备编号（小写）；空为看不出所在卡的切分实例"
off_seconds = "不在清单上的秒数"
off_begin_s = "不在清单上的最早一段的起点，UTC 秒"
is_ever_listed = "清单上曾有此设备，只是日期不对"
has_list = "机构交了设备清单"
is_off = "不在清单上，超过容许的秒数"
is_unclear = "看不出在不在清单上：机构另有未逐卡登记的卡，或只有实例编号"
*/
with named_lists as (
    select provider_id, bool_or(device_uuid is not null) as has_names from lake.device group by provider_id
),
checked as (
    select
        d.*,
        d.off_seconds > policy.number('metering.overlap_slack_seconds', cast(to_timestamp(d.off_begin_s) as date)) as is_beyond,
        l.provider_id is not null as has_list,
        d.card is null or d.may_be_unnamed or not coalesce(l.has_names, false) as is_vague,
    from reconciled.device_off_list as d
    left join named_lists as l on l.provider_id = d.provider_id
)
select
    contract_no,
    provider_id,
    card,
    off_seconds,
    off_begin_s,
    is_ever_listed,
    has_list,
    coalesce(is_beyond, false) and not is_vague as is_off,
    (coalesce(is_beyond, false) or card is null) and is_vague as is_unclear,
from checked
