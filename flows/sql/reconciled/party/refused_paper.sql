/*
title_zh = "退回而可能减少金额的资料行"
grain_zh = "每笔申请、每个退回的发票、付款、往期兑现或信用名单的行一行；因发票号码读不出的另见 reconciled.invoice_number_reject"
no_rows_without = ["lake.reject"]
[columns]
claim_id = "申请编号"
table_name = "退回行所属的表：invoice 发票，payment 付款凭证，grant_history 往期兑现，blacklist 信用名单"
reason_zh = "退回原因"
is_cured = "其后的批次已有这一行（同一发票、付款、往期合同或名称），或同名的文件其后重交"
file_sha256 = "来源文件"
sheet = "来源工作表"
row_no = "来源行号"
*/
-- A refused row bears on the claim of which a contract, an invoice or a party is a cell.
with refused as (
    select
        r.table_name,
        r.reason_zh,
        r.file_sha256,
        r.sheet,
        r.row_no,
        unnest(reconciled.words_of(r.raw)) as word,
    from lake.reject as r
    where r.reason_code <> 'INV-008' and r.table_name in ('invoice', 'payment', 'grant_history', 'blacklist')
),
-- What would lower what a claim gets: a red letter, a refund, an earlier grant, an entry on a list.
asked as (
    select claim_id, unnest(['invoice', 'payment', 'grant_history']) as table_name, contract_no as word
    from reconciled.claim_paper
    union
    select claim_id, unnest(['invoice', 'payment']), invoice_number from reconciled.claim_invoice_use
    union
    select claim_id, unnest(['grant_history', 'blacklist']), applicant_id from reconciled.claim_paper
    union
    select claim_id, 'blacklist', provider_id from reconciled.claim_paper
    union
    select c.claim_id, 'blacklist', a.applicant_name
    from reconciled.claim_paper as c
    join lake.applicant as a using (applicant_id)
),
files as (
    select file_sha256, min(newest_batch) as batch, any_value(file_name) as file_name
    from lake.input_file
    group by file_sha256
),
brought as (
    select 'invoice' as table_name, invoice_number as word, file_sha256 from lake.invoice
    union all
    select 'payment', payment_id, file_sha256 from lake.payment
    union all
    select 'grant_history', contract_no, file_sha256 from lake.grant_history
    union all
    select 'blacklist', subject_name, file_sha256 from lake.blacklist
),
cured as (
    select r.file_sha256, r.sheet, r.row_no
    from refused as r
    join files as f using (file_sha256)
    join brought as b on b.table_name = r.table_name and b.word = r.word
    join files as g on g.file_sha256 = b.file_sha256 and g.batch > f.batch
    union
    select r.file_sha256, r.sheet, r.row_no
    from refused as r
    join files as f using (file_sha256)
    join files as g on g.file_name = f.file_name and g.batch > f.batch
)
select
    a.claim_id,
    r.table_name,
    any_value(r.reason_zh) as reason_zh,
    bool_or(c.row_no is not null) as is_cured,
    r.file_sha256,
    r.sheet,
    r.row_no,
from refused as r
join asked as a on a.table_name = r.table_name and a.word = r.word
left join cured as c
    on c.file_sha256 = r.file_sha256 and c.sheet is not distinct from r.sheet and c.row_no = r.row_no
group by a.claim_id, r.table_name, r.file_sha256, r.sheet, r.row_no
