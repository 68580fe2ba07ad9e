/*
title_zh = "申请已兑现的金额"
grain_zh = "每笔已兑现的申请一行"
no_rows_without = ["reconciled.earlier_grant"]
[columns]
claim_id = "申请编号"
redeemed_yuan = "已兑现金额，元"
redeemed_on = "兑现所据的专家意见之日：最近一条通过或核减的意见；未收录的为空"
row_count = "往期兑现表中的行数"
file_sha256 = "来源文件；不止一行的取最先的一行"
row_no = "来源行号"
*/
with decided_on as (
    select claim_id, cast(max(decided_at) as date) as decided_on
    from lake.decision
    where decision in ('approve', 'adjust')
    group by claim_id
)
select
    g.claim_id,
    cast(sum(g.redeemed_yuan) as decimal(18, 2)) as redeemed_yuan,
    any_value(d.decided_on) as redeemed_on,
    count(*) as row_count,
    arg_min(g.file_sha256, (g.file_sha256, g.row_no)) as file_sha256,
    arg_min(g.row_no, (g.file_sha256, g.row_no)) as row_no,
from reconciled.earlier_grant as g
left join decided_on as d using (claim_id)
where g.claim_id is not null and g.redeemed_yuan > 0
group by g.claim_id
