/*
title_zh = "各级财政分担"
grain_zh = "每年度、每级财政一行；办法未写分担的没有行"
no_rows_without = ["published.pool"]
[columns]
policy_year = "年度"
level = "财政级次：state 中央，province 省，city 市，county 区县"
share = "分担比率"
proposed_yuan = "分担的建议补贴，元；末级承担分位余数，合计与资金池一致"
*/
with said as (
    select
        p.policy_year,
        p.proposed_yuan,
        unnest(string_split(policy.optional_word('pool.cofunding', make_date(p.policy_year, 1, 1)), ',')) as part,
    from published.pool as p
),
shared as (
    select
        policy_year,
        proposed_yuan,
        split_part(part, ':', 1) as level,
        cast(split_part(part, ':', 2) as decimal(18, 6)) as share,
    from said
),
ordered as (
    select
        *,
        list_position(['state', 'province', 'city', 'county'], level) as place,
        cast(
            cast(proposed_yuan * 100 as hugeint) * reconciled.millionths(share) // 1000000 as decimal(16, 0)
        ) * 0.01 as floor_yuan,
    from shared
),
-- What flooring leaves over, at most a cent a level, is borne by the last.
summed as (
    select
        *,
        proposed_yuan - sum(floor_yuan) over (partition by policy_year) as rest_yuan,
        row_number() over (partition by policy_year order by place desc) = 1 as is_last,
    from ordered
)
select
    policy_year,
    level,
    share,
    cast(floor_yuan + case when is_last then rest_yuan else 0 end as decimal(18, 2)) as proposed_yuan,
from summed
order by policy_year, place
