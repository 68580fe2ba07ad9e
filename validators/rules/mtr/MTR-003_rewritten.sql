/*
id = "MTR-003"
title_zh = "用量在提交或承诺之后改动"
title_en = "Usage changed after it was submitted or committed to"
article = "第十二条、第十七条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 的用量，{fault_zh}。"
because_en = "Usage of contract {contract_no}: {fault_en}."
innocent_zh = [
    "导出程序的错误已经更正：请书面说明更正了哪些行、原因为何，并附原文件的摘要。",
    "说明文件（source.toml）原先填错，如机构、集群、时区：请书面说明改了哪一项、原因为何。",
    "当日只交来该集群一部分卡的采样，或承诺时采样尚未收齐：请补交全部卡的采样，或提供承诺所据的文件。",
    "承诺按集群分开或合并，与采样所填的集群不一致：请按采样的集群逐一承诺。",
    "承诺的那一天的采样尚未交来：请补交带摘要的采样。",
]
innocent_en = [
    "A fault of the export was corrected: state in writing which rows and why, with the digest of the former file.",
    "source.toml was filled in wrongly at first, such as the provider, cluster or zone: state in writing what was changed and why.",
    "Samples of some of the cluster's cards only, or the commitment came before all were in: hand in all, or the files it was made from.",
    "The commitment splits or merges clusters otherwise than the samples: commit for each cluster of the samples.",
    "The samples of the committed day are not in yet: hand them in with their digests.",
]

[evidence]
contract_no = "合同编号"
provider_id = "服务机构代码"
row_count = "提交或承诺之后改动的行数"
before_gpu_hours = "这些行原来的卡时，小时；不知道的为空"
after_gpu_hours = "这些行后来的卡时，小时；不知道的为空"
file_name = "最早改动的原文件"
first_row_no = "其行号"
by_file_name = "改动后的文件；文件未改而说明改了的为 source.toml"
changed_on = "改动后的文件收进之日"
redeclared_count = "其中文件未改而说明（source.toml）改了的行数"
committed_count = "用量日中有日志承诺的天数"
broken_count = "其中根摘要与承诺不同的天数"
first_broken_on = "其中最早一天"
unknown_count = "其中无从比对的天数"
fault_zh = "改动了什么，与承诺相比如何"
fault_en = "the same in English"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "reconciled.rewritten"
using = ["contract_no"]
where = "r.changed_on >= try_cast(j.changed_on as date)"

[[trace]]
relation = "reconciled.redeclared"
using = ["contract_no"]
where = "r.changed_on >= try_cast(j.changed_on as date)"

[[trace]]
relation = "reconciled.commitment_day"
using = ["provider_id"]
where = "r.is_kept = false and r.usage_on >= try_cast(j.first_broken_on as date)"
*/
-- A declaration counts for the claims that were filed while it stood.
with counted as (
    select
        c.claim_id,
        r.row_count,
        0 as redeclared_count,
        r.before_unit_seconds,
        r.after_unit_seconds,
        r.changed_on,
        r.usage_on,
        r.file_sha256,
        r.row_no,
        r.by_file_sha256,
    from reconciled.claim_paper as c
    join reconciled.rewritten as r on r.contract_no = c.contract_no
    where r.changed_on > c.submitted_on or r.changed_on > r.committed_on
    union all
    select
        c.claim_id,
        r.row_count,
        r.row_count,
        r.before_unit_seconds,
        r.after_unit_seconds,
        r.changed_on,
        null,
        r.file_sha256,
        r.row_no,
        'source.toml',
    from reconciled.claim_paper as c
    join reconciled.redeclared as r on r.contract_no = c.contract_no
    where c.submitted_on >= r.declared_on and c.submitted_on < r.changed_on
),
changed as (
    select
        claim_id,
        cast(sum(row_count) as bigint) as row_count,
        cast(sum(redeclared_count) as bigint) as redeclared_count,
        case when count(before_unit_seconds) = count(*) then sum(before_unit_seconds) end as before_unit_seconds,
        case when count(after_unit_seconds) = count(*) then sum(after_unit_seconds) end as after_unit_seconds,
        arg_min(
            {'file': file_sha256, 'row_no': row_no, 'by_file': by_file_sha256, 'changed_on': changed_on},
            (changed_on, coalesce(usage_on, changed_on), file_sha256, row_no, by_file_sha256)
        ) as first_change,
    from counted
    group by claim_id
),
used as (
    select distinct contract_no, provider_id, lower(cluster_id) as place, usage_on
    from reconciled.sample_day
    where contract_no is not null
),
committed as (
    select
        u.contract_no,
        count(*) as committed_count,
        count(*) filter (where not k.is_kept) as broken_count,
        count(*) filter (where k.is_kept is null) as unknown_count,
        min(u.usage_on) filter (where not k.is_kept) as first_broken_on,
    from used as u
    join reconciled.commitment_day as k
        on k.provider_id = u.provider_id
        and lower(k.cluster_id) is not distinct from u.place
        and k.usage_on = u.usage_on
    group by u.contract_no
),
metered as (
    select contract_no from used
    union
    select contract_no from reconciled.interval where contract_no is not null
),
named as (
    select file_sha256, min(file_name) as file_name from lake.input_file group by file_sha256
),
told as (
    select
        h.*,
        coalesce(o.file_name, h.first_change.file) as file_name,
        coalesce(n.file_name, h.first_change.by_file) as by_file_name,
        coalesce(cast(reconciled.gpu_hours(h.before_unit_seconds) as varchar), '未知') as before_zh,
        coalesce(cast(reconciled.gpu_hours(h.after_unit_seconds) as varchar), '未知') as after_zh,
    from changed as h
    left join named as o on o.file_sha256 = h.first_change.file
    left join named as n on n.file_sha256 = h.first_change.by_file
)
select
    c.claim_id as subject_id,
    case
        when h.row_count > 0 or k.broken_count > 0 then 'flag'
        when m.contract_no is null then 'not_applicable'
        when k.unknown_count > 0 then 'unknown'
        when m.contract_no is not null then 'pass'
    end as verdict,
    c.contract_no,
    c.provider_id,
    coalesce(h.row_count, 0) as row_count,
    case when h.row_count is null then 0.0000 else reconciled.gpu_hours(h.before_unit_seconds) end as before_gpu_hours,
    case when h.row_count is null then 0.0000 else reconciled.gpu_hours(h.after_unit_seconds) end as after_gpu_hours,
    coalesce(h.file_name, '—') as file_name,
    coalesce(cast(h.first_change.row_no as varchar), '—') as first_row_no,
    coalesce(h.by_file_name, '—') as by_file_name,
    coalesce(cast(h.first_change.changed_on as varchar), '—') as changed_on,
    coalesce(h.redeclared_count, 0) as redeclared_count,
    coalesce(k.committed_count, 0) as committed_count,
    coalesce(k.broken_count, 0) as broken_count,
    coalesce(cast(k.first_broken_on as varchar), '—') as first_broken_on,
    coalesce(k.unknown_count, 0) as unknown_count,
    concat_ws(
        '；',
        case when h.row_count > 0 then concat(
            '在兑现申请提交或日志承诺之后改动 ', h.row_count, ' 行（', h.before_zh, ' 卡时改为 ', h.after_zh, ' 卡时），最早改的由 ',
            h.file_name, ' 第 ', h.first_change.row_no, ' 行改为 ', h.by_file_name, ' 所载，收于 ', h.first_change.changed_on
        ) end,
        case when h.redeclared_count > 0 then concat('其中文件未改而旁边的说明（source.toml）改了的 ', h.redeclared_count, ' 行') end,
        case when k.committed_count > 0 then concat(
            '日志承诺覆盖其用量 ', k.committed_count, ' 天，其中 ', k.broken_count, ' 天按交来的采样算出的根摘要与承诺的不同',
            '（最早 ' || k.first_broken_on || '）', '，', k.unknown_count, ' 天无从比对'
        ) end
    ) as fault_zh,
    concat_ws(
        '; ',
        case when h.row_count > 0 then concat(
            h.row_count, ' rows were changed after the claim was submitted or the log was committed to (',
            replace(h.before_zh, '未知', 'unknown'), ' card-hours became ', replace(h.after_zh, '未知', 'unknown'), '), the first from ',
            h.file_name, ' row ', h.first_change.row_no, ' to what ', h.by_file_name, ' says, received on ', h.first_change.changed_on
        ) end,
        case when h.redeclared_count > 0
            then concat('of ', h.redeclared_count, ' of the rows only what source.toml says beside the file was changed') end,
        case when k.committed_count > 0 then concat(
            'commitments cover ', k.committed_count, ' of its days, on ', k.broken_count,
            ' of them the root of the samples handed in is not the one committed to', ' (first on ' || k.first_broken_on || ')',
            ', ', k.unknown_count, ' cannot be compared'
        ) end
    ) as fault_en,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join told as h using (claim_id)
left join committed as k on k.contract_no = c.contract_no
left join metered as m on m.contract_no = c.contract_no
