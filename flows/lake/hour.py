"""The hours of samples as relations of schema lake, read where they lie while facts are worked out from them.

Whatever several files say of one card's day stands in that day's own set, in place of what each of them says.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from hesuan.flows.occupancy.shape import MADE, cast_to
from hesuan.flows.occupancy.shared import Settled
from hesuan.flows.warehouse import Connection, comment, drop, parquet
from hesuan.schemas.card import Card

DAY_OF = {
    "occupancy": "(s.hour_s + 28800) // 86400",
    "occupancy_day": "s.day_no",
    "gap": "(s.begin_s + 28800) // 86400",
    "span": "s.day_no",
    "fate": "s.day_no",
}
TITLES = {
    "occupancy": "采样逐时（每机构、集群、设备、租户、合同、启动、文件、整点小时一行）",
    "occupancy_day": "采样逐日（同上，整点小时改为北京时间的一天）",
    "gap": "日内采样缺口（每段一行，UTC 秒，半开）",
    "span": "设备逐日首末采样（每设备、每日、每份文件或共有日一行，UTC 秒）",
}
# However its letters are written, a card is one: by its name on the list where that is among them, else by the first.
RESPELT = """
    create temp table respelt as
    with seen as (
        select provider_id, device_uuid, lower(device_uuid) as card from handed_span group by all
    ),
    named as (
        select
            s.*,
            arg_min(s.device_uuid, (d.device_uuid is null, s.device_uuid)) over (partition by s.provider_id, s.card) as named,
        from seen as s
        left join (select distinct provider_id, device_uuid from lake.device) as d using (provider_id, device_uuid)
    )
    select provider_id, device_uuid, named from named where named <> device_uuid
"""
RENAMED = """
    select s.* replace (coalesce(r.named, s.device_uuid) as device_uuid)
    from handed_{name} as s
    left join respelt as r on r.device_uuid = s.device_uuid and r.provider_id is not distinct from s.provider_id
"""
MEANINGS = {
    "occupancy": {
        "minutes": "位图：第 m 位为一，即该小时第 m 分钟有采样",
        "active_minutes": "位图：该分钟利用率不低于 5%",
        "covered_seconds": "被采样覆盖的秒数；日末采样计一个周期",
        "first_row_no": "最先一行的行号",
    },
    "occupancy_day": {
        "last_util_percent": "末次采样的利用率，百分数；不知道的为空",
        "power_peak_hour_milliwatts": "功率最高的一小时的平均功率，mW，舍去零头",
        "is_seq_whole": "各小时的序号从首到末各一个（按个数与总和），合起来也是；没有序号的为空",
        "seq_offset": "序号比 1970 年起的周期数超前多少；一日之内不一的、周期不能整除一小时的为空",
        "seq_hour_s": "最先有序号的小时，UTC 秒",
        "seq_row_no": "有序号的最先一行的行号",
        "first_row_no": "最先一行的行号",
    },
}


def load_hours(
    connection: Connection, folders: list[Path], shared: list[Settled], as_of: date | None
) -> None:
    """lake.occupancy, lake.occupancy_day, lake.gap and lake.span, left in the lake where there is any.

    And the fate of samples not counted. What is dated after the run's day is set aside and counted.
    """
    connection.execute(
        "create table lake.shared_day (provider_id varchar, device_uuid varchar, day_no integer)"
    )
    for settled in shared:
        connection.execute(
            "insert into lake.shared_day select ?, unnest(?::varchar[]), ?",
            [settled.day.provider_id, list(settled.day.cards), settled.day.day_no],
        )
    day_no = None if as_of is None else (as_of - date(1970, 1, 1)).days
    found = [folder for folder in folders if (folder / "occupancy.parquet").exists()]
    for name in MADE:
        _hand_in(connection, name, found, [settled.folder for settled in shared])
    connection.execute(RESPELT)
    is_any_respelt = connection.execute("select count(*) from respelt").fetchall() != [(0,)]
    one_name = RENAMED if is_any_respelt else "select * from handed_{name} as s"
    _tell_fates(connection, day_no)
    if day_no is not None:
        _set_later_aside(connection, day_no)
    kind = "view" if found else "table"
    for name, title in TITLES.items():
        known = "true" if day_no is None else f"{DAY_OF[name]} <= {day_no}"
        connection.execute(f"create {kind} lake.{name} as {one_name.format(name=name)} where {known}")
        comment(connection, f"lake.{name}", title, MEANINGS.get(name, {}), kind=kind)


def leave_hours(connection: Connection, cards: Iterable[Card]) -> None:
    """Drop them, so that the published file names no path of a machine, and those of the cards' views that read them."""
    left = {f"lake.{name}" for name in TITLES}
    for card in cards:
        if card.is_view and card.references & left:
            drop(connection, card.name)
    for name in TITLES:
        drop(connection, f"lake.{name}")
    for name in MADE:
        connection.execute(f"drop view handed_{name}")
    connection.execute("drop table lake.shared_day")
    connection.execute("drop table respelt")


