/*
title_zh = "上次运行"
grain_zh = "一行；第一次运行没有"
no_rows_without = ["earlier.run"]
[columns]
run_id = "上次的运行编号；上次的库打不开的为空"
as_of = "上次的运行日；空为没有任何事实因运行日而未用"
policy_id = "上次的办法编号"
lacking_zh = "上次的库缺什么，因而没有比较的；不缺的为空"
*/
select
    run_id,
    as_of,
    policy_id,
    lacking_zh,
from earlier.run
order by run_id
