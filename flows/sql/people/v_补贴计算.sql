/*
title_zh = "补贴计算"
grain_zh = "每笔申请每步一行"
view = true
[columns]
"申请编号" = "申请编号"
"步骤" = "步骤号"
"名称" = "步骤名称"
"金额" = "该步之后的金额，元"
"条款" = "条款"
"说明" = "说明"
*/
select
    claim_id as 申请编号,
    step_no as 步骤,
    title_zh as 名称,
    amount_yuan as 金额,
    article as 条款,
    note_zh as 说明,
from published.waterfall
order by claim_id, step_no
