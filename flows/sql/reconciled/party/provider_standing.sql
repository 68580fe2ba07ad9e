/*
title_zh = "机构在名单上的状况"
grain_zh = "每机构、有用量的自然日一行"
[columns]
provider_id = "服务机构代码"
usage_on = "日期（北京时间）"
standing = "listed 在名单（或名单未提供），not_listed 未入名单，after_exit 已退库"
*/
with days as (
    select distinct provider_id, usage_on from reconciled.day_slice where contract_no is not null
    union
    select distinct provider_id, usage_on from reconciled.sample_day where contract_no is not null
)
select
    d.provider_id,
    d.usage_on,
    case
        -- Without any list nobody can be missing from it; ELG-002 then finds the provider unknown and holds.
        when (select count(*) from lake.provider) = 0 then 'listed'
        when bool_or(d.usage_on >= p.listed_on and (p.delisted_on is null or d.usage_on < p.delisted_on)) then 'listed'
        when bool_or(d.usage_on >= p.delisted_on) then 'after_exit'
        else 'not_listed'
    end as standing,
from days as d
left join lake.provider as p using (provider_id)
group by d.provider_id, d.usage_on
