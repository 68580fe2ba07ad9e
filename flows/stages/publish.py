"""Publish: the build file gets schema published, is made read-only under a dated name, and the link is flipped."""

import hashlib
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hesuan.flows import code
from hesuan.flows.before.earlier import load_earlier, run_id_in
from hesuan.flows.ledger.table import keep_ledger
from hesuan.flows.macros import comment_the_rest, make_macros
from hesuan.flows.reference.cited import cited_cards
from hesuan.flows.reference.policy import keep_in_session, macros_for_readers
from hesuan.flows.reference.quantity import publish_quantities
from hesuan.flows.reference.rule import publish_rules
from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import Connection, build, comment, connect, whole
from hesuan.flows.workspace import read_only
from hesuan.schemas.fault import WarehouseFault
from hesuan.schemas.policy import Policy

# What the figure digest is taken over: every figure, without file names, hashes and run ids.
FIGURES = (
    "claim",
    "waterfall",
    "reading",
    "reading_total",
    "finding",
    "coverage",
    "usage_day",
    "usage_gap",
    "usage_overlap",
    "pool",
    "reconciliation",
    "provider_coverage",
    "capacity_day",
    "price_line",
    "claim_state",
    "decision",
    "payment_list",
    "redemption_summary",
    "control_total",
)
RUN = {
    "run_id": "运行编号：由收录文件、办法、代码与运行日得出",
    "as_of": "运行日；空为没有任何事实因运行日而未用",
    "policy_id": "办法编号",
    "policy_title": "办法名称",
    "policy_status": "办法状态：draft 征求意见稿，final 正式",
    "policy_text_sha256": "办法原文的 SHA-256；未取得原文的为空",
    "policy_sha256": "参数文件的 SHA-256",
    "code_sha256": "代码的 SHA-256",
    "input_sha256": "收录文件清单的 SHA-256",
    "input_count": "收录文件数，个",
    "claim_count": "兑现申请数，笔",
    "row_count": "读入行数，行",
    "rejected_count": "退回行数，行",
    "figure_sha256": "公布数字的 SHA-256：不含文件名、文件散列与运行编号",
}
# Column of published.run → SQL that counts it.
COUNTS = {
    "input_count": "(select count(*) from lake.input_file)",
    "claim_count": "(select count(*) from lake.claim)",
    "row_count": "(select cast(coalesce(sum(row_count), 0) as bigint) from lake.input_file)",
    "rejected_count": "(select cast(coalesce(sum(rejected_count), 0) as bigint) from lake.input_file)",
}


@dataclass(frozen=True)
class Named:
    """What a run is called: as_of is its day where the day left anything out, else None (nothing depends on it).

    book: the voucher ledger that the run posts to.
    """

    run_id: str
    as_of: date | None
    database: Path
    book: Path


def publish(path: Path, target: Path, policy: Policy, named: Named, keep: int) -> Path:
    """The dated file that `target` (a link) now points at. Open readers keep the file they opened.

    The voucher ledger is posted here: what is redeemed follows from the payment list, which is made here. A run that
    dies after posting has changed no figure, and the next one finds nothing left to post.

    Raises WarehouseFault where a published relation, column or macro has no comment.
    """
    with connect(path) as connection:
        load_earlier(connection, target.parent, named.run_id)
        keep_in_session(connection)
        with whole(connection):
            connection.execute("create schema published")
            _run(connection, policy, named)
            publish_rules(connection, cited_cards(policy))
            publish_quantities(connection)
            build(connection, sql_cards("published") | sql_cards("earlier"))
            keep_ledger(connection, named.book)
            build(connection, sql_cards("ledger", schema="published"))
            _dictionary(connection)
            build(connection, sql_cards("people", schema="published"))
            make_macros(connection)
            macros_for_readers(connection)
            comment_the_rest(connection)
            _fill_dictionary(connection)
            connection.execute("update published.run set figure_sha256 = ?", [figure_digest(connection)])
            _refuse_silent(connection)
        connection.execute("checkpoint")
    read_only(path)
    os.replace(path, named.database)
    _flip(target, named.database)
    _forget(target, named.database, keep)
    return named.database


