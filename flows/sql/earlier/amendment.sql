/*
title_zh = "两次运行之间不同的办法参数"
grain_zh = "每键每有效期一行"
[columns]
key = "参数键"
valid_from = "生效日"
said_zh = "变动的说明"
*/
select
    coalesce(n.key, e.key) as key,
    coalesce(n.valid_from, e.valid_from) as valid_from,
    coalesce(n.key, e.key) || '（自 ' || coalesce(n.valid_from, e.valid_from) || '）'
        || coalesce(e.value || case when e.valid_to is distinct from n.valid_to then coalesce('至 ' || e.valid_to, '') else '' end, '无')
        || ' → '
        || coalesce(n.value || case when e.valid_to is distinct from n.valid_to then coalesce('至 ' || n.valid_to, '') else '' end, '无') as said_zh,
from policy.parameter as n
full join earlier.parameter as e on e.key = n.key and e.valid_from = n.valid_from
where exists (from earlier.parameter)
    and (n.value is distinct from e.value or n.valid_to is distinct from e.valid_to)
order by key, valid_from
