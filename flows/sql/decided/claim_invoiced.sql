/*
title_zh = "申请的开票额"
grain_zh = "每笔申请一行"
no_rows_without = ["reconciled.claim_invoice_use", "reconciled.claim_paper"]
[columns]
claim_id = "申请编号"
invoiced_net_yuan = "计入的开票金额（不含税，冲减红字后），元；无发票的为空"
invoiced_gross_yuan = "计入的价税合计（冲减红字后），元；无发票的为空"
invoice_count = "发票张数"
missing_invoice_count = "申请列明而未收录的张数"
cut_yuan = "只计入一部分的各张，其舍去不足一分至多共差多少，元：每张一分"
*/
-- An allocation is stated in the tax basis of the policy; its share of the other basis follows the invoice.
-- A red letter takes off its amount (R21); an invoice of after the filing is not claimed with it (R20),
-- but one issued again in the place of another is as old as that; lines that are
-- neither compute nor its support may be left out (R05), with their share of what a red letter took off.
with left_out as (
    select
        l.claim_id,
        l.invoice_number,
        cast(sum(l.yuan) as decimal(18, 2)) as other_net_yuan,
        cast(sum(l.yuan + l.tax_yuan) as decimal(18, 2)) as other_gross_yuan,
    from decided.scope_line as l
    join reconciled.claim_paper as c using (claim_id)
    where l.source = 'invoice' and l.kind = 'other' and policy.word('scope.other_items', c.submitted_on) = 'exclude'
    group by l.claim_id, l.invoice_number
),
judged as (
    select
        u.*,
        reconciled.share_left(u.effective_net_yuan, u.net_yuan, l.other_net_yuan) as left_net_yuan,
        reconciled.share_left(u.effective_gross_yuan, u.gross_yuan, l.other_gross_yuan) as left_gross_yuan,
        policy.word('base.tax', c.submitted_on) as tax_reading,
        (policy.word('invoice.after_filing', c.submitted_on) = 'not_claimable' and least(u.issued_on, r.first_issued_on) > c.submitted_on)
            or (policy.word('invoice.red_letter', c.submitted_on) = 'whole' and u.effective_gross_yuan < u.gross_yuan)
            as is_left_out,
    from reconciled.claim_invoice_use as u
    join reconciled.claim_paper as c using (claim_id)
    left join left_out as l using (claim_id, invoice_number)
    left join reconciled.reissued_invoice as r using (invoice_number)
),
effective as (
    select
        * replace (
            case when is_left_out then 0 else left_net_yuan end as effective_net_yuan,
            case when is_left_out then 0 else left_gross_yuan end as effective_gross_yuan
        ),
    from judged
),
based as (
    select
        *,
        case tax_reading when 'inclusive' then effective_gross_yuan else effective_net_yuan end as basis_yuan,
    from effective
),
shared as (
    select
        *,
        allocated_yuan is null or allocated_yuan >= basis_yuan as is_whole,
        cast(effective_net_yuan * 100 as hugeint) as net_fen,
        cast(effective_gross_yuan * 100 as hugeint) as gross_fen,
        cast(allocated_yuan * 100 as hugeint) as allocated_fen,
        cast(basis_yuan * 100 as hugeint) as basis_fen,
    from based
)
select
    claim_id,
    cast(sum(case when is_whole then net_fen else net_fen * allocated_fen // basis_fen end) as decimal(16, 0)) * 0.01
        as invoiced_net_yuan,
    cast(sum(case when is_whole then gross_fen else gross_fen * allocated_fen // basis_fen end) as decimal(16, 0)) * 0.01
        as invoiced_gross_yuan,
    count(*) filter (where is_held) as invoice_count,
    count(*) filter (where not is_held) as missing_invoice_count,
    cast(count(*) filter (where not is_whole) * 0.01 as decimal(18, 2)) as cut_yuan,
from shared
group by claim_id
