/*
id = "CON-001"
title_zh = "合同期限越年"
title_en = "Contract term passes 31 December or lies outside the year"
article = "第十一条"
severity = "block"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 的期限为 {starts_on} 至 {ends_on}，而券 {voucher_id} {issued_zh}，所属年度为 {policy_year} 年；第十一条要求服务合同期限不超过当年12月31日（{year_ends_on}）。越年的用量不计入，请专家组决定是否按当年部分受理。"
because_en = "Contract {contract_no} runs from {starts_on} to {ends_on}, while voucher {voucher_id} {issued_en} and belongs to {policy_year}; article 11 asks that the term not pass {year_ends_on}. Usage beyond that day does not count; the panel decides whether to accept the part within the year."
unknown_zh = [
    "合同 {contract_no} 至 {ends_on} 结束；券未收到，所属年度看不出，期限是否越年无从判断。请补交券的申领记录（voucher）。",
    "合同 {contract_no} 未收到，期限是否越过当年12月31日无从核对。请补交合同。",
]
unknown_en = [
    "Contract {contract_no} ends on {ends_on}; its voucher is not on file, so the year it belongs to is unknown and whether the term passes it cannot be told. Please hand in the voucher (voucher).",
    "Contract {contract_no} is not on file, so whether its term passes 31 December of the year cannot be checked. Please hand in the contract.",
]
innocent_zh = [
    "年中签订的一年期合同，越年部分另行结算：请提供按年结算的条款或补充协议。",
    "结束日期误填为次日（12月31日24时即次年1月1日零时）：请提供合同原件期限页。",
]
innocent_en = [
    "A one-year contract signed mid-year, the part in the next year settled apart: provide the clause or supplement.",
    "The end is filled in as the next day (24:00 of 31 December is 0:00 of 1 January): provide the page with the term.",
]
policy = ["contract.cross_year"]

[evidence]
severity = "后果：解读 R28 取“暂缓，交专家组”的为暂缓待核，取“不予”的为建议不予"
contract_no = "合同编号"
voucher_id = "券号"
starts_on = "合同开始日期"
ends_on = "合同结束日期（含）"
issued_zh = "券申领日期；在另一年生效的，并列生效日期"
issued_en = "同上，英文"
policy_year = "所属年度"
year_ends_on = "当年12月31日"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.contract"
using = ["contract_no"]

[[trace]]
relation = "lake.voucher"
using = ["voucher_id"]
*/
select
    claim_id as subject_id,
    case
        -- The year is that of the voucher; without it nobody can say which year the term should keep to.
        when not has_contract or not has_voucher then 'unknown'
        when ends_on < make_date(policy_year, 1, 1) then 'flag'
        when ends_on <= make_date(policy_year, 12, 31) then 'pass'
        when policy.word('contract.cross_year', submitted_on) = 'truncate' then 'pass'
        when ends_on > make_date(policy_year, 12, 31) then 'flag'
        else 'unknown'
    end as verdict,
    case policy.word('contract.cross_year', submitted_on) when 'reject' then 'block' else 'hold' end as severity,
    contract_no,
    voucher_id,
    starts_on,
    ends_on,
    concat(
        '申领于 ' || cast(applied_at as date),
        case when applied_year <> policy_year then '、生效于 ' || cast(effective_at as date) end
    ) as issued_zh,
    concat(
        'was applied for on ' || cast(applied_at as date),
        case when applied_year <> policy_year then ', took effect on ' || cast(effective_at as date) end
    ) as issued_en,
    policy_year,
    make_date(policy_year, 12, 31) as year_ends_on,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper
