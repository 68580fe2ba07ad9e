/*
id = "PRG-006"
title_zh = "先到先得倒序"
title_en = "A later applicant was paid first"
article = "第三条、第七条"
severity = "note"
status = "active"
subject = "claim"
because_zh = "本申请的先后时刻为 {queue_at}，因年度总额不足核减 {amount_at_risk_yuan} 元；而 {policy_year} 年度往期兑现中，材料齐全更晚的券已有 {later_count} 张兑现 {later_yuan} 元（最晚者 {later_voucher_id}，齐全于 {later_at}），另有 {unknown_count} 笔往期兑现查不到齐全时刻。"
because_en = "This claim's place in the queue is {queue_at}, and {amount_at_risk_yuan} yuan of it are cut because the pool is spent; yet in {policy_year} {later_count} voucher(s) whose papers were complete later were redeemed already, {later_yuan} yuan (the latest {later_voucher_id}, complete at {later_at}); for {unknown_count} earlier redemption(s) no such time is on file."
innocent_zh = [
    "在先的申请当时材料不齐或尚未完成服务：请核对材料齐全时间和兑现提交时间。",
    "在后的券先完成服务、先行兑现，而当时总额尚足：由专家组决定余额如何安排。",
]
innocent_en = [
    "The earlier claim lacked papers or its service was not complete: check when papers were complete and the claim was filed.",
    "A later voucher was used and redeemed first while the pool sufficed: the panel decides on the rest.",
]

[evidence]
policy_year = "年度"
queue_at = "先到先得的时刻（北京时间）"
later_count = "齐全更晚而已兑现的券数"
later_yuan = "其已兑现金额，元"
later_voucher_id = "其中齐全最晚的券号；— 为没有"
later_at = "其材料齐全时刻（北京时间）；— 为没有"
unknown_count = "当年往期兑现中查不到齐全时刻的笔数"
amount_at_risk_yuan = "因年度总额核减，元"

[[trace]]
relation = "lake.grant_history"
using = ["policy_year"]
where = "r.funder is null and r.voucher_id = j.later_voucher_id"
*/
with redeemed as (
    select h.policy_year, h.voucher_id, v.completed_at, sum(h.redeemed_yuan) as redeemed_yuan,
    from reconciled.earlier_grant as h
    left join lake.voucher as v using (voucher_id)
    where h.redeemed_yuan > 0
    group by h.policy_year, h.voucher_id, v.completed_at
),
compared as (
    select
        c.claim_id,
        count(*) filter (where r.completed_at > c.queue_at) as later_count,
        sum(r.redeemed_yuan) filter (where r.completed_at > c.queue_at) as later_yuan,
        arg_max(r.voucher_id, (r.completed_at, r.voucher_id)) filter (where r.completed_at > c.queue_at) as later_voucher_id,
        max(r.completed_at) filter (where r.completed_at > c.queue_at) as later_at,
        count(*) filter (where r.completed_at is null) as unknown_count,
    from reconciled.claim_paper as c
    join redeemed as r on r.policy_year = c.policy_year and r.voucher_id is distinct from c.voucher_id
    group by c.claim_id
)
select
    a.claim_id as subject_id,
    case
        when not a.is_in_queue then 'not_applicable'
        when a.pool_cut_yuan = 0 then 'pass'
        when r.later_count > 0 then 'flag'
        when coalesce(r.unknown_count, 0) = 0 then 'pass'
        else 'unknown'
    end as verdict,
    a.policy_year,
    strftime(c.queue_at, '%Y-%m-%d %H:%M:%S') as queue_at,
    coalesce(r.later_count, 0) as later_count,
    cast(coalesce(r.later_yuan, 0) as decimal(18, 2)) as later_yuan,
    coalesce(r.later_voucher_id, '—') as later_voucher_id,
    coalesce(strftime(r.later_at, '%Y-%m-%d %H:%M:%S'), '—') as later_at,
    coalesce(r.unknown_count, 0) as unknown_count,
    a.pool_cut_yuan as amount_at_risk_yuan,
from decided.award as a
join reconciled.claim_paper as c using (claim_id)
left join compared as r using (claim_id)
