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
policy_year = "所属年度：算力券申领年；无券的取合同开始年"
voucher_effective_on = "券生效日；未登记的为空"
counts_until = "计入截止日（含）：合同结束日与当年12月31日取早者"
amount_yuan = "合同含税金额，元；框架合同可空"
basis = "计量口径"
rounding = "计量进位"
round_to_seconds = "每条记录进位到多少秒；1 为不进位"
*/
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
left join (
    select
        contract_no,
        min(year(applied_at)) as policy_year,
        cast(min(effective_at) as date) as voucher_effective_on,
    from lake.voucher
    group by contract_no
) as v using (contract_no)
