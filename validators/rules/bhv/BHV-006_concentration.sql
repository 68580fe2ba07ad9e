/*
id = "BHV-006"
title_zh = "补贴集中于一家机构"
title_en = "Most of the pool at one provider"
article = "第三条"
severity = "note"
status = "active"
subject = "claim"
because_zh = "{policy_year} 年度按先后位次至本申请（第 {queue_position} 位），机构 {provider_id} 的 {provider_claim_count} 笔申请建议补贴合计 {provider_yuan} 元，占年度总额 {pool_yuan} 元的 {share}，自本申请起超过 {share_max}；该年度名单上的机构有 {listed_count} 家。"
because_en = "In the queue of {policy_year} up to this claim (place {queue_position}), {provider_claim_count} claim(s) at provider {provider_id} come to a proposed {provider_yuan} yuan, {share} of the yearly pool of {pool_yuan} yuan, and with this claim pass {share_max}; {listed_count} providers are on the list of that year."
unknown_zh = [
    "{policy_year} 年度没有收到服务机构名单，名单上有几家机构未知，建议补贴是否集中于机构 {provider_id} 看不出。请补交名单（provider）。",
]
unknown_en = [
    "No list of providers for {policy_year} is on file, so how many are listed is unknown, and whether what is proposed gathers at provider {provider_id} cannot be seen. Please hand in the list (provider).",
]
innocent_zh = [
    "该机构装机最多，各单位自行选择：与申领单位无关，无须说明。",
    "其他机构当年未开始服务或入库较晚：请看名单的入库日期。",
    "需要的型号只有该机构提供：请看设备清单。",
]
innocent_en = [
    "The provider has most of the cards and is chosen freely: no matter of the applicant's, nothing need be said.",
    "The others had not begun or were listed late: see the days of listing.",
    "Only this provider has the model needed: see the inventory.",
]
policy = ["pool.amount_yuan", "pool.provider_count", "pool.provider_share_max"]

[evidence]
provider_id = "服务机构代码"
policy_year = "年度"
queue_position = "当年的先后位次"
provider_claim_count = "该机构至本申请在队列中的申请笔数，本申请在内"
provider_yuan = "其建议补贴合计，元；往期兑现不在内"
pool_yuan = "年度总额，元；办法未定的为空"
share = "前者占后者的比率，舍去不足万分之一"
share_max = "提示线（超过）"
listed_count = "该年度名单上的机构家数；不足三家不看，没有交名单的为零"

[[trace]]
relation = "lake.provider"
using = []
where = "year(r.listed_on) <= j.policy_year and coalesce(year(r.delisted_on) >= j.policy_year, true)"

[[trace]]
relation = "lake.claim"
using = ["provider_id"]
where = "r.claim_id in (select a.claim_id from decided.award as a where a.policy_year = j.policy_year and a.is_in_queue and a.queue_position <= j.queue_position)"
*/
with queued as (
    select
        a.claim_id,
        c.provider_id,
        a.policy_year,
        a.queue_position,
        a.is_in_queue,
        a.proposed_subsidy_yuan,
        policy.optional_number('pool.amount_yuan', c.submitted_on) as pool_yuan,
        policy.number('pool.provider_count', c.submitted_on) as least_count,
        policy.number('pool.provider_share_max', c.submitted_on) as share_max,
        sum(a.proposed_subsidy_yuan) over own as provider_yuan,
        count(*) filter (where a.is_in_queue) over own as provider_claim_count,
    from decided.award as a
    join reconciled.claim_paper as c on c.claim_id = a.claim_id
    window own as (
        partition by a.policy_year, c.provider_id
        order by a.queue_position, a.claim_id
        rows between unbounded preceding and current row
    )
),
listed as (
    select y.policy_year, count(distinct p.provider_id) as listed_count
    from (select distinct policy_year from queued) as y
    join lake.provider as p
        on year(p.listed_on) <= y.policy_year and coalesce(year(p.delisted_on) >= y.policy_year, true)
    group by y.policy_year
),
weighed as (
    select
        q.*,
        coalesce(l.listed_count, 0) as listed_count,
        reconciled.millionths(q.share_max) * reconciled.millionths(q.pool_yuan) as bound_parts,
        reconciled.millionths(q.provider_yuan) * 1000000 as reached_parts,
        reconciled.millionths(q.provider_yuan - q.proposed_subsidy_yuan) * 1000000 as before_parts,
    from queued as q
    left join listed as l using (policy_year)
)
select
    claim_id as subject_id,
    case
        when not is_in_queue or pool_yuan is null then 'not_applicable'
        when listed_count = 0 then 'unknown'
        when listed_count < least_count then 'not_applicable'
        when reached_parts > bound_parts and before_parts <= bound_parts then 'flag'
        when reached_parts <= bound_parts or before_parts > bound_parts then 'pass'
        else 'unknown'
    end as verdict,
    provider_id,
    policy_year,
    queue_position,
    provider_claim_count,
    cast(provider_yuan as decimal(18, 2)) as provider_yuan,
    cast(pool_yuan as decimal(18, 2)) as pool_yuan,
    reconciled.ratio_cut(provider_yuan * 100, pool_yuan * 100) as share,
    cast(share_max as decimal(9, 2)) as share_max,
    listed_count,
from weighed
