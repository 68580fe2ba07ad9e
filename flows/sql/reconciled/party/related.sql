/*
title_zh = "主体之间的关联路径"
grain_zh = "每对主体、每条至多三步的路径一行，两个方向各一行；只列申请、合同的双方"
no_rows_without = ["reconciled.party_link"]
[columns]
subject_id = "主体代码"
other_id = "另一主体代码"
steps = "步数：一条关联信息为一步；共用一人、一号为两步"
path_zh = "路径：所依据的关联信息，依次列出"
via = "路径上的关联值"
is_by_name = "路径上有只凭人名相连的一步"
is_place = "路径上有凭电话、地址或账号相连的一步"
is_address = "路径上有凭地址相连的一步"
share_ratio = "路径上最低的持股比例；没有股东的为 1"
firm_count = "路径上共用同一电话、地址或账号的主体数，取最多者"
valid_from = "整条路径同时有效的开始日期；空为不限"
valid_to = "整条路径同时有效的结束日期；空为不限"
places = "来源文件、工作表、行号"
*/
with recursive ends as (
    select applicant_id as id from lake.claim
    union select provider_id from lake.claim
    union select applicant_id from lake.contract
    union select provider_id from lake.contract
),
-- Both ways along every row; a firm is a node like any other.
edges as (
    select subject_id as a, node as b, * exclude (subject_id, node) from reconciled.party_link
    union all
    select node, subject_id, * exclude (subject_id, node) from reconciled.party_link
),
-- At most three rows, never back to where a row came from.
walked as (
    select
        a as subject_id,
        b as other_id,
        a as middle,
        1 as steps,
        [says_zh] as said,
        [value] as via,
        [{'file_sha256': file_sha256, 'sheet': sheet, 'row_no': row_no}] as places,
        is_by_name,
        is_place,
        is_address,
        share_ratio,
        firm_count,
        valid_from,
        valid_to,
    from edges
    semi join ends on ends.id = edges.a
    union all
    select
        p.subject_id,
        e.b as other_id,
        p.other_id as middle,
        p.steps + 1 as steps,
        list_append(p.said, e.says_zh) as said,
        list_append(p.via, e.value) as via,
        list_append(p.places, {'file_sha256': e.file_sha256, 'sheet': e.sheet, 'row_no': e.row_no}) as places,
        p.is_by_name or e.is_by_name as is_by_name,
        p.is_place or e.is_place as is_place,
        p.is_address or e.is_address as is_address,
        least(p.share_ratio, e.share_ratio) as share_ratio,
        greatest(p.firm_count, e.firm_count) as firm_count,
        greatest(p.valid_from, e.valid_from) as valid_from,
        least(p.valid_to, e.valid_to) as valid_to,
    from walked as p
    join edges as e on e.a = p.other_id and e.b <> p.subject_id and e.b <> p.middle
    where p.steps < 3
)
select
    subject_id,
    other_id,
    steps,
    array_to_string(said, '；') as path_zh,
    array_to_string(via, '；') as via,
    is_by_name,
    is_place,
    is_address,
    share_ratio,
    firm_count,
    valid_from,
    valid_to,
    places,
from walked
semi join ends on ends.id = walked.other_id
where coalesce(valid_from <= valid_to, true)
