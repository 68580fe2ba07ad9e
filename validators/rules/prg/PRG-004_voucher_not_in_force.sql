/*
id = "PRG-004"
title_zh = "算力券失效或未生效"
title_en = "Voucher expired or not in effect"
article = "第十一条、第十四条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "券 {voucher_id} 登记的状态为{state_zh}、合同为 {voucher_contract_no}，生效于 {effective_at}，有效至 {valid_until}；本申请为合同 {contract_no}，提交于 {submitted_at}。第十一条要求审核后生效，第十四条规定当年有效、过期自动失效。"
because_en = "Voucher {voucher_id} stands as {voucher_state} for contract {voucher_contract_no}, took effect at {effective_at} and is valid until {valid_until}; the claim is for contract {contract_no} and was filed at {submitted_at}. Article 11 asks for approval first; under article 14 a voucher lapses at the end of its year."
innocent_zh = [
    "服务在当年完成而材料在次年年初递交：条文未定递交期限，请主管部门明确（解读 R35）。",
    "审核已通过而券登记未更新：请提供市县数据管理部门的审核记录。",
]
innocent_en = [
    "Service ended in the year and the papers came early in the next: the text sets no date; it is for the bureau to make clear (reading R35).",
    "The review is passed and the voucher register not updated: provide the record of review.",
]
policy = ["voucher.redeem_grace_days", "voucher.late_filing_days"]

[evidence]
contract_no = "申请的合同编号"
voucher_id = "券号"
voucher_contract_no = "券登记的合同编号"
voucher_state = "券状态"
state_zh = "券状态的中文"
effective_at = "生效时间（北京时间）；— 为未生效"
valid_until = "有效期末日：生效当年12月31日；— 为未生效"
submitted_at = "兑现申请提交时间（北京时间）"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.voucher"
using = ["voucher_id"]
*/
with dated as (
    select
        c.*,
        v.contract_no as voucher_contract_no,
        -- A paper of other parties is no framework; one whose parties are not on file is what the order says.
        v.contract_no = c.contract_no
            or v.contract_no = k.parent_contract_no
                and (f.contract_no is null or w.framework_no is not null) as is_for_contract,
        make_date(year(c.effective_at), 12, 31) as valid_until,
        cast(policy.number('voucher.redeem_grace_days', c.submitted_on) as integer) as grace_days,
        cast(policy.number('voucher.late_filing_days', c.submitted_on) as integer) as late_days,
    from reconciled.claim_paper as c
    left join lake.voucher as v using (voucher_id)
    left join lake.contract as k on k.contract_no = c.contract_no
    left join lake.contract as f on f.contract_no = k.parent_contract_no
    left join reconciled.framework as w on w.contract_no = c.contract_no
)
select
    claim_id as subject_id,
    case
        when not has_voucher then 'unknown'
        when voucher_state = 'revoked' then 'flag'
        when voucher_state = 'applied' and effective_at is null then 'flag'
        when submitted_at < effective_at then 'flag'
        when submitted_on > valid_until + grace_days + late_days then 'flag'
        when submitted_on > valid_until + grace_days then 'unknown'
        -- Filed in time and lapsed since, or lapsed early: the register cannot tell.
        when voucher_state = 'expired' then 'unknown'
        when is_for_contract and submitted_on <= valid_until + grace_days then 'pass'
        else 'unknown'
    end as verdict,
    contract_no,
    voucher_id,
    voucher_contract_no,
    voucher_state,
    case voucher_state
        when 'applied' then '已申领' when 'effective' then '已生效' when 'redeemed' then '已兑现'
        when 'expired' then '已过期' when 'revoked' then '已撤销'
    end as state_zh,
    coalesce(strftime(effective_at, '%Y-%m-%d %H:%M'), '—') as effective_at,
    coalesce(cast(valid_until as varchar), '—') as valid_until,
    strftime(submitted_at, '%Y-%m-%d %H:%M') as submitted_at,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from dated
