/*
title_zh = "申请所用发票的票面"
grain_zh = "每笔申请、每张所用发票一行"
no_rows_without = ["reconciled.claim_invoice_use"]
[columns]
claim_id = "申请编号"
contract_no = "申请的合同编号"
invoice_number = "发票号码"
is_listed = "由申请列明；否则由合同推得"
is_handed_in = "发票已收录"
is_red = "列明的是红字发票"
allocated_yuan = "计入金额，元（办法所取的计税口径）；推得的为空"
claimed_yuan = "计入金额，同一申请所列对应红字已冲减，元；推得的为空"
invoice_contract_no = "发票对应的合同：票面写明的，否则由申请、结算单、付款唯一指向的"
issued_on = "开票日期"
seller_id = "销方代码"
buyer_id = "购方代码"
is_seller_agreed = "销方即合同的服务机构（按代码；十五位税号按其中的组织机构代码）；没有合同的为空"
is_buyer_agreed = "购方即合同的申领单位（总机构与其分支机构算相同）；没有合同的为空"
net_yuan = "票面金额（不含税），元"
tax_yuan = "票面税额，元"
gross_yuan = "票面价税合计，元"
effective_net_yuan = "冲减后金额（不含税），元；不可计入的为零"
effective_gross_yuan = "冲减后价税合计，元；不可计入的为零"
red_count = "已收录的对应红字发票张数"
status = "登记状态"
check_result = "最近一次查验结果；空为未查验"
is_reduced = "已作废、已红冲，或最近一次查验不是正常"
is_number_sound = "号码格式合规"
file_sha256 = "发票的来源文件；未收录的为空"
sheet = "发票的来源工作表"
row_no = "发票的来源行号"
*/
with reds as (
    select
        u.claim_id,
        r.invoice_number,
        sum(u.allocated_yuan) as red_yuan,
    from reconciled.claim_invoice_use as u
    join reconciled.red_letter as r on r.red_number = u.invoice_number
    where r.invoice_number is not null
    group by u.claim_id, r.invoice_number
)
select
    u.claim_id,
    u.contract_no,
    u.invoice_number,
    u.is_listed,
    f.invoice_number is not null as is_handed_in,
    u.invoice_number in (select red_number from reconciled.red_letter) as is_red,
    u.allocated_yuan,
    cast(u.allocated_yuan + coalesce(r.red_yuan, 0) as decimal(18, 2)) as claimed_yuan,
    i.contract_no as invoice_contract_no,
    f.issued_on,
    f.seller_id,
    f.buyer_id,
    f.seller_id = k.provider_id
        or (length(f.seller_id) = 15 and substr(f.seller_id, 7) = substr(k.provider_id, 9, 9)) as is_seller_agreed,
    coalesce(b.person_id, f.buyer_id) = coalesce(a.person_id, k.applicant_id)
        or (length(f.buyer_id) = 15 and substr(f.buyer_id, 7) = substr(k.applicant_id, 9, 9)) as is_buyer_agreed,
    f.net_yuan,
    f.tax_yuan,
    f.gross_yuan,
    i.effective_net_yuan,
    i.effective_gross_yuan,
    i.red_count,
    f.status,
    i.check_result,
    i.status = 'void' or i.red_count > 0 or coalesce(i.check_result <> 'normal', false) as is_reduced,
    i.is_number_sound,
    f.file_sha256,
    f.sheet,
    f.row_no,
from reconciled.claim_invoice_use as u
left join lake.invoice as f on f.invoice_number = u.invoice_number
left join reconciled.invoice_state as i on i.invoice_number = u.invoice_number
left join lake.contract as k on k.contract_no = u.contract_no
left join reconciled.applicant_person as a on a.applicant_id = k.applicant_id
left join reconciled.applicant_person as b on b.applicant_id = f.buyer_id
left join reds as r on r.claim_id = u.claim_id and r.invoice_number = u.invoice_number
