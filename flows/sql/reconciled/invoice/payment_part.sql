/*
title_zh = "付款的归属"
grain_zh = "每笔付款、所归的每份合同一行；各行之和即付款金额；归不到合同的付款没有行"
no_rows_without = ["lake.payment"]
[columns]
payment_id = "凭证号"
contract_no = "所归的合同编号；写明补充合同、而其发票由主合同的申请使用的，归主合同"
part_yuan = "付款金额中归该合同的，元"
*/
-- A payment goes with its invoice to the contracts that use it, each yuan once. It stays with the contract it names where
-- that is one between payer and payee which does not use the invoice, and where nobody does; what a seller gives back
-- fills no share, and stays with the contract it names.
with parents as (
    select contract_no, unnest(supplement_nos) as supplement_no
    from reconciled.contract_supplement
    where contract_no in (select contract_no from lake.claim)
),
-- What is paid under a supplement is paid for its contract's claim, unless its invoices are of no such claim.
apart as (
    select i.contract_no as supplement_no
    from parents as m
    join reconciled.invoice_state as i on i.contract_no = m.supplement_no
    left join reconciled.invoice_share as s on s.invoice_number = i.invoice_number and s.contract_no = m.contract_no
    group by i.contract_no
    having count(s.contract_no) = 0
),
written as (
    select
        p.* replace (coalesce(m.contract_no, p.contract_no) as contract_no),
    from reconciled.payment as p
    left join parents as m on m.supplement_no = p.contract_no and m.supplement_no not in (select supplement_no from apart)
),
sharing as (
    select *, sum(share_fen) over (partition by invoice_number) as all_share_fen from reconciled.invoice_share
),
paid as (
    select
        p.payment_id,
        p.contract_no,
        p.paid_on,
        case
            when coalesce(n.person_id, k.applicant_id) = p.payee_person_id and k.provider_id = p.payer_id then null
            when k.contract_no is null or s.contract_no is not null
                or coalesce(n.person_id, k.applicant_id) is distinct from p.payer_person_id or k.provider_id is distinct from p.payee_id
                then p.invoice_number
        end as invoice_number,
        p.invoice_number as written_number,
        cast(p.amount_yuan * 100 as hugeint) as fen,
    from written as p
    left join lake.contract as k on k.contract_no = p.contract_no
    left join reconciled.applicant_person as n on n.applicant_id = k.applicant_id
    left join reconciled.invoice_share as s on s.invoice_number = p.invoice_number and s.contract_no = p.contract_no
),
-- It fills the share of the contract it names first, and is all that contract's where the shares are unknown.
named as (
    select
        p.payment_id,
        p.invoice_number,
        p.contract_no,
        case
            when s.all_share_fen = 0 then p.fen
            else greatest(0, least(p.fen, s.share_fen - coalesce(sum(p.fen) over (
                partition by p.invoice_number, p.contract_no
                order by p.paid_on, p.payment_id
                rows between unbounded preceding and 1 preceding
            ), 0)))
        end as fen,
    from paid as p
    join sharing as s using (invoice_number, contract_no)
),
opened as (
    select
        s.invoice_number,
        s.contract_no,
        s.weight,
        greatest(0, s.share_fen - coalesce(sum(n.fen), 0)) as open_fen,
    from reconciled.invoice_share as s
    left join named as n using (invoice_number, contract_no)
    group by s.invoice_number, s.contract_no, s.weight, s.share_fen
),
measured as (
    select
        invoice_number,
        contract_no,
        case when sum(open_fen) over (partition by invoice_number) = 0 then weight else open_fen end as measure,
    from opened
),
-- The rest of it goes by what is open of the shares: cut at running sums, so that the parts make up the whole.
stepped as (
    select
        *,
        sum(measure) over (partition by invoice_number order by contract_no) as upto,
        sum(measure) over (partition by invoice_number) as whole,
    from measured
),
parts as (
    select payment_id, contract_no, fen from named
    union all
    select
        p.payment_id,
        s.contract_no,
        (p.fen - coalesce(n.fen, 0)) * s.upto // s.whole - (p.fen - coalesce(n.fen, 0)) * (s.upto - s.measure) // s.whole as fen,
    from paid as p
    join stepped as s using (invoice_number)
    left join named as n using (payment_id)
    union all
    select
        p.payment_id,
        coalesce(p.contract_no, i.contract_no) as contract_no,
        p.fen,
    from paid as p
    left join reconciled.invoice_state as i on i.invoice_number = p.written_number
    where p.invoice_number is null or p.invoice_number not in (select invoice_number from reconciled.invoice_share)
)
select
    payment_id,
    contract_no,
    cast(cast(sum(fen) as decimal(18, 0)) * 0.01 as decimal(18, 2)) as part_yuan,
from parts
where contract_no is not null
group by payment_id, contract_no
qualify sum(fen) > 0 or sum(sum(fen)) over (partition by payment_id) = 0
