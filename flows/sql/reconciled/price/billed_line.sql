/*
title_zh = "计费明细"
grain_zh = "每行结算账单一行；合同没有账单的，每行发票明细一行"
[columns]
contract_no = "合同编号"
source = "statement 结算账单，invoice_line 发票明细"
document_no = "账单号或发票号码"
line_no = "行号"
month = "计费月 YYYY-MM：按计费期起"
period_from = "计费期起"
period_to = "计费期止（含）"
device_model = "型号"
device_class = "加速卡的类别，依据以折算的型号；没有型号、认不出的为 unknown"
unit = "计价单位，照录"
precision = "精度；不按峰值算力计价的为空"
sparsity = "稀疏口径：dense 稠密，sparse 稀疏；不按峰值算力计价的为空"
quantity = "用量"
unit_price_yuan = "含税单价，元；发票明细为不含税单价乘以一加税率"
amount_yuan = "含税金额，元"
card_seconds = "折算卡秒，秒，舍去不足百万分之一；不按卡计价、不能折算或单位不明的为空"
fewest_card_seconds = "按月计价而未写计费期的：按合同期内最短的月折算，秒；其余的为空"
most_card_seconds = "按月计价而未写计费期的：按合同期内最长的月折算，秒；其余的为空"
conversion_zh = "如何折算，或为何不能折算"
invoice_number = "对应发票"
file_sha256 = "来源文件"
row_no = "来源行号"
*/
-- A line of months that does not say which: what it may come to lies between the contract's shortest and longest month.
with termed as (
    select
        contract_no,
        starts_on,
        ends_on,
        list_transform(
            generate_series(date_trunc('month', starts_on), least(ends_on, starts_on + interval 10 year), interval 1 month),
            lambda month_on: day(last_day(month_on))
        ) as day_counts,
    from lake.contract
),
lines as (
    select
        l.*,
        coalesce(c.period_seconds, reconciled.months_seconds(
            case when l.is_undated then least(greatest(l.period_from, k.starts_on), k.ends_on) else l.period_from end,
            case when l.is_undated then least(greatest(l.period_from, k.starts_on), k.ends_on) else l.period_to end
        )) as period_seconds,
        c.card_parts,
        c.period_seconds is null and c.card_parts is not null and l.is_undated as is_month_unknown,
        list_min(k.day_counts) * 86400 as shortest_seconds,
        list_max(k.day_counts) * 86400 as longest_seconds,
        c.period_seconds is null as is_of_months,
        c.conversion_zh,
    from reconciled.bill_row as l
    left join termed as k on k.contract_no = l.contract_no
    left join reconciled.unit_conversion as c
        on c.contract_no = l.contract_no
        and c.unit = l.unit_name
        and c.device_model is not distinct from l.asked_model
        and c.precision is not distinct from l.asked_precision
        and c.sparsity is not distinct from l.asked_sparsity
)
select
    l.contract_no,
    l.source,
    l.document_no,
    l.line_no,
    strftime(l.period_from, '%Y-%m') as month,
    l.period_from,
    l.period_to,
    l.device_model,
    coalesce(reconciled.device_class(l.asked_model), 'unknown') as device_class,
    l.unit,
    l.asked_precision as precision,
    l.asked_sparsity as sparsity,
    l.quantity,
    l.unit_price_yuan,
    l.amount_yuan,
    reconciled.converted(
        l.quantity,
        l.period_seconds,
        l.card_parts * case
            when l.is_of_months and not l.is_undated then reconciled.month_count(l.period_from, l.period_to)
            else 1
        end
    ) as card_seconds,
    case when l.is_month_unknown then reconciled.converted(l.quantity, l.shortest_seconds, l.card_parts) end as fewest_card_seconds,
    case when l.is_month_unknown then reconciled.converted(l.quantity, l.longest_seconds, l.card_parts) end as most_card_seconds,
    coalesce(l.conversion_zh, '单位不在换算表')
        || case when l.is_month_unknown then '；未写计费期，按 ' || l.period_seconds // 86400 || ' 天的月折算' else '' end as conversion_zh,
    l.invoice_number,
    l.file_sha256,
    l.row_no,
from lines as l
