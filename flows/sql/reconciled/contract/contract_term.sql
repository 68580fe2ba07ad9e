/*
title_zh = "合同期限与计入范围"
grain_zh = "每份合同一行"
no_rows_without = ["lake.contract"]
[columns]
contract_no = "合同编号"
provider_id = "服务机构代码"
applicant_id = "申领单位代码"
starts_on = "开始日期"
ends_on = "结束日期（含）"
policy_year = "所属年度：最先的申请所凭的券的生效年（未生效的取申领年）；没有申请或其券未收录的取合同名下最早的券，无券的取框架合同的（当事人相同的），再无的取合同开始年"
voucher_effective_on = "该券的生效日；未登记的为空"
counts_until = "计入截止日（含）：合同结束日与当年12月31日取早者"
amount_yuan = "合同含税金额，元；框架合同可空"
basis = "计量口径"
rounding = "计量进位"
round_to_seconds = "每条记录进位到多少秒；1 为不进位"
*/
-- A voucher may be given back and another applied for in a later year: the claim says which one its contract stands under.
with claimed as (
    select
        contract_no,
        policy_year,
        cast(effective_at as date) as voucher_effective_on,
    from reconciled.claim_paper
    where has_voucher
    qualify row_number() over (partition by contract_no order by queue_at, submitted_at, claim_id) = 1
),
registered as (
    select
        contract_no,
        min(reconciled.issue_year(effective_at, applied_at)) as policy_year,
        cast(min(effective_at) as date) as voucher_effective_on,
    from lake.voucher
    group by contract_no
),
vouched as (
    select * from claimed
    union all
    select * from registered where contract_no not in (select contract_no from claimed where contract_no is not null)
),
-- A supplement that nobody claims or has a voucher for stands under its contract's.
with_parent as (
    select * from vouched
    union all
    select f.contract_no, v.policy_year, v.voucher_effective_on
    from reconciled.framework as f
    join vouched as v on v.contract_no = f.framework_no
    where f.contract_no not in (select contract_no from vouched where contract_no is not null)
)
select
    c.contract_no,
    c.provider_id,
    c.applicant_id,
    c.starts_on,
    c.ends_on,
    coalesce(v.policy_year, year(c.starts_on)) as policy_year,
    v.voucher_effective_on,
    least(c.ends_on, make_date(coalesce(v.policy_year, year(c.starts_on)), 12, 31)) as counts_until,
    c.amount_yuan,
    c.basis,
    c.rounding,
    case c.rounding when 'minute_up' then 60 when 'hour_up' then 3600 else 1 end as round_to_seconds,
from lake.contract as c
left join with_parent as v using (contract_no)
