/*
id = "REL-004"
title_zh = "同型号算力循环买卖"
title_en = "Computing power of one model sold in a circle"
article = "第十七条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 由 {provider_id} 向 {applicant_id} 供 {device_model}（{own_yuan} 元）；同期 {applicant_id} 售出的同型号算力又回到 {provider_id}，连同本合同共 {leg_count} 手：{path_zh}。每手（同两方之间的各份合同合计）不少于本合同的 {leg_ratio}，至多看 {leg_max} 手。"
because_en = "By contract {contract_no} {provider_id} supplies {device_model} to {applicant_id} ({own_yuan} yuan); in the same time what {applicant_id} sold of that model came back to {provider_id}, {leg_count} sales with this one: {path_zh}. Each, with all contracts between the same two, is at least {leg_ratio} of this contract; at most {leg_max} are followed."
innocent_zh = [
    "两家互为备份、错峰调剂，各自有真实用量：请提供互备协议与两边的用量日志。",
    "对方买的是另一地点、另一集群的同型号卡，用于不同项目：请提供用途说明与用量日志。",
    "转售方自有同型号的卡，售出的并非从本合同买来：请提供其设备清单。",
]
innocent_en = [
    "Both back each other up or lend at their peaks, with true use on either side: provide the agreement and both usage logs.",
    "Cards of the same model elsewhere, for another project: provide the purpose and the usage log.",
    "The one who sells on has cards of that model of its own: provide its device list.",
]
policy = ["trade.leg_ratio", "trade.leg_max"]

[evidence]
contract_no = "合同编号"
applicant_id = "申领单位代码"
provider_id = "服务机构代码"
device_model = "型号"
own_yuan = "本合同该型号的含税金额，元；没有写明的为空"
leg_count = "连同本合同的手数；没有循环的为 0"
path_zh = "本合同之后的各份合同；— 为没有"
path_nos = "其编号，以顿号分隔；— 为没有"
leg_ratio = "每手占本合同金额的下限（含）"
leg_max = "连同本合同至多看几手"
amount_at_risk_yuan = "申报兑现金额，元；没有循环的为零"

[[trace]]
relation = "lake.contract"
using = []
where = "r.contract_no = j.contract_no or list_contains(string_split(j.path_nos, '、'), r.contract_no)"

[[trace]]
relation = "reconciled.contract_price"
using = []
where = "r.is_card_priced and (r.contract_no = j.contract_no or list_contains(string_split(j.path_nos, '、'), r.contract_no))"
*/
with recursive asked as (
    select
        c.claim_id,
        c.contract_no,
        l.seller_id,
        l.buyer_id,
        l.model_word,
        l.device_model,
        l.starts_on,
        l.ends_on,
        l.amount_yuan as own_yuan,
        cast(l.amount_yuan * 100 as hugeint) as own_fen,
        reconciled.millionths(policy.number('trade.leg_ratio', c.submitted_on)) as leg_parts,
        policy.number('trade.leg_max', c.submitted_on) as leg_max,
    from reconciled.claim_paper as c
    join reconciled.trade_leg as l using (contract_no)
    where l.model_word is not null and l.seller_id <> l.buyer_id
),
-- What one party sold to another counts together, in however many contracts; what names no sum stands apart. Who buys none
-- of it sells none on.
legs as (
    select
        a.claim_id,
        a.model_word,
        l.seller_id,
        l.buyer_id,
        cast(sum(l.amount_yuan) * 100 as hugeint) as fen,
        list(l.contract_no order by l.starts_on, l.contract_no) as contract_nos,
    from asked as a
    join reconciled.trade_leg as l
        on l.model_word = a.model_word
        and l.buyer_id <> a.buyer_id
        and l.starts_on <= a.ends_on
        and l.ends_on >= a.starts_on
    where l.seller_id in (select buyer_id from reconciled.trade_leg)
    group by a.claim_id, a.model_word, l.seller_id, l.buyer_id, l.amount_yuan is null
),
-- From the applicant on, until it is back with the provider. Of the ways by which it lies with one party the largest
-- stands for all; one that names no sum is followed apart.
walked as (
    select
        claim_id,
        model_word,
        buyer_id as held_by,
        cast([] as varchar[]) as way,
        0 as hop_count,
        own_fen as least_fen,
        own_fen is not null as is_known,
    from asked
    union all
    select
        w.claim_id,
        w.model_word,
        l.buyer_id,
        list_concat(w.way, l.contract_nos),
        w.hop_count + 1,
        least(w.least_fen, l.fen),
        w.is_known and l.fen is not null,
    from walked as w
    join asked as a using (claim_id, model_word)
    join legs as l
        on l.claim_id = w.claim_id
        and l.model_word = w.model_word
        and l.seller_id = w.held_by
        and coalesce(l.fen * 1000000 >= a.leg_parts * a.own_fen, true)
    where w.held_by <> a.seller_id and w.hop_count + 1 < a.leg_max
    qualify row_number() over (
        partition by w.claim_id, w.model_word, l.buyer_id, w.is_known and l.fen is not null
        order by least(w.least_fen, l.fen) desc nulls last, w.way, l.contract_nos
    ) = 1
),
closed as (
    select w.*
    from walked as w
    join asked as a using (claim_id, model_word)
    where w.held_by = a.seller_id
    qualify row_number() over (
        partition by w.claim_id order by w.is_known desc, w.hop_count, w.least_fen desc nulls last, w.way, w.model_word
    ) = 1
),
told as (
    select
        o.claim_id,
        string_agg(
            concat(k.provider_id, ' 售予 ', k.applicant_id, '（', k.contract_no, '，', k.starts_on, ' 至 ', k.ends_on, '）'),
            '，' order by o.step
        ) as path_zh,
    from (
        select claim_id, unnest(way) as contract_no, generate_subscripts(way, 1) as step from closed
    ) as o
    join lake.contract as k using (contract_no)
    group by o.claim_id
),
-- The model of the circle, or the first of the contract.
shown as (
    select a.*
    from asked as a
    left join closed as w using (claim_id)
    qualify row_number() over (
        partition by a.claim_id order by a.model_word is not distinct from w.model_word desc, a.model_word
    ) = 1
)
select
    c.claim_id as subject_id,
    case
        when w.is_known then 'flag'
        when not w.is_known then 'unknown'
        when a.claim_id is null then 'not_applicable'
        when w.claim_id is null then 'pass'
    end as verdict,
    c.contract_no,
    c.applicant_id,
    c.provider_id,
    a.device_model,
    a.own_yuan,
    coalesce(w.hop_count + 1, 0) as leg_count,
    coalesce(t.path_zh, '—') as path_zh,
    coalesce(array_to_string(w.way, '、'), '—') as path_nos,
    cast(policy.number('trade.leg_ratio', c.submitted_on) as decimal(9, 6)) as leg_ratio,
    cast(policy.number('trade.leg_max', c.submitted_on) as integer) as leg_max,
    case when w.claim_id is not null then c.claimed_subsidy_yuan else 0.00 end as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join shown as a using (claim_id)
left join closed as w using (claim_id)
left join told as t using (claim_id)
