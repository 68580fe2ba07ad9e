/*
title_zh = "主体的关联节点"
grain_zh = "每条主体关联信息、申领单位表里每个总机构一行；邮箱域名、未写到房号的地址和二十家以上共用的电话、地址、账号不列"
[columns]
subject_id = "主体代码"
node = "所连的节点：另一主体的代码，或按类别归一的姓名、电话、地址、账号"
says_zh = "该条关联信息的中文表述"
value = "关联值"
is_by_name = "只凭人名相连：没有证件或代码可核对"
is_place = "凭电话、地址或账号相连"
is_address = "凭地址相连"
share_ratio = "持股比例；不是股东的为 1，股东未写明的为 0"
firm_count = "共用该电话、地址或账号的主体数；其他类别为 1"
valid_from = "开始日期"
valid_to = "结束日期"
file_sha256 = "来源文件"
sheet = "来源工作表"
row_no = "来源行号"
*/
-- What twenty firms share is a park, an agency or a bank's collective account: no policy would call that a relation.
with names as (
    select
        reconciled.plain_name(subject_name) as plain_name,
        min(subject_id) as subject_id,
    from lake.party
    group by plain_name
    having count(distinct subject_id) = 1
),
codes as (
    select distinct subject_id from lake.party
),
plain as (
    select
        *,
        reconciled.plain_name(value) as plain_value,
        attribute in ('phone', 'address', 'bank_account') as is_place,
    from lake.party
    where attribute <> 'email_domain'
        -- A building is no address to share: the room makes it one.
        and (attribute <> 'address' or regexp_matches(value, '[0-9０-９一二三四五六七八九十]\s*(室|房|铺|单元)|[0-9]-[0-9]'))
),
noded as (
    select
        p.*,
        case
            when p.attribute in ('phone', 'bank_account')
                then p.attribute || ':' || nullif(regexp_replace(p.plain_value, '[^0-9]', '', 'g'), '')
            when p.attribute = 'address' then 'address:' || p.plain_value
            else coalesce(c.subject_id, n.subject_id, 'who:' || upper(p.plain_value))
        end as node,
        c.subject_id is null
            and n.subject_id is null
            and not p.is_place
            and not regexp_matches(p.plain_value, '[0-9]')
            and (length(p.plain_value) <= 4 or regexp_matches(p.plain_value, '^[A-Za-z. ]+$|·')) as is_by_name,
    from plain as p
    left join codes as c on c.subject_id = upper(p.plain_value) and not p.is_place
    left join names as n on n.plain_name = p.plain_value and not p.is_place
),
shared as (
    select node, count(distinct subject_id) as firm_count from noded where is_place group by node
)
select
    d.subject_id,
    d.node,
    concat(
        d.subject_name, ' ',
        case d.attribute
            when 'legal_rep' then '法定代表人'
            when 'controller' then '实际控制人'
            when 'shareholder' then '股东'
            when 'director' then '董事'
            when 'phone' then '电话'
            when 'address' then '地址'
            when 'bank_account' then '银行账号'
        end,
        ' ', d.value
    ) as says_zh,
    d.value,
    d.is_by_name,
    d.is_place,
    d.attribute = 'address' as is_address,
    cast(case when d.attribute = 'shareholder' then coalesce(d.share_ratio, 0) else 1 end as decimal(9, 6)) as share_ratio,
    coalesce(s.firm_count, 1) as firm_count,
    d.valid_from,
    d.valid_to,
    d.file_sha256,
    d.sheet,
    d.row_no,
from noded as d
left join shared as s using (node)
where d.node is not null and d.node <> d.subject_id and coalesce(s.firm_count < 20, true)
union all
-- The register of applicants says whose branch one is: that binds like any holding of the whole.
select
    applicant_id as subject_id,
    head_office_id as node,
    concat_ws(' ', applicant_name, '总机构', head_office_id) as says_zh,
    head_office_id as value,
    false as is_by_name,
    false as is_place,
    false as is_address,
    1 as share_ratio,
    1 as firm_count,
    null as valid_from,
    null as valid_to,
    file_sha256,
    sheet,
    row_no,
from lake.applicant
where head_office_id <> applicant_id
