/*
title_zh = "合同明细可能对应的公示价"
grain_zh = "每份合同的每行明细、每个型号、每条签订日有效的收费标准一行；没有公示价的型号也有一行"
no_rows_without = ["lake.contract", "lake.contract_line", "reconciled.unit_word"]
[columns]
contract_no = "合同编号"
line_no = "明细行号"
device_model = "型号：明细所写；按卡计价而未写的，取计量、账单所见的各个型号，计量没有写全的再加设备清单所列；按核时计价而未写的，取签订日可对应的核时公示价的各个型号，没有的取公示过的"
unit = "公示的计价单位；没有公示价的为空，下同"
precision = "公示的精度"
sparsity = "公示的稀疏口径"
is_same_unit = "与明细的计价单位、精度、稀疏口径相同"
is_own_item = "写明是该服务项目的；不分项目的为假"
tariff_yuan = "公示含税单价，元"
missing_zh = "没有可对应的公示价而该型号另有公示的，是哪一种；其余为空"
*/
-- A price list that names no end is in force until the next one begins.
with tariffs as (
    select
        * replace (
            coalesce(
                valid_to,
                min(valid_from) over (
                    partition by provider_id, device_model, service_item, unit, precision, sparsity
                    order by valid_from
                    range between interval 1 day following and unbounded following
                ) - 1
            ) as valid_to
        ),
    from lake.tariff
),
lines as (
    select
        l.*,
        c.provider_id,
        c.signed_on,
        c.starts_on,
        c.ends_on,
        w.kind in ('card', 'node', 'die', 'compute') as is_card_priced,
        w.kind = 'core' as is_core_priced,
    from lake.contract_line as l
    join lake.contract as c using (contract_no)
    join reconciled.unit_word as w on w.unit = l.unit and w.is_name
),
used as (
    select contract_no, device_model from reconciled.contract_day
    union
    select contract_no, device_model from reconciled.contract_sample_day
),
-- Usage that says no model may be of any that is listed; a bill that says none tells nothing.
seen as (
    select contract_no, device_model from used where device_model is not null
    union
    select contract_no, device_model from reconciled.bill_row where device_model is not null
    union
    select l.contract_no, d.device_model
    from lines as l
    join lake.device as d
        on d.provider_id = l.provider_id
        and d.valid_from <= l.ends_on
        and (d.valid_to is null or d.valid_to >= l.starts_on)
    left join used as u on u.contract_no = l.contract_no and u.device_model is not null
    where d.device_model is not null
        and (u.contract_no is null or l.contract_no in (select contract_no from used where device_model is null))
),
-- Core-hours are published by the processor or under a word for all of them: a line that says none may be of any.
cores as (
    select distinct contract_no, line_no, device_model
    from (
        select
            l.contract_no,
            l.line_no,
            t.device_model,
            (t.service_item is null or l.service_item is null or t.service_item = l.service_item)
                and l.signed_on >= t.valid_from
                and (t.valid_to is null or l.signed_on <= t.valid_to) as is_fit,
        from lines as l
        join tariffs as t on t.provider_id = l.provider_id and t.unit = l.unit
        where l.device_model is null and l.is_core_priced
        qualify is_fit or not bool_or(is_fit) over (partition by l.contract_no, l.line_no)
    )
),
modelled as (
    select * from lines where device_model is not null
    union all
    select l.* replace (s.device_model as device_model)
    from lines as l
    join seen as s using (contract_no)
    where l.device_model is null and l.is_card_priced
    union all
    select l.* replace (s.device_model as device_model)
    from lines as l
    join cores as s using (contract_no, line_no)
),
-- A model that is published, only not so that it could stand beside the line.
beside as (
    select
        m.contract_no,
        m.line_no,
        m.device_model,
        bool_or(m.signed_on >= t.valid_from and (t.valid_to is null or m.signed_on <= t.valid_to)) as is_in_force,
        min(t.service_item) filter (
            where m.signed_on >= t.valid_from and (t.valid_to is null or m.signed_on <= t.valid_to)
        ) as service_item,
    from modelled as m
    join tariffs as t on t.provider_id = m.provider_id and t.device_model = m.device_model
    group by m.contract_no, m.line_no, m.device_model
)
select
    m.contract_no,
    m.line_no,
    m.device_model,
    t.unit,
    t.precision,
    t.sparsity,
    t.unit = m.unit and t.precision is not distinct from m.precision and t.sparsity is not distinct from m.sparsity as is_same_unit,
    coalesce(t.service_item = m.service_item, false) as is_own_item,
    t.unit_price_yuan as tariff_yuan,
    case
        when t.unit is not null then null
        when b.is_in_force then '型号 ' || m.device_model || ' 只在别的服务项目下公示（如 ' || b.service_item || '）'
        when not b.is_in_force then '型号 ' || m.device_model || ' 的公示价在签订之日不在有效期内'
    end as missing_zh,
from modelled as m
left join beside as b using (contract_no, line_no, device_model)
left join tariffs as t
    on t.provider_id = m.provider_id
    and t.device_model = m.device_model
    and (t.service_item is null or m.service_item is null or t.service_item = m.service_item)
    -- What is sold by the item is the same only under the same name.
    and (t.service_item = m.service_item or m.is_card_priced or m.is_core_priced)
    and m.signed_on >= t.valid_from
    and (t.valid_to is null or m.signed_on <= t.valid_to)
