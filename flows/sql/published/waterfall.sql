/*
title_zh = "核算步骤"
grain_zh = "每笔申请每步一行"
no_rows_without = ["decided.award", "decided.recognition", "reconciled.claim_paper"]
[columns]
claim_id = "申请编号"
step_no = "步骤号"
step = "步骤名"
title_zh = "步骤中文名"
article = "条款"
amount_yuan = "该步之后的金额，元；未知或未提供的为空"
note_zh = "说明"
*/
with left_out as (
    select
        contract_no,
        string_agg(
            case cause when 'off_list' then '用到时不在设备清单上的卡 ' when 'broken_chain' then '采样没有摘要链的支持 ' end
                || gpu_hours || ' 卡时',
            '，' order by cause
        ) as words_zh,
    from (
        select contract_no, cause, reconciled.gpu_hours(sum(unit_seconds)) as gpu_hours
        from decided.excluded_day
        group by contract_no, cause
    )
    group by contract_no
),
joined as (
    select
        r.*,
        a.* exclude (claim_id, policy_year, applicant_id, subsidy_before_caps_yuan),
        c.face_yuan,
        e.words_zh as left_out_zh,
        policy.word('base.tax', r.policy_on) as tax_reading,
        policy.word('rounding.mode', r.policy_on) as rounding_reading,
    from decided.recognition as r
    join decided.award as a using (claim_id)
    join reconciled.claim_paper as c using (claim_id)
    left join left_out as e on e.contract_no = c.contract_no
),
steps as (
    select claim_id, 1 as step_no, 'claimed' as step, '申报实际费用' as title_zh, '第十二条' as article,
        claimed_cost_yuan as amount_yuan, '申请所报' as note_zh
    from joined
    union all
    select claim_id, 2, 'invoiced', '以发票为限（价税合计，冲减红字后）', '第十二条',
        invoiced_gross_yuan,
        case
            when measure not in ('min_of', 'invoiced') then '本办法此步不作限制'
            when invoiced_gross_yuan is null then '没有可计入的发票'
            else '作废、查验不符、号码不合规和提交之后开具的不计'
        end
    from joined
    union all
    select claim_id, 3, 'metered', '再以计量为限（含税）', '第七条、第十二条',
        case when supported_yuan is null then null else after_metering_yuan end,
        case
            when measure not in ('min_of', 'metered') then '本办法此步不作限制'
            when supported_yuan is null then '计量缺失或不完整，未作核减，须补充'
            else concat('计量可支持 ', supported_yuan, ' 元', '；不计：' || left_out_zh)
        end
    from joined
    union all
    select claim_id, 4, 'contract', '再以合同金额为限（含税）', '第七条',
        after_contract_yuan,
        case
            when measure not in ('min_of', 'contract') then '本办法此步不作限制'
            when contract_amount_yuan is null then '合同未约定总价，未作核减'
            else '合同 ' || contract_amount_yuan || ' 元'
        end
    from joined
    union all
    select claim_id, 5, 'paid', '再以已付金额为限（含税）', '第七条',
        after_payment_yuan,
        case
            when measure not in ('min_of', 'paid') then '本办法此步不作限制'
            when paid_yuan is null then '未提供付款凭证，未作核减'
            else '已付 ' || paid_yuan || ' 元'
        end
    from joined
    union all
    select claim_id, 6, 'recognised', '认定的实际发生费用', '第七条',
        recognised_cost_yuan,
        case tax_reading when 'inclusive' then '含税口径（解读 R10）' else '不含税口径（解读 R10）；不超过申报额；舍去不足一分' end
    from joined
    union all
    select claim_id, 7, 'threshold', '达到门槛的费用（含本数）', '第七条',
        case when meets_threshold then recognised_cost_yuan else 0 end,
        case when meets_threshold then '达到门槛' else '未达门槛' end || '；与门槛相比的是 ' || threshold_base_yuan || ' 元'
    from joined
    union all
    select claim_id, 8, 'half', '按比例计算的补贴', '第七条',
        subsidy_at_ratio_yuan,
        tier_zh || '；' || case rounding_reading when 'half_up' then '四舍五入至分' else '舍去不足一分' end || '（解读 R15），全程仅在此处对补贴额舍入'
    from joined
    union all
    select claim_id, 9, 'face', '以券面金额为限', '第十二条',
        subsidy_before_caps_yuan,
        case when face_yuan is null then '券面金额未登记，未作核减' else '券面 ' || face_yuan || ' 元' end
    from joined
    union all
    select claim_id, 10, 'applicant_cap', '单位年度上限之后', '第七条',
        case when is_in_queue then subsidy_before_caps_yuan - applicant_cap_cut_yuan else 0 end,
        case when is_in_queue then '' else '不予兑现的不占上限与总额，本行为零；' end
            || '同一单位在先已占用 ' || applicant_used_yuan || ' 元'
            || case when applicant_cap_cut_yuan > 0 then '；年度上限余额不足，核减 ' || applicant_cap_cut_yuan || ' 元' else '' end
    from joined
    union all
    select claim_id, 11, 'pool', '年度总额之后', '第七条',
        case when is_in_queue then subsidy_before_caps_yuan - applicant_cap_cut_yuan - pool_cut_yuan else 0 end,
        case when is_in_queue then '' else '不予兑现的不占上限与总额，本行为零；' end
            || '当年在先已占用 ' || pool_used_yuan || ' 元；先后位次 ' || queue_position
            || case when pool_cut_yuan > 0 then '；年度总额余额不足，核减 ' || pool_cut_yuan || ' 元' else '' end
    from joined
    union all
    select claim_id, 12, 'proposed', '建议补贴', '第七条、第十三条',
        proposed_subsidy_yuan,
        case
            when proposed_subsidy_yuan > 0 then ''
            when pool_cut_yuan > 0 then '年度总额余额不足，补贴为零；'
            when applicant_cap_cut_yuan > 0 then '单位年度上限余额不足，补贴为零；'
            else ''
        end || case disposition
            when 'approve' then '建议兑现，由专家组决定'
            when 'hold' then '暂缓，金额为保留额'
            else '不予兑现，不占上限与总额'
        end
    from joined
)
select
    claim_id,
    step_no,
    step,
    title_zh,
    policy.cited(article) as article,
    cast(amount_yuan as decimal(18, 2)) as amount_yuan,
    note_zh,
from steps
order by claim_id, step_no
