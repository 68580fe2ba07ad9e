"""What each vendor's exporter calls things: metric → column and unit, and the labels that say whose value it is.

Metrics and labels are written here in lower case, as GKE and AKS print them; they are compared in lower case.
Other vendors, or the same under other names, are another `Profile`; how points become samples is not here.
"""

import re
from dataclasses import dataclass, field, replace

from hesuan.schemas.format import Format

# DCGM marks a value that it does not have by the last numbers of its type (dcgm_structs.h: INT32, FP64, INT64
# BLANK, then NOT_FOUND, NOT_SUPPORTED and NOT_PERMISSIONED). No percentage, watt or MiB comes near the least of
# them; counters in mJ and memory in bytes do, and end below the next.
BLANK_FROM = 0x7FFFFFF0
LARGE_BLANK_FROM = 1 << 47
BYTES_PER_MIB = 1 << 20


@dataclass(frozen=True)
class Measure:
    """A metric as a column of usage_sample: the metric's value × times / over, in the column's unit.

    rank: of several metrics of one column the lowest that has a value is used.
    failed: what the exporter writes where it could not read the card.
    is_exact: what is no whole number of thousandths is left out; other readings are rounded to thousandths.
    """

    column: str
    times: int = 1
    over: int = 1
    rank: int = 0
    blank_from: int = BLANK_FROM
    failed: int | None = None
    is_exact: bool = False


@dataclass(frozen=True)
class Profile:
    """One exporter.

    seen_zh, cannot_zh: as of a Format.
    device: labels that may hold the card's own number, which outlives a restart; an index never does.
    tenant: labels that may hold the namespace that uses the card.
    part: label → what a series that fills it measures instead of the whole card.
    share: metrics of what a container uses of a card. owner: metrics that only say who uses the card.
    undefined: metrics that say nothing about a card that is cut into parts.
    """

    name: str
    seen_zh: str
    cannot_zh: str
    source: str
    device: tuple[str, ...]
    measures: dict[str, Measure]
    tenant: tuple[str, ...] = ("exported_namespace", "namespace")
    part: dict[str, str] = field(default_factory=dict)
    share: str = "$^"
    owner: tuple[str, ...] = ()
    undefined: tuple[str, ...] = ()

    def knows(self, metric: str) -> bool:
        return metric in self.measures or metric in self.owner or re.match(self.share, metric) is not None


UTIL = Measure("util_percent")
POWER = Measure("power_watts")
TEMPERATURE = Measure("temperature_c")
MEMORY_MIB = Measure("memory_used_mib", is_exact=True)
MEMORY_BYTES = Measure("memory_used_mib", over=BYTES_PER_MIB, blank_from=LARGE_BLANK_FROM, is_exact=True)

