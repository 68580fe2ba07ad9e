"""用电量: electricity of a provider's site by month, a ceiling for what its cards can have done."""

from hesuan.schemas.kind import MONTH, PARTY, QUANTITY
from hesuan.schemas.table import Column, Table

TABLE = Table(
    name="energy",
    zh="用电量",
    grain_zh="一家服务机构一个月一行",
    key=("provider_id", "month"),
    columns=(
        Column("provider_id", "统一社会信用代码", PARTY, "服务机构的代码", aliases=("服务机构代码",)),
        Column("month", "月份", MONTH, aliases=("年月", "用电月份")),
        Column(
            "kwh",
            "用电量",
            QUANTITY,
            "千瓦时",
            aliases=("用电量千瓦时", "用电量kWh", "电量"),
            units=("千瓦时", "kWh", "度"),
            at_least=0,
            example="123456.78",
        ),
    ),
)
