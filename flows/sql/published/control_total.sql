/*
title_zh = "控制总数"
grain_zh = "每份清单一行；各行的合计应当相等"
[columns]
document = "清单：decision 可兑付的专家意见，payment_list 兑付清单，redemption_summary 兑现汇总表"
title_zh = "清单名称"
row_count = "行数"
sum_yuan = "金额合计，元"
*/
with listed as (
    select 'decision' as document, payable_yuan as yuan from published.decision where obstacle_zh is null
    union all
    select 'payment_list', payable_yuan from published.payment_list
    union all
    select 'redemption_summary', subsidy_yuan from published.redemption_summary
),
documents as (
    select
        unnest(['decision', 'payment_list', 'redemption_summary']) as document,
        unnest(['可兑付的专家意见', '兑付清单', '算力券服务项目兑现汇总表']) as title_zh,
)
select
    d.document,
    d.title_zh,
    count(l.yuan) as row_count,
    cast(coalesce(sum(l.yuan), 0) as decimal(18, 2)) as sum_yuan,
from documents as d
left join listed as l using (document)
group by d.document, d.title_zh
order by d.document
