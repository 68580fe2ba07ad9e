"""Kubernetes resource names that mean accelerator cards, and how much of a card one of each is.

The one place for such names. Sources: HAMi charts/hami/values.yaml and templates/scheduler/device-configmap.yaml
(v2.10) with its documents per vendor; NVIDIA MIG User Guide, supported profiles; Huawei MindCluster device plugin;
Alibaba Cloud ACK, Koordinator, Volcano and Tencent gpu-manager documents on sharing; metering.md §2.4.
"""

import re
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class CardName:
    """What one of a resource is worth in cards; null where the name does not say.

    cores: a resource that states the percentage of each card. shares: others that make a part of a card of it.
    is_of_cores: it counts the percentages of cores itself, in all; `shares` then say nothing more of them.
    """

    worth: Fraction | None = Fraction(1)
    cores: str | None = None
    shares: tuple[str, ...] = ()
    is_of_cores: bool = False


PERCENT = Fraction(1, 100)
# Compute slices of a card that holds seven, and of one that holds four (A30, RTX PRO 6000). 1g.24gb is a profile
# of both kinds (H100 with 94 GB; RTX PRO 6000): it is left out, so its worth is not known.
SEVENTHS = {
    1: (5, 10, 12, 18, 20, 23, 35, 45),
    2: (10, 20, 24, 35, 45),
    3: (20, 40, 47, 48, 71, 90),
    4: (20, 40, 47, 48, 71, 90),
    7: (40, 79, 80, 94, 96, 141, 180),
}
QUARTERS = {1: (6,), 2: (12, 48), 4: (24, 96)}
# One board each. Of an Ascend 910C a board holds two dies, and the resource counts dies (64 GiB each).
ASCEND = ("310", "310P", "910", "910A", "910B", "910B1", "910B2", "910B3", "910B4", "910B4-1")
WHOLE = (
    *("huawei.com/npu", "cambricon.com/mlu", "hygon.com/dcu", "metax-tech.com/gpu", "mthreads.com/gpu"),
    *("iluvatar.ai/gpu", "enflame.com/gcu", "kunlunxin.com/xpu", "birentech.com/gpu", "aliyun.com/gpu"),
    *("aliyun.com/gpu-count", "aliyun.com/ppu", "volcano.sh/gpu-number", "habana.ai/gaudi"),
)
# What MindCluster's plugin offers of every Ascend 910: on an A3 node 16, of which two are one board (its scheduler
# plugin, internal/npu/ascend910/ascend910a3: NodeNPUNumber 16, DieNPUNumber 2), on older nodes one is a board. A pod
# bound to A3 nodes says so itself; what other nodes are, the provider's device list may tell.
PLUGIN_ASCEND = "huawei.com/Ascend910"
ACCELERATOR = "accelerator-type"
A3_NODE = re.compile(r"module-a3-.*")
ILUVATAR = ("MR-V100", "MR-V50", "BI-V150", "BI-V100")
KOORDINATOR = "koordinator.sh/gpu-core"
# Percentages of one card, in all → what is asked for beside them: of the memory, and of how many cards they are.
PERCENTAGES = {
    "aliyun.com/gpu-core.percentage": ("aliyun.com/gpu-mem",),
    KOORDINATOR: (
        "koordinator.sh/gpu-memory",
        "koordinator.sh/gpu-memory-ratio",
        "koordinator.sh/gpu.shared",
    ),
    "tencent.com/vcuda-core": ("tencent.com/vcuda-memory",),
    "tke.cloud.tencent.com/qgpu-core": ("tke.cloud.tencent.com/qgpu-memory",),
}
# Counts that stand beside the makers' own names of the same cards, or that mean another thing on other nodes.
SOLE = (PLUGIN_ASCEND, KOORDINATOR)


