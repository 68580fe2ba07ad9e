/*
id = "INV-008"
title_zh = "发票号码格式不合或已失真"
title_en = "Invoice number malformed or lost"
article = "第十二条"
severity = "adjust"
status = "active"
subject = "claim"
because_zh = "本申请有 {malformed_count} 张发票的号码不合格式（{malformed_numbers}），另有 {refused_count} 行发票资料因号码读不出而退回（{refused_reason_zh}）；这些发票在号码更正之前不计入，涉及价税合计 {amount_at_risk_yuan} 元；列明而未收到的有 {missing_count} 张。"
because_en = "{malformed_count} invoice number(s) of this claim are malformed ({malformed_numbers}) and {refused_count} invoice row(s) were refused because the number could not be read; until corrected they are not counted, {amount_at_risk_yuan} yuan with tax; {missing_count} listed invoice(s) were not handed in."
unknown_zh = [
    "合同 {contract_no} 的申请列明而未收到的发票有 {missing_count} 张，号码是否合格式无从核对。请补交发票。",
]
unknown_en = [
    "{missing_count} invoice(s) listed in the claim on contract {contract_no} are not on file, so whether their numbers are well-formed cannot be checked. Please hand in the invoices.",
]
innocent_zh = [
    "电子表格把二十位号码存成数值，末几位变为零：请把该列设为文本格式，或直接提交数电票 XML 文件。",
    "旧版发票的八位号码须连同发票代码才完整：请补十位或十二位发票代码。",
    "抄录时漏了一位：请按票面重新填写。",
]
innocent_en = [
    "A spreadsheet stored the twenty digits as a number, the last ones as zeros: set the column to text, or hand in the e-invoice XML.",
    "The eight digits of an old invoice are whole only with its code: add the code of ten or twelve digits.",
    "A digit was lost in copying: fill in as on the invoice.",
]
policy = []
[evidence]
contract_no = "合同编号"
malformed_count = "号码不合格式的发票张数"
malformed_numbers = "其号码，至多列五个；— 为没有"
refused_count = "因号码读不出而退回、尚未补正的行数"
refused_reason_zh = "退回原因之一；— 为没有"
missing_count = "列明而未收到的发票张数"
amount_at_risk_yuan = "号码不合格式的发票价税合计，元；退回的行未计入"
[[trace]]
relation = "reconciled.claim_invoice_face"
using = ["claim_id"]
where = "not r.is_number_sound"
[[trace]]
relation = "reconciled.invoice_number_reject"
using = ["claim_id"]
where = "not r.is_cured"
*/
with faces as (
    select
        claim_id,
        count(*) filter (where not is_number_sound) as malformed_count,
        array_to_string(list(invoice_number order by invoice_number) filter (where not is_number_sound)[1:5], '、')
            as malformed_numbers,
        sum(gross_yuan) filter (where not is_number_sound) as malformed_yuan,
        count(*) filter (where not is_handed_in) as missing_count,
    from reconciled.claim_invoice_face
    where not is_red
    group by claim_id
),
refused as (
    select claim_id, count(*) as refused_count, min(reason_zh) as refused_reason_zh
    from reconciled.invoice_number_reject
    where not is_cured
    group by claim_id
)
select
    c.claim_id as subject_id,
    case
        when f.malformed_count > 0 or r.refused_count > 0 then 'flag'
        when f.missing_count = 0 then 'pass'
        else 'unknown'
    end as verdict,
    c.contract_no,
    coalesce(f.malformed_count, 0) as malformed_count,
    coalesce(nullif(f.malformed_numbers, ''), '—') as malformed_numbers,
    coalesce(r.refused_count, 0) as refused_count,
    coalesce(r.refused_reason_zh, '—') as refused_reason_zh,
    coalesce(f.missing_count, 0) as missing_count,
    cast(f.malformed_yuan as decimal(18, 2)) as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join faces as f using (claim_id)
left join refused as r using (claim_id)
