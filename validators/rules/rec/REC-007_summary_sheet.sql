/*
id = "REC-007"
title_zh = "汇总表勾稽不符"
title_en = "Summary sheet does not foot"
article = "第十二条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "汇总表 {summary_no} 共列 {line_count} 行，费用之和 {lines_cost_yuan} 元、兑现金额之和 {lines_subsidy_yuan} 元；表上所写合计为 {stated_count} 行、{stated_cost_yuan}、{stated_subsidy_yuan}。本申请在表中为费用 {listed_cost_yuan} 元、兑现金额 {listed_subsidy_yuan} 元，申请为 {claimed_cost_yuan} 元、{claimed_subsidy_yuan} 元。不符或缺少：{faults_zh}。请服务机构更正后另编一号重报（第十二条第（二）项）。"
because_en = "Summary sheet {summary_no} has {line_count} line(s), which add up to a cost of {lines_cost_yuan} yuan and a subsidy of {lines_subsidy_yuan} yuan; the total on the sheet is {stated_count} line(s), {stated_cost_yuan} and {stated_subsidy_yuan}. The sheet gives this claim a cost of {listed_cost_yuan} yuan and a subsidy of {listed_subsidy_yuan} yuan, the claim itself {claimed_cost_yuan} yuan and {claimed_subsidy_yuan} yuan. Different or missing: {faults}. Please correct the sheet and hand it in again under a new number (article 12, item 2)."
innocent_zh = [
    "汇总表有隐藏或筛选掉的行，合计含这些行而报送的明细不含：请取消筛选后连同全部行重报。",
    "汇总表更正后沿用原编号，旧行仍在：请另编一号重报全表。",
    "各行在原表中有更多小数位，显示时已舍入：请以分为单位取整后重算合计。",
]
innocent_en = [
    "The summary has hidden or filtered rows that its total includes: clear the filter and file all rows again.",
    "The summary was corrected under its old number and the old rows remain: file the whole under a new number.",
    "The lines had more decimals and were rounded for display: round to the cent and add up again.",
]
policy = ["summary.tolerance_yuan", "summary.rounding_yuan"]

[evidence]
provider_id = "服务机构代码"
summary_no = "列有本申请的汇总表编号；列于多张的取相符的一张；— 为没有一张列出本申请，而本机构有行数不足的汇总表"
line_count = "汇总表明细的行数"
lines_cost_yuan = "各行费用之和，元"
lines_subsidy_yuan = "各行兑现金额之和，元"
stated_count = "表上所写的行数；— 为没有合计"
stated_cost_yuan = "表上所写的费用合计，元或万元，照录；— 为没有"
stated_subsidy_yuan = "表上所写的兑现金额合计，元或万元，照录；— 为没有"
listed_cost_yuan = "本申请在表中的费用，元；分列多行的为其和；— 为没有"
listed_subsidy_yuan = "本申请在表中的兑现金额，元；分列多行的为其和；— 为没有"
claimed_cost_yuan = "申报实际费用，元"
claimed_subsidy_yuan = "申报兑现金额，元"
faults_zh = "不符或缺少的各项；— 为没有"
faults = "同上的英文"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.summary_line"
using = ["provider_id", "summary_no"]

[[trace]]
relation = "lake.summary_total"
using = ["provider_id", "summary_no"]
*/
-- A provider answers for its own sheets: a sheet of another that names the claim is not looked at.
with asked as (
    select
        claim_id,
        provider_id,
        claimed_cost_yuan,
        claimed_subsidy_yuan,
        cast(policy.number('summary.tolerance_yuan', submitted_on) as decimal(18, 2)) as slack_yuan,
        cast(policy.number('summary.rounding_yuan', submitted_on) as decimal(18, 2)) as rounding_yuan,
    from reconciled.claim_paper
),
footed as (
    select
        provider_id,
        summary_no,
        count(*) as line_count,
        sum(claimed_cost_yuan) as lines_cost_yuan,
        sum(claimed_subsidy_yuan) as lines_subsidy_yuan,
    from lake.summary_line
    group by provider_id, summary_no
),
listed as (
    select
        provider_id,
        summary_no,
        claim_id,
        sum(claimed_cost_yuan) as listed_cost_yuan,
        sum(claimed_subsidy_yuan) as listed_subsidy_yuan,
    from lake.summary_line
    group by provider_id, summary_no, claim_id
),
-- A sheet that states more lines than were handed in may hold any claim of its provider that is on no sheet.
short as (
    select t.provider_id
    from lake.summary_total as t
    left join footed as f using (provider_id, summary_no)
    where t.stated_count > coalesce(f.line_count, 0)
),
-- A total agrees in 元, a cent a line, or else in 万元, to what that unit leaves out when it is printed.
compared as (
    select
        a.*,
        f.* exclude (provider_id),
        t.stated_count,
        t.stated_cost_yuan,
        t.stated_subsidy_yuan,
        l.listed_cost_yuan,
        l.listed_subsidy_yuan,
        f.line_count <> t.stated_count as is_count_off,
        abs(f.lines_cost_yuan - t.stated_cost_yuan) > f.line_count * a.slack_yuan
            and abs(f.lines_cost_yuan - t.stated_cost_yuan * 10000) > a.rounding_yuan as is_cost_off,
        abs(f.lines_subsidy_yuan - t.stated_subsidy_yuan) > f.line_count * a.slack_yuan
            and abs(f.lines_subsidy_yuan - t.stated_subsidy_yuan * 10000) > a.rounding_yuan as is_subsidy_off,
        abs(l.listed_cost_yuan - a.claimed_cost_yuan) > a.slack_yuan
            or abs(l.listed_subsidy_yuan - a.claimed_subsidy_yuan) > a.slack_yuan as is_line_off,
    from asked as a
    left join listed as l using (claim_id, provider_id)
    left join footed as f using (provider_id, summary_no)
    left join lake.summary_total as t using (provider_id, summary_no)
),
-- A corrected sheet cures the one before it: of several the one that agrees is taken.
chosen as (
    select
        *,
        is_count_off or is_cost_off or is_subsidy_off or is_line_off as is_off,
        concat_ws(
            '、',
            case when is_count_off then '行数' end,
            case when is_cost_off then '费用合计' end,
            case when is_subsidy_off then '兑现金额合计' end,
            case when is_line_off then '本申请一行' end,
            case when summary_no is null then '本申请一行' when stated_count is null then '表上的合计' end
        ) as faults_zh,
        concat_ws(
            ', ',
            case when is_count_off then 'number of lines' end,
            case when is_cost_off then 'total cost' end,
            case when is_subsidy_off then 'total subsidy' end,
            case when is_line_off then 'line of this claim' end,
            case when summary_no is null then 'line of this claim' when stated_count is null then 'stated total' end
        ) as faults,
    from compared
    qualify row_number() over (partition by claim_id order by is_off is true, is_off is null, summary_no) = 1
)
select
    claim_id as subject_id,
    case
        when summary_no is null and provider_id not in (select provider_id from short) then 'not_applicable'
        when is_off then 'flag'
        when not is_off then 'pass'
        else 'unknown'
    end as verdict,
    provider_id,
    coalesce(summary_no, '—') as summary_no,
    coalesce(line_count, 0) as line_count,
    cast(coalesce(lines_cost_yuan, 0) as decimal(18, 2)) as lines_cost_yuan,
    cast(coalesce(lines_subsidy_yuan, 0) as decimal(18, 2)) as lines_subsidy_yuan,
    stated_count,
    -- As printed: two decimals of 元, up to six of 万元.
    regexp_replace(cast(stated_cost_yuan as varchar), '0{1,4}$', '') as stated_cost_yuan,
    regexp_replace(cast(stated_subsidy_yuan as varchar), '0{1,4}$', '') as stated_subsidy_yuan,
    cast(listed_cost_yuan as decimal(18, 2)) as listed_cost_yuan,
    cast(listed_subsidy_yuan as decimal(18, 2)) as listed_subsidy_yuan,
    claimed_cost_yuan,
    claimed_subsidy_yuan,
    coalesce(nullif(faults_zh, ''), '—') as faults_zh,
    coalesce(nullif(faults, ''), '—') as faults,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from chosen
