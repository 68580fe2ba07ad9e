"""Readings of one turn of an exporter that come in several files: each stamped by itself, they lie seconds apart.

Within a file an adapter puts them together (`flows.telemetry.turn`, the same bounds); here the files of a day are.
"""

from hesuan.flows.telemetry.turn import MOST_APART
from hesuan.flows.warehouse import Connection

MOST_APART_S = int(MOST_APART.total_seconds())
# A reading beside which no utilisation of the card stands.
BESIDE = """
    select count(*) from (
        select 1 from odd as o
        anti join (select * from odd where util_percent is not null) as u
            on u.device_uuid = o.device_uuid and u.at_s = o.at_s and u.provider_id is not distinct from o.provider_id
        limit 1
    )
"""
TURNED = f"""
    create temp table turned as
    with instants as (
        select distinct provider_id, device_uuid, at_s from odd where util_percent is not null
    ),
    stepped as (
        select *, lead(at_s) over (partition by provider_id, device_uuid order by at_s) - at_s as step_s from instants
    ),
    paced as (
        select provider_id, device_uuid, least(quantile_disc(step_s, 0.5) / 2, {MOST_APART_S}) as reach_s
        from stepped
        group by provider_id, device_uuid
        having count(step_s) > 0
    ),
    placed as (
        select
            *,
            last_value(case when util_percent is not null then at_s end ignore nulls) over (
                party order by at_s range between unbounded preceding and current row
            ) as before_s,
            first_value(case when util_percent is not null then at_s end ignore nulls) over (
                party order by at_s range between current row and unbounded following
            ) as after_s,
        from odd
        window party as (partition by provider_id, device_uuid, coalesce(contract_no, tenant))
    ),
    near as (
        select
            p.provider_id,
            p.device_uuid,
            p.file_sha256,
            p.sheet,
            p.row_no,
            p.at_s,
            case when p.at_s - p.before_s > p.after_s - p.at_s then p.after_s else coalesce(p.before_s, p.after_s) end as turn_s,
            r.reach_s,
        from placed as p
        join paced as r on r.device_uuid = p.device_uuid and r.provider_id is not distinct from p.provider_id
        where p.util_percent is null
    )
    select file_sha256, sheet, row_no, turn_s
    from near
    where abs(at_s - turn_s) <= reach_s
    qualify row_number() over (
        partition by provider_id, device_uuid, file_sha256, turn_s order by abs(at_s - turn_s), at_s, sheet, row_no
    ) = 1
"""
MOVED = """
    update odd set at_s = t.turn_s
    from turned as t
    where odd.file_sha256 = t.file_sha256 and odd.row_no = t.row_no and odd.sheet is not distinct from t.sheet
        and odd.at_s <> t.turn_s
"""


def gather_turns(connection: Connection) -> None:
    """In table `odd`, of one day: what was read beside a card's utilisation is of the instant of that.

    By half a step of it at most, and a minute; of one file and turn the nearest alone; not to another party's.
    """
    if connection.execute(BESIDE).fetchall() != [(0,)]:
        connection.execute(TURNED)
        connection.execute(MOVED)
