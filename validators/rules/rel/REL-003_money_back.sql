/*
id = "REL-003"
title_zh = "付款后资金回流"
title_en = "Money that comes back after it was paid"
article = "第七条、第十七条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 的付款 {payment_id}（{paid_on}，{paid_yuan} 元）之后 {within_days} 天内，有 {back_yuan} 元由供方 {provider_id} 回到需方 {applicant_id}，占该笔付款的 {back_ratio}（{path_zh}）；这样的付款共 {round_count} 笔。回到需方的未从已付金额中减去。"
because_en = "Within {within_days} days of payment {payment_id} for contract {contract_no} ({paid_on}, {paid_yuan} yuan) {back_yuan} yuan came back from the provider {provider_id} to the applicant {applicant_id}, {back_ratio} of it ({path_zh}); {round_count} payment(s) are like this. What came back has not been taken off the sum paid."
innocent_zh = [
    "双方另有往来，供方（或中间的单位）向需方采购货物或服务：请提供该合同与发票。",
    "退回多付或错付的款项：请在该笔付款凭证上写明合同编号，从已付金额中减去（解读 R21）。",
    "集团资金归集或代收代付经过：请提供协议，说明款项最终归谁。",
]
innocent_en = [
    "The parties trade the other way too: provide that contract and its invoices.",
    "What was overpaid or paid by mistake was given back: write the contract's number on that payment, and it is taken off the sum paid (reading R21).",
    "It passed through a group's cash pool or an agent: provide the agreement and state whose the money is.",
]
policy = ["payment.return_days", "payment.return_hops", "payment.return_leg_ratio", "payment.return_ratio"]

[evidence]
contract_no = "合同编号"
applicant_id = "需方代码"
provider_id = "供方代码"
payment_id = "回流占比最大的那笔付款的凭证号"
paid_on = "其付款日期"
paid_yuan = "其金额，元"
within_days = "看付款之后多少天"
back_yuan = "其后回到需方的金额，元；经几手的取各手中最小的一笔"
back_ratio = "占该笔付款的比率，舍去不足万分之一"
path_zh = "所经的付款，至多列三条；— 为没有"
path_ids = "所经付款的凭证号，以顿号分隔；— 为没有"
round_count = "有回流的付款笔数"
amount_at_risk_yuan = "回到需方的金额，元"

[[trace]]
relation = "reconciled.claim_payment"
using = ["claim_id"]

[[trace]]
relation = "lake.payment"
using = []
where = "list_contains(string_split(j.path_ids, '、'), r.payment_id)"
*/
with recursive asked as (
    select
        c.claim_id,
        c.contract_no,
        c.applicant_id,
        c.provider_id,
        p.payment_id,
        p.paid_on,
        cast(p.amount_yuan * 100 as hugeint) as fen,
        cast(policy.number('payment.return_days', c.submitted_on) as integer) as within_days,
        policy.number('payment.return_hops', c.submitted_on) as most_hops,
        reconciled.millionths(policy.number('payment.return_leg_ratio', c.submitted_on)) as leg_parts,
        reconciled.millionths(policy.number('payment.return_ratio', c.submitted_on)) as back_parts,
    from reconciled.claim_paper as c
    join reconciled.claim_payment as t using (claim_id)
    join reconciled.payment as p using (payment_id)
    where t.is_between_parties
),
-- What the contract's own seller gives back, named as such, is off the sum paid already.
moved as (
    select
        payment_id,
        payer_id,
        payee_id,
        paid_on,
        cast(amount_yuan * 100 as hugeint) as fen,
        -- On its way money goes by the widest payment of a day; only those that arrive are counted one by one.
        row_number() over (partition by payer_id, payee_id, paid_on order by amount_yuan desc, payment_id) = 1 as is_widest,
    from reconciled.payment
    where payer_id <> payee_id
        and payment_id not in (select payment_id from reconciled.claim_payment where is_returned)
),
-- From the provider, who was paid, until it is back with the applicant or with the provider.
trips as (
    select
        claim_id,
        payment_id,
        cast([] as varchar[]) as way,
        provider_id as held_by,
        paid_on as held_on,
        cast(null as hugeint) as least_fen,
    from asked
    union all
    select
        t.claim_id,
        t.payment_id,
        list_append(t.way, m.payment_id),
        m.payee_id,
        m.paid_on,
        least(t.least_fen, m.fen),
    from trips as t
    join asked as a using (claim_id, payment_id)
    join moved as m
        on m.payer_id = t.held_by
        and m.paid_on between t.held_on and a.paid_on + a.within_days
        and m.fen * 1000000 >= a.leg_parts * a.fen
        and (m.is_widest or m.payee_id = a.applicant_id)
    where t.held_by <> a.applicant_id
        and (t.held_by <> a.provider_id or len(t.way) = 0)
        and len(t.way) < a.most_hops
        and not list_contains(t.way, m.payment_id)
    -- Of the ways by which money lies with one party on one day the widest stands for all: they would be without number.
    qualify row_number() over (
        partition by
            t.claim_id, t.payment_id, m.payee_id, m.paid_on, case when m.payee_id = a.applicant_id then m.payment_id end
        order by least(t.least_fen, m.fen) desc, t.way, m.payment_id
    ) = 1
),
-- A payment that arrives counts once, by the widest way to it.
arrived as (
    select
        t.claim_id,
        t.payment_id,
        t.way[-1] as last_id,
        max(t.least_fen) as fen,
        arg_max(t.way, (t.least_fen, -len(t.way), t.way)) as way,
    from trips as t
    join asked as a using (claim_id, payment_id)
    where t.held_by = a.applicant_id and len(t.way) > 0
    group by t.claim_id, t.payment_id, t.way[-1]
),
backed as (
    select
        a.*,
        coalesce(sum(r.fen), 0) as back_fen,
        list(r.way order by r.fen desc, r.last_id) filter (where r.last_id is not null) as ways,
    from asked as a
    left join arrived as r using (claim_id, payment_id)
    group by all
),
judged as (
    select *, back_fen > 0 and back_fen * 1000000 >= back_parts * fen as is_round from backed
),
-- The one to tell of: the most of it came back, in proportion, then in yuan.
worst as (
    select
        *,
        count(*) filter (where is_round) over (partition by claim_id) as round_count,
    from judged
    qualify row_number() over (
        partition by claim_id
        order by is_round desc, back_fen * 1000000 // greatest(fen, 1) desc, back_fen desc, payment_id
    ) = 1
),
told as (
    select
        w.claim_id,
        string_agg(w.way_zh, '；' order by w.nth) as path_zh,
    from (
        select
            o.claim_id,
            o.nth,
            string_agg(p.payer_id || ' 付 ' || p.payee_id || ' ' || p.amount_yuan || ' 元（' || p.payment_id || '，' || p.paid_on || '）', '，' order by o.step) as way_zh,
        from (
            select claim_id, nth, unnest(way) as payment_id, generate_subscripts(way, 1) as step
            from (select claim_id, unnest(ways[1:3]) as way, generate_subscripts(ways[1:3], 1) as nth from worst)
        ) as o
        join reconciled.payment as p using (payment_id)
        group by o.claim_id, o.nth
    ) as w
    group by w.claim_id
)
select
    c.claim_id as subject_id,
    case
        when w.claim_id is null then 'not_applicable'
        when w.is_round then 'flag'
        when not w.is_round then 'pass'
    end as verdict,
    c.contract_no,
    c.applicant_id,
    c.provider_id,
    w.payment_id,
    w.paid_on,
    cast(cast(w.fen as decimal(18, 0)) * 0.01 as decimal(18, 2)) as paid_yuan,
    w.within_days,
    cast(cast(w.back_fen as decimal(18, 0)) * 0.01 as decimal(18, 2)) as back_yuan,
    reconciled.ratio_cut(w.back_fen, w.fen) as back_ratio,
    coalesce(t.path_zh, '—') as path_zh,
    coalesce(array_to_string(list_distinct(flatten(w.ways)), '、'), '—') as path_ids,
    coalesce(w.round_count, 0) as round_count,
    cast(cast(w.back_fen as decimal(18, 0)) * 0.01 as decimal(18, 2)) as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join worst as w using (claim_id)
left join told as t using (claim_id)
