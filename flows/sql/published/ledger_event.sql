/*
title_zh = "事实所示的券事件"
grain_zh = "每张券的每个事件一行，另每年度总额一行；是否入账见 ledger_entry"
[columns]
event_no = "序号，自 1 起"
event = "事件：open 总额，apply 申领，effect 生效，redeem 兑现，lapse 失效，revoke 撤销，recover 追回"
policy_year = "年度：券生效年；尚未生效的取申领年"
voucher_id = "券号；往期兑现未载券号的为 年度/单位/合同；年度总额的为空"
applicant_id = "申领单位代码"
contract_no = "合同编号"
amount_yuan = "金额，元；生效、失效、撤销的为券面余额，此处为空；事实未载明的为空"
occurred_on = "事实所载的日期；未载明的为空"
article = "条款"
nth = "同一张券的第几次"
keeps_rest = "兑现之后余额仍然有效（解读 R31）"
file_sha256 = "来源文件的 SHA-256"
row_no = "来源行号"
*/
with vouchers as (
    select
        *,
        reconciled.issue_year(effective_at, applied_at) as policy_year,
        cast(year(applied_at) as integer) as applied_year,
        policy.word('redeem.partial', cast(applied_at as date)) = 'yes' as keeps_rest,
    from lake.voucher
),
-- A row of the history belongs to its claim's voucher, to the voucher it names, or to one that only the history knows.
granted as (
    select
        g.* exclude (policy_year, voucher_id),
        coalesce(v.policy_year, g.policy_year) as policy_year,
        coalesce(
            v.voucher_id,
            g.voucher_id,
            concat_ws('/', g.policy_year, g.applicant_id, g.contract_no)
        ) as voucher_id,
        v.voucher_id is null as is_only_here,
        r.redeemed_on,
    from reconciled.earlier_grant as g
    left join reconciled.claim_paper as c using (claim_id)
    left join vouchers as v
        on v.voucher_id = coalesce(c.voucher_id, g.voucher_id)
        and (c.claim_id is not null or g.policy_year in (v.policy_year, v.applied_year))
    left join reconciled.claim_redeemed as r on r.claim_id = g.claim_id
),
opened as (
    select
        policy_year,
        voucher_id,
        min(applicant_id) as applicant_id,
        min(contract_no) as contract_no,
        sum(claimed_yuan) as claimed_yuan,
        arg_min(file_sha256, (file_sha256, row_no)) as file_sha256,
        arg_min(row_no, (file_sha256, row_no)) as row_no,
    from granted
    where is_only_here
    group by policy_year, voucher_id
),
paid as (
    select
        policy_year,
        voucher_id,
        min(applicant_id) as applicant_id,
        min(contract_no) as contract_no,
        sum(redeemed_yuan) as amount_yuan,
        max(redeemed_on) as occurred_on,
        0 as line_no,
        arg_min(file_sha256, (file_sha256, row_no)) as file_sha256,
        arg_min(row_no, (file_sha256, row_no)) as row_no,
    from granted
    where redeemed_yuan > 0
    group by policy_year, voucher_id
    union all
    select
        coalesce(v.policy_year, p.policy_year),
        p.voucher_id,
        p.applicant_id,
        p.contract_no,
        p.payable_yuan,
        cast(p.decided_at as date),
        p.line_no,
        h.file_sha256,
        h.row_no,
    from published.payment_list as p
    left join vouchers as v on v.voucher_id = p.voucher_id
    left join published.decision_history as h on h.claim_id = p.claim_id and h.is_latest
    union all
    -- The register says redeemed, and neither list nor history says how much.
    select v.policy_year, v.voucher_id, v.applicant_id, v.contract_no, null, null, 0, v.file_sha256, v.row_no
    from vouchers as v
    where v.state = 'redeemed'
        and not exists (select 1 from granted as g
            where g.voucher_id = v.voucher_id and g.policy_year = v.policy_year and g.redeemed_yuan > 0)
        and not exists (select 1 from published.payment_list as p where p.voucher_id = v.voucher_id)
),
happened as (
    select
        'apply' as event, policy_year, voucher_id, applicant_id, contract_no, face_yuan as amount_yuan,
        cast(applied_at as date) as occurred_on, '第十一条' as article, 1 as nth, keeps_rest, file_sha256, row_no,
    from vouchers
    union all
    select
        'effect', policy_year, voucher_id, applicant_id, contract_no, null,
        cast(effective_at as date), '第十一条', 1, keeps_rest, file_sha256, row_no,
    from vouchers
    where effective_at is not null or state in ('effective', 'redeemed', 'expired')
    union all
    select
        unnest(['apply', 'effect']), policy_year, voucher_id, applicant_id, contract_no,
        unnest([claimed_yuan, null]), null, '第七条', 1, false, file_sha256, row_no,
    from opened
    union all
    select
        'redeem', p.policy_year, p.voucher_id, coalesce(v.applicant_id, p.applicant_id), p.contract_no, p.amount_yuan,
        p.occurred_on, '第十二条',
        row_number() over (partition by p.policy_year, p.voucher_id order by p.line_no, p.file_sha256, p.row_no),
        coalesce(v.keeps_rest, false), p.file_sha256, p.row_no,
    from paid as p
    left join vouchers as v on v.voucher_id = p.voucher_id and v.policy_year = p.policy_year
    union all
    select
        case state when 'expired' then 'lapse' else 'revoke' end, policy_year, voucher_id, applicant_id, contract_no,
        null, null, case state when 'expired' then '第十四条' else '第十七条' end, 1, keeps_rest, file_sha256, row_no,
    from vouchers
    where state in ('expired', 'revoked')
    union all
    -- A receipt for a claim nobody knows stands under the claim's number; the ledger refuses it by name.
    select
        'recover',
        coalesce(v.policy_year, c.policy_year, cast(year(r.recovered_on) as integer)) as year_of_voucher,
        coalesce(v.voucher_id, nullif(concat_ws('/', c.policy_year, c.applicant_id, c.contract_no), ''), r.claim_id) as voucher,
        c.applicant_id, c.contract_no, r.recovered_yuan, r.recovered_on, '第十七条',
        row_number() over (partition by year_of_voucher, voucher order by r.recovered_on, r.receipt_no),
        false, r.file_sha256, r.row_no,
    from lake.recovery as r
    left join reconciled.claim_paper as c using (claim_id)
    left join vouchers as v on v.voucher_id = c.voucher_id
),
years as (
    select
        'open' as event, policy_year, null as voucher_id, null as applicant_id, null as contract_no,
        policy.optional_number('pool.amount_yuan', make_date(policy_year, 1, 1)) as amount_yuan,
        null as occurred_on, '第七条' as article, 1 as nth, false as keeps_rest, null as file_sha256, null as row_no,
    from (select distinct policy_year from happened where event <> 'recover')
)
select
    row_number() over (
        order by
            policy_year,
            voucher_id nulls first,
            list_position(['open', 'apply', 'effect', 'redeem', 'lapse', 'revoke', 'recover'], event),
            nth
    ) as event_no,
    event,
    cast(policy_year as integer) as policy_year,
    voucher_id,
    applicant_id,
    contract_no,
    cast(amount_yuan as decimal(18, 2)) as amount_yuan,
    cast(occurred_on as date) as occurred_on,
    article,
    cast(nth as integer) as nth,
    keeps_rest,
    file_sha256,
    row_no,
from (select * from years union all select * from happened)
order by event_no
