/*
title_zh = "利用率与功率相背的卡小时"
grain_zh = "每合同、设备、整点小时一行：利用率九成以上而功率不过额定的三成又二十瓦的，利用率百分之五以下而功率在额定一半以上的；不含切分的卡"
no_rows_without = ["lake.occupancy", "reconciled.sampled_card"]
[columns]
contract_no = "归属合同"
provider_id = "服务机构代码"
device_uuid = "设备编号"
device_model = "型号"
usage_on = "日期（北京时间）"
hour_s = "小时的起点，UTC 秒"
known_seconds = "被采样覆盖的秒数，利用率与功率都已知"
weighted_millipercent_seconds = "覆盖秒数乘利用率，秒 × 千分之一个百分点"
power_millijoules = "功率对时间的积分，mJ"
is_busy = "利用率九成以上的；否则为百分之五以下的"
tdp_milliwatts = "额定功率，mW"
file_sha256 = "来源文件"
row_no = "该小时最先一行的行号"
*/
-- What a rule may call contrary lies within these bounds (schemas/policy_key.py): 30 to 50 % of the rated power are drawn
-- by work that waits for memory, and are never looked at.
with rated as (
    select *, cast(tdp_watts * 1000 as bigint) as tdp_milliwatts
    from reconciled.sampled_card
    where tdp_watts is not null
),
bounds as (
    select min(tdp_milliwatts) as least_milliwatts, max(tdp_milliwatts) as most_milliwatts from rated
),
-- No card's hour is looked up but those that may be: by the greatest and the least rating first.
told as (
    select w.*
    from reconciled.whole_hour as w
    where (
        w.weighted_millipercent_seconds >= 90000 * w.known_seconds
        and w.power_millijoules <= ((select most_milliwatts from bounds) * 3 // 10 + 20000) * w.known_seconds
    ) or (
        w.weighted_millipercent_seconds <= 5000 * w.known_seconds
        and w.power_millijoules >= (select least_milliwatts from bounds) // 2 * w.known_seconds
    )
),
named as (
    select
        coalesce(w.contract_no, t.contract_no) as contract_no,
        w.* exclude (contract_no),
        reconciled.local_day(w.hour_s) as usage_on,
        k.device_model,
        k.tdp_milliwatts,
        w.weighted_millipercent_seconds >= 90000 * w.known_seconds as is_busy,
    from told as w
    join rated as k on k.device_uuid = w.device_uuid and k.provider_id is not distinct from w.provider_id
    left join reconciled.tenancy as t
        on t.provider_id is not distinct from w.provider_id
        and t.cluster_id is not distinct from w.cluster_id
        and t.tenant = w.tenant
        and t.started_on = reconciled.local_day(w.hour_s)
    where case
        when w.weighted_millipercent_seconds >= 90000 * w.known_seconds
            then w.power_millijoules * 10 <= (k.tdp_milliwatts * 3 + 200000) * w.known_seconds
        else w.power_millijoules * 2 >= k.tdp_milliwatts * w.known_seconds
    end
)
select
    n.contract_no,
    n.provider_id,
    n.device_uuid,
    n.device_model,
    n.usage_on,
    n.hour_s,
    n.known_seconds,
    n.weighted_millipercent_seconds,
    n.power_millijoules,
    n.is_busy,
    n.tdp_milliwatts,
    n.file_sha256,
    n.row_no,
from named as n
anti join reconciled.parted_day as p
    on p.card = lower(n.device_uuid)
    and p.provider_id is not distinct from n.provider_id
    and coalesce(p.usage_on = n.usage_on, true)
anti join (select * from reconciled.parted_day where card is null) as q
    on q.contract_no = n.contract_no
    and q.usage_on = n.usage_on
    and q.provider_id is not distinct from n.provider_id
where n.contract_no is not null
