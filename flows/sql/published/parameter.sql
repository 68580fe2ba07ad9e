/*
title_zh = "办法参数与解读"
grain_zh = "每键每有效期一行"
no_rows_without = ["policy.parameter"]
[columns]
key = "参数键"
title_zh = "名称"
value = "值"
unit = "单位"
valid_from = "生效日"
valid_to = "失效日（不含）；空为仍有效"
article = "条款；自定的为空"
quote_zh = "原文"
house_reason_zh = "自定理由"
reading = "解读编号"
alternatives = "文本容许的其他读法"
*/
select
    key,
    title_zh,
    value,
    unit,
    valid_from,
    valid_to,
    article,
    quote_zh,
    house_reason_zh,
    reading,
    alternatives,
from policy.parameter
order by key, valid_from
