/*
id = "XYR-001"
title_zh = "往年合同或发票重复使用"
title_en = "A contract or invoice of an earlier year used again"
article = "第七条、第十四条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "申领单位 {applicant_id} 在 {earlier_year} 年度以合同 {earlier_contract_no} 兑现 {redeemed_yuan} 元；本申请的合同 {contract_no} {same_zh}，所用发票中有 {invoice_count} 张（{invoice_numbers}，可计 {invoice_yuan} 元）属于该合同。同一费用只能补贴一次。"
because_en = "In {earlier_year} applicant {applicant_id} redeemed {redeemed_yuan} yuan on contract {earlier_contract_no}; contract {contract_no} of this claim {same}, and {invoice_count} of its invoices ({invoice_numbers}, {invoice_yuan} yuan countable) belong to that contract. A cost is supported once."
unknown_zh = [
    "申领单位 {applicant_id} 在 {earlier_year} 年度以合同 {earlier_contract_no} 兑现 {redeemed_yuan} 元；本申请的合同 {contract_no} 所用发票中有 {invoice_count} 张（{invoice_numbers}，可计 {invoice_yuan} 元）写的是该合同，是否为已经补贴的同一费用看不出。请补往年兑现时的发票清单和计入金额。",
    "合同 {contract_no} 未收到，与申领单位 {applicant_id} 往年兑现的是否为同一份无从比较。请补交合同。",
]
unknown_en = [
    "In {earlier_year} applicant {applicant_id} redeemed {redeemed_yuan} yuan on contract {earlier_contract_no}; {invoice_count} invoice(s) of contract {contract_no} of this claim ({invoice_numbers}, {invoice_yuan} yuan countable) belong to that contract, and whether this is the cost already supported cannot be seen. Please add that year's list of invoices and counted sums.",
    "Contract {contract_no} is not on file, so whether applicant {applicant_id} redeemed the same one in an earlier year cannot be compared. Please hand in the contract.",
]
innocent_zh = [
    "合同续签而内容照旧：续签合同的签订日期和期限应与原合同不同，请核对合同表。",
    "发票误写了往年的合同编号：请提供开票依据，或在账单中更正对应的合同。",
    "往年只补贴了该合同的一部分：请提供往年兑现时的发票清单和计入金额。",
]
innocent_en = [
    "The contract was renewed unchanged: the renewal must differ in date and term; check the contract table.",
    "The invoice names an earlier year's contract by mistake: provide what it was issued on, or correct the contract in the statement.",
    "Only a part of the contract was supported before: provide the invoices and counted amounts of that redemption.",
]
policy = ["base.tax"]

[evidence]
contract_no = "合同编号"
applicant_id = "申领单位代码"
earlier_year = "往期年度"
earlier_contract_no = "往期兑现的合同编号"
redeemed_yuan = "该合同往期兑现金额，元"
same = "何种合同：is the same contract under another number 换了编号的同一份合同；is another contract 另一份合同"
same_zh = "同上的中文"
invoice_count = "属于往期合同的发票张数"
invoice_numbers = "其号码，至多列五张；— 为没有"
invoice_yuan = "其可计的价税合计，元"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.grant_history"
using = []
where = "r.contract_no = j.earlier_contract_no and r.funder is null and (r.applicant_id = j.applicant_id or r.applicant_id in (select n.applicant_id from reconciled.applicant_person as n join reconciled.applicant_person as m using (person_id) where m.applicant_id = j.applicant_id))"

[[trace]]
relation = "lake.contract"
using = []
where = "r.contract_no in (j.contract_no, j.earlier_contract_no)"

[[trace]]
relation = "reconciled.claim_invoice_face"
using = ["claim_id"]
where = "r.invoice_contract_no = j.earlier_contract_no"
*/
-- The same number claimed again is told by CON-002, the same invoice number by INV-001: here is what bears another one.
with redeemed as (
    select policy_year, applicant_id, contract_no, sum(redeemed_yuan) as redeemed_yuan,
    from lake.grant_history
    where funder is null and redeemed_yuan > 0
    group by policy_year, applicant_id, contract_no
),
lines as (
    select
        contract_no,
        string_agg(concat_ws('/', service_item, device_model, unit, quantity, unit_price_yuan), '|'
            order by service_item, device_model, unit, quantity, unit_price_yuan, line_no) as lines,
    from lake.contract_line
    group by contract_no
),
printed as (
    select
        k.contract_no,
        k.applicant_id,
        concat_ws('|', k.provider_id, k.applicant_id, k.signed_on, k.starts_on, k.ends_on, k.amount_yuan, l.lines) as print,
    from lake.contract as k
    left join lines as l using (contract_no)
    where k.amount_yuan > 0 and k.parent_contract_no is null
),
earlier as (
    select c.claim_id, r.policy_year, r.contract_no, r.redeemed_yuan, policy.word('base.tax', c.submitted_on) as tax_reading,
    from reconciled.claim_paper as c
    left join reconciled.applicant_person as n on n.applicant_id = c.applicant_id
    join redeemed as r on r.policy_year < c.policy_year and r.contract_no <> c.contract_no
    left join reconciled.applicant_person as m on m.applicant_id = r.applicant_id
    where coalesce(n.person_id, c.applicant_id) = coalesce(m.person_id, r.applicant_id)
),
copied as (
    select e.claim_id, e.contract_no
    from earlier as e
    join reconciled.claim_paper as c using (claim_id)
    join printed as o on o.contract_no = e.contract_no
    join printed as k on k.contract_no = c.contract_no and k.print = o.print
),
billed as (
    select
        e.claim_id,
        e.contract_no,
        count(*) as invoice_count,
        array_to_string(list(f.invoice_number order by f.invoice_number)[1:5], '、') as invoice_numbers,
        sum(f.effective_gross_yuan) as invoice_yuan,
        -- A declared part of an invoice may well be the part that was not supported then.
        bool_or(f.claimed_yuan >= case e.tax_reading
            when 'inclusive' then f.effective_gross_yuan else f.effective_net_yuan end) as is_whole,
    from earlier as e
    join reconciled.claim_invoice_face as f
        on f.claim_id = e.claim_id and f.invoice_contract_no = e.contract_no
    where f.effective_gross_yuan > 0
        and not f.is_red
        and f.invoice_number not in (
            select invoice_number
            from lake.grant_history
            where funder is null and redeemed_yuan > 0 and invoice_number is not null
        )
    group by e.claim_id, e.contract_no
),
found as (
    select
        e.*,
        k.contract_no is not null as is_copy,
        b.invoice_count,
        b.invoice_numbers,
        b.invoice_yuan,
        coalesce(b.is_whole, false) as is_whole,
        row_number() over (
            partition by e.claim_id
            order by k.contract_no is not null desc, coalesce(b.is_whole, false) desc, e.policy_year desc, e.contract_no
        ) as nth,
    from earlier as e
    left join copied as k on k.claim_id = e.claim_id and k.contract_no = e.contract_no
    left join billed as b on b.claim_id = e.claim_id and b.contract_no = e.contract_no
    where k.contract_no is not null or b.invoice_count > 0
),
looked_at as (
    select claim_id, count(*) as earlier_count from earlier group by claim_id
)
select
    c.claim_id as subject_id,
    case
        when f.is_copy or f.is_whole then 'flag'
        when f.invoice_count > 0 then 'unknown'
        when l.earlier_count is null then 'not_applicable'
        when c.has_contract then 'pass'
        else 'unknown'
    end as verdict,
    c.contract_no,
    c.applicant_id,
    f.policy_year as earlier_year,
    f.contract_no as earlier_contract_no,
    cast(f.redeemed_yuan as decimal(18, 2)) as redeemed_yuan,
    case when f.is_copy then 'is the same contract under another number' else 'is another contract' end as same,
    case when f.is_copy then '是换了编号的同一份合同' else '是另一份合同' end as same_zh,
    coalesce(f.invoice_count, 0) as invoice_count,
    coalesce(f.invoice_numbers, '—') as invoice_numbers,
    cast(coalesce(f.invoice_yuan, 0) as decimal(18, 2)) as invoice_yuan,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join looked_at as l using (claim_id)
left join found as f on f.claim_id = c.claim_id and f.nth = 1
