/*
id = "CON-008"
title_zh = "合同编号写法不一"
title_en = "Contract number written in two ways"
article = "第十一条、第十二条"
severity = "note"
status = "active"
subject = "claim"
because_zh = "{fault_zh}。"
because_en = "{fault_en}."
innocent_zh = [
    "录入时用了全角符号、小写字母或多打了空格：请按合同原件更正后重交，更正之前这些材料不计入该合同。",
    "确是两份合同，编号恰好相近：请补交不在合同表的那一份。",
]
innocent_en = [
    "Full-width signs, small letters or blanks slipped in: correct by the original and hand in again; until then these papers do not count for the contract.",
    "They are two contracts with numbers alike: hand in the one that is not in the table.",
]

[evidence]
contract_no = "申请的合同编号"
written_no = "不在合同表的编号"
listed_no = "合同表中与之只差全半角、大小写或空格的编号"
fault_zh = "何处不一"
fault_en = "何处不一，英文"

[[trace]]
relation = "lake.contract"
using = []
where = "r.contract_no = j.listed_no"

[[trace]]
relation = "lake.voucher"
using = []
where = "r.contract_no = j.written_no"

[[trace]]
relation = "lake.invoice"
using = []
where = "r.contract_no = j.written_no"

[[trace]]
relation = "lake.statement"
using = []
where = "r.contract_no = j.written_no"

[[trace]]
relation = "lake.payment"
using = []
where = "r.contract_no = j.written_no"
*/
with near as (
    select
        c.claim_id,
        min(s.written_no) as written_no,
        min(s.contract_no) as listed_no,
        string_agg(
            '合同编号 ' || s.written_no || ' 不在合同表（见于' || s.places_zh || '）；与 ' || s.contract_no
                || ' 只差全半角、大小写或空格，未当作同一份合同',
            '；' order by s.written_no, s.contract_no
        ) as fault_zh,
        string_agg(
            'Contract number ' || s.written_no || ' is not in the contract table (found in: ' || s.places_en
                || '); it differs from ' || s.contract_no || ' only in width, case or blanks and was not taken for the same contract',
            '; ' order by s.written_no, s.contract_no
        ) as fault_en,
    from reconciled.claim_paper as c
    join reconciled.contract_spelling as s on c.contract_no = s.written_no or c.contract_no = s.contract_no
    group by c.claim_id
)
select
    c.claim_id as subject_id,
    case
        when n.claim_id is not null then 'flag'
        when c.has_contract then 'pass'
        else 'unknown'
    end as verdict,
    c.contract_no,
    n.written_no,
    n.listed_no,
    coalesce(n.fault_zh, '合同编号 ' || c.contract_no || ' 不在合同表，也没有只差全半角、大小写或空格的') as fault_zh,
    coalesce(
        n.fault_en,
        'contract number ' || c.contract_no || ' is not in the contract table, and none there differs only in width, case or blanks'
    ) as fault_en,
from reconciled.claim_paper as c
left join near as n using (claim_id)
