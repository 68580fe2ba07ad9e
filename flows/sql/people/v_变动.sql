/*
title_zh = "自上次运行以来的变动"
grain_zh = "每笔申请、每个变动的数字一行"
view = true
[columns]
"申请编号" = "申请编号"
"数字" = "变动的数字"
"上次" = "上次的值"
"这次" = "这次的值"
"差额" = "金额之差，元"
"原因种类" = "原因种类"
"原因" = "原因"
"自身变动" = "该申请自身的事实或所依的办法变了"
*/
select
    claim_id as 申请编号,
    figure as 数字,
    before as 上次,
    after as 这次,
    difference_yuan as 差额,
    case cause_kind
        when 'new_file' then '新文件'
        when 'superseded' then '取代'
        when 'red_letter' then '红字发票'
        when 'register' then '名册'
        when 'decision' then '专家意见'
        when 'policy' then '办法参数'
        when 'code' then '代码'
        when 'queue' then '先后次序'
        when 'day' then '运行日'
        when 'unexplained' then '无法解释'
    end as 原因种类,
    cause_zh as 原因,
    is_own_cause as 自身变动,
from published.change
order by claim_id nulls last, figure
