/*
id = "ELG-009"
title_zh = "计费项目非算力服务"
title_en = "Billed items that are neither compute nor its support"
article = "第六条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 的明细和申请所用发票中，算力与技术支撑之外的项目 {other_count} 项（{other_items}），开票不含税 {other_yuan} 元；技术支撑服务占合同含税金额 {support_yuan} 元（共 {contract_yuan} 元）、占开票不含税金额 {support_net_yuan} 元（共 {invoiced_net_yuan} 元），上限为其 {share_max}。第六条只支持算力资源和为适配算力使用的技术支撑；其他项目按 {reading_zh} 处理。"
because_en = "In the lines of contract {contract_no} and of the invoices used, {other_count} item(s) are neither compute nor its support ({other_items}), {other_yuan} yuan invoiced without tax; support makes up {support_yuan} yuan of {contract_yuan} yuan of the contract and {support_net_yuan} yuan of {invoiced_net_yuan} yuan invoiced, at most {share_max} of either. Article 6 covers compute and the support that fits it; other items are treated as '{reading}'."
unknown_zh = [
    "合同 {contract_no} 和申请所用发票都没有明细，其中有没有算力与技术支撑之外的项目无从核对。请补交合同明细或发票明细。",
]
unknown_en = [
    "Neither contract {contract_no} nor the invoices used have lines on file, so whether they have items that are neither compute nor its support cannot be checked. Please hand in the lines of the contract or of the invoices.",
]
innocent_zh = [
    "租用装有加速卡的服务器而名称只写“服务器”：请提供合同明细或账单写明按卡时计价，或更正发票项目名称。",
    "存储、带宽是算力套餐的一部分、未单独计价：请提供套餐说明和计价条款。",
    "技术支撑确为适配本项目算力使用：请提供工作量清单或验收单。",
]
innocent_en = [
    "A server with accelerator cards was rented and is called “server” only: provide contract lines or a bill priced in card-hours, or correct the invoice's item.",
    "Storage and bandwidth are part of a package without a price of their own: provide the package and price clauses.",
    "The technical support was indeed for using this computing: provide the list of work or the acceptance.",
]
policy = ["scope.other_items", "scope.support_share_max"]

[evidence]
contract_no = "合同编号"
other_count = "算力与技术支撑之外的项目数（合同明细与发票明细）"
other_items = "其名称，至多列五种；— 为没有"
other_yuan = "发票明细中这些项目的不含税金额，元"
support_yuan = "合同明细中技术支撑服务的含税金额，元"
contract_yuan = "合同明细的含税金额合计，元；有未约定数量的为空"
support_net_yuan = "发票明细中技术支撑服务的不含税金额，元"
invoiced_net_yuan = "申请所用发票明细的不含税金额合计，元"
share_max = "技术支撑服务占比上限，比率"
reading = "其他项目的处理（解读 R05）：review、include、exclude"
reading_zh = "同上的中文"
severity = "后果：其他项目已按发票明细剔除的为核减，其余为暂缓待核"
amount_at_risk_yuan = "其他项目与超出占比上限的技术支撑的开票不含税金额，元；没有发票明细的为空"

[[trace]]
relation = "lake.contract_line"
using = ["contract_no"]

[[trace]]
relation = "reconciled.claim_invoice_use"
using = ["claim_id"]
*/
with asked as (
    select
        claim_id,
        contract_no,
        policy.word('scope.other_items', submitted_on) as reading,
        policy.number('scope.support_share_max', submitted_on) as share_max,
    from reconciled.claim_paper
),
-- “技术服务费” on an invoice may be the whole service: it is support only where the contract tells the two apart.
counted as (
    select
        claim_id,
        count(*) as line_count,
        count(*) filter (where source = 'contract') as contract_line_count,
        coalesce(bool_or(source = 'contract' and kind = 'support'), false) as is_told_apart,
        count(distinct item) filter (where kind = 'other') as other_count,
        array_to_string(list(distinct item order by item) filter (where kind = 'other')[1:5], '、') as other_items,
        coalesce(sum(yuan) filter (where source = 'invoice' and kind = 'other'), 0) as other_yuan,
        coalesce(sum(yuan) filter (where source = 'contract' and kind = 'support'), 0) as support_yuan,
        case when count(yuan) filter (where source = 'contract') = count(*) filter (where source = 'contract')
            then sum(yuan) filter (where source = 'contract') end as contract_yuan,
        coalesce(sum(yuan) filter (where source = 'invoice' and kind = 'support'), 0) as support_net_yuan,
        sum(yuan) filter (where source = 'invoice') as invoiced_net_yuan,
    from decided.scope_line
    group by claim_id
),
shared as (
    select
        *,
        support_net_yuan > 0 and (is_told_apart or contract_line_count = 0) as is_invoice_clear,
    from counted
),
weighed as (
    select
        a.claim_id,
        a.contract_no,
        a.reading,
        a.share_max,
        s.* exclude (claim_id),
        coalesce(s.support_yuan > a.share_max * s.contract_yuan, false)
            or coalesce(s.is_invoice_clear and s.support_net_yuan > a.share_max * s.invoiced_net_yuan, false) as is_above,
    from asked as a
    left join shared as s using (claim_id)
)
select
    claim_id as subject_id,
    case
        when is_above then 'flag'
        when other_count > 0 and reading in ('review', 'exclude') then 'flag'
        when line_count > 0 and (other_count = 0 or reading = 'include') then 'pass'
        else 'unknown'
    end as verdict,
    contract_no,
    coalesce(other_count, 0) as other_count,
    coalesce(nullif(other_items, ''), '—') as other_items,
    cast(coalesce(other_yuan, 0) as decimal(18, 2)) as other_yuan,
    cast(coalesce(support_yuan, 0) as decimal(18, 2)) as support_yuan,
    cast(contract_yuan as decimal(18, 2)) as contract_yuan,
    cast(coalesce(support_net_yuan, 0) as decimal(18, 2)) as support_net_yuan,
    cast(invoiced_net_yuan as decimal(18, 2)) as invoiced_net_yuan,
    cast(share_max as decimal(9, 2)) as share_max,
    reading,
    case reading when 'review' then '交专家组' when 'include' then '计入' when 'exclude' then '不计' end as reading_zh,
    case when reading = 'exclude' and other_yuan > 0 and not is_above then 'adjust' else 'hold' end as severity,
    cast(other_yuan + case when is_above then greatest(0, support_net_yuan - share_max * invoiced_net_yuan) else 0 end
        as decimal(18, 2)) as amount_at_risk_yuan,
from weighed
