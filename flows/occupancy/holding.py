"""Whose a card was by the usage records, for samples that name nobody: they are of who held the card alone (metering.md 3.3).

A record holds a whole card by its name, or all the cards that the device list has on its nodes; a share of a card does not
say whose a reading is. Of a row handed in several times the newest stands. Two holders at once: the samples stay nobody's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hesuan.flows.lake.fate import FATE
from hesuan.flows.lake.key import key_of
from hesuan.flows.scheduler.node_list import nodes_of
from hesuan.flows.warehouse import Connection, parquet
from hesuan.schemas.tables import tables

RECORDS, DEVICES = "usage_interval", "device"


@dataclass(frozen=True)
class Told:
    """What a night's files tell of who held which card. files: SHA-256 and declared export of each, in their order.

    records, devices: the Parquet parts of staged usage records and device lists.
    """

    files: tuple[tuple[str, str | None], ...]
    records: tuple[Path, ...]
    devices: tuple[Path, ...]


# Of the versions of a row, the one that stands.
NEWEST = "qualify row_number() over (partition by {key} order by rank desc, sheet desc, row_no desc) = 1"
# Asked for: `asked`, one row per provider and card (in small letters). What nobody's samples are not of is not looked into:
# a job is where one of its nodes has such a card, and then it is asked for the cards of all its nodes.
CARD_OF_NODE = """
    create temp table card_of_node as
    with newest as ({newest}),
    placed as (
        select
            provider_id,
            lower(cluster_id) as cluster,
            lower(node_id) as node,
            lower(device_uuid) as card,
            card_count,
            epoch(valid_from)::bigint - 28800 as from_s,
            epoch(valid_to + 1)::bigint - 28800 as until_s,
        from newest
        where node_id is not null
    )
    select distinct
        p.*,
        (p.provider_id, p.node) in (select (provider_id, node) from placed join asked using (provider_id, card)) as is_asked,
    from placed as p
"""
NODE_SAID = """
    create temp table node_said as
    select said, node, count(*) over (partition by said) as node_count
    from (select unnest(?::varchar[]) as said, unnest(?::varchar[]) as node)
"""
HELD = """
    create temp table held as
    with handed as ({records}),
    touching as (
        select distinct hash({key}) as key_hash
        from handed as r
        where exists (
                select 1 from asked as a
                where a.card = lower(r.device_uuid) and a.provider_id is not distinct from r.provider_id
            )
            or (
                r.device_uuid is null
                and exists (
                    select 1
                    from node_said as s
                    join card_of_node as n on n.node = s.node
                    where s.said = lower(r.node_id) and n.provider_id = r.provider_id and n.is_asked
                )
            )
    ),
    newest as (
        select *
        from handed
        where hash({key}) in (select key_hash from touching)
        {newest}
    ),
    timed as (
        select
            *,
            epoch_us(started_at) // 1000000 as start_s,
            epoch_us(ended_at) // 1000000 as end_s,
            epoch_us(coalesce(exported_at, declared_at)) // 1000000 as export_s,
        from newest
        where coalesce(contract_no, tenant) is not null
    ),
    fated as (
        select *, reconciled.fate_of(state, start_s, end_s, export_s, coalesce(suspended_seconds, 0), time_limit_seconds) as fate
        from timed
    ),
    lasting as materialized (
        select
            row_number() over () as record_no,
            provider_id,
            lower(cluster_id) as cluster,
            lower(node_id) as nodes,
            lower(device_uuid) as card,
            card_count,
            card_evidence,
            {{'cluster_id': cluster_id, 'tenant': tenant, 'contract_no': contract_no}} as holder,
            start_s as begin_s,
            coalesce(end_s, export_s) as stop_s,
        from fated
        where fate in ('counted', 'running')
    ),
    on_nodes as (
        select r.record_no, n.card, n.card_count, n.from_s <= r.begin_s and coalesce(n.until_s >= r.stop_s, true) as is_there
        from lasting as r
        join node_said as s on s.said = r.nodes
        left join card_of_node as n
            on n.provider_id = r.provider_id and n.node = s.node
            and (n.cluster is null or r.cluster is null or n.cluster = r.cluster)
            and n.from_s < r.stop_s and coalesce(n.until_s > r.begin_s, true)
        where r.card is null and s.node_count <= r.card_count
    ),
    whole_nodes as (
        select o.record_no, list(distinct o.card) as cards
        from on_nodes as o
        join lasting as r using (record_no)
        group by o.record_no
        having count(o.card) = count(*) and bool_and(o.is_there) and count(distinct o.card) = any_value(r.card_count)
    )
    select provider_id, card, holder, begin_s, stop_s
    from lasting
    where card is not null and card_count = 1 and card_evidence is distinct from 'ascend910'
    union all
    select r.provider_id, unnest(w.cards), r.holder, r.begin_s, r.stop_s
    from lasting as r
    join whole_nodes as w using (record_no)
