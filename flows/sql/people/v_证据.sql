/*
title_zh = "证据"
grain_zh = "每个发现、每个来源行一行"
view = true
[columns]
"发现编号" = "发现编号"
"文件" = "来源文件名"
"工作表" = "工作表"
"行号" = "行号"
"内容" = "该行的数值"
"文件摘要" = "来源文件的 SHA-256"
*/
select
    finding_id as 发现编号,
    file_name as 文件,
    sheet as 工作表,
    row_no as 行号,
    "values" as 内容,
    file_sha256 as 文件摘要,
from published.evidence_row
order by finding_id, file_name, sheet, row_no
