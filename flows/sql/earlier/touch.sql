/*
title_zh = "变动的行与变动的申请"
grain_zh = "每笔变动的申请、每个相关的变动行一行"
[columns]
claim_id = "申请编号"
row_id = "变动行的序号"
near = "关联的远近：1 同一券、合同、发票，2 同一申领单位，3 同一服务机构"
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
    select claim_id, 1, 'invoice:' || invoice_number from invoices
    union
    select claim_id, 2, unnest([applicant_id, applicant_name]) from changed
    union
    select claim_id, 3, unnest([provider_id, provider_name]) from changed
),
named as (
    select rowid as row_id, unnest(list_concat(papers, subjects)) as key from earlier.moved_row
)
select
    k.claim_id,
    n.row_id,
    min(k.near) as near,
from keys as k
join named as n using (key)
where k.claim_id in (select claim_id from earlier.change)
group by k.claim_id, n.row_id
order by k.claim_id, n.row_id
