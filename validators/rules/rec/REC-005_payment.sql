/*
id = "REC-005"
title_zh = "付款不足，或付款人、收款人不符"
title_en = "Payment short, or by or to another party"
article = "第七条、第十二条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "发票可计价税合计 {invoiced_yuan} 元；收到付款凭证 {payment_count} 笔，其中合同需方付给供方 {paid_yuan} 元（{own_count} 笔），供方退回或另有付款人、收款人的 {other_yuan} 元（{other_count} 笔，付款人 {other_payers}，收款人 {other_payees}）；尚差 {amount_at_risk_yuan} 元，券面 {face_yuan} 元。"
because_en = "Invoiced {invoiced_yuan} yuan with tax; {payment_count} payment(s): {paid_yuan} yuan from the contract's buyer to its seller ({own_count}), {other_yuan} yuan given back by the seller, or from or to others ({other_count}; payers {other_payers}, payees {other_payees}); {amount_at_risk_yuan} yuan are missing, voucher face {face_yuan} yuan."
unknown_zh = [
    "发票可计价税合计 {invoiced_yuan} 元；收到付款凭证 {payment_count} 笔；合同 {contract_no}、发票或付款凭证有未收到的，付款是否足够、是否出自合同需方无从核对。请补交所缺的。",
]
unknown_en = [
    "Invoiced {invoiced_yuan} yuan with tax; {payment_count} payment(s) are on file. Contract {contract_no}, an invoice or a payment is missing, so whether enough was paid, and by the contract's buyer, cannot be checked. Please hand in what is missing.",
]
innocent_zh = [
    "合同约定账期，提交时尚未付清：请在付清后补交银行回单。",
    "集团资金归集或共享中心代付：请补代付协议或集团资金管理办法，并说明最终由需方承担。",
    "算力券已在付款时抵扣：已付金额加券面等于价税合计的已放过；抵扣金额不同的请补抵扣凭证。",
    "收款方为服务机构的分支机构账户：请补服务机构的账户说明。",
    "银行从到账金额里扣了手续费：请以付款方的银行回单所载的付款金额更正付款凭证，重新提交。",
]
innocent_en = [
    "The contract grants time to pay and it was not all paid at filing: hand in the bank receipt when it is.",
    "Paid by a group's cash pool or shared centre: add the agreement or the group's rules, and state that the buyer bears it.",
    "The voucher was set off on payment: where paid plus face value equals the invoices with tax it is let pass; for another sum add the proof.",
    "The payee is a branch of the provider: add the provider's statement on the account.",
    "The bank took a fee off what arrived: correct the payment to the sum on the payer's bank receipt and hand it in again.",
]
policy = ["payment.proof", "payment.short_tolerance_yuan"]
[evidence]
contract_no = "合同编号"
invoiced_yuan = "本申请的发票可计价税合计（冲减红字、按计入份额后），元"
payment_count = "付款凭证笔数"
own_count = "其中合同需方付给供方的笔数"
paid_yuan = "合同需方付给供方的合计，元"
other_count = "供方退回的，或付款人、收款人不是合同双方的笔数"
other_yuan = "其合计，元"
other_payers = "不符的付款人代码，至多列五个；— 为没有"
other_payees = "不符的收款人代码，至多列五个；— 为没有"
face_yuan = "券面金额，元"
amount_at_risk_yuan = "需方付给供方、未退回的少于发票的金额，元；付足的为零"
[[trace]]
relation = "reconciled.claim_payment"
using = ["claim_id"]
*/
with summed as (
    select
        claim_id,
        count(*) as payment_count,
        count(*) filter (where is_between_parties) as own_count,
        coalesce(sum(amount_yuan) filter (where is_between_parties), 0) as paid_yuan,
        coalesce(sum(amount_yuan) filter (where is_returned), 0) as returned_yuan,
        count(*) filter (where not is_between_parties) as other_count,
        count(*) filter (where not is_between_parties and not is_returned) as stranger_count,
        coalesce(sum(amount_yuan) filter (where not is_between_parties), 0) as other_yuan,
        array_to_string(list(distinct payer_id order by payer_id) filter (where not is_between_parties)[1:5], '、') as other_payers,
        array_to_string(list(distinct payee_id order by payee_id) filter (where not is_between_parties)[1:5], '、') as other_payees,
    from reconciled.claim_payment
    group by claim_id
),
compared as (
    select
        c.claim_id,
        c.contract_no,
        c.has_contract,
        c.face_yuan,
        s.* exclude (claim_id),
        i.invoiced_gross_yuan as invoiced_yuan,
        i.invoiced_gross_yuan - s.paid_yuan + s.returned_yuan as short_yuan,
        policy.word('payment.proof', c.submitted_on) as proof,
        -- Each share of an invoice that several contracts use is cut to the fen.
        policy.number('payment.short_tolerance_yuan', c.submitted_on) + coalesce(i.cut_yuan, 0) as slack_yuan,
    from reconciled.claim_paper as c
    left join summed as s using (claim_id)
    left join decided.claim_invoiced as i using (claim_id)
)
select
    claim_id as subject_id,
    case
        when payment_count is null and proof = 'if_available' then 'not_applicable'
        when payment_count is null then 'unknown'
        -- What was given back is off the sum paid (R21): of more than was due it harms nobody.
        when stranger_count > 0 then 'flag'
        when has_contract and short_yuan <= slack_yuan then 'pass'
        -- A voucher may be taken off the price when it is paid (第十一条“预发算力券”): then the two make up the invoice.
        when has_contract and abs(short_yuan - face_yuan) <= slack_yuan then 'pass'
        when has_contract and short_yuan > slack_yuan then 'flag'
        else 'unknown'
    end as verdict,
    contract_no,
    cast(invoiced_yuan as decimal(18, 2)) as invoiced_yuan,
    coalesce(payment_count, 0) as payment_count,
    coalesce(own_count, 0) as own_count,
    cast(coalesce(paid_yuan, 0) as decimal(18, 2)) as paid_yuan,
    coalesce(other_count, 0) as other_count,
    cast(coalesce(other_yuan, 0) as decimal(18, 2)) as other_yuan,
    coalesce(nullif(other_payers, ''), '—') as other_payers,
    coalesce(nullif(other_payees, ''), '—') as other_payees,
    face_yuan,
    cast(case when short_yuan > 0 then short_yuan when short_yuan <= 0 then 0 end as decimal(18, 2)) as amount_at_risk_yuan,
from compared
