/*
title_zh = "计价单位换算表"
grain_zh = "每个计价单位一行；按型号折算的，每个型号、精度、稀疏口径一行"
no_rows_without = ["reconciled.unit_word"]
[columns]
unit = "计价单位"
kind = "card 卡，node 整机，die 芯粒，compute 峰值算力，core CPU 核，lump 不按用量计价"
period_seconds = "时长，秒；空为自然月"
device_model = "型号（换算表所列的写法）；不按型号折算的为空"
precision = "精度"
sparsity = "稀疏口径：dense 稠密，sparse 稀疏"
factor = "一张卡是多少个计价对象：卡 1，芯粒为每卡芯粒数，峰值算力为 PFLOPS（整数精度为 POPS）；整机取设备清单，核与项不折算，为空"
source_zh = "依据"
version = "换算表版本"
*/
select
    w.unit,
    w.kind,
    w.period_seconds,
    f.device_model,
    f.precision,
    f.sparsity,
    cast(case w.kind
        when 'card' then 1
        when 'die' then f.dies_per_card
        when 'compute' then f.tflops_hundredths * 0.00001
    end as decimal(18, 5)) as factor,
    coalesce(f.source_zh, w.source_zh) as source_zh,
    w.version,
from reconciled.unit_word as w
left join reconciled.model_factor as f
    on (w.kind = 'die' and f.dies_per_card is not null)
    or (w.kind = 'compute' and f.tflops_hundredths is not null)
where w.is_name
order by w.unit, f.device_model, f.precision, f.sparsity
