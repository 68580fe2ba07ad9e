/*
title_zh = "红字发票与所冲蓝票"
grain_zh = "每张红字发票一行"
no_rows_without = ["lake.invoice"]
[columns]
red_number = "红字发票号码"
invoice_number = "所冲蓝字发票号码；票面和备注都未写明的为空"
issued_on = "红字开票日期"
net_yuan = "金额（不含税，负数），元"
gross_yuan = "价税合计（负数），元"
file_sha256 = "来源文件"
sheet = "来源工作表"
row_no = "来源行号"
*/
-- A red letter on a paper or electronic invoice of before names it by its code of ten or twelve digits and its number in one.
with named as (
    select
        *,
        coalesce(
            original_invoice_number,
            nullif(regexp_extract(coalesce(remark, ''), '被红冲蓝字(?:数电票|发票)?号码[:：]?\s*(\d{20}|\d{18}|\d{8})(?:\D|$)', 1), '')
        ) as original_number,
    from lake.invoice
    where reconciled.is_red_letter(status, gross_yuan)
),
coded as (
    select min(invoice_number) as invoice_number, invoice_code || invoice_number as whole_number,
    from lake.invoice
    where invoice_code is not null
    group by whole_number
)
select
    n.invoice_number as red_number,
    coalesce(c.invoice_number, n.original_number) as invoice_number,
    n.issued_on,
    -abs(n.net_yuan) as net_yuan,
    -abs(n.gross_yuan) as gross_yuan,
    n.file_sha256,
    n.sheet,
    n.row_no,
from named as n
left join coded as c on c.whole_number = n.original_number
