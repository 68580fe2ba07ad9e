/*
title_zh = "退回的行"
grain_zh = "每个退回的行一行；整个文件不能用的，行号为 0"
no_rows_without = ["lake.input_file", "lake.reject"]
[columns]
file_sha256 = "来源文件的 SHA-256"
file_name = "来源文件名（收件箱内）"
sheet = "工作表"
row_no = "行号，自 1 起；0 表示整个文件"
table_name = "表"
reason_code = "原因代码"
reason_zh = "原因"
raw = "原文"
*/
select
    r.file_sha256,
    f.file_name,
    r.sheet,
    r.row_no,
    r.table_name,
    r.reason_code,
    r.reason_zh,
    r.raw,
from lake.reject as r
join lake.input_file as f using (file_sha256)
order by f.file_name, r.sheet, r.row_no, r.table_name, r.reason_code, r.raw
