/*
title_zh = "日志到达"
grain_zh = "每家机构、自然日一行：有日志的日子，以及申请兑现的合同期内没有日志的日子"
[columns]
provider_id = "服务机构代码"
log_on = "日期（北京时间）"
state = "arrived 到；late 迟：当日的用量只见于迟交的文件（见 published.late_file）；missing 缺：在申请兑现的合同期内，没有任何用量记录或采样"
file_count = "说到当日的文件数，个；采样逐日只计一个"
contract_count = "当日在期的申请兑现的合同数，份"
*/
-- A day without a record may be a day without use: the page says so, and no rule rests on this relation.
with told as (
    select distinct
        provider_id,
        file_sha256,
        (begin_s + 28800) // 86400 as first_day,
        (greatest(stop_s - 1, begin_s) + 28800) // 86400 as last_day,
    from reconciled.interval
    where begin_s is not null
    -- A record that was replaced had arrived with its first file.
    union
    select provider_id, file_sha256, (last_s + 28800) // 86400, (last_s + 28800) // 86400
    from reconciled.old_usage
    where last_s is not null
),
dayed as (
    select provider_id, file_sha256, unnest(range(first_day, last_day + 1)) as day_no from told
),
covered as (
    select provider_id, file_sha256, date '1970-01-01' + cast(day_no as integer) as log_on from dayed
    union
    select provider_id, file_sha256, usage_on from reconciled.sample_day
),
arrived as (
    select
        c.provider_id,
        c.log_on,
        bool_and(l.file_sha256 is not null) as is_late,
        count(*) as file_count,
    from covered as c
    left join (select distinct file_sha256, provider_id, month from published.late_file) as l
        on l.file_sha256 = c.file_sha256
        and l.provider_id = c.provider_id
        and l.month = strftime(c.log_on, '%Y-%m')
    where c.provider_id is not null
    group by c.provider_id, c.log_on
),
terms as (
    select distinct
        t.contract_no,
        t.provider_id,
        t.starts_on,
        least(t.ends_on, t.counts_until, c.submitted_on) as until_on,
    from reconciled.claim_paper as c
    join reconciled.contract_term as t using (contract_no)
    where t.provider_id is not null
),
termed as (
    select
        contract_no,
        provider_id,
        cast(unnest(generate_series(starts_on, until_on, interval 1 day)) as date) as log_on,
    from terms
    -- Five years: longer than any contract, whatever a paper says.
    where until_on - starts_on between 0 and 1827
),
expected as (
    select provider_id, log_on, count(distinct contract_no) as contract_count from termed group by provider_id, log_on
)
select
    coalesce(a.provider_id, e.provider_id) as provider_id,
    coalesce(a.log_on, e.log_on) as log_on,
    case when a.provider_id is null then 'missing' when a.is_late then 'late' else 'arrived' end as state,
    coalesce(a.file_count, 0) as file_count,
    coalesce(e.contract_count, 0) as contract_count,
from arrived as a
full join expected as e on e.provider_id = a.provider_id and e.log_on = a.log_on
order by provider_id, log_on
