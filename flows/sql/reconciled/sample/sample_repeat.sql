/*
title_zh = "与同卡另一日采样完全相同的卡日"
grain_zh = "每个卡日的每个租户、合同一行；只列逐小时的读数与该卡更早一日相同的，且当日功率有变化的小时读数有十二种以上"
no_rows_without = ["reconciled.day_profile"]
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号"
tenant = "租户"
contract_no = "归属合同"
usage_on = "日期（北京时间）"
sample_count = "当日采样数"
metered_seconds = "被采样覆盖的秒数"
telling_hour_count = "功率在该小时之内有变化的小时，其读数有几种"
like_on = "读数相同的最早一日"
like_contract_no = "那一日的归属合同"
file_sha256 = "来源文件"
row_no = "该日最先一行的行号"
*/
-- The hour keeps sums, not the readings: instead of fifty different pairs a day (flags.md), a dozen hours within which
-- power moves and which all read differently. The sums of sixty readings in whole watts that move by one seldom agree (one
-- hour in ten at most): twelve hours by chance never do, while one hour of a nightly job in an idle day may.
select
    provider_id,
    device_uuid,
    tenant,
    contract_no,
    usage_on,
    sample_count,
    metered_seconds,
    telling_hour_count,
    min(usage_on) over alike as like_on,
    first_value(contract_no) over alike as like_contract_no,
    file_sha256,
    row_no,
from reconciled.day_profile
where is_as_another_day and telling_hour_count >= 12
window alike as (partition by provider_id, card, hours order by usage_on, tenant, contract_no, device_uuid)
qualify usage_on > min(usage_on) over alike
