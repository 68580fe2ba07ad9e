/*
title_zh = "规则覆盖"
grain_zh = "每条规则一行"
no_rows_without = ["published.rule"]
[columns]
rule_id = "规则编号"
pass_count = "通过的对象数"
flag_count = "指出的对象数"
unknown_count = "资料不足的对象数"
not_applicable_count = "不适用的对象数"
*/
select
    r.rule_id,
    count(*) filter (where v.verdict = 'pass') as pass_count,
    count(*) filter (where v.verdict = 'flag') as flag_count,
    count(*) filter (where v.verdict = 'unknown') as unknown_count,
    count(*) filter (where v.verdict = 'not_applicable') as not_applicable_count,
from published.rule as r
left join decided.verdict as v using (rule_id)
group by r.rule_id
order by r.rule_id
