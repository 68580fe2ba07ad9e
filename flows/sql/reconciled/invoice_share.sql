/*
title_zh = "发票在合同间的份额"
grain_zh = "每张申请所用的发票、每份用它的合同一行"
no_rows_without = ["reconciled.claim_invoice_use"]
[columns]
invoice_number = "发票号码"
contract_no = "合同编号"
weight = "份额的权数：计入金额，未写的取冲减后金额，分；都没有的各为 1"
share_fen = "冲减后价税合计中该合同的份额，分；发票未收录的为零"
*/
with used as (
    select
        invoice_number,
        contract_no,
        cast(sum(greatest(0, coalesce(allocated_yuan, effective_net_yuan, 0))) * 100 as hugeint) as weight,
        cast(max(coalesce(effective_gross_yuan, 0)) * 100 as hugeint) as gross_fen,
    from reconciled.claim_invoice_use
    group by invoice_number, contract_no
),
weighed as (
    select
        * replace (case when sum(weight) over (partition by invoice_number) = 0 then 1 else weight end as weight),
    from used
)
select
    invoice_number,
    contract_no,
    weight,
    gross_fen * weight // sum(weight) over (partition by invoice_number) as share_fen,
from weighed
