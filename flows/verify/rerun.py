"""Whether what a run published comes out once more: of its files in the evidence alone, by the same graph, elsewhere.

A database whose tables were all changed so that they follow from one another does not stand against this.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from hesuan.flows import code
from hesuan.flows.engine import Engine
from hesuan.flows.graph import Order, worked_out
from hesuan.flows.intake.evidence import Intake, ledger
from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.verify.answer import Verified
from hesuan.flows.verify.inputs import run_said, went_in
from hesuan.flows.warehouse import Connection, attached, connect
from hesuan.flows.workspace import Workspace
from hesuan.schemas.card import Card, references
from hesuan.schemas.fault import UsageFault
from hesuan.schemas.policy import Policy, load_policy

CATALOG = "again"
# DuckDB writes the list of `* replace (…)` in no fixed order: there the words count, and not their order.
WORDING = """
    case
        when contains({0}, ' REPLACE (')
        then array_to_string(list_sort(string_split_regex({0}, '[ ,()]+')), ' ')
        else {0}
    end
"""
# Views and macros: their names, and all that they are.
DEFINED = f"""
    select database_name = '{CATALOG}', schema_name || '.' || view_name, [{WORDING.format("sql")}, comment]
    from duckdb_views() where not internal
    union all
    select
        database_name = '{CATALOG}', schema_name || '.' || function_name,
        [function_type, cast(parameters as varchar), {WORDING.format("macro_definition")}, comment]
    from duckdb_functions() where not internal
    order by all
"""
# As many cells name a row to whoever looks for it.
FIRST_CELLS = 3


def rerun(found: Verified, root: Path, engine: Engine) -> Verified:
    """What was found of a workspace, and where its newest run comes out otherwise. Where something is amiss, that first.

    Raises UsageFault where it cannot be run again: nothing published, other code, another policy.
    """
    if found.troubles:
        return found
    database = Workspace(root).newest().resolve()
    with _elsewhere() as scratch, connect(database, read_only=True) as connection:
        run_id, as_of, policy_id, policy_sha256 = run_said(connection)
        policy = _same_policy(connection, policy_id, policy_sha256)
        intakes = _went_in(Workspace(root), run_id, (policy_id, policy_sha256), as_of)
        (scratch.evidence / "objects").symlink_to(Workspace(root).evidence.resolve() / "objects")
        order = Order(scratch.root, policy_id, as_of or date.min, as_of)
        again = worked_out(engine, order, policy, intakes, Workspace(root).settings())
        with attached(connection, again, CATALOG):
            tables = _compared(connection)
            amiss = [line for name, count in tables.items() for line in _amiss(connection, name, count)]
            amiss += _redefined(connection)
    return replace(found, rerun_count=len(tables), amiss=found.amiss | {"rerun": amiss})


@contextmanager
def _elsewhere() -> Iterator[Workspace]:
    """An empty workspace that goes with the block; where temporary files lie."""
    with tempfile.TemporaryDirectory(prefix="hesuan-") as folder:
        workspace = Workspace(Path(folder))
        for place in (workspace.evidence, workspace.lake, workspace.warehouse):
            place.mkdir()
        yield workspace


def _same_policy(connection: Connection, policy_id: str, policy_sha256: str) -> Policy:
    [(code_sha256,)] = connection.execute("select code_sha256 from published.run").fetchall()
    if code_sha256 != code.code_digest():
        raise UsageFault(f"--rerun: 最近一次由别的版本（代码 {code_sha256[:12]}…）公布；请用那个版本重算")
    policy = load_policy(policy_id)
    if policy.sha256 != policy_sha256:
        raise UsageFault(f"--rerun: 政策 {policy_id} 与公布时的不是同一份，不能重算")
    return policy


def _went_in(workspace: Workspace, run_id: str, policy: tuple[str, str], as_of: date | None) -> list[Intake]:
    """What stood in the ledger when the run read it."""
    intakes = went_in(ledger(workspace), run_id, policy, as_of)
    if intakes is None:
        raise UsageFault(f"--rerun: 收录台账里没有运行 {run_id} 所读的那些文件，不能重算")
    return intakes


def _compared(connection: Connection) -> dict[str, int]:
    """The tables that a run's own files decide, of every schema, and how many of the two databases have each."""
    rows = connection.execute("""
        select schema_name || '.' || table_name, count(*)
        from duckdb_tables() where schema_name <> 'earlier' group by all order by all
    """).fetchall()
    other = _of_other_runs()
    return {name: count for name, count in rows if name not in other}


def _of_other_runs() -> set[str]:
    """What tells of other runs too: what stood before, and what is in the voucher ledger (flows/verify/book.py)."""
    cards = sql_cards("published")
    told: set[str] = set()
    while more := {name for name, card in cards.items() if _rests_on(card, told)} - told:
        told |= more
    return told | {"published.run", "published.ledger_entry", *sql_cards("ledger", schema="published")}


def _rests_on(card: Card, relations: set[str]) -> bool:
    return any(name in relations or name.startswith("earlier.") for name in references(card.text))


def _amiss(connection: Connection, relation: str, count: int) -> Iterator[str]:
    """A line where a table is not what it comes to. count: how many of the two databases have it."""
    if count != 2:
        yield f"{relation} 与由证据重算所得不同：只有一边有这张表"
    elif differing := _differing(connection, relation):
        *first, row_count = differing
        shown = "、".join(str(cell) for cell in first[:FIRST_CELLS])
        yield f"{relation} 与由证据重算所得不同，有 {row_count} 行，其一为 {shown}"


def _differing(connection: Connection, relation: str) -> tuple[Any, ...] | None:
    """The first row, in the order of its columns, that only one of the two has, and how many such rows there are."""
    told, made = f"(from {relation})", f"(from {CATALOG}.{relation})"
    differing = f"(({told} except all {made}) union all ({made} except all {told}))"
    return connection.execute(f"select *, count(*) over () from {differing} order by all limit 1").fetchone()


def _redefined(connection: Connection) -> Iterator[str]:
    """A line per view or macro that only one of the two databases has so: what people ask it, another may answer."""
    told: dict[str, list[Any]] = {}
    made: dict[str, list[Any]] = {}
    for is_made, name, definition in connection.execute(DEFINED).fetchall():
        (made if is_made else told).setdefault(name, []).append(definition)
    for name in sorted(told.keys() | made.keys()):
        if told.get(name) != made.get(name):
            yield f"{name} 与由证据重算所得不同：视图或宏的定义被改"
