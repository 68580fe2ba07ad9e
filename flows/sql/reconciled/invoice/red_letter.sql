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
select
    invoice_number as red_number,
    coalesce(
        original_invoice_number,
        nullif(regexp_extract(coalesce(remark, ''), '被红冲蓝字(?:数电票|发票)?号码[:：]?\s*(\d{20}|\d{8})', 1), '')
    ) as invoice_number,
    issued_on,
    -abs(net_yuan) as net_yuan,
    -abs(gross_yuan) as gross_yuan,
    file_sha256,
    sheet,
    row_no,
from lake.invoice
where reconciled.is_red_letter(status, gross_yuan)
