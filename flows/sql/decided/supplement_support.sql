/*
title_zh = "补充合同的计量可支持的金额"
grain_zh = "每份合同一行，其补充合同自有计量或不按用量计价的项目"
no_rows_without = ["decided.support", "reconciled.contract_supplement"]
[columns]
contract_no = "合同编号"
supplement_nos = "这些补充合同的编号"
supported_yuan = "其计量可支持的金额合计，含税，元，连同本合同舍去的零头，一并只舍一次不足一分；未知的不计"
contract_priced_yuan = "同上，只用合同价，元"
is_incomplete = "有一份的金额未知，或缺卡数、核数、单价"
*/
-- An invoice under a supplement is of the claim; what was used under it is on the other side of the same comparison: one
-- sum, cut to the fen once.
with parts as (
    select contract_no, unnest(supplement_nos) as supplement_no from reconciled.contract_supplement
)
select
    p.contract_no,
    string_agg(p.supplement_no, '、' order by p.supplement_no) as supplement_nos,
    cast(
        coalesce(sum(s.supported_yuan), 0)
            + cast(reconciled.summed_fen(0, coalesce(any_value(m.rest), 0) + coalesce(sum(s.rest), 0)) as decimal(16, 0)) * 0.01
        as decimal(18, 2)) as supported_yuan,
    cast(
        coalesce(sum(s.contract_priced_yuan), 0)
            + cast(reconciled.summed_fen(0, coalesce(any_value(m.contract_rest), 0) + coalesce(sum(s.contract_rest), 0)) as decimal(16, 0)) * 0.01
        as decimal(18, 2)) as contract_priced_yuan,
    bool_or(
        s.supported_yuan is null or s.unpriced_units > 0 or s.unknown_card_record_count > 0 or s.unknown_core_record_count > 0
    ) as is_incomplete,
from parts as p
join decided.support as s on s.contract_no = p.supplement_no
left join decided.support as m on m.contract_no = p.contract_no
where s.supported_yuan > 0
    or s.is_unconverted
    or s.is_mixed
    or s.unpriced_units > 0
    or s.unknown_card_record_count > 0
    or s.unknown_core_record_count > 0
group by p.contract_no
