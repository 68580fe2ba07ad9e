/*
id = "CON-002"
title_zh = "同一合同重复申领"
title_en = "The same contract claimed more than once"
article = "第七条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 在本申请之前已有申领：{earlier_zh}；本申请为第 {use_no} 次，第七条规定同一合同仅能申领 {allowed_count} 次。"
because_en = "Contract {contract_no} was claimed before: {earlier}; this is claim number {use_no}, and article 7 allows {allowed_count} per contract."
unknown_zh = [
    "合同 {contract_no} 见于往期兑现（{earlier}），当时兑现 {earlier_redeemed_yuan} 元；连同本申请算第几次申领看不出。请核对往年的受理结果；合同未收到的，请一并补交。",
    "合同 {contract_no} 未收到，与其他申请是否为同一份合同无从比较。请补交合同。",
]
unknown_en = [
    "Contract {contract_no} stands in the redemptions of an earlier year ({earlier}), {earlier_redeemed_yuan} yuan redeemed; as which claim this one counts cannot be seen. Please check how that year ended it, and hand in the contract where it is not on file.",
    "Contract {contract_no} is not on file, so whether another claim is on the same contract cannot be compared. Please hand in the contract.",
]
innocent_zh = [
    "前一申请已撤回，或经退回更正后重报：请提供撤回或退回通知，并注明替代关系。",
    "两份合同确为不同的服务而当事人、日期、金额和明细恰好相同：请提供两份合同原件及各自的用量和发票。",
    "往期兑现所载的就是本申请，而券号、合同或单位误录：三者与申请一致的即视为本申请的兑现，请核对。",
]
innocent_en = [
    "The earlier claim was withdrawn, or returned and filed anew: provide the notice and say which replaces which.",
    "The two contracts are for different services and merely share parties, dates, amount and lines: provide both originals with their usage and invoices.",
    "The earlier redemption is this very claim, with voucher, contract or applicant entered wrongly: it counts as this claim's where all three agree; please check.",
]
policy = ["repeat.claims_per_contract", "repeat.same_contract"]

[evidence]
contract_no = "合同编号"
applicant_id = "申领单位代码"
use_no = "本申请是该合同的第几次申领，往期兑现计在内"
allowed_count = "允许次数"
earlier = "此前的申领：申请编号 / 合同编号，或往期年度 / 合同编号；— 为没有"
earlier_zh = "此前的申领的中文说明；— 为没有"
earlier_claim_id = "同一合同最先的申请编号；即本申请的为空"
earlier_redeemed_yuan = "往期兑现金额，元；无往期的为空"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.contract"
using = ["contract_no"]

[[trace]]
relation = "lake.claim"
using = ["applicant_id"]
where = "r.claim_id = j.earlier_claim_id"

[[trace]]
relation = "lake.grant_history"
using = ["contract_no"]
where = "r.funder is null and (r.applicant_id = j.applicant_id or r.applicant_id in (select n.applicant_id from reconciled.applicant_person as n join reconciled.applicant_person as m using (person_id) where m.applicant_id = j.applicant_id))"
*/
with lines as (
    select contract_no, concat_ws('/', service_item, device_model, unit, quantity, unit_price_yuan) as line from lake.contract_line
),
listed as (
    select contract_no, string_agg(line, '|' order by line) as lines from lines group by contract_no
),
-- A renumbered copy: same parties, dates, amount and lines. Orders under one framework are contracts of their own.
printed as (
    select
        c.*,
        case when k.amount_yuan is not null and k.parent_contract_no is null
            and policy.word('repeat.same_contract', c.submitted_on) = 'number_or_terms' then concat_ws(
            '|', k.provider_id, k.applicant_id, k.signed_on, k.starts_on, k.ends_on, k.amount_yuan, l.lines
        ) else c.contract_no end as print,
    from reconciled.claim_paper as c
    left join lake.contract as k on k.contract_no = c.contract_no
    left join listed as l on l.contract_no = c.contract_no
),
counted as (
    select
        *,
        row_number() over same as claim_no,
        first(claim_id) over same as first_claim_id,
        first(contract_no) over same as first_contract_no,
    from printed
    window same as (partition by print order by queue_at, submitted_at, claim_id)
),
-- Numbers may begin anew every year: a contract signed after the year cannot be the one redeemed in it. What was paid
-- on a claim at hand is counted as that claim.
redeemed as (
    select c.claim_id, max(h.policy_year) as earlier_year, sum(h.redeemed_yuan) as earlier_redeemed_yuan,
    from counted as c
    left join reconciled.applicant_person as n on n.applicant_id = c.applicant_id
    join reconciled.earlier_grant as h
        on h.contract_no = c.contract_no
        and h.claim_id is null
        and (c.signed_on is null or year(c.signed_on) <= h.policy_year)
    left join reconciled.applicant_person as m on m.applicant_id = h.applicant_id
    where coalesce(n.person_id, c.applicant_id) = coalesce(m.person_id, h.applicant_id)
    group by c.claim_id
),
used as (
    select
        c.*,
        r.earlier_year,
        r.earlier_redeemed_yuan,
        c.claim_no + case when r.earlier_redeemed_yuan > 0 then 1 else 0 end as use_no,
        cast(policy.number('repeat.claims_per_contract', c.submitted_on) as integer) as allowed_count,
    from counted as c
    left join redeemed as r using (claim_id)
)
select
    claim_id as subject_id,
    case
        when use_no > allowed_count then 'flag'
        when not has_contract or earlier_redeemed_yuan = 0 then 'unknown'
        when use_no <= allowed_count then 'pass'
        else 'unknown'
    end as verdict,
    contract_no,
    applicant_id,
    use_no,
    allowed_count,
    case when claim_no > 1 then first_claim_id || ' / ' || first_contract_no
        else coalesce(earlier_year || ' / ' || contract_no, '—') end as earlier,
    case when claim_no > 1 then '申请 ' || first_claim_id || '（合同 ' || first_contract_no || '）'
        else coalesce(earlier_year || ' 年度往期兑现 ' || earlier_redeemed_yuan || ' 元', '—') end as earlier_zh,
    case when claim_no > 1 then first_claim_id end as earlier_claim_id,
    earlier_redeemed_yuan,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from used
