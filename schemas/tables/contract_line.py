"""合同明细: what a contract agrees on, line by line."""

from hesuan.schemas.kind import ID, PRICE, QUANTITY, TEXT
from hesuan.schemas.table import Column, Table, optional
from hesuan.schemas.unit_column import PRECISION, SPARSITY, UNIT

TABLE = Table(
    name="contract_line",
    zh="合同明细",
    grain_zh="一份合同的一个计价项一行",
    key=("contract_no", "line_no"),
    columns=(
        Column("contract_no", "合同编号", ID, aliases=("合同号",)),
        Column("line_no", "行号", ID, "同一合同内唯一", example="1"),
        Column("service_item", "服务项目", TEXT, aliases=("服务内容",), example="智算服务"),
        optional("device_model", "型号", ID, "加速卡型号", aliases=("设备型号", "卡型号"), example="A800"),
        UNIT,
        optional("quantity", "数量", QUANTITY, "约定用量；按实结算的留空", at_least=0, example="4000"),
        Column(
            "unit_price_yuan",
            "含税单价",
            PRICE,
            "每计价单位的含税价",
            aliases=("单价(含税)",),
            at_least=0,
            example="13.25",
        ),
        PRECISION,
        SPARSITY,
    ),
)
