/*
title_zh = "变动的原因"
grain_zh = "每笔申请、每个变动的数字、每种原因一行"
[columns]
claim_id = "申请编号"
figure = "数字"
rank = "解释的远近，小的优先"
cause_kind = "原因种类"
source_sha256 = "来源文件；不是文件的为空"
said_zh = "原因"
*/
with sided as (
    select
        *,
        case
            when how in ('known', 'unknown_again') then 'day'
            when table_name = 'decision' then 'decision'
            when is_red then 'red_letter'
            when table_name in ('provider', 'device', 'tariff', 'applicant', 'party', 'blacklist', 'tenant', 'grant_history') then 'register'
            when how in ('replacing', 'replaced') then 'superseded'
            else 'new_file'
        end as cause_kind,
    from earlier.row_cause
),
-- A row that replaces and the row it replaces are told as one.
counted as (
    select
        s.claim_id,
        s.figure,
        s.rank,
        s.cause_kind,
        s.source_sha256,
        s.table_zh,
        coalesce(sum(s.row_count) filter (where s.how in ('new', 'replacing', 'known')), 0) as come_count,
        coalesce(sum(s.row_count) filter (where s.how in ('replaced', 'unknown_again')), 0) as gone_count,
        bool_or(s.how in ('replacing', 'replaced')) as is_replacing,
    from sided as s
    group by all
),
told as (
    select
        c.claim_id,
        c.figure,
        c.rank,
        c.cause_kind,
        c.source_sha256,
        f.file_name || '（' || c.table_zh || ' ' || greatest(c.come_count, c.gone_count) || ' 行'
            || case
                when c.cause_kind = 'day' and c.come_count > 0 then '，先前收录，至本次运行日始计入'
                when c.cause_kind = 'day' then '，晚于本次运行日，不再计入'
                when c.is_replacing then '，取代先前的行'
                when c.cause_kind = 'red_letter' then '，红字发票'
                else ''
            end || '）' as said_zh,
    from counted as c
    join lake.input_file as f on f.file_sha256 = c.source_sha256
),
digest as (
    select
        '代码 ' || left(e.code_sha256, 12) || ' → ' || left(n.code_sha256, 12) as said_zh,
    from published.run as n
    join earlier.run as e on e.code_sha256 <> n.code_sha256
),
-- Which relations a figure is worked out by; a verdict, by its rules.
worked_out as (
    select
        claim_id,
        figure,
        case
            when figure in ('claim', 'claimed_cost_yuan', 'claimed_subsidy_yuan', 'contract_amount_yuan') then 'reconciled.claim_paper'
            when figure = 'evidence_grade' then 'decided.evidence_grade'
            when figure = 'verifiable_gpu_hours' then 'decided.billed_and_metered'
            when figure like '%\_gpu\_hours' escape '\' then 'reconciled.contract_measure'
            when figure in ('decision', 'payable_yuan') then 'published.decision'
            when figure = 'queue_position' then 'decided.queue'
            when figure not in ('disposition', 'reasons') then 'decided.recognition'
        end as subject,
    from earlier.change
    union
    select
        c.claim_id,
        c.figure,
        d.rule_id,
    from earlier.change as c
    join earlier.differing_rule as d using (claim_id)
    where c.figure in ('disposition', 'reasons', 'proposed_subsidy_yuan', 'payable_yuan')
),
-- Cap and pool are applied by the queue itself: their keys bear on the cut that they make.
amended as (
    select distinct
        c.claim_id,
        c.figure,
        c.place,
        a.key,
        a.valid_from,
        a.said_zh,
        list_contains(f.keys, a.key) as is_asked,
        a.key like 'order.%'
            or (a.key like 'cap.%' and c.figure = 'applicant_cap_cut_yuan')
            or (a.key like 'pool.%' and c.figure = 'pool_cut_yuan')
            or (c.figure in ('proposed_subsidy_yuan', 'payable_yuan') and exists (
                from earlier.change as x
                where x.claim_id = c.claim_id
                    and x.figure = case when a.key like 'cap.%' then 'applicant_cap_cut_yuan' when a.key like 'pool.%' then 'pool_cut_yuan' end
            )) as is_of_queue,
    from earlier.change as c
    join worked_out as w using (claim_id, figure)
    join earlier.foundation as f on f.subject = w.subject
    cross join earlier.amendment as a
)
select claim_id, figure, rank, cause_kind, source_sha256, said_zh from told
union all
select
    claim_id,
    figure,
    case when place in ('queue', 'payable') and bool_or(is_of_queue) then 2 else 6 end as rank,
    'policy' as cause_kind,
    null as source_sha256,
    '办法参数 ' || string_agg(distinct said_zh, '、' order by said_zh) as said_zh,
from amended
where is_of_queue or (is_asked and place not in ('queue', 'decision'))
group by claim_id, figure, place
union all
select
    c.claim_id,
    c.figure,
    7 as rank,
    'code' as cause_kind,
    null as source_sha256,
    d.said_zh,
from earlier.change as c
cross join digest as d
union all
select
    claim_id,
    figure,
    case when c.place = 'payable' then 5 when a.is_root then 1 else 3 end as rank,
    'queue' as cause_kind,
    null as source_sha256,
    a.said_zh,
from earlier.ahead as a
join earlier.change as c using (claim_id, figure)
order by claim_id, figure, rank, cause_kind, said_zh
