/*
title_zh = "自上次运行以来的发现增减"
grain_zh = "每项新出现、不再出现或结论变了的发现一行；第一次运行没有"
no_rows_without = ["earlier.run"]
[columns]
finding_id = "发现编号"
rule_id = "规则编号"
claim_id = "申请编号；不属于某一申请的为空"
how = "new 新出现，gone 不再出现，turned 结论变了"
verdict_before = "上次的结论；没有的为空"
verdict_after = "这次的结论；没有的为空"
before_run_id = "上次的运行编号"
*/
with compared as (
    select
        coalesce(n.finding_id, b.finding_id) as finding_id,
        coalesce(n.rule_id, b.rule_id) as rule_id,
        case when n.finding_id is null then b.claim_id else n.claim_id end as claim_id,
        b.finding_id is not null as was_there,
        n.finding_id is not null as is_there,
        b.verdict as verdict_before,
        n.verdict as verdict_after,
    from published.finding as n
    full join earlier.finding as b on b.finding_id = n.finding_id
)
select
    c.finding_id,
    c.rule_id,
    c.claim_id,
    case
        when not c.was_there then 'new'
        when not c.is_there then 'gone'
        when c.verdict_before <> c.verdict_after then 'turned'
    end as how,
    c.verdict_before,
    c.verdict_after,
    r.run_id as before_run_id,
from compared as c
join earlier.run as r on r.run_id is not null
where not c.was_there or not c.is_there or c.verdict_before <> c.verdict_after
order by c.finding_id
