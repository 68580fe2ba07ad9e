/*
title_zh = "专家意见"
grain_zh = "每笔有意见的申请一行：最近的一条"
[columns]
claim_id = "申请编号"
decided_at = "审查时间"
panellist = "专家"
decision = "意见：approve 通过，adjust 核减，reject 不予，ask 补充材料"
adjusted_yuan = "核定金额，元；未核减的为空"
reason = "理由"
override_reason = "推翻否决项的理由；没有的为空"
decided_check_code = "作出意见时的核对码；未写的为空"
check_code = "现在的核对码；没有这笔申请的为空"
is_current = "核对码仍相同：数字在作出意见之后没有变"
decided_proposed_yuan = "作出意见时的建议补贴，元；未写的为空"
proposed_subsidy_yuan = "现在的建议补贴，元；没有这笔申请的为空"
disposition = "现在的处理建议"
payable_yuan = "可兑付金额，元；不超过建议补贴，不可兑付的为 0.00"
obstacle_zh = "不可兑付的原因；可兑付的为空"
*/
-- What was checked when the sheet was taken in is asked again here: a file may have come into the inbox without that check.
with latest as (
    select
        *,
        policy.word('panel.benefit', cast(decided_at as date)) as benefit,
        policy.number('panel.reason_min_chars', cast(decided_at as date)) as min_chars,
    from published.decision_history
    where is_latest
),
weighed as (
    select
        *,
        case
            when check_code is null then '没有这笔申请'
            when decision = 'ask' then '专家组要求补充材料'
            when decision = 'reject' then '专家组不予兑付'
            when not is_current then '作出意见之后数字有变，须重新确认'
            when tie_zh is not null then '专家与当事人有关联：' || tie_zh
            when benefit = 'required' and length(trim(reason)) < min_chars then '未写明算力赋能效益等理由'
            when disposition = 'reject' and coalesce(length(trim(override_reason)), 0) < min_chars then '否决项成立而未写明推翻理由'
            when decision = 'adjust' and adjusted_yuan is null then '核减而未填核定金额'
            when decision = 'adjust' and adjusted_yuan <= 0 then '核定金额为零'
            when proposed_subsidy_yuan <= 0 then '建议补贴为零'
        end as obstacle_zh,
    from latest
)
select
    claim_id,
    decided_at,
    panellist,
    decision,
    adjusted_yuan,
    reason,
    override_reason,
    decided_check_code,
    check_code,
    is_current,
    decided_proposed_yuan,
    proposed_subsidy_yuan,
    disposition,
    cast(case
        when obstacle_zh is not null then 0
        when decision = 'approve' then proposed_subsidy_yuan
        when decision = 'adjust' then least(adjusted_yuan, proposed_subsidy_yuan)
        else 0
    end as decimal(18, 2)) as payable_yuan,
    obstacle_zh,
from weighed
order by claim_id
