/*
id = "REC-006"
title_zh = "计量单位可能混淆"
title_en = "Units of metering and billing may be mixed up"
article = "第十二条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {which} 计费 {billed_gpu_hours} 卡时，可计入的计量 {metered_gpu_hours} 卡时，计费对计量之比接近 {near_ratio}；单位不能折算成卡时的计费行 {odd_unit_count} 行（{odd_units}；为何：{odd_reasons_zh}），{rest_zh}。"
because_en = "Contract {which}: {billed_gpu_hours} card-hours billed, {metered_gpu_hours} card-hours metered and countable, a ratio near {near_ratio}; billed lines in units that cannot be converted to card-hours: {odd_unit_count} ({odd_units}; why: {odd_reasons_zh}); {rest_en}."
unknown_zh = [
    "合同 {which} 计费 {billed_gpu_hours} 卡时，可计入的计量 {metered_gpu_hours} 卡时；{rest_zh}。计费对计量之比算不出，单位是否混淆无从判断。请补交用量日志，或补写卡数。",
]
unknown_en = [
    "Contract {which}: {billed_gpu_hours} card-hours billed, {metered_gpu_hours} card-hours metered and countable; {rest_en}. The ratio of the two is unknown, so whether units were mixed up cannot be told. Please hand in the usage log, or add the card count.",
]
innocent_zh = [
    "账单按节点时或日计而单位写成卡时：请更正计价单位，金额不变的不影响补贴。",
    "比值恰好如此而确为真实用量：请服务机构逐月列出计费与计量的对应关系。",
    "以“P·时”等算力单位计费：请在合同和账单写明型号、精度、稠密或稀疏；换算表没有的型号，请附厂商数据手册。",
    "用到 GPU、NPU 等几类加速卡的：请在合同、账单的每一行和用量记录写明型号，各类分别核对。",
    "以“机时”计费而设备清单未写节点：请补登每个节点的卡数。",
]
innocent_en = [
    "The bill counts node-hours or days and says card-hours: correct the unit; the subsidy is unaffected where the amount stays.",
    "The ratio is so by chance and the usage real: have the provider set billed against metered month by month.",
    "Billed in units of computing such as P-hours: state model, precision and dense or sparse in contract and bill; for a model that is not in the table of factors, add the maker's data sheet.",
    "Cards of several classes (GPU, NPU …): write the model in the contract, in every billed line and in the usage records; each class is then checked by itself.",
    "Billed in node-hours while the list of devices has no nodes: register the cards of each node.",
]
policy = ["reconcile.unit_ratio_tolerance", "reconcile.unit_ratios"]
[evidence]
contract_no = "合同编号"
which = "合同编号，有补充合同的一并，或单独一份比值近于倍数的；用到几类加速卡而分得开的，后写该类"
billed_gpu_hours = "计费卡时，小时"
metered_gpu_hours = "可计入的计量卡时，小时"
near_ratio = "接近的换算倍数（计费比计量）；— 为没有"
odd_unit_count = "单位不能折算成卡时的计费行数"
odd_units = "其单位，至多列三种；— 为没有"
odd_reasons_zh = "为何不能折算，至多列三种；— 为没有"
unknown_card_count = "卡数未知的用量记录数；计活跃的，为整日没有利用率的卡日数"
classes_zh = "用到或计费几类加速卡的：各类的卡时；只用一类的为空"
rest_zh = "卡数未知的记录，及几类加速卡分不开的情形"
rest_en = "the same in English"
amount_at_risk_yuan = "计费含税金额，元"
[[trace]]
relation = "reconciled.billed_line"
using = []
where = "r.contract_no in (select p.part_no from decided.contract_part as p where p.contract_no = j.contract_no)"
*/
with billed as (
    select
        p.contract_no,
        count(*) filter (where is_odd) as odd_unit_count,
        array_to_string(list(distinct unit order by unit) filter (where is_odd)[1:3], '、') as odd_units,
        array_to_string(list(distinct conversion_zh order by conversion_zh) filter (where is_odd)[1:3], '；') as odd_reasons_zh,
    from (
        -- A lump sum (项, 次, 月) bills no hours; what speaks of time or of cards does, in a unit nobody defined.
        select
            l.*,
            l.card_seconds is null and l.quantity > 0 and l.amount_yuan > 0 and coalesce(w.kind, '') <> 'core'
                and (
                    w.kind in ('node', 'die', 'compute')
                    or regexp_matches(lower(l.unit), '时|天|日|卡|hour|flops')
                ) as is_odd,
        from reconciled.billed_line as l
        left join reconciled.unit_word as w on w.word = reconciled.plain_word(l.unit)
    ) as l
    join decided.contract_part as p on p.part_no = l.contract_no and p.is_billing
    group by p.contract_no
),
measured as (
    select
        c.* exclude (odd_unit_count),
        coalesce(b.odd_unit_count, 0) as odd_unit_count,
        coalesce(u.is_mixed, false) as is_mixed,
        nullif(b.odd_units, '') as odd_units,
        nullif(b.odd_reasons_zh, '') as odd_reasons_zh,
        reconciled.millionths(policy.number('reconcile.unit_ratio_tolerance', c.submitted_on)) as near_parts,
        policy.word('reconcile.unit_ratios', c.submitted_on) as ratios,
    from decided.billed_and_metered as c
    left join billed as b on b.contract_no = c.contract_no
    left join decided.support as u on u.contract_no = c.contract_no
),
tried as (
    select
        *,
        cast(split_part(ratio, '/', 1) as hugeint) as over,
        cast(coalesce(nullif(split_part(ratio, '/', 2), ''), '1') as hugeint) as under,
    from (
        select claim_id, part_no, device_class, billed_units, metered_units, near_parts, unnest(string_split(ratios, ',')) as ratio
        from measured
    )
),
-- billed / metered = over / under, multiplied out.
near as (
    select claim_id, part_no, device_class, min(ratio) as near_ratio
    from tried
    where billed_units > 0
        and metered_units > 0
        and abs(billed_units * under - metered_units * over) * 1000000 <= near_parts * metered_units * over
    group by claim_id, part_no, device_class
),
-- Hours that agree taken together are only entered under another of the contracts.
balanced as (
    select
        claim_id,
        bool_and(abs(billed_units - metered_units) * 1000000 <= greatest(hours_parts, ratio_parts * billed_units)) as is_balanced,
    from measured
    where part_no is null
    group by claim_id
),
judged as (
    select
        m.*,
        n.near_ratio,
        case
            when m.part_no is not null and n.near_ratio is not null and b.is_balanced is not true then 'flag'
            when m.part_no is not null or m.is_without_card_price then 'not_applicable'
            when n.near_ratio is not null or m.odd_unit_count > 0 or m.is_unsplit or m.is_mixed then 'flag'
            when m.billed_units is null or m.metered_units = 0 then 'not_applicable'
            when m.unknown_card_count = 0
                and m.metered_units > 0 then 'pass'
            when (m.billed_units - m.metered_units) * 1000000 <= greatest(m.hours_parts, m.ratio_parts * m.billed_units) then 'pass'
            else 'unknown'
        end as verdict,
        '卡数未知的用量记录（计活跃的，整日没有利用率的卡日） ' || m.unknown_card_count || ' 条' as unknown_zh,
        'usage records of unknown size (counting active time, card-days without any utilisation): ' || m.unknown_card_count as unknown_en,
    from measured as m
    left join balanced as b on b.claim_id = m.claim_id
    left join near as n
        on n.claim_id = m.claim_id
        and n.part_no is not distinct from m.part_no
        and n.device_class is not distinct from m.device_class
),
-- Of several classes of cards the one to tell of: a flag, what is unknown, a pass, then the most billed.
worst as (
    select *
    from judged
    qualify row_number() over (
        partition by claim_id
        order by
            verdict = 'flag' desc,
            verdict = 'unknown' desc,
            verdict = 'pass' desc,
            near_ratio is not null desc,
            billed_units desc nulls last,
            device_class
    ) = 1
)
select
    claim_id as subject_id,
    verdict,
    contract_no,
    concat_ws(' ', coalesce(contract_nos, contract_no), device_class) as which,
    reconciled.gpu_hours(billed_units) as billed_gpu_hours,
    reconciled.gpu_hours(metered_units) as metered_gpu_hours,
    coalesce(near_ratio, '—') as near_ratio,
    odd_unit_count,
    coalesce(odd_units, '—') as odd_units,
    coalesce(odd_reasons_zh, '—') as odd_reasons_zh,
    cast(unknown_card_count as bigint) as unknown_card_count,
    classes_zh,
    concat_ws('；',
        unknown_zh,
        case when is_unsplit then '用到几类加速卡而记录或计费行分不开（' || classes_zh || '），各类的卡时不相加，无从比对' end,
        case when is_mixed then '一行价用于几类加速卡，账单也分不开，计量可支持的金额未知' end
    ) as rest_zh,
    concat_ws('; ',
        unknown_en,
        case when is_unsplit then 'cards of several classes that records or billed lines do not keep apart (' || classes_zh || '): their hours are not added up and cannot be compared' end,
        case when is_mixed then 'one price stands for several classes that the bill does not keep apart: what the usage supports is unknown' end
    ) as rest_en,
    billed_yuan as amount_at_risk_yuan,
from worst
