/*
title_zh = "集群是否记账加速卡"
grain_zh = "每机构每集群、每种调度器的日志一行"
no_rows_without = ["lake.usage_interval"]
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
scheduler = "日志是哪种调度器的：适配器名的首段"
is_tracked = "本集群该调度器的日志至少有一条记录写明分到的卡数；为真时，记录不提卡即为零卡，否则为未知"
*/
-- Logs that name no cluster may be of several: what one scheduler's log states makes no other's silence a zero.
with told as (
    select
        provider_id,
        cluster_id,
        file_sha256,
        bool_or(card_evidence in ('allocated', 'ascend910')) as is_tracked,
    from lake.usage_interval
    group by all
)
select
    t.provider_id,
    t.cluster_id,
    split_part(f.adapter, '_', 1) as scheduler,
    coalesce(bool_or(t.is_tracked), false) as is_tracked,
from told as t
left join (select file_sha256, min(adapter) as adapter from lake.input_file group by file_sha256) as f using (file_sha256)
group by all
