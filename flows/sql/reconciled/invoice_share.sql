/*
title_zh = "发票在合同间的份额"
grain_zh = "每张申请所用的发票、每份用它的合同一行"
no_rows_without = ["reconciled.claim_invoice_use"]
[columns]
invoice_number = "发票号码"
contract_no = "合同编号"
weight = "份额的权数，分：计入金额，未写的取冲减后金额；各份之和多于发票的，先申请的先得；都不知道的各为 1"
share_fen = "冲减后价税合计中该合同的份额，分；发票未收录的为零"
*/
with used as (
    select
        u.invoice_number,
        u.contract_no,
        min((c.queue_at, c.submitted_at, u.claim_id)) as place,
        cast(sum(greatest(0, coalesce(u.allocated_yuan, u.effective_net_yuan, 0))) * 100 as hugeint) as asked,
        cast(max(coalesce(u.effective_net_yuan, 0)) * 100 as hugeint) as net_fen,
        cast(max(coalesce(u.effective_gross_yuan, 0)) * 100 as hugeint) as gross_fen,
    from reconciled.claim_invoice_use as u
    left join reconciled.claim_paper as c using (claim_id)
    group by u.invoice_number, u.contract_no
),
summed as (
    select
        *,
        sum(asked) over (partition by invoice_number) as all_asked,
        sum(asked) over (partition by invoice_number order by place) - asked as asked_before,
    from used
),
-- Allocations are in the tax basis of the policy: only what is more than the invoice with its tax is surely too much.
weighed as (
    select
        invoice_number,
        contract_no,
        gross_fen,
        case
            when all_asked = 0 then 1
            when gross_fen > 0 and all_asked > gross_fen then greatest(0, least(asked, net_fen - asked_before))
            else asked
        end as weight,
    from summed
)
select
    invoice_number,
    contract_no,
    weight,
    gross_fen * weight // sum(weight) over (partition by invoice_number) as share_fen,
from weighed
