/*
title_zh = "按卡计价的买卖"
grain_zh = "每份合同、每个型号一行；只看按卡计价的明细"
no_rows_without = ["lake.contract", "reconciled.contract_price"]
[columns]
contract_no = "合同编号"
seller_id = "供方代码"
buyer_id = "需方代码"
device_model = "型号；没有写的为空"
model_word = "型号的写法，见 reconciled.plain_word；没有写的为空"
starts_on = "开始日期"
ends_on = "结束日期（含）"
amount_yuan = "该型号的含税金额，元：数量乘单价之和；没有数量而合同只有这一个型号的，取合同金额；都没有的为空"
card_seconds = "该型号约定的卡秒，秒；有一行没有约定或不能折算的为空"
*/
with priced as (
    select
        contract_no,
        reconciled.plain_word(l.device_model) as model_word,
        min(l.device_model) as device_model,
        case when count(*) = count(l.quantity)
            -- The sum of whole millionths of fen, cut to the fen.
            then sum(reconciled.millionths(l.quantity) * reconciled.millionths(l.unit_price_yuan)) // 10000000000
        end as fen,
        case when count(*) = count(q.card_seconds) then sum(q.card_seconds) end as card_seconds,
        count(*) over (partition by contract_no) as model_count,
    from reconciled.contract_price as l
    left join reconciled.contract_quantity as q using (contract_no, line_no)
    where l.is_card_priced
    group by contract_no, model_word
)
select
    k.contract_no,
    k.provider_id as seller_id,
    k.applicant_id as buyer_id,
    p.device_model,
    p.model_word,
    k.starts_on,
    k.ends_on,
    coalesce(
        cast(cast(reconciled.at_most(p.fen, 9999999999999999) as decimal(16, 0)) * 0.01 as decimal(18, 2)),
        case when p.model_count = 1 then k.amount_yuan end
    ) as amount_yuan,
    p.card_seconds,
from priced as p
join lake.contract as k using (contract_no)