DCGM = Profile(
    name="NVIDIA DCGM",
    seen_zh="dcgm-exporter 的指标目录两份（只有名称与单位），未见真件",
    cannot_zh="没有租户标签时是谁在用；MIG 实例各用多少",
    source="dcgm-exporter etc/dcp-metrics-included.csv; metering.md §2.5",
    device=("uuid",),
    measures={
        "dcgm_fi_dev_gpu_util": UTIL,
        "dcgm_fi_prof_gr_engine_active": Measure("util_percent", times=100, rank=1),
        "dcgm_fi_dev_power_usage": POWER,
        "dcgm_fi_dev_total_energy_consumption": Measure(
            "energy_joules", over=1000, blank_from=LARGE_BLANK_FROM
        ),
        "dcgm_fi_dev_fb_used": MEMORY_MIB,
        "dcgm_fi_dev_gpu_temp": TEMPERATURE,
    },
    part={"gpu_i_id": "MIG 实例"},
    undefined=("dcgm_fi_dev_gpu_util",),
)
ASCEND = Profile(
    name="昇腾 npu-exporter",
    seen_zh="npu-exporter v5 的测试数据两份（没有 vdie_id，全部退回）",
    cannot_zh="没有租户标签时是谁在用；vNPU 各用多少；没有 vdie_id 的卡",
    source="npu-exporter metrics; its MB are MiB: npu-smi prints 65536 for 64 GiB; metering.md §2.5",
    device=("vdie_id",),
    # FailedMetricValue of its devmanager/common.
    measures={
        "npu_chip_info_utilization": replace(UTIL, failed=-1),
        "npu_chip_info_overall_utilization": replace(UTIL, rank=1, failed=-1),
        "npu_chip_info_power": replace(POWER, failed=-1),
        "npu_chip_info_hbm_used_memory": replace(MEMORY_MIB, failed=-1),
        "npu_chip_info_temperature": replace(TEMPERATURE, failed=-1),
    },
    # Of a chip cut into vNPU they give the chip's value, and memory of vNPU comes in KB.
    share=r"(?:vnpu_pod|container_npu)_",
)
HYGON = Profile(
    name="海光 dcu-exporter",
    seen_zh="依文档，未见真件",
    cannot_zh="没有租户标签时是谁在用；虚拟 DCU 各用多少",
    source="dcu-exporter gauges; metering.md §2.5",
    device=("device_id",),
    measures={
        "dcu_utilizationrate": UTIL,
        "dcu_power_usage": POWER,
        "dcu_usedmemory_bytes": MEMORY_BYTES,
        "dcu_temp": TEMPERATURE,
    },
    tenant=("dcu_pod_namespace", "exported_namespace", "namespace"),
    share=r"vdcu_",
)
CAMBRICON = Profile(
    name="寒武纪 mlu-exporter",
    seen_zh="mlu-exporter 的测试数据一份，1,054 个读数",
    cannot_zh="没有租户标签时是谁在用；虚拟卡 vf 各用多少",
    source="mlu-exporter pkg/collector; metering.md §2.5",
    device=("uuid",),
    measures={
        "mlu_utilization": UTIL,
        "mlu_power_usage": POWER,
        "mlu_memory_used": MEMORY_BYTES,
        "mlu_temperature": TEMPERATURE,
    },
    part={"vf": "虚拟卡 vf"},
    # Deprecated twins of the rows with a vf, and what single processes use.
    share=r"mlu_(?:virtual_function|process)_",
    owner=("mlu_container",),
)
HAMI = Profile(
    name="HAMi monitor",
    seen_zh="依 HAMi 的源码（旧名与新版的 hami_ 名），未见真件",
    cannot_zh="是谁在用（只收整卡的读数）；容器各用多少",
    source="HAMi cmd/vGPUmonitor/metrics.go; metering.md §1.3, §2.5",
    device=("deviceuuid", "device_uuid"),
    # It reads the same cards as the maker's own exporter beside it, at other moments: that one goes first.
    # Its new names end in ratio, and go to 100 nonetheless. With --legacy-metrics it writes both, of one reading.
    measures={
        "hostcoreutilization": replace(UTIL, rank=2),
        "hostgpumemoryusage": replace(MEMORY_BYTES, rank=2),
        "hami_host_gpu_utilization_ratio": replace(UTIL, rank=2),
        "hami_host_gpu_memory_used_bytes": replace(MEMORY_BYTES, rank=2),
    },
    tenant=(),
    share=r"vgpu_device_memory|device_(?:utilization|memory|last_kernel)_(?:desc_)?of_container|hami_(?:vgpu|container)_",
)
PLAIN = Profile(
    name="usage_sample",
    seen_zh="阿里巴巴 cluster-trace-v2026-GenAI 一份（指标与列名由 source.toml 写明）",
    cannot_zh="没有租户标签时是谁在用；虚拟卡、实例各用多少",
    source="schemas/tables/usage_sample.py: for exports whose metric is named in source.toml",
    device=("device_uuid",),
    measures={
        "util_percent": UTIL,
        "power_watts": POWER,
        "memory_used_mib": MEMORY_MIB,
        "memory_used_bytes": MEMORY_BYTES,
        "temperature_c": TEMPERATURE,
        "energy_joules": Measure("energy_joules", blank_from=LARGE_BLANK_FROM),
    },
    tenant=("tenant",),
)
PROFILES = (DCGM, ASCEND, HYGON, CAMBRICON, HAMI, PLAIN)
# Each may come in any of Prometheus's forms.
EXPORTERS = tuple(
    Format(
        title_zh=f"指标：{profile.name}",
        seen_zh=profile.seen_zh,
        proves=("metered", "active"),
        cannot_zh=profile.cannot_zh,
    )
    for profile in PROFILES
)
COLUMNS = tuple(dict.fromkeys(m.column for profile in PROFILES for m in profile.measures.values()))
DEVICE_LABELS = frozenset(label for profile in PROFILES for label in profile.device)


def profile_of(metric: str) -> Profile | None:
    """The profile that knows a metric (in lower case)."""
    return next((profile for profile in PROFILES if profile.knows(metric)), None)


def first_of(labels: dict[str, str], names: tuple[str, ...]) -> str | None:
    """The first of those labels that is filled in."""
    return next((labels[name] for name in names if labels.get(name)), None)
