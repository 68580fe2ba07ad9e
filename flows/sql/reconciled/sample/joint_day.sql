/*
title_zh = "一个小时说在几行里的卡日"
grain_zh = "每机构、设备、自然日一行：当日有几行（几份文件、几次启动、几方），且有的小时不止见于一行"
no_rows_without = ["lake.occupancy_day"]
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
day_no = "日期（北京时间），1970 年起的天数"
*/
-- A log cut at midnight of another zone gives two rows a day and no hour in both.
with several as (
    select provider_id, device_uuid, day_no
    from lake.occupancy_day
    group by provider_id, device_uuid, day_no
    having count(*) > 1
),
spans as (
    select
        o.provider_id,
        o.device_uuid,
        o.day_no,
        o.first_s // 3600 <= max(o.last_s // 3600) over (
            partition by o.provider_id, o.device_uuid, o.day_no
            order by o.first_s, o.last_s, o.file_sha256, o.boot_id, o.tenant, o.contract_no, o.cluster_id
            rows between unbounded preceding and 1 preceding
        ) as is_joint,
    from lake.occupancy_day as o
    semi join several as s
        on s.device_uuid = o.device_uuid and s.day_no = o.day_no and s.provider_id is not distinct from o.provider_id
)
select distinct
    provider_id,
    device_uuid,
    day_no,
from spans
where is_joint
