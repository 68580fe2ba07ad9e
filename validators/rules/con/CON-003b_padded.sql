/*
id = "CON-003b"
title_zh = "以其他项目凑足门槛"
title_en = "Threshold reached only with other items"
article = "第六条、第七条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 含税总额 {total_yuan} 元，其中算力与技术支撑之外的项目 {other_count} 项（{other_items}），{other_yuan} 元；算力与技术支撑合计 {eligible_yuan} 元，第七条要求购买算力的费用 {threshold_yuan} 元以上（含）。"
because_en = "Contract {contract_no} comes to {total_yuan} yuan with tax, of which {other_count} item(s) that are neither compute nor its support ({other_items}) make up {other_yuan} yuan; compute and its support come to {eligible_yuan} yuan, and article 7 asks for a cost of compute of at least {threshold_yuan} yuan."
unknown_zh = [
    "合同 {contract_no} 含税总额 {total_yuan} 元，明细中算力与技术支撑之外的项目 {other_count} 项（{other_items}），其中有未约定数量的；扣除之后是否仍在 {threshold_yuan} 元以上（含）看不出。请补写其数量或金额。",
    "合同 {contract_no} 或其明细未收到，其中有没有算力与技术支撑之外的项目、其余是否在 {threshold_yuan} 元以上（含）无从核对。请补交合同及明细。",
]
unknown_en = [
    "Contract {contract_no} comes to {total_yuan} yuan with tax; {other_count} of its item(s) are neither compute nor its support ({other_items}), some of them without a quantity, so whether {threshold_yuan} yuan remain without them cannot be seen. Please add their quantity or sum.",
    "Contract {contract_no} or its lines are not on file, so whether it has items that are neither compute nor its support, and whether the rest reaches {threshold_yuan} yuan, cannot be checked. Please hand in the contract and its lines.",
]
innocent_zh = [
    "租用装有加速卡的服务器而名称只写“服务器”：请提供合同明细或账单写明按卡时计价。",
    "存储、带宽是算力套餐的一部分、未单独计价：请提供套餐说明和计价条款。",
    "其他项目为本次服务所必需：是否计入费用请主管部门明确（解读 R05）。",
]
innocent_en = [
    "A server with accelerator cards was rented and is called “server” only: provide contract lines or a bill priced in card-hours.",
    "Storage and bandwidth are part of a package without a price of their own: provide the package and price clauses.",
    "The other items are needed for this service: whether they count is for the bureau to make clear (reading R05).",
]
policy = ["threshold.amount_yuan", "threshold.scope", "scope.other_items"]

[evidence]
contract_no = "合同编号"
total_yuan = "合同含税总额（含补充合同），元；未约定总价的取明细合计，明细也未约定数量的为空"
other_count = "合同明细中算力与技术支撑之外的项目数"
other_items = "其名称，至多列五种；— 为没有"
other_yuan = "其中已约定数量的含税金额，元"
eligible_yuan = "算力与技术支撑的含税金额，元：总额减其他项目，或明细合计，取高；认不出的项目计在内"
threshold_yuan = "门槛，元（含）"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.contract"
using = ["contract_no"]

[[trace]]
relation = "lake.contract_line"
using = ["contract_no"]
*/
-- Amounts are with tax, as contracts state them: what falls short with tax falls shorter without.
with asked as (
    select
        c.*,
        coalesce(u.supplement_yuan, 0) as supplement_yuan,
        policy.number('threshold.amount_yuan', c.submitted_on) as bound_yuan,
        policy.word('threshold.scope', c.submitted_on) as scope_reading,
        policy.word('scope.other_items', c.submitted_on) as other_reading,
    from reconciled.claim_paper as c
    left join reconciled.contract_supplement as u on u.contract_no = c.contract_no
),
-- What no word tells apart is taken for compute, as by ELG-009.
counted as (
    select
        claim_id,
        count(*) as line_count,
        count(distinct item) filter (where kind = 'other') as other_count,
        array_to_string(list(distinct item order by item) filter (where kind = 'other')[1:5], '、') as other_items,
        coalesce(sum(yuan) filter (where kind = 'other'), 0) as other_yuan,
        coalesce(sum(yuan) filter (where kind is distinct from 'other'), 0) as eligible_line_yuan,
        count(*) filter (where yuan is null) > 0 as is_open,
        count(*) filter (where kind = 'other' and yuan is null) > 0 as is_other_open,
    from decided.scope_line
    where source = 'contract'
    group by claim_id
),
totalled as (
    select
        a.*,
        s.* exclude (claim_id),
        coalesce(a.contract_amount_yuan, case when not s.is_open then s.other_yuan + s.eligible_line_yuan end)
            + a.supplement_yuan as total_yuan,
    from asked as a
    left join counted as s using (claim_id)
),
-- A discount on the whole is taken off the other items first.
parted as (
    select
        *,
        greatest(total_yuan - other_yuan, eligible_line_yuan + supplement_yuan) as eligible_yuan,
    from totalled
)
select
    claim_id as subject_id,
    case
        when scope_reading = 'applicant_year' or other_reading = 'include' then 'not_applicable'
        when not has_contract then 'unknown'
        when total_yuan < bound_yuan then 'pass'
        when line_count is null then 'unknown'
        when total_yuan is null and other_count > 0 then 'not_applicable'
        when other_count = 0 then 'pass'
        when eligible_yuan < bound_yuan then 'flag'
        when eligible_line_yuan + supplement_yuan >= bound_yuan or not is_other_open then 'pass'
        else 'unknown'
    end as verdict,
    contract_no,
    cast(total_yuan as decimal(18, 2)) as total_yuan,
    coalesce(other_count, 0) as other_count,
    coalesce(nullif(other_items, ''), '—') as other_items,
    cast(other_yuan as decimal(18, 2)) as other_yuan,
    cast(eligible_yuan as decimal(18, 2)) as eligible_yuan,
    cast(bound_yuan as decimal(18, 2)) as threshold_yuan,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from parted
