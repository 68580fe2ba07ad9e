/*
id = "CON-006"
title_zh = "返利返还条款"
title_en = "Rebate, refund or free-service clause"
article = "第七条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no}（含其框架合同与补充合同）的条款中，有 {clause_count} 条写明返还、退款、赠送算力或补贴的归属（{clauses}）；服务等级赔偿一类不超过 {ratio_max} 的不在此列。第七条按实际发生的费用补贴，返还的部分是否应从费用中扣除请核实。"
because_en = "In contract {contract_no}, with its framework and supplements, {clause_count} clause(s) speak of money given back, compute given free or whose the subsidy is ({clauses}); service credits and the like up to {ratio_max} are left out. Article 7 supports costs that are really borne: please check whether what is given back has to be taken off."
unknown_zh = [
    "合同 {contract_no}（含其框架合同与补充合同）的条款中，有 {clause_count} 条写到返还、退款、赠送算力或补贴的归属（{clauses}），而其金额无从比较，是否属于不超过 {ratio_max} 的服务等级赔偿一类看不出。请补交条款全文或双方说明。",
]
unknown_en = [
    "In contract {contract_no}, with its framework and supplements, {clause_count} clause(s) speak of money given back, compute given free or whose the subsidy is ({clauses}); their sums cannot be compared, so whether they are service credits of up to {ratio_max} or the like cannot be told. Please hand in the full clauses or a note of both parties.",
]
innocent_zh = [
    "服务等级未达到的赔偿、合同终止的退款、押金返还：请提供约定情形与计算办法的条款。",
    "赠送的算力未计费、也未计入申报用量：请提供账单与用量明细。",
    "返还已从发票或申报费用中扣除：请提供红字发票或结算单。",
    "补贴归属只约定由谁申领、收款，不涉及返还：请提供补充说明。",
]
innocent_en = [
    "Compensation for a missed service level, refund on termination, return of a deposit: provide the clauses on when and how much.",
    "Free computing was neither billed nor claimed: provide the bill and the usage.",
    "The rebate is already taken off invoice or claim: provide the red-letter invoice or the settlement.",
    "The clause only says who applies for and receives the subsidy, without any rebate: provide a note.",
]
policy = ["clause.credit_ratio_max"]

[evidence]
contract_no = "合同编号"
clause_count = "有此类约定的条数；金额无从比较的也计"
clauses = "其合同编号、条款号与该句（前八十字），至多列五条；— 为没有"
ratio_max = "服务等级赔偿一类的容许比率：与所写百分比、与金额占合同含税总额的比率相比"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "decided.clause_sentence"
using = ["claim_id"]
where = "r.is_harmless is not true"
*/
with counted as (
    select
        claim_id,
        count(*) filter (where not is_harmless) as harmful_count,
        count(*) filter (where is_harmless is null) as unclear_count,
        count(distinct (contract_no, clause_no)) filter (where is_harmless is not true) as clause_count,
        array_to_string(
            list(contract_no || ' ' || clause_no || '：' || left(sentence, 80) order by contract_no, clause_no, sentence)
                filter (where is_harmless is not true)[1:5],
            '；'
        ) as clauses,
    from decided.clause_sentence
    group by claim_id
)
select
    c.claim_id as subject_id,
    case
        when s.claim_id is null then 'not_applicable'
        when s.harmful_count > 0 then 'flag'
        when s.unclear_count > 0 then 'unknown'
        when s.harmful_count = 0 then 'pass'
    end as verdict,
    c.contract_no,
    coalesce(s.clause_count, 0) as clause_count,
    coalesce(nullif(s.clauses, ''), '—') as clauses,
    cast(policy.number('clause.credit_ratio_max', c.submitted_on) as decimal(9, 2)) as ratio_max,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join counted as s using (claim_id)
