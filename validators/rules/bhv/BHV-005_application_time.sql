/*
id = "BHV-005"
title_zh = "申领时间异常"
title_en = "Times of the application do not agree"
article = "第七条、第十一条"
severity = "hold"
status = "active"
subject = "claim"
because_zh = "券 {voucher_id} 申领于 {applied_at}，材料齐全于 {completed_at}，生效于 {effective_at}，兑现提交于 {submitted_at}；不合之处：{faults_zh}。先到先得以这些时刻为准，请核对服务平台的受理记录。"
because_en = "Voucher {voucher_id} was applied for at {applied_at}, its papers were complete at {completed_at}, it took effect at {effective_at} and the claim was filed at {submitted_at}; what does not agree: {faults}. The order of applicants rests on these times."
innocent_zh = [
    "线下申领后补录系统，录入时间与实际时间不一：请提供线下受理单。",
    "券号由服务机构预发，不按申领先后领用：请提供券号发放记录。",
    "代办机构或自助终端在同一时刻为多家提交：请提供代办委托书和各家的申领单。",
    "申领时先交意向书、合同其后才签：材料齐全之时应为交来合同之时，请更正齐全时间；签订日期误填的，请更正并提供签署页。",
]
innocent_en = [
    "Applied for on paper and entered later: provide the paper receipt.",
    "The provider hands out voucher numbers beforehand, not in the order of application: provide the record of issue.",
    "An agent or a terminal filed for several at one time: provide the mandates and each applicant's form.",
    "A letter of intent came first and the contract later: the papers were complete when the contract came, correct that time; where the date of signing is wrong, correct it and provide the page.",
]
policy = [
    "order.clock_slack_seconds",
    "order.sequence_count",
    "order.sequence_share",
    "order.burst_applicants",
    "order.burst_seconds",
]

[evidence]
voucher_id = "券号"
provider_id = "服务机构代码"
applied_at = "券申领时间（北京时间）；未记录的为空"
completed_at = "材料齐全时间；未记录的为空"
effective_at = "生效时间；未记录的为空"
submitted_at = "兑现申请提交时间"
faults = "不合之处：complete before applied、complete before the contract was signed on（签订日；框架合同下的订单取框架合同签订日期与其自身中较早者）、effective before complete、effective before applied、filed before applied、number out of order、many at once；— 为没有"
faults_zh = "同上的中文；— 为没有"
neighbour_ids = "前两张券号或同时申领的券号，以顿号分隔；— 为没有"
amount_at_risk_yuan = "申报兑现金额，元"

[[trace]]
relation = "lake.voucher"
using = ["provider_id"]
where = "r.voucher_id = j.voucher_id or list_contains(string_split(j.neighbour_ids, '、'), r.voucher_id)"
*/
with vouchers as (
    select
        *,
        regexp_extract(voucher_id, '^(.*?)([0-9]+)$', 1) as series,
        length(voucher_id) as width,
        try_cast(regexp_extract(voucher_id, '([0-9]{1,15})$', 1) as bigint) as serial_no,
        epoch_us(applied_at) // 1000000 as applied_s,
        cast(policy.number('order.clock_slack_seconds', cast(applied_at as date)) as bigint) as slack_s,
        cast(policy.number('order.burst_seconds', cast(applied_at as date)) as bigint) as burst_s,
    from lake.voucher
),
followed as (
    select
        *,
        lag(applied_s, 1) over upward as before_s,
        lag(applied_s, 2) over upward as before_that_s,
        lag(voucher_id, 1) over upward as before_id,
        lag(voucher_id, 2) over upward as before_that_id,
    from vouchers
    where serial_no is not null
    window upward as (partition by series, width order by serial_no, voucher_id)
),
-- Numbers that are issued in advance need not follow the applications: only where nearly all do, an exception tells.
series as (
    select series, width
    from followed
    group by series, width
    having count(*) >= policy.number('order.sequence_count', cast(min(applied_at) as date))
        and count(*) filter (where applied_s + slack_s >= before_s)
            >= policy.number('order.sequence_share', cast(min(applied_at) as date)) * count(before_s)
),
-- One late entry lies after many numbers; one that was moved up lies before both of the numbers next below it.
moved as (
    select f.voucher_id, f.before_that_id || '、' || f.before_id as neighbour_ids,
    from followed as f
    semi join series using (series, width)
    where f.applied_s + f.slack_s < f.before_s and f.applied_s + f.slack_s < f.before_that_s
),
-- Times to the minute are not written to the second: nothing can be said of them.
bursts as (
    select
        v.voucher_id,
        count(distinct o.applicant_id) as applicant_count,
        string_agg(o.voucher_id, '、' order by o.voucher_id) filter (where o.voucher_id <> v.voucher_id) as neighbour_ids,
    from vouchers as v
    join vouchers as o
        on o.provider_id = v.provider_id and o.applied_s between v.applied_s - v.burst_s and v.applied_s + v.burst_s
    where v.applied_s % 60 > 0 and o.applied_s % 60 > 0
    group by v.voucher_id
    having count(distinct o.applicant_id) >= policy.number('order.burst_applicants', cast(any_value(v.applied_at) as date))
),
looked_at as (
    select
        c.*,
        cast(policy.number('order.clock_slack_seconds', c.submitted_on) as integer) as slack_s,
        m.voucher_id is not null as is_moved,
        b.voucher_id is not null as is_burst,
        least(c.signed_on, f.framework_signed_on) as agreed_on,
        concat_ws('、', m.neighbour_ids, b.neighbour_ids) as neighbour_ids,
    from reconciled.claim_paper as c
    left join moved as m using (voucher_id)
    left join bursts as b using (voucher_id)
    left join reconciled.framework as f on f.contract_no = c.contract_no
),
faulted as (
    select
        *,
        list_filter([
            case when completed_at + to_seconds(slack_s) < applied_at then 'complete before applied' end,
            -- The contract is one of the papers (第十一条): a place in the queue cannot be older than it.
            case when cast(coalesce(completed_at, effective_at) as date) < agreed_on
                then 'complete before the contract was signed on ' || agreed_on end,
            case when effective_at + to_seconds(slack_s) < completed_at then 'effective before complete' end,
            case when effective_at + to_seconds(slack_s) < applied_at then 'effective before applied' end,
            case when submitted_at + to_seconds(slack_s) < applied_at then 'filed before applied' end,
            case when is_moved then 'number out of order' end,
            case when is_burst then 'many at once' end
        ], lambda fault: fault is not null) as faults,
    from looked_at
)
select
    claim_id as subject_id,
    case
        when len(faults) > 0 then 'flag'
        when has_voucher and applied_at is not null then 'pass'
        else 'unknown'
    end as verdict,
    voucher_id,
    provider_id,
    strftime(applied_at, '%Y-%m-%d %H:%M:%S') as applied_at,
    strftime(completed_at, '%Y-%m-%d %H:%M:%S') as completed_at,
    strftime(effective_at, '%Y-%m-%d %H:%M:%S') as effective_at,
    strftime(submitted_at, '%Y-%m-%d %H:%M:%S') as submitted_at,
    coalesce(nullif(array_to_string(faults, ', '), ''), '—') as faults,
    coalesce(nullif(array_to_string(list_transform(faults, lambda fault: case fault
        when 'complete before applied' then '齐全早于申领'
        when 'effective before complete' then '生效早于齐全'
        when 'effective before applied' then '生效早于申领'
        when 'filed before applied' then '兑现提交早于申领'
        when 'number out of order' then '券号在后而申领早于前两号'
        when 'many at once' then '同一机构名下多家同时申领'
        else replace(fault, 'complete before the contract was signed on', '齐全早于合同签订之日')
    end), '、'), ''), '—') as faults_zh,
    coalesce(nullif(neighbour_ids, ''), '—') as neighbour_ids,
    claimed_subsidy_yuan as amount_at_risk_yuan,
from faulted
