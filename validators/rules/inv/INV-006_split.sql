/*
id = "INV-006"
title_zh = "连号或同额开票"
title_en = "Invoices of adjacent numbers or equal amounts"
article = "第七条"
severity = "note"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 的发票：{fault_zh}。"
because_en = "Invoices of contract {contract_no}: {fault_en}."
innocent_zh = [
    "几个月的账单一并开票：在发票明细或结算单写明各张的服务期起止，各不重叠的不再提示。",
    "预算科目或项目不同，应购方要求分开开票：请提供购方的开票要求。",
    "购方的报销、支付系统限定单张金额：请说明该限额。",
    "按包月套餐计费，每份套餐各开一张：请提供套餐价目。",
]
innocent_en = [
    "The bills of several months were invoiced together: state each invoice's period in its lines or in the statement; periods apart are not told.",
    "The buyer wanted them apart for several budgets or projects: provide what it asked for.",
    "The buyer's system limits the sum of one invoice: name the limit.",
    "Packages of one price are invoiced one by one: provide the price list.",
]
policy = ["invoice.split_count", "invoice.split_days", "invoice.split_limits_yuan"]

[evidence]
contract_no = "合同编号"
invoice_count = "合并看的数电发票张数"
invoice_numbers = "其号码，至多列五张；— 为没有"
first_on = "其中最早的开票日期；— 为没有"
last_on = "其中最晚的开票日期；— 为没有"
limit_yuan = "各自不足而合计达到的限额，达到几个的取最高者，元"
together_yuan = "价税合计之和，元"
missing_count = "申请列明而未收到的发票张数"
fault_zh = "何处相连、相同"
fault_en = "the same in English"

[[trace]]
relation = "reconciled.claim_invoice_face"
using = ["claim_id"]
where = "r.issued_on between try_cast(j.first_on as date) and try_cast(j.last_on as date)"
*/
with asked as (
    select
        *,
        policy.number('invoice.split_count', submitted_on) as least_count,
        cast(policy.number('invoice.split_days', submitted_on) as integer) as split_days,
        policy.word('invoice.split_limits_yuan', submitted_on) as limits,
    from reconciled.claim_paper
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
-- What has a code is of a kind whose sheets have a limit of their own: there several are no choice of anybody's.
sheets as (
    select
        f.claim_id,
        f.invoice_number,
        f.issued_on,
        f.gross_yuan,
        f.seller_id,
        f.buyer_id,
        f.invoice_contract_no,
        s.period_from,
        s.period_to,
    from reconciled.claim_invoice_face as f
    join lake.invoice as i on i.invoice_number = f.invoice_number
    left join stated as s on s.invoice_number = f.invoice_number
    where not f.is_red and f.is_number_sound and i.invoice_code is null and f.effective_gross_yuan > 0
),
limits as (
    select claim_id, cast(unnest(string_split(limits, ',')) as decimal(18, 2)) as limit_yuan from asked
),
small as (
    select
        s.*,
        l.limit_yuan,
        cast(s.invoice_number as hugeint) - row_number() over (
            partition by s.claim_id, l.limit_yuan, s.seller_id, s.buyer_id, s.invoice_contract_no order by s.invoice_number
        ) as run_no,
    from sheets as s
    join limits as l on l.claim_id = s.claim_id and s.gross_yuan < l.limit_yuan
),
alike as (
    select *, 'number' as kind, cast(run_no as varchar) as mark from small
    union all
    select *, 'sum', cast(gross_yuan as varchar) from small
),
-- Every stretch of that many days, begun by one of the invoices.
placed as (
    select
        a.*,
        o.first_on,
        max(a.period_to) over (
            partition by a.claim_id, a.limit_yuan, a.seller_id, a.buyer_id, a.invoice_contract_no, a.kind, a.mark, o.first_on
            order by a.period_from, a.invoice_number
            rows between unbounded preceding and 1 preceding
        ) as served_before_to,
    from alike as a
    join asked as q on q.claim_id = a.claim_id
    join (
        select distinct claim_id, limit_yuan, seller_id, buyer_id, invoice_contract_no, kind, mark, issued_on as first_on
        from alike
    ) as o
        on o.claim_id = a.claim_id
        and o.limit_yuan = a.limit_yuan
        and o.seller_id = a.seller_id
        and o.buyer_id = a.buyer_id
        and o.invoice_contract_no is not distinct from a.invoice_contract_no
        and o.kind = a.kind
        and o.mark = a.mark
        and a.issued_on between o.first_on and o.first_on + q.split_days
),
sets as (
    select
        claim_id,
        limit_yuan,
        kind,
        mark,
        first_on,
        max(issued_on) as last_on,
        count(*) as invoice_count,
        sum(gross_yuan) as together_yuan,
        min(gross_yuan) as gross_yuan,
        list(invoice_number order by invoice_number) as numbers,
    from placed
    group by claim_id, limit_yuan, seller_id, buyer_id, invoice_contract_no, kind, mark, first_on
    -- Invoices of one month each, written together, are no parts of one.
    having bool_or(period_from is null or coalesce(period_from <= served_before_to, false))
),
reached as (
    select
        s.claim_id,
        arg_max(s, (s.limit_yuan, s.together_yuan, s.invoice_count, s.kind, s.first_on, s.mark, s.numbers)) as most,
    from sets as s
    join asked as q using (claim_id)
    where s.invoice_count >= q.least_count and s.together_yuan >= s.limit_yuan
    group by s.claim_id
),
counted as (
    select
        claim_id,
        count(*) filter (where not is_handed_in) as missing_count,
    from reconciled.claim_invoice_face
    where not is_red
    group by claim_id
),
worded as (
    select
        q.claim_id,
        q.contract_no,
        q.submitted_on,
        r.most,
        c.missing_count,
        q.claim_id in (select claim_id from sheets) as has_sheet,
    from asked as q
    left join counted as c on c.claim_id = q.claim_id
    left join reached as r on r.claim_id = q.claim_id
)
select
    claim_id as subject_id,
    case
        when most is not null then 'flag'
        when missing_count > 0 or submitted_on is null then 'unknown'
        when has_sheet then 'pass'
        when coalesce(missing_count, 0) = 0 then 'not_applicable'
    end as verdict,
    contract_no,
    coalesce(most.invoice_count, 0) as invoice_count,
    coalesce(array_to_string(most.numbers[1:5], '、'), '—') as invoice_numbers,
    coalesce(cast(most.first_on as varchar), '—') as first_on,
    coalesce(cast(most.last_on as varchar), '—') as last_on,
    most.limit_yuan as limit_yuan,
    cast(most.together_yuan as decimal(18, 2)) as together_yuan,
    coalesce(missing_count, 0) as missing_count,
    coalesce(
        '同一销方于 ' || most.first_on || ' 至 ' || most.last_on || ' 向同一购方所开的 ' || most.invoice_count || ' 张数电发票'
            || case most.kind when 'number' then '号码相连' else '金额相同（各 ' || most.gross_yuan || ' 元）' end
            || '（' || array_to_string(most.numbers[1:5], '、') || case when most.numbers[1:5] <> most.numbers then ' 等' else '' end
            || '），各自不足 ' || most.limit_yuan || ' 元，合计 ' || most.together_yuan || ' 元；各张的服务期未写明，或有重叠',
        case when missing_count > 0 then missing_count || ' 张未收到，其余未见连号、同额' end,
        '未见连号、同额'
    ) as fault_zh,
    coalesce(
        most.invoice_count || ' e-invoices of one seller to one buyer, dated ' || most.first_on || ' to ' || most.last_on || ', '
            || case most.kind when 'number' then 'bear adjacent numbers' else 'are of one sum (' || most.gross_yuan || ' yuan each)' end
            || ' (' || array_to_string(most.numbers[1:5], ', ') || case when most.numbers[1:5] <> most.numbers then ' and others' else '' end
            || '), each below ' || most.limit_yuan || ' yuan and together ' || most.together_yuan || ' yuan'
            || '; their periods are not stated or overlap',
        case when missing_count > 0 then missing_count || ' not handed in, among the others none adjacent or equal' end,
        'none adjacent or equal'
    ) as fault_en,
from worded
