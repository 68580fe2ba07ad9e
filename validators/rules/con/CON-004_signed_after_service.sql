/*
id = "CON-004"
title_zh = "合同签订晚于用量或开票"
title_en = "Contract signed after the first usage or invoice"
article = "第十一条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 的签订日期为 {agreed_on}，计入的用量始于 {first_usage_on}，最早发票开于 {first_invoice_on}；签订比其中较早者晚 {late_day_count} 天。"
because_en = "Contract {contract_no} is dated {agreed_on}; the usage that counts begins on {first_usage_on} and the first invoice is dated {first_invoice_on}; the signature comes {late_day_count} days after the earlier of the two."
unknown_zh = [
    "合同 {contract_no} 签订于 {agreed_on}；没有计入的用量，也没有可用的发票，签订与二者的先后无从比较。请补交用量日志或发票。",
    "合同 {contract_no} 的签订日期为 {agreed_on}（合同未收到，或未写签订日期），计入的用量始于 {first_usage_on}，最早发票开于 {first_invoice_on}；孰先孰后无从比较。请补交合同。",
]
unknown_en = [
    "Contract {contract_no} is dated {agreed_on}; no usage counts and no invoice is of use, so there is nothing to compare the date with. Please hand in the usage log or the invoices.",
    "Contract {contract_no} is dated {agreed_on} (it is not on file, or bears no date); the usage that counts begins on {first_usage_on} and the first invoice is dated {first_invoice_on}: which came first cannot be compared. Please hand in the contract.",
]
innocent_zh = [
    "先按意向书或试用协议提供服务、随后补签正式合同：请提供意向书、试用协议或往来函件。",
    "纸质合同的签订日期误填，或以盖章日为准：请提供电子签约记录或用印登记。",
]
innocent_en = [
    "Service began under a letter of intent or a trial and the contract was signed later: provide the letter, the agreement or the correspondence.",
    "A paper contract's date is wrong, or the day of the seal counts: provide the record of signing or sealing.",
]

[evidence]
contract_no = "合同编号"
agreed_on = "签订日期；框架合同下的订单取框架合同签订日期与其自身中较早者"
first_usage_on = "计入的最早用量日；— 为没有"
first_invoice_on = "申请所用发票（未作废、未全额红冲）的最早开票日；— 为没有"
late_day_count = "签订晚于二者中较早者的天数"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.contract"
using = ["contract_no"]

[[trace]]
relation = "reconciled.interval"
using = ["contract_no"]
where = "cast(r.started_at as date) < j.agreed_on"

[[trace]]
relation = "reconciled.claim_invoice_use"
using = ["claim_id"]
where = "r.issued_on < j.agreed_on"
*/
with used as (
    select contract_no, min(usage_on) as first_usage_on
    from reconciled.metered_day
    where cause in ('supported', 'before_voucher')
    group by contract_no
),
billed as (
    select claim_id, min(issued_on) as first_invoice_on from reconciled.claim_invoice_use
    where effective_gross_yuan > 0
    group by claim_id
),
dated as (
    select
        c.*,
        least(c.signed_on, f.framework_signed_on) as agreed_on,
        u.first_usage_on,
        b.first_invoice_on,
        least(u.first_usage_on, b.first_invoice_on) as first_on,
    from reconciled.claim_paper as c
    left join reconciled.framework as f on f.contract_no = c.contract_no
    left join used as u on u.contract_no = c.contract_no
    left join billed as b on b.claim_id = c.claim_id
)
select
    claim_id as subject_id,
    case when agreed_on > first_on then 'flag' when agreed_on <= first_on then 'pass' else 'unknown' end as verdict,
    contract_no,
    agreed_on,
    first_usage_on,
    first_invoice_on,
    greatest(0, agreed_on - first_on) as late_day_count,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from dated
