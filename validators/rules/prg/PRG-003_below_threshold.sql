/*
id = "PRG-003"
title_zh = "认定费用不足门槛"
title_en = "Recognised cost below the threshold"
article = "第七条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "申报费用 {claimed_cost_yuan} 元，发票价税合计 {invoiced_gross_yuan} 元（不含税 {invoiced_net_yuan} 元），计量可支持 {supported_yuan} 元，付款核对后以含税 {after_payment_yuan} 元为限；折合认定费用 {recognised_cost_yuan} 元，第七条要求 {threshold_yuan} 元以上（含）。型号在合同中没有单价、未计入的用量 {unpriced_gpu_hours} 卡时；申请列明而未收录的发票 {missing_invoice_count} 张。"
because_en = "Claimed {claimed_cost_yuan} yuan; invoiced {invoiced_gross_yuan} yuan with tax ({invoiced_net_yuan} yuan without); supported by metering {supported_yuan} yuan; bounded at {after_payment_yuan} yuan with tax. The recognised cost is {recognised_cost_yuan} yuan, and article 7 asks for at least {threshold_yuan} yuan. Usage of models that have no price in the contract, not counted: {unpriced_gpu_hours} card-hours; invoices named in the claim but not on file: {missing_invoice_count}."
innocent_zh = [
    "门槛按不含税费用计（解读 R10）；含税达到而不含税不足的，请主管部门明确口径。",
    "有发票、计量记录或付款凭证未报送，使认定偏低：请补齐后重报。",
]
innocent_en = [
    "The threshold is on the cost without tax (reading R10); where it is reached with tax only, the basis is for the bureau to make clear.",
    "Invoices, metering or proof of payment were not handed in, so less is recognised: complete and file again.",
]
policy = ["threshold.amount_yuan"]

[evidence]
contract_no = "合同编号"
claimed_cost_yuan = "申报实际费用，元"
invoiced_net_yuan = "开票金额（不含税），元"
invoiced_gross_yuan = "价税合计，元"
supported_yuan = "计量可支持的金额，元，含税；未知的为空"
after_payment_yuan = "以发票、计量、合同、付款为限之后，元，含税"
recognised_cost_yuan = "认定费用，元"
threshold_yuan = "门槛，元（含）"
missing_invoice_count = "申请列明而未收录的发票张数"
unpriced_gpu_hours = "型号在合同明细中没有单价、因而不支持金额的用量，卡时"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.contract"
using = ["contract_no"]

[[trace]]
relation = "reconciled.claim_invoice_use"
using = ["claim_id"]
*/
with bounded as (
    select
        r.*,
        c.claimed_subsidy_yuan,
        coalesce(i.missing_invoice_count, 0) as missing_invoice_count,
        coalesce(u.unpriced_units, 0) as unpriced_units,
        policy.number('threshold.amount_yuan', r.policy_on) as bound_yuan,
    from decided.recognition as r
    join reconciled.claim_paper as c using (claim_id)
    left join decided.claim_invoiced as i using (claim_id)
    left join decided.support as u on u.contract_no = r.contract_no
)
select
    claim_id as subject_id,
    case
        when threshold_base_yuan >= bound_yuan then 'pass'
        when claimed_cost_yuan < bound_yuan then 'flag'
        -- An invoice that is not on file may yet lift the cost.
        when invoiced_gross_yuan is null or missing_invoice_count > 0 then 'unknown'
        -- So may a price for the models that the contract does not name, where metering is what cuts and nothing cuts deeper.
        when unpriced_units > 0 and after_metering_yuan < after_invoice_yuan and after_payment_yuan = after_metering_yuan
            then 'unknown'
        when threshold_base_yuan < bound_yuan then 'flag'
        else 'unknown'
    end as verdict,
    contract_no,
    claimed_cost_yuan,
    invoiced_net_yuan,
    invoiced_gross_yuan,
    supported_yuan,
    after_payment_yuan,
    recognised_cost_yuan,
    cast(bound_yuan as decimal(18, 2)) as threshold_yuan,
    missing_invoice_count,
    reconciled.gpu_hours(unpriced_units) as unpriced_gpu_hours,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from bounded
