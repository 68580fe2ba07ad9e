/*
title_zh = "被取代的行"
grain_zh = "每条键相同而后来内容不同的行的每一旧版一行；采样只按文件计数，见 superseded_file"
no_rows_without = ["lake.input_file", "lake.superseded"]
[columns]
table_name = "表"
key_text = "键的各列，以“、”相连"
file_sha256 = "旧行来源文件的 SHA-256"
file_name = "旧行来源文件名（收件箱内）"
sheet = "旧行的工作表；文本文件为空"
row_no = "旧行的行号，自 1 起"
next_file_sha256 = "取代它的行的来源文件的 SHA-256；同一内容交过几次的，取最后交来的"
next_file_name = "取代它的行的来源文件名"
next_sheet = "取代它的行的工作表"
next_row_no = "取代它的行的行号，自 1 起"
differing_zh = "两版不同的列，以“、”相连"
before_contract_no = "原来归属的合同；不是用量、未匹配的为空"
after_contract_no = "取代之后归属的合同；不是用量、未匹配的为空"
before_card_unit_seconds = "原来的分配卡秒（合同期与年度截取之前），单位为二万一千分之一卡秒；不是用量、未知的为空"
after_card_unit_seconds = "取代之后的分配卡秒，单位同上；不是用量、未知的为空"
difference_card_unit_seconds = "后减前，单位同上；有一方未知的为空"
*/
select
    s.table_name,
    s.key_text,
    s.file_sha256,
    f.file_name,
    s.sheet,
    s.row_no,
    s.next_file_sha256,
    n.file_name as next_file_name,
    s.next_sheet,
    s.next_row_no,
    s.differing_zh,
    u.before_contract_no,
    u.after_contract_no,
    u.before_unit_seconds as before_card_unit_seconds,
    u.after_unit_seconds as after_card_unit_seconds,
    u.after_unit_seconds - u.before_unit_seconds as difference_card_unit_seconds,
from lake.superseded as s
join lake.input_file as f on f.file_sha256 = s.file_sha256
join lake.input_file as n on n.file_sha256 = s.next_file_sha256
left join reconciled.old_usage as u
    on s.table_name = 'usage_interval'
    and u.file_sha256 = s.file_sha256
    and u.sheet is not distinct from s.sheet
    and u.row_no = s.row_no
where s.table_name <> 'usage_sample'
order by s.table_name, f.file_name, s.file_sha256, s.sheet, s.row_no
