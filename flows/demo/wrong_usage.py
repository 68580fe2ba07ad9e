"""Planted wrongs in metering and between metering and bills."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hesuan.flows.demo.clock import HOUR, second_of
from hesuan.flows.demo.dossier import Dossier, Order
from hesuan.flows.demo.jobs import carve, last_on, months_between
from hesuan.flows.demo.scene import Desk, wrong

Dossiers = tuple[Dossier, ...]
SHIFT = 8 * HOUR


def _sell_twice(dossiers: Dossiers, _: Desk) -> None:
    """Two hours of the second tenant run on a card that the first tenant holds at that time."""
    first, second = dossiers
    host = max((j for j in first.jobs if len(months_between(j, j)) == 1), key=lambda j: j.seconds)
    piece = carve(second, 2 * HOUR, near=host)
    second.jobs.append(replace(piece, seat=host.seat, start=host.start + host.seconds // 3))


def _shift_clock(dossiers: Dossiers, desk: Desk) -> None:
    """Every stamp eight hours late, so that the last ones lie after the export."""
    (dossier,) = dossiers
    midnight = second_of(date(2026, 11, 1))
    for seat in dossier.seats:
        last = last_on(dossier, seat)
        at = midnight - last.seconds - desk.rng.randint(0, HOUR)
        dossier.jobs[dossier.jobs.index(last)] = replace(last, start=max(at, last.start))
    dossier.jobs[:] = [replace(job, start=job.start + SHIFT) for job in dossier.jobs]


def _run_backwards(dossiers: Dossiers, _: Desk) -> None:
    """Three more rows that end two hours before they start; none of them is billed."""
    (dossier,) = dossiers
    for job in dossier.jobs[5:20:5]:
        dossier.jobs.append(replace(job, start=job.start + 600, seconds=-2 * HOUR))


def _only_pictures(dossiers: Dossiers, _: Desk) -> None:
    (dossier,) = dossiers
    dossier.jobs.clear()
    log = next(row for row in dossier.rows["material"] if row["material_code"] == "usage_log")
    log["file_name"] = log["file_name"].replace("后台日志.csv", "后台日志截图.png")


def _run_after_term(dossiers: Dossiers, _: Desk) -> None:
    """Five billed hours of one lane fall on the third day after the contract's end."""
    (dossier,) = dossiers
    last = max(dossier.jobs, key=lambda j: j.end)
    piece = carve(dossier, 5 * HOUR, near=replace(last, start=last.end - 2, seconds=1))
    dossier.jobs.append(replace(piece, start=second_of(dossier.ends_on) + 3 * 24 * HOUR + 2 * HOUR))


def _overfill(dossiers: Dossiers, _: Desk) -> None:
    """Two more hours of eight cards at a time when all sixteen installed are taken."""
    (dossier,) = dossiers
    one, other = dossier.seats
    for job in sorted((j for j in dossier.jobs if j.seat == one), key=lambda j: -j.seconds):
        shared = [(max(job.start, j.start), min(job.end, j.end)) for j in dossier.jobs if j.seat == other]
        busy = max(shared, key=lambda stretch: stretch[1] - stretch[0])
        donor = (
            carve(dossier, 2 * HOUR, near=job)
            if busy[1] - busy[0] > 5 * HOUR and len(months_between(job, job)) == 1
            else None
        )
        if donor:
            dossier.jobs.append(replace(donor, start=busy[0] + HOUR))
            return
    raise ValueError("没有两条泳道同时占满的时段")


USAGE_WRONGS = (
    wrong(
        "MTR-004",
        "同一张卡同时计给两个租户两小时",
        Order("河", 9000, "w30", starts_on=date(2026, 4, 6)),
        Order("河", 9000, "w31", starts_on=date(2026, 4, 6)),
        change=_sell_twice,
    ),
    wrong(
        "MTR-008",
        "用量时间整体多加8小时，末尾记录晚于导出时刻，与采样不符",
        Order(
            "河",
            10000,
            "w32",
            starts_on=date(2026, 8, 20),
            days=73,
            term_ends_on=date(2026, 11, 5),
            periods="whole",
            spare_days=5,
        ),
        change=_shift_clock,
    ),
    wrong("MTR-015", "三条记录结束早于开始", Order("云", 5150, "w33"), change=_run_backwards),
    wrong("MTR-016", "只有后台日志截图，没有机器可读日志", Order("渠", 5100, "w34"), change=_only_pictures),
    wrong(
        "USE-002",
        "合同结束三天后仍有计费用量",
        Order("山", 6000, "w35", lane_cards=8, spare_days=6),
        change=_run_after_term,
    ),
    wrong("REC-001", "计费8000卡时，计量6560卡时", Order("云", 8000, "w36", used=6560, is_exact=True)),
    wrong(
        "REC-003",
        "合同价12.72元/卡时，按15.90元/卡时计费",
        Order(
            "云",
            4800,
            "w37",
            model="H800",
            is_exact=True,
            contract_price=Decimal("12.72"),
            contract_hours=6000,
        ),
    ),
    wrong("REC-006", "把节点时当卡时：计量是计费的8倍", Order("云", 6000, "w38", used=48000, is_exact=True)),
    wrong(
        "CAP-001",
        "装机16卡，同时占用24卡两小时",
        Order("竹", 11000, "w39", model="MLU370", lane_cards=8),
        change=_overfill,
    ),
)
