/*
title_zh = "同一设备编号写作两种型号"
grain_zh = "每机构每设备编号一行；只列型号不同的，写法不同的不算"
[columns]
provider_id = "服务机构代码"
device_uuid = "设备编号（小写）"
one_model = "一种型号"
other_model = "另一种型号"
*/
-- "A800" and "NVIDIA A800-SXM4-80GB" are one: the shorter stands in the longer and no number runs on beside it
-- ("910B" in "Ascend910B3", not "H20" in "H200"). A gap between letter and digit goes ("RTX 4090"), and words in Chinese.
with told as (
    select distinct provider_id, lower(device_uuid) as device_uuid, device_model
    from lake.device
    where device_uuid is not null
    union
    select distinct provider_id, lower(device_uuid), device_model
    from lake.usage_interval
    where device_uuid is not null and device_model is not null
),
spelled as (
    select
        *,
        regexp_replace(trim(regexp_replace(upper(device_model), '[^A-Z0-9]+', ' ', 'g')), '([A-Z]) ([0-9])', '\1\2', 'g') as word,
    from told
),
bounded as (
    select
        *,
        case when regexp_matches(word, '^[0-9]') then '(^|[^0-9])' else '' end
            || word || case when regexp_matches(word, '[0-9]$') then '([^0-9]|$)' else '' end as pattern,
    from spelled
    where word <> ''
),
differing as (
    select
        a.provider_id,
        a.device_uuid,
        a.device_model as one_model,
        b.device_model as other_model,
    from bounded as a
    join bounded as b
        on b.provider_id = a.provider_id and b.device_uuid = a.device_uuid and b.device_model > a.device_model
    where replace(a.word, ' ', '') <> replace(b.word, ' ', '')
        and not regexp_matches(a.word, b.pattern)
        and not regexp_matches(b.word, a.pattern)
)
select
    provider_id,
    device_uuid,
    min((one_model, other_model))[1] as one_model,
    min((one_model, other_model))[2] as other_model,
from differing
group by provider_id, device_uuid
