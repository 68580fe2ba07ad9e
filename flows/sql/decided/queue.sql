/*
title_zh = "先到先得的先后"
grain_zh = "每笔申请一行"
no_rows_without = ["reconciled.claim_paper"]
[columns]
claim_id = "申请编号"
queue_at = "先到先得的时刻"
first_class = "先于时刻比较的优先类别；优先仅在同等条件下适用的，人人相同"
priority_class = "时刻相同时的优先类别，1 至 4，其余为 9"
monitoring_class = "时刻与类别都相同时：服务机构纳入省算力监测系统的为 0，其余为 1"
submitted_at = "提交时间"
*/
with said as (
    select
        c.*,
        policy.word('order.key', c.submitted_on) as key_reading,
        policy.word('order.priority', c.submitted_on) as priority_reading,
        policy.word('order.monitoring', c.submitted_on) as monitoring_reading,
    from reconciled.claim_paper as c
),
monitored as (
    select provider_id, bool_or(in_provincial_monitoring) as is_monitored from lake.provider group by provider_id
)
select
    s.claim_id,
    case s.key_reading
        when 'submitted' then coalesce(s.applied_at, s.submitted_at)
        when 'effective' then coalesce(s.effective_at, s.completed_at, s.submitted_at)
        else s.queue_at
    end as queue_at,
    case s.priority_reading when 'first' then s.priority_class else 0 end as first_class,
    s.priority_class,
    case when s.monitoring_reading = 'tie_break' and m.is_monitored then 0 else 1 end as monitoring_class,
    s.submitted_at,
from said as s
left join monitored as m using (provider_id)
