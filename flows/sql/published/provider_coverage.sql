/*
title_zh = "规则覆盖逐机构"
grain_zh = "每条规则、每家机构一行；认不出机构的对象归于机构为空的一行"
no_rows_without = ["decided.verdict"]
[columns]
rule_id = "规则编号"
provider_id = "服务机构代码：对象所属申请或合同的机构"
pass_count = "通过的对象数"
flag_count = "指出的对象数"
unknown_count = "资料不足的对象数"
not_applicable_count = "不适用的对象数"
*/
with told as (
    select
        v.rule_id,
        v.verdict,
        coalesce(
            c.provider_id,
            k.provider_id,
            case when v.subject_kind = 'provider' then v.subject_id end
        ) as provider_id,
    from decided.verdict as v
    left join reconciled.claim_paper as c on c.claim_id = v.claim_id
    left join lake.contract as k on v.subject_kind = 'contract' and k.contract_no = v.subject_id
)
select
    rule_id,
    provider_id,
    count(*) filter (where verdict = 'pass') as pass_count,
    count(*) filter (where verdict = 'flag') as flag_count,
    count(*) filter (where verdict = 'unknown') as unknown_count,
    count(*) filter (where verdict = 'not_applicable') as not_applicable_count,
from told
group by rule_id, provider_id
order by rule_id, provider_id
