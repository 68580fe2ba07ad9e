/*
title_zh = "变动的数字与可以解释它的变动行"
grain_zh = "每笔申请、每个变动的数字、每个变动行一行"
[columns]
claim_id = "申请编号"
figure = "数字"
row_id = "变动行的序号"
rank = "解释的远近，小的优先"
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
        ('active_gpu_hours', ['usage_interval', 'usage_sample', 'tenant', 'device', 'contract']),
        ('supported_yuan', ['usage_interval', 'usage_sample', 'tenant', 'device', 'provider', 'contract', 'contract_line', 'statement', 'voucher']),
        ('evidence_grade', ['usage_interval', 'usage_sample', 'tenant', 'statement', 'invoice_line']),
        ('invoiced_net_yuan', ['invoice', 'invoice_line', 'invoice_check', 'claim_invoice', 'claim']),
        ('invoiced_gross_yuan', ['invoice', 'invoice_line', 'invoice_check', 'claim_invoice', 'claim']),
        ('paid_yuan', ['payment', 'invoice', 'contract'])
),
joined as (
    select
        c.claim_id,
        c.figure,
        c.place,
        t.row_id,
        t.near,
        m.table_name,
        case
            when c.figure in ('disposition', 'reasons') then exists (
                from earlier.differing_rule as d join earlier.foundation as r on r.subject = d.rule_id
                where d.claim_id = c.claim_id and list_contains(r.table_names, m.table_name)
            )
            else coalesce(list_contains(f.table_names, m.table_name), f.figure is null)
        end as is_fed,
    from earlier.change as c
    join earlier.touch as t using (claim_id)
    join earlier.moved_row as m on m.rowid = t.row_id
    left join fed as f on f.figure = c.figure
),
ranked as (
    select
        claim_id,
        figure,
        row_id,
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
    union all
    -- The source rows of findings that differ are the nearest there is.
    select
        c.claim_id,
        c.figure,
        i.row_id,
        1 as rank,
    from earlier.change as c
    join earlier.cited as i using (claim_id)
    where c.place = 'payable'
        or (
            c.figure in ('disposition', 'reasons')
            and exists (from earlier.differing_rule as d where d.claim_id = c.claim_id and d.rule_id = i.rule_id)
        )
    union all
    -- What was granted before opens cap and pool for everybody.
    select
        c.claim_id,
        c.figure,
        m.rowid as row_id,
        5 as rank,
    from earlier.change as c
    join earlier.moved_row as m on m.table_name = 'grant_history'
    where c.place = 'queue'
)
select
    claim_id,
    figure,
    row_id,
    min(rank) as rank,
from ranked
where rank is not null
group by claim_id, figure, row_id
order by claim_id, figure, row_id
