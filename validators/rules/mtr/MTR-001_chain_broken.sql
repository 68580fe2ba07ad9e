/*
id = "MTR-001"
title_zh = "采样的摘要链不接或承诺的签名不符"
title_en = "A hash chain of samples or the signature of a commitment does not hold"
article = "第九条、第十二条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no} 带摘要的采样 {record_count} 行中，{broken_count} 行不接（摘要与本行不符，或上条摘要不是上一行的摘要），自链首起接续完好的 {chained_count} 行，其后 {unsupported_count} 行没有链的支持。不接的行分布在 {device_count} 张卡、{day_count} 天，最早在 {first_on}，设备 {device_uuid}，文件 {file_name} 第 {first_row_no} 行。另有 {unhashed_count} 个采样没有摘要，而同一张卡此前的有。日志承诺的签名不符的 {wrong_signature_count} 天（最早 {first_wrong_on}），查不到其公钥的 {unknown_key_count} 天（最早 {first_unknown_on}）。因此不计 {left_out_gpu_hours} 卡时（不接之处所在之日起）。"
because_en = "Of {record_count} hashed samples of contract {contract_no}, {broken_count} do not follow (the hash is not that of the row, or the previous hash is not that of the row before); {chained_count} hold from the first on, {unsupported_count} behind a break are without the chain's support. Breaks lie on {device_count} cards and {day_count} days, the first on {first_on}, device {device_uuid}, file {file_name} row {first_row_no}. Another {unhashed_count} samples carry no hash although earlier ones of the same card do. The commitment's signature does not verify on {wrong_signature_count} days (first on {first_wrong_on}), its key is not on the register on {unknown_key_count} (first on {first_unknown_on}). {left_out_gpu_hours} card-hours are left out for it (from the day of a break on)."
innocent_zh = [
    "导出时筛掉了其他租户或空闲时的采样，中间缺行：请按卡导出全部采样。",
    "有一个文件漏交，或有几行因格式被退回：请补交该段，或更正退回的行，补齐之后自动计回。",
    "重启之后另起一链而没有换启动编号：请填写 boot_id，或提供重启记录。",
    "采样程序换版之后不再写摘要：请说明何时换版，并补交摘要。",
    "换了导出工具，数值的位数或时区变了：摘要按 README 所写的规范形式计算，请重新导出。",
    "签的不是 README 所写的那几个字节（多了换行或空格、根摘要用了大写）：请重新签名，以同一根摘要再交一次承诺。",
    "公钥没有登记、登记的启用日期晚了，或换了密钥而仍写旧编号：请向主管部门登记公钥，写明编号与起止日期。",
]
innocent_en = [
    "Samples of other tenants or of idle time were filtered out, so rows lack: export all samples of the card.",
    "A file was left out, or some rows were refused: hand in the stretch, or correct the rows.",
    "A new chain began after a restart under the old boot id: fill in boot_id, or provide the record of restarts.",
    "A new version of the collector writes no digests: say since when, and hand in the digests.",
    "Another export tool changed digits or zone: digests are taken of the form in the README; export again.",
    "Other bytes were signed than the README says (a line end, a space, capitals): sign again, and commit to the same root once more.",
    "The key is not registered, or too late, or a new key bears the old id: have it registered with its id and dates.",
]
policy = ["usage.broken_chain"]

[evidence]
severity = "不接的采样不计的为核减；依解读照计的、无从判断的、承诺的签名不符或查不到公钥的为暂缓待核"
contract_no = "合同编号"
provider_id = "服务机构代码"
record_count = "带摘要的采样行数"
broken_count = "不接的行数"
chained_count = "自链首起接续完好的行数"
unsupported_count = "没有链支持的行数：不接的行及其后各行"
device_count = "有不接之处的设备数"
day_count = "有不接之处的天数"
first_on = "最早一处的日期；— 为没有"
device_uuid = "最早一处的设备；— 为没有"
file_name = "最早一处的文件；— 为没有"
first_row_no = "最早一处的行号；— 为没有"
unhashed_count = "没有摘要的采样个数：同一张卡在更早的日子已有摘要的"
wrong_signature_count = "采样所在各日中，日志承诺的签名不符的天数"
first_wrong_on = "其中最早一天；— 为没有"
unknown_key_count = "采样所在各日中，日志承诺的签名没有可以验证的公钥的天数"
first_unknown_on = "其中最早一天；— 为没有"
left_out_gpu_hours = "因此不计的卡时，小时；金额不依采样的合同为零"
amount_at_risk_yuan = "不计的卡时按合同的唯一卡时价折算，元，没有唯一卡时价的为空；不因此剔除的、因签名暂缓的为申报兑现金额，元"

[[trace]]
relation = "reconciled.chain_day"
using = ["contract_no"]
where = "r.broken_count > 0"

[[trace]]
relation = "reconciled.commitment_day"
using = ["provider_id"]
where = """r.signature_state in ('wrong', 'key_unknown') and exists (
    select 1
    from reconciled.sample_day as u
    where u.contract_no = j.contract_no
        and u.provider_id = r.provider_id
        and u.cluster_id is not distinct from r.cluster_id
        and u.usage_on = r.usage_on
)"""
*/
with summed as (
    select
        contract_no,
        sum(record_count) as record_count,
        sum(broken_count) as broken_count,
        sum(chained_count) as chained_count,
        count(distinct (provider_id, cluster_id, device_uuid)) filter (where broken_count > 0) as device_count,
        count(distinct usage_on) filter (where broken_count > 0) as day_count,
        arg_min(
            {'usage_on': usage_on, 'device_uuid': device_uuid, 'file_sha256': file_sha256, 'row_no': row_no},
            (usage_on, device_uuid, file_sha256, row_no)
        ) filter (where record_count > chained_count) as first_break,
    from reconciled.chain_day
    where contract_no is not null
    group by contract_no
),
-- On the day a card's chain begins, samples before it have none.
bare as (
    select contract_no, sum(unhashed_count) as unhashed_count
    from reconciled.unhashed_day
    where contract_no is not null and is_after_first
    group by contract_no
),
left_out as (
    select contract_no, sum(unit_seconds) as unit_seconds
    from decided.excluded_day
    where cause = 'broken_chain'
    group by contract_no
),
-- A signature that does not verify holds the claim and leaves no card-hours out: the rows stand on their chain as under
-- an unsigned commitment, and a signature must not cost its provider money that leaving it out would have saved.
signed as (
    select
        u.contract_no,
        count(distinct u.usage_on) filter (where k.signature_state = 'wrong') as wrong_count,
        min(u.usage_on) filter (where k.signature_state = 'wrong') as first_wrong_on,
        count(distinct u.usage_on) filter (where k.signature_state = 'key_unknown') as unknown_count,
        min(u.usage_on) filter (where k.signature_state = 'key_unknown') as first_unknown_on,
    from reconciled.sample_day as u
    join reconciled.commitment_day as k
        on k.provider_id = u.provider_id
        and lower(k.cluster_id) is not distinct from lower(u.cluster_id)
        and k.usage_on = u.usage_on
    where u.contract_no is not null and k.signature_state in ('wrong', 'key_unknown')
    group by u.contract_no
),
named as (
    select file_sha256, min(file_name) as file_name from lake.input_file group by file_sha256
)
select
    c.claim_id as subject_id,
    case
        when s.record_count > s.chained_count or k.wrong_count > 0 then 'flag'
        when b.unhashed_count > 0 or k.unknown_count > 0 then 'unknown'
        when s.contract_no is null then 'not_applicable'
        when s.record_count = s.chained_count then 'pass'
    end as verdict,
    case
        when k.contract_no is not null then 'hold'
        when s.record_count > s.chained_count and policy.word('usage.broken_chain', t.starts_on) = 'exclude' then 'adjust'
        else 'hold'
    end as severity,
    c.contract_no,
    c.provider_id,
    cast(coalesce(s.record_count, 0) as bigint) as record_count,
    cast(coalesce(s.broken_count, 0) as bigint) as broken_count,
    cast(coalesce(s.chained_count, 0) as bigint) as chained_count,
    cast(coalesce(s.record_count - s.chained_count, 0) as bigint) as unsupported_count,
    coalesce(s.device_count, 0) as device_count,
    coalesce(s.day_count, 0) as day_count,
    s.first_break.usage_on as first_on,
    s.first_break.device_uuid as device_uuid,
    coalesce(n.file_name, s.first_break.file_sha256) as file_name,
    s.first_break.row_no as first_row_no,
    cast(coalesce(b.unhashed_count, 0) as bigint) as unhashed_count,
    coalesce(k.wrong_count, 0) as wrong_signature_count,
    coalesce(cast(k.first_wrong_on as varchar), '—') as first_wrong_on,
    coalesce(k.unknown_count, 0) as unknown_key_count,
    coalesce(cast(k.first_unknown_on as varchar), '—') as first_unknown_on,
    reconciled.gpu_hours(coalesce(x.unit_seconds, 0)) as left_out_gpu_hours,
    case
        when k.contract_no is not null then c.claimed_subsidy_yuan
        when s.record_count > s.chained_count and policy.word('usage.broken_chain', t.starts_on) = 'exclude' then
            reconciled.worth(coalesce(x.unit_seconds, 0), p.price_parts, p.parts_per_fen)
        else c.claimed_subsidy_yuan
    end as amount_at_risk_yuan,
from reconciled.claim_paper as c
left join summed as s on s.contract_no = c.contract_no
left join bare as b on b.contract_no = c.contract_no
left join signed as k on k.contract_no = c.contract_no
left join named as n on n.file_sha256 = s.first_break.file_sha256
left join left_out as x on x.contract_no = c.contract_no
left join reconciled.contract_term as t on t.contract_no = c.contract_no
left join decided.sole_price as p on p.contract_no = c.contract_no
