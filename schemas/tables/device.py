"""设备清单: the cards that a provider has, by card or by batch of one model."""

from hesuan.schemas.kind import BOOL, DATE, ID, INT, NUMBER, PARTY
from hesuan.schemas.table import Column, Table, optional

# One row of cards that are not listed singly: more than any machine hall holds is a slip of the pen.
MOST_CARDS = 1_000_000

TABLE = Table(
    name="device",
    zh="设备清单",
    grain_zh="一张卡一行；不逐卡登记的，同一节点同一型号一行",
    key=("provider_id", "cluster_id", "node_id", "device_uuid", "device_model", "valid_from"),
    columns=(
        Column("provider_id", "统一社会信用代码", PARTY, "服务机构的代码", aliases=("服务机构代码",)),
        optional("cluster_id", "集群", ID, aliases=("集群编号", "集群名称"), example="c1"),
        optional("node_id", "节点", ID, aliases=("节点编号", "节点名称"), example="gpu-node-01"),
        optional(
            "device_uuid",
            "设备编号",
            ID,
            "卡的唯一编号，如 GPU-UUID",
            aliases=("卡号", "设备UUID"),
            example="GPU-0a1b2c3d",
        ),
        Column("device_model", "型号", ID, "加速卡型号", aliases=("设备型号", "卡型号"), example="A800"),
        Column(
            "card_count",
            "卡数",
            INT,
            "未填按 1；不逐卡登记的须写明",
            at_least=0,
            at_most=MOST_CARDS,
            default="1",
            example="1",
        ),
        optional(
            "memory_gib",
            "显存GiB",
            NUMBER,
            "每卡标称显存",
            aliases=("显存",),
            units=("GiB", "GB", "G"),
            at_least=0,
            example="80",
        ),
        optional(
            "tdp_watts",
            "额定功率W",
            NUMBER,
            "每卡额定功率",
            aliases=("额定功率",),
            units=("W", "瓦"),
            at_least=0,
            example="400",
        ),
        Column("valid_from", "启用日期", DATE, example="2025-01-01"),
        optional("valid_to", "停用日期", DATE, "停用之日；在用的留空", example=""),
        optional("is_domestic", "是否国产芯片", BOOL, "该型号是否为国产算力芯片；不清楚的留空", example=""),
    ),
)
