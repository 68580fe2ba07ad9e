/*
id = "IDT-004"
title_zh = "申领单位同期出售同型号算力"
title_en = "The applicant sells computing power of the same model"
article = "第十五条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "申领单位 {applicant_id} 凭合同 {contract_no} 买入 {device_model}，{bought_yuan} 元；同期作为供方按卡出售同型号算力的合同 {sale_count} 份（{sale_nos}），写明金额的合计 {sold_yuan} 元，没有写明金额或型号的 {open_count} 份。达到买入的 {resale_ratio}、且设备清单上没有自有的同型号卡，或自有的卡满载也供不出、所差仍达到此数的，暂缓待核；其余只提示。自有同型号卡 {own_cards} 张，售期内至多 {own_gpu_hours} 卡时，售出写明卡时的 {sold_gpu_hours} 卡时；在服务机构名单：{listed_zh}。"
because_en = "Applicant {applicant_id} buys {device_model} by contract {contract_no}, {bought_yuan} yuan; in the same time it sells power of that model by the card in {sale_count} contract(s) ({sale_nos}), {sold_yuan} yuan where a sum is stated, {open_count} state no sum or model. Where that comes to {resale_ratio} of what was bought and the device list has no such cards of its own, or what they cannot supply by running all the time still comes to that, it is held; otherwise it is a note. Own cards of the model: {own_cards}, at most {own_gpu_hours} card-hours while it sells, against {sold_gpu_hours} card-hours sold where hours are stated; on the list of providers: {listed}."
innocent_zh = [
    "售出的是自有的卡，买入的供自己的项目高峰时用：请提供自有设备的清单与两边的用量日志。",
    "售出的是以算力为底座的软件、模型服务：请提供该合同，并按服务项目而非按卡时写明细。",
    "同一法人既是服务机构又有科研等自用需求（如高校的算力中心）：请提供自用项目与用量日志。",
]
innocent_en = [
    "It sells its own cards and buys for its own peaks: provide the list of its devices and the usage logs of both.",
    "It sells software or a model service that runs on the cards: provide the contract, with lines by service and not by the card.",
    "One legal person is a provider and has its own research too, as a university's centre has: provide the project and the usage log.",
]
policy = ["trade.resale_ratio"]

[evidence]
severity = "后果：达到下限而没有自有同型号卡，或自有的卡供不出的部分仍达到下限的为暂缓待核，其余为提示"
contract_no = "合同编号"
applicant_id = "申领单位代码"
provider_id = "服务机构代码"
device_model = "型号，以顿号分隔；没有写明的为空"
bought_yuan = "本合同按卡计价的含税金额，元；没有写明的为空"
sale_count = "申领单位作为供方、同期、型号相同或没有写明的按卡计价合同份数"
sale_nos = "其编号，以顿号分隔；— 为没有"
sold_yuan = "其中型号相同、写明金额的合计，元"
open_count = "其中没有写明金额或型号的份数"
resale_ratio = "售出占买入的下限（含）"
own_cards = "申领单位自己列在设备清单上、同期启用的同型号卡数"
own_gpu_hours = "这些卡自出售的最早开始日至最晚结束日满载的卡时，小时"
sold_gpu_hours = "售出的同型号中写明金额与卡时的，卡时合计，小时"
listed = "申领单位同期在服务机构名单上：yes、no"
listed_zh = "同上：是、否"
amount_at_risk_yuan = "申报兑现金额，元；没有出售的为零"

[[trace]]
relation = "lake.contract"
using = []
where = "r.contract_no = j.contract_no or list_contains(string_split(j.sale_nos, '、'), r.contract_no)"

[[trace]]
relation = "reconciled.contract_price"
using = []
where = "r.is_card_priced and (r.contract_no = j.contract_no or list_contains(string_split(j.sale_nos, '、'), r.contract_no))"

[[trace]]
relation = "lake.device"
using = []
where = "r.provider_id = j.applicant_id"

[[trace]]
relation = "lake.provider"
using = []
where = "r.provider_id = j.applicant_id"
*/
with bought as (
    select
        c.claim_id,
        list(l.model_word) as models,
        string_agg(l.device_model, '、' order by l.device_model) as device_model,
        bool_or(l.model_word is null) as is_any,
        case when count(*) = count(l.amount_yuan) then sum(l.amount_yuan) end as bought_yuan,
        min(l.starts_on) as starts_on,
        max(l.ends_on) as ends_on,
    from reconciled.claim_paper as c
    join reconciled.trade_leg as l using (contract_no)
    group by c.claim_id
),
sold as (
    select
        c.claim_id,
        count(distinct s.contract_no) as sale_count,
        array_to_string(list(distinct s.contract_no order by s.contract_no), '、') as sale_nos,
        coalesce(sum(s.amount_yuan) filter (where list_contains(b.models, s.model_word)), 0) as sold_yuan,
        count(distinct s.contract_no) filter (
            where s.amount_yuan is null or not coalesce(list_contains(b.models, s.model_word), false)
        ) as open_count,
        coalesce(sum(s.card_seconds) filter (where list_contains(b.models, s.model_word) and s.amount_yuan is not null), 0)
            as sold_seconds,
        coalesce(sum(s.amount_yuan) filter (where list_contains(b.models, s.model_word) and s.card_seconds is not null), 0)
            as sized_yuan,
        min(s.starts_on) as sale_from,
        max(s.ends_on) as sale_to,
    from reconciled.claim_paper as c
    join bought as b using (claim_id)
    join reconciled.trade_leg as s
        on s.seller_id = c.applicant_id
        and s.buyer_id <> c.applicant_id
        and s.starts_on <= b.ends_on
        and s.ends_on >= b.starts_on
        and (b.is_any or s.model_word is null or list_contains(b.models, s.model_word))
    group by c.claim_id
),
owned as (
    select c.claim_id, cast(sum(d.card_count) as bigint) as own_cards
    from reconciled.claim_paper as c
    join bought as b using (claim_id)
    join lake.device as d
        on d.provider_id = c.applicant_id
        and (b.is_any or list_contains(b.models, reconciled.plain_word(d.device_model)))
        and d.valid_from <= b.ends_on
        and coalesce(d.valid_to >= b.starts_on, true)
    group by c.claim_id
),
-- All that the own cards could have supplied in the time in which it sells.
supplying as (
    select
        c.claim_id,
        sum(cast(d.card_count as hugeint) * 86400
            * greatest(0, least(coalesce(d.valid_to, s.sale_to), s.sale_to) - greatest(d.valid_from, s.sale_from) + 1)) as own_seconds,
    from reconciled.claim_paper as c
    join bought as b using (claim_id)
    join sold as s using (claim_id)
    join lake.device as d
        on d.provider_id = c.applicant_id
        and (b.is_any or list_contains(b.models, reconciled.plain_word(d.device_model)))
    group by c.claim_id
),
listed as (
    select distinct c.claim_id
    from reconciled.claim_paper as c
    join bought as b using (claim_id)
    join lake.provider as p
        on p.provider_id = c.applicant_id
        and p.listed_on <= b.ends_on
        and coalesce(p.delisted_on > b.starts_on, true)
),
looked_at as (
    select
        c.*,
        b.device_model,
        b.bought_yuan,
        b.claim_id is not null as has_leg,
        coalesce(s.sale_count, 0) as sale_count,
        s.sale_nos,
        coalesce(s.sold_yuan, 0) as sold_yuan,
        coalesce(s.open_count, 0) as open_count,
        coalesce(o.own_cards, 0) as own_cards,
        coalesce(y.own_seconds, 0) as own_seconds,
        coalesce(s.sold_seconds, 0) as sold_seconds,
        p.claim_id is not null as is_listed,
        policy.number('trade.resale_ratio', c.submitted_on) as resale_ratio,
        cast(s.sold_yuan * 100 as hugeint) * 1000000
            >= reconciled.millionths(policy.number('trade.resale_ratio', c.submitted_on)) * cast(b.bought_yuan * 100 as hugeint)
            as is_much,
        cast(s.sized_yuan * 100 as hugeint) * (cast(floor(s.sold_seconds) as hugeint) - cast(coalesce(y.own_seconds, 0) as hugeint)) * 1000000
            >= reconciled.millionths(policy.number('trade.resale_ratio', c.submitted_on))
                * cast(b.bought_yuan * 100 as hugeint) * cast(floor(s.sold_seconds) as hugeint)
            and s.sold_seconds > 0 as is_beyond_own,
    from reconciled.claim_paper as c
    left join bought as b using (claim_id)
    left join sold as s using (claim_id)
    left join owned as o using (claim_id)
    left join supplying as y using (claim_id)
    left join listed as p using (claim_id)
)
select
    claim_id as subject_id,
    case
        when not has_leg then 'not_applicable'
        when sold_yuan > 0 then 'flag'
        when open_count > 0 then 'unknown'
        when sale_count = 0 then 'pass'
    end as verdict,
    case when sold_yuan > 0 and is_much and (own_cards = 0 or is_beyond_own) then 'hold' else 'note' end as severity,
    contract_no,
    applicant_id,
    provider_id,
    device_model,
    cast(bought_yuan as decimal(18, 2)) as bought_yuan,
    sale_count,
    coalesce(sale_nos, '—') as sale_nos,
    cast(sold_yuan as decimal(18, 2)) as sold_yuan,
    open_count,
    cast(resale_ratio as decimal(9, 6)) as resale_ratio,
    own_cards,
    reconciled.card_hours(own_seconds) as own_gpu_hours,
    reconciled.card_hours(sold_seconds) as sold_gpu_hours,
    case when is_listed then 'yes' else 'no' end as listed,
    case when is_listed then '是' else '否' end as listed_zh,
    case when sale_count > 0 then claimed_subsidy_yuan else 0.00 end as amount_at_risk_yuan,
from looked_at
