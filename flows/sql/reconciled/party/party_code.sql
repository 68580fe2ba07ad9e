/*
title_zh = "主体代码的校验"
grain_zh = "申请、合同、券和申请所用发票上的每个不同代码一行"
[columns]
code = "代码"
is_valid = "18 位统一社会信用代码，第 18 位（GB 32100）与第 17 位（GB 11714）校验均正确"
fault_zh = "不符之处；校验正确的为空"
*/
-- Alphabets and weights as in schemas/cast.py; GB 32100 leaves out I, O, S, V, Z, GB 11714 counts A as 10 without gaps.
with codes as (
    select applicant_id as code from lake.claim
    union select provider_id from lake.claim
    union select applicant_id from lake.contract
    union select provider_id from lake.contract
    union select applicant_id from lake.voucher
    union select provider_id from lake.voucher
    union select seller_id from reconciled.claim_invoice_use
    union select buyer_id from reconciled.claim_invoice_use
),
split as (
    select
        code,
        regexp_full_match(code, '[0-9A-HJ-NPQRTUWXY]{18}') as is_legal,
        list_zip(
            string_split(code[1:17], ''),
            [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
        ) as whole,
        list_zip(string_split(code[9:16], ''), [3, 7, 9, 10, 5, 8, 4, 2]) as organisation,
    from codes
    where code is not null
),
summed as (
    select
        code,
        is_legal,
        list_sum([(strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', p[1]) - 1) * p[2] for p in whole]) as whole_sum,
        list_sum([(strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', p[1]) - 1) * p[2] for p in organisation])
            as organisation_sum,
    from split
),
expected as (
    select
        code,
        is_legal,
        '0123456789ABCDEFGHJKLMNPQRTUWXY'[cast((31 - whole_sum % 31) % 31 + 1 as integer)] as last_place,
        '0123456789X0'[cast(11 - organisation_sum % 11 + 1 as integer)] as place_17,
    from summed
)
select
    code,
    is_legal and code[18] = last_place and code[17] = place_17 as is_valid,
    case
        when length(code) <> 18 then '应为18位，实为' || length(code) || '位'
        when not is_legal then '第' || length(regexp_extract(code, '^[0-9A-HJ-NPQRTUWXY]*')) + 1 || '位“'
            || code[length(regexp_extract(code, '^[0-9A-HJ-NPQRTUWXY]*')) + 1] || '”不是代码用字'
        when code[17] <> place_17 and code[18] <> last_place then '第17、18位校验均不符'
        when code[17] <> place_17 then '第17位应为' || place_17 || '，实为' || code[17]
        when code[18] <> last_place then '第18位应为' || last_place || '，实为' || code[18]
    end as fault_zh,
from expected
