/*
title_zh = "各项解读下的结果"
grain_zh = "每笔申请、每项解读的默认值一行"
[columns]
claim_id = "申请编号"
reading_key = "解读的参数键"
reading_value = "所取的读法"
is_default = "是否默认读法"
disposition = "该读法下的处理建议"
proposed_subsidy_yuan = "该读法下的建议补贴，元"
*/
-- Only the defaults are evaluated as yet; the alternatives of each reading follow with the rules engine.
select
    d.claim_id,
    p.key as reading_key,
    p.value as reading_value,
    true as is_default,
    d.disposition,
    a.proposed_subsidy_yuan,
from decided.disposition as d
join decided.award as a using (claim_id)
join decided.recognition as r using (claim_id)
join policy.parameter as p
    on p.reading is not null
    and p.valid_from <= greatest(r.policy_on, p.valid_from)
    and (p.valid_to is null or r.policy_on < p.valid_to)
order by claim_id, reading_key
