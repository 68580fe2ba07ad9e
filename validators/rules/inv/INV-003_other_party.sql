/*
id = "INV-003"
title_zh = "发票购销方与合同不符"
title_en = "Invoice between other parties than the contract"
article = "第十二条、第十五条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 的需方代码为 {contract_buyer_id}，供方代码为 {contract_seller_id}；本申请所用 {invoice_count} 张发票中有 {other_count} 张的购方或销方代码与之不同（发票 {invoice_numbers}，购方 {buyer_ids}，销方 {seller_ids}），可计价税合计 {amount_at_risk_yuan} 元；另有 {missing_count} 张未收到。"
because_en = "Contract {contract_no} is between buyer {contract_buyer_id} and seller {contract_seller_id}; of {invoice_count} invoice(s) used, {other_count} name another buyer or seller (invoice {invoice_numbers}, buyer {buyer_ids}, seller {seller_ids}), {amount_at_risk_yuan} yuan with tax; {missing_count} more were not handed in."
unknown_zh = [
    "合同 {contract_no} 的需方代码为 {contract_buyer_id}，供方代码为 {contract_seller_id}；所收发票 {invoice_count} 张，列明而未收到的 {missing_count} 张，购销方未能全部核对。请补交发票。",
    "合同 {contract_no} 未收到，所收 {invoice_count} 张发票的购销方无从比较；列明而未收到的发票 {missing_count} 张。请补交合同和所缺的发票。",
]
unknown_en = [
    "Contract {contract_no} is between buyer {contract_buyer_id} and seller {contract_seller_id}; {invoice_count} invoice(s) are on file and {missing_count} listed ones are not, so the parties could not all be compared. Please hand in the invoices.",
    "Contract {contract_no} is not on file, so the parties of {invoice_count} invoice(s) cannot be compared; {missing_count} listed invoice(s) were not handed in. Please hand in the contract and the missing invoices.",
]
innocent_zh = [
    "名称写法不同（括号全角半角、更名前后）不算不符：只比代码；代码一致即可。",
    "以分支机构名义开票或受票：受票的，请在申领单位表填该分支机构的总机构代码；开票的，请补总公司与该分支机构的营业执照及授权说明。",
    "开票时选错了抬头：请红冲后向合同需方重开，并以重开的发票申报。",
]
innocent_en = [
    "Names written differently (brackets, old and new name) are no mismatch: only codes are compared.",
    "Invoiced to a branch: enter its head office in the list of applicants; invoiced by one: add the licences of both and the authorisation.",
    "Issued to the wrong buyer: reverse it by a red-letter invoice, issue it to the contract's buyer and claim with that.",
]
policy = ["use.by_affiliate"]
[evidence]
contract_no = "合同编号"
contract_buyer_id = "合同的申领单位代码"
contract_seller_id = "合同的服务机构代码"
invoice_count = "本申请所用、可计入的发票张数"
other_count = "其中购方或销方与合同不符的张数"
invoice_numbers = "不符发票的号码，至多列五张"
buyer_ids = "不符发票的购方代码，至多列五个"
seller_ids = "不符发票的销方代码，至多列五个"
missing_count = "申请列明而未收到的发票张数"
amount_at_risk_yuan = "不符发票可计的价税合计，元"
[[trace]]
relation = "reconciled.claim_invoice_face"
using = ["claim_id"]
where = "r.effective_gross_yuan > 0 and not (r.is_buyer_agreed and r.is_seller_agreed)"
[[trace]]
relation = "lake.contract"
using = ["contract_no"]
*/
-- An invoice that was taken back in full, or is not counted for other reasons, binds nobody. A branch and its head office
-- are one legal person, whichever the invoice names. Own use may be read as the use of the applicant's group (R36).
with faces as (
    select
        f.*,
        f.effective_gross_yuan > 0
            and not (
                f.is_seller_agreed
                and (
                    f.is_buyer_agreed
                    or (b.group_id is not distinct from a.group_id and a.group_id is not null
                        and policy.word('use.by_affiliate', c.submitted_on) = 'counted')
                )
            ) as is_other,
    from reconciled.claim_invoice_face as f
    join reconciled.claim_paper as c using (claim_id)
    left join reconciled.applicant_group as a on a.applicant_id = c.contract_applicant_id
    left join reconciled.applicant_group as b on b.applicant_id = f.buyer_id
    where not f.is_red
),
summed as (
    select
        claim_id,
        count(*) filter (where effective_gross_yuan > 0) as invoice_count,
        count(*) filter (where is_other) as other_count,
        array_to_string(list(invoice_number order by invoice_number) filter (where is_other)[1:5], '、') as invoice_numbers,
        array_to_string(list(distinct buyer_id order by buyer_id) filter (where is_other)[1:5], '、') as buyer_ids,
        array_to_string(list(distinct seller_id order by seller_id) filter (where is_other)[1:5], '、') as seller_ids,
        count(*) filter (where not is_handed_in) as missing_count,
        sum(effective_gross_yuan) filter (where is_other) as other_yuan,
    from faces
    group by claim_id
)
select
    c.claim_id as subject_id,
    case
        when s.other_count > 0 then 'flag'
        when c.has_contract and s.missing_count = 0 then 'pass'
        else 'unknown'
    end as verdict,
    c.contract_no,
    c.contract_applicant_id as contract_buyer_id,
    c.contract_provider_id as contract_seller_id,
    coalesce(s.invoice_count, 0) as invoice_count,
    coalesce(s.other_count, 0) as other_count,
    nullif(s.invoice_numbers, '') as invoice_numbers,
    nullif(s.buyer_ids, '') as buyer_ids,
    nullif(s.seller_ids, '') as seller_ids,
    coalesce(s.missing_count, 0) as missing_count,
    cast(s.other_yuan as decimal(18, 2)) as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join summed as s using (claim_id)
