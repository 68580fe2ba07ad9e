/*
id = "BHV-003"
title_zh = "年末用量激增"
title_en = "Use surges at the year's end"
article = "第十四条"
severity = "note"
status = "active"
subject = "claim"
because_zh = "合同 {contract_no}：{fault_zh}。"
because_en = "Contract {contract_no}: {fault_en}."
innocent_zh = [
    "年末集中训练、评测或交付，各家本就同时：请提供任务计划。",
    "此前的日志没有交齐，此前各月的用量偏低：请补交日志。",
    "年末有大客户迁入或退租迁移：请提供其合同。",
]
innocent_en = [
    "Training, tests or deliveries of several customers fall in December: provide their plans.",
    "Earlier logs are not complete, so the months before read low: hand them in.",
    "A large customer moved in at the year's end: provide its contract.",
]
policy = ["capacity.users", "usage.surge_capacity_min", "usage.surge_from_month", "usage.surge_months", "usage.surge_times"]

[evidence]
contract_no = "合同编号"
provider_id = "服务机构代码"
device_model = "型号，有几种的取十二月比率最高者；空为合同十二月没有用量"
year = "年份；合同十二月没有用量的为空"
december_on = "该年十二月第一天；合同十二月没有用量的为空"
used_gpu_hours = "十二月该型号的用量，卡时；合同十二月没有用量的为空"
december_share = "其占装机全天在用的比率，舍去不足万分之一；不在设备清单的为空"
month_count = "当年自对照的首月至十一月有用量的月数"
median_share = "这些月份该比率的中位数，舍去不足万分之一；没有这样的月份的为空"
surge_times = "提示的倍数；十二月没有用量的，按提交之日"
capacity_min = "十二月比率的提示线（含）；十二月没有用量的，按提交之日"
unknown_card_record_count = "这些月份与十二月卡数未知的记录数（逐日计）"
fault_zh = "十二月与此前相比如何，或为何看不出"
fault_en = "the same in English"

[[trace]]
relation = "lake.device"
using = ["provider_id", "device_model"]
*/
with monthly as (
    select
        *,
        -- Of cards around the clock, in millionths: who has more cards is no busier for it.
        case when card_days > 0 then used_unit_seconds * 1000000 // (card_days * 86400 * 21000) end as share,
    from reconciled.capacity_use
    where month_on is not null and users = policy.word('capacity.users', from_on)
),
before as (
    select
        provider_id,
        device_model,
        year(month_on) as year,
        count(share) as month_count,
        list(share order by share) filter (where share is not null) as shares,
        sum(unknown_card_record_count) as unknown_count,
    from monthly
    where month(month_on) >= policy.number('usage.surge_from_month', month_on)
        and month_on < make_date(year(month_on), 12, 1)
        and (used_unit_seconds > 0 or unknown_card_record_count > 0)
    group by provider_id, device_model, year(month_on)
),
decembers as (
    select
        m.contract_no,
        m.provider_id,
        m.device_model,
        m.month_on as december_on,
        d.used_unit_seconds,
        d.share,
        d.unknown_card_record_count as late_unknown_count,
        coalesce(b.month_count, 0) as month_count,
        b.unknown_count as early_unknown_count,
        -- The sum of the two in the middle, which are one where the number is odd.
        b.shares[(b.month_count + 1) // 2] + b.shares[b.month_count // 2 + 1] as median_twice,
        policy.number('usage.surge_times', m.month_on) as surge_times,
        policy.number('usage.surge_months', m.month_on) as least_months,
        cast(policy.number('usage.surge_from_month', m.month_on) as integer) as from_month,
        policy.number('usage.surge_capacity_min', m.month_on) as capacity_min,
    from reconciled.contract_month as m
    left join monthly as d
        on d.provider_id = m.provider_id and d.device_model = m.device_model and d.month_on = m.month_on
    left join before as b
        on b.provider_id = m.provider_id and b.device_model = m.device_model and b.year = year(m.month_on)
    where month(m.month_on) = 12
),
weighed as (
    select
        *,
        2 * share > surge_times * median_twice and share >= reconciled.millionths(capacity_min) as is_surge,
    from decembers
),
judged as (
    select
        *,
        case
            when share is null then 'unknown'
            when month_count < least_months then 'not_applicable'
            when is_surge and early_unknown_count > 0 then 'unknown'
            when is_surge then 'flag'
            when late_unknown_count > 0 then 'unknown'
            when not is_surge then 'pass'
            else 'unknown'
        end as verdict,
    from weighed
),
worst as (
    select
        contract_no,
        bool_or(verdict = 'flag') as is_flagged,
        bool_or(verdict = 'unknown') as is_unknown,
        bool_or(verdict = 'pass') as is_passed,
        arg_max(
            judged,
            (list_position(['not_applicable', 'pass', 'unknown', 'flag'], verdict), coalesce(share, 0), provider_id, device_model, december_on)
        ) as most,
    from judged
    group by contract_no
),
told as (
    select
        *,
        reconciled.gpu_hours(most.used_unit_seconds) as used_gpu_hours,
        reconciled.ratio_cut(most.share, 1000000) as december_share,
        reconciled.ratio_cut(most.median_twice, 2 * 1000000) as median_share,
        coalesce(most.early_unknown_count, 0) + coalesce(most.late_unknown_count, 0) as unknown_card_record_count,
        most.provider_id || ' 的 ' || most.device_model as place_zh,
        most.device_model || ' at provider ' || most.provider_id as place_en,
    from worst
)
select
    c.claim_id as subject_id,
    case
        when w.is_flagged then 'flag'
        when w.is_unknown then 'unknown'
        when w.is_passed then 'pass'
        when w.contract_no is not null or m.contract_no is not null then 'not_applicable'
        else 'unknown'
    end as verdict,
    c.contract_no,
    coalesce(w.most.provider_id, c.provider_id) as provider_id,
    w.most.device_model as device_model,
    year(w.most.december_on) as year,
    w.most.december_on as december_on,
    w.used_gpu_hours,
    w.december_share,
    coalesce(w.most.month_count, 0) as month_count,
    w.median_share,
    -- A contract without a December has no month to ask for; the bound is known all the same.
    cast(coalesce(w.most.surge_times, policy.number('usage.surge_times', c.submitted_on)) as integer) as surge_times,
    cast(coalesce(w.most.capacity_min, policy.number('usage.surge_capacity_min', c.submitted_on)) as decimal(9, 2)) as capacity_min,
    coalesce(w.unknown_card_record_count, 0) as unknown_card_record_count,
    coalesce(
        '机构 ' || w.place_zh || ' 在 ' || year(w.most.december_on) || ' 年十二月用了 ' || w.used_gpu_hours || ' 卡时，占装机全天在用的 '
            || w.december_share || '；当年 ' || w.most.from_month || ' 月至十一月有用量的 ' || w.most.month_count || ' 个月，该比率的中位数为 ' || w.median_share
            || '，十二月超过其 ' || cast(w.most.surge_times as integer) || ' 倍且达到 ' || cast(w.most.capacity_min as decimal(9, 2))
            || ' 即提示；本合同十二月有用量'
            || case when w.unknown_card_record_count > 0 then '；卡数未知的记录 ' || w.unknown_card_record_count || ' 条' else '' end,
        case when w.most.month_count < w.most.least_months and w.december_share is not null then '此前有用量的月份太少' end,
        case when w.contract_no is not null then '十二月用了' || coalesce(' ' || w.most.device_model, '型号未知的卡') || '，装机数未登记' end,
        case when m.contract_no is not null then '十二月没有用量' end,
        '没有用量记录'
    ) as fault_zh,
    coalesce(
        'in December ' || year(w.most.december_on) || ', ' || w.used_gpu_hours || ' card-hours of ' || w.place_en || ' were used, '
            || w.december_share || ' of the installed cards around the clock; in the ' || w.most.month_count
            || ' month(s) with use, of month ' || w.most.from_month || ' to 11, the median share is ' || w.median_share || '; told where December exceeds it '
            || cast(w.most.surge_times as integer) || ' times and reaches ' || cast(w.most.capacity_min as decimal(9, 2))
            || '; the contract has use in December'
            || case when w.unknown_card_record_count > 0
                then '; records of an unknown number of cards: ' || w.unknown_card_record_count else '' end,
        case when w.most.month_count < w.most.least_months and w.december_share is not null
            then 'too few months before have use' end,
        case when w.contract_no is not null
            then 'used ' || coalesce(w.most.device_model, 'cards of an unknown model') || ' in December, of which no number is registered' end,
        case when m.contract_no is not null then 'no use in December' end,
        'no records of usage'
    ) as fault_en,
from reconciled.claim_paper as c
left join told as w on w.contract_no = c.contract_no
left join (select distinct contract_no from reconciled.contract_month) as m on m.contract_no = c.contract_no
