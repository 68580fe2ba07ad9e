/*
title_zh = "日志承诺与当日根摘要"
grain_zh = "每机构、集群、有承诺的日子一行；同一天几次承诺的，取最先收到的"
no_rows_without = ["lake.commitment"]
[columns]
provider_id = "服务机构代码"
cluster_id = "集群"
usage_on = "日志日期"
received_at = "承诺收到之时"
committed_root = "承诺的根摘要"
found_root = "按交来的采样算出的根摘要；没有交来带摘要的采样的为空"
is_kept = "二者相同；无从比对的为空"
signature_state = "验签：valid 有一个签名相符，wrong 签名不符，key_unknown 没有可以验证的公钥；同一根摘要几次承诺的取最好的，没有签名的为空"
key_id = "该签名的密钥编号"
held_by = "该密钥的私钥由谁保管；没有写明的为空"
file_sha256 = "承诺的来源文件"
row_no = "承诺的行号"
*/
with first_received as (
    select *
    from lake.commitment
    qualify row_number() over (
        partition by provider_id, lower(cluster_id), covers_on
        order by received_at, root_sha256, file_sha256, row_no
    ) = 1
),
-- Whoever signs later what was committed to first says nothing new of the day; another root is another commitment.
signed as (
    select
        c.provider_id,
        c.cluster_id,
        c.covers_on,
        s.signature_state,
        s.key_id,
        s.held_by,
    from first_received as c
    join lake.commitment_signature as s
        on s.provider_id = c.provider_id
        and lower(s.cluster_id) is not distinct from lower(c.cluster_id)
        and s.covers_on = c.covers_on
        and s.root_sha256 = lower(c.root_sha256)
    qualify row_number() over (
        partition by c.provider_id, c.cluster_id, c.covers_on
        order by
            list_position(['valid', 'wrong', 'key_unknown'], s.signature_state),
            s.received_at,
            s.key_id,
            s.held_by
    ) = 1
)
select
    c.provider_id,
    c.cluster_id,
    c.covers_on as usage_on,
    c.received_at,
    lower(c.root_sha256) as committed_root,
    r.root_sha256 as found_root,
    lower(c.root_sha256) = r.root_sha256 as is_kept,
    s.signature_state,
    s.key_id,
    s.held_by,
    c.file_sha256,
    c.row_no,
from first_received as c
left join lake.chain_root as r
    on r.provider_id = c.provider_id
    -- However its letters are written, a cluster is one.
    and lower(r.cluster_id) is not distinct from lower(c.cluster_id)
    and r.usage_on = c.covers_on
left join signed as s
    on s.provider_id = c.provider_id
    and s.cluster_id is not distinct from c.cluster_id
    and s.covers_on = c.covers_on
