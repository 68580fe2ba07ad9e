"""用量采样: what a card was seen doing at one moment, from an exporter or a platform."""

from datetime import UTC, datetime

from hesuan.schemas.kind import AT, EARLIEST, ID, INT, NUMBER, PARTY
from hesuan.schemas.table import Column, Table, optional

LATEST = datetime(2100, 1, 1, tzinfo=UTC)
TABLE = Table(
    name="usage_sample",
    zh="用量采样",
    grain_zh="一张卡（一个租户）一次采样一行",
    key=("provider_id", "cluster_id", "device_uuid", "tenant", "contract_no", "sampled_at", "metric_names"),
    dated_by="sampled_at",
    columns=(
        optional(
            "provider_id",
            "统一社会信用代码",
            PARTY,
            "服务机构；未填的取 source.toml",
            aliases=("服务机构代码",),
        ),
        optional("cluster_id", "集群", ID, aliases=("集群编号", "集群名称"), example="c1"),
        Column(
            "device_uuid",
            "设备编号",
            ID,
            "卡的唯一编号",
            aliases=("卡号", "设备UUID"),
            example="GPU-0a1b2c3d",
        ),
        # A clock that was never set shows 1970.
        Column("sampled_at", "采样时间", AT, at_least=EARLIEST, at_most=LATEST),
        optional("tenant", "租户", ID, "平台上的租户或账户名", aliases=("租户名称",), example="t-shifan"),
        optional("contract_no", "合同编号", ID, aliases=("合同号",)),
        optional(
            "util_percent",
            "利用率",
            NUMBER,
            "百分数 0–100",
            aliases=("GPU利用率",),
            units=("%",),
            at_least=0,
            at_most=100,
        ),
        optional(
            "power_watts",
            "功率W",
            NUMBER,
            aliases=("功率",),
            units=("W", "瓦"),
            at_least=0,
            # No card draws a megawatt; beyond it the energy of a day is no longer a whole number of mJ.
            at_most=1_000_000,
            example="312.5",
        ),
        optional(
            "memory_used_mib",
            "已用显存MiB",
            NUMBER,
            aliases=("已用显存",),
            units=("MiB",),
            at_least=0,
            example="40960",
        ),
        optional("temperature_c", "温度℃", NUMBER, aliases=("温度",), units=("℃", "摄氏度"), example="61"),
        optional(
            "energy_joules",
            "累计能耗J",
            NUMBER,
            "计数器读数",
            aliases=("累计能耗",),
            units=("J", "焦耳"),
            at_least=0,
            example="1234567.89",
        ),
        optional("seq_no", "采样序号", INT, "每张卡每次启动各自连续，逐条加一", at_least=0, example="1"),
        optional("boot_id", "启动编号", ID, "每次开机不同；换了即另起序号与摘要链", example=""),
        optional(
            "prev_hash", "上条摘要", ID, "同一张卡同一次启动上一条的 record_hash，第一条为空", example=""
        ),
        optional("record_hash", "本条摘要", ID, "上条摘要与本行规范形式的摘要，算法见 README", example=""),
    ),
    internal=(
        # A range query answers one metric: the file of the power must not supersede that of the utilisation.
        optional("metric_names", "所含指标", ID, "采集程序导出的，本行由哪几列的读数合成"),
    ),
)
