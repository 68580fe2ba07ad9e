/*
title_zh = "因发票号码读不出而退回的行"
grain_zh = "每笔申请、每个退回的发票行或列明发票的行一行"
no_rows_without = ["lake.claim", "lake.reject"]
[columns]
claim_id = "申请编号"
contract_no = "申请的合同编号"
table_name = "退回行所属的表：invoice 发票，claim_invoice 申请列明的发票"
reason_zh = "退回原因"
is_cured = "其后的批次已为该申请补交同一种行"
file_sha256 = "来源文件"
sheet = "来源工作表"
row_no = "来源行号"
*/
-- A refused row bears on the claim or contract whose number is a cell of it.
with refused as (
    select
        r.table_name,
        r.reason_zh,
        r.file_sha256,
        r.sheet,
        r.row_no,
        unnest(reconciled.words_of(r.raw)) as word,
    from lake.reject as r
    where r.reason_code = 'INV-008' and r.table_name in ('invoice', 'claim_invoice')
),
batches as (
    select file_sha256, min(newest_batch) as batch from lake.input_file group by file_sha256
),
brought as (
    select u.claim_id, 'claim_invoice' as table_name, max(b.batch) as batch
    from lake.claim_invoice as u
    join batches as b using (file_sha256)
    group by u.claim_id
    union all
    select c.claim_id, 'invoice', max(b.batch)
    from reconciled.invoice_state as s
    join lake.invoice as i using (invoice_number)
    join batches as b on b.file_sha256 = i.file_sha256
    join lake.claim as c on c.contract_no = s.contract_no
    group by c.claim_id
)
select
    c.claim_id,
    c.contract_no,
    r.table_name,
    any_value(r.reason_zh) as reason_zh,
    coalesce(bool_or(g.batch > b.batch), false) as is_cured,
    r.file_sha256,
    r.sheet,
    r.row_no,
from refused as r
join lake.claim as c
    on r.word = case r.table_name when 'claim_invoice' then c.claim_id else c.contract_no end
left join batches as b on b.file_sha256 = r.file_sha256
left join brought as g on g.claim_id = c.claim_id and g.table_name = r.table_name
group by c.claim_id, c.contract_no, r.table_name, r.file_sha256, r.sheet, r.row_no
