/*
id = "INV-002"
title_zh = "发票已作废或红冲"
title_en = "Invoice void or taken back by a red letter"
article = "第十二条、第十七条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 所用的发票：{fault_zh}。"
because_en = "Invoices of contract {contract_no}: {fault_en}."
innocent_zh = [
    "开票有误，红冲后已重开：请以重开的发票申报，并附红字发票信息确认单。",
    "部分退款只冲减一部分：请把计入金额改为冲减后的余额。",
    "未写明原票的红字冲的是别的发票：请在发票表写明原发票号码，或在红字之后重新查验所用的发票并提交结果。",
    "红字所冲的另一张蓝票本不在申报之内，没有交来：请补交该蓝票，或核对所写的号码。",
    "查验时录入有误：请重新查验并提交查验结果。",
]
innocent_en = [
    "Reversed by a red-letter invoice and issued again: claim with the new one and add the red-letter confirmation.",
    "A partial refund sets off a part only: change the counted amount to what is left.",
    "A red letter without its original takes back another invoice: add the original's number to the table, or check the invoices used again after the red letter and hand in the result.",
    "The red letter takes back another invoice that is not claimed and was not handed in: hand it in, or check the number written.",
    "A slip in the check: check the invoice again and hand in the result.",
]
policy = ["base.tax", "invoice.total_tolerance_yuan"]
[evidence]
severity = "后果：未写明所冲蓝票的红字足以使计入的金额减少的为暂缓待核，其余为核减"
contract_no = "合同编号"
invoice_count = "计入金额超过可计金额的发票张数"
invoice_numbers = "其号码，至多列五张；没有的为空"
claimed_yuan = "其计入金额合计，元（办法所取的计税口径）"
effective_yuan = "其可计金额合计（冲减红字后；作废或查验不符的为零），元"
over_yuan = "前者多出后者的，元；没有的为空"
missing_count = "申请列明而未收到的发票张数"
stray_count = "未写明所冲蓝票的红字发票张数：购销双方相同、开票不早、金额不超过其中一张所余，未写明属于别的合同；其后查验为正常的蓝票不算，另有同额蓝票查验为红冲而没有红字的红字不算"
stray_numbers = "其号码，至多列五张；没有的为一横"
stray_yuan = "其金额合计，元（办法所取的计税口径）；没有的为零"
short_yuan = "若冲的是所用发票，至多使计入的金额减少，元；不致减少的为空"
astray_count = "写明的所冲蓝票未收到的红字发票张数：其余同上，不因此暂缓"
astray_numbers = "其号码与所写的蓝票，至多列五张；没有的为一横"
fault_zh = "何处有误，或为何看不出"
fault_en = "the same in English"
amount_at_risk_yuan = "计入而不可计的，与红字至多使之减少的，合计，元；都没有的为空"
[[trace]]
relation = "reconciled.claim_invoice_face"
using = ["claim_id"]
where = "r.is_reduced or ((j.short_yuan is not null or j.astray_count > 0) and not r.is_red)"
[[trace]]
relation = "lake.invoice"
using = []
where = "list_contains(string_split(j.stray_numbers, '、'), r.invoice_number) or list_contains(list_transform(string_split(j.astray_numbers, '、'), lambda n: split_part(n, ' ', 1)), r.invoice_number)"
*/
with faces as (
    select
        f.claim_id,
        f.contract_no,
        f.invoice_number,
        f.invoice_contract_no,
        f.seller_id,
        f.buyer_id,
        f.issued_on,
        f.check_result,
        f.effective_gross_yuan,
        f.is_listed,
        f.is_handed_in,
        f.claimed_yuan,
        coalesce(f.is_reduced, false) as is_reduced,
        policy.word('base.tax', c.submitted_on) = 'inclusive' as is_inclusive,
        case policy.word('base.tax', c.submitted_on)
            when 'inclusive' then f.effective_gross_yuan
            else f.effective_net_yuan
        end as effective_yuan,
        policy.number('invoice.total_tolerance_yuan', c.submitted_on) as slack_yuan,
        c.claimed_cost_yuan,
    from reconciled.claim_invoice_face as f
    join reconciled.claim_paper as c using (claim_id)
    where not f.is_red
),
-- A claim that lists no invoices counts them all: only a sum short of what it asks for shows that one is missed.
weighed as (
    select
        *,
        case
            when is_listed then claimed_yuan > effective_yuan + slack_yuan
            else claimed_cost_yuan > sum(effective_yuan) over (partition by claim_id) + slack_yuan
        end as is_over,
    from faces
),
summed as (
    select
        claim_id,
        count(*) filter (where is_reduced and is_over) as invoice_count,
        array_to_string(list(invoice_number order by invoice_number) filter (where is_reduced and is_over)[1:5], '、')
            as invoice_numbers,
        sum(coalesce(claimed_yuan, effective_yuan)) filter (where is_reduced and is_over) as claimed_yuan,
        sum(effective_yuan) filter (where is_reduced and is_over) as effective_yuan,
        count(*) filter (where not is_handed_in) as missing_count,
        case
            when bool_and(is_listed) then sum(claimed_yuan - effective_yuan) filter (where is_reduced and is_over)
            else any_value(claimed_cost_yuan) - sum(effective_yuan)
        end as over_yuan,
        bool_and(is_listed) as is_all_listed,
        any_value(claimed_cost_yuan) as asked_yuan,
        sum(effective_yuan) as whole_yuan,
        any_value(slack_yuan) as slack_yuan,
    from weighed
    group by claim_id
),
-- Of as many red letters as there are invoices of their sum that the check calls taken back, each has its own.
explained as (
    select seller_id, buyer_id, gross_yuan, count(*) as red_count
    from reconciled.invoice_state
    where check_result = 'red' and red_count = 0
    group by seller_id, buyer_id, gross_yuan
),
nameless as (
    select
        r.red_number,
        r.issued_on,
        -r.net_yuan as net_yuan,
        -r.gross_yuan as gross_yuan,
        i.seller_id,
        i.buyer_id,
        i.contract_no,
        r.invoice_number as original_number,
    from reconciled.red_letter as r
    join lake.invoice as i on i.invoice_number = r.red_number
    left join lake.invoice as b on b.invoice_number = r.invoice_number
    left join explained as e
        on e.seller_id = i.seller_id and e.buyer_id = i.buyer_id and e.gross_yuan = -r.gross_yuan
    where b.invoice_number is null
    qualify original_number is not null or row_number() over (
        partition by i.seller_id, i.buyer_id, r.gross_yuan, original_number is null order by r.issued_on, r.red_number
    ) > coalesce(e.red_count, 0)
),
checked as (
    select invoice_number, cast(max(checked_at) as date) as checked_on from lake.invoice_check group by invoice_number
),
-- An invoice that the check calls normal after the day of a red letter is not the one it takes back.
matched as (
    select
        w.*,
        r.red_number,
        r.original_number,
        case when w.is_inclusive then r.gross_yuan else r.net_yuan end as red_yuan,
    from weighed as w
    join nameless as r
        on r.seller_id = w.seller_id
        and r.buyer_id = w.buyer_id
        and r.issued_on >= w.issued_on
        and r.gross_yuan <= w.effective_gross_yuan
        and coalesce(r.contract_no in (w.contract_no, w.invoice_contract_no), r.contract_no is null)
    left join checked as k on k.invoice_number = w.invoice_number
    where not coalesce(w.check_result = 'normal' and k.checked_on > r.issued_on, false)
),
lettered as (
    select
        claim_id,
        count(*) as stray_count,
        array_to_string(list(red_number order by red_number)[1:5], '、') as stray_numbers,
        sum(red_yuan) as stray_yuan,
    from (select distinct claim_id, red_number, red_yuan from matched where original_number is null)
    group by claim_id
),
-- A red letter that names an invoice nobody handed in takes back that one, unless the number is written wrongly.
astray as (
    select
        claim_id,
        count(*) as astray_count,
        array_to_string(list(concat(red_number, ' 冲 ', original_number) order by red_number)[1:5], '、') as astray_numbers,
    from (select distinct claim_id, red_number, original_number from matched
        where original_number is not null and coalesce(claimed_yuan > effective_yuan - red_yuan + slack_yuan, true))
    group by claim_id
),
-- What is claimed of each invoice beyond what all red letters that may be its own would leave of it.
shortened as (
    select claim_id, sum(short_yuan) filter (where short_yuan > slack_yuan) as short_yuan
    from (
        select
            claim_id,
            any_value(slack_yuan) as slack_yuan,
            any_value(claimed_yuan) - greatest(0, any_value(effective_yuan) - sum(red_yuan)) as short_yuan,
        from matched
        where original_number is null
        group by claim_id, invoice_number
    )
    group by claim_id
),
opened as (
    select
        r.*,
        case
            when s.is_all_listed then i.short_yuan
            when s.asked_yuan - greatest(0, s.whole_yuan - r.stray_yuan) > s.slack_yuan
                then s.asked_yuan - greatest(0, s.whole_yuan - r.stray_yuan)
        end as open_yuan,
    from lettered as r
    join summed as s using (claim_id)
    join shortened as i using (claim_id)
),
judged as (
    select
        c.claim_id,
        c.contract_no,
        s.* exclude (claim_id),
        r.* exclude (claim_id, open_yuan),
        y.* exclude (claim_id),
        case when r.open_yuan > 0 then least(r.stray_yuan, r.open_yuan) end as short_yuan,
    from reconciled.claim_paper as c
    left join summed as s using (claim_id)
    left join opened as r using (claim_id)
    left join astray as y using (claim_id)
)
select
    claim_id as subject_id,
    case
        when invoice_count > 0 then 'flag'
        when missing_count = 0 and short_yuan is null and astray_count is null then 'pass'
        else 'unknown'
    end as verdict,
    case when short_yuan is not null then 'hold' else 'adjust' end as severity,
    contract_no,
    coalesce(invoice_count, 0) as invoice_count,
    nullif(invoice_numbers, '') as invoice_numbers,
    cast(claimed_yuan as decimal(18, 2)) as claimed_yuan,
    cast(effective_yuan as decimal(18, 2)) as effective_yuan,
    cast(case when invoice_count > 0 then over_yuan end as decimal(18, 2)) as over_yuan,
    coalesce(missing_count, 0) as missing_count,
    coalesce(stray_count, 0) as stray_count,
    coalesce(stray_numbers, '—') as stray_numbers,
    cast(coalesce(stray_yuan, 0) as decimal(18, 2)) as stray_yuan,
    cast(short_yuan as decimal(18, 2)) as short_yuan,
    coalesce(astray_count, 0) as astray_count,
    coalesce(astray_numbers, '—') as astray_numbers,
    coalesce(nullif(concat_ws(
        '；',
        case when invoice_count > 0 then concat(
            invoice_count, ' 张已作废、已红冲或查验不符（', invoice_numbers, '），计入 ', cast(claimed_yuan as decimal(18, 2)),
            ' 元，现只可计 ', cast(effective_yuan as decimal(18, 2)), ' 元，少 ', cast(over_yuan as decimal(18, 2)), ' 元'
        ) end,
        case when missing_count > 0 then concat('列明的 ', missing_count, ' 张未收到') end,
        case when short_yuan is not null then concat(
            '同一购销双方的红字发票未写明所冲蓝票、可能冲的是其中一张的 ', stray_count, ' 张（', stray_numbers, '），',
            cast(stray_yuan as decimal(18, 2)), ' 元，若是，可计的至多再少 ', cast(short_yuan as decimal(18, 2)), ' 元'
        ) end,
        case when astray_count > 0 then concat(
            '同一购销双方的红字发票写明的所冲蓝票没有收到的 ', astray_count, ' 张（', astray_numbers, '），所用的发票未作冲减'
        ) end
    ), ''), '没有收到发票') as fault_zh,
    coalesce(nullif(concat_ws(
        '; ',
        case when invoice_count > 0 then concat(
            invoice_count, ' void, taken back by a red letter or not passed by the check (', replace(invoice_numbers, '、', ', '), '), ',
            cast(claimed_yuan as decimal(18, 2)), ' yuan are claimed and ', cast(effective_yuan as decimal(18, 2)),
            ' can be counted, ', cast(over_yuan as decimal(18, 2)), ' less'
        ) end,
        case when missing_count > 0 then concat(missing_count, ' that the claim lists were not handed in') end,
        case when short_yuan is not null then concat(
            stray_count, ' red letter(s) between the same parties, ', cast(stray_yuan as decimal(18, 2)),
            ' yuan, do not say what they take back and may take back one of these (', replace(stray_numbers, '、', ', '),
            '); if so, up to ', cast(short_yuan as decimal(18, 2)), ' yuan less can be counted'
        ) end,
        case when astray_count > 0 then concat(
            astray_count, ' red letter(s) between the same parties take back an invoice that was not handed in (',
            replace(replace(astray_numbers, ' 冲 ', ' of '), '、', ', '), '); nothing was taken off the invoices used'
        ) end
    ), ''), 'none were handed in') as fault_en,
    cast(case
        when invoice_count > 0 then over_yuan + coalesce(short_yuan, 0)
        when short_yuan is not null then short_yuan
    end as decimal(18, 2)) as amount_at_risk_yuan,
from judged
