/*
title_zh = "数据字典"
grain_zh = "每列一行"
view = true
[columns]
"对象" = "表"
"列" = "列"
"类型" = "类型"
"说明" = "含义"
*/
select
    relation as 对象,
    column_name as 列,
    data_type as 类型,
    meaning_zh as 说明,
from published.dictionary
order by relation, column_name