def _mig(slices: dict[int, tuple[int, ...]], whole: int) -> dict[str, CardName]:
    return {
        f"nvidia.com/mig-{part}g.{memory}gb{media}": CardName(Fraction(part, whole))
        for part, memories in slices.items()
        for memory in memories
        for media in ("", ".me")
    }


def _ascend(chip: str, worth: Fraction) -> dict[str, CardName]:
    name = f"huawei.com/Ascend{chip}"
    return {name: CardName(worth, shares=(f"{name}-memory", f"{name}-core"))}


CARD_NAMES: dict[str, CardName] = {
    "nvidia.com/gpu": CardName(
        cores="nvidia.com/gpucores", shares=("nvidia.com/gpumem", "nvidia.com/gpumem-percentage")
    ),
    "volcano.sh/vgpu-number": CardName(
        cores="volcano.sh/vgpu-cores", shares=("volcano.sh/vgpu-memory", "volcano.sh/vgpu-memory-percentage")
    ),
    "cambricon.com/vmlu": CardName(
        cores="cambricon.com/mlu.smlu.vcore", shares=("cambricon.com/mlu.smlu.vmemory",)
    ),
    "hygon.com/dcunum": CardName(cores="hygon.com/dcucores", shares=("hygon.com/dcumem",)),
    "hygon.com/hcunum": CardName(cores="hygon.com/hcucores", shares=("hygon.com/hcumem",)),
    "metax-tech.com/sgpu": CardName(cores="metax-tech.com/vcore", shares=("metax-tech.com/vmemory",)),
    "enflame.com/vgcu": CardName(cores="enflame.com/vgcu-percentage"),
    # Their cores are numbers of cores, or undocumented: what share of a card they are is not said.
    "mthreads.com/vgpu": CardName(shares=("mthreads.com/sgpu-core", "mthreads.com/sgpu-memory")),
    "amd.com/gpu": CardName(shares=("amd.com/gpucores", "amd.com/gpumem")),
    **{
        f"iluvatar.ai/{chip}-vgpu": CardName(
            cores=f"iluvatar.ai/{chip}.vCore", shares=(f"iluvatar.ai/{chip}.vMem",)
        )
        for chip in ILUVATAR
    },
    **{name: CardName() for name in WHOLE},
    **{name: CardName(PERCENT, shares=beside, is_of_cores=True) for name, beside in PERCENTAGES.items()},
    **{name: known for chip in ASCEND for name, known in _ascend(chip, Fraction(1)).items()},
    **_ascend("910C", Fraction(1, 2)),
    **_mig(SEVENTHS, 7),
    **_mig(QUARTERS, 4),
}
SHARE_NAMES = {
    name: card for card, known in CARD_NAMES.items() for name in (*filter(None, [known.cores]), *known.shares)
}
# Resources of Kubernetes itself, and devices that are known to be no cards: network, storage, kernel devices.
NO_CARD = re.compile(
    r"[^/]+|(?:[\w.-]+\.)?kubernetes\.io/.*|koordinator\.sh/(?:batch|mid)-.*|koordinator\.sh/rdma"
    r"|rdma/.*|mellanox\.com/.*|openshift\.io/.*|intel\.com/(?:sriov|qat|dsa|sgx).*|smarter-devices/.*"
    r"|devices\.kubevirt\.io/.*|tke\.cloud\.tencent\.com/(?!qgpu).*|vpc\.amazonaws\.com/.*|aliyun/.*|aliyun\.com/erdma"
    r"|github\.com/fuse|(?:nvidia|volcano|cambricon|huawei)\.(?:com|sh)/(?:priority|hostdev.*|rdma.*)"
)


def is_no_card(name: str) -> bool:
    return NO_CARD.fullmatch(name) is not None


def name_of(label: str) -> str:
    """The resource of a label as kube-state-metrics writes it: nvidia_com_gpu → nvidia.com/gpu; others as they are."""
    return _PLAIN.get(label, label)


_PLAIN = {re.sub(r"\W", "_", name): name for name in (*CARD_NAMES, *SHARE_NAMES)}
