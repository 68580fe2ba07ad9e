/*
title_zh = "变动的数字与可以解释它的变动行"
grain_zh = "每笔申请、每个变动的数字、每个来源文件、表、来去与远近一行"
no_rows_without = ["earlier.change", "earlier.touch"]
[columns]
claim_id = "申请编号"
figure = "数字"
rank = "解释的远近，小的优先"
table_name = "表"
table_zh = "表的中文名"
is_red = "是否红字发票"
how = "来去"
source_sha256 = "使之来去的文件"
row_count = "行数"
*/
-- What a figure is worked out from; a figure that is not listed rests on any of them.
with fed(figure, table_names) as (
    values
        ('claimed_cost_yuan', ['claim']),
        ('claimed_subsidy_yuan', ['claim']),
        ('contract_gpu_hours', ['contract', 'contract_line', 'claim', 'voucher']),
        ('contract_amount_yuan', ['contract', 'claim', 'voucher']),
        ('billed_gpu_hours', ['statement', 'invoice', 'invoice_line', 'contract_line']),
        ('metered_gpu_hours', ['usage_interval', 'usage_sample', 'tenant', 'device', 'provider', 'contract', 'voucher']),
        ('verifiable_gpu_hours', ['usage_interval', 'usage_sample', 'tenant', 'device', 'provider', 'contract', 'voucher']),
        ('active_gpu_hours', ['usage_interval', 'usage_sample', 'tenant', 'device', 'contract']),
        ('supported_yuan', ['usage_interval', 'usage_sample', 'tenant', 'device', 'provider', 'contract', 'contract_line', 'tariff', 'statement', 'voucher']),
        ('evidence_grade', ['usage_interval', 'usage_sample', 'tenant', 'statement', 'invoice_line', 'commitment', 'signing_key']),
        ('invoiced_net_yuan', ['invoice', 'invoice_line', 'invoice_check', 'claim_invoice', 'claim']),
        ('invoiced_gross_yuan', ['invoice', 'invoice_line', 'invoice_check', 'claim_invoice', 'claim']),
        ('paid_yuan', ['payment', 'invoice', 'contract'])
),
joined as (
    select
        c.claim_id,
        c.figure,
        c.place,
        t.* exclude (claim_id),
        case
            when c.figure in ('disposition', 'reasons') then exists (
                from earlier.differing_rule as d join earlier.foundation as r on r.subject = d.rule_id
                where d.claim_id = c.claim_id and list_contains(r.table_names, t.table_name)
            )
            else coalesce(list_contains(f.table_names, t.table_name), f.figure is null)
        end as is_fed,
    from earlier.change as c
    join earlier.touch as t using (claim_id)
    left join fed as f on f.figure = c.figure
),
ranked as (
    select
        * exclude (place, near, is_fed),
        case
            when place = 'appears' then case when table_name = 'claim' and near = 1 then 1 end
            when place = 'decision' then case when table_name = 'decision' and near = 1 then 1 end
            when place = 'payable' and table_name = 'decision' and near = 1 then 0
            when table_name = 'decision' then null
            when place = 'queue' and near = 3 then 9
            when place = 'queue' then 4
            when near = 3 and is_fed then 8
            when near = 3 then 9
            when is_fed then 1 + near
            else 3 + near
        end as rank,
    from joined
    union all by name
    -- The source rows of findings that differ are the nearest there is.
    select
        c.claim_id,
        c.figure,
        i.* exclude (claim_id, rule_id),
        1 as rank,
    from earlier.change as c
    join earlier.cited as i using (claim_id)
    where c.place = 'payable'
        or (
            c.figure in ('disposition', 'reasons')
            and exists (from earlier.differing_rule as d where d.claim_id = c.claim_id and d.rule_id = i.rule_id)
        )
    union all by name
    -- What was granted before opens cap and pool for everybody.
    select
        c.claim_id,
        c.figure,
        5 as rank,
        m.table_name,
        m.table_zh,
        m.is_red,
        m.how,
        m.source_sha256,
        m.row_count,
    from earlier.change as c
    join earlier.moved_row as m on m.table_name = 'grant_history'
    where c.place = 'queue'
)
select
    claim_id,
    figure,
    rank,
    table_name,
    table_zh,
    is_red,
    how,
    source_sha256,
    -- The same rows may be cited by several rules.
    case rank when 1 then max(row_count) else cast(sum(row_count) as bigint) end as row_count,
from ranked
where rank is not null
group by claim_id, figure, rank, table_name, table_zh, is_red, how, source_sha256
order by all
