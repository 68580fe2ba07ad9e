/*
title_zh = "计价单位折合多少卡"
grain_zh = "每份合同里用到的、及其明细可能对应的公示价所用的每个计价单位、型号、精度、稀疏口径一行"
no_rows_without = ["reconciled.unit_word"]
[columns]
contract_no = "合同编号"
unit = "计价单位"
device_model = "型号：合同、账单所写，合同未写的另取计量、账单所见的各个型号；空为不分型号"
precision = "精度"
sparsity = "稀疏口径：dense 稠密，sparse 稀疏"
kind = "card 卡，node 整机，die 芯粒，compute 峰值算力，core CPU 核，lump 不按用量计价"
period_seconds = "时长，秒；空为自然月"
card_parts = "一张卡是多少个计价对象，906192000000 为一；不按卡计价的和不能折算的为空"
conversion_zh = "如何折算，或为何不能折算"
source_zh = "依据"
version = "换算表版本"
*/
with seen as (
    select contract_no, device_model from reconciled.contract_day
    union
    select contract_no, device_model from reconciled.contract_sample_day
    union
    select contract_no, device_model from reconciled.bill_row
    union
    select contract_no, null from reconciled.contract_price
),
-- What is used under a supplement may go by the contract's prices.
used as (
    select * from seen
    union
    select s.contract_no, u.device_model
    from (select contract_no, unnest(supplement_nos) as supplement_no from reconciled.contract_supplement) as s
    join seen as u on u.contract_no = s.supplement_no
),
asked as (
    select
        l.contract_no,
        l.unit,
        coalesce(l.device_model, u.device_model) as device_model,
        l.precision,
        l.sparsity,
    from reconciled.contract_price as l
    join used as u on u.contract_no = l.contract_no and (l.device_model is null or u.device_model is null)
    union
    select contract_no, unit_name, asked_model, asked_precision, asked_sparsity
    from reconciled.bill_row
    where unit_name is not null
    union
    select contract_no, unit, device_model, precision, sparsity
    from reconciled.line_tariff
    where not is_same_unit
),
known as (
    select
        a.*,
        w.kind,
        w.period_seconds,
        w.version,
        n.card_count,
        n.sizes_zh,
        d.dies_per_card,
        f.tflops_hundredths,
        f.source_zh as factor_source_zh,
        coalesce(d.source_zh, w.source_zh) as unit_source_zh,
        (
            select string_agg(
                case o.sparsity when 'dense' then '稠密 ' else '稀疏 ' end || o.tflops_hundredths * 0.01
                    || ' TFLOPS（' || reconciled.card_hours(reconciled.converted(1, coalesce(w.period_seconds, 2592000), o.tflops_hundredths * 9061920)) || ' 卡时）',
                '，' order by o.sparsity
            )
            from reconciled.model_factor as o
            where o.word = reconciled.plain_word(a.device_model) and o.precision = a.precision
        ) as either_zh,
    from asked as a
    join reconciled.unit_word as w on w.unit = a.unit and w.is_name
    left join reconciled.node_cards as n
        on n.contract_no = a.contract_no and n.device_model is not distinct from a.device_model
    left join reconciled.model_factor as d
        on d.word = reconciled.plain_word(a.device_model) and d.dies_per_card is not null and w.kind = 'die'
    left join reconciled.model_factor as f
        on f.word = reconciled.plain_word(a.device_model)
        and f.precision = a.precision
        and f.sparsity = a.sparsity
        and w.kind = 'compute'
),
-- 9061920 = a card's parts x 1 hundredth of a TFLOPS / 1 PFLOPS.
parted as (
    select
        *,
        cast(case
            when kind = 'card' then reconciled.card_parts()
            when kind = 'node' and card_count > 0 and reconciled.card_parts() % card_count = 0
                then reconciled.card_parts() // card_count
            when kind = 'die' then reconciled.card_parts() * dies_per_card
            when kind = 'compute' then tflops_hundredths * 9061920
        end as bigint) as card_parts,
    from known
)
select
    contract_no,
    unit,
    device_model,
    precision,
    sparsity,
    kind,
    period_seconds,
    card_parts,
    case
        when kind = 'lump' then '不按用量计价'
        when kind = 'core' then '按 CPU 核计，与卡时不互相折算'
        when card_parts is not null then concat(
            '1 ', unit, ' 折合 ', reconciled.card_hours(reconciled.converted(1, coalesce(period_seconds, 2592000), card_parts)), ' 卡时',
            case when period_seconds is null then '（三十日的月）' end,
            case kind
                when 'node' then '：设备清单每台 ' || card_count || ' 卡'
                when 'die' then '：每卡 ' || dies_per_card || ' 芯粒'
                when 'compute' then concat('：', device_model, ' ', precision, ' ', case sparsity when 'dense' then '稠密 ' else '稀疏 ' end, tflops_hundredths * 0.01, ' TFLOPS')
            end
        )
        when kind = 'node' and sizes_zh is null then '设备清单中没有该机构、型号在合同期内的节点'
        when kind = 'node' then '设备清单中各节点卡数不一或除不尽：' || sizes_zh
        when device_model is null then '未写型号'
        when kind = 'die' then '换算表中没有该型号的芯粒数'
        when precision is null then '未写精度'
        when sparsity is null and either_zh is not null then '未写稠密或稀疏：' || precision || ' ' || either_zh
        when sparsity is null then '未写稠密或稀疏，换算表中也没有该型号此精度的数值'
        else '换算表中没有该型号此精度、此稀疏口径的数值'
    end as conversion_zh,
    case when card_parts is not null then coalesce(factor_source_zh, unit_source_zh) end as source_zh,
    version,
from parted
