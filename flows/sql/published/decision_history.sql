/*
title_zh = "专家意见的全部记录"
grain_zh = "每条专家意见一行，先后俱在"
no_rows_without = ["lake.decision", "lake.input_file"]
[columns]
claim_id = "申请编号"
decided_at = "审查时间"
panellist = "专家"
decision = "意见：approve 通过，adjust 核减，reject 不予，ask 补充材料"
adjusted_yuan = "核定金额，元；未核减的为空"
reason = "理由"
override_reason = "推翻否决项的理由；没有的为空"
is_latest = "是否该申请最近的一条意见；同一时刻有几条的，取其一"
conflict_zh = "该申请在同一时刻的不同意见；没有的为空"
decided_check_code = "作出意见时的核对码；未写的为空"
check_code = "现在的核对码；没有这笔申请的为空"
is_current = "核对码仍相同：数字在作出意见之后没有变"
decided_proposed_yuan = "作出意见时的建议补贴，元；未写的为空"
proposed_subsidy_yuan = "现在的建议补贴，元；没有这笔申请的为空"
disposition = "现在的处理建议"
tie_zh = "专家与当事人的关联；没有的为空"
file_sha256 = "来源文件的 SHA-256"
file_name = "来源文件名（收件箱内）"
row_no = "来源行号，自 1 起"
*/
with named as (
    select distinct
        claim_id,
        panellist,
        unnest(reconciled.names_in(panellist)) as name,
    from lake.decision
),
tied as (
    select
        n.claim_id,
        n.panellist,
        string_agg(distinct p.subject_name || '的' || p.relation_zh, '、' order by p.subject_name || '的' || p.relation_zh) as tie_zh,
    from named as n
    join reconciled.claim_person as p on p.claim_id = n.claim_id and reconciled.bare_name(p.person) = n.name
    group by n.claim_id, n.panellist
),
worded as (
    select
        *,
        case decision
            when 'approve' then '通过'
            when 'adjust' then '核减为 ' || coalesce(cast(adjusted_yuan as varchar), '未填') || ' 元'
            when 'ask' then '补充材料'
            when 'reject' then '不予'
        end as outcome_zh,
        case decision when 'approve' then 1 when 'adjust' then 2 when 'ask' then 3 else 4 end as outcome_no,
    from lake.decision
),
split as (
    select
        claim_id,
        decided_at,
        string_agg(distinct panellist || ' ' || outcome_zh, '、' order by panellist || ' ' || outcome_zh) as conflict_zh,
    from worded
    group by claim_id, decided_at
    having count(distinct outcome_zh) > 1
),
-- Of decisions at one instant none is the later, whatever file or row it stands in: one that could take effect stands for
-- those that agree, and for those that do not the one that leaves the claim its place and takes nothing back.
placed as (
    select
        d.*,
        f.file_name,
        x.conflict_zh,
        t.tie_zh,
        left(lower(d.figures_sha256), 16) as decided_check_code,
        s.check_code,
        coalesce(left(lower(d.figures_sha256), 16) = s.check_code, false) as is_current,
        row_number() over (
            partition by d.claim_id
            order by d.decided_at desc, d.outcome_no, d.adjusted_yuan desc nulls last, is_current desc,
                t.tie_zh is not null, coalesce(length(trim(d.override_reason)), 0) desc, length(trim(d.reason)) desc,
                d.panellist, d.reason, d.override_reason, d.figures_sha256, d.proposed_subsidy_yuan, d.file_sha256, d.sheet,
                d.row_no
        ) as age_no,
    from worded as d
    join lake.input_file as f using (file_sha256)
    left join published.claim_state as s using (claim_id)
    left join split as x on x.claim_id = d.claim_id and x.decided_at = d.decided_at
    left join tied as t on t.claim_id = d.claim_id and t.panellist = d.panellist
)
select
    d.claim_id,
    d.decided_at,
    d.panellist,
    d.decision,
    d.adjusted_yuan,
    d.reason,
    d.override_reason,
    d.age_no = 1 as is_latest,
    d.conflict_zh,
    d.decided_check_code,
    d.check_code,
    d.is_current,
    d.proposed_subsidy_yuan as decided_proposed_yuan,
    c.proposed_subsidy_yuan,
    c.disposition,
    d.tie_zh,
    d.file_sha256,
    d.file_name,
    d.row_no,
from placed as d
left join published.claim as c using (claim_id)
order by d.claim_id, d.age_no desc
