/*
title_zh = "以几种记录格式提交用量的合同"
grain_zh = "每份合同、每种记录格式一行；只列用量来自两种以上格式的合同"
no_rows_without = ["lake.input_file", "reconciled.holder"]
[columns]
contract_no = "合同编号"
format = "记录格式，即读取它的适配器"
*/
select distinct
    h.contract_no,
    f.adapter as format,
from reconciled.holder as h
join lake.input_file as f using (file_sha256)
where h.contract_no is not null
qualify min(f.adapter) over (partition by h.contract_no) < max(f.adapter) over (partition by h.contract_no)
