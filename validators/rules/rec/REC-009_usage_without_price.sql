/*
id = "REC-009"
title_zh = "用量的型号在合同中没有单价"
title_en = "Usage of a model that the contract has no price for"
article = "第七条、第十二条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 可计入的计量 {metered_gpu_hours} 卡时，其中型号为 {unpriced_models} 的 {unpriced_gpu_hours} 卡时在合同明细中没有单价（明细的型号：{priced_models}），未计入计量可支持的金额；计量可支持 {supported_yuan} 元，发票可计价税合计 {invoiced_yuan} 元，少 {amount_at_risk_yuan} 元；单价未定之前不以计量为限，按其余各项保留额度。"
because_en = "{metered_gpu_hours} card-hours of contract {contract_no} are metered and countable; {unpriced_gpu_hours} card-hours of them, of model {unpriced_models}, have no price in the contract's lines (models: {priced_models}) and support no sum. Metering supports {supported_yuan} yuan, invoiced {invoiced_yuan} yuan with tax, {amount_at_risk_yuan} yuan less; until the price is known metering is no bound, and what the other measures allow is reserved."
innocent_zh = [
    "同一种卡，日志与合同的型号写法不同，或日志没有写型号：请按设备清单的写法更正合同明细或日志，重新提交。",
    "经双方同意以别的型号代替：请提供补充协议，并在合同明细补录该型号及其单价。",
    "合同各型号同价：请将明细的型号留空，或逐个型号各列一行。",
]
innocent_en = [
    "One card under two names in log and contract, or none in the log: correct the contract lines or the log to the list of devices and hand in again.",
    "Another model was used by agreement: provide the supplement and add a contract line with that model and its price.",
    "All models have one price: leave the model of the line empty, or list a line for each.",
]
policy = []

[evidence]
contract_no = "合同编号"
unpriced_models = "没有单价的型号；— 为没有"
unpriced_gpu_hours = "其用量，卡时"
priced_models = "合同按卡计价的明细所写的型号；— 为没有"
metered_gpu_hours = "可计入的计量，卡时"
supported_yuan = "计量可支持的金额，元，含税；未知的为空"
invoiced_yuan = "本申请的发票可计价税合计，元"
amount_at_risk_yuan = "发票多出计量可支持的金额，元；不多的为零"

[[trace]]
relation = "reconciled.contract_price"
using = ["contract_no"]

[[trace]]
relation = "reconciled.interval"
using = ["contract_no"]
where = "list_contains(string_split(j.unpriced_models, '、'), coalesce(r.device_model, '未写型号'))"
*/
with models as (
    select
        contract_no,
        string_agg(distinct device_model, '、' order by device_model) as priced_models,
    from reconciled.contract_price
    where is_card_priced
    group by contract_no
),
compared as (
    select
        c.claim_id,
        c.contract_no,
        u.supported_yuan,
        u.has_usage and u.metered_line_count > 0 as is_metered,
        n.unpriced_units,
        n.unpriced_models,
        n.metered_units,
        n.is_beyond,
        m.priced_models,
        i.invoiced_gross_yuan as invoiced_yuan,
    from reconciled.claim_paper as c
    left join decided.support as u on u.contract_no = c.contract_no
    left join models as m on m.contract_no = c.contract_no
    left join decided.claim_unpriced as n using (claim_id)
    left join decided.claim_invoiced as i using (claim_id)
)
select
    claim_id as subject_id,
    case
        -- No contract, no card-hours to price, or nothing metered: other rules speak of that.
        when is_metered is not true then 'not_applicable'
        when not is_beyond then 'pass'
        when supported_yuan >= invoiced_yuan then 'pass'
        when supported_yuan < invoiced_yuan then 'flag'
        else 'unknown'
    end as verdict,
    contract_no,
    coalesce(unpriced_models, '—') as unpriced_models,
    reconciled.gpu_hours(unpriced_units) as unpriced_gpu_hours,
    coalesce(priced_models, '—') as priced_models,
    reconciled.gpu_hours(metered_units) as metered_gpu_hours,
    supported_yuan,
    cast(invoiced_yuan as decimal(18, 2)) as invoiced_yuan,
    cast(case
        when invoiced_yuan > supported_yuan then invoiced_yuan - supported_yuan
        when invoiced_yuan <= supported_yuan then 0
    end as decimal(18, 2)) as amount_at_risk_yuan,
from compared
