/*
id = "CON-005"
title_zh = "开票超过合同金额"
title_en = "Invoiced above the contract's value"
article = "第七条、第十二条"
severity = "adjust"
status = "active"
subject = "claim"
because_zh = "申请所用发票价税合计（冲减红字后）为 {invoiced_gross_yuan} 元，合同 {contract_no} 含税金额为 {contract_amount_yuan} 元，补充协议 {supplement_yuan} 元；超出的 {amount_at_risk_yuan} 元没有合同依据，不应计入。"
because_en = "The invoices of the claim come to {invoiced_gross_yuan} yuan with tax, net of red letters; contract {contract_no} is for {contract_amount_yuan} yuan and its supplements for {supplement_yuan} yuan. The {amount_at_risk_yuan} yuan above have no contract behind them and should not count."
unknown_zh = [
    "申请所用发票价税合计（冲减红字后）为 {invoiced_gross_yuan} 元；合同 {contract_no} 未收到，是否超出合同金额无从比较。请补交合同。",
    "合同 {contract_no} 含税金额为 {contract_amount_yuan} 元，补充协议 {supplement_yuan} 元；申请所用发票的金额未知，是否超出无从比较。请补交发票。",
]
unknown_en = [
    "The invoices of the claim come to {invoiced_gross_yuan} yuan with tax, net of red letters; contract {contract_no} is not on file, so whether they are above it cannot be compared. Please hand in the contract.",
    "Contract {contract_no} is for {contract_amount_yuan} yuan and its supplements for {supplement_yuan} yuan; what the invoices of the claim come to is unknown, so whether they are above it cannot be compared. Please hand in the invoices.",
]
innocent_zh = [
    "增购服务已签补充协议而未报送：请提供补充协议，并在合同表中以原合同编号为框架合同编号登记。",
    "合同按用量计价、所载金额只是估算：请提供计价条款，并更正合同金额一栏。",
]
innocent_en = [
    "More service was agreed in a supplement that was not handed in: provide it and register it with the contract as its parent.",
    "The contract is priced by use and its amount an estimate: provide the clause and correct the amount.",
]

[evidence]
contract_no = "合同编号"
invoiced_gross_yuan = "申请所用发票价税合计（冲减红字后），元"
contract_amount_yuan = "合同含税金额，元；未约定的为空"
supplement_yuan = "补充协议含税金额合计，元：以该合同为框架合同、当事人相同（总机构与其分支机构算相同）、自身未被申领的合同"
amount_at_risk_yuan = "超出金额，元，含税；未超出的为零"

[[trace]]
relation = "lake.contract"
using = ["contract_no"]

[[trace]]
relation = "reconciled.claim_invoice_use"
using = ["claim_id"]
*/
select
    a.claim_id as subject_id,
    case
        when not a.has_contract then 'unknown'
        when a.contract_amount_yuan is null then 'not_applicable'
        when i.invoiced_gross_yuan > a.contract_amount_yuan + coalesce(u.supplement_yuan, 0) then 'flag'
        when i.invoiced_gross_yuan <= a.contract_amount_yuan + coalesce(u.supplement_yuan, 0) then 'pass'
        else 'unknown'
    end as verdict,
    a.contract_no,
    i.invoiced_gross_yuan,
    a.contract_amount_yuan,
    coalesce(u.supplement_yuan, 0) as supplement_yuan,
    cast(greatest(0, i.invoiced_gross_yuan - a.contract_amount_yuan - coalesce(u.supplement_yuan, 0)) as decimal(18, 2)) as amount_at_risk_yuan,
from reconciled.claim_paper as a
left join decided.claim_invoiced as i using (claim_id)
left join reconciled.contract_supplement as u on u.contract_no = a.contract_no
