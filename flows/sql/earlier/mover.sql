/*
title_zh = "两次运行之间在先后次序中变动的申请"
grain_zh = "每笔变动的申请一行"
[columns]
claim_id = "申请编号"
policy_year = "年度"
applicant_id = "申领单位代码"
before_position = "上次的位次；没有这笔申请的为空"
after_position = "这次的位次；没有这笔申请的为空"
before_yuan = "上次占用的金额（上限与总额之前），元；不予的为零"
after_yuan = "这次占用的金额（上限与总额之前），元；不予的为零"
is_root = "因自身而变动；否则只是上限的核减随他人而变"
said_zh = "变动的说明"
*/
with paired as (
    select
        coalesce(n.claim_id, e.claim_id) as claim_id,
        coalesce(n.policy_year, e.policy_year) as policy_year,
        coalesce(n.applicant_id, e.applicant_id) as applicant_id,
        e.queue_position as before_position,
        n.queue_position as after_position,
        case when e.disposition <> 'reject' then e.subsidy_before_caps_yuan else 0 end as before_yuan,
        case when n.disposition <> 'reject' then n.subsidy_before_caps_yuan else 0 end as after_yuan,
        n.applicant_cap_cut_yuan is distinct from e.applicant_cap_cut_yuan as is_cut_moved,
        n.queue_at is distinct from e.queue_at as is_turn_moved,
    from published.claim as n
    full join earlier.claim as e on e.claim_id = n.claim_id
    where exists (from earlier.figure_name)
),
weighed as (
    select
        *,
        before_position is null or after_position is null or is_turn_moved or before_yuan <> after_yuan as is_root,
    from paired
)
select
    claim_id,
    policy_year,
    applicant_id,
    before_position,
    after_position,
    before_yuan,
    after_yuan,
    is_root,
    claim_id || case
        when before_position is null then '（新出现，位次 ' || after_position || '）'
        when after_position is null then '（不再出现，原位次 ' || before_position || '）'
        when before_yuan <> after_yuan then '（位次 ' || after_position || '，占用 ' || before_yuan || ' → ' || after_yuan || ' 元）'
        when is_turn_moved then '（位次 ' || before_position || ' → ' || after_position || '）'
        else '（位次 ' || after_position || '，核减有变）'
    end as said_zh,
from weighed
where is_root or is_cut_moved
order by claim_id