"""
# All who hold a card at once are one where the square of the sum of their numbers is their count times the sum of squares.
HOLDING = """
    create temp table holding as
    with holders as (
        select holder, row_number() over () as holder_no from (select distinct holder from held)
    ),
    steps as (
        select h.provider_id, h.card, n.holder_no, unnest([h.begin_s, h.stop_s]) as at_s, unnest([1, -1]) as step
        from held as h
        join asked as a on a.card = h.card and a.provider_id is not distinct from h.provider_id
        join holders as n on n.holder = h.holder
    ),
    edges as (
        select
            provider_id,
            card,
            at_s,
            sum(step) as step,
            sum(step * holder_no) as number_step,
            sum(step * holder_no * holder_no) as square_step,
        from steps
        group by provider_id, card, at_s
    ),
    pieces as (
        select
            provider_id,
            card,
            at_s as begin_s,
            lead(at_s) over onward as stop_s,
            sum(step) over onward as holder_count,
            sum(number_step) over onward as number_sum,
            sum(square_step) over onward as square_sum,
        from edges
        window onward as (partition by provider_id, card order by at_s)
    )
    select p.provider_id, p.card, n.holder, p.begin_s, p.stop_s
    from pieces as p
    join holders as n on n.holder_no = p.number_sum // p.holder_count
    where p.holder_count > 0 and p.holder_count * p.square_sum = p.number_sum * p.number_sum
"""


def make_holdings(connection: Connection, told: Told) -> None:
    """Table `holding` from `asked`: provider_id, card, holder {cluster_id, tenant, contract_no}, begin_s, stop_s.

    Half-open, in UTC seconds; stretches of one card never overlap.
    """
    connection.execute("create schema reconciled")
    connection.execute(FATE)
    connection.execute(
        """
        create temp table told_file as
        select
            unnest($1::varchar[]) as file_sha256,
            unnest(range(len($1))) as rank,
            unnest([try_cast(told as timestamptz) for told in $2::varchar[]]) as declared_at
        """,
        [[sha256 for sha256, _ in told.files], [exported_at for _, exported_at in told.files]],
    )
    connection.execute(CARD_OF_NODE.format(newest=_newest_devices(told.devices)))
    _say_nodes(connection, told.records)
    key = ", ".join(key_of(tables()[RECORDS]))
    connection.execute(HELD.format(records=_ranked(told.records), key=key, newest=NEWEST.format(key=key)))
    connection.execute(HOLDING)


def _say_nodes(connection: Connection, records: Iterable[Path]) -> None:
    """Table `node_said`: the nodes of each list (in small letters) in the records that has a node with a card asked for."""
    rows = connection.execute("select distinct node from card_of_node where is_asked").fetchall()
    asked = {node for (node,) in rows}
    lists = connection.execute(
        f"select distinct lower(node_id) from {parquet(records)} where node_id is not null and device_uuid is null"
    ).fetchall()
    pairs = [
        (said, node) for (said,) in lists if not asked.isdisjoint(nodes := nodes_of(said)) for node in nodes
    ]
    connection.execute(NODE_SAID, [[said for said, _ in pairs], [node for _, node in pairs]])


def name_holders(connection: Connection) -> None:
    """In table `odd`: samples that name nobody are of who held the card, unless another reading of that second names somebody."""
    connection.execute("""
        create temp table owned as
        with beside as (
            select
                *,
                lower(device_uuid) as card,
                bool_or(coalesce(contract_no, tenant) is not null) over (partition by device_uuid, at_s) as is_named,
            from odd
        ),
        told as (
            select b.*, case when not b.is_named and b.at_s < h.stop_s then h.holder end as holder
            from beside as b
            asof left join holding as h on h.card = b.card and b.at_s >= h.begin_s
        )
        select
            * exclude (card, is_named, holder) replace (
                coalesce(cluster_id, holder.cluster_id) as cluster_id,
                coalesce(tenant, holder.tenant) as tenant,
                coalesce(contract_no, holder.contract_no) as contract_no
            )
        from told
    """)
    connection.execute("drop table odd")
    connection.execute("alter table owned rename to odd")


def _ranked(parts: Iterable[Path]) -> str:
    """Rows with rank and declared_at of their file: of a content handed in twice, where it last stands."""
    return f"""
        select *
        from {parquet(parts)}
        join (
            select file_sha256, max(rank) as rank, arg_max(declared_at, rank) as declared_at from told_file group by file_sha256
        ) using (file_sha256)
    """


def _newest_devices(parts: Iterable[Path]) -> str:
    if not parts:
        named = ("provider_id", "cluster_id", "node_id", "device_uuid")
        nothing = ", ".join(f"null::varchar as {name}" for name in named)
        return f"select {nothing}, null::bigint as card_count, null::date as valid_from, null::date as valid_to where false"
    key = ", ".join(key_of(tables()[DEVICES]))
    return f"""
        select * from ({_ranked(parts)})
        {NEWEST.format(key=key)}
    """
