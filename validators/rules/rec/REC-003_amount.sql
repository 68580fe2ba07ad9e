/*
id = "REC-003"
title_zh = "计费金额高于用量乘以合同价"
title_en = "Billed amount above quantity times contract price"
article = "第七条、第十二条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {which} 的 {rated_count} 行计费合计 {billed_yuan} 元，按计费数量乘以合同价应为 {expected_yuan} 元；超出容许的有 {over_count} 行（首行：{first_over}），扣除折让 {credit_yuan} 元后共多 {amount_at_risk_yuan} 元。合同中找不到单价的计费行 {unpriced_count} 行；发票可计价税合计 {invoiced_yuan} 元，计量乘以合同价 {metered_zh}。"
because_en = "{rated_count} billed line(s) of contract {which} come to {billed_yuan} yuan, quantity times contract price to {expected_yuan} yuan; {over_count} line(s) lie above it (first: {first_over}), {amount_at_risk_yuan} yuan in all after {credit_yuan} yuan of discounts. Lines without a contract price: {unpriced_count}; invoiced {invoiced_yuan} yuan with tax, metered usage at contract prices {metered_en}."
unknown_zh = [
    "合同 {which} 的计费行中有数量、有合同价可比的 {rated_count} 行，在合同中找不到单价或没有数量的 {unpriced_count} 行；发票可计价税合计 {invoiced_yuan} 元，计量乘以合同价 {metered_zh}；计费金额是否高于用量乘以合同价看不出。请补交账单、合同明细或用量日志中所缺的。",
]
unknown_en = [
    "Of the billed lines of contract {which}, {rated_count} have a quantity and a contract price to compare with and {unpriced_count} do not; invoiced {invoiced_yuan} yuan with tax, metered usage at contract prices {metered_en}: whether more was billed than usage times price cannot be seen. Please hand in what lacks of the bill, the lines of the contract or the usage log.",
]
innocent_zh = [
    "用量记在补充合同名下的：已与主合同合并比较；补充合同也可自行申领，或将用量归到主合同。",
    "合同另有阶梯价、附加服务或补充协议：请补该价目，或录入合同明细；补充合同自己的价目已看，其期限以外的账单不适用。",
    "单价除不尽而逐行舍入：容许额以内已放过。",
    "账单列原价再列折让行：折让已相抵；折让另开凭证的请一并提交。",
    "按核时计价而日志没有写明核数的：请服务机构补交写明核数的日志。",
]
innocent_en = [
    "Usage stands under a supplement: it is added to the contract's; the supplement may be claimed by itself, or the usage entered under the contract.",
    "The contract has tiered prices, extra services or a supplement: add the prices, or enter them as contract lines; a supplement's own prices are known, for its term.",
    "Prices do not divide evenly and each line is rounded: differences within the allowance are let pass.",
    "The bill lists the full price and then a discount: they are set off; hand in discounts on papers of their own too.",
    "Priced by core-hours while the log does not say cores: have the provider hand in a log that does.",
]
policy = ["reconcile.amount_tolerance_ratio", "reconcile.amount_tolerance_yuan"]
[evidence]
contract_no = "合同编号"
which = "合同编号，及账单一并看的补充合同"
rated_count = "有数量、有合同价可比的计费行数"
billed_yuan = "这些行的计费金额（含税）合计，元"
expected_yuan = "这些行的数量乘以合同价合计，元"
over_count = "高于应有金额、超出容许的行数"
first_over = "其中第一行：单据号和行号；— 为没有"
credit_yuan = "计费明细中的折让（负数行）合计，元"
unpriced_count = "在合同中找不到单价、或没有数量的计费行数"
invoiced_yuan = "本申请的发票可计价税合计，元"
metered_yuan = "计量乘以合同价（含补充合同的），元；未知的为空"
metered_zh = "同上，及其中补充合同的；核数未知的记录"
metered_en = "同上，英文"
unknown_core_count = "按核时计价而核数未知的记录数，跨日的每日各计一次"
amount_at_risk_yuan = "共多出的金额，元；没有多出的为零"
[[trace]]
relation = "reconciled.billed_line"
using = []
where = "r.contract_no in (select p.part_no from decided.contract_part as p where p.contract_no = j.contract_no)"
[[trace]]
relation = "reconciled.contract_price"
using = []
where = "r.contract_no in (select p.part_no from decided.contract_part as p where p.contract_no = j.contract_no)"
[[trace]]
relation = "reconciled.interval"
using = ["contract_no"]
where = "j.unknown_core_count > 0 and r.cpu_cores is null and r.stop_s > r.begin_s"
*/
with lines as (
    select
        p.contract_no,
        p.part_no,
        row_number() over (
            partition by p.contract_no order by l.contract_no <> p.contract_no, l.contract_no, l.period_from, l.source, l.document_no, l.line_no, l.file_sha256, l.row_no
        ) as nth,
        l.document_no || ' 第 ' || l.line_no || ' 行' as place,
        coalesce(w.unit, l.unit) as unit,
        l.precision,
        l.sparsity,
        l.device_model,
        nullif(regexp_replace(lower(l.device_model), '[^0-9a-z]', '', 'g'), '') as model,
        l.quantity,
        l.card_seconds,
        reconciled.months_seconds(l.period_from, l.period_to) as months_seconds,
        reconciled.month_count(l.period_from, l.period_to) as month_count,
        l.amount_yuan,
        l.period_from,
        l.period_to,
    from reconciled.billed_line as l
    join decided.contract_part as p on p.part_no = l.contract_no and p.is_billing
    left join reconciled.unit_word as w on w.word = reconciled.plain_word(l.unit)
),
prices as (
    select
        p.contract_no,
        p.part_no,
        case when p.part_no <> p.contract_no then k.starts_on end as starts_on,
        case when p.part_no <> p.contract_no then k.ends_on end as ends_on,
        l.unit,
        l.precision,
        l.sparsity,
        l.device_model,
        nullif(regexp_replace(lower(l.device_model), '[^0-9a-z]', '', 'g'), '') as model,
        l.is_card_priced,
        l.unit_price_yuan,
    from reconciled.contract_price as l
    join decided.contract_part as p on p.part_no = l.contract_no
    left join lake.contract as k on k.contract_no = l.contract_no
),
-- What is billed under a supplement goes by its prices, else by the contract's; what is billed under the contract by
-- either, a supplement's for its term. The price of the same model before a like-named one, before one for every model; the same unit before another
-- card unit; the highest of several, for tiers are not told apart.
candidates as (
    select
        l.contract_no,
        l.nth,
        l.part_no <> l.contract_no and p.part_no <> l.part_no as is_others,
        p.unit = l.unit as is_same_unit,
        p.unit as price_unit,
        case when p.unit = l.unit then p.unit_price_yuan else least(p.unit_price_yuan, 1000000) end as unit_price_yuan,
        case
            when l.model is null then 0
            when p.model = l.model then 0
            when p.model is null then 2
            else 1
        end as strangeness,
        case when p.unit = l.unit then l.quantity else l.card_seconds end as measure,
        case
            when p.unit = l.unit then 1
            else cast(c.card_parts as hugeint) * case when c.period_seconds is null then l.month_count else 1 end
        end as card_parts,
        case
            when p.unit = l.unit then 1
            else cast(reconciled.card_parts() as hugeint) * coalesce(c.period_seconds, l.months_seconds)
        end as unit_parts,
    from lines as l
    join prices as p
        on p.contract_no = l.contract_no
        and (p.part_no = l.part_no or coalesce(l.period_from <= p.ends_on and l.period_to >= p.starts_on, p.part_no = p.contract_no))
        and (
            (p.unit = l.unit and coalesce(p.precision = l.precision, true) and coalesce(p.sparsity = l.sparsity, true))
            or (p.unit <> l.unit and p.is_card_priced and l.card_seconds is not null)
        )
        and (p.model is null or l.model is null or contains(p.model, l.model) or contains(l.model, p.model))
    left join reconciled.unit_conversion as c
        on c.contract_no = p.part_no
        and c.unit = p.unit
        and c.device_model is not distinct from coalesce(p.device_model, l.device_model)
        and c.precision is not distinct from p.precision
        and c.sparsity is not distinct from p.sparsity
    where l.amount_yuan > 0 and l.quantity > 0 and (p.unit = l.unit or c.card_parts is not null)
),
reduced as (
    select
        *,
        card_parts // gcd(card_parts, unit_parts) as times,
        cast(unit_parts // gcd(card_parts, unit_parts) as hugeint) * 1000000 as per,
    from candidates
),
expected as (
    select
        contract_no,
        nth,
        -- Millionths of a yuan, rounded up.
        (reconciled.millionths(measure) * reconciled.millionths(unit_price_yuan) * times + per - 1) // per as expected_parts,
    from reduced
    qualify row_number() over (
        partition by contract_no, nth order by is_others, strangeness, is_same_unit desc, unit_price_yuan desc, price_unit
    ) = 1
),
rated as (
    select
        l.*,
        e.expected_parts,
        reconciled.millionths(l.amount_yuan) - e.expected_parts as over_parts,
        reconciled.millionths(policy.number('reconcile.amount_tolerance_yuan', c.signed_on)) as slack_parts,
        reconciled.millionths(policy.number('reconcile.amount_tolerance_ratio', c.signed_on)) as ratio_parts,
    from lines as l
    left join expected as e on e.contract_no = l.contract_no and e.nth = l.nth
    join lake.contract as c on c.contract_no = l.part_no
),
weighed as (
    select
        *,
        coalesce(over_parts > slack_parts and over_parts * 1000000 > ratio_parts * expected_parts, false) as is_over,
    from rated
),
summed as (
    select
        contract_no,
        string_agg(distinct part_no, ' + ' order by part_no) filter (where part_no <> contract_no) as part_nos,
        count(expected_parts) as rated_count,
        coalesce(sum(amount_yuan) filter (where expected_parts is not null), 0) as billed_yuan,
        coalesce(sum(expected_parts), 0) as expected_parts,
        count(*) filter (where is_over) as over_count,
        arg_min(place, nth) filter (where is_over) as first_over,
        coalesce(sum(over_parts) filter (where is_over), 0) as over_parts,
        coalesce(sum(amount_yuan) filter (where amount_yuan < 0 and coalesce(quantity, 0) >= 0), 0) as credit_yuan,
        count(*) filter (where amount_yuan > 0 and expected_parts is null) as unpriced_count,
    from weighed
    group by contract_no
),
compared as (
    select
        c.claim_id,
        c.contract_no,
        s.* exclude (contract_no, over_parts),
        s.over_parts + reconciled.millionths(s.credit_yuan) as over_parts,
        i.invoiced_gross_yuan as invoiced_yuan,
        m.metered_yuan,
        -- The rules on usage look at the claim's contract: what only a supplement's usage supports is for people to see.
        case when (u.contract_priced_yuan >= i.invoiced_gross_yuan) is not true then x.supplement_nos end as supplement_nos,
        x.contract_priced_yuan as supplement_yuan,
        coalesce(u.unknown_card_record_count, 0) as unknown_card_count,
        coalesce(u.unknown_core_record_count, 0) as unknown_core_count,
        reconciled.millionths(i.invoiced_gross_yuan - m.metered_yuan) as above_parts,
        reconciled.millionths(m.metered_yuan) as metered_parts,
        reconciled.millionths(policy.number('reconcile.amount_tolerance_yuan', c.submitted_on)) as slack_parts,
        reconciled.millionths(policy.number('reconcile.amount_tolerance_ratio', c.submitted_on)) as ratio_parts,
    from reconciled.claim_paper as c
    left join summed as s on s.contract_no = c.contract_no
    left join decided.claim_invoiced as i using (claim_id)
    left join decided.support as u on u.contract_no = c.contract_no
    left join decided.supplement_support as x on x.contract_no = c.contract_no
    -- Where a supplement's usage has no price, or cores are unknown, the rest is only a lower bound: it shows enough, or nothing.
    cross join lateral (
        select case
            when (x.is_incomplete or u.unknown_core_record_count > 0)
                and u.contract_priced_yuan + coalesce(x.contract_priced_yuan, 0) < i.invoiced_gross_yuan then null
            else cast(u.contract_priced_yuan + coalesce(x.contract_priced_yuan, 0) as decimal(18, 2))
        end as metered_yuan
    ) as m
),
bounded as (
    select
        *,
        over_parts > slack_parts and over_parts * 1000000 > ratio_parts * expected_parts as is_over,
        above_parts > slack_parts and above_parts * 1000000 > ratio_parts * metered_parts as is_above_metered,
    from compared
)
select
    claim_id as subject_id,
    case
        when over_count > 0 and is_over then 'flag'
        when supplement_nos is not null then 'unknown'
        -- Of a contract priced by cores no other rule asks for the size of its jobs.
        when unknown_core_count > 0 and (metered_yuan >= invoiced_yuan) is not true then 'unknown'
        when rated_count > 0 and unpriced_count = 0 then 'pass'
        when not is_above_metered then 'pass'
        when is_above_metered and coalesce(rated_count, 0) = 0 and unknown_card_count = 0 then 'flag'
        else 'unknown'
    end as verdict,
    contract_no,
    concat_ws(' + ', contract_no, part_nos) as which,
    coalesce(rated_count, 0) as rated_count,
    cast(if(coalesce(rated_count, 0) = 0, 0, billed_yuan) as decimal(18, 2)) as billed_yuan,
    cast(if(coalesce(rated_count, 0) = 0, 0, cast(expected_parts // 10000 as decimal(16, 0)) * 0.01) as decimal(18, 2)) as expected_yuan,
    coalesce(over_count, 0) as over_count,
    coalesce(first_over, '—') as first_over,
    cast(coalesce(credit_yuan, 0) as decimal(18, 2)) as credit_yuan,
    coalesce(unpriced_count, 0) as unpriced_count,
    cast(invoiced_yuan as decimal(18, 2)) as invoiced_yuan,
    cast(metered_yuan as decimal(18, 2)) as metered_yuan,
    concat(
        coalesce(cast(cast(metered_yuan as decimal(18, 2)) as varchar), '未知'), ' 元',
        case when unknown_core_count > 0 then concat('（按核时计价而没有写明核数的记录、采样卡日 ', unknown_core_count, ' 条，跨日的每日各计一次）') end,
        case when supplement_nos is not null
            then concat('（其中补充合同 ', supplement_nos, ' 的 ', supplement_yuan, ' 元，各条未核对其用量，请专家组核对）')
        end
    ) as metered_zh,
    concat(
        coalesce(cast(cast(metered_yuan as decimal(18, 2)) as varchar), 'unknown'), ' yuan',
        case when unknown_core_count > 0 then concat(' (records, or card-days of samples, priced by cores that do not say them, each day counted: ', unknown_core_count, ')') end,
        case when supplement_nos is not null
            then concat(' (of it ', supplement_yuan, ' yuan under supplement ', supplement_nos, ', whose usage no rule has looked at: the panel checks it)')
        end
    ) as metered_en,
    cast(unknown_core_count as bigint) as unknown_core_count,
    cast(case
        when over_count > 0 and is_over then cast(over_parts // 10000 as decimal(16, 0)) * 0.01
        when rated_count > 0 then 0
        when invoiced_yuan > metered_yuan then invoiced_yuan - metered_yuan
        when invoiced_yuan <= metered_yuan then 0
    end as decimal(18, 2)) as amount_at_risk_yuan,
from bounded
