/*
id = "REC-010"
title_zh = "退回的资料行可能减少金额"
title_en = "A refused row may lower the sum"
article = "第十二条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "与合同 {contract_no} 有关的资料有 {refused_count} 行读不出而退回，尚未补正：{tables_zh}；其一的原因：{reason_zh}。所载的红字、退款、往期兑现或名单条目，本次没有计入。"
because_en = "{refused_count} row(s) that bear on contract {contract_no} could not be read, were refused and are not corrected yet: {tables_en}. A red letter, refund, earlier grant or entry on a list that they hold is not counted."
innocent_zh = [
    "日期、金额写成了文字或带了单位、括号：请按模板改正后重交，同名的文件即取代退回的行。",
    "退回的行是多余的，如合计行、备注行：请删去后以同一文件名重交。",
    "退回的是蓝字发票或付款，只使认定偏低：补正之后金额只会增加。",
]
innocent_en = [
    "A date or an amount was written in words, with a unit or in brackets: correct it as in the template and hand it in again; a file of the same name takes the place of the refused rows.",
    "The refused row is none, such as a total or a remark: remove it and hand in the file under the same name.",
    "What was refused is an ordinary invoice or a payment, so that less is recognised: once corrected the sum can only rise.",
]
policy = []

[evidence]
contract_no = "合同编号"
refused_count = "退回而尚未补正的行数"
tables_zh = "各表的行数；— 为没有"
tables_en = "各表的行数，英文"
reason_zh = "退回原因之一；— 为没有"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "reconciled.refused_paper"
using = ["claim_id"]
where = "not r.is_cured"
*/
with counted as (
    select claim_id, table_name, count(*) as row_count, min(reason_zh) as reason_zh
    from reconciled.refused_paper
    where not is_cured
    group by claim_id, table_name
),
named as (
    select
        *,
        case table_name
            when 'invoice' then '发票'
            when 'payment' then '付款凭证'
            when 'grant_history' then '往期兑现'
            when 'blacklist' then '信用名单'
        end as table_zh,
    from counted
),
told as (
    select
        claim_id,
        sum(row_count) as refused_count,
        array_to_string(list(table_zh || ' ' || row_count || ' 行' order by table_name), '、') as tables_zh,
        array_to_string(list(table_name || ' ' || row_count order by table_name), ', ') as tables_en,
        min(reason_zh) as reason_zh,
    from named
    group by claim_id
)
select
    c.claim_id as subject_id,
    case when t.refused_count > 0 then 'flag' when t.claim_id is null then 'pass' end as verdict,
    c.contract_no,
    coalesce(t.refused_count, 0) as refused_count,
    coalesce(t.tables_zh, '—') as tables_zh,
    coalesce(t.tables_en, '—') as tables_en,
    coalesce(t.reason_zh, '—') as reason_zh,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join told as t using (claim_id)
