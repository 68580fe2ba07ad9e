/*
title_zh = "专家意见"
grain_zh = "每笔有意见的申请一行"
view = true
[columns]
"申请编号" = "申请编号"
"审查时间" = "审查时间"
"专家" = "专家"
"意见" = "意见"
"核定金额" = "核定金额，元"
"理由" = "理由"
"推翻理由" = "推翻否决项的理由"
"仍有效" = "数字在作出意见之后没有变"
"可兑付金额" = "可兑付金额，元"
"不可兑付的原因" = "不可兑付的原因"
*/
select
    claim_id as 申请编号,
    decided_at as 审查时间,
    panellist as 专家,
    case decision when 'approve' then '通过' when 'adjust' then '核减' when 'reject' then '不予' when 'ask' then '补充材料' end as 意见,
    adjusted_yuan as 核定金额,
    reason as 理由,
    override_reason as 推翻理由,
    is_current as 仍有效,
    payable_yuan as 可兑付金额,
    obstacle_zh as 不可兑付的原因,
from published.decision
order by claim_id
