/*
title_zh = "兑付清单"
grain_zh = "每笔可兑付的申请一行；没有专家组意见的不在其中"
no_rows_without = ["published.claim", "published.decision"]
[columns]
line_no = "序号，自 1 起"
policy_year = "年度"
claim_id = "申请编号"
voucher_id = "券号"
contract_no = "合同编号"
applicant_id = "申领单位代码"
applicant_name = "申领单位名称"
provider_id = "服务机构代码"
provider_name = "服务机构名称"
payee_role = "收款方：provider 服务机构，applicant 申领单位"
payee_id = "收款方代码"
payee_name = "收款方名称"
decision = "专家意见：approve 通过，adjust 核减"
decided_at = "审查时间"
proposed_subsidy_yuan = "建议补贴，元"
payable_yuan = "兑付金额，元；不超过建议补贴，推翻否决的不超过上限与总额之余"
running_total_yuan = "累计兑付金额，元"
*/
with due as (
    select
        c.policy_year,
        c.queue_position,
        c.claim_id,
        c.voucher_id,
        c.contract_no,
        c.applicant_id,
        c.applicant_name,
        c.provider_id,
        c.provider_name,
        policy.word('roles.payee', cast(d.decided_at as date)) as payee_role,
        d.decision,
        d.decided_at,
        c.proposed_subsidy_yuan,
        d.payable_yuan,
    from published.decision as d
    join published.claim as c using (claim_id)
    where d.payable_yuan > 0
)
select
    row_number() over listed as line_no,
    policy_year,
    claim_id,
    voucher_id,
    contract_no,
    applicant_id,
    applicant_name,
    provider_id,
    provider_name,
    payee_role,
    case payee_role when 'provider' then provider_id when 'applicant' then applicant_id end as payee_id,
    case payee_role when 'provider' then provider_name when 'applicant' then applicant_name end as payee_name,
    decision,
    decided_at,
    proposed_subsidy_yuan,
    payable_yuan,
    cast(sum(payable_yuan) over (listed rows between unbounded preceding and current row) as decimal(18, 2)) as running_total_yuan,
from due
window listed as (order by policy_year, queue_position, claim_id)
order by line_no
