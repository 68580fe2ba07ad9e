"""收费标准: a provider's published fees (第九条第二项)."""

from hesuan.schemas.kind import DATE, ID, PARTY, PRICE, TEXT
from hesuan.schemas.table import Column, Table, optional
from hesuan.schemas.unit_column import PRECISION, SPARSITY, UNIT

TABLE = Table(
    name="tariff",
    zh="收费标准",
    grain_zh="一家机构一种型号、服务项目和计价单位，一段有效期一行",
    key=("provider_id", "device_model", "service_item", "unit", "precision", "sparsity", "valid_from"),
    columns=(
        Column("provider_id", "统一社会信用代码", PARTY, "服务机构的代码", aliases=("服务机构代码",)),
        Column(
            "device_model",
            "型号",
            ID,
            "加速卡型号；按核时计价的写处理器型号，不分型号的写 CPU",
            aliases=("设备型号", "卡型号"),
            example="A800",
        ),
        optional("service_item", "服务项目", TEXT, example="智算服务"),
        UNIT,
        Column(
            "unit_price_yuan",
            "含税单价",
            PRICE,
            "每计价单位的含税价",
            aliases=("单价(含税)",),
            at_least=0,
            example="13.25",
        ),
        Column("valid_from", "启用日期", DATE, aliases=("生效日期",), example="2026-01-01"),
        optional(
            "valid_to",
            "停用日期",
            DATE,
            "末日；仍有效的、到新的一行启用为止的留空",
            aliases=("失效日期",),
            example="",
        ),
        PRECISION,
        SPARSITY,
    ),
)
