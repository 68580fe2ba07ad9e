/*
title_zh = "不同的发现所引的变动行"
grain_zh = "每笔变动的申请、每条规则、每个来源文件、表与来去一行"
no_rows_without = ["earlier.moved_row"]
[columns]
claim_id = "申请编号"
rule_id = "规则编号"
table_name = "表"
table_zh = "表的中文名"
is_red = "是否红字发票"
how = "来去"
source_sha256 = "使之来去的文件"
row_count = "行数"
*/
with differing as (
    select
        coalesce(n.finding_id, e.finding_id) as finding_id,
        coalesce(n.rule_id, e.rule_id) as rule_id,
        coalesce(n.claim_id, e.claim_id) as claim_id,
    from decided.finding as n
    full join earlier.finding as e on e.finding_id = n.finding_id
    where n.verdict is distinct from e.verdict or cast(n.evidence as varchar) is distinct from e.evidence
),
rows as (
    select finding_id, file_sha256, sheet, row_no from decided.evidence_row
    union
    select finding_id, file_sha256, sheet, row_no from earlier.evidence_row
),
matched as (
    select distinct
        d.claim_id,
        d.rule_id,
        m.rowid as row_id,
    from differing as d
    join rows as r using (finding_id)
    join earlier.moved_row as m
        on m.file_sha256 = r.file_sha256
        and (m.row_no is null or (m.row_no = r.row_no and m.sheet is not distinct from r.sheet))
    where d.claim_id in (select claim_id from earlier.change)
)
select
    c.claim_id,
    c.rule_id,
    m.table_name,
    m.table_zh,
    m.is_red,
    m.how,
    m.source_sha256,
    cast(sum(m.row_count) as bigint) as row_count,
from matched as c
join earlier.moved_row as m on m.rowid = c.row_id
group by all
order by all
