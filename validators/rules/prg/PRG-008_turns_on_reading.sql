/*
id = "PRG-008"
title_zh = "能否受理取决于尚未明确的解读"
title_en = "Eligibility turns on a reading that is not settled"
article = "第七条、第十三条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "按默认解读本申请应不予，而条文另有读法时则不然：{readings_zh}。在主管部门明确之前暂缓，不径行驳回。"
because_en = "Under the default readings this claim would be refused, under another reading of the text it would not: {readings}. It is held until the bureau settles the reading."
innocent_zh = [
    "条文的歧义不是申领单位的过错：请主管部门书面明确该项解读，明确后重算即有结论。",
]
innocent_en = [
    "An ambiguous text is not the applicant's fault: the bureau makes the reading clear in writing, and it is settled by working it out again.",
]

[evidence]
readings_zh = "会改变结论的解读：编号、参数键与读法"
readings = "同上，英文"
reading_count = "会改变结论的解读数"
amount_at_risk_yuan = "申报兑现金额，元"
*/
with listed as (
    select
        claim_id,
        string_agg(reading || ' ' || reading_key || ' 取 ' || reading_value, '；' order by reading, reading_key, reading_value)
            as readings_zh,
        string_agg(reading || ' ' || reading_key || ' = ' || reading_value, '; ' order by reading, reading_key, reading_value)
            as readings,
        count(distinct reading) as reading_count,
    from decided.open_reading
    group by claim_id
)
select
    c.claim_id as subject_id,
    case when l.reading_count > 0 then 'flag' when l.reading_count is null then 'pass' end as verdict,
    l.readings_zh,
    l.readings,
    coalesce(l.reading_count, 0) as reading_count,
    c.claimed_subsidy_yuan as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join listed as l using (claim_id)
