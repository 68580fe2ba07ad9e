/*
id = "PRC-001"
title_zh = "合同价高于公示收费标准"
title_en = "Contract price above the published tariff"
article = "第九条、第十条"
severity = "adjust"
status = "active"
subject = "claim"
because_zh = "合同 {which} 有 {above_line_count} 行明细的单价高于签订日公示的收费标准{told_zh}。"
because_en = "Contract {which} has {above_line_count} line(s) priced above the tariff published on the day of signature{told_en}."
innocent_zh = [
    "合同含公示之外的服务等级（如专属集群、SLA 保障）：请提供该项目的公示收费标准，或将其单列为明细。",
    "计价单位不同而整机、整月另有价：请公示该计价单位的收费标准，同单位的优先。",
    "阶梯价、赠送卡时使个别明细高于公示价，而全部合计不高于：按合同价核算的数见解读 R24 的另一读法，请专家组判断。",
    "按项计价的是整机、整段时间的专用，用与不用都占着：请提供占用的起止与公示的整机价。",
    "签订之后公示价下调，或签订之前的公示价未报送：请提供签订日有效的收费标准。",
]
innocent_en = [
    "The contract has a service level beyond the tariff (own cluster, SLA): provide its published tariff, or list it apart.",
    "A whole node or month has a price of its own: publish a tariff in that unit, which goes before a converted one.",
    "Tiers or free hours put single lines above the tariff and not the whole: the sum at contract prices is that of the other reading of R24, for the panel to weigh.",
    "The item is a whole node or a whole period for one's own, held whether used or not: provide from when to when, and the published price of the node.",
    "The tariff fell after signing, or the one before was not handed in: provide the tariff in force on the day of signing.",
]
policy = ["price.tariff_tolerance_ratio", "price.basis"]

[evidence]
severity = "后果：用量按公示价核算的为核减；仍按合同价核算的（解读 R24）没有可减的，为提示"
contract_no = "合同编号"
which = "合同编号，及明细一并看的补充合同"
compared_line_count = "有公示价可比的明细行数"
above_line_count = "高于公示价的明细行数"
line_contract_no = "高出最多的一行（同高取合同自己的、行号在先者）所在的合同"
line_no = "其行号"
service_item = "该行服务项目"
device_model = "该行型号"
unit = "该行计价单位"
unit_price_yuan = "该行合同含税单价，元"
tariff_yuan = "该行公示含税单价，元每该行计价单位；公示的计价单位不同的，为折算之后"
published_unit = "所据公示价的计价单位"
published_yuan = "所据公示价，元每公示的计价单位"
uncompared_line_count = "有公示价而不能相比的明细行数"
uncompared_zh = "其中第一行及其原因；没有的为空"
untold_line_count = "另有明细可比的，按卡、按核时计价而型号没有公示价的明细行数"
untold_zh = "其中第一行；没有的为空"
lump_yuan = "全部按项计价、每用一卡时的金额高于公示卡时价的合同：明细合计，元；其余为空"
lump_gpu_hours = "其计入的卡时；没有的为空"
lump_hour_yuan = "其每用一卡时的金额，元；没有的为空"
lump_tariff_yuan = "该机构签订日公示的卡时价的最高者，元；没有的为空"
told_zh = "句中所列"
told_en = "句中所列，英文"
amount_at_risk_yuan = "计量用量（含补充合同的）按合同价与按核算价之差，元，含税；无计量、补充合同有一份未知的为空"

[[trace]]
relation = "reconciled.contract_price"
using = []
where = "(r.contract_no, r.line_no) in (select (l.contract_no, l.line_no) from decided.line_price as l join decided.contract_part as p on p.part_no = l.contract_no where p.contract_no = j.contract_no and (l.unit_price_yuan > l.tariff_yuan or l.uncompared_zh is not null or (l.tariff_yuan is null and (l.is_card_priced or l.is_core_priced))))"

[[trace]]
relation = "lake.contract"
using = []
where = "r.contract_no in (select p.part_no from decided.contract_part as p where p.contract_no = j.contract_no)"

[[trace]]
relation = "lake.tariff"
using = []
where = "r.unit_price_yuan = j.published_yuan and r.provider_id in (select k.provider_id from lake.contract as k where k.contract_no = j.contract_no) and coalesce(reconciled.plain_word(r.device_model) = reconciled.plain_word(j.device_model), true)"
*/
-- A supplement's own lines are measured by the tariff of the day on which it was signed; one that has none goes by the
-- contract's.
with compared as (
    select
        c.claim_id,
        l.*,
        l.contract_no <> c.contract_no as is_supplement,
        l.unit_price_yuan - l.tariff_yuan > l.tariff_yuan * policy.number('price.tariff_tolerance_ratio', c.submitted_on) as is_above,
        l.tariff_yuan is null and l.uncompared_zh is null and (l.is_card_priced or l.is_core_priced) as is_untold,
        concat(case when is_supplement then '补充合同 ' || l.contract_no || ' ' end, '第 ', l.line_no, ' 行（', concat_ws(' ', l.service_item, l.device_model), '）') as place_zh,
    from reconciled.claim_paper as c
    join decided.contract_part as p on p.contract_no = c.contract_no
    join decided.line_price as l on l.contract_no = p.part_no
),
summed as (
    select
        claim_id,
        count(*) as line_count,
        string_agg(distinct contract_no, ' + ' order by contract_no) filter (where is_supplement) as supplement_nos,
        count(is_above) as compared_line_count,
        count(*) filter (where is_above) as above_line_count,
        count(uncompared_zh) as uncompared_line_count,
        arg_min(place_zh || uncompared_zh, (is_supplement, contract_no, line_no)) filter (where uncompared_zh is not null) as uncompared_zh,
        count(*) filter (where is_untold) as untold_line_count,
        arg_min(place_zh, (is_supplement, contract_no, line_no)) filter (where is_untold) as untold_zh,
        first(compared order by unit_price_yuan - tariff_yuan desc, is_supplement, contract_no, line_no) filter (where is_above) as worst,
    from compared
    group by claim_id
),
valued as (
    select
        c.claim_id,
        c.contract_no,
        s.* exclude (claim_id),
        s.worst.published_unit <> s.worst.unit as is_converted,
        p.lump_yuan,
        p.gpu_hours as lump_gpu_hours,
        p.hour_yuan as lump_hour_yuan,
        p.tariff_yuan as lump_tariff_yuan,
        policy.word('price.basis', c.submitted_on) = 'contract' as is_at_contract_price,
        cast(case when x.is_incomplete is not true then
            v.contract_priced_yuan - v.supported_yuan + coalesce(x.contract_priced_yuan - x.supported_yuan, 0)
        end as decimal(18, 2)) as amount_at_risk_yuan,
    from reconciled.claim_paper as c
    left join summed as s using (claim_id)
    left join decided.lump_hour as p using (claim_id)
    left join decided.support as v on v.contract_no = c.contract_no
    left join decided.supplement_support as x on x.contract_no = c.contract_no
)
select
    claim_id as subject_id,
    case
        when above_line_count > 0 then 'flag'
        when line_count is null then 'unknown'
        when uncompared_line_count > 0 or lump_yuan is not null then 'unknown'
        when compared_line_count = 0 then 'not_applicable'
        when untold_line_count > 0 then 'unknown'
        when compared_line_count > 0 then 'pass'
        else 'unknown'
    end as verdict,
    case when is_at_contract_price then 'note' else 'adjust' end as severity,
    contract_no,
    concat_ws(' + ', contract_no, supplement_nos) as which,
    coalesce(compared_line_count, 0) as compared_line_count,
    coalesce(above_line_count, 0) as above_line_count,
    worst.contract_no as line_contract_no,
    worst.line_no as line_no,
    worst.service_item as service_item,
    worst.device_model as device_model,
    worst.unit as unit,
    worst.unit_price_yuan as unit_price_yuan,
    worst.tariff_yuan as tariff_yuan,
    worst.published_unit as published_unit,
    worst.published_yuan as published_yuan,
    coalesce(uncompared_line_count, 0) as uncompared_line_count,
    uncompared_zh,
    case when compared_line_count > 0 then untold_line_count else 0 end as untold_line_count,
    case when compared_line_count > 0 then untold_zh end as untold_zh,
    lump_yuan,
    lump_gpu_hours,
    lump_hour_yuan,
    lump_tariff_yuan,
    concat(
        case when line_count is null then '；合同明细未收录' end,
        case when above_line_count > 0 then concat(
            '，如', worst.place_zh, '：合同 ', worst.unit_price_yuan, ' 元/', worst.unit,
            '，公示 ', worst.published_yuan, ' 元/', worst.published_unit,
            case when is_converted then concat('，折合 ', worst.tariff_yuan, ' 元/', worst.unit) end,
            case when is_at_contract_price then '；用量仍按合同价核算'
                else concat('；用量按公示价核算，少计 ', coalesce(cast(amount_at_risk_yuan as varchar), '未知'), ' 元')
            end
        ) end,
        case when uncompared_line_count > 0
            then concat('；有公示价而不能相比的 ', uncompared_line_count, ' 行，如', uncompared_zh)
        end,
        case when compared_line_count > 0 and untold_line_count > 0
            then concat('；型号没有公示价的 ', untold_line_count, ' 行，如', untold_zh)
        end,
        case when lump_yuan is not null then concat(
            '；按项计价 ', lump_yuan, ' 元，计入 ', lump_gpu_hours, ' 卡时，每用一卡时合 ', lump_hour_yuan,
            ' 元，该机构公示的卡时价至多 ', lump_tariff_yuan, ' 元：计价单位不同，未作核减'
        ) end
    ) as told_zh,
    concat(
        case when line_count is null then '; its lines are not known' end,
        case when above_line_count > 0 then concat(
            ', such as line ', worst.line_no, case when worst.is_supplement then ' of supplement ' || worst.contract_no end, ' (', worst.device_model, '): ', worst.unit_price_yuan, ' yuan per ', worst.unit,
            ' against ', worst.published_yuan, ' per ', worst.published_unit,
            case when is_converted then concat(', which is ', worst.tariff_yuan, ' per ', worst.unit) end,
            case when is_at_contract_price then '; usage is still valued at the contract price'
                else concat('; usage is valued at the tariff, ', coalesce(cast(amount_at_risk_yuan as varchar), 'unknown'), ' yuan less')
            end
        ) end,
        case when uncompared_line_count > 0
            then concat('; ', uncompared_line_count, ' line(s) have a tariff that cannot be compared')
        end,
        case when compared_line_count > 0 and untold_line_count > 0
            then concat('; ', untold_line_count, ' line(s) are of models without a tariff')
        end,
        case when lump_yuan is not null then concat(
            '; priced by the item at ', lump_yuan, ' yuan for ', lump_gpu_hours, ' card-hours counted, which is ', lump_hour_yuan,
            ' per hour used, where the dearest published card-hour is ', lump_tariff_yuan, ' yuan: other units, nothing is taken off'
        ) end
    ) as told_en,
    amount_at_risk_yuan,
from valued
