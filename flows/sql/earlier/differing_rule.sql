/*
title_zh = "新成为或不再是理由的规则"
grain_zh = "每笔申请、每条规则一行"
no_rows_without = ["earlier.change"]
[columns]
claim_id = "申请编号"
rule_id = "规则编号"
*/
with sided as (
    select
        claim_id,
        unnest([before, after]) as said,
    from earlier.change
    where figure = 'reasons'
),
named as (
    select
        claim_id,
        unnest(string_split(said, '、')) as rule_id,
    from sided
)
select
    claim_id,
    rule_id,
from named
where rule_id <> ''
group by claim_id, rule_id
having count(*) = 1
order by claim_id, rule_id
