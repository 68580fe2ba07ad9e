/*
title_zh = "登录标识所涉单位之间的关联"
grain_zh = "每对单位、每条相连的依据一行，两个方向各一行"
no_rows_without = ["reconciled.access_use", "reconciled.party_link"]
[columns]
subject_id = "主体代码"
other_id = "另一主体代码"
via = "所凭的关联值"
share_ratio = "最低的持股比例；没有股东的为 1"
valid_from = "同时有效的开始日期；空为不限"
valid_to = "同时有效的结束日期；空为不限"
*/
-- One firm on record with the other, or both with a third: people and holdings, for a shared telephone is no group.
with parties as (
    select applicant_id as id from reconciled.access_use
    union
    select owner_id from reconciled.access_use
),
links as (
    select subject_id, node, value, share_ratio, valid_from, valid_to
    from reconciled.party_link
    where not is_place
),
paired as (
    select
        subject_id,
        node as other_id,
        value as via,
        share_ratio,
        valid_from,
        valid_to,
    from links
    union all
    select node, subject_id, value, share_ratio, valid_from, valid_to from links
    union all
    select
        a.subject_id,
        b.subject_id,
        a.value,
        least(a.share_ratio, b.share_ratio),
        greatest(a.valid_from, b.valid_from),
        least(a.valid_to, b.valid_to),
    from (select * from links semi join parties on parties.id = links.subject_id) as a
    join links as b on b.node = a.node and b.subject_id <> a.subject_id
)
select distinct
    subject_id,
    other_id,
    via,
    share_ratio,
    valid_from,
    valid_to,
from paired
semi join parties as a on a.id = paired.subject_id
semi join parties as b on b.id = paired.other_id
where coalesce(valid_from <= valid_to, true)
