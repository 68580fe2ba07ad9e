/*
title_zh = "认定的实际发生费用"
grain_zh = "每笔申请一行；上限与总额之前"
[columns]
claim_id = "申请编号"
contract_no = "合同编号"
applicant_id = "申领单位代码"
provider_id = "服务机构代码"
policy_year = "年度"
policy_on = "适用参数的日期"
queue_at = "先到先得的时刻"
priority_class = "优先类别"
submitted_at = "提交时间"
claimed_cost_yuan = "申报实际费用，元"
invoiced_net_yuan = "开票金额（不含税），元"
invoiced_gross_yuan = "价税合计，元"
supported_yuan = "计量可支持的金额（含税），元；未知的为空"
contract_amount_yuan = "合同含税金额（含补充合同），元；未约定的为空"
paid_yuan = "已付金额，元；未提供付款凭证的为空"
after_invoice_yuan = "以发票为限（含税），元"
after_metering_yuan = "再以计量为限（含税），元"
after_contract_yuan = "再以合同为限（含税），元"
after_payment_yuan = "再以付款为限（含税），元"
recognised_cost_yuan = "认定费用（办法所取的计税口径），元；无发票的为零"
is_measure_missing = "应有的计量缺失或不完整"
meets_threshold = "达到门槛（含）"
subsidy_before_caps_yuan = "按比例计算、舍去不足一分、上限之前的补贴，元"
*/
with measured as (
    select
        c.claim_id,
        c.contract_no,
        c.applicant_id,
        c.provider_id,
        c.policy_year,
        c.queue_at,
        c.priority_class,
        c.submitted_at,
        c.claimed_cost_yuan,
        i.invoiced_net_yuan,
        i.invoiced_gross_yuan,
        cast(c.contract_amount_yuan + coalesce(u.supplement_yuan, 0) as decimal(18, 2)) as contract_amount_yuan,
        p.paid_yuan,
        -- A voucher taken off at the sale is cost too (R11): what was paid and its face make up the invoice.
        case
            when p.paid_yuan + c.face_yuan = i.invoiced_gross_yuan
                and policy.word('base.before_voucher', c.submitted_on) = 'true' then i.invoiced_gross_yuan
            else p.paid_yuan
        end as covered_yuan,
        c.submitted_on as policy_on,
        -- A figure that leaves out records of unknown size may only be too low: it does not cut the claim.
        case
            when s.unknown_card_record_count > 0 and s.supported_yuan < i.invoiced_gross_yuan then null
            else s.supported_yuan
        end as supported_yuan,
    from reconciled.claim_paper as c
    left join decided.claim_invoiced as i using (claim_id)
    left join decided.support as s on s.contract_no = c.contract_no
    left join reconciled.contract_supplement as u on u.contract_no = c.contract_no
    left join reconciled.contract_payment as p on p.contract_no = c.contract_no
),
stepped as (
    select
        *,
        coalesce(invoiced_gross_yuan, 0) as after_invoice_yuan,
        least(coalesce(invoiced_gross_yuan, 0), supported_yuan) as after_metering_yuan,
        least(coalesce(invoiced_gross_yuan, 0), supported_yuan, contract_amount_yuan) as after_contract_yuan,
        least(coalesce(invoiced_gross_yuan, 0), supported_yuan, contract_amount_yuan, covered_yuan) as after_payment_yuan,
    from measured
),
based as (
    select
        *,
        case
            when invoiced_gross_yuan is null or invoiced_gross_yuan = 0 then 0
            when policy.word('base.tax', policy_on) = 'inclusive' then cast(after_payment_yuan * 100 as hugeint)
            -- Tax-exclusive share of what is left, by the invoices' own net and gross; one floor to the cent.
            else cast(after_payment_yuan * 100 as hugeint) * cast(invoiced_net_yuan * 100 as hugeint)
                // cast(invoiced_gross_yuan * 100 as hugeint)
        end as recognised_fen,
    from stepped
),
recognised as (
    select
        *,
        least(claimed_cost_yuan, cast(recognised_fen as decimal(16, 0)) * 0.01) as recognised_cost_yuan,
    from based
)
select
    claim_id,
    contract_no,
    applicant_id,
    provider_id,
    policy_year,
    policy_on,
    queue_at,
    priority_class,
    submitted_at,
    claimed_cost_yuan,
    invoiced_net_yuan,
    invoiced_gross_yuan,
    supported_yuan,
    contract_amount_yuan,
    paid_yuan,
    cast(after_invoice_yuan as decimal(18, 2)) as after_invoice_yuan,
    cast(after_metering_yuan as decimal(18, 2)) as after_metering_yuan,
    cast(after_contract_yuan as decimal(18, 2)) as after_contract_yuan,
    cast(after_payment_yuan as decimal(18, 2)) as after_payment_yuan,
    cast(recognised_cost_yuan as decimal(18, 2)) as recognised_cost_yuan,
    supported_yuan is null as is_measure_missing,
    recognised_cost_yuan >= policy.number('threshold.amount_yuan', policy_on) as meets_threshold,
    case
        when recognised_cost_yuan >= policy.number('threshold.amount_yuan', policy_on)
            then cast(
                cast(recognised_cost_yuan * 100 as hugeint)
                * reconciled.millionths(policy.number('rate.subsidy_ratio', policy_on))
                // 1000000 as decimal(16, 0)
            ) * 0.01
        else 0
    end::decimal(18, 2) as subsidy_before_caps_yuan,
from recognised
