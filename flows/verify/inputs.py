"""Whether the list of inputs in a published database is what the intake ledger says that its run read.

The ledger may have grown since: the run read what stood after one of its batches. Of the batches the newest is taken
after which nothing differs, and where something always does, the one after which the fewest rows do.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from hesuan.flows.intake.evidence import Intake
from hesuan.flows.intake.standing import standing
from hesuan.flows.stages.reconcile import run_id_of
from hesuan.flows.warehouse import Connection

# Relation → what it repeats of the ledger: column → SQL that reads it.
_REPEATED = {
    "lake.input_file": {
        "file_sha256": "file_sha256",
        "file_name": "file_name",
        "byte_count": "byte_count",
        "batch": "batch",
        "taken_on": "taken_on",
        "declared_on": "declared_on",
        "newest_batch": "newest_batch",
        "newest_on": "newest_on",
        "exported_at": "exported_at",
        "finality": "finality",
        "sample_period_seconds": "sample_period_seconds",
        "declaration": "declaration",
    },
    "published.input_file": {
        "file_sha256": "file_sha256",
        "file_name": "file_name",
        "byte_count": "byte_count",
        "first_seen_at": "coalesce(cast(cast(first_seen_at as date) as varchar), '')",
    },
}
_IN_LEDGER: dict[str, Callable[[Intake], Any]] = {
    "file_sha256": lambda intake: intake.sha256,
    "file_name": lambda intake: intake.name,
    "byte_count": lambda intake: intake.byte_count,
    "batch": lambda intake: intake.batch,
    "taken_on": lambda intake: intake.taken_on,
    "declared_on": lambda intake: intake.declared_on or intake.taken_on,
    "newest_batch": lambda intake: intake.newest_batch,
    "newest_on": lambda intake: intake.newest_on,
    "first_seen_at": lambda intake: intake.taken_on,
    "exported_at": lambda intake: intake.declaration.get("exported_at", ""),
    "finality": lambda intake: intake.declaration.get("finality"),
    "sample_period_seconds": lambda intake: intake.declaration.get("sample_period_seconds"),
    "declaration": lambda intake: intake.said,
}
Listed = dict[str, list[dict[str, Any]]]
"""The rows of a relation by the SHA-256 that they name; more than one is one too many."""


def inputs_amiss(connection: Connection, known: list[Intake], *, is_same_code: bool) -> list[str]:
    """One line per row, and per column of a row, that the ledger has otherwise; then one for a run id of other inputs.

    is_same_code: the run id can be worked out again.
    """
    listed = {
        relation: _listed(connection, relation, cells) for relation, cells in _repeated(connection).items()
    }
    run_id, as_of, *policy = run_said(connection)
    fewest: list[tuple[str, str]] | None = None
    for intakes in stood(known):
        amiss = [told for name, rows in listed.items() for told in _differing(name, rows, intakes)]
        if not amiss and is_same_code and run_id_of(intakes, (policy[0], policy[1]), as_of) != run_id:
            amiss = [("published.run", "运行编号与收录台账、办法、代码、运行日不符")]
        if fewest is None or _row_count(amiss) < _row_count(fewest):
            fewest = amiss
        if not fewest:
            break
    return [line for _, line in fewest or []]


def _row_count(amiss: list[tuple[str, str]]) -> int:
    return len({row for row, _ in amiss})


def run_said(connection: Connection) -> tuple[str, date | None, str, str]:
    """Run id, as_of, policy id and SHA-256 of the policy."""
    columns = "run_id, as_of, policy_id, policy_sha256"
    [(run_id, as_of, policy_id, policy_sha256)] = connection.execute(
        f"select {columns} from published.run"
    ).fetchall()
    return run_id, as_of, policy_id, policy_sha256


def is_of_this_code(connection: Connection, known: list[Intake]) -> bool:
    """Whether this code, from what the ledger names, comes to the run's id: the code goes into it."""
    run_id, as_of, *policy = run_said(connection)
    return went_in(known, run_id, (policy[0], policy[1]), as_of) is not None


def went_in(
    known: list[Intake], run_id: str, policy: tuple[str, str], as_of: date | None
) -> list[Intake] | None:
    """What stood in the ledger when the run read it; None where this code comes to the run's id from nothing that stood."""
    return next((intakes for intakes in stood(known) if run_id_of(intakes, policy, as_of) == run_id), None)


def stood(known: list[Intake]) -> Iterator[list[Intake]]:
    """What a run would have read after each batch, the newest first, and before any."""
    for batch in [*sorted({intake.batch for intake in known}, reverse=True), 0]:
        yield standing([intake for intake in known if intake.batch <= batch])


def _repeated(connection: Connection) -> dict[str, dict[str, str]]:
    """Of what is compared, what this database has: other code may have published it with fewer columns."""
    held = set(
        connection.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns()"
        ).fetchall()
    )
    return {
        relation: {name: sql for name, sql in cells.items() if sql != name or (relation, name) in held}
        for relation, cells in _REPEATED.items()
    }


def _listed(connection: Connection, relation: str, repeated: dict[str, str]) -> Listed:
    cells = ", ".join(f"{sql} as {name}" for name, sql in repeated.items())
    found: Listed = {}
    rows = connection.execute(f"select {cells} from {relation} order by all").fetchall()
    for row in rows:
        found.setdefault(row[0], []).append(dict(zip(repeated, row, strict=True)))
    return found


def _differing(relation: str, listed: Listed, intakes: Iterable[Intake]) -> Iterator[tuple[str, str]]:
    """The row that each line tells of, and the line."""
    wanted = {intake.sha256: intake for intake in intakes}
    for sha256, rows in listed.items():
        intake = wanted.get(sha256)
        if intake is None or len(rows) > 1:
            name, count = rows[0]["file_name"], int(intake is not None)
            told = f"{relation} 的输入 {name}（{sha256[:12]}…）有 {len(rows)} 行，收录台账有 {count} 条"
            yield relation + sha256, told
            continue
        for name, found in rows[0].items():
            expected = _IN_LEDGER[name](intake)
            if found != expected:
                told = f"{relation} 的输入 {intake.name}（{sha256[:12]}…）{name} 为 {found}，收录台账记作 {expected}"
                yield relation + sha256, told
    for sha256, intake in wanted.items():
        if sha256 not in listed:
            yield (
                relation + sha256,
                f"{relation} 的输入 {intake.name}（{sha256[:12]}…）有 0 行，收录台账有 1 条",
            )
