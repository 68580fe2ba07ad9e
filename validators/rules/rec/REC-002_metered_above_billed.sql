/*
id = "REC-002"
title_zh = "计量卡时大于计费卡时"
title_en = "More card-hours metered than billed"
article = "第十二条"
severity = "note"
status = "active"
subject = "claim"
because_zh = "合同 {which} 可计入的计量 {metered_gpu_hours} 卡时，计费 {billed_gpu_hours} 卡时，未计费 {unbilled_gpu_hours} 卡时（容许 {allowed_gpu_hours} 卡时）；单位不能折算的计费行 {odd_unit_count} 行，按月计价而未写计费期的 {undated_count} 行。补贴按计费计，不受影响；请留意是否另有约定。"
because_en = "Contract {which}: {metered_gpu_hours} card-hours metered and countable, {billed_gpu_hours} card-hours billed, {unbilled_gpu_hours} card-hours not billed, {allowed_gpu_hours} card-hours allowed; billed lines in units that cannot be converted: {odd_unit_count}; billed by months without saying which: {undated_count}. The subsidy follows what was billed and is not affected; another agreement may stand behind it."
unknown_zh = [
    "合同 {which} 可计入的计量 {metered_gpu_hours} 卡时，已知的计费 {billed_gpu_hours} 卡时；单位不能折算的计费行 {odd_unit_count} 行，按月计价而未写计费期的 {undated_count} 行，折算之后计量是否多于计费看不出。请在账单上写明单位和计费期。补贴按计费计，不受影响。",
    "合同 {which} 用到几类加速卡，而记录或计费行分不开，各类无从比较。请在合同、账单的每一行和用量记录写明型号。补贴按计费计，不受影响。",
]
unknown_en = [
    "Contract {which}: {metered_gpu_hours} card-hours metered and countable, {billed_gpu_hours} card-hours known to be billed; billed lines in units that cannot be converted: {odd_unit_count}; billed by months without saying which: {undated_count}: whether more was metered than billed cannot be seen. Please state units and periods on the bill. The subsidy follows what was billed and is not affected.",
    "Contract {which} uses cards of several classes that records or billed lines do not keep apart, so they cannot be compared. Please name the model in the contract, in each line of the bill and in the usage records. The subsidy follows what was billed and is not affected.",
]
innocent_zh = [
    "试用、赠送或折扣的用量不计费：请提供合同中的优惠约定。",
    "账单尚缺一期，或用量计入另一份合同：请补账单或租户对照。",
]
innocent_en = [
    "Trial, free or discounted usage is not billed: provide the contract's terms.",
    "A bill is not in yet, or the usage counts for another contract: add the bill or the tenant.",
]
policy = []

[evidence]
contract_no = "合同编号"
which = "合同编号，有补充合同的一并；用到几类加速卡的，后写该类：各类各比，所列是相差最多的一类"
metered_gpu_hours = "可计入的计量卡时（按合同的口径和进位，已扣除同卡重叠），小时"
billed_gpu_hours = "计费卡时，小时"
unbilled_gpu_hours = "计量减计费，小时"
allowed_gpu_hours = "容许的差，小时"
odd_unit_count = "单位不能折算成卡时的计费行数"
undated_count = "按月计价而未写计费期的计费行数：短月长月结论不同的，无法判断"
value_yuan = "未计费的卡时按合同的唯一卡时价折算，元；没有唯一卡时价的为空"

[[trace]]
relation = "reconciled.billed_line"
using = []
where = "r.contract_no in (select p.part_no from decided.contract_part as p where p.contract_no = j.contract_no)"
*/
with compared as (
    select
        * replace (supported_units as metered_units),
        supported_units - billed_units as unbilled_units,
        -- In millionths, so that the bound is exact.
        greatest(hours_parts, ratio_parts * supported_units) as allowed_parts,
    from decided.billed_and_metered
    where part_no is null
),
judged as (
    select
        *,
        case
            when is_without_card_price then 'not_applicable'
            when is_unsplit then 'unknown'
            when metered_units is null or billed_units is null then 'not_applicable'
            when (supported_units - coalesce(fewest_units, billed_units)) * 1000000 <= allowed_parts then 'pass'
            -- A bill in a unit nobody can convert may cover the rest, and so may longer months.
            when odd_unit_count > 0 then 'unknown'
            when (supported_units - coalesce(most_units, billed_units)) * 1000000 > allowed_parts then 'flag'
            else 'unknown'
        end as verdict,
    from compared
),
-- Of several classes of cards the one to tell of: a flag before what is unknown, then the most unbilled.
worst as (
    select *
    from judged
    qualify row_number() over (
        partition by claim_id
        order by verdict = 'flag' desc, verdict = 'unknown' desc, unbilled_units desc nulls last, device_class
    ) = 1
)
select
    c.claim_id as subject_id,
    c.verdict,
    c.contract_no,
    concat_ws(' ', coalesce(c.contract_nos, c.contract_no), c.device_class) as which,
    reconciled.gpu_hours(c.metered_units) as metered_gpu_hours,
    reconciled.gpu_hours(c.billed_units) as billed_gpu_hours,
    reconciled.gpu_hours(c.unbilled_units) as unbilled_gpu_hours,
    reconciled.gpu_hours(c.allowed_parts // 1000000) as allowed_gpu_hours,
    c.odd_unit_count,
    c.undated_count,
    reconciled.worth(
        case when c.unbilled_units > 0 then c.unbilled_units when c.unbilled_units <= 0 then 0 end, c.price_parts, c.parts_per_fen
    ) as value_yuan,
from worst as c
