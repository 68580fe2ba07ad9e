/*
title_zh = "申请所用发票"
grain_zh = "每笔申请、每张发票一行；申请未列发票的，取合同与其补充合同名下全部发票"
no_rows_without = ["lake.claim"]
[columns]
claim_id = "申请编号"
contract_no = "合同编号"
invoice_number = "发票号码"
is_listed = "由申请列明；否则由合同、补充合同推得"
allocated_yuan = "计入金额，元（办法所取的计税口径）；推得的为空"
is_held = "发票已收录"
issued_on = "开票日期"
seller_id = "销方代码"
buyer_id = "购方代码"
net_yuan = "票面金额（不含税），元"
gross_yuan = "票面价税合计，元"
effective_net_yuan = "冲减后金额（不含税），元"
effective_gross_yuan = "冲减后价税合计，元"
file_sha256 = "来源文件"
row_no = "来源行号"
*/
with listed as (
    select
        u.claim_id,
        c.contract_no,
        u.invoice_number,
        true as is_listed,
        u.allocated_yuan,
        u.file_sha256,
        u.row_no,
    from lake.claim_invoice as u
    join lake.claim as c using (claim_id)
),
-- An invoice under a supplement is of its contract's claim.
own as (
    select claim_id, contract_no from lake.claim
    union
    select c.claim_id, unnest(s.supplement_nos)
    from lake.claim as c
    join reconciled.contract_supplement as s using (contract_no)
),
inferred as (
    select
        c.claim_id,
        c.contract_no,
        i.invoice_number,
        false as is_listed,
        cast(null as decimal(18, 2)) as allocated_yuan,
        c.file_sha256,
        c.row_no,
    from lake.claim as c
    join own as o using (claim_id)
    join reconciled.invoice_state as i on i.contract_no = o.contract_no
    where c.claim_id not in (select claim_id from lake.claim_invoice)
)
select
    u.claim_id,
    u.contract_no,
    u.invoice_number,
    u.is_listed,
    u.allocated_yuan,
    i.invoice_number is not null or r.red_number is not null as is_held,
    i.issued_on,
    i.seller_id,
    i.buyer_id,
    i.net_yuan,
    i.gross_yuan,
    i.effective_net_yuan,
    i.effective_gross_yuan,
    u.file_sha256,
    u.row_no,
from (select * from listed union all select * from inferred) as u
left join reconciled.invoice_state as i using (invoice_number)
-- A listed red letter is held; its amount is already taken off the blue one.
left join reconciled.red_letter as r on r.red_number = u.invoice_number
