/*
id = "PRG-003"
title_zh = "认定费用不足门槛"
title_en = "Recognised cost below the threshold"
article = "第七条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "申报费用 {claimed_cost_yuan} 元，发票价税合计 {invoiced_gross_yuan} 元（不含税 {invoiced_net_yuan} 元），计量可支持 {supported_yuan} 元，付款核对后以含税 {after_payment_yuan} 元为限；折合认定费用 {cost_zh}，第七条要求 {threshold_yuan} 元以上（含）。型号在合同中没有单价、未计入的用量 {unpriced_gpu_hours} 卡时；申请列明而未收录的发票 {missing_invoice_count} 张。"
because_en = "Claimed {claimed_cost_yuan} yuan; invoiced {invoiced_gross_yuan} yuan with tax ({invoiced_net_yuan} yuan without); supported by metering {supported_yuan} yuan; bounded at {after_payment_yuan} yuan with tax. The recognised cost is {cost_en}, and article 7 asks for at least {threshold_yuan} yuan. Usage of models that have no price in the contract, not counted: {unpriced_gpu_hours} card-hours; invoices named in the claim but not on file: {missing_invoice_count}."
unknown_zh = [
    "申报费用 {claimed_cost_yuan} 元；已收到的发票价税合计 {invoiced_gross_yuan} 元（不含税 {invoiced_net_yuan} 元），申请列明而未收录的发票 {missing_invoice_count} 张；计量可支持 {supported_yuan} 元，型号在合同中没有单价、未计入的用量 {unpriced_gpu_hours} 卡时。补齐之后认定费用是否在 {threshold_yuan} 元以上（含）看不出。请补交所缺的发票、用量日志、代付说明，或没有单价的型号的约定。",
]
unknown_en = [
    "Claimed {claimed_cost_yuan} yuan; the invoices on file come to {invoiced_gross_yuan} yuan with tax ({invoiced_net_yuan} yuan without), and {missing_invoice_count} named in the claim are not on file; metering supports {supported_yuan} yuan, and {unpriced_gpu_hours} card-hours of models without a price in the contract are not counted. Whether the cost reaches {threshold_yuan} yuan once all is there cannot be seen. Please hand in the missing invoices, the usage log, a note on who paid for whom, or what was agreed for the models without a price.",
]
innocent_zh = [
    "门槛按不含税费用计（解读 R10）；含税达到而不含税不足的，请主管部门明确口径。",
    "有发票、计量记录或付款凭证未报送，使认定偏低：请补齐后重报。",
    "由他人代付而使认定偏低：请补代付说明，由专家组定夺（REC-005）。",
]
innocent_en = [
    "The threshold is on the cost without tax (reading R10); where it is reached with tax only, the basis is for the bureau to make clear.",
    "Invoices, metering or proof of payment were not handed in, so less is recognised: complete and file again.",
    "Somebody else paid, so less is recognised: add the note on who paid for whom, for the panel to decide (REC-005).",
]
policy = ["threshold.amount_yuan", "threshold.scope"]

[evidence]
contract_no = "合同编号"
claimed_cost_yuan = "申报实际费用，元"
invoiced_net_yuan = "开票金额（不含税），元"
invoiced_gross_yuan = "价税合计，元"
supported_yuan = "计量可支持的金额，元，含税；未知的为空"
after_payment_yuan = "以发票、计量、合同、付款为限之后，元，含税"
recognised_cost_yuan = "认定费用，元"
threshold_base_yuan = "与门槛相比的费用，元：本合同的，或上限的同一主体全年合计的"
cost_zh = "句中所称：认定费用；按全年合计比的，连同其合计"
cost_en = "句中所称，英文"
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
        -- An invoice that is not on file may yet lift the cost; so may a price for the models that the contract does not
        -- name, where metering is what cuts and nothing cuts deeper; so may people who let another payer stand.
        r.invoiced_gross_yuan is null
            or coalesce(i.missing_invoice_count > 0, false)
            or coalesce(u.unpriced_units > 0 and r.after_metering_yuan < r.after_invoice_yuan
                and r.after_payment_yuan = r.after_metering_yuan, false)
            or coalesce(p.third_party_yuan > 0 and r.after_payment_yuan < r.after_contract_yuan, false) as may_rise,
        policy.word('threshold.scope', r.policy_on) = 'applicant_year' as is_of_year,
        policy.number('threshold.amount_yuan', r.policy_on) as bound_yuan,
    from decided.recognition as r
    join reconciled.claim_paper as c using (claim_id)
    left join decided.claim_invoiced as i using (claim_id)
    left join decided.support as u on u.contract_no = r.contract_no
    left join reconciled.contract_payment as p on p.contract_no = r.contract_no
),
-- At most what it claims; of a contract claimed twice the larger.
risen as (
    select
        *,
        case when may_rise then claimed_cost_yuan else recognised_cost_yuan end as risen_yuan,
        row_number() over (
            partition by policy_year, entity_id, contract_no order by risen_yuan desc, claim_id
        ) = 1 as is_counted,
    from bounded
    left join decided.cap_entity using (policy_year, applicant_id)
),
reaching as (
    select
        *,
        case
            when is_of_year then sum(risen_yuan) filter (where is_counted) over (partition by policy_year, entity_id)
            else risen_yuan
        end as reach_yuan,
    from risen
)
select
    claim_id as subject_id,
    case
        when threshold_base_yuan >= bound_yuan then 'pass'
        when reach_yuan < bound_yuan then 'flag'
        else 'unknown'
    end as verdict,
    contract_no,
    claimed_cost_yuan,
    invoiced_net_yuan,
    invoiced_gross_yuan,
    supported_yuan,
    after_payment_yuan,
    recognised_cost_yuan,
    threshold_base_yuan,
    concat(recognised_cost_yuan, ' 元', case when is_of_year then '，单位全年合计 ' || threshold_base_yuan || ' 元' end) as cost_zh,
    concat(
        recognised_cost_yuan, ' yuan', case when is_of_year then ', ' || threshold_base_yuan || ' yuan in the applicant''s year' end
    ) as cost_en,
    cast(bound_yuan as decimal(18, 2)) as threshold_yuan,
    missing_invoice_count,
    reconciled.gpu_hours(unpriced_units) as unpriced_gpu_hours,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from reaching
