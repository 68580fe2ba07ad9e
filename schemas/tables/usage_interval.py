"""用量区间: one allocation of cards or cores to a tenant, from a scheduler, a platform or a filled table."""

from hesuan.schemas.kind import AT, CARDS, HOURS, ID, INT, PARTY, TEXT
from hesuan.schemas.table import Column, Table, optional

# Bounds beyond anything real, so that no sum can overflow.
MOST_CORES = 10_000_000
MOST_SECONDS = 10_000_000_000
# States of runs that the provider's own trouble ended: they are not billable. A launch or a node's configuration that
# failed is as a boot that failed; held, federated and special requeues are “same as REQUEUED” (Slurm, Job State Codes).
NOT_BILLABLE = (
    *("NODE_FAIL", "BOOT_FAIL", "LAUNCH_FAILED", "RECONFIG_FAIL", "REQUEUED", "REVOKED"),
    *("REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT"),
)
# States of a run that is not over, whatever end is printed for it. One stopped keeps its cards; one whose nodes
# are still configured or powered up has them already.
NOT_OVER = (
    *("RUNNING", "SUSPENDED", "COMPLETING", "STAGE_OUT"),
    *("CONFIGURING", "POWER_UP_NODE", "SIGNALING", "STOPPED"),
)

TABLE = Table(
    name="usage_interval",
    zh="用量区间",
    grain_zh="一次分配（一个作业的一次运行）一行",
    key=("provider_id", "cluster_id", "record_id"),
    dated_by="started_at",
    columns=(
        optional(
            "provider_id",
            "统一社会信用代码",
            PARTY,
            "服务机构；未填的取 source.toml",
            aliases=("服务机构代码",),
        ),
        optional("cluster_id", "集群", ID, example="c1"),
        Column(
            "record_id",
            "记录编号",
            ID,
            "机构内唯一；同一作业的各次运行各有编号",
            aliases=("作业编号",),
            example="job-1001",
        ),
        Column("tenant", "租户", ID, "平台上的租户或账户名", example="t-shifan"),
        optional("contract_no", "合同编号", ID),
        optional("account", "账户", ID, example="shifan"),
        optional("user", "用户", TEXT, "入库时立即以密钥散列，原名不保存", example="zhang"),
        optional("node_id", "节点", TEXT, example="gpu-node-01"),
        optional("device_uuid", "设备编号", ID, example=""),
        optional("device_model", "型号", ID, example="A800"),
        optional("card_count", "卡数", CARDS, "可为小数；空表示不知道，不是零", at_least=0, example="8"),
        optional("cpu_cores", "CPU核数", INT, at_least=0, at_most=MOST_CORES, example="64"),
        optional("started_at", "开始时间", AT, "从未运行的作业可空"),
        optional("ended_at", "结束时间", AT, "仍在运行的可空", example="2026-03-22 05:30:00"),
        optional("suspended_seconds", "挂起秒数", INT, at_least=0, at_most=MOST_SECONDS, example="0"),
        optional("state", "状态", ID, example="COMPLETED"),
        optional(
            "reported_gpu_hours",
            "自报卡时",
            HOURS,
            "机构自己算出的卡时，只用于比对",
            at_least=0,
            example="4000",
        ),
    ),
    internal=(
        optional(
            "elapsed_seconds",
            "调度器自报时长",
            INT,
            "秒；与起止时间不一致时取小者",
            at_least=0,
            at_most=MOST_SECONDS,
        ),
        optional("time_limit_seconds", "时限", INT, "秒；不限的为空", at_least=0, at_most=MOST_SECONDS),
        optional("node_count", "节点数", INT, at_least=0, at_most=MOST_CORES),
        optional(
            "card_evidence",
            "卡数依据",
            ID,
            "allocated 记录写明；ascend910 写明而所数的是卡或芯粒；requested 只有申请；absent 记录不提",
        ),
        optional("exported_at", "导出时间", AT),
    ),
)
