/*
id = "INV-005"
title_zh = "开票时间异常"
title_en = "Invoice dated at an odd time"
article = "第十一条、第十四条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no}（含其框架、补充合同）自 {starts_on} 起，最早用量在 {first_usage_on}，兑现申请提交于 {submitted_on}；本申请所用发票：{fault_zh}。"
because_en = "Contract {contract_no}, with its framework and supplements, runs from {starts_on}, its first usage is of {first_usage_on} and the claim was filed on {submitted_on}; the invoices used: {fault_en}."
innocent_zh = [
    "约定预付（年付、季付、预存余额）而先开票：请提供写明预付的条款，抄入合同条款表即不再提示。",
    "合同开始日期误填，服务先已开始：请提供用量日志或更正合同表。",
    "发票因抬头、备注有误红冲后重开：请补交原蓝字发票与红字发票，重开的从原票日期看。",
    "提交之后补正材料时换了发票：请更正提交时间，或提供补正通知。",
    "对账有争议而迟开票：请提供往来函件或对账记录。",
]
innocent_en = [
    "Payment in advance was agreed (by year, by quarter, a balance) and invoiced first: provide the clause; once it is in the table of clauses nothing is said.",
    "The contract's start is filled in wrongly and service began before: provide the log or correct the contract table.",
    "The invoice was taken back for a wrong name or remark and issued again: add the first invoice and the red letter; the new one is then as old as the first.",
    "An invoice was exchanged when papers were completed after filing: correct the time of filing, or provide the request for them.",
    "A bill was in dispute and invoiced late: provide the correspondence or the record of settlement.",
]
policy = [
    "invoice.prepaid_days",
    "invoice.year_lag_days",
    "invoice.prepaid_words",
    "invoice.postpaid_words",
    "invoice.after_filing",
]

[evidence]
severity = "后果：次年迟开的、条款写明后付而先开的、没有提交日期的为暂缓待核；提交之后开具的（已不计入）、看不出是否约定预付的与未交材料的为提示"
contract_no = "合同编号"
starts_on = "服务的最早开始日期：发票所对应的各份合同及其框架合同中最早者"
first_usage_on = "这些合同的最早用量日；— 为没有"
submitted_on = "兑现申请提交日期"
early_count = "先于服务开始、超过容许天数而开的发票张数"
late_count = "服务结束的次年、超过容许天数而开的发票张数"
after_count = "提交之后才开而由申请列明的发票张数"
missing_count = "申请列明而未收到的发票张数"
invoice_numbers = "上述各张的号码，至多列五张；— 为没有"
fault_zh = "何处异常，或为何无从比较"
fault_en = "the same in English"
clause_zh = "条款对预付、后付怎样说"
clause_en = "the same in English"
amount_at_risk_yuan = "先开与迟开的各张可计的价税合计，元；提交之后开具的已按解读 R20 不计，不在此数"

[[trace]]
relation = "reconciled.claim_invoice_face"
using = ["claim_id"]
where = "list_contains(string_split(j.invoice_numbers, '、'), r.invoice_number)"

[[trace]]
relation = "lake.contract"
using = ["contract_no"]

[[trace]]
relation = "lake.claim"
using = ["claim_id"]
where = "j.after_count > 0"
*/
with asked as (
    select
        c.*,
        least(c.signed_on, f.framework_signed_on) as agreed_on,
        cast(policy.number('invoice.prepaid_days', c.submitted_on) as integer) as prepaid_days,
        cast(policy.number('invoice.year_lag_days', c.submitted_on) as integer) as lag_days,
        replace(policy.word('invoice.prepaid_words', c.submitted_on), ',', '|') as prepaid_words,
        replace(policy.word('invoice.postpaid_words', c.submitted_on), ',', '|') as postpaid_words,
        policy.word('invoice.after_filing', c.submitted_on) as after_filing,
    from reconciled.claim_paper as c
    left join reconciled.framework as f on f.contract_no = c.contract_no
),
-- “不设预付款” names no prepayment.
said as (
    select
        s.claim_id,
        bool_or(regexp_matches(
            regexp_replace(
                s.sentence,
                '(?:不|无|没有)(?:设|存在|要求|需|须|支付|收取|安排|约定|进行|作|予|得|任何)*(?:' || a.prepaid_words || ')',
                '',
                'g'
            ),
            a.prepaid_words
        )) as is_prepaid,
        bool_or(regexp_matches(s.sentence, a.postpaid_words)) as is_postpaid,
    from decided.clause_sentence as s
    join asked as a using (claim_id)
    group by s.claim_id
),
-- An invoice may stand for several contracts, and for an order under a framework: the earliest start and the latest end
-- are its own.
pointed as (
    select invoice_number, contract_no from reconciled.claim_invoice_use
    union
    select invoice_number, contract_no from lake.statement where invoice_number is not null
),
termed as (
    select
        p.invoice_number,
        least(min(k.starts_on), min(f.framework_starts_on)) as starts_on,
        min(m.first_usage_on) as first_usage_on,
        greatest(max(k.ends_on), max(o.ends_on)) as ends_on,
    from pointed as p
    join lake.contract as k on k.contract_no = p.contract_no
    left join reconciled.contract_measure as m on m.contract_no = k.contract_no
    left join reconciled.framework as f on f.contract_no = p.contract_no
    left join reconciled.framework as o on o.framework_no = p.contract_no
    group by p.invoice_number
),
stated as (
    select invoice_number, min(period_from) as period_from, max(period_to) as period_to
    from (
        select invoice_number, period_from, period_to from lake.invoice_line
        union all
        select invoice_number, period_from, period_to from lake.statement
    )
    where invoice_number is not null and period_from is not null and period_to is not null
    group by invoice_number
),
dated as (
    select
        a.*,
        f.invoice_number,
        f.is_handed_in,
        f.is_listed and coalesce(f.claimed_yuan, 0) > 0 as is_asked_for,
        f.issued_on,
        least(f.issued_on, r.first_issued_on) as first_issued_on,
        f.effective_gross_yuan,
        t.starts_on as service_starts_on,
        t.first_usage_on,
        least(t.starts_on, t.first_usage_on) as first_on,
        coalesce(p.period_from, least(t.starts_on, t.first_usage_on)) as served_from,
        coalesce(p.period_to, t.ends_on) as served_to,
    from reconciled.claim_invoice_face as f
    join asked as a using (claim_id)
    left join termed as t on t.invoice_number = f.invoice_number
    left join stated as p on p.invoice_number = f.invoice_number
    left join reconciled.reissued_invoice as r on r.invoice_number = f.invoice_number
    where not f.is_red and (f.effective_gross_yuan > 0 or not f.is_handed_in)
),
-- Dated before the contract was signed: CON-004 says so. Service of another year than the claim's: XYR-004 and CON-001.
timed as (
    select
        *,
        after_filing = 'not_claimable' and is_asked_for and first_issued_on > submitted_on as is_after,
        issued_on >= agreed_on
            and (
                first_on - issued_on > prepaid_days
                or (year(issued_on) < year(served_from) and served_from - issued_on > lag_days)
            ) as is_early,
        year(served_to) >= policy_year
            and year(first_issued_on) > year(served_to)
            and first_issued_on - served_to > lag_days as is_late,
    from dated
),
kinds as (
    select
        t.* replace (
            t.is_early and not coalesce(s.is_prepaid, false) and not t.is_after as is_early,
            t.is_late and not t.is_after as is_late
        ),
        coalesce(s.is_prepaid, false) as is_prepaid,
        coalesce(s.is_postpaid, false) as is_postpaid,
    from timed as t
    left join said as s using (claim_id)
),
summed as (
    select
        claim_id,
        min(service_starts_on) as starts_on,
        min(first_usage_on) as first_usage_on,
        count(*) filter (where is_early) as early_count,
        count(*) filter (where is_late) as late_count,
        count(*) filter (where is_after) as after_count,
        count(*) filter (where not is_handed_in) as missing_count,
        bool_or(is_early) and any_value(is_postpaid) as is_early_held,
        bool_and(is_early is not null and is_late is not null and is_after is not null) as is_told,
        array_to_string(list(invoice_number order by invoice_number) filter (where is_early or is_late or is_after)[1:5], '、')
            as invoice_numbers,
        array_to_string(
            list(invoice_number || ' 开于 ' || issued_on || '，先于服务开始 ' || greatest(first_on, served_from) - issued_on || ' 天'
                order by invoice_number) filter (where is_early)[1:5],
            '；'
        ) as early_zh,
        array_to_string(
            list(invoice_number || ' is dated ' || issued_on || ', ' || greatest(first_on, served_from) - issued_on || ' days before the service began'
                order by invoice_number) filter (where is_early)[1:5],
            '; '
        ) as early_en,
        array_to_string(
            list(invoice_number || ' 开于 ' || issued_on || '，在服务止日 ' || served_to || ' 的次年，迟 ' || first_issued_on - served_to || ' 天'
                order by invoice_number) filter (where is_late)[1:5],
            '；'
        ) as late_zh,
        array_to_string(
            list(invoice_number || ' is dated ' || issued_on || ', in a later year than its service, which ended on ' || served_to || ', and '
                || first_issued_on - served_to || ' days after it' order by invoice_number) filter (where is_late)[1:5],
            '; '
        ) as late_en,
        array_to_string(
            list(invoice_number || ' 开于 ' || issued_on || '，在提交之后，不计入' order by invoice_number) filter (where is_after)[1:5], '；'
        ) as after_zh,
        array_to_string(
            list(invoice_number || ' is dated ' || issued_on || ', after the filing, and does not count'
                order by invoice_number) filter (where is_after)[1:5],
            '; '
        ) as after_en,
        sum(effective_gross_yuan) filter (where is_early or is_late) as odd_yuan,
    from kinds
    group by claim_id
),
worded as (
    select
        a.*,
        case
            when c.claim_id is null then '合同条款没有交来，看不出是否约定预付'
            when c.is_prepaid then '合同条款写明预付'
            when c.is_postpaid then '合同条款写明后付，未写预付'
            else '合同条款未写预付，也未写后付'
        end as clause_zh,
        case
            when c.claim_id is null then 'no clauses were handed in, so whether prepayment was agreed cannot be told'
            when c.is_prepaid then 'the clauses name a prepayment'
            when c.is_postpaid then 'the clauses have payment follow the service and name no prepayment'
            else 'the clauses name neither payment in advance nor payment after the service'
        end as clause_en,
    from asked as a
    left join said as c on c.claim_id = a.claim_id
)
select
    a.claim_id as subject_id,
    case
        when s.early_count > 0 or s.late_count > 0 or s.after_count > 0 then 'flag'
        -- Without a usable invoice there is no date; that there is none, INV-002 and INV-009 say.
        when s.claim_id is null then 'not_applicable'
        when a.submitted_on is null or not a.has_contract or s.missing_count > 0 then 'unknown'
        when s.is_told then 'pass'
        else 'unknown'
    end as verdict,
    -- What is of after the filing is not counted already (R20). What was not handed in is held by INV-002 and INV-003; a
    -- claim without a date by nobody else.
    case
        when s.late_count > 0 or s.is_early_held or a.submitted_on is null then 'hold'
        else 'note'
    end as severity,
    a.contract_no,
    coalesce(s.starts_on, a.starts_on) as starts_on,
    coalesce(cast(s.first_usage_on as varchar), '—') as first_usage_on,
    cast(a.submitted_on as varchar) as submitted_on,
    coalesce(s.early_count, 0) as early_count,
    coalesce(s.late_count, 0) as late_count,
    coalesce(s.after_count, 0) as after_count,
    coalesce(s.missing_count, 0) as missing_count,
    coalesce(nullif(s.invoice_numbers, ''), '—') as invoice_numbers,
    coalesce(nullif(concat_ws('；', nullif(s.early_zh, '') || '（' || a.clause_zh || '）', nullif(s.late_zh, ''), nullif(s.after_zh, ''),
        case when a.submitted_on is null then '没有提交日期，无从比较' end,
        case when not a.has_contract then '合同未收到，无从比较' end,
        case when s.missing_count > 0 then s.missing_count || ' 张未收到' end
    ), ''), '未见异常') as fault_zh,
    coalesce(nullif(concat_ws('; ', nullif(s.early_en, '') || ' (' || a.clause_en || ')', nullif(s.late_en, ''), nullif(s.after_en, ''),
        case when a.submitted_on is null then 'there is no day of filing to compare with' end,
        case when not a.has_contract then 'the contract was not handed in' end,
        case when s.missing_count > 0 then s.missing_count || ' not handed in' end
    ), ''), 'nothing odd') as fault_en,
    a.clause_zh,
    a.clause_en,
    cast(s.odd_yuan as decimal(18, 2)) as amount_at_risk_yuan,
from worded as a
left join summed as s on s.claim_id = a.claim_id
