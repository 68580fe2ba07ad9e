/*
title_zh = "算力券台账各科目余额"
grain_zh = "每年度、每科目一行"
no_rows_without = ["published.ledger_entry"]
[columns]
policy_year = "年度"
account = "科目：budget、pool、committed、effective、redeemed、lapsed、recovered"
title_zh = "科目名称"
amount_yuan = "余额，元：记入减转出；budget 是总额的来源，余额为负，各科目合计为零"
*/
with accounts as (
    select
        unnest(['budget', 'pool', 'committed', 'effective', 'redeemed', 'lapsed', 'recovered']) as account,
        unnest(['预算安排', '总额余额', '已申领', '已生效', '已兑现', '已失效或撤销', '已追回']) as title_zh,
),
sides as (
    select policy_year, debit as account, amount_yuan from published.ledger_entry where debit is not null
    union all
    select policy_year, credit, -amount_yuan from published.ledger_entry where credit is not null
),
years as (
    select distinct policy_year from published.ledger_entry
)
select
    y.policy_year,
    a.account,
    a.title_zh,
    cast(coalesce(sum(s.amount_yuan), 0) as decimal(18, 2)) as amount_yuan,
from years as y
cross join accounts as a
left join sides as s on s.policy_year = y.policy_year and s.account = a.account
group by y.policy_year, a.account, a.title_zh
order by
    y.policy_year,
    list_position(['budget', 'pool', 'committed', 'effective', 'redeemed', 'lapsed', 'recovered'], a.account)
