"""Honest look-alikes in metering: schedulers, shared cards, clocks and rounding as they are in real life."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hesuan.flows.demo.clock import DAY, HOUR, second_of
from hesuan.flows.demo.dossier import Dossier, Job, Order
from hesuan.flows.demo.jobs import carve, change_job, gap_after, gap_before, last_on, months_between
from hesuan.flows.demo.scene import Desk, honest

Dossiers = tuple[Dossier, ...]
QUARTER = Decimal("0.25")
OTHERS = "other-tenant"


def _halve_cards(dossiers: Dossiers, _: Desk) -> None:
    """The second tenant's halves lie on the first one's cards."""
    first, second = dossiers
    onto = dict(zip(second.seats, first.seats, strict=True))
    second.jobs[:] = [replace(job, seat=onto[job.seat]) for job in second.jobs]


def _hand_over(dossiers: Dossiers, _: Desk) -> None:
    """Half an hour of the second tenant starts 20 seconds before the first one's job is seen to end."""
    first, second = dossiers
    host = next(j for j in first.jobs if gap_after(first, j) > 2 * HOUR and len(months_between(j, j)) == 1)
    piece = carve(second, HOUR // 2, near=host)
    second.jobs.append(replace(piece, seat=host.seat, start=host.end - 20))


def _share_with_others(dossiers: Dossiers, desk: Desk) -> None:
    """The rest of every card is used by a customer who claims nothing."""
    (dossier,) = dossiers
    for seat in dossier.seats:
        at = second_of(dossier.starts_on)
        while at < second_of(dossier.served_to):
            seconds = desk.rng.randint(20, 60) * HOUR
            desk.jobs[dossier.provider.house.key].append(Job(OTHERS, seat, QUARTER, at, seconds))
            at += seconds + desk.rng.randint(1, 9) * HOUR


def _never_start(dossiers: Dossiers, desk: Desk) -> None:
    """Jobs cancelled while they waited, and a few that were suspended for a quarter of an hour."""
    (dossier,) = dossiers
    for job in dossier.jobs[3:15]:
        waited = replace(
            job, cards=Decimal(0), seconds=0, state=f"CANCELLED by {desk.rng.randint(2000, 2100)}"
        )
        dossier.jobs.append(waited)
    pausing = [j for j in dossier.jobs if gap_after(dossier, j) > HOUR and len(months_between(j, j)) == 1][:4]
    for job in pausing:
        change_job(dossier, job, suspended=900)


def _requeue(dossiers: Dossiers, _: Desk) -> None:
    """A first run broken off by the provider, not billed; the second one under the same job number is."""
    (dossier,) = dossiers
    again = [j for j in dossier.jobs if gap_before(dossier, j) > 3 * HOUR][:5]
    for place, job in enumerate(again):
        family = f"{dossier.tenant}-{place}"
        state = "NODE_FAIL" if place % 2 else "REQUEUED"
        change_job(dossier, job, family=family)
        dossier.jobs.append(
            replace(job, start=job.start - 2 * HOUR, seconds=HOUR, state=state, family=family)
        )


def _still_running(dossiers: Dossiers, _: Desk) -> None:
    (dossier,) = dossiers
    seat = dossier.seats[0]
    start = second_of(date(2026, 11, 12), hour=7)
    dossier.jobs.append(replace(last_on(dossier, seat), start=start, seconds=2 * HOUR, state="RUNNING"))


def _file_late(dossiers: Dossiers, _: Desk) -> None:
    """Some rows come two months late, some come twice; ids tell."""
    (dossier,) = dossiers
    for job in dossier.jobs[2:8]:
        change_job(dossier, job, months_late=2)
    for job in dossier.jobs[10:20]:
        change_job(dossier, job, is_filed_twice=True)


def _picture_and_log(dossiers: Dossiers, _: Desk) -> None:
    log = next(row for row in dossiers[0].rows["material"] if row["material_code"] == "usage_log")
    log["file_name"] = log["file_name"].replace("后台日志.csv", "后台日志截图.png")


def _last_second(dossiers: Dossiers, _: Desk) -> None:
    """The last job of every lane ends with the contract's last day, at 24:00."""
    (dossier,) = dossiers
    midnight = second_of(dossier.ends_on) + DAY
    for seat in dossier.seats:
        job = last_on(dossier, seat)
        change_job(dossier, job, start=midnight - job.seconds - job.suspended)


MAY = date(2026, 5, 11)
JUNE = date(2026, 6, 15)

USAGE_LOOKALIKES = (
    honest(
        "MTR-004",
        "一卡切成两个MIG实例，两租户各用一半",
        Order("河", 9000, "h30", share=Decimal("0.5"), is_exact=True, starts_on=MAY),
        Order("河", 9000, "h31", share=Decimal("0.5"), is_exact=True, starts_on=MAY),
        change=_halve_cards,
    ),
    honest(
        "MTR-004",
        "交接时两台主机时钟相差20秒",
        Order("河", 9300, "h32", starts_on=JUNE),
        Order("河", 9400, "h33", starts_on=JUNE),
        change=_hand_over,
    ),
    honest(
        "MTR-004",
        "共享卡按0.75与0.25分给两个租户",
        Order("河", 9200, share=Decimal("0.75")),
        change=_share_with_others,
    ),
    honest(
        "REC-001", "合同约定每条记录不足一小时按一小时计", Order("山", 5800, rounding="hour_up", lane_cards=1)
    ),
    honest(
        "MTR-015", "排队中取消、从未开始的作业，以及曾被挂起的作业", Order("云", 5100), change=_never_start
    ),
    honest("MTR-015", "机构原因重新排队，同一作业号两次运行", Order("山", 5150), change=_requeue),
    honest(
        "MTR-015",
        "导出时仍在运行的作业",
        Order("云", 5150, starts_on=date(2026, 8, 3), term_ends_on=date(2026, 12, 31), spare_days=60),
        change=_still_running,
    ),
    honest("REC-001", "迟到的日志行，以及两份文件中重复的行", Order("云", 5200), change=_file_late),
    honest("REC-001", "日志含作业步，步骤行重复作业的卡数", Order("山", 5080)),
    honest("MTR-008", "日志写明是UTC时刻", Order("万", 6450)),
    honest(
        "MTR-008",
        "日志与采样的时钟一致，末尾记录早于导出时刻",
        Order("河", 9600, starts_on=date(2026, 8, 19), days=74, periods="whole"),
    ),
    honest("MTR-016", "有后台日志截图，也有机器可读日志", Order("云", 5100), change=_picture_and_log),
    honest("USE-002", "作业在合同最后一日24:00结束", Order("云", 5150), change=_last_second),
    honest("CAP-001", "同时占用恰等于装机8卡", Order("竹", 6400, model="910B", lane_cards=8)),
)
