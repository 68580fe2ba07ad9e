/*
title_zh = "合同编号的另一种写法"
grain_zh = "每个不在合同表的合同编号、每个与之只差全半角、大小写或空格的合同一行"
no_rows_without = ["lake.contract"]
[columns]
written_no = "所写的合同编号，不在合同表"
contract_no = "合同表中与之只差全半角、大小写或空格的编号"
places_zh = "所见之处"
places_en = "所见之处，英文"
*/
-- Two numbers may be two contracts: they are told, never merged.
with written as (
    select contract_no, 1 as place_no, '兑现申请' as place_zh, 'claim' as place_en from lake.claim
    union all
    select contract_no, 2, '算力券', 'voucher' from lake.voucher
    union all
    select contract_no, 3, '合同明细', 'contract lines' from lake.contract_line
    union all
    select contract_no, 4, '合同条款', 'contract clauses' from lake.contract_clause
    union all
    select contract_no, 5, '发票', 'invoice' from lake.invoice
    union all
    select contract_no, 6, '结算账单', 'statement' from lake.statement
    union all
    select contract_no, 7, '付款凭证', 'payment' from lake.payment
    union all
    select contract_no, 8, '租户对照', 'tenant list' from lake.tenant
    union all
    select contract_no, 9, '用量记录', 'usage records' from reconciled.holder
    union all
    select contract_no, 10, '采样', 'samples' from reconciled.sample_day
    union all
    select contract_no, 11, '往期兑现', 'earlier grants' from lake.grant_history
),
placed as (
    select distinct contract_no as written_no, place_no, place_zh, place_en
    from written
    where contract_no is not null and contract_no not in (select contract_no from lake.contract)
),
near as (
    select p.*, k.contract_no
    from placed as p
    join lake.contract as k on reconciled.plain_number(k.contract_no) = reconciled.plain_number(p.written_no)
)
select
    written_no,
    contract_no,
    string_agg(place_zh, '、' order by place_no) as places_zh,
    string_agg(place_en, ', ' order by place_no) as places_en,
from near
group by written_no, contract_no
order by written_no, contract_no
