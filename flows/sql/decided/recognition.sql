/*
title_zh = "认定的实际发生费用"
grain_zh = "每笔申请一行；上限与总额之前"
no_rows_without = ["decided.cap_entity", "decided.claim_rate", "reconciled.claim_paper"]
[columns]
claim_id = "申请编号"
contract_no = "合同编号"
applicant_id = "申领单位代码"
provider_id = "服务机构代码"
policy_year = "计入上限与总额的年度"
policy_on = "适用参数的日期"
submitted_at = "提交时间"
measure = "实际发生费用取何数：min_of 各项取低，invoiced 发票，metered 计量，contract 合同，paid 付款"
claimed_cost_yuan = "申报实际费用，元"
invoiced_net_yuan = "开票金额（不含税），元"
invoiced_gross_yuan = "价税合计，元"
supported_yuan = "计量可支持的金额（含税，含补充合同的），元；未知的为空"
contract_amount_yuan = "合同含税金额（含补充合同），元；未约定的为空"
paid_yuan = "已付金额，元；未提供付款凭证的为空"
after_invoice_yuan = "以发票为限（含税），元；所取之数与发票无关的为空"
after_metering_yuan = "再以计量为限（含税），元；不以计量为限的为空"
after_contract_yuan = "再以合同为限（含税），元；不以合同为限的为空"
after_payment_yuan = "再以付款为限之后，即所取之数（含税），元"
recognised_cost_yuan = "认定费用（办法所取的计税口径），元；无发票的为零"
is_measure_missing = "应有的计量缺失或不完整"
threshold_base_yuan = "与门槛相比的费用，元：本合同的，或上限的同一主体全年合计的（一份合同计一次）"
meets_threshold = "达到门槛（含）"
tier_zh = "适用的比率档"
other_yuan = "与本办法合并计算的其他财政资金，元；不合并的为空"
subsidy_at_ratio_yuan = "按比例计算、在此处舍入一次的补贴，元；有档内上限或合并上限的以之为限"
subsidy_before_caps_yuan = "以券面为限、上限与总额之前的补贴，元"
*/
with measured as (
    select
        c.claim_id,
        c.contract_no,
        c.applicant_id,
        c.provider_id,
        case policy.word('cap.year', c.submitted_on)
            when 'redeem_year' then cast(year(c.submitted_at) as integer)
            when 'apply_year' then c.applied_year
            else c.policy_year
        end as policy_year,
        c.submitted_at,
        c.submitted_on as policy_on,
        c.claimed_cost_yuan,
        c.face_yuan,
        i.invoiced_net_yuan,
        i.invoiced_gross_yuan,
        cast(c.contract_amount_yuan + coalesce(u.supplement_yuan, 0) as decimal(18, 2)) as contract_amount_yuan,
        p.paid_yuan,
        -- A voucher taken off at the sale is cost too (R11): what was paid and its face make up the invoice, but for
        -- rounding; each share of an invoice that several contracts use is itself cut to the fen.
        case
            when abs(p.paid_yuan + c.face_yuan - i.invoiced_gross_yuan)
                    <= policy.number('payment.short_tolerance_yuan', c.submitted_on) + i.cut_yuan
                and policy.word('base.before_voucher', c.submitted_on) = 'true'
                then cast(least(p.paid_yuan + c.face_yuan, i.invoiced_gross_yuan) as decimal(18, 2))
            else p.paid_yuan
        end as covered_yuan,
        -- A figure that leaves out records of unknown size, or hours of a model that has no price yet, may only be too low:
        -- it does not cut the claim.
        case
            when (s.unknown_card_record_count > 0 or s.unknown_core_record_count > 0 or x.is_incomplete
                or (n.is_beyond and policy.word('base.measure', c.submitted_on) = 'min_of'))
                and s.supported_yuan + coalesce(x.supported_yuan, 0) < i.invoiced_gross_yuan then null
            else cast(s.supported_yuan + coalesce(x.supported_yuan, 0) as decimal(18, 2))
        end as supported_yuan,
        policy.word('base.measure', c.submitted_on) as measure,
        policy.word('base.tax', c.submitted_on) as tax_reading,
        policy.word('rounding.mode', c.submitted_on) as rounding_reading,
        policy.word('threshold.scope', c.submitted_on) as scope_reading,
        policy.number('threshold.amount_yuan', c.submitted_on) as threshold_yuan,
        reconciled.millionths(k.ratio) as ratio_millionths,
        k.cap_yuan as tier_cap_yuan,
        k.tier_zh,
        -- Other public money for the same cost counts towards the instrument's combined ratio, where it names one.
        case
            when policy.optional_word('duplicate.action', c.submitted_on) = 'offset' then coalesce(o.paid_yuan, 0)
        end as other_yuan,
        reconciled.millionths(policy.optional_number('duplicate.combined_ratio_max', c.submitted_on)) as combined_millionths,
    from reconciled.claim_paper as c
    join decided.claim_rate as k using (claim_id)
    left join reconciled.other_money as o using (claim_id)
    left join decided.claim_invoiced as i using (claim_id)
    left join decided.support as s on s.contract_no = c.contract_no
    left join decided.claim_unpriced as n using (claim_id)
    left join decided.supplement_support as x on x.contract_no = c.contract_no
    left join reconciled.contract_supplement as u on u.contract_no = c.contract_no
    left join reconciled.contract_payment as p on p.contract_no = c.contract_no
),
-- Under min_of each measure is a ceiling and one that is missing cuts nothing; alone it is the whole answer.
stepped as (
    select
        *,
        case when measure in ('min_of', 'invoiced') then coalesce(invoiced_gross_yuan, 0) end as after_invoice_yuan,
        case measure
            when 'min_of' then least(coalesce(invoiced_gross_yuan, 0), supported_yuan)
            when 'metered' then coalesce(supported_yuan, 0)
        end as after_metering_yuan,
        case measure
            when 'min_of' then least(coalesce(invoiced_gross_yuan, 0), supported_yuan, contract_amount_yuan)
            when 'contract' then coalesce(contract_amount_yuan, 0)
        end as after_contract_yuan,
        case measure
            when 'min_of' then least(coalesce(invoiced_gross_yuan, 0), supported_yuan, contract_amount_yuan, covered_yuan)
            when 'invoiced' then coalesce(invoiced_gross_yuan, 0)
            when 'metered' then coalesce(supported_yuan, 0)
            when 'contract' then coalesce(contract_amount_yuan, 0)
            when 'paid' then coalesce(covered_yuan, 0)
        end as after_payment_yuan,
        case measure
            when 'min_of' then supported_yuan is null
            when 'invoiced' then invoiced_gross_yuan is null
            when 'metered' then supported_yuan is null
            when 'contract' then contract_amount_yuan is null
            when 'paid' then covered_yuan is null
        end as is_measure_missing,
    from measured
),
based as (
    select
        *,
        case
            when tax_reading = 'inclusive' then cast(after_payment_yuan * 100 as hugeint)
            when invoiced_gross_yuan is null or invoiced_gross_yuan = 0 then 0
            -- Tax-exclusive share of what is left, by the invoices' own net and gross; one floor to the cent.
            else cast(after_payment_yuan * 100 as hugeint) * cast(invoiced_net_yuan * 100 as hugeint)
                // cast(invoiced_gross_yuan * 100 as hugeint)
        end as recognised_fen,
    from stepped
),
recognised as (
    select
        *,
        cast(least(claimed_cost_yuan, cast(recognised_fen as decimal(16, 0)) * 0.01) as decimal(18, 2)) as recognised_cost_yuan,
    from based
),
-- A contract claimed twice is one cost of the year: the larger. The year is that of whom the cap is for (R18).
once as (
    select
        *,
        row_number() over (
            partition by policy_year, entity_id, contract_no
            order by recognised_cost_yuan desc, claim_id
        ) = 1 as is_counted,
    from recognised
    join decided.cap_entity using (policy_year, applicant_id)
),
bounded as (
    select
        *,
        case scope_reading
            when 'applicant_year' then cast(
                sum(recognised_cost_yuan) filter (where is_counted) over (partition by policy_year, entity_id)
                as decimal(18, 2)
            )
            else recognised_cost_yuan
        end as threshold_base_yuan,
    from once
),
halved as (
    select
        *,
        threshold_base_yuan >= threshold_yuan as meets_threshold,
        cast(
            (
                cast(recognised_cost_yuan * 100 as hugeint) * ratio_millionths
                + case rounding_reading when 'half_up' then 1000000 // 2 else 0 end
            ) // 1000000 as decimal(16, 0)
        ) * 0.01 as ratio_yuan,
        cast(cast(recognised_cost_yuan * 100 as hugeint) * combined_millionths // 1000000 as decimal(16, 0)) * 0.01
            - other_yuan as combined_left_yuan,
    from bounded
),
shared as (
    select *, greatest(0, least(ratio_yuan, tier_cap_yuan, combined_left_yuan)) as share_yuan from halved
)
select
    claim_id,
    contract_no,
    applicant_id,
    provider_id,
    policy_year,
    policy_on,
    submitted_at,
    measure,
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
    recognised_cost_yuan,
    is_measure_missing,
    threshold_base_yuan,
    meets_threshold,
    tier_zh,
    other_yuan,
    cast(case when meets_threshold then share_yuan else 0 end as decimal(18, 2)) as subsidy_at_ratio_yuan,
    cast(case when meets_threshold then least(share_yuan, face_yuan) else 0 end as decimal(18, 2)) as subsidy_before_caps_yuan,
from shared
