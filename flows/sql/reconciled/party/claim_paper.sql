/*
title_zh = "兑现申请及其合同、券、单位"
grain_zh = "每笔兑现申请一行；对应不上的为空"
no_rows_without = ["lake.claim"]
[columns]
claim_id = "申请编号"
voucher_id = "券号"
contract_no = "合同编号"
applicant_id = "申领单位代码"
provider_id = "服务机构代码"
applicant_name = "申领单位名称"
provider_name = "服务机构名称"
submitted_at = "兑现申请提交时间"
submitted_on = "兑现申请提交日期"
applied_at = "券申领时间"
completed_at = "券申领材料齐全时间"
effective_at = "券生效时间"
voucher_state = "券状态"
face_yuan = "券面金额，元"
policy_year = "年度：券生效年；尚未生效的取申领年，无券的取提交年"
applied_year = "券申领年；无券的取提交年"
queue_at = "先到先得的时刻：首次材料齐全；未记录的取兑现申请提交时间"
priority_class = "优先类别（第六条），小者在先；无的为 9"
claimed_cost_yuan = "申报实际费用，元"
claimed_subsidy_yuan = "申报兑现金额，元"
claimed_gpu_hours = "申报卡时"
has_contract = "合同已收录"
has_voucher = "券已收录"
signed_on = "合同签订日期"
starts_on = "合同开始日期"
ends_on = "合同结束日期（含）"
contract_amount_yuan = "合同含税金额，元"
basis = "计量口径"
contract_provider_id = "合同的服务机构代码"
contract_applicant_id = "合同的申领单位代码"
file_sha256 = "来源文件"
row_no = "来源行号"
*/
select
    c.claim_id,
    c.voucher_id,
    c.contract_no,
    c.applicant_id,
    c.provider_id,
    a.applicant_name,
    p.provider_name,
    c.submitted_at,
    cast(c.submitted_at as date) as submitted_on,
    v.applied_at,
    v.completed_at,
    v.effective_at,
    v.state as voucher_state,
    v.face_yuan,
    coalesce(reconciled.issue_year(v.effective_at, v.applied_at), cast(year(c.submitted_at) as integer)) as policy_year,
    cast(year(coalesce(v.applied_at, c.submitted_at)) as integer) as applied_year,
    coalesce(v.completed_at, c.submitted_at) as queue_at,
    coalesce(a.priority_class, 9) as priority_class,
    c.claimed_cost_yuan,
    c.claimed_subsidy_yuan,
    c.claimed_gpu_hours,
    k.contract_no is not null as has_contract,
    v.voucher_id is not null as has_voucher,
    k.signed_on,
    k.starts_on,
    k.ends_on,
    k.amount_yuan as contract_amount_yuan,
    k.basis,
    k.provider_id as contract_provider_id,
    k.applicant_id as contract_applicant_id,
    c.file_sha256,
    c.row_no,
from lake.claim as c
left join lake.voucher as v on v.voucher_id = c.voucher_id
left join lake.contract as k on k.contract_no = c.contract_no
left join lake.applicant as a on a.applicant_id = c.applicant_id
left join (
    select provider_id, arg_max(provider_name, (listed_on, provider_name)) as provider_name
    from lake.provider
    group by provider_id
) as p on p.provider_id = c.provider_id
