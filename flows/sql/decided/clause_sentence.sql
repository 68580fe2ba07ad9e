/*
title_zh = "合同条款的各句"
grain_zh = "申请的合同、其框架合同与其补充合同的条款，每句一行"
no_rows_without = ["lake.contract_clause", "reconciled.claim_paper"]
[columns]
claim_id = "申请编号"
contract_no = "条款所在的合同编号"
clause_no = "条款号"
sentence = "该句，已统一半角、去掉空格与千分位"
word = "该句中返还、赠送一类的用词，写明不作的除外；没有的为空"
percent = "该句中最高的百分比，服务等级指标除外；没有的为空"
yuan = "该句中最高的金额，元；没有的为空"
is_harmless = "没有这类用词，或属可以返还的情形且不超过容许的比率；合同总额未约定而无从比较的为空"
file_sha256 = "来源文件"
sheet = "来源工作表"
row_no = "来源行号"
*/
with asked as (
    select
        claim_id,
        contract_no,
        contract_amount_yuan,
        replace(policy.word('clause.rebate_words', submitted_on), ',', '|') as rebate_words,
        replace(policy.word('clause.spared_words', submitted_on), ',', '|') as spared_words,
        replace(policy.word('clause.subsidy_words', submitted_on), ',', '|') as subsidy_words,
        '(?:' || replace(policy.word('clause.refusal_words', submitted_on), ',', '|') || ')[^,]*' as refusal,
        policy.number('clause.credit_ratio_max', submitted_on) as ratio_max,
    from reconciled.claim_paper
),
-- A paper of other parties is no framework or supplement; one whose parties are not on file is.
papers as (
    select claim_id, contract_no from asked
    union
    select a.claim_id, k.parent_contract_no
    from asked as a
    join lake.contract as k using (contract_no)
    where k.parent_contract_no is not null
        and (k.parent_contract_no not in (select contract_no from lake.contract)
            or k.contract_no in (select contract_no from reconciled.framework))
    union
    select a.claim_id, k.contract_no
    from asked as a
    join lake.contract as k on k.parent_contract_no = a.contract_no
    where a.contract_no not in (select contract_no from lake.contract)
        or k.contract_no in (select contract_no from reconciled.framework)
),
sentences as (
    select
        p.claim_id,
        k.contract_no,
        k.clause_no,
        unnest(
            regexp_split_to_array(
                translate(
                    regexp_replace(regexp_replace(lower(k.clause_text), '[ \t\r　]', '', 'g'), ',([0-9]{3})', '\1', 'g'),
                    '％．，；！０１２３４５６７８９',
                    '%.,;!0123456789'
                ),
                '[。;!\n]'
            )
        ) as sentence,
        k.file_sha256,
        k.sheet,
        k.row_no,
    from papers as p
    join lake.contract_clause as k using (contract_no)
),
-- “不得返还” gives nothing back: what is refused is left out up to the next comma.
told as (
    select
        s.*,
        a.* exclude (claim_id, contract_no),
        regexp_replace(s.sentence, a.refusal, '', 'g') as given,
    from sentences as s
    join asked as a using (claim_id)
    where s.sentence <> ''
),
-- “可用性低于99.9%的,返还5%”: the first is what is promised, the second what is given back.
stated as (
    select
        *,
        nullif(regexp_extract(given, rebate_words), '') as word,
        regexp_replace(
            regexp_replace(given, '百分之([0-9.]+|[一二三四五六七八九十])', '\1%', 'g'),
            '(?:可用|sla|服务等级)[^%,返退赠按]*%(?:[^%,返退赠按]*%)*|[0-9.]+%[≤<]|[≥>≤<]=?[0-9.]+%',
            '',
            'g'
        ) as figures,
    from told
),
listed as (
    select
        *,
        regexp_extract_all(figures, '([0-9]{1,6}(?:\.[0-9]{1,6})?|[一二三四五六七八九十])%', 1) as percents,
        -- A share or a sum in words that is not read is not taken for a small one.
        regexp_matches(
            figures,
            '%[零一二三四五六七八九十百点]|[一二三四五六七八九两半]成|一半|半数|[一二三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟]万?元'
        ) as is_unread,
        greatest(
            list_max(cast(regexp_extract_all(figures, '([0-9]{1,9}(?:\.[0-9]{1,2})?)元', 1) as decimal(18, 2)[])),
            list_max(cast(regexp_extract_all(figures, '([0-9]{1,6}(?:\.[0-9]{1,6})?)万元', 1) as decimal(18, 6)[])) * 10000
        ) as yuan,
    from stated
),
measured as (
    select
        *,
        case
            when len(percents) > 0 then list_max(
                cast(
                    string_split(
                        replace(translate(array_to_string(percents, ','), '一二三四五六七八九', '123456789'), '十', '10'), ','
                    ) as decimal(18, 6)[]
                )
            )
        end as percent,
    from listed
)
select
    claim_id,
    contract_no,
    clause_no,
    sentence,
    word,
    percent,
    cast(yuan as decimal(18, 2)) as yuan,
    case
        when word is null then true
        when not regexp_matches(given, spared_words) or regexp_matches(given, subsidy_words) then false
        when is_unread or percent > ratio_max * 100 or yuan > ratio_max * contract_amount_yuan then false
        when yuan is null or yuan <= ratio_max * contract_amount_yuan then true
    end as is_harmless,
    file_sha256,
    sheet,
    row_no,
from measured
