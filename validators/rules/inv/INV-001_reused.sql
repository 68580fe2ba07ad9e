/*
id = "INV-001"
title_zh = "发票重复使用"
title_en = "Invoice used more than once"
article = "第七条、第十二条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "本申请有 {invoice_count} 张发票另有使用在先：发票 {invoice_number} 先由 {earlier_users} 使用，连同本申请合计计入 {used_yuan} 元，而其票面冲减红字后不含税 {net_yuan} 元、价税合计 {gross_yuan} 元。"
because_en = "{invoice_count} invoice(s) of this claim were used before: invoice {invoice_number} by {earlier_users}; with this claim {used_yuan} yuan are counted, its face less its red letters being {net_yuan} yuan without tax and {gross_yuan} yuan with tax."
unknown_zh = [
    "发票 {invoice_number} 也见于 {earlier_users}：如为同一张，连同本申请合计计入 {used_yuan} 元，而其票面冲减红字后不含税 {net_yuan} 元、价税合计 {gross_yuan} 元；是否同一张、各自计入多少，凭号码和所报金额定不下来。请补发票代码、往期的计入金额或双方盖章的分摊说明。",
    "发票 {invoice_number} 也见于 {earlier_users}，而该发票或其计入金额未收到，合计是否超出票面无从比较。请补交发票及计入金额。",
    "没有收到合同 {contract_no} 的本申请所用的发票，是否另有使用在先无从核对。请补交发票。",
]
unknown_en = [
    "Invoice {invoice_number} also stands at {earlier_users}: if it is the same one, {used_yuan} yuan are counted with this claim, its face less its red letters being {net_yuan} yuan without tax and {gross_yuan} yuan with tax; whether it is, and what each may count, the number and the sums do not settle. Please add the invoice code, what was counted before, or a note on the shares with both seals.",
    "Invoice {invoice_number} also stands at {earlier_users}, and the invoice or what is counted of it is not on file, so whether the sum is above its face cannot be compared. Please hand in the invoice and the counted sums.",
    "No invoice of this claim on contract {contract_no} is on file, so whether any was used before cannot be checked. Please hand in the invoices.",
]
innocent_zh = [
    "一张发票对应两份合同、各按份额计入：合计不超过票面即可；请补双方盖章的分摊说明，并在兑现发票表中写明各自的计入金额。",
    "往期兑现表误录了发票号码，或往年只计入了其中一部分：请补往年兑现时的发票清单和计入金额。",
    "八位号码的旧版发票在不同代码下会重号：请补发票代码。",
    "红字只冲减其中一份合同的金额：请补红字发票信息确认单或双方说明，并改正各自的计入金额。",
]
innocent_en = [
    "One invoice is for two contracts, each counting its share: fine as long as the sum is within the invoice. Add a note on the shares with both seals, and the counted amounts in claim_invoice.",
    "The earlier redemption has a wrong invoice number, or counted a part only: add its list of invoices and counted amounts.",
    "Old invoices with eight digits repeat under different codes: add the invoice code.",
    "The red letter takes off one contract only: add the red-letter confirmation or a note of both, and correct the counted amounts.",
]
policy = ["base.tax", "rate.subsidy_ratio"]
[evidence]
contract_no = "合同编号"
invoice_count = "另有使用在先而不能放过的发票张数"
invoice_number = "其中最要紧的一张的号码；下同"
earlier_users = "在先使用它的申请编号，或往期年度和合同"
used_yuan = "它连同本申请合计计入，元（办法所取的计税口径；往期的按补贴除以比例折回，舍去零头）"
net_yuan = "它的票面金额（不含税，冲减红字后），元"
gross_yuan = "它的票面价税合计（冲减红字后），元"
amount_at_risk_yuan = "各张合计计入超出票面价税合计、而由本申请计入的部分，元"
[[trace]]
relation = "reconciled.claim_invoice_use"
using = ["invoice_number"]
[[trace]]
relation = "lake.invoice"
using = ["invoice_number"]
[[trace]]
relation = "lake.grant_history"
using = ["invoice_number"]
where = "r.funder is null"
*/
-- The invoice of another contract or buyer comes last in its queue: who borrows is not before who was billed; then what is
-- paid comes before what is not. What was paid on a claim that uses the invoice is that claim's use, counted with it.
with redeemed as (
    select g.invoice_number, g.policy_year, g.contract_no, g.applicant_id, sum(g.redeemed_yuan) as redeemed_yuan
    from reconciled.earlier_grant as g
    left join reconciled.claim_invoice_face as f
        on f.claim_id = g.claim_id
        and f.invoice_number = g.invoice_number
        and not f.is_red
        and coalesce(f.claimed_yuan, f.effective_gross_yuan) > 0
    where g.redeemed_yuan > 0 and f.claim_id is null
    group by g.invoice_number, g.policy_year, g.contract_no, g.applicant_id
),
uses as (
    select
        c.*,
        f.* exclude (claim_id, contract_no),
        p.claim_id is null as is_unpaid,
        length(f.invoice_number) = 20 as is_whole_number,
        coalesce(f.invoice_contract_no <> c.contract_no, false) or not coalesce(f.is_buyer_agreed, true) as is_foreign,
        case policy.word('base.tax', c.submitted_on) when 'inclusive' then f.gross_yuan else f.net_yuan end as basis_yuan,
        case policy.word('base.tax', c.submitted_on)
            when 'inclusive' then f.effective_gross_yuan
            else f.effective_net_yuan
        end as left_yuan,
        policy.number('rate.subsidy_ratio', c.submitted_on) as ratio,
    from reconciled.claim_invoice_face as f
    join reconciled.claim_paper as c using (claim_id)
    left join reconciled.claim_redeemed as p using (claim_id)
    where not f.is_red and coalesce(f.claimed_yuan, f.effective_gross_yuan) > 0
),
-- An invoice that the claim did not list counts with no more than the claim asks for.
queued as (
    select
        u.*,
        least(coalesce(u.claimed_yuan, u.claimed_cost_yuan), u.basis_yuan) as own_yuan,
        string_agg(u.claim_id, '、') over before as earlier_claims,
    from uses as u
    window before as (
        partition by u.invoice_number, case when not u.is_whole_number then u.provider_id end
        order by u.is_foreign, u.is_unpaid, u.queue_at, u.submitted_at, u.claim_id
        rows between unbounded preceding and 1 preceding
    )
),
summed as (
    select
        q.*,
        sum(own_yuan) over (
            partition by q.invoice_number, case when not q.is_whole_number then q.provider_id end
            order by q.is_foreign, q.is_unpaid, q.queue_at, q.submitted_at, q.claim_id
            rows between unbounded preceding and current row
        ) as claims_yuan,
        (
            select sum(r.redeemed_yuan)
            from redeemed as r
            where r.invoice_number = q.invoice_number
                and not (r.policy_year = q.policy_year and r.contract_no = q.contract_no and r.applicant_id = q.applicant_id)
        ) as redeemed_yuan,
        (
            select string_agg(r.policy_year || ' 年度合同 ' || r.contract_no, '、' order by r.policy_year, r.contract_no)
            from redeemed as r
            where r.invoice_number = q.invoice_number
                and not (r.policy_year = q.policy_year and r.contract_no = q.contract_no and r.applicant_id = q.applicant_id)
        ) as earlier_years,
    from queued as q
),
judged as (
    select
        *,
        case
            when earlier_claims is null and earlier_years is null then 'pass'
            when earlier_years is not null and not is_whole_number then 'unknown'
            when coalesce(redeemed_yuan, 0) + ratio * claims_yuan > ratio * gross_yuan then 'flag'
            -- What a red letter leaves may not be enough for all: whose share it takes, people decide.
            when earlier_years is null and claims_yuan <= case when red_count > 0 then left_yuan else basis_yuan end then 'pass'
            else 'unknown'
        end as verdict,
        claims_yuan + coalesce(cast(cast(redeemed_yuan * 100 as hugeint) * 1000000
            // reconciled.millionths(ratio) as decimal(16, 0)) * 0.01, 0) as used_yuan,
    from summed
),
ranked as (
    select
        *,
        row_number() over (
            partition by claim_id
            order by verdict = 'flag' desc, verdict = 'unknown' desc, used_yuan - gross_yuan desc nulls last, invoice_number
        ) as nth,
        count(*) filter (where verdict <> 'pass') over (partition by claim_id) as invoice_count,
        sum(case when verdict = 'flag' then least(own_yuan, used_yuan - gross_yuan) end) over (partition by claim_id) as over_yuan,
    from judged
)
select
    c.claim_id as subject_id,
    coalesce(r.verdict, 'unknown') as verdict,
    c.contract_no,
    r.invoice_count,
    r.invoice_number,
    concat_ws('、', r.earlier_claims, r.earlier_years) as earlier_users,
    cast(r.used_yuan as decimal(18, 2)) as used_yuan,
    case when r.red_count > 0 then r.effective_net_yuan else r.net_yuan end as net_yuan,
    case when r.red_count > 0 then r.effective_gross_yuan else r.gross_yuan end as gross_yuan,
    cast(r.over_yuan as decimal(18, 2)) as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join ranked as r on r.claim_id = c.claim_id and r.nth = 1
