/*
id = "REC-001"
title_zh = "计费卡时大于计量卡时"
title_en = "More card-hours billed than metered"
article = "第七条、第十二条"
severity = "adjust"
status = "active"
subject = "claim"
because_zh = "合同 {which} 计费 {billed_gpu_hours} 卡时，可计入的计量 {metered_gpu_hours} 卡时，计费多 {excess_gpu_hours} 卡时（容许 {allowed_gpu_hours} 卡时）；按核算单价约 {amount_at_risk_yuan} 元。卡数未知的记录（跨日的每日各计一次；计活跃的，为整日没有利用率的卡日）{unknown_card_count} 条，单位不能折算的计费行 {odd_unit_count} 行，按月计价而未写计费期的 {undated_count} 行（一月几天因月而异）；两份导出只部分相同、看不出是另一部分还是重新导出的 FOCUS 账单 {partial_count} 份。"
because_en = "Contract {which}: {billed_gpu_hours} card-hours billed, {metered_gpu_hours} card-hours metered and countable, {excess_gpu_hours} card-hours more billed than metered, {allowed_gpu_hours} card-hours allowed; about {amount_at_risk_yuan} yuan. Records of unknown size, once for each day (counting active time, card-days without any utilisation): {unknown_card_count}; billed lines in units that cannot be converted: {odd_unit_count}; billed by months without saying which: {undated_count} (months differ in length); FOCUS bills of which two exports have only some lines in common, so that none can tell a part from a new export: {partial_count}."
unknown_zh = [
    "合同 {which} 已知的计费 {billed_gpu_hours} 卡时，可计入的计量 {metered_gpu_hours} 卡时，孰多看不出。所缺：卡数未知的记录（跨日的每日各计一次；计活跃的，为整日没有利用率的卡日）{unknown_card_count} 条，单位不能折算的计费行 {odd_unit_count} 行，按月计价而未写计费期的 {undated_count} 行，两份导出只部分相同的 FOCUS 账单 {partial_count} 份；写作未知的，为没有计费数量或没有计量。请按所缺补交账单或用量日志。",
]
unknown_en = [
    "Contract {which}: known to be billed {billed_gpu_hours} card-hours, metered and countable {metered_gpu_hours} card-hours; which is more cannot be seen. What is lacking: records of unknown size, once for each day (counting active time, card-days without any utilisation): {unknown_card_count}; billed lines in units that cannot be converted: {odd_unit_count}; billed by months without saying which: {undated_count}; FOCUS bills of which two exports have only some lines in common: {partial_count}; what is called unknown has no billed quantity or no metering. Please hand in the bill or the usage log accordingly.",
]
innocent_zh = [
    "合同约定按整分钟或整小时进位、或按实际活跃计：核算已照合同的计量口径和进位；约定未录入的请更正合同表。",
    "日志尚缺一段时间或一个集群：请服务机构补交，补齐后重算。",
    "采集程序没有读到利用率：请补交带利用率的采样，补齐后重算。",
    "FOCUS 账单没有行号，只重新导出了几行：请把该账号、该账期整份重新导出，再交一次。",
    "预留而未使用的包期容量：请补合同中按预留计费的约定，由专家组判断。",
]
innocent_en = [
    "The contract rounds up to minutes or hours, or counts active time: its basis and rounding are already followed; if they are not entered, correct the contract table.",
    "The log lacks some time or a cluster: have the provider hand it in; it is worked out again then.",
    "The exporter read no utilisation: hand in samples that have it; it is worked out again then.",
    "FOCUS numbers no lines and only some were exported again: export that account's whole month and hand it in again.",
    "Capacity reserved and not used: add the clause on billing by reservation; the panel judges.",
]
policy = []
[evidence]
contract_no = "合同编号"
which = "合同编号，有补充合同的一并；用到几类加速卡的，后写该类：各类各比，所列是相差最多的一类"
billed_gpu_hours = "计费卡时，小时"
metered_gpu_hours = "可计入的计量卡时（按合同的口径和进位，已扣除同卡重叠），小时"
excess_gpu_hours = "计费减计量，小时"
allowed_gpu_hours = "容许的差，小时"
unknown_card_count = "卡数未知的记录数，跨日的每日各计一次；计活跃的，为整日没有利用率的卡日数"
odd_unit_count = "单位不能折算成卡时的计费行数"
undated_count = "按月计价而未写计费期的计费行数：短月长月结论不同的，无法判断"
partial_count = "两份导出只部分相同的 FOCUS 账单份数：相同的行计一次，计费可能偏少"
amount_at_risk_yuan = "多计费的卡时按合同的唯一卡时价折算，元；没有唯一卡时价的为空"
[[trace]]
relation = "reconciled.billed_line"
using = []
where = "r.contract_no in (select p.part_no from decided.contract_part as p where p.contract_no = j.contract_no)"
[[trace]]
relation = "reconciled.contract_price"
using = ["contract_no"]
*/
with partial as (
    select p.contract_no, count(distinct b.statement_no) as partial_count
    from decided.contract_part as p
    join reconciled.partial_bill as b on b.contract_no = p.part_no
    where p.is_of_hours and p.is_billing
    group by p.contract_no
),
compared as (
    select
        m.*,
        coalesce(p.partial_count, 0) as partial_count,
        billed_units - metered_units as excess_units,
        -- In millionths, so that the bound is exact.
        greatest(hours_parts, ratio_parts * billed_units) as allowed_parts,
        coalesce(fewest_units, billed_units) - metered_units as fewest_excess,
        greatest(hours_parts, ratio_parts * coalesce(fewest_units, billed_units)) as fewest_allowed,
        coalesce(most_units, billed_units) - metered_units as most_excess,
        greatest(hours_parts, ratio_parts * coalesce(most_units, billed_units)) as most_allowed,
    from decided.billed_and_metered as m
    left join partial as p using (contract_no)
    where m.part_no is null
),
judged as (
    select
        *,
        case
            when is_without_card_price then 'not_applicable'
            when fewest_excess * 1000000 > fewest_allowed and unknown_card_count = 0 then 'flag'
            when most_excess * 1000000 <= most_allowed and odd_unit_count = 0 and partial_count = 0 then 'pass'
            else 'unknown'
        end as verdict,
    from compared
),
-- Of several classes of cards the one to tell of: a flag before what is unknown, then the most in excess.
worst as (
    select *
    from judged
    qualify row_number() over (
        partition by claim_id
        order by verdict = 'flag' desc, verdict = 'unknown' desc, excess_units desc nulls last, device_class
    ) = 1
)
select
    c.claim_id as subject_id,
    c.verdict,
    c.contract_no,
    concat_ws(' ', coalesce(c.contract_nos, c.contract_no), c.device_class) as which,
    reconciled.gpu_hours(c.billed_units) as billed_gpu_hours,
    reconciled.gpu_hours(c.metered_units) as metered_gpu_hours,
    reconciled.gpu_hours(c.excess_units) as excess_gpu_hours,
    reconciled.gpu_hours(c.allowed_parts // 1000000) as allowed_gpu_hours,
    cast(c.unknown_card_count as bigint) as unknown_card_count,
    c.odd_unit_count,
    c.undated_count,
    c.partial_count,
    reconciled.worth(
        case when c.excess_units > 0 then c.excess_units when c.excess_units <= 0 then 0 end, c.price_parts, c.parts_per_fen
    ) as amount_at_risk_yuan,
from worst as c
