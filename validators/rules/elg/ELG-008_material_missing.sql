/*
id = "ELG-008"
title_zh = "材料缺失"
title_en = "Required material missing"
article = "第十条、第十一条、第十二条"
severity = "block"
status = "active"
subject = "claim"
policy = ["provider.audit_report"]
because_zh = "{articles_zh}所列 {required_count} 种材料已交 {handed_in_count} 种，缺：{missing_zh}；请补齐后重报。"
because_en = "Of the {required_count} kinds of material that articles 10 to 12 ask for here, {handed_in_count} were handed in; missing: {missing_codes}. Please complete the file and hand it in again."
unknown_zh = [
    "没有收到任何兑现材料的清单，应交的 {required_count} 种材料交了没有无从核对。请交兑现材料表（material）。",
]
unknown_en = [
    "No list of redemption materials is on file at all, so whether the {required_count} kinds asked for were handed in cannot be checked. Please hand in the table of materials (material).",
]
innocent_zh = [
    "两项材料合订为一个文件而只登记了一项：请在材料清单中按各材料代码分别登记该文件。",
    "材料已在券申领时交到服务平台：请补登申领时的材料清单。",
    "服务机构的审计报告已在申请入库时交验，名单没有登记报备码：请补登。",
]
innocent_en = [
    "Two materials are bound in one file and only one is registered: register the file under each material code.",
    "The papers were handed to the platform with the voucher application: register that list.",
    "The audit report was shown when applying for the list, which lacks its filing code: add it.",
]

[evidence]
articles_zh = "列明这些材料的条款"
required_count = "应交材料种数"
handed_in_count = "已交材料种数"
missing_codes = "缺少的材料代码；— 为没有"
missing_zh = "缺少的材料名称；— 为没有"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.material"
using = ["claim_id"]
*/
with checklist(place, material_code, title_zh) as (
    values
        (1, 'service_contract', '服务合同'),
        (2, 'business_licence', '营业执照或法人证书'),
        (3, 'legal_rep_id', '法定代表人身份证'),
        (4, 'authenticity_pledge', '材料真实性承诺书'),
        (5, 'no_violation_pledge', '无违法违规行为承诺书'),
        (6, 'application_form', '兑现申请表'),
        (7, 'summary_table', '服务项目兑现汇总表'),
        (8, 'eligibility', '需求方资格审核材料'),
        (9, 'contract_original', '服务合同原件'),
        (10, 'invoice', '发票'),
        (11, 'usage_log', '用量日志')
),
handed_in as (
    select claim_id, material_code from lake.material group by claim_id, material_code
),
audited as (
    select provider_id from lake.provider where audit_report_code is not null group by provider_id
),
looked_for as (
    select c.claim_id, c.claimed_subsidy_yuan, l.*, h.claim_id is not null as is_there
    from reconciled.claim_paper as c
    cross join checklist as l
    left join handed_in as h on h.claim_id = c.claim_id and h.material_code = l.material_code
    union all
    -- 第十条第（三）项: the provider's own material, where the reading asks for more than its place on the list.
    select c.claim_id, c.claimed_subsidy_yuan, 12, 'audit_report', '服务机构审计报告的报备码', a.provider_id is not null
    from reconciled.claim_paper as c
    left join audited as a using (provider_id)
    where policy.word('provider.audit_report', c.submitted_on) = 'required'
),
compared as (
    select
        claim_id,
        any_value(claimed_subsidy_yuan) as claimed_subsidy_yuan,
        policy.cited(if(max(place) = 12, '第十条、第十一条、第十二条', '第十一条、第十二条')) as articles_zh,
        count(*) as required_count,
        count(*) filter (where is_there) as handed_in_count,
        string_agg(material_code, ', ' order by place) filter (where not is_there) as missing_codes,
        string_agg(title_zh, '、' order by place) filter (where not is_there) as missing_zh,
    from looked_for
    group by claim_id
)
select
    claim_id as subject_id,
    case
        when (select count(*) from lake.material) = 0 then 'unknown'
        when handed_in_count < required_count then 'flag'
        when handed_in_count = required_count then 'pass'
    end as verdict,
    articles_zh,
    required_count,
    handed_in_count,
    coalesce(missing_codes, '—') as missing_codes,
    coalesce(missing_zh, '—') as missing_zh,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from compared
