/*
title_zh = "计费项目的归类"
grain_zh = "合同明细的每一行，与申请所用发票的明细每一行，各一行"
no_rows_without = ["reconciled.claim_paper"]
[columns]
claim_id = "申请编号"
contract_no = "合同编号"
source = "contract 合同明细，invoice 发票明细"
invoice_number = "发票号码；合同明细的为空"
item = "项目名称"
kind = "compute 算力，support 技术支撑，other 其他；认不出的为空"
yuan = "合同明细为含税金额，未约定数量的为空；发票明细为不含税金额；元"
tax_yuan = "发票明细的税额，元；合同明细的为空"
*/
with asked as (
    select
        claim_id,
        contract_no,
        lower(replace(policy.word('scope.excluded_words', submitted_on), ',', '|')) as excluded_words,
        lower(replace(policy.word('scope.compute_words', submitted_on), ',', '|')) as compute_words,
        lower(replace(policy.word('scope.support_words', submitted_on), ',', '|')) as support_words,
        string_split(policy.word('scope.goods_tax_prefixes', submitted_on), ',') as goods_prefixes,
    from reconciled.claim_paper
),
lines as (
    select
        a.*,
        'contract' as source,
        cast(null as varchar) as invoice_number,
        l.service_item as item,
        -- The category between asterisks is the tax code's name, not the item's.
        lower(l.service_item) as words,
        false as is_goods,
        w.kind <> 'lump' as is_metered,
        cast(cast(l.quantity as decimal(38, 6)) * l.unit_price_yuan as decimal(38, 6)) as yuan,
        cast(null as decimal(18, 2)) as tax_yuan,
    from asked as a
    join lake.contract_line as l using (contract_no)
    join reconciled.unit_word as w on w.unit = l.unit and w.is_name
    union all
    select
        a.*,
        'invoice',
        l.invoice_number,
        l.item_name,
        lower(regexp_replace(l.item_name, '^\*[^*]*\*', '')),
        coalesce(list_contains(a.goods_prefixes, l.tax_code[1]), false),
        coalesce(w.kind <> 'lump' and not w.is_loose, false),
        cast(l.net_yuan as decimal(38, 6)),
        l.tax_yuan,
    from asked as a
    join reconciled.claim_invoice_use as u using (claim_id)
    join lake.invoice_line as l on l.invoice_number = u.invoice_number
    left join reconciled.unit_word as w on w.word = reconciled.plain_word(l.unit)
    where u.effective_gross_yuan > 0
),
-- The tax code first, then what is priced by card, then the words of the item.
sorted as (
    select
        *,
        case
            when is_goods then 'other'
            when is_metered then 'compute'
            when regexp_matches(words, excluded_words) and not regexp_matches(words, compute_words) then 'other'
            when regexp_matches(words, support_words) and regexp_matches(words, compute_words) then 'mixed'
            when regexp_matches(words, support_words) then 'support'
            when regexp_matches(words, compute_words) then 'compute'
        end as wording,
    from lines
)
-- “算力适配服务” beside a line of compute is the support of it; alone it is the whole service.
select
    claim_id,
    contract_no,
    source,
    invoice_number,
    item,
    case
        when wording = 'mixed' and bool_or(wording = 'compute') over (partition by claim_id, source) then 'support'
        else wording
    end as kind,
    yuan,
    tax_yuan,
from sorted
