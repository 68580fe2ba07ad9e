"""What stood in the run before and which rows have come or gone since, as schema earlier of the build file.

published.change is worked out from it. Nothing is guessed here: rows are compared by file, sheet and line.
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import duckdb

from hesuan.flows.before.moved import moved_rows
from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import Connection, attached, comment, whole
from hesuan.schemas.card import asked_keys, references
from hesuan.schemas.fault import WarehouseFault
from hesuan.validators.judge import rule_cards

CATALOG = "last_run"
SUMS = ("_yuan", "_gpu_hours")
WORDS = {
    "disposition": "disposition",
    "reasons": "array_to_string(reasons, '、')",
    "evidence_grade": "evidence_grade",
    "queue_position": "cast(queue_position as varchar)",
}
DECIDED = {"decision": "decision", "payable_yuan": "cast(payable_yuan as varchar)"}
# Where the figures of published.claim and published.decision come from.
RESTED_ON = (
    "reconciled.claim_paper",
    "reconciled.contract_measure",
    "decided.billed_and_metered",
    "decided.evidence_grade",
    "decided.recognition",
    "decided.queue",
    "published.decision",
)
# Relation → its columns as the card of published.change reads them, and where an earlier file holds them.
COPIED = {
    "claim": (
        "claim_id varchar, policy_year integer, voucher_id varchar, contract_no varchar, applicant_id varchar,"
        " applicant_name varchar, provider_id varchar, provider_name varchar, queue_position bigint,"
        " queue_at timestamptz, disposition varchar, subsidy_before_caps_yuan decimal(18, 2),"
        " applicant_cap_cut_yuan decimal(18, 2), proposed_subsidy_yuan decimal(18, 2)",
        "published.claim",
    ),
    "claim_invoice": ("claim_id varchar, invoice_number varchar", "lake.claim_invoice"),
    "input_file": (
        "file_sha256 varchar, kind varchar, newest_batch bigint, declaration varchar",
        "lake.input_file",
    ),
    "invoice": ("invoice_number varchar, contract_no varchar", "lake.invoice"),
    "parameter": ("key varchar, value varchar, valid_from date, valid_to date", "policy.parameter"),
    "finding": (
        "finding_id varchar, rule_id varchar, claim_id varchar, verdict varchar, evidence varchar",
        "decided.finding",
    ),
    "evidence_row": (
        "finding_id varchar, file_sha256 varchar, sheet varchar, row_no bigint",
        "decided.evidence_row",
    ),
}
MADE = {
    "run": "run_id varchar, as_of date, policy_id varchar, code_sha256 varchar, lacking_zh varchar",
    "figure": "claim_id varchar, figure varchar, value varchar",
    "figure_name": "figure varchar",
    "foundation": "subject varchar, table_names varchar[], keys varchar[]",
    "moved_row": "table_name varchar, table_zh varchar, is_red boolean, how varchar, file_sha256 varchar,"
    " sheet varchar, row_no bigint, source_sha256 varchar, papers varchar[], subjects varchar[], row_count bigint",
}


@dataclass
class Lacking:
    """What the earlier file does not have; such figures are not compared, and published.change says so."""

    named: list[str] = field(default_factory=list)

    def sentence(self) -> str | None:
        return "、".join(self.named) or None


def run_id_in(database: Path) -> str:
    """The run that a dated file is named after: hesuan-<day>-<run_id>.duckdb."""
    return database.stem.rsplit("-", 1)[-1]


def run_before(warehouse: Path, run_id: str) -> Path | None:
    """The newest kept published file of another run; None on the first."""
    kept = [p for p in warehouse.glob("hesuan-*.duckdb") if run_id_in(p) != run_id]
    return max(kept, key=lambda p: (p.stat().st_mtime_ns, p.name), default=None)


def load_earlier(connection: Connection, warehouse: Path, run_id: str) -> None:
    """Make schema earlier; all its relations are empty where there is no run before.

    A file of an older version that lacks a relation or column, or does not open, never stops the run.
    """
    with whole(connection):
        _make_empty(connection)
    database = run_before(warehouse, run_id)
    if database is None:
        return
    lacking = Lacking()
    try:
        with attached(connection, database, CATALOG):
            _fill_or_say_why(connection, lacking)
    except WarehouseFault as fault:
        _only_say(connection, str(fault))


def _fill_or_say_why(connection: Connection, lacking: Lacking) -> None:
    connection.execute("begin transaction")
    try:
        _fill(connection, lacking)
    except duckdb.Error as error:
        connection.execute("rollback")
        _only_say(connection, f"读不懂：{str(error).strip().splitlines()[0]}")
    else:
        connection.execute("commit")


def _only_say(connection: Connection, sentence: str) -> None:
    connection.execute("insert into earlier.run values (null, null, null, null, ?)", [sentence])


def _make_empty(connection: Connection) -> None:
    connection.execute("create schema earlier")
    for name, columns in (*MADE.items(), *((n, c) for n, (c, _) in COPIED.items())):
        connection.execute(f"create table earlier.{name} ({columns})")
        comment(connection, f"earlier.{name}", f"上次运行：{name}", {})
    connection.executemany("insert into earlier.foundation values (?, ?, ?)", list(_foundations()))


def _fill(connection: Connection, lacking: Lacking) -> None:
    for name, (columns, source) in COPIED.items():
        _copy(connection, name, columns, source, lacking)
    _figures(connection, lacking)
    moved_rows(connection, CATALOG, lacking.named)
    found = columns_of(connection, "published.run", catalog=CATALOG)
    wanted = [n if n in found else "null" for n in ("run_id", "as_of", "policy_id", "code_sha256")]
    lacking.named += [f"published.run.{n}" for n in wanted if n == "null"]
    connection.execute(
        f"insert into earlier.run select {', '.join(wanted)}, ? from {CATALOG}.published.run",
        [lacking.sentence()],
    )


def _copy(connection: Connection, name: str, columns: str, source: str, lacking: Lacking) -> None:
    found = columns_of(connection, source, catalog=CATALOG)
    names = [part.split()[0] for part in columns.split(", ") if not part[0].isdigit()]
    missing = [n for n in names if n not in found]
    lacking.named += [f"{source}.{n}" for n in missing] if found else [source]
    if found:
        cells = ", ".join("null" if n in missing else n for n in names)
        connection.execute(f"insert into earlier.{name} select {cells} from {CATALOG}.{source}")


def claim_figures() -> dict[str, str]:
    """Column of published.claim that two runs are compared by → the text of it in SQL."""
    sums = [n for n in sql_cards("published")["published.claim"].columns if n.endswith(SUMS)]
    return WORDS | {n: f"cast({n} as varchar)" for n in sums}


def _figures(connection: Connection, lacking: Lacking) -> None:
    """earlier.figure: one row per claim and figure that both runs publish; earlier.figure_name: which those are."""
    for source, cells in (("claim", claim_figures()), ("decision", DECIDED)):
        found = columns_of(connection, f"published.{source}", catalog=CATALOG)
        lacking.named += [f"published.{source}.{n}" for n in cells if n not in found]
        for name, cell in cells.items():
            if name in found:
                connection.execute("insert into earlier.figure_name values (?)", [name])
                connection.execute(
                    f"insert into earlier.figure select claim_id, '{name}', {cell}"
                    f" from {CATALOG}.published.{source}"
                )


def columns_of(connection: Connection, relation: str, *, catalog: str | None = None) -> list[str]:
    """Column names of schema.table in order; [] where there is no such relation. catalog None: the open file."""
    schema, table = relation.split(".")
    rows = connection.execute(
        "select column_name from duckdb_columns()"
        " where database_name = coalesce(?, current_database()) and schema_name = ? and table_name = ?"
        " order by column_index",
        [catalog, schema, table],
    ).fetchall()
    return [row[0] for row in rows]


@cache
def _foundations() -> tuple[tuple[str, list[str], list[str]], ...]:
    """Relation or rule, the tables of the lake it rests on and the policy keys it asks, directly or through others."""
    cards = sql_cards("reconciled") | sql_cards("decided") | sql_cards("published")
    subjects = {rule.id: rule.text for rule in rule_cards()} | {n: cards[n].text for n in RESTED_ON}
    found = []
    for subject, text in subjects.items():
        seen = {subject}
        texts = [text]
        while todo := {r for t in texts for r in references(t)} - seen:
            seen |= todo
            texts += [cards[name].text for name in sorted(todo) if name in cards]
        tables = sorted(n.removeprefix("lake.") for n in seen if n.startswith("lake."))
        found.append((subject, tables, sorted({key for t in texts for key in asked_keys(t)})))
    return tuple(found)
