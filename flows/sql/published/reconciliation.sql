/*
title_zh = "三方比对"
grain_zh = "每份合同、明细、月一行；月份为空的行是合同约定的全部"
[columns]
contract_no = "合同编号"
line_no = "合同明细行号；不分明细的为空"
month = "月份 YYYY-MM"
service_item = "服务项目"
device_model = "型号；计费、计量没有写的，取合同各行按卡计价的唯一型号"
device_class = "加速卡的类别；没有型号、认不出的为 unknown，与卡时无关的为空"
unit = "计价单位"
contract_gpu_hours = "合同约定卡时，小时"
billed_gpu_hours = "计费卡时，小时；跨月的账单行列在计费期起的月份；无计费数量的为空"
metered_gpu_hours = "计入的计量卡时，小时；有计量而都不计入的为零，无计量的为空"
active_gpu_hours = "活跃卡时，小时；无采样的为空"
billed_yuan = "计费含税金额，元"
invoiced_gross_yuan = "开票价税合计（按开票月，冲减红字后；几份合同合用的发票取各自的份额），元"
paid_yuan = "付款中归该合同的（按付款月，合同双方之间，退回的为负；几份合同合开发票的取各自的份额），元"
variance_gpu_hours = "计费减计入计量，小时；有一边没有的为空"
outside_term_gpu_hours = "合同期外，小时"
outside_year_gpu_hours = "年度外，小时"
not_listed_gpu_hours = "未在名单或已退库，小时"
not_billable_gpu_hours = "机构原因失败的运行，小时"
overlap_gpu_hours = "同卡重叠，小时"
off_list_gpu_hours = "用到时不在设备清单上的卡，小时"
broken_chain_gpu_hours = "采样没有摘要链的支持，小时"
unknown_card_record_count = "卡数未知的记录数，条"
variance_cause_zh = "差异的归因"
*/
with lines as (
    select
        *,
        count(*) over (partition by contract_no) as line_count,
        row_number() over (partition by contract_no, device_model order by line_no) as nth,
    from reconciled.contract_price
),
-- A bill or a log that says no model is of the contract's only one.
sole as (
    select contract_no, any_value(device_model) as device_model
    from reconciled.contract_price
    where is_card_priced
    group by contract_no
    having count(distinct device_model) = 1 and count(*) = count(device_model)
),
metered as (
    select
        u.contract_no,
        coalesce(u.device_model, s.device_model) as device_model,
        strftime(u.usage_on, '%Y-%m') as month,
        -- Where every record is known and none counts, what counts is zero and not unknown.
        coalesce(
            sum(u.unit_seconds) filter (where u.cause in ('supported', 'before_voucher')),
            case when count(*) = count(u.unit_seconds) then 0 end
        ) as supported,
        sum(u.unit_seconds) filter (where u.cause = 'outside_term') as outside_term,
        sum(u.unit_seconds) filter (where u.cause = 'outside_year') as outside_year,
        sum(u.unit_seconds) filter (where u.cause in ('not_listed', 'after_exit', 'other_provider', 'no_provider')) as not_listed,
        sum(u.unit_seconds) filter (where u.cause = 'not_billable') as not_billable,
        sum(u.unknown_card_record_count) as unknown_count,
    from reconciled.metered_day as u
    left join sole as s on s.contract_no = u.contract_no
    group by all
),
left_out as (
    select
        e.contract_no,
        coalesce(e.device_model, s.device_model) as device_model,
        strftime(e.usage_on, '%Y-%m') as month,
        sum(e.unit_seconds) filter (where e.cause = 'off_list') as off_list,
        sum(e.unit_seconds) filter (where e.cause = 'broken_chain') as broken_chain,
    from decided.excluded_day as e
    left join sole as s on s.contract_no = e.contract_no
    group by all
),
overlapping as (
    select
        o.contract_no,
        coalesce(o.device_model, s.device_model) as device_model,
        o.month,
        sum(o.unit_seconds) as unit_seconds,
    from decided.overlap_excluded as o
    left join sole as s on s.contract_no = o.contract_no
    group by all
),
facts as (
    select contract_no, device_model, month, 'metered' as fact, null as quantity, null as yuan from metered
    union all
    select
        b.contract_no,
        case when b.card_seconds is not null then coalesce(b.device_model, s.device_model) else b.device_model end as model,
        b.month,
        'billed',
        sum(b.card_seconds),
        sum(b.amount_yuan),
    from reconciled.billed_line as b
    left join sole as s on s.contract_no = b.contract_no
    group by b.contract_no, model, b.month
    union all
    -- What a claim uses of an invoice is its contract's; an invoice that none uses is that of the contract it points to.
    select
        coalesce(h.contract_no, i.contract_no) as holder,
        null,
        strftime(i.issued_on, '%Y-%m'),
        'invoiced',
        null,
        sum(case
            when h.contract_no is null then i.effective_gross_yuan
            else cast(cast(h.share_fen as decimal(18, 0)) * 0.01 as decimal(18, 2))
        end),
    from reconciled.invoice_state as i
    left join reconciled.invoice_share as h using (invoice_number)
    where coalesce(h.contract_no, i.contract_no) is not null
    group by all
    union all
    select t.contract_no, null, strftime(p.paid_on, '%Y-%m'), 'paid', null,
        sum(case when p.payer_id = k.provider_id then -t.part_yuan else t.part_yuan end)
    from reconciled.payment_part as t
    join reconciled.payment as p using (payment_id)
    join lake.contract as k on k.contract_no = t.contract_no
    left join reconciled.applicant_person as n on n.applicant_id = k.applicant_id
    where (p.payer_person_id = coalesce(n.person_id, k.applicant_id) and p.payee_id = k.provider_id)
        or (p.payer_id = k.provider_id and p.payee_person_id = coalesce(n.person_id, k.applicant_id))
    group by all
    union all
    select a.contract_no, coalesce(a.device_model, s.device_model), strftime(a.usage_on, '%Y-%m'), 'active', sum(a.active_seconds), null
    from reconciled.sample_day as a
    left join sole as s on s.contract_no = a.contract_no
    where a.contract_no is not null
    group by all
),
sided as (
    select
        contract_no,
        device_model,
        month,
        sum(quantity) filter (where fact = 'billed') as billed_seconds,
        sum(yuan) filter (where fact = 'billed') as billed_yuan,
        sum(yuan) filter (where fact = 'invoiced') as invoiced_yuan,
        sum(yuan) filter (where fact = 'paid') as paid_yuan,
        sum(quantity) filter (where fact = 'active') as active_seconds,
    from facts
    group by contract_no, device_model, month
),
-- The months that a line which begins in an earlier one reaches into.
carried as (
    select distinct contract_no, strftime(month_on, '%Y-%m') as month
    from (
        select
            contract_no,
            unnest(generate_series(date_trunc('month', period_from) + interval 1 month, period_to, interval 1 month)) as month_on,
        from reconciled.billed_line
        where card_seconds is not null and period_to <= period_from + interval 10 year
    )
),
reaching as (
    select distinct contract_no, month
    from reconciled.billed_line
    where card_seconds is not null and strftime(period_to, '%Y-%m') > month
),
joined as (
    select
        s.*,
        m.* exclude (contract_no, device_model, month),
        coalesce(o.unit_seconds, 0) as overlap_units,
        coalesce(e.off_list, 0) as off_list,
        coalesce(e.broken_chain, 0) as broken_chain,
        l.line_no,
        l.service_item,
        l.unit,
        coalesce(bool_or(m.supported is not null) over of_month, false) as is_month_metered,
        coalesce(bool_or(s.billed_seconds is not null) over of_month, false) as is_month_billed,
        r.month is not null as is_reaching,
        d.month is not null as is_carried,
    from sided as s
    left join metered as m
        on m.contract_no = s.contract_no and m.device_model is not distinct from s.device_model and m.month = s.month
    left join overlapping as o
        on o.contract_no = s.contract_no and o.device_model is not distinct from s.device_model and o.month = s.month
    left join left_out as e
        on e.contract_no = s.contract_no and e.device_model is not distinct from s.device_model and e.month = s.month
    left join lines as l
        on l.contract_no = s.contract_no and l.nth = 1
        and (l.device_model = s.device_model or (l.line_count = 1 and s.device_model is not null))
    left join reaching as r on r.contract_no = s.contract_no and r.month = s.month
    left join carried as d on d.contract_no = s.contract_no and d.month = s.month
    window of_month as (partition by s.contract_no, s.month)
    union all by name
    select
        l.contract_no,
        l.line_no,
        l.device_model,
        l.service_item,
        l.unit,
        q.card_seconds as agreed_seconds,
    from lines as l
    join reconciled.contract_quantity as q on q.contract_no = l.contract_no and q.line_no = l.line_no
)
select
    contract_no,
    line_no,
    month,
    service_item,
    device_model,
    case
        when coalesce(agreed_seconds, billed_seconds, supported, active_seconds) is not null
            then coalesce(reconciled.device_class(device_model), 'unknown')
    end as device_class,
    unit,
    reconciled.card_hours(agreed_seconds) as contract_gpu_hours,
    reconciled.card_hours(billed_seconds) as billed_gpu_hours,
    reconciled.gpu_hours(supported) as metered_gpu_hours,
    reconciled.card_hours(active_seconds) as active_gpu_hours,
    cast(billed_yuan as decimal(18, 2)) as billed_yuan,
    cast(invoiced_yuan as decimal(18, 2)) as invoiced_gross_yuan,
    cast(paid_yuan as decimal(18, 2)) as paid_yuan,
    reconciled.gpu_hours(cast(billed_seconds as decimal(30, 6)) * 21000 - supported) as variance_gpu_hours,
    reconciled.gpu_hours(outside_term) as outside_term_gpu_hours,
    reconciled.gpu_hours(outside_year) as outside_year_gpu_hours,
    reconciled.gpu_hours(not_listed) as not_listed_gpu_hours,
    reconciled.gpu_hours(not_billable) as not_billable_gpu_hours,
    reconciled.gpu_hours(overlap_units) as overlap_gpu_hours,
    reconciled.gpu_hours(off_list) as off_list_gpu_hours,
    reconciled.gpu_hours(broken_chain) as broken_chain_gpu_hours,
    cast(unknown_count as bigint) as unknown_card_record_count,
    nullif(concat_ws('；',
        case when outside_term > 0 then '合同期外用量' end,
        case when outside_year > 0 then '年度外用量' end,
        case when not_listed > 0 then '机构未在名单期间的用量' end,
        case when not_billable > 0 then '机构原因失败的运行' end,
        case when overlap_units > 0 then '同卡重叠' end,
        case when off_list > 0 then '用到时不在设备清单上的卡' end,
        case when broken_chain > 0 then '采样没有摘要链的支持' end,
        case when unknown_count > 0 then '部分记录卡数未知' end,
        case
            when billed_seconds is not null and supported is null
                then case when is_month_metered then '该月没有该型号的计量' else '该月没有计量' end
        end,
        case
            when billed_seconds is null and supported > 0
                then case
                    when is_carried then '该月由跨月的账单计费'
                    when is_month_billed then '该月没有该型号的计费数量'
                    else '该月没有计费数量'
                end
        end,
        case
            when is_reaching and cast(billed_seconds as decimal(30, 6)) * 21000 <> coalesce(supported, 0)
                then '账单跨月，计费都列在计费期起的月份'
        end
    ), '') as variance_cause_zh,
from joined
order by contract_no, month nulls first, device_model, line_no
