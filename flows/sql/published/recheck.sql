/*
title_zh = "兑现之后的发票复查"
grain_zh = "每笔已兑现或可兑付的申请、每张所用的发票、每个复查日一行"
no_rows_without = ["reconciled.claim_invoice_use", "reconciled.claim_paper"]
[columns]
claim_id = "申请编号"
contract_no = "合同编号"
provider_id = "服务机构代码"
invoice_number = "发票号码"
paid_on = "兑现之日：最近一条通过或核减的专家意见之日；往期兑现而未收录意见的为空"
month_no = "兑现之后的月数"
due_on = "复查之日：兑现之后满该月数；兑现之日未知的为空"
checked_on = "该日及以后最早一次查验之日；还没有的为空"
result = "该次查验结果：normal 正常，void 作废，red 红字，mismatch 不一致，not_found 查无此票；没有的为空"
is_checked = "已在该日及以后查验"
*/
-- A red letter after the payment shows only in a later check of the invoice (解读 R21). What is due by a day is for the
-- reader to ask: no clock is read here.
with paid as (
    select claim_id, max(paid_on) as paid_on
    from (
        select claim_id, redeemed_on as paid_on from reconciled.claim_redeemed
        union all
        select claim_id, cast(decided_at as date) from published.payment_list
    )
    group by claim_id
),
due as (
    select
        u.claim_id,
        c.contract_no,
        c.provider_id,
        u.invoice_number,
        p.paid_on,
        unnest(cast(string_split(
            policy.word('recovery.recheck_months', coalesce(p.paid_on, c.submitted_on)), ','
        ) as integer[])) as month_no,
    from paid as p
    join reconciled.claim_paper as c using (claim_id)
    join reconciled.claim_invoice_use as u using (claim_id)
),
dated as (
    select *, cast(paid_on + to_months(month_no) as date) as due_on from due
),
checked as (
    select
        d.claim_id,
        d.invoice_number,
        d.month_no,
        arg_min({'checked_on': cast(k.checked_at as date), 'result': k.result}, (k.checked_at, k.result)) as first,
    from dated as d
    join lake.invoice_check as k on k.invoice_number = d.invoice_number and cast(k.checked_at as date) >= d.due_on
    group by d.claim_id, d.invoice_number, d.month_no
)
select
    d.claim_id,
    d.contract_no,
    d.provider_id,
    d.invoice_number,
    d.paid_on,
    d.month_no,
    d.due_on,
    k.first.checked_on as checked_on,
    k.first.result as result,
    k.first is not null as is_checked,
from dated as d
left join checked as k using (claim_id, invoice_number, month_no)
order by d.due_on, d.claim_id, d.invoice_number, d.month_no
