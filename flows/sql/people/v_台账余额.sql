/*
title_zh = "算力券台账各科目余额"
grain_zh = "每年度一行"
view = true
[columns]
"年度" = "年度"
"总额余额" = "总额中尚未申领的，元"
"已申领" = "已申领、尚未生效，元"
"已生效" = "已生效、尚未兑现，元"
"已兑现" = "已兑现、未追回，元"
"已失效或撤销" = "已失效或已撤销，元；不退回总额"
"已追回" = "已追回，元；不退回总额"
*/
select
    policy_year as 年度,
    max(amount_yuan) filter (where account = 'pool') as 总额余额,
    max(amount_yuan) filter (where account = 'committed') as 已申领,
    max(amount_yuan) filter (where account = 'effective') as 已生效,
    max(amount_yuan) filter (where account = 'redeemed') as 已兑现,
    max(amount_yuan) filter (where account = 'lapsed') as 已失效或撤销,
    max(amount_yuan) filter (where account = 'recovered') as 已追回,
from published.ledger_balance
group by policy_year
order by policy_year
