/*
id = "MTR-016"
title_zh = "只有截图，没有机器可读的用量日志"
title_en = "Pictures of a log, but no readable log"
article = "第十条、第十二条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 收到后台日志材料 {material_count} 份，其中图像 {picture_count} 份（{picture_names}）；归到该合同的机器可读用量记录 {record_count} 条、采样 {sample_count} 个，归不到合同的本单位用量 {unmatched_count} 条。卡时不从图像推算，涉及申报费用 {amount_at_risk_yuan} 元。"
because_en = "Contract {contract_no}: {material_count} usage-log document(s), {picture_count} of them pictures ({picture_names}); readable usage records {record_count}, samples {sample_count}, usage of the applicant that no contract was found for {unmatched_count}. Hours are not taken from pictures; {amount_at_risk_yuan} yuan of claimed cost."
innocent_zh = [
    "日志由服务机构按全部租户一并提交，而租户对照表漏了该租户：请补租户对照。",
    "日志文件已交而因格式被退回：请按退回原因更正后重新提交。",
    "截图之外另有导出文件未附：请服务机构补交调度器或平台的导出文件。",
]
innocent_en = [
    "The log has all tenants and the tenant table lacks this one: add it.",
    "The log was handed in and refused for its form: correct it by the reasons given and hand it in again.",
    "There is an export beside the screenshots: have the provider hand it in.",
]
policy = ["evidence.structured_log"]
[evidence]
contract_no = "合同编号"
material_count = "后台日志材料份数"
picture_count = "其中图像或扫描件的份数"
picture_names = "其文件名，至多列三个；— 为没有"
record_count = "归到该合同的用量记录条数"
sample_count = "归到该合同的采样个数"
unmatched_count = "归到本单位而归不到合同的用量记录条数"
amount_at_risk_yuan = "申报实际费用，元"
[[trace]]
relation = "lake.material"
using = ["claim_id"]
where = "r.material_code = 'usage_log'"
*/
with kept as (
    select distinct
        file_sha256,
        lower(regexp_extract(file_name, '[^/\\]+$')) as base_name,
    from lake.input_file
    where status = 'kept'
),
logs as (
    select
        m.claim_id,
        m.file_name,
        regexp_matches(lower(m.file_name), '\.(png|jpe?g|bmp|gif|tiff?|webp|heic|pdf)$')
            or m.sha256 in (select file_sha256 from kept)
            or lower(regexp_extract(m.file_name, '[^/\\]+$')) in (select base_name from kept) as is_picture,
    from lake.material as m
    where m.material_code = 'usage_log'
),
handed_in as (
    select
        claim_id,
        count(*) as material_count,
        count(*) filter (where is_picture) as picture_count,
        array_to_string(list(file_name order by file_name) filter (where is_picture)[1:3], '、') as picture_names,
    from logs
    group by claim_id
),
records as (
    select contract_no, count(*) as record_count from reconciled.interval where contract_no is not null group by contract_no
),
samples as (
    select contract_no, sum(sample_count) as sample_count
    from reconciled.sample_day
    where contract_no is not null
    group by contract_no
),
unmatched as (
    select provider_id, applicant_id, count(*) as unmatched_count
    from reconciled.interval
    where contract_no is null and applicant_id is not null
    group by provider_id, applicant_id
)
select
    c.claim_id as subject_id,
    case
        when r.record_count > 0 or s.sample_count > 0 then 'pass'
        when h.picture_count > 0 and policy.word('evidence.structured_log', c.submitted_on) = 'screenshot_accepted' then 'pass'
        when h.picture_count > 0 and u.unmatched_count is null then 'flag'
        else 'unknown'
    end as verdict,
    c.contract_no,
    coalesce(h.material_count, 0) as material_count,
    coalesce(h.picture_count, 0) as picture_count,
    coalesce(nullif(h.picture_names, ''), '—') as picture_names,
    coalesce(r.record_count, 0) as record_count,
    cast(coalesce(s.sample_count, 0) as bigint) as sample_count,
    coalesce(u.unmatched_count, 0) as unmatched_count,
    c.claimed_cost_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join handed_in as h using (claim_id)
left join records as r on r.contract_no = c.contract_no
left join samples as s on s.contract_no = c.contract_no
left join unmatched as u on u.provider_id = c.provider_id and u.applicant_id = c.applicant_id
