/*
id = "BHV-002"
title_zh = "几张发票恰合门槛或上限"
title_en = "Several invoices add up to the threshold or the cap exactly"
article = "第七条"
severity = "note"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no}（{agreed_zh}）所用发票 {invoice_count} 张，金额有 {amount_count} 种，计入 {basis_yuan} 元（{basis_zh}），{fault_zh}。"
because_en = "Contract {contract_no} ({agreed_en}) uses {invoice_count} invoices of {amount_count} different sums; what counts is {basis_yuan} yuan ({basis_en}), {fault_en}."
innocent_zh = [
    "按上限或门槛安排采购，办法并不禁止：无须说明。",
    "约定的总价即此数而合同表未填：请补填合同总额。",
    "最后一张发票结清余额，合计凑为整数：请提供结算单。",
]
innocent_en = [
    "Purchases were planned to the cap or the threshold, which the measures do not forbid: nothing need be said.",
    "The agreed total is this sum and is missing in the contract table: fill it in.",
    "The last invoice settles the balance to a round sum: provide the statement.",
]
policy = ["base.tax", "cap.applicant_year_yuan", "threshold.amount_yuan", "threshold.scope"]

[evidence]
contract_no = "合同编号"
contract_amount_yuan = "合同含税总额（含补充合同），元；— 为未约定"
agreed_zh = "同上的句子"
agreed_en = "the same in English"
invoice_count = "所用可计的蓝字发票张数"
amount_count = "其票面价税合计有几种"
basis_yuan = "整张计入的金额合计（办法所取的计税口径），元"
basis_zh = "计税口径"
basis_en = "the same in English"
threshold_yuan = "门槛，元（含）"
cap_yuan = "单位年度上限，元"
missing_count = "申请列明而未收到的发票张数"
fault_zh = "与门槛、上限相比如何"
fault_en = "the same in English"

[[trace]]
relation = "reconciled.claim_invoice_face"
using = ["claim_id"]
where = "r.effective_gross_yuan > 0"

[[trace]]
relation = "lake.contract"
using = []
where = "r.contract_no = j.contract_no or r.parent_contract_no = j.contract_no"
*/
with asked as (
    select
        c.*,
        -- An amount that is not agreed stays unknown.
        c.contract_amount_yuan + coalesce(u.supplement_yuan, 0) as agreed_yuan,
        k.ratio,
        policy.word('base.tax', c.submitted_on) = 'inclusive' as is_inclusive,
        policy.word('threshold.scope', c.submitted_on) = 'contract' as is_by_contract,
        policy.number('threshold.amount_yuan', c.submitted_on) as threshold_yuan,
        policy.number('cap.applicant_year_yuan', c.submitted_on) as cap_yuan,
    from reconciled.claim_paper as c
    left join decided.claim_rate as k on k.claim_id = c.claim_id
    left join reconciled.contract_supplement as u on u.contract_no = c.contract_no
),
-- Who has more invoices than are rewarded claims a part of one: that is no coincidence of sums.
summed as (
    select
        a.claim_id,
        count(*) filter (where f.effective_gross_yuan > 0) as invoice_count,
        count(distinct f.gross_yuan) filter (where f.effective_gross_yuan > 0) as amount_count,
        count(*) filter (where not f.is_handed_in) as missing_count,
        bool_and(coalesce(f.claimed_yuan >= case when a.is_inclusive then f.effective_gross_yuan else f.effective_net_yuan end, true))
            as is_whole,
        sum(f.effective_gross_yuan) as gross_yuan,
        sum(case when a.is_inclusive then f.effective_gross_yuan else f.effective_net_yuan end) as basis_yuan,
    from asked as a
    join reconciled.claim_invoice_face as f on f.claim_id = a.claim_id
    where not f.is_red
    group by a.claim_id
),
judged as (
    select
        a.*,
        s.* exclude (claim_id),
        a.is_by_contract and s.basis_yuan = a.threshold_yuan as is_threshold,
        reconciled.millionths(s.basis_yuan) * reconciled.millionths(a.ratio) = reconciled.millionths(a.cap_yuan) * 1000000 as is_cap,
        s.invoice_count > 1 and s.amount_count > 1 and s.is_whole and coalesce(s.gross_yuan <> a.agreed_yuan, true) as is_made_up,
    from asked as a
    left join summed as s on s.claim_id = a.claim_id
)
select
    claim_id as subject_id,
    case
        when missing_count > 0 or not has_contract or submitted_on is null then 'unknown'
        when is_made_up and (is_threshold or is_cap) then 'flag'
        when invoice_count > 0 then 'pass'
        when coalesce(invoice_count, 0) = 0 then 'not_applicable'
    end as verdict,
    contract_no,
    coalesce(cast(agreed_yuan as varchar), '—') as contract_amount_yuan,
    case
        when not has_contract then '合同未收到'
        when agreed_yuan is null then '未约定总额'
        else '合同总额 ' || cast(agreed_yuan as decimal(18, 2)) || ' 元'
    end as agreed_zh,
    case
        when not has_contract then 'not handed in'
        when agreed_yuan is null then 'no total agreed'
        else 'total ' || cast(agreed_yuan as decimal(18, 2)) || ' yuan'
    end as agreed_en,
    coalesce(invoice_count, 0) as invoice_count,
    coalesce(amount_count, 0) as amount_count,
    cast(coalesce(basis_yuan, 0) as decimal(18, 2)) as basis_yuan,
    case when is_inclusive then '含税' when not is_inclusive then '不含税' end as basis_zh,
    case when is_inclusive then 'with tax' when not is_inclusive then 'without tax' end as basis_en,
    cast(threshold_yuan as decimal(18, 2)) as threshold_yuan,
    cast(cap_yuan as decimal(18, 2)) as cap_yuan,
    coalesce(missing_count, 0) as missing_count,
    case
        when missing_count > 0 then '另有 ' || missing_count || ' 张未收到'
        when not has_contract then '合同未收到'
        when is_threshold then '恰为门槛'
        when is_cap then '按补贴比率恰为单位年度上限 ' || cast(cap_yuan as decimal(18, 2)) || ' 元'
        when submitted_on is null then '没有提交日期'
        else '不是门槛，也不恰到上限'
    end as fault_zh,
    case
        when missing_count > 0 then missing_count || ' more were not handed in'
        when not has_contract then 'the contract was not handed in'
        when is_threshold then 'exactly the threshold'
        when is_cap then 'which at the ratio is exactly the cap of ' || cast(cap_yuan as decimal(18, 2)) || ' yuan a year'
        when submitted_on is null then 'there is no day of filing'
        else 'neither the threshold nor just up to the cap'
    end as fault_en,
from judged
