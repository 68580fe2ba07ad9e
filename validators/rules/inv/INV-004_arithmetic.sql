/*
id = "INV-004"
title_zh = "发票税额或合计计算不符"
title_en = "Invoice arithmetic does not hold"
article = "第十二条"
severity = "hold"
status = "active"
subject = "invoice"
because_zh = "发票 {invoice_number} 票面金额 {net_yuan} 元、税额 {tax_yuan} 元、价税合计 {gross_yuan} 元，{line_count} 行明细金额合计 {line_net_yuan} 元、税额合计 {line_tax_yuan} 元：{fault_zh}。"
because_en = "Invoice {invoice_number} states net {net_yuan} yuan, tax {tax_yuan} yuan, gross {gross_yuan} yuan; its {line_count} line(s) sum up to net {line_net_yuan} yuan, tax {line_tax_yuan} yuan: {fault_en}."
innocent_zh = [
    "逐行四舍五入：每行至多差一分，明细行数乘以一分以内已放过。",
    "差额征税的发票税额不等于金额乘以税率：请在备注栏注明“差额征税”，或提交差额扣除凭证。",
    "只交来一部分明细，或录入时看错一行：请补全明细，或提交数电票原件（XML 或 OFD）核对。",
]
innocent_en = [
    "Each line is rounded by a cent at most: a difference within the number of lines times a cent is let pass.",
    "With taxation of the margin, tax is not amount times rate: note it on the invoice, or hand in the proof of deduction.",
    "Only some lines were handed in, or one was misread: complete them, or hand in the original e-invoice (XML or OFD).",
]
policy = ["invoice.line_tax_tolerance_yuan", "invoice.vat_rates"]
[evidence]
claim_id = "使用该发票的申请编号"
contract_no = "合同编号"
invoice_number = "发票号码"
net_yuan = "票面金额（不含税），元"
tax_yuan = "票面税额，元"
gross_yuan = "票面价税合计，元"
line_count = "收到的明细行数"
line_net_yuan = "明细金额合计，元；— 为没有"
line_tax_yuan = "明细税额合计，元；— 为没有"
wrong_tax_count = "税额与金额乘以税率相差超过容许的行数"
wrong_rate_count = "税率不在税率表的行数"
first_wrong_line = "其中第一行的行号"
fault_zh = "不符之处"
fault_en = "the same in English"
amount_at_risk_yuan = "税额或合计相差最大的一处，元"
[[trace]]
relation = "lake.invoice"
using = ["invoice_number"]
[[trace]]
relation = "lake.invoice_line"
using = ["invoice_number"]
*/
with used as (
    select
        f.*,
        policy.number('invoice.line_tax_tolerance_yuan', f.issued_on) as slack_yuan,
        cast(string_split(policy.word('invoice.vat_rates', f.issued_on), ',') as decimal(9, 6)[]) as rates,
        coalesce(contains(i.remark, '差额征税'), false) as is_margin_taxed,
    from reconciled.claim_invoice_face as f
    left join lake.invoice as i using (invoice_number)
    where not f.is_red
),
lines as (
    select
        u.claim_id,
        u.invoice_number,
        l.line_no,
        l.net_yuan,
        l.tax_yuan,
        abs(round(l.net_yuan * l.tax_rate, 2) - l.tax_yuan) as off_yuan,
        abs(round(l.net_yuan * l.tax_rate, 2) - l.tax_yuan) > u.slack_yuan and not u.is_margin_taxed as is_tax_wrong,
        not list_contains(u.rates, l.tax_rate) as is_rate_wrong,
    from used as u
    join lake.invoice_line as l using (invoice_number)
),
summed as (
    select
        claim_id,
        invoice_number,
        count(*) as line_count,
        sum(net_yuan) as line_net_yuan,
        sum(tax_yuan) as line_tax_yuan,
        count(*) filter (where is_tax_wrong) as wrong_tax_count,
        count(*) filter (where is_rate_wrong) as wrong_rate_count,
        max(off_yuan) filter (where is_tax_wrong) as off_yuan,
        arg_min(line_no, (coalesce(try_cast(line_no as integer), 0), line_no)) filter (where is_tax_wrong or is_rate_wrong)
            as first_wrong_line,
    from lines
    group by claim_id, invoice_number
),
compared as (
    select
        u.*,
        s.* exclude (claim_id, invoice_number),
        abs(u.net_yuan + u.tax_yuan - u.gross_yuan) as head_off_yuan,
        abs(s.line_tax_yuan - u.tax_yuan) as tax_off_yuan,
        abs(s.line_net_yuan - u.net_yuan) as net_off_yuan,
        s.line_count * u.slack_yuan as sum_slack_yuan,
        -- Lines that sum up to less than the head, in net and in tax, are lines that are not all here.
        abs(s.line_net_yuan) < abs(u.net_yuan) - s.line_count * u.slack_yuan and abs(s.line_tax_yuan) <= abs(u.tax_yuan) as is_partial,
    from used as u
    left join summed as s on s.claim_id = u.claim_id and s.invoice_number = u.invoice_number
),
judged as (
    select
        *,
        case
            when not is_handed_in then 'unknown'
            when effective_gross_yuan = 0 then 'not_applicable'
            when head_off_yuan > 0 or wrong_tax_count > 0 or wrong_rate_count > 0 then 'flag'
            when line_count is null then 'pass'
            when is_partial then 'unknown'
            when tax_off_yuan > sum_slack_yuan or net_off_yuan > sum_slack_yuan then 'flag'
            when tax_off_yuan <= sum_slack_yuan and net_off_yuan <= sum_slack_yuan then 'pass'
            else 'unknown'
        end as verdict,
    from compared
)
select
    case when j.invoice_number is null then c.claim_id else c.claim_id || '/' || j.invoice_number end as subject_id,
    coalesce(j.verdict, 'unknown') as verdict,
    c.claim_id,
    c.contract_no,
    j.invoice_number,
    j.net_yuan,
    j.tax_yuan,
    j.gross_yuan,
    coalesce(j.line_count, 0) as line_count,
    cast(j.line_net_yuan as decimal(18, 2)) as line_net_yuan,
    cast(j.line_tax_yuan as decimal(18, 2)) as line_tax_yuan,
    j.wrong_tax_count,
    j.wrong_rate_count,
    j.first_wrong_line,
    coalesce(nullif(concat_ws('；',
        case when j.invoice_number is null then '本申请没有可用的发票' end,
        case when not j.is_handed_in then '发票未收到' end,
        case when j.head_off_yuan > 0 then '金额加税额与价税合计相差 ' || j.head_off_yuan || ' 元' end,
        case when j.wrong_tax_count > 0 then j.wrong_tax_count || ' 行税额与金额乘以税率不符，自第 ' || j.first_wrong_line || ' 行起，最多相差 ' || j.off_yuan || ' 元' end,
        case when j.wrong_rate_count > 0 then j.wrong_rate_count || ' 行的税率不在税率表，自第 ' || j.first_wrong_line || ' 行起' end,
        case when j.is_partial then '明细未交全' end,
        case when not j.is_partial and j.tax_off_yuan > j.sum_slack_yuan then '明细税额合计与票面相差 ' || j.tax_off_yuan || ' 元' end,
        case when not j.is_partial and j.net_off_yuan > j.sum_slack_yuan then '明细金额合计与票面相差 ' || j.net_off_yuan || ' 元' end
    ), ''), '相符') as fault_zh,
    coalesce(nullif(concat_ws('; ',
        case when j.invoice_number is null then 'the claim has no usable invoice' end,
        case when not j.is_handed_in then 'the invoice was not handed in' end,
        case when j.head_off_yuan > 0 then 'net plus tax differs from gross by ' || j.head_off_yuan || ' yuan' end,
        case when j.wrong_tax_count > 0 then 'tax differs from net times rate in ' || j.wrong_tax_count || ' line(s) from line ' || j.first_wrong_line || ' on, by ' || j.off_yuan || ' yuan at most' end,
        case when j.wrong_rate_count > 0 then 'no such tax rate in ' || j.wrong_rate_count || ' line(s) from line ' || j.first_wrong_line || ' on' end,
        case when j.is_partial then 'not all lines were handed in' end,
        case when not j.is_partial and j.tax_off_yuan > j.sum_slack_yuan then 'tax of the lines differs from the head by ' || j.tax_off_yuan || ' yuan' end,
        case when not j.is_partial and j.net_off_yuan > j.sum_slack_yuan then 'net of the lines differs from the head by ' || j.net_off_yuan || ' yuan' end
    ), ''), 'it holds') as fault_en,
    cast(greatest(j.head_off_yuan, j.off_yuan, j.tax_off_yuan, j.net_off_yuan) as decimal(18, 2)) as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join judged as j using (claim_id)
