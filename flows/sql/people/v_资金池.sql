/*
title_zh = "资金池"
grain_zh = "每年度一行"
view = true
[columns]
"年度" = "年度"
"总额" = "年度总额，元"
"已承诺" = "已生效或已兑现券面合计，元"
"已兑现" = "往期已兑现合计，元"
"本次建议" = "本次建议（含暂缓保留）合计，元"
"余额" = "余额，元"
*/
select
    policy_year as 年度,
    amount_yuan as 总额,
    committed_yuan as 已承诺,
    redeemed_yuan as 已兑现,
    proposed_yuan as 本次建议,
    remaining_yuan as 余额,
from published.pool
order by policy_year
