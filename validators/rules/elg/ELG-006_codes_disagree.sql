/*
id = "ELG-006"
title_zh = "统一社会信用代码无效或不一致"
title_en = "Identity codes fail their check or differ across documents"
article = "第十一条、第十二条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "申领单位代码：申请 {applicant_id}、合同 {contract_applicant_id}、券 {voucher_applicant_id}；服务机构代码：申请 {provider_id}、合同 {contract_provider_id}、券 {voucher_provider_id}；校验不符的代码 {invalid_code_count} 个：{invalid_codes_zh}。各材料应载同一有效代码，请更正后重报。"
because_en = "Applicant code: claim {applicant_id}, contract {contract_applicant_id}, voucher {voucher_applicant_id}; provider code: claim {provider_id}, contract {contract_provider_id}, voucher {voucher_provider_id}; codes that fail their check: {invalid_code_count} ({invalid_codes}). Every document should carry the same valid code; please correct and file again."
unknown_zh = [
    "合同 {contract_no} 或其券未收到，各处代码未能全部核对。申领单位代码：申请 {applicant_id}、合同 {contract_applicant_id}、券 {voucher_applicant_id}；服务机构代码：申请 {provider_id}、合同 {contract_provider_id}、券 {voucher_provider_id}。请补交合同或券的申领记录。",
]
unknown_en = [
    "Contract {contract_no} or its voucher is not on file, so the codes could not all be compared. Applicant code: claim {applicant_id}, contract {contract_applicant_id}, voucher {voucher_applicant_id}; provider code: claim {provider_id}, contract {contract_provider_id}, voucher {voucher_provider_id}. Please hand in the contract or the voucher.",
]
innocent_zh = [
    "录入或识别差错（如字母 O 与数字 0）：请提供营业执照，按证照更正。",
    "合同由分支机构签订而以总机构名义申领：请提供分支机构与总机构的隶属证明和授权。",
]
innocent_en = [
    "A slip of entry or recognition (letter O and digit 0): provide the licence and correct by it.",
    "A branch signed and the head office applies: provide proof of the relation and the authorisation.",
]

[evidence]
contract_no = "合同编号"
voucher_id = "券号"
applicant_id = "申请所载申领单位代码"
contract_applicant_id = "合同所载申领单位代码"
voucher_applicant_id = "券所载申领单位代码"
provider_id = "申请所载服务机构代码"
contract_provider_id = "合同所载服务机构代码"
voucher_provider_id = "券所载服务机构代码"
invalid_code_count = "校验不符的代码个数（申请、合同、券、发票）"
invalid_codes = "校验不符的代码；— 为没有"
invalid_codes_zh = "校验不符的代码及不符之处；— 为没有"
invoice_number = "载有校验不符代码的发票之一"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.contract"
using = ["contract_no"]

[[trace]]
relation = "lake.voucher"
using = ["voucher_id"]

[[trace]]
relation = "lake.invoice"
using = ["invoice_number"]
*/
with papers as (
    select c.*, v.applicant_id as voucher_applicant_id, v.provider_id as voucher_provider_id,
    from reconciled.claim_paper as c
    left join lake.voucher as v using (voucher_id)
),
written as (
    select claim_id, null as invoice_number, unnest([
        applicant_id, contract_applicant_id, voucher_applicant_id, provider_id, contract_provider_id, voucher_provider_id
    ]) as code,
    from papers
    union all
    -- An old tax number of 15 digits that ends with the party's organisation code is that party's (INV-003).
    select u.claim_id, u.invoice_number, unnest([
        case when length(u.seller_id) = 15 and substr(u.seller_id, 7) = substr(p.contract_provider_id, 9, 9) then null
            else u.seller_id end,
        case when length(u.buyer_id) = 15 and substr(u.buyer_id, 7) = substr(p.contract_applicant_id, 9, 9) then null
            else u.buyer_id end
    ]) as code,
    from reconciled.claim_invoice_use as u
    join papers as p using (claim_id)
),
wrong as (
    select claim_id, count(distinct code) as invalid_code_count, min(invoice_number) as invoice_number,
        string_agg(distinct code, ', ' order by code) as invalid_codes,
        string_agg(distinct code || '（' || fault_zh || '）', '；' order by code || '（' || fault_zh || '）') as invalid_codes_zh,
    from written
    join reconciled.party_code using (code)
    where not is_valid
    group by claim_id
)
select
    p.claim_id as subject_id,
    case
        when w.invalid_code_count > 0 then 'flag'
        when p.applicant_id <> p.contract_applicant_id or p.applicant_id <> p.voucher_applicant_id then 'flag'
        when p.provider_id <> p.contract_provider_id or p.provider_id <> p.voucher_provider_id then 'flag'
        when p.has_contract and p.has_voucher and w.claim_id is null then 'pass'
        else 'unknown'
    end as verdict,
    p.contract_no,
    p.voucher_id,
    p.applicant_id,
    p.contract_applicant_id,
    p.voucher_applicant_id,
    p.provider_id,
    p.contract_provider_id,
    p.voucher_provider_id,
    coalesce(w.invalid_code_count, 0) as invalid_code_count,
    coalesce(w.invalid_codes, '—') as invalid_codes,
    coalesce(w.invalid_codes_zh, '—') as invalid_codes_zh,
    w.invoice_number,
    p.claimed_subsidy_yuan as amount_at_risk_yuan,
from papers as p
left join wrong as w using (claim_id)
