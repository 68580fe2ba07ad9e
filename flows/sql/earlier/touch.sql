/*
title_zh = "变动的行与变动的申请"
grain_zh = "每笔变动的申请、每个来源文件、表、来去与远近一行"
no_rows_without = ["earlier.moved_row"]
[columns]
claim_id = "申请编号"
near = "关联的远近：1 同一券、合同、发票，2 同一申领单位，3 同一服务机构"
table_name = "表"
table_zh = "表的中文名"
is_red = "是否红字发票"
how = "来去：new 新来，replacing 取代而来，known 至运行日而来，replaced 被取代，unknown_again 晚于运行日而去"
source_sha256 = "使之来去的文件"
row_count = "行数"
*/
with papers as (
    select claim_id, voucher_id, contract_no, applicant_id, applicant_name, provider_id, provider_name from published.claim
    union
    select claim_id, voucher_id, contract_no, applicant_id, applicant_name, provider_id, provider_name from earlier.claim
),
changed as (
    select * from papers where claim_id in (select claim_id from earlier.change)
),
invoices as (
    select claim_id, invoice_number from lake.claim_invoice
    union
    select claim_id, invoice_number from earlier.claim_invoice
    union
    select c.claim_id, i.invoice_number from changed as c join lake.invoice as i using (contract_no)
    union
    select c.claim_id, i.invoice_number from changed as c join earlier.invoice as i using (contract_no)
),
keys as (
    select claim_id, 1 as near, unnest(['claim:' || claim_id, 'voucher:' || voucher_id, 'contract:' || contract_no]) as key from changed
    union
    select c.claim_id, 1, 'contract:' || k.parent_contract_no from changed as c join lake.contract as k using (contract_no)
    union
    select c.claim_id, 1, 'contract:' || k.contract_no from changed as c join lake.contract as k on k.parent_contract_no = c.contract_no
    union
    select claim_id, 1, 'invoice:' || invoice_number from invoices
    union
    select claim_id, 2, unnest([applicant_id, applicant_name]) from changed
    union
    select claim_id, 3, unnest([provider_id, provider_name]) from changed
),
named as (
    select rowid as row_id, unnest(list_concat(papers, subjects)) as key from earlier.moved_row
),
nearest as (
    select k.claim_id, n.row_id, min(k.near) as near
    from keys as k
    join named as n using (key)
    where k.claim_id in (select claim_id from earlier.change)
    group by k.claim_id, n.row_id
)
-- Counted, not listed: a register handed in anew has thousands of rows, and each bears on many claims.
select
    n.claim_id,
    n.near,
    m.table_name,
    m.table_zh,
    m.is_red,
    m.how,
    m.source_sha256,
    cast(sum(m.row_count) as bigint) as row_count,
from nearest as n
join earlier.moved_row as m on m.rowid = n.row_id
group by all
order by all
