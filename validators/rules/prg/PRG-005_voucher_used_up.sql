/*
id = "PRG-005"
title_zh = "券已兑现或超出券面"
title_en = "Voucher already redeemed, or more than its face"
article = "第十一条、第十二条、第十四条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "券 {voucher_id} 的券面为 {face_yuan} 元；往期已兑现 {redeemed_yuan} 元，在先的其他申请（{earlier_claims}）申报 {earlier_yuan} 元，本申请申报 {claimed_subsidy_yuan} 元，合计 {together_yuan} 元。一张券可否分次兑现：{partial_zh}（解读 R31）。"
because_en = "Voucher {voucher_id} has a face of {face_yuan} yuan; {redeemed_yuan} yuan were redeemed before, earlier claims ({earlier_claims}) ask for {earlier_yuan} yuan and this claim for {claimed_subsidy_yuan} yuan, {together_yuan} yuan together. May a voucher be redeemed in parts: {partial}."
unknown_zh = [
    "券 {voucher_id} 的券面为 {face_yuan} 元，而本申请申报 {claimed_subsidy_yuan} 元，两处不一，以何者为准看不出。请核对券面与申报金额。",
    "券 {voucher_id} 未收到，券面 {face_yuan} 元，是否够本申请申报的 {claimed_subsidy_yuan} 元无从比较。请补交券的申领记录（voucher）。",
]
unknown_en = [
    "Voucher {voucher_id} has a face of {face_yuan} yuan and this claim asks for {claimed_subsidy_yuan} yuan: the papers differ, and which of them is right cannot be seen. Please check both.",
    "Voucher {voucher_id} is not on file and its face is {face_yuan} yuan, so whether it covers the {claimed_subsidy_yuan} yuan of this claim cannot be compared. Please hand in the voucher (voucher).",
]
innocent_zh = [
    "前一申请已撤回或退回更正：请提供撤回或退回通知。",
    "券面按预计费用开具而实际费用更高：请按券面申报，或提供券面变更的审核记录。",
    "往期兑现误录了券号：请提供往期拨付凭证。",
]
innocent_en = [
    "The earlier claim was withdrawn or returned: provide the notice.",
    "The face value was set by the expected cost and the actual cost is higher: claim by the face value, or provide the approval of its change.",
    "The earlier redemption has a wrong voucher number: provide its proof of payment.",
]
policy = ["redeem.partial", "repeat.claims_per_contract"]

[evidence]
contract_no = "合同编号"
voucher_id = "券号"
face_yuan = "券面金额，元"
redeemed_yuan = "往期兑现中该券已兑现的金额，元"
earlier_claims = "凭该券在先的其他申请；— 为没有"
earlier_yuan = "其申报兑现金额合计，元"
claimed_subsidy_yuan = "本申请申报兑现金额，元"
together_yuan = "三者合计，元"
partial = "一张券可否分次兑现：no、yes"
partial_zh = "同上的中文"
amount_at_risk_yuan = "超出券面的部分；不可分次而已兑现的为本申请申报金额，元"

[[trace]]
relation = "lake.voucher"
using = ["voucher_id"]

[[trace]]
relation = "lake.grant_history"
using = ["voucher_id"]
where = "r.funder is null"
*/
-- A second claim on one contract is CON-002's to tell, and so is a contract that was redeemed before; here it counts
-- towards the face alone.
with queued as (
    select
        c.*,
        count(*) over before as claim_count,
        string_agg(c.claim_id, '、') over before as earlier_claims,
        list(c.contract_no) over before as earlier_contracts,
        coalesce(sum(c.claimed_subsidy_yuan) over before, 0) as earlier_yuan,
        policy.word('redeem.partial', c.submitted_on) as partial,
        policy.number('repeat.claims_per_contract', c.submitted_on) as allowed_count,
    from reconciled.claim_paper as c
    window before as (
        partition by c.voucher_id
        order by c.queue_at, c.submitted_at, c.claim_id
        rows between unbounded preceding and 1 preceding
    )
),
-- Voucher numbers may begin anew: what was redeemed before the year of this voucher was another one. What was paid on
-- a claim at hand is that claim, and counted with it.
redeemed as (
    select
        c.claim_id,
        sum(h.redeemed_yuan) as redeemed_yuan,
        bool_or(h.contract_no <> c.contract_no or h.applicant_id <> c.applicant_id) as is_elsewhere,
    from reconciled.claim_paper as c
    join reconciled.earlier_grant as h
        on h.voucher_id = c.voucher_id
        and h.policy_year >= least(c.policy_year, c.applied_year)
        and h.redeemed_yuan > 0
        and h.claim_id is null
    group by c.claim_id
),
summed as (
    select
        q.*,
        coalesce(r.redeemed_yuan, 0) as redeemed_yuan,
        coalesce(r.is_elsewhere, false) as is_elsewhere,
        len(list_filter(coalesce(q.earlier_contracts, []), lambda k: k <> q.contract_no)) as other_contract_count,
        len(list_filter(coalesce(q.earlier_contracts, []), lambda k: k = q.contract_no)) as same_contract_count,
        coalesce(r.redeemed_yuan, 0) + q.earlier_yuan + q.claimed_subsidy_yuan as together_yuan,
    from queued as q
    left join redeemed as r using (claim_id)
),
judged as (
    select
        *,
        partial = 'no' and (
            is_elsewhere
            or other_contract_count > 0
            or (same_contract_count > 0 and same_contract_count < allowed_count)
        ) as is_again,
        together_yuan > face_yuan as is_above,
        redeemed_yuan > 0 or (partial = 'yes' and claim_count > 0) as is_partly_used,
    from summed
)
select
    claim_id as subject_id,
    case
        when is_again then 'flag'
        when has_voucher and is_above and is_partly_used then 'flag'
        -- A first claim above the face: the papers differ, and which of them is right they do not say.
        when has_voucher and claimed_subsidy_yuan > face_yuan then 'unknown'
        when has_voucher and claimed_subsidy_yuan <= face_yuan then 'pass'
        else 'unknown'
    end as verdict,
    contract_no,
    voucher_id,
    face_yuan,
    cast(redeemed_yuan as decimal(18, 2)) as redeemed_yuan,
    coalesce(earlier_claims, '—') as earlier_claims,
    cast(earlier_yuan as decimal(18, 2)) as earlier_yuan,
    claimed_subsidy_yuan,
    cast(together_yuan as decimal(18, 2)) as together_yuan,
    partial,
    case partial when 'no' then '否' when 'yes' then '可' end as partial_zh,
    cast(case when is_again then claimed_subsidy_yuan else greatest(0, least(claimed_subsidy_yuan, together_yuan - face_yuan)) end
        as decimal(18, 2)) as amount_at_risk_yuan,
from judged