def _run(connection: Connection, policy: Policy, named: Named) -> None:
    counts = ", ".join(f"{sql} as {name}" for name, sql in COUNTS.items())
    connection.execute(
        f"""
        create table published.run as
        select
            ?::varchar as run_id, ?::date as as_of, policy_id, title_zh as policy_title, status as policy_status,
            text_sha256 as policy_text_sha256, policy_sha256, ?::varchar as code_sha256, ?::varchar as input_sha256,
            {counts},
            ''::varchar as figure_sha256,
        from policy.instrument
        """,
        [named.run_id, named.as_of, code.code_digest(), input_digest(connection)],
    )
    comment(connection, "published.run", "本次运行（一行）", RUN)


def _dictionary(connection: Connection) -> None:
    """Every published relation and column with its meaning; the dictionary describes itself too."""
    columns = {"relation": "表", "column_name": "列", "data_type": "类型", "meaning_zh": "含义"}
    connection.execute(
        "create table published.dictionary (relation varchar, column_name varchar, data_type varchar, meaning_zh varchar)"
    )
    comment(connection, "published.dictionary", "数据字典（每列一行）", columns)


def _fill_dictionary(connection: Connection) -> None:
    """The columns of every relation, then the macros: what takes parameters has them in brackets for a column."""
    connection.execute("""
        insert into published.dictionary
        select table_name, column_name, data_type, comment
        from duckdb_columns() where schema_name = 'published'
        order by table_name, column_index
    """)
    connection.execute("""
        insert into published.dictionary
        select function_name, '(' || array_to_string(parameters, ', ') || ')', function_type, comment
        from duckdb_functions()
        where schema_name = 'published' and function_type in ('macro', 'table_macro')
        order by function_name
    """)


def input_digest(connection: Connection) -> str:
    """SHA-256 over the SHA-256 of every file of the run, in order."""
    inputs = connection.execute("select file_sha256 from lake.input_file order by all").fetchall()
    return hashlib.sha256("\n".join(row[0] for row in inputs).encode()).hexdigest()


def figure_digest(connection: Connection) -> str:
    """SHA-256 over every published figure, relation by relation, rows in sorted order."""
    whole = hashlib.sha256()
    for relation in FIGURES:
        names = [
            r[0] for r in connection.execute(f"describe published.{relation}").fetchall() if r[0] != "run_id"
        ]
        cells = ", ".join(f"""coalesce(cast("{name}" as varchar), chr(0))""" for name in names)
        digest = connection.execute(
            f"select sha256(coalesce(string_agg(line, chr(10) order by line), ''))"
            f" from (select concat_ws(chr(31), {cells}) as line from published.{relation})"
        ).fetchall()[0][0]
        whole.update(f"{relation} {digest}\n".encode())
    return whole.hexdigest()


def _refuse_silent(connection: Connection) -> None:
    silent = connection.execute("""
        select table_name || '.' || column_name from duckdb_columns()
        where schema_name = 'published' and coalesce(comment, '') = ''
        union all
        select table_name from duckdb_tables() where schema_name = 'published' and coalesce(comment, '') = ''
        union all
        select view_name from duckdb_views() where schema_name = 'published' and coalesce(comment, '') = ''
        union all
        select function_name from duckdb_functions()
        where schema_name = 'published' and function_type in ('macro', 'table_macro') and coalesce(comment, '') = ''
        order by all
    """).fetchall()
    if silent:
        raise WarehouseFault(f"published.{silent[0][0]}: 没有说明；公布的表和列都须有说明")


def _flip(target: Path, dated: Path) -> None:
    """Point the link at the new file in one step."""
    link = target.with_name(".hesuan.duckdb.next")
    link.unlink(missing_ok=True)
    link.symlink_to(dated.name)
    os.replace(link, target)


def _forget(target: Path, newest: Path, keep: int) -> None:
    """Keep the newest file of each of the newest runs, the run before always: it is what changes are told against.

    Readers that still have an older one open keep it.
    """
    older = [p for p in target.parent.glob("hesuan-*.duckdb") if p != newest]
    same = [p for p in older if run_id_in(p) == run_id_in(newest)]
    others = [p for p in older if p not in same]
    ordered = sorted(others, key=lambda p: (p.stat().st_mtime_ns, p.name), reverse=True)
    for stale in [*same, *ordered[max(keep, 2) - 1 :]]:
        stale.unlink()
