/*
id = "REL-001"
title_zh = "供需双方有关联"
title_en = "Demand and supply are related"
article = "第三条、第十七条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "申领单位 {applicant_id} 与服务机构 {provider_id} 在 {from_on} 至 {submitted_on} 期间由至多三步的关联信息相连（{steps} 步，共 {path_count} 条路径）：{path_zh}。只凭人名相连：{by_name_zh}。本办法对供需关联的处理：{action_zh}。"
because_en = "Applicant {applicant_id} and provider {provider_id} are connected by at most three items of party information between {from_on} and {submitted_on} ({steps} steps, {path_count} paths in all): {path_zh}. By a person's name alone: {by_name}. The policy's word for related parties: {action}."
innocent_zh = [
    "同名的两个人：请提供双方登记机关出具的身份核对证明，或在关联信息表中以证件号码的散列代替姓名。",
    "集团内部按市场价采购且确有用量：请提供比价或公示价依据、付款凭证和用量日志，由专家组判断。",
    "已变更的任职、股权或电话：请提供变更登记，并在关联信息表中补结束日期。",
]
innocent_en = [
    "Two people of one name: provide proof of identity from the registries, or put a hash of the id number in place of the name.",
    "Bought within a group at market price and truly used: provide the price basis, proof of payment and usage logs; the panel judges.",
    "A post, holding or telephone that has changed: provide the registration and add the end date.",
]
policy = [
    "related_party.action",
    "related_party.min_share_ratio",
    "related_party.address_firms_max",
    "related_party.state_words",
]

[evidence]
severity = "后果：办法写不予且不只凭人名的为建议不予，其余为暂缓待核"
contract_no = "合同编号"
applicant_id = "申领单位代码"
provider_id = "服务机构代码"
from_on = "所看期间之始：合同签订、券申领中较早者"
submitted_on = "所看期间之末：兑现申请提交日期"
steps = "最短的可靠路径的步数；同一法人为 0"
path_count = "可靠或只凭人名的路径数"
path_zh = "该路径所依据的关联信息；— 为没有"
by_name = "该路径有只凭人名相连的一步：yes、no"
by_name_zh = "同上：是、否"
action = "办法对供需关联的处理：flag、reject、ignore"
action_zh = "同上的中文"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "reconciled.related_row"
using = ["applicant_id", "provider_id", "path_zh"]
*/
-- The word of the policy decides the consequence; a person's name alone never refuses anybody.
with asked as (
    select
        *,
        coalesce(least(signed_on, cast(applied_at as date)), submitted_on) as from_on,
        policy.word('related_party.action', submitted_on) as action,
        policy.number('related_party.min_share_ratio', submitted_on) as least_ratio,
        policy.number('related_party.address_firms_max', submitted_on) as most_firms,
        replace(policy.word('related_party.state_words', submitted_on), ',', '|') as state_words,
    from reconciled.claim_paper
),
linked as (
    select
        a.claim_id,
        count(*) as path_count,
        arg_min(
            {'steps': r.steps, 'path_zh': r.path_zh, 'is_by_name': r.is_by_name},
            (r.is_by_name, r.steps, r.path_zh)
        ) as best,
    from asked as a
    join reconciled.related as r on r.subject_id = a.applicant_id and r.other_id = a.provider_id
    where r.share_ratio >= a.least_ratio
        and r.firm_count <= a.most_firms
        and not regexp_matches(r.via, a.state_words)
        and coalesce(r.valid_from <= a.submitted_on, true)
        and coalesce(r.valid_to >= a.from_on, true)
    group by a.claim_id
),
known as (
    select distinct subject_id from lake.party
),
looked_at as (
    select
        a.*,
        l.path_count,
        case when a.applicant_id = a.provider_id then 0 else l.best.steps end as steps,
        case when a.applicant_id = a.provider_id then '两方为同一法人' else l.best.path_zh end as path_zh,
        case when a.applicant_id = a.provider_id then false else l.best.is_by_name end as is_by_name,
        u.subject_id is not null and p.subject_id is not null as is_known,
    from asked as a
    left join linked as l using (claim_id)
    left join known as u on u.subject_id = a.applicant_id
    left join known as p on p.subject_id = a.provider_id
)
select
    claim_id as subject_id,
    case
        when action = 'ignore' then 'not_applicable'
        when steps >= 0 then 'flag'
        when not is_known then 'not_applicable'
        when is_known and steps is null then 'pass'
    end as verdict,
    case when action = 'reject' and not is_by_name then 'block' else 'hold' end as severity,
    contract_no,
    applicant_id,
    provider_id,
    from_on,
    submitted_on,
    steps,
    coalesce(path_count, 0) as path_count,
    coalesce(path_zh, '—') as path_zh,
    case when is_by_name then 'yes' else 'no' end as by_name,
    case when is_by_name then '是' else '否' end as by_name_zh,
    action,
    case action when 'flag' then '提示并暂缓' when 'reject' then '不予' when 'ignore' then '不看' end as action_zh,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from looked_at
