/*
id = "PRG-007"
title_zh = "合同签于办法施行之前"
title_en = "Contract signed before the instrument took effect"
article = "第十八条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 签订于 {signed_on}，办法自 {in_force_from} 起施行；施行前签订的合同是否适用，条文未写明（解读 R38）。"
because_en = "Contract {contract_no} was signed on {signed_on}, and the instrument is in force from {in_force_from}; the text does not say whether contracts signed before are covered (reading R38)."
innocent_zh = [
    "合同签于施行之前而服务全部在施行之后：请主管部门明确适用范围。",
    "签订日期误填：请提供合同原件签署页。",
]
innocent_en = [
    "Signed before the regulation took effect, with all service after it: the scope is for the bureau to make clear.",
    "The date of signing is filled in wrongly: provide the signature page of the original.",
]
policy = ["contract.signed_before"]

[evidence]
severity = "后果：解读 R38 取“暂缓，交专家组”的为暂缓待核，取“不予”的为建议不予"
contract_no = "合同编号"
signed_on = "签订日期"
in_force_from = "办法施行日"
starts_on = "合同开始日期"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.contract"
using = ["contract_no"]
*/
with asked as (
    select c.*, i.valid_from as in_force_from, policy.word('contract.signed_before', c.submitted_on) as reading
    from reconciled.claim_paper as c
    cross join policy.instrument as i
)
select
    claim_id as subject_id,
    case
        when not has_contract then 'unknown'
        when signed_on >= in_force_from then 'pass'
        when reading = 'count' then 'pass'
        when signed_on < in_force_from then 'flag'
        else 'unknown'
    end as verdict,
    case reading when 'reject' then 'block' else 'hold' end as severity,
    contract_no,
    signed_on,
    in_force_from,
    starts_on,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from asked
