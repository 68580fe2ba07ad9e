/*
title_zh = "关联路径的来源行"
grain_zh = "每对主体、每条路径的每条关联信息一行"
no_rows_without = ["reconciled.related"]
[columns]
applicant_id = "主体代码"
provider_id = "另一主体代码"
path_zh = "路径"
file_sha256 = "来源文件"
sheet = "来源工作表"
row_no = "来源行号"
*/
with listed as (
    select subject_id, other_id, path_zh, unnest(places) as place from reconciled.related
)
select distinct
    subject_id as applicant_id,
    other_id as provider_id,
    path_zh,
    place.file_sha256 as file_sha256,
    place.sheet as sheet,
    place.row_no as row_no,
from listed