def _hand_in(connection: Connection, name: str, single: list[Path], shared: list[Path]) -> None:
    """View handed_<name>: what the single files say, and in place of it what shared days came to."""
    shape = MADE[name]
    nothing = ", ".join(f"null::{kind} as {column}" for column, kind in shape.items())
    parts = [f"select {nothing} where false"]
    if single:
        own = parquet(folder / f"{name}.parquet" for folder in single)
        parts.append(f"select {cast_to(shape)} from {own} as s {_not_shared(name, bool(shared))}")
    if shared:
        joint = parquet(folder / f"{name}.parquet" for folder in shared)
        parts.append(f"select {cast_to(shape)} from {joint}")
    connection.execute(f"create temp view handed_{name} as {' union all '.join(parts)}")


def _not_shared(name: str, is_any_shared: bool) -> str:
    if not is_any_shared:
        return ""
    return (
        f"anti join lake.shared_day as d on d.day_no = {DAY_OF[name]} and d.device_uuid = s.device_uuid"
        " and d.provider_id is not distinct from s.provider_id"
    )


def _tell_fates(connection: Connection, day_no: int | None) -> None:
    """Copies into lake.duplicate, older versions into lake.superseded, and what they once stated otherwise."""
    known = "true" if day_no is None else f"day_no <= {day_no}"
    copied = (
        "'usage_sample' as table_name, file_sha256, sheet, row_no, by_file_sha256, by_row_no, 1 as row_count"
    )
    key = "concat_ws('、', provider_id, cluster_id, device_uuid, tenant, contract_no, sampled_at) as key_text"
    replaced = f"{key}, by_file_sha256 as next_file_sha256, by_row_no as next_row_no"
    for kind, columns in (("duplicate", f"{copied}, by_sheet"), ("superseded", f"{copied}, {replaced}")):
        connection.execute(f"""
            insert into lake.{kind} by name
            select {columns} from handed_fate where kind = '{kind}' and {known}
        """)
    connection.execute(f"""
        insert into lake.rewritten
        select 'usage_sample', provider_id, cluster_id, tenant, contract_no, sampled_at, null, null,
            file_sha256, sheet, row_no, by_file_sha256, by_sheet, by_row_no
        from handed_fate where is_rewritten and {known}
    """)


def _set_later_aside(connection: Connection, day_no: int) -> None:
    """One line per card, party and day, that of its first sample, with the number of samples."""
    connection.execute(f"""
        insert into lake.later
        select 'usage_sample', file_sha256, null, min(first_row_no), null, null, sum(sample_count)
        from handed_occupancy as s
        where {DAY_OF["occupancy"]} > {day_no}
        group by provider_id, cluster_id, device_uuid, tenant, contract_no, file_sha256, {DAY_OF["occupancy"]}
    """)
