/*
title_zh = "设备的使用时段"
grain_zh = "每条有设备编号的用量记录一行，每个设备的一个采样日一行"
[columns]
provider_id = "服务机构代码"
contract_no = "归属合同"
card = "设备编号（小写）；切分实例归到所在的卡，看不出所在卡的为空"
is_global = "编号像是全球唯一：除前缀外为十六位以上的十六进制数，且不止四种数字"
begin_s = "起点，UTC 秒；采样日取当日零点"
stop_s = "终点（不含），UTC 秒；采样日取次日零点"
seconds = "用量秒数；采样日为被采样覆盖的秒数"
is_record = "出自用量记录；为否的出自采样"
*/
-- A part of a card has a name of its own: MIG-GPU-<card>/… names the card, MIG-<part> does not.
with used as (
    select provider_id, contract_no, device_uuid, begin_s, stop_s, stop_s - begin_s as seconds, true as is_record
    from reconciled.interval
    where device_uuid is not null and stop_s > begin_s and coalesce(card_units > 0, true)
    union all
    select
        provider_id,
        contract_no,
        device_uuid,
        cast(usage_on - date '1970-01-01' as bigint) * 86400 - 28800,
        cast(usage_on - date '1970-01-01' + 1 as bigint) * 86400 - 28800,
        metered_seconds,
        false,
    from reconciled.sample_day
    where metered_seconds > 0
),
spelled as (
    select distinct
        device_uuid,
        reconciled.card_of(device_uuid) as card,
    from used
),
named as (
    select
        device_uuid,
        case when card not like 'mig-%' then card end as card,
        reconciled.is_global(card) as is_global,
    from spelled
)
select
    u.provider_id,
    u.contract_no,
    n.card,
    n.is_global,
    u.begin_s,
    u.stop_s,
    u.seconds,
    u.is_record,
from used as u
join named as n using (device_uuid)
