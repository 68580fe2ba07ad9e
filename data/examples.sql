-- 合同的三方比对，逐月
from published.合同详情('DZSL-2026-025');

-- 每家服务机构的份数与建议补贴
select 服务机构, 申请数, published.万元(建议补贴) as 建议补贴_万元
from published.v_供给方
order by 建议补贴 desc nulls last, 机构代码;

-- 核减的发现，按规则
select 规则, count(distinct 申请编号) as 申请数, sum(涉及金额) as 涉及金额
from published.v_核验发现
where 处理 = '核减'
group by 规则
order by 规则;

-- 一条规则的发现
from published.发现('PRG-003');

-- 账单在计费而当日日志没有卡时的日子；有日志而卡数未知的不在其中
select *
from published.v_日用量比对
where 账单日均卡时 > 0 and (日志卡时 = 0 or 日志记录数 = 0)
order by 合同编号, 日期;

-- 结论与上次不同的申请
select *
from published.v_批次变化
where 原结论 is distinct from 现结论
order by 申请编号;

-- 某日以前的先后次序与累计
from published.截至(date '2026-06-30');

-- 一笔申请的计算步骤
select 步骤, 名称, 金额, 条款, 说明
from published.v_补贴计算
where 申请编号 = 'DX20260002'
order by 步骤;

-- 一项发现的来源：文件、工作表、行号
select 发现编号, 文件, 工作表, 行号
from published.v_证据
order by 发现编号, 文件, 工作表, 行号
limit 20;

-- 待主管部门明确的解读，按所动金额
select reading, title_zh, reading_key, reading_value, changed_claim_count, moved_yuan
from published.reading_total
where not is_default
order by moved_yuan desc, reading_key, reading_value;

-- 退回的行，按原因
select file_name, reason_code, count(*) as row_count
from published.reject
group by file_name, reason_code
order by row_count desc, file_name, reason_code
limit 20;

-- 应为空：由公布的数重算，与建议补贴不同的申请
select 申请编号, 复算差额, 分步差额
from published.复算(null)
where 复算差额 <> 0 or 分步差额 <> 0;

-- 应为空：没有说明的对象与列
select 对象, 列
from published.v_数据字典
where coalesce(说明, '') = '';

-- 应为空：行数不守恒的文件
select file_name, row_count, accepted_count, rejected_count, duplicate_count
from published.input_file
where row_count <> accepted_count + rejected_count + duplicate_count;
