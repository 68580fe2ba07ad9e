/*
title_zh = "计费卡时与计量卡时"
grain_zh = "每笔申请一行，补充合同并在其内；用到几类加速卡的，每类一行：各类的卡时不相加；有补充合同的，另每份合同单独一行（几类的几行）"
no_rows_without = ["reconciled.claim_paper"]
[columns]
claim_id = "申请编号"
contract_no = "合同编号"
submitted_on = "提交日期"
part_no = "该行单独是哪一份合同；一并比较的为空"
contract_nos = "该行是哪几份合同的"
device_class = "该行是哪一类加速卡；只用一类的、分不开的为空"
classes_zh = "用到或计费的各类及其卡时；只用一类的为空"
is_unsplit = "用到几类加速卡，而用量或计费行没有写明型号，分不开"
billed_yuan = "计费含税金额，元；不分类别"
billed_units = "计费，1 卡 = 21000 单位乘秒；未计费的、分不开的为空"
fewest_units = "有按月计价而未写计费期的行的，按合同期内最短的月折算的计费，同上；没有这样的行的为空"
most_units = "同上，按最长的月"
supported_units = "计入的用量，同上；没有计入的为空"
metered_units = "计入的用量，同上；有计量而都未计入的为零，没有计量的为空"
unknown_card_count = "卡数未知的用量记录数，计活跃的为整日没有利用率的卡日数；不分类别"
undated_count = "按月计价而未写计费期的计费行数"
odd_unit_count = "有数量而单位不能换算成卡时的计费行数；核时与项除外"
is_without_card_price = "合同有明细而无一按卡计价"
hours_parts = "容差：卡时，单位乘秒的百万分之一"
ratio_parts = "容差：比率，百万分之一"
price_parts = "合同（与补充合同）的唯一卡时价，见合同唯一的卡时价；没有的为空"
parts_per_fen = "同上"
*/
with billed as (
    select
        l.contract_no as part_no,
        coalesce(l.device_class, 'unknown') as device_class,
        sum(l.card_seconds) as card_seconds,
        sum(l.fewest_card_seconds - l.card_seconds) as fewer_seconds,
        sum(l.most_card_seconds - l.card_seconds) as more_seconds,
        count(l.most_card_seconds) as undated_count,
        count(*) filter (
            where l.card_seconds is null and l.quantity is not null and coalesce(w.kind, '') not in ('core', 'lump')
        ) as odd_unit_count,
    from reconciled.billed_line as l
    semi join (select part_no from decided.contract_part where is_billing and is_of_hours) as p on p.part_no = l.contract_no
    left join reconciled.unit_word as w on w.word = reconciled.plain_word(l.unit)
    group by all
),
used as (
    select
        contract_no as part_no,
        coalesce(device_class, 'unknown') as device_class,
        sum(unit_seconds) as unit_seconds,
        sum(unknown_card_record_count) as unknown_card_count,
    from decided.supported_month
    group by all
),
parted as (
    select
        part_no,
        device_class,
        u.unit_seconds,
        b.card_seconds,
        b.fewer_seconds,
        b.more_seconds,
        b.undated_count,
        coalesce(u.unit_seconds > 0, false) as is_used,
        coalesce(b.card_seconds <> 0 or b.odd_unit_count > 0, false) as is_billed,
        coalesce(b.odd_unit_count, 0) as odd_unit_count,
        u.unknown_card_count,
    from used as u
    full join billed as b using (part_no, device_class)
),
-- A contract of one class is of that class where it says none, whatever its supplement is of.
classed as (
    select
        part_no,
        any_value(device_class) filter (where (is_used or is_billed) and device_class <> 'unknown') as device_class,
    from parted
    group by part_no
    having count(*) filter (where (is_used or is_billed) and device_class <> 'unknown') = 1
        and not (
            bool_or(is_used and device_class = 'unknown') and bool_or(is_used and device_class <> 'unknown')
        )
),
-- All parts together, and where there are several each by itself.
scopes as (
    select contract_no, '' as scope, part_no, is_billing from decided.contract_part where is_of_hours
    union all
    select contract_no, part_no, part_no, is_billing
    from decided.contract_part
    where is_of_hours
    qualify count(*) over (partition by contract_no) > 1
),
sided as (
    select
        s.contract_no,
        s.scope,
        case when p.device_class = 'unknown' then coalesce(k.device_class, 'unknown') else p.device_class end as device_class,
        sum(p.unit_seconds) as unit_seconds,
        sum(p.card_seconds) as card_seconds,
        sum(p.fewer_seconds) as fewer_seconds,
        sum(p.more_seconds) as more_seconds,
        sum(p.undated_count) as undated_count,
        bool_or(p.is_used) as is_used,
        bool_or(p.is_billed) as is_billed,
        sum(p.odd_unit_count) as odd_unit_count,
        sum(p.unknown_card_count) as unknown_card_count,
    from parted as p
    join scopes as s using (part_no)
    left join classed as k using (part_no)
    group by all
),
whole as (
    select
        contract_no,
        scope,
        sum(unit_seconds) as unit_seconds,
        sum(unknown_card_count) as unknown_card_count,
        sum(odd_unit_count) as odd_unit_count,
        sum(fewer_seconds) as fewer_seconds,
        sum(more_seconds) as more_seconds,
        sum(undated_count) as undated_count,
        count(*) filter (where (is_used or is_billed) and device_class <> 'unknown') as known_count,
        count(*) filter (where is_used and device_class <> 'unknown') as known_used_count,
        bool_or(is_used and device_class = 'unknown') as is_used_unknown,
        bool_or((is_used or is_billed) and device_class = 'unknown') as is_any_unknown,
        string_agg(
            concat(
                case device_class when 'unknown' then '型号未写或认不出的' else device_class end,
                ' 计费 ', coalesce(cast(reconciled.card_hours(card_seconds) as varchar), '—'),
                '、计量 ', coalesce(cast(reconciled.gpu_hours(unit_seconds) as varchar), '—'), ' 卡时'
            ),
            '，' order by device_class
        ) filter (where is_used or is_billed) as classes_zh,
    from sided
    group by contract_no, scope
),
-- Usage of a known class beside usage of none that is known cannot be taken for one class.
judged as (
    select
        * replace (case when known_count > 1 or (known_used_count = 1 and is_used_unknown) then classes_zh end as classes_zh),
        coalesce((known_count > 1 or (known_used_count = 1 and is_used_unknown)) and is_any_unknown, false) as is_unsplit,
    from whole
),
priced as (
    select s.contract_no, s.scope, count(*) as line_count, count(*) filter (where l.is_card_priced) as card_line_count
    from scopes as s
    join reconciled.contract_price as l on l.contract_no = s.part_no
    group by s.contract_no, s.scope
),
measured as (
    select
        s.contract_no,
        s.scope,
        string_agg(s.part_no, ' + ' order by s.part_no <> s.contract_no, s.part_no) as contract_nos,
        sum(m.billed_yuan) filter (where s.is_billing) as billed_yuan,
        sum(m.billed_card_seconds) filter (where s.is_billing) as billed_card_seconds,
        sum(m.metered_unit_seconds) as metered_unit_seconds,
    from scopes as s
    left join reconciled.contract_measure as m on m.contract_no = s.part_no
    group by s.contract_no, s.scope
),
-- One price for hours of any of the contracts.
sole as (
    select s.contract_no, s.scope, any_value(p.price_parts) as price_parts, any_value(p.parts_per_fen) as parts_per_fen
    from scopes as s
    semi join (select contract_no from reconciled.contract_price where is_card_priced) as l on l.contract_no = s.part_no
    left join decided.sole_price as p on p.contract_no = s.part_no
    group by s.contract_no, s.scope
    having count(*) = count(p.price_parts) and count(distinct p.price_parts) = 1 and count(distinct p.parts_per_fen) = 1
),
paired as (
    select
        c.claim_id,
        c.contract_no,
        c.submitted_on,
        nullif(m.scope, '') as part_no,
        m.contract_nos,
        s.device_class,
        j.classes_zh,
        coalesce(j.is_unsplit, false) as is_unsplit,
        m.billed_yuan,
        cast(case
            when j.is_unsplit then null
            when s.device_class is not null then coalesce(s.card_seconds, m.billed_card_seconds * 0)
            else m.billed_card_seconds
        end * 21000 as hugeint) as billed_units,
        cast(case when s.device_class is not null then s.fewer_seconds else j.fewer_seconds end * 21000 as hugeint) as fewer_units,
        cast(case when s.device_class is not null then s.more_seconds else j.more_seconds end * 21000 as hugeint) as more_units,
        cast(case
            when j.is_unsplit then null
            when s.device_class is not null then coalesce(s.unit_seconds, j.unit_seconds * 0)
            else j.unit_seconds
        end as hugeint) as supported_units,
        cast(case
            when j.is_unsplit then null
            when s.device_class is not null then coalesce(s.unit_seconds, j.unit_seconds * 0, m.metered_unit_seconds * 0)
            else coalesce(j.unit_seconds, case when m.metered_unit_seconds = 0 then 0 end)
        end as hugeint) as metered_units,
        cast(coalesce(j.unknown_card_count, 0) as hugeint) as unknown_card_count,
        cast(coalesce(case when s.device_class is not null then s.undated_count else j.undated_count end, 0) as bigint)
            as undated_count,
        cast(coalesce(s.odd_unit_count, j.odd_unit_count, 0) as bigint) as odd_unit_count,
        p.line_count > 0 and p.card_line_count = 0 as is_without_card_price,
        o.price_parts,
        o.parts_per_fen,
    from reconciled.claim_paper as c
    left join measured as m on m.contract_no = c.contract_no
    left join judged as j on j.contract_no = c.contract_no and j.scope = m.scope
    left join sided as s
        on s.contract_no = c.contract_no
        and s.scope = m.scope
        and j.classes_zh is not null
        and not j.is_unsplit
        and (s.is_used or s.is_billed)
    left join priced as p on p.contract_no = c.contract_no and p.scope = m.scope
    left join sole as o on o.contract_no = c.contract_no and o.scope = m.scope
)
select
    claim_id,
    contract_no,
    submitted_on,
    part_no,
    contract_nos,
    device_class,
    classes_zh,
    is_unsplit,
    billed_yuan,
    billed_units,
    billed_units + fewer_units as fewest_units,
    billed_units + more_units as most_units,
    supported_units,
    metered_units,
    unknown_card_count,
    undated_count,
    odd_unit_count,
    is_without_card_price,
    reconciled.millionths(policy.number('metering.tolerance_hours', submitted_on)) * 3600 * 21000 as hours_parts,
    reconciled.millionths(policy.number('metering.tolerance_ratio', submitted_on)) as ratio_parts,
    price_parts,
    parts_per_fen,
from paired
