/*
title_zh = "申请的核对码"
grain_zh = "每笔申请一行"
[columns]
claim_id = "申请编号"
figures_sha256 = "该申请公布数字的 SHA-256：金额、卡时、处理建议、核算步骤、发现及其结论"
check_code = "核对码：上列 SHA-256 的前 16 位，印在专家意见表上"
*/
-- Left out is what other claims may move while this one's sums stay: place in the queue, how a cut is shared between
-- the applicant's cap and the pool, what was used before. Names and notes are left out too: they are no figures.
with said as (
    select
        claim_id,
        'claim' as part,
        concat_ws(
            chr(31),
            claim_id,
            coalesce(voucher_id, chr(0)),
            coalesce(contract_no, chr(0)),
            coalesce(applicant_id, chr(0)),
            coalesce(provider_id, chr(0)),
            coalesce(cast(policy_year as varchar), chr(0)),
            coalesce(cast(epoch_us(submitted_at) as varchar), chr(0)),
            coalesce(cast(claimed_cost_yuan as varchar), chr(0)),
            coalesce(cast(claimed_subsidy_yuan as varchar), chr(0)),
            coalesce(cast(contract_gpu_hours as varchar), chr(0)),
            coalesce(cast(billed_gpu_hours as varchar), chr(0)),
            coalesce(cast(metered_gpu_hours as varchar), chr(0)),
            coalesce(cast(active_gpu_hours as varchar), chr(0)),
            coalesce(cast(verifiable_gpu_hours as varchar), chr(0)),
            coalesce(cast(invoiced_net_yuan as varchar), chr(0)),
            coalesce(cast(invoiced_gross_yuan as varchar), chr(0)),
            coalesce(cast(supported_yuan as varchar), chr(0)),
            coalesce(cast(contract_amount_yuan as varchar), chr(0)),
            coalesce(cast(paid_yuan as varchar), chr(0)),
            coalesce(cast(recognised_cost_yuan as varchar), chr(0)),
            coalesce(cast(subsidy_before_caps_yuan as varchar), chr(0)),
            coalesce(cast(proposed_subsidy_yuan as varchar), chr(0)),
            coalesce(disposition, chr(0)),
            coalesce(array_to_string(reasons, ','), chr(0)),
            coalesce(evidence_grade, chr(0))
        ) as line,
    from published.claim
    union all
    select
        claim_id,
        'step' as part,
        concat_ws(chr(31), step, coalesce(cast(amount_yuan as varchar), chr(0))) as line,
    from published.waterfall
    where step not in ('applicant_cap', 'pool')
    union all
    select
        claim_id,
        'finding' as part,
        concat_ws(chr(31), finding_id, verdict) as line,
    from published.finding
    where claim_id is not null
),
summed as (
    select
        claim_id,
        sha256(string_agg(part || chr(31) || line, chr(30) order by part, line)) as figures_sha256,
    from said
    where claim_id in (select claim_id from published.claim)
    group by claim_id
)
select
    claim_id,
    figures_sha256,
    left(figures_sha256, 16) as check_code,
from summed
order by claim_id
