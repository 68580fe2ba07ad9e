/*
title_zh = "两份导出只部分相同的账单"
grain_zh = "每份合同、每份 FOCUS 账单（账号、账期）一行"
no_rows_without = ["lake.input_file", "lake.statement"]
[columns]
contract_no = "合同编号"
statement_no = "账单号"
is_partial = "恒为是：后交的一份列有先交的几行，而不是全部；是另一部分还是重新导出，看不出"
*/
-- FOCUS numbers no line. A later file with every line of an earlier one is the same bill again, one with none of them is
-- another part of it; with some of them it may be either, and a line alike in both counts once.
with met as (
    select s.contract_no, s.statement_no, x.file_sha256 as earlier, x.by_file_sha256 as later
    from lake.superseded as x
    join lake.statement as s on s.file_sha256 = x.by_file_sha256 and s.row_no = x.by_row_no
    where x.table_name = 'statement'
    union
    select s.contract_no, s.statement_no, d.by_file_sha256, d.file_sha256
    from lake.duplicate as d
    join lake.statement as s on s.file_sha256 = d.by_file_sha256 and s.row_no = d.by_row_no
    where d.table_name = 'statement'
)
select distinct
    m.contract_no,
    m.statement_no,
    true as is_partial,
from met as m
join lake.input_file as f on f.file_sha256 = m.later and f.adapter = 'focus'
join lake.statement as r
    on r.file_sha256 = m.earlier and r.contract_no = m.contract_no and r.statement_no = m.statement_no
left join lake.duplicate as d
    on d.table_name = 'statement'
    and d.file_sha256 = m.later
    and d.by_file_sha256 = r.file_sha256
    and d.by_row_no = r.row_no
where m.earlier <> m.later and d.row_no is null
