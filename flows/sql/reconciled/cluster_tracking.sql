/*
title_zh = "集群是否记账加速卡"
grain_zh = "每机构每集群一行"
no_rows_without = ["lake.usage_interval"]
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
is_tracked = "本集群至少有一条记录写明分到的卡数；为真时，记录不提卡即为零卡，否则为未知"
*/
select
    provider_id,
    cluster_id,
    coalesce(bool_or(card_evidence in ('allocated', 'ascend910')), false) as is_tracked,
from lake.usage_interval
group by all
