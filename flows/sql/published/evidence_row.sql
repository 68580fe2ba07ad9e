/*
title_zh = "发现的来源行"
grain_zh = "每个发现、每个来源行一行"
no_rows_without = ["decided.evidence_row", "lake.input_file"]
[columns]
finding_id = "发现编号"
file_sha256 = "来源文件的 SHA-256"
file_name = "来源文件名（收件箱内）"
sheet = "工作表"
row_no = "行号，自 1 起"
"values" = "该行的数值"
*/
select
    e.finding_id,
    e.file_sha256,
    f.file_name,
    e.sheet,
    e.row_no,
    e."values",
from decided.evidence_row as e
join lake.input_file as f using (file_sha256)
order by e.finding_id, f.file_name, e.sheet, e.row_no, cast(e."values" as varchar)
