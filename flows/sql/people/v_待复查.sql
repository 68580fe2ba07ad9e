/*
title_zh = "兑现之后待复查的发票"
grain_zh = "每笔已兑现或可兑付的申请、每张所用的发票、每个还没有查验的复查日一行"
view = true
[columns]
"复查之日" = "兑现之后满所定月数之日；兑现之日未知的为空。到某日应复查的：复查之日不晚于该日的各行"
"申请编号" = "申请编号"
"合同编号" = "合同编号"
"服务机构代码" = "服务机构统一社会信用代码"
"发票号码" = "发票号码"
"兑现之日" = "最近一条通过或核减的专家意见之日"
"月数" = "兑现之后的月数"
*/
select
    due_on as 复查之日,
    claim_id as 申请编号,
    contract_no as 合同编号,
    provider_id as 服务机构代码,
    invoice_number as 发票号码,
    paid_on as 兑现之日,
    month_no as 月数,
from published.recheck
where not is_checked
order by due_on, claim_id, invoice_number, month_no
