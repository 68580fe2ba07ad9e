/*
title_zh = "服务机构"
grain_zh = "每家机构一次入库一行；有合同、设备或用量而不在名单上的，列一行入库日期为空的"
no_rows_without = ["lake.provider"]
[columns]
provider_id = "服务机构代码"
provider_name = "机构名称；不在名单上的为空"
listed_on = "入库日期；不在名单上的为空"
delisted_on = "退库日期；仍在名单内的为空"
registered_on = "成立日期；名单未写的为空"
registered_region = "登记地区划代码；名单未写的为空"
is_monitored = "是否纳入省算力监测系统；名单未写的为空"
audit_report_code = "上一年度审计报告的报备码；名单未写的为空"
*/
with seen as (
    select provider_id from lake.contract
    union
    select provider_id from lake.claim
    union
    select provider_id from lake.device
    union
    select provider_id from reconciled.interval
    union
    select provider_id from reconciled.sample_day
)
select
    provider_id,
    provider_name,
    listed_on,
    delisted_on,
    registered_on,
    registered_region,
    in_provincial_monitoring as is_monitored,
    audit_report_code,
from lake.provider
union all by name
select s.provider_id
from seen as s
anti join lake.provider as p using (provider_id)
where s.provider_id is not null
order by provider_id, listed_on
