/*
title_zh = "全额红冲后重开的发票"
grain_zh = "每张重开的发票一行：供需双方（总机构与其分支机构算相同）与价税合计同原票，合同相同或原票看不出合同，不早于红字；原票几张的，依次各对一张"
no_rows_without = ["reconciled.invoice_state", "reconciled.red_letter"]
[columns]
invoice_number = "重开的发票号码"
first_number = "原票号码"
first_issued_on = "原票开票日期"
*/
-- It is as old as the one in whose place it stands: a title was wrong, or a remark. Of another amount it is another invoice.
with reds as (
    select invoice_number, max(issued_on) as red_on from reconciled.red_letter group by invoice_number
),
states as (
    select i.* replace (coalesce(n.person_id, i.buyer_id) as buyer_id),
    from reconciled.invoice_state as i
    left join reconciled.applicant_person as n on n.applicant_id = i.buyer_id
),
taken_back as (
    select
        i.*,
        r.red_on,
        row_number() over (
            partition by i.seller_id, i.buyer_id, i.gross_yuan, i.contract_no order by r.red_on, i.issued_on, i.invoice_number
        ) as place,
    from states as i
    join reds as r using (invoice_number)
    where i.gross_yuan + i.red_gross_yuan <= 0
),
-- Those of after the first red letter of its kind, in their order: under the contract of the first, or under any where
-- that names none.
later as (
    select
        i.*,
        t.contract_no as first_contract_no,
        row_number() over (
            partition by i.seller_id, i.buyer_id, i.gross_yuan, t.contract_no order by i.issued_on, i.invoice_number
        ) as place,
    from states as i
    join (
        select seller_id, buyer_id, gross_yuan, contract_no, min(red_on) as red_on
        from taken_back
        group by seller_id, buyer_id, gross_yuan, contract_no
    ) as t
        on t.seller_id = i.seller_id
        and t.buyer_id = i.buyer_id
        and t.gross_yuan = i.gross_yuan
        and (t.contract_no is null or t.contract_no = i.contract_no)
    where i.issued_on >= t.red_on and i.gross_yuan > 0 and i.gross_yuan + i.red_gross_yuan > 0
)
select
    n.invoice_number,
    o.invoice_number as first_number,
    o.issued_on as first_issued_on,
from later as n
join taken_back as o
    on o.seller_id = n.seller_id
    and o.buyer_id = n.buyer_id
    and o.contract_no is not distinct from n.first_contract_no
    and o.gross_yuan = n.gross_yuan
    and o.place = n.place
where n.issued_on >= o.red_on
qualify row_number() over (partition by n.invoice_number order by o.contract_no is null) = 1
