/*
title_zh = "本办法的往期兑现"
grain_zh = "往期兑现表每行一行；其他资金的不在内"
no_rows_without = ["lake.grant_history"]
[columns]
policy_year = "政策年度；付的是所列申请的，取该申请的年度，不论记在哪一年"
applicant_id = "申领单位代码"
contract_no = "合同编号"
voucher_id = "券号；未载的为空"
invoice_number = "发票号码；未载的为空"
claimed_yuan = "申领金额，元"
redeemed_yuan = "兑现金额，元"
claim_id = "所付的申请：同一单位（分支机构的也可记在总机构名下，反之亦然）、同一合同、同一张券（未载券号的，券的申领或生效年度）；对不上任何申请的为空"
file_sha256 = "来源文件"
sheet = "来源工作表"
row_no = "来源行号"
*/
-- A claim once paid comes back as a row of the history: that is its own payment, not an earlier claim of somebody.
-- Voucher numbers may begin anew, so a row of a year before the voucher's is another one; a later one is the year of the
-- payment, which counts in the year of issue (R17). The first in the queue counts.
with paying as (
    select
        h.file_sha256,
        h.sheet,
        h.row_no,
        c.claim_id,
        c.policy_year,
        row_number() over (
            partition by h.file_sha256, h.sheet, h.row_no
            order by c.queue_at, c.submitted_at, c.claim_id
        ) as nth,
    from lake.grant_history as h
    left join reconciled.applicant_person as n on n.applicant_id = h.applicant_id
    join reconciled.claim_paper as c on c.contract_no = h.contract_no
        and case
            when h.voucher_id is null then h.policy_year in (c.policy_year, c.applied_year)
            else h.voucher_id = c.voucher_id and h.policy_year >= least(c.policy_year, c.applied_year)
        end
    left join reconciled.applicant_person as m on m.applicant_id = c.applicant_id
    where h.funder is null and coalesce(n.person_id, h.applicant_id) = coalesce(m.person_id, c.applicant_id)
)
select
    coalesce(p.policy_year, h.policy_year) as policy_year,
    h.applicant_id,
    h.contract_no,
    h.voucher_id,
    h.invoice_number,
    h.claimed_yuan,
    h.redeemed_yuan,
    p.claim_id,
    h.file_sha256,
    h.sheet,
    h.row_no,
from lake.grant_history as h
left join paying as p
    on p.file_sha256 = h.file_sha256
    and p.sheet is not distinct from h.sheet
    and p.row_no = h.row_no
    and p.nth = 1
where h.funder is null
