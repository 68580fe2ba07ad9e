/*
title_zh = "以采样为准的合同"
grain_zh = "计量口径为活跃的、没有用量记录的合同，每份一行"
view = true
[columns]
contract_no = "合同编号"
basis = "计量口径"
has_record = "有用量记录"
*/
-- Samples never add to records; they stand in where the contract counts active use or where there are no records.
with contracts as (
    select
        contract_no,
        basis,
        contract_no in (select contract_no from reconciled.contract_day) as has_record,
    from reconciled.contract_term
)
select
    contract_no,
    basis,
    has_record,
from contracts
where basis = 'active' or not has_record
