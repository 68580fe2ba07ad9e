/*
title_zh = "专家意见"
grain_zh = "每笔有意见的申请一行：最近的一条"
no_rows_without = ["published.decision_history"]
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
redeemed_yuan = "已兑现金额，元；未兑现的为 0.00"
disposition = "现在的处理建议"
payable_yuan = "可兑付金额，元；不超过建议补贴（推翻否决的，不超过上限与总额之余）减已兑现，不可兑付的为 0.00"
obstacle_zh = "不可兑付的原因；可兑付的为空"
*/
-- What was checked when the sheet was taken in is asked again here: a file may have come into the inbox without that check.
-- What was paid is not paid again: one redemption per voucher, or what is left of the sum (R31).
with latest as (
    select
        h.*,
        coalesce(r.redeemed_yuan, 0) as redeemed_yuan,
        coalesce(a.allowed_yuan, h.proposed_subsidy_yuan) as due_yuan,
        a.twin_claims,
        policy.word('redeem.partial', cast(h.decided_at as date)) as partial,
        policy.word('panel.benefit', cast(h.decided_at as date)) as benefit,
        policy.number('panel.reason_min_chars', cast(h.decided_at as date)) as min_chars,
    from published.decision_history as h
    left join reconciled.claim_redeemed as r using (claim_id)
    left join published.allowance as a using (claim_id)
    where h.is_latest
),
-- A claim that only waits for the end of an entry (ELG-004) is not paid before it.
barred as (
    select
        l.claim_id,
        string_agg(distinct m.entry, '；' order by m.entry) as entries_zh,
    from latest as l
    join decided.blacklist_match as m
        on m.claim_id = l.claim_id
        and cast(l.decided_at as date) between m.listed_on and coalesce(m.expires_on, cast(l.decided_at as date))
    where m.is_by_code and policy.word('credit.test_dates', m.submitted_on) = 'every_step'
    group by l.claim_id
),
weighed as (
    select
        *,
        case
            when check_code is null then '没有这笔申请'
            when conflict_zh is not null then '同一时刻的意见不一（' || conflict_zh || '），须重新确认'
            when decision = 'ask' then '专家组要求补充材料'
            when decision = 'reject' then '专家组不予兑付'
            when redeemed_yuan > 0 and partial = 'no' then '已兑现 ' || redeemed_yuan || ' 元'
            when not is_current then '作出意见之后数字有变，须重新确认'
            when tie_zh is not null then '专家与当事人有关联：' || tie_zh
            when benefit = 'required' and coalesce(length(trim(reason)), 0) < min_chars then '未写明算力赋能效益等理由'
            when disposition = 'reject' and coalesce(length(trim(override_reason)), 0) < min_chars then '否决项成立而未写明推翻理由'
            when entries_zh is not null and coalesce(length(trim(override_reason)), 0) < min_chars
                then '审查之日在信用名单上（' || entries_zh || '）而未写明推翻理由'
            when decision = 'adjust' and adjusted_yuan is null then '核减而未填核定金额'
            when decision = 'adjust' and adjusted_yuan <= 0 then '核定金额为零'
            when twin_claims is not null then '同一合同另有可兑付的申请 ' || twin_claims
            when due_yuan <= 0 then '建议补贴为零'
            when redeemed_yuan >= least(coalesce(adjusted_yuan, due_yuan), due_yuan) then '已兑现 ' || redeemed_yuan || ' 元'
        end as obstacle_zh,
    from latest
    left join barred using (claim_id)
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
    cast(redeemed_yuan as decimal(18, 2)) as redeemed_yuan,
    disposition,
    cast(case
        when obstacle_zh is not null then 0
        when decision = 'approve' then due_yuan - redeemed_yuan
        when decision = 'adjust' then least(adjusted_yuan, due_yuan) - redeemed_yuan
        else 0
    end as decimal(18, 2)) as payable_yuan,
    obstacle_zh,
from weighed
order by claim_id
