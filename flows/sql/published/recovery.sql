/*
title_zh = "应追回的资金"
grain_zh = "每笔已兑现而现算金额或专家组最近的意见低于已兑现的申请一行；是否追回由主管部门决定"
no_rows_without = ["decided.award", "decided.disposition", "reconciled.claim_paper", "reconciled.claim_redeemed"]
[columns]
claim_id = "申请编号"
policy_year = "年度"
voucher_id = "券号"
contract_no = "合同编号"
applicant_id = "申领单位代码"
provider_id = "服务机构代码"
redeemed_yuan = "已兑现金额，元"
redeemed_on = "兑现所据的专家意见之日；未收录的为空"
due_yuan = "按现有事实应兑现的金额，元，不超过专家组最近的意见；不予兑现而未被推翻的、专家组不予的为 0.00"
recovered_yuan = "已追回到账的金额，元"
recover_yuan = "尚应追回的金额，元"
grade = "程度：core 基本条件不成立（有否决项而未被推翻），formal 金额核减"
whole_when = "何时追回全部：core_breach 基本条件不成立时，any_breach 凡有不符时（解读 R37）"
disposition = "现在的处理建议"
rules = "成立的否决与核减规则"
red_letters = "兑现之后（不知兑现之日的，提交之后）开具的红字发票号码"
article = "条款"
cause_zh = "原因"
file_sha256 = "往期兑现来源文件的 SHA-256"
row_no = "往期兑现来源行号"
*/
-- A recovery is proposed here and confirmed by people; what came back is handed in with its receipt and posted.
with paid as (
    select
        r.*,
        c.policy_year,
        c.voucher_id,
        c.contract_no,
        c.applicant_id,
        c.provider_id,
        c.submitted_on,
        d.disposition,
        least(
            case when d.disposition = 'reject' then coalesce(o.allowed_yuan, 0) else a.proposed_subsidy_yuan end,
            case h.decision when 'reject' then 0 when 'adjust' then h.adjusted_yuan end
        ) as due_yuan,
        case h.decision when 'reject' then '专家组不予兑付' when 'adjust' then '专家组核定 ' || h.adjusted_yuan || ' 元' end as panel_zh,
        -- A block that the panel overrode with its reason breaks no condition: what is left is a matter of the sum.
        d.disposition = 'reject' and coalesce(o.allowed_yuan, 0) = 0 as is_core,
        policy.word('recovery.full_on', coalesce(r.redeemed_on, c.submitted_on)) as whole_when,
    from reconciled.claim_redeemed as r
    join reconciled.claim_paper as c using (claim_id)
    join decided.disposition as d using (claim_id)
    join decided.award as a using (claim_id)
    left join published.allowance as o using (claim_id)
    left join published.decision_history as h on h.claim_id = r.claim_id and h.is_latest
),
broken as (
    select
        claim_id,
        list(distinct rule_id order by rule_id) as rules,
    from decided.verdict
    where verdict = 'flag' and severity in ('block', 'adjust')
    group by claim_id
),
red as (
    select
        p.claim_id,
        list(distinct l.red_number order by l.red_number) as red_letters,
    from paid as p
    join reconciled.claim_invoice_use as u on u.claim_id = p.claim_id
    join reconciled.red_letter as l on l.invoice_number = u.invoice_number
    where l.issued_on > coalesce(p.redeemed_on, p.submitted_on)
    group by p.claim_id
),
returned as (
    select claim_id, sum(recovered_yuan) as recovered_yuan from lake.recovery group by claim_id
),
graded as (
    select
        p.*,
        coalesce(t.recovered_yuan, 0) as recovered_yuan,
        case when p.is_core then 'core' else 'formal' end as grade,
        coalesce(b.rules, []) as rules,
        coalesce(r.red_letters, []) as red_letters,
    from paid as p
    left join broken as b using (claim_id)
    left join red as r using (claim_id)
    left join returned as t using (claim_id)
    where p.due_yuan < p.redeemed_yuan
)
select
    claim_id,
    policy_year,
    voucher_id,
    contract_no,
    applicant_id,
    provider_id,
    redeemed_yuan,
    redeemed_on,
    cast(due_yuan as decimal(18, 2)) as due_yuan,
    cast(recovered_yuan as decimal(18, 2)) as recovered_yuan,
    cast(greatest(0, case
        when grade = 'core' or whole_when = 'any_breach' then redeemed_yuan
        else redeemed_yuan - due_yuan
    end - recovered_yuan) as decimal(18, 2)) as recover_yuan,
    grade,
    whole_when,
    disposition,
    rules,
    red_letters,
    policy.cited('第十七条') as article,
    concat_ws(
        '；',
        '已兑现 ' || redeemed_yuan || ' 元，应兑现 ' || cast(due_yuan as decimal(18, 2)) || ' 元',
        panel_zh,
        case when len(rules) > 0 then '规则 ' || array_to_string(rules, '、') end,
        case when len(red_letters) > 0 then '兑现之后的红字发票 ' || array_to_string(red_letters, '、') end
    ) as cause_zh,
    file_sha256,
    row_no,
from graded
order by claim_id
