/*
id = "REL-005"
title_zh = "几家申领单位的材料似由同一方准备"
title_en = "Papers of several applicants appear to come from one hand"
article = "第十七条"
severity = "note"
status = "active"
subject = "claim"
because_zh = "申领单位 {applicant_id} 与另外 {other_count} 家申领单位（{other_ids}）：共用电话 {phone}（连同本单位 {phone_count} 家，{phone_min} 家以上才提示）；内容相同的文件 {same_count} 份（{same_zh}）。只作提示，由代办机构办理属常态。"
because_en = "Applicant {applicant_id} and {other_count} other applicant(s) ({other_ids}): telephone {phone} in common ({phone_count} applicants with this one, told from {phone_min} on); {same_count} file(s) of the same content ({same}). A note only: an agency may well have prepared them."
innocent_zh = [
    "由同一家代办机构、园区服务窗口办理：请提供代办委托书。",
    "同一集团的几家单位由一个部门经办：请说明各家各自的用途。",
    "误将空白表样或别家的文件上传：请换上本单位的文件。",
]
innocent_en = [
    "One agency or a park's service desk handled them: provide the mandates.",
    "One department handles them for several firms of a group: state the use of each.",
    "A blank form or another's file was uploaded by mistake: replace it by the applicant's own.",
]
policy = ["related_party.preparer_count", "related_party.address_firms_max"]

[evidence]
applicant_id = "申领单位代码"
other_count = "另外的申领单位家数"
other_ids = "其代码，以顿号分隔；— 为没有"
phone = "共用的电话；— 为没有"
phone_count = "登记该电话、有兑现申请的申领单位家数，连同本单位"
phone_min = "共用电话达到几家才提示（含）"
same_count = "与别家申请内容相同的文件份数"
same_zh = "其材料；— 为没有"
same = "同上的材料代码"
file_digests = "其 SHA-256，以顿号分隔；— 为没有"

[[trace]]
relation = "lake.party"
using = []
where = "r.attribute = 'phone' and regexp_replace(r.value, '[^0-9]', '', 'g') = j.phone and (r.subject_id = j.applicant_id or list_contains(string_split(j.other_ids, '、'), r.subject_id))"

[[trace]]
relation = "lake.material"
using = []
where = "list_contains(string_split(j.file_digests, '、'), r.sha256)"
*/
-- A telephone of twenty firms is an agency's and no link (reconciled.party_link); a file of more applicants than an address
-- may have is a blank form.
with phones as (
    select distinct
        subject_id as applicant_id,
        replace(node, 'phone:', '') as phone,
        valid_from,
        valid_to,
    from reconciled.party_link
    where starts_with(node, 'phone:') and subject_id in (select applicant_id from lake.claim)
),
called as (
    select
        c.claim_id,
        p.phone,
        o.applicant_id as other_id,
    from reconciled.claim_paper as c
    join phones as p using (applicant_id)
    join phones as o using (phone)
    where coalesce(p.valid_from <= c.submitted_on, true)
        and coalesce(p.valid_to >= c.submitted_on, true)
        and coalesce(o.valid_from <= c.submitted_on, true)
        and coalesce(o.valid_to >= c.submitted_on, true)
),
crowds as (
    select claim_id, phone, count(distinct other_id) as phone_count, list(distinct other_id) as ids
    from called
    group by claim_id, phone
    qualify row_number() over (partition by claim_id order by phone_count desc, phone) = 1
),
-- What an applicant signs or fills in itself: proofs of the provider and its logs go to all its customers alike, and
-- two firms of one legal representative show the same identity card.
papers as (
    select
        m.claim_id,
        c.applicant_id,
        m.material_code,
        case m.material_code
            when 'business_licence' then '营业执照'
            when 'authenticity_pledge' then '材料真实性承诺书'
            when 'no_violation_pledge' then '无违法违规行为承诺书'
            when 'application_form' then '兑现申请表'
            when 'summary_table' then '服务项目兑现汇总表'
        end as material_zh,
        m.sha256,
    from lake.material as m
    join lake.claim as c using (claim_id)
    where m.sha256 is not null
),
held as (
    select sha256, count(distinct applicant_id) as applicant_count
    from papers
    where material_zh is not null
    group by sha256
),
alike as (
    select
        a.claim_id,
        a.material_code,
        a.material_zh,
        a.sha256,
        b.applicant_id as other_id,
    from papers as a
    join reconciled.claim_paper as c using (claim_id)
    join held as h
        on h.sha256 = a.sha256
        and h.applicant_count > 1
        and h.applicant_count <= policy.number('related_party.address_firms_max', c.submitted_on)
    join papers as b on b.sha256 = a.sha256
    where a.material_zh is not null and b.material_zh is not null and b.applicant_id <> a.applicant_id
),
files as (
    select
        claim_id,
        count(distinct sha256) as same_count,
        string_agg(distinct material_zh, '、' order by material_zh) as same_zh,
        string_agg(distinct material_code, ', ' order by material_code) as same,
        string_agg(distinct sha256, '、' order by sha256) as file_digests,
        list(distinct other_id) as ids,
    from alike
    group by claim_id
),
looked_at as (
    select
        c.claim_id,
        c.applicant_id,
        cast(policy.number('related_party.preparer_count', c.submitted_on) as integer) as phone_min,
        p.phone,
        coalesce(p.phone_count, 0) as phone_count,
        coalesce(p.phone_count, 0) >= policy.number('related_party.preparer_count', c.submitted_on) as is_shared,
        p.ids as phone_ids,
        f.* exclude (claim_id, ids),
        f.ids as file_ids,
        p.claim_id is not null or c.claim_id in (select claim_id from papers where material_zh is not null) as is_known,
    from reconciled.claim_paper as c
    left join crowds as p using (claim_id)
    left join files as f using (claim_id)
),
named as (
    select
        *,
        list_filter(
            list_sort(list_distinct(list_concat(
                case when is_shared then phone_ids else cast([] as varchar[]) end,
                coalesce(file_ids, cast([] as varchar[]))
            ))),
            lambda other: other <> applicant_id
        ) as other_ids,
    from looked_at
)
select
    claim_id as subject_id,
    case
        when is_shared or same_count > 0 then 'flag'
        when not is_known then 'not_applicable'
        when not is_shared and same_count is null then 'pass'
    end as verdict,
    applicant_id,
    len(other_ids) as other_count,
    coalesce(nullif(array_to_string(other_ids, '、'), ''), '—') as other_ids,
    case when is_shared then phone else '—' end as phone,
    case when is_shared then phone_count else 0 end as phone_count,
    phone_min,
    coalesce(same_count, 0) as same_count,
    coalesce(same_zh, '—') as same_zh,
    coalesce(same, '—') as same,
    coalesce(file_digests, '—') as file_digests,
from named
