/*
title_zh = "同时占用超过装机的时段"
grain_zh = "每机构、型号、计入的用户范围的一段连续超出一行；设备清单中没有该型号的不列"
no_rows_without = ["lake.device", "reconciled.holder", "reconciled.measured"]
[columns]
provider_id = "服务机构代码"
device_model = "型号"
users = "计入的用户：all 全部用户，subsidised 只计申请兑现的合同（解读 R26）"
begin_s = "起点，UTC 秒"
stop_s = "终点（不含），UTC 秒"
peak_units = "该段内超出最多时的同时占用，1 卡 = 21000 单位；有编号的卡每张至多计一张"
installed_units = "当时的装机，1 卡 = 21000 单位"
suspended_seconds = "当时在用的记录合计挂起秒数：何时挂起未知，超出不长于此的可由挂起解释"
*/
-- A sweep over the edges of use and of inventory; local midnight = day x 86400 - 28800 (Asia/Shanghai).
with listed as (
    select row_number() over (order by provider_id, device_model, users) as pool_no, provider_id, device_model, users
    from (select distinct provider_id, device_model from lake.device)
    cross join (values ('all'), ('subsidised')) as u (users)
),
used as (
    select
        i.interval_no,
        i.provider_id,
        i.device_model,
        -- However its letters are written, a device is one.
        lower(i.device_uuid) as device_uuid,
        i.card_units,
        i.begin_s,
        i.stop_s,
        i.suspended_seconds,
        c.contract_no is not null as is_subsidised,
    from reconciled.interval as i
    semi join lake.device as d on d.provider_id = i.provider_id and d.device_model = i.device_model
    left join (select distinct contract_no from reconciled.claim_paper) as c on c.contract_no = i.contract_no
),
-- The last day of a card counts as a day in use.
installed as (
    select
        pool_no,
        (from_on - date '1970-01-01') * 86400 - 28800 as from_s,
        (to_on - date '1970-01-01' + 1) * 86400 - 28800 as to_s,
        cards,
    from reconciled.installed_card
    join listed using (provider_id, device_model)
),
spanned as (
    select
        p.pool_no,
        min(i.begin_s) as first_s,
        max(i.stop_s) as last_s,
        count(distinct i.device_uuid) as card_count,
        bool_or(i.device_uuid is null) as has_unnamed,
    from used as i
    join listed as p
        on p.provider_id = i.provider_id and p.device_model = i.device_model and (i.is_subsidised or p.users = 'all')
    where i.card_units > 0 and i.stop_s > i.begin_s
    group by p.pool_no
),
-- Where every card has a name, and no more names are in use than cards are installed all along, nothing can be above.
pools as (
    select p.*
    from listed as p
    join spanned as s using (pool_no)
    left join installed as d on d.pool_no = p.pool_no and d.from_s <= s.first_s and coalesce(d.to_s >= s.last_s, true)
    group by p.pool_no, p.provider_id, p.device_model, p.users, s.card_count, s.has_unnamed
    having s.has_unnamed or s.card_count > coalesce(sum(d.cards), 0)
),
cards as (
    select row_number() over (order by pool_no, device_uuid) as card_no, pool_no, device_uuid
    from (
        select distinct p.pool_no, i.device_uuid
        from used as i
        join pools as p
            on p.provider_id = i.provider_id and p.device_model = i.device_model and (i.is_subsidised or p.users = 'all')
        where i.device_uuid is not null
    )
),
held as (
    select
        p.pool_no,
        k.card_no,
        s.card_units,
        s.begin_s,
        s.stop_s,
        coalesce(i.suspended_seconds, 0) as idle_s,
    from reconciled.stretch as s
    join used as i using (interval_no)
    join pools as p
        on p.provider_id = s.provider_id and p.device_model = s.device_model and (i.is_subsidised or p.users = 'all')
    left join cards as k on k.pool_no = p.pool_no and k.device_uuid = i.device_uuid
    where s.card_units > 0 and s.stop_s > s.begin_s
),
held_edges as (
    select pool_no, card_no, begin_s as at_s, card_units as units, idle_s from held
    union all
    select pool_no, card_no, stop_s, -card_units, -idle_s from held
),
card_edges as (
    select pool_no, card_no, at_s, cast(sum(units) as bigint) as units, cast(sum(idle_s) as bigint) as idle_s
    from held_edges
    where card_no is not null
    group by pool_no, card_no, at_s
),
card_loads as (
    select *, sum(units) over (partition by card_no order by at_s) as load_units from card_edges
),
edges as (
    select pool_no, at_s, units, idle_s, 0 as installed_units from held_edges where card_no is null
    union all
    -- What the edge adds to the card's load, of which one card counts at most.
    select pool_no, at_s, cast(least(21000, load_units) - least(21000, load_units - units) as bigint), idle_s, 0
    from card_loads
    union all
    select pool_no, from_s, 0, 0, cards * 21000 from installed semi join pools using (pool_no)
    union all
    select pool_no, to_s, 0, 0, -cards * 21000 from installed semi join pools using (pool_no) where to_s is not null
),
moments as (
    select
        pool_no,
        at_s,
        cast(sum(units) as bigint) as units,
        cast(sum(idle_s) as bigint) as idle_s,
        cast(sum(installed_units) as bigint) as installed_units,
    from edges
    group by pool_no, at_s
),
pieces as (
    select
        pool_no,
        at_s as begin_s,
        lead(at_s) over upto as stop_s,
        sum(units) over upto as load_units,
        sum(idle_s) over upto as idle_s,
        sum(installed_units) over upto as installed_units,
    from moments
    window upto as (partition by pool_no order by at_s)
),
crowded as (
    select *, begin_s is distinct from lag(stop_s) over (partition by pool_no order by begin_s) as is_new
    from pieces
    where load_units > installed_units
),
numbered as (
    select *, count(*) filter (where is_new) over (partition by pool_no order by begin_s) as peak_no
    from crowded
),
peaks as (
    select
        pool_no,
        min(begin_s) as begin_s,
        max(stop_s) as stop_s,
        cast(arg_max(load_units, (load_units - installed_units, -begin_s)) as bigint) as peak_units,
        cast(arg_max(installed_units, (load_units - installed_units, -begin_s)) as bigint) as installed_units,
        cast(max(idle_s) as bigint) as suspended_seconds,
    from numbered
    group by pool_no, peak_no
)
select
    p.provider_id,
    p.device_model,
    p.users,
    k.begin_s,
    k.stop_s,
    k.peak_units,
    k.installed_units,
    k.suspended_seconds,
from peaks as k
join pools as p using (pool_no)
