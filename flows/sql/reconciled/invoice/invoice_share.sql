/*
title_zh = "发票在合同间的份额"
grain_zh = "每张申请所用的发票、每份用它的合同一行；有合同双方即票面双方的（总机构与其分支机构算相同），只列这样的合同"
no_rows_without = ["reconciled.claim_invoice_use"]
[columns]
invoice_number = "发票号码"
contract_no = "合同编号"
weight = "份额的权数，分：计入金额，未写的取冲减后金额；各份之和多于发票的，先申请的先得；都不知道的各为 1"
share_fen = "冲减后价税合计中该合同的份额，分；发票未收录的为零"
*/
with asked as (
    select
        u.invoice_number,
        u.contract_no,
        u.claim_id,
        c.queue_at,
        c.submitted_at,
        coalesce(n.person_id, k.applicant_id) = coalesce(m.person_id, u.buyer_id) and k.provider_id = u.seller_id as is_of_parties,
        sum(greatest(0, coalesce(u.allocated_yuan, u.effective_net_yuan, 0))) as yuan,
        max(coalesce(u.effective_net_yuan, 0)) as net_yuan,
        max(coalesce(u.effective_gross_yuan, 0)) as gross_yuan,
    from reconciled.claim_invoice_use as u
    left join reconciled.claim_paper as c using (claim_id)
    left join lake.contract as k on k.contract_no = u.contract_no
    left join reconciled.applicant_person as n on n.applicant_id = k.applicant_id
    left join reconciled.applicant_person as m on m.applicant_id = u.buyer_id
    group by all
),
-- A contract may be claimed once: of two claims on one, the larger counts.
used as (
    select
        invoice_number,
        contract_no,
        min((queue_at, submitted_at, claim_id)) as place,
        cast(max(yuan) * 100 as hugeint) as asked_fen,
        cast(max(net_yuan) * 100 as hugeint) as net_fen,
        cast(max(gross_yuan) * 100 as hugeint) as gross_fen,
        coalesce(bool_or(is_of_parties), false) as is_of_parties,
    from asked
    group by invoice_number, contract_no
),
-- Who is no party to an invoice shares in it only where nobody is.
sharing as (
    select *
    from used
    qualify is_of_parties or not bool_or(is_of_parties) over (partition by invoice_number)
),
summed as (
    select
        *,
        sum(asked_fen) over (partition by invoice_number) as all_asked_fen,
        sum(asked_fen) over (partition by invoice_number order by place) - asked_fen as asked_before_fen,
    from sharing
),
-- Allocations are in the tax basis of the policy: only what is more than the invoice with its tax is surely too much.
weighed as (
    select
        invoice_number,
        contract_no,
        gross_fen,
        case
            when all_asked_fen = 0 then 1
            when net_fen > 0 and all_asked_fen > gross_fen then greatest(0, least(asked_fen, net_fen - asked_before_fen))
            else asked_fen
        end as weight,
    from summed
)
select
    invoice_number,
    contract_no,
    weight,
    gross_fen * weight // sum(weight) over (partition by invoice_number) as share_fen,
from weighed
