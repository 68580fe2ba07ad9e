/*
title_zh = "自上次运行以来新收录的文件"
grain_zh = "每个文件（按内容）一行；第一次运行没有"
no_rows_without = ["published.input_file"]
[columns]
file_sha256 = "SHA-256"
file_name = "文件名（收件箱内）"
kind = "种类：表名、计量格式或 evidence 材料"
row_count = "行数，不含表头；整个文件不能用的按一行计"
accepted_count = "接受的行数"
rejected_count = "退回的行数"
status = "read 已读，kept 存为证据，declaration 说明文件，refused 拒收，unrecognised 认不出"
reason_zh = "拒收的原因"
*/
select
    f.file_sha256,
    f.file_name,
    f.kind,
    f.row_count,
    f.accepted_count,
    f.rejected_count,
    f.status,
    f.reason_zh,
from published.input_file as f
left join earlier.input_file as e using (file_sha256)
-- A file of an older version that does not say what it had taken in is not compared.
where e.file_sha256 is null and exists (select 1 from earlier.input_file)
order by f.file_name, f.file_sha256
