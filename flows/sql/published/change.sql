/*
title_zh = "自上次运行以来的变动"
grain_zh = "每笔申请、每个变动的数字一行；第一次运行没有"
no_rows_without = ["earlier.run"]
[columns]
claim_id = "申请编号；说明旧库缺什么的一行为空"
figure = "变动的数字：published.claim 的列名；claim 为申请新出现或不再出现（列其建议补贴），decision、payable_yuan 取自专家意见"
before = "上次的值；未知或没有的为空"
after = "这次的值；未知或没有的为空"
difference_yuan = "金额之差，元；不是金额或有一方未知的为空"
cause_kind = "原因：new_file 新文件，superseded 取代，red_letter 红字发票，register 名册，decision 专家意见，policy 办法参数，code 代码，queue 先后次序，day 运行日，unexplained 无法解释"
cause_zh = "原因：文件及行数、参数、代码，或在先变动的申请"
is_own_cause = "该申请自身的事实或所依的办法变了；否则只因在先的申请变动"
before_run_id = "上次的运行编号"
*/
with nearest as (
    select claim_id, figure, min(rank) as rank from earlier.cause group by claim_id, figure
),
ordered as (
    select
        c.*,
        row_number() over (
            partition by c.claim_id, c.figure
            order by
                list_position(['decision', 'red_letter', 'register', 'superseded', 'new_file', 'day', 'queue', 'policy', 'code'], c.cause_kind),
                c.said_zh
        ) as place_no,
    from earlier.cause as c
    join nearest as n using (claim_id, figure, rank)
),
chosen as (
    select
        claim_id,
        figure,
        first(cause_kind order by place_no) as cause_kind,
        string_agg(said_zh, '；' order by place_no) filter (where place_no <= 5) as said_zh,
        count(*) as cause_count,
    from ordered
    group by claim_id, figure
),
-- What the panel decided holds for the figures that it saw: no parameter bears on it.
amended as (
    select c.claim_id, c.figure, '；同时' || c.said_zh as said_zh
    from earlier.cause as c
    join nearest as n using (claim_id, figure)
    join chosen as h using (claim_id, figure)
    where c.cause_kind = 'policy' and c.rank > n.rank and h.cause_kind <> 'decision'
),
told as (
    select
        c.*,
        coalesce(h.cause_kind, 'unexplained') as cause_kind,
        coalesce(
            h.said_zh
            || case when h.cause_count > 5 then ' 等 ' || h.cause_count || ' 项' else '' end
            || coalesce(a.said_zh, ''),
            '没有找到原因'
        ) as cause_zh,
        c.figure = 'claim' or c.figure like '%\_yuan' escape '\' as is_money,
        case when c.figure in ('claim', 'payable_yuan') then 0 end as missing,
    from earlier.change as c
    left join amended as a using (claim_id, figure)
    left join chosen as h using (claim_id, figure)
),
listed as (
    select
        claim_id,
        figure,
        before,
        after,
        case when is_money then
            coalesce(cast(after as decimal(18, 2)), missing) - coalesce(cast(before as decimal(18, 2)), missing)
        end as difference_yuan,
        cause_kind,
        cause_zh,
        cause_kind <> 'queue' as is_own_cause,
    from told
    union all
    select null, 'database', null, null, null, 'code', '上次运行的数据库由旧版所写，以下未作比较：' || lacking_zh, null
    from earlier.run
    where lacking_zh is not null
)
select
    l.claim_id,
    l.figure,
    l.before,
    l.after,
    cast(l.difference_yuan as decimal(18, 2)) as difference_yuan,
    l.cause_kind,
    l.cause_zh,
    l.is_own_cause,
    r.run_id as before_run_id,
from listed as l
cross join earlier.run as r
order by l.claim_id nulls last, l.figure
