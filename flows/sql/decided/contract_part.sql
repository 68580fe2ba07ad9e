/*
title_zh = "一并比较的合同"
grain_zh = "每份被申领的合同及其每份补充合同一行"
view = true
[columns]
contract_no = "被申领的合同"
part_no = "合同自己，或其补充合同"
is_of_hours = "比较卡时的时候在内：有明细而无一按卡计价的补充合同不在内"
is_billing = "其计费计入：自己没有结算账单，而各份合同的账单已含其发票的不计"
*/
-- What is used under a supplement and what is billed under it stand beside the contract's own, for either may be entered
-- under the other. One that is not priced by cards bills no hours: its usage must not make up for hours of the contract.
with fixed as (
    select contract_no from reconciled.contract_price group by contract_no having not bool_or(is_card_priced)
),
parts as (
    select contract_no, contract_no as part_no
    from reconciled.claim_paper
    where contract_no is not null
    group by contract_no
    union all
    select contract_no, part_no
    from (
        select contract_no, unnest(supplement_nos) as part_no
        from reconciled.contract_supplement
        where contract_no in (select contract_no from reconciled.claim_paper)
    )
),
billed as (
    select
        contract_no as part_no,
        sum(amount_yuan) filter (where source = 'statement') as stated_yuan,
        sum(amount_yuan) filter (where source = 'invoice_line') as lined_yuan,
    from reconciled.billed_line
    group by contract_no
),
invoiced as (
    select c.contract_no, max(i.invoiced_gross_yuan) as invoiced_yuan
    from reconciled.claim_paper as c
    join decided.claim_invoiced as i using (claim_id)
    group by c.contract_no
),
summed as (
    select
        p.contract_no,
        p.part_no,
        b.stated_yuan,
        sum(b.stated_yuan) over whole as all_stated_yuan,
        coalesce(sum(b.lined_yuan) over whole, 0) as all_lined_yuan,
        i.invoiced_yuan,
    from parts as p
    left join billed as b using (part_no)
    left join invoiced as i on i.contract_no = p.contract_no
    window whole as (partition by p.contract_no)
)
-- The bills lie nearer to all invoices of the claim than to those without this one's: they list its hours too.
select
    contract_no,
    part_no,
    part_no = contract_no or part_no not in (select contract_no from fixed) as is_of_hours,
    stated_yuan is not null
        or all_stated_yuan is null
        or coalesce(abs(all_stated_yuan - invoiced_yuan) >= abs(all_stated_yuan - (invoiced_yuan - all_lined_yuan)), true) as is_billing,
from summed
