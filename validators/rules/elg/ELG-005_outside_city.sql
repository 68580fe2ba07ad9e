/*
id = "ELG-005"
title_zh = "申领单位不在本市生产经营"
title_en = "Applicant not operating in the city"
article = "第四条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "申领单位 {applicant_id} 登记的是否在本市经营为{operates_zh}，登记地区划代码为 {registered_region}（本市以 {region_prefix} 开头）；办法要求在本市开展生产经营活动，属地标准取{test_zh}。"
because_en = "For applicant {applicant_id} the register says operating in the city: {operates}; registered region {registered_region} (codes of the city begin with {region_prefix}). The rules of the programme ask for operation in the city; the test in force is '{test}'."
innocent_zh = [
    "总部在外地而在本市有分支机构、项目或场所：请提供分支机构执照、纳税或社保缴纳证明、场所租赁合同之一。",
    "登记表漏填或填错：请更正申领单位登记表的“是否在本市经营”“登记地区划代码”。",
]
innocent_en = [
    "Headquarters elsewhere with a branch, project or premises in the city: provide a branch licence, proof of tax or social insurance, or a lease.",
    "The register lacks or has wrong entries: correct operates_in_city and registered_region of the applicant.",
]
policy = ["applicant.location_test", "provider.region_prefix"]

[evidence]
applicant_id = "申领单位代码"
operates = "是否在本市经营：yes、no；未填的为空"
operates_zh = "同上的中文；未填的为未知"
registered_region = "登记地区划代码；未填的为空"
region_prefix = "本市行政区划代码前缀"
test = "属地标准：operates 经营，registered 登记，any 二者之一"
test_zh = "同上的中文"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.applicant"
using = ["applicant_id"]
*/
with registered as (
    select
        c.*,
        a.operates_in_city,
        a.registered_region,
        policy.word('provider.region_prefix', c.submitted_on) as region_prefix,
        policy.word('applicant.location_test', c.submitted_on) as test,
        -- Only a code can say where; what is no code is silence.
        case when regexp_full_match(a.registered_region, '\d{6,12}')
            then starts_with(a.registered_region, policy.word('provider.region_prefix', c.submitted_on)) end as is_registered_here,
    from reconciled.claim_paper as c
    left join lake.applicant as a using (applicant_id)
)
select
    claim_id as subject_id,
    case
        when test = 'registered' and is_registered_here then 'pass'
        when test = 'registered' and not is_registered_here then 'flag'
        when test = 'any' and (operates_in_city or is_registered_here) then 'pass'
        when test = 'any' and not operates_in_city and not is_registered_here then 'flag'
        when test = 'operates' and operates_in_city then 'pass'
        when test = 'operates' and not operates_in_city then 'flag'
        -- R01: registration here is strong evidence of operation here.
        when test = 'operates' and is_registered_here then 'pass'
        else 'unknown'
    end as verdict,
    applicant_id,
    case when operates_in_city then 'yes' when not operates_in_city then 'no' end as operates,
    case when operates_in_city then '是' when not operates_in_city then '否' else '未知' end as operates_zh,
    registered_region,
    region_prefix,
    test,
    case test when 'operates' then '在本市经营' when 'registered' then '在本市登记' when 'any' then '在本市经营或登记' end as test_zh,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from registered
