"""The nightly job: the one definition of the graph that every engine carries out."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from hesuan.flows.ahead import making_ready
from hesuan.flows.before.earlier import run_id_in
from hesuan.flows.bucket.place import Bucket
from hesuan.flows.engine import Engine, Result
from hesuan.flows.intake.evidence import Intake, check_store, inbox_files, inbox_name, ledger, record, take_in
from hesuan.flows.intake.former import told_by_former
from hesuan.flows.intake.kept_object import WHOLE
from hesuan.flows.intake.ledger_date import dates_amiss
from hesuan.flows.intake.put_back import tell_put_back
from hesuan.flows.intake.standing import standing
from hesuan.flows.intake.two_providers import kept_with_one
from hesuan.flows.lake.file_set import clear_unfinished
from hesuan.flows.lake.share import put_right
from hesuan.flows.ledger.book import book_path
from hesuan.flows.occupancy.shared import settle, shared_days
from hesuan.flows.outcome import Outcome, outcome_of
from hesuan.flows.spell.drawer import compare, drawers
from hesuan.flows.stages.decide import decide
from hesuan.flows.stages.publish import Named, publish
from hesuan.flows.stages.reconcile import anything_later, reconcile, run_id_of
from hesuan.flows.stages.report import report
from hesuan.flows.stages.stage import stage
from hesuan.flows.stages.tell import tell
from hesuan.flows.verify.since_published import changed_by_hand
from hesuan.flows.workspace import Settings, Workspace
from hesuan.schemas.fault import InputFault
from hesuan.schemas.policy import Policy, load_policy


@dataclass(frozen=True)
class Order:
    """What a run is asked to do. `today` only dates the intake; no figure depends on it.

    bucket: where the workspace lies if not in a folder; then `root` holds this machine's copies.
    """

    root: Path
    policy_id: str
    today: date
    as_of: date | None = None
    bucket: Bucket | None = None


@dataclass(frozen=True)
class Arrival:
    """What a night found in the inbox.

    fresh: the intakes new to the ledger; missed: why any file was not taken in; put_back: what was put back in evidence.
    lying: SHA-256 of each content that lies there → the first name it lies under. made: those whose object was made of it.
    """

    fresh: list[Intake]
    missed: list[str]
    put_back: list[str]
    lying: dict[str, str]
    made: frozenset[str]


def nightly(engine: Engine, order: Order) -> Outcome:
    """The night under the policy that the order names."""
    with making_ready(Workspace(order.root).settings()):
        return night(engine, order, load_policy(order.policy_id))


def night(engine: Engine, order: Order, policy: Policy) -> Outcome:
    """Inbox → evidence → lake → reconciled → decided → published → report → what is new is told."""
    workspace = Workspace(order.root)
    settings = workspace.settings()
    clear_unfinished(workspace)
    by_hand = changed_by_hand(workspace)
    remade = put_right(workspace)
    arrived = ingest(engine, workspace, taken_on=(order.as_of or order.today).isoformat())
    known = ledger(workspace)
    stands = [replace(intake, is_just_kept=intake.sha256 in arrived.made) for intake in standing(known)]
    database = worked_out(engine, order, policy, stands, settings)
    run_id = run_id_in(database)
    pages = engine.call(report, database, workspace.reports, run_id, settings)
    untold = engine.call(tell, database, workspace)
    outcome = outcome_of(
        database,
        pages,
        fresh_count=count_fresh(arrived.fresh, known),
        missed=arrived.missed,
        lying=arrived.lying,
        evidence=[
            *by_hand,
            *remade,
            *arrived.put_back,
            *dates_amiss(known, today=order.today if order.as_of is None else None),
        ],
        untold=untold,
    )
    engine.artifact(key=f"hesuan-{run_id}", markdown=outcome.markdown(), table=outcome.table())
    return outcome


def worked_out(
    engine: Engine, order: Order, policy: Policy, intakes: list[Intake], settings: Settings
) -> Path:
    """The published database of what stands in evidence: lake → reconciled → decided → published."""
    workspace = Workspace(order.root)
    folders = results(engine.map(stage, intakes, workspace, settings.user_hash_key))
    former = told_by_former(intakes)
    former_folders = results(engine.map(stage, former, workspace, settings.user_hash_key)) if former else []
    shared = results(engine.map(settle, engine.call(shared_days, intakes, folders), workspace))
    compared = results(engine.map(compare, engine.call(drawers, folders), workspace))
    built = engine.call(
        reconcile,
        intakes,
        folders,
        shared,
        compared,
        workspace.warehouse / ".work",
        order.as_of,
        former_folders,
    )
    day = order.as_of if anything_later(built) else None
    run_id = run_id_of(intakes, (policy.id, policy.sha256), day)
    decided = engine.call(decide, built, policy)
    dated = (order.as_of or order.today).isoformat()
    named = Named(
        run_id,
        day,
        workspace.warehouse / f"hesuan-{dated}-{run_id}.duckdb",
        book_path(workspace),
    )
    return engine.call(publish, decided, workspace.published, policy, named, settings.keep_files)


def ingest(engine: Engine, workspace: Workspace, *, taken_on: str) -> Arrival:
    """Take in every inbox file.

    Raises OSError where the store cannot be written: else no file could be, and a night without files be published.
    """
    check_store(workspace)
    handed_in = engine.call(inbox_files, workspace)
    tried = engine.map(take_in, handed_in, workspace, taken_on, tolerate=(InputFault, OSError))
    taken = [result for result in tried if not isinstance(result, Exception)]
    missed = [str(result) for result in tried if isinstance(result, Exception)]
    lying = {inbox_name(one, workspace) for one in handed_in}
    known = ledger(workspace)
    put_back = tell_put_back(taken, known, workspace)
    kept, set_aside = kept_with_one(taken, known, lying, workspace)
    unread = lying - {intake.name for intake in taken}
    first_names = {i.sha256: i.name for i in sorted(taken, key=lambda i: i.name, reverse=True)}
    fresh = engine.call(record, kept, workspace, unread)
    made = frozenset(intake.sha256 for intake in taken if intake.found != WHOLE)
    return Arrival(fresh, [*missed, *set_aside], put_back, first_names, made)


def count_fresh(fresh: list[Intake], known: list[Intake]) -> int:
    """Contents that came for the first time; one counts once, however many names it came under."""
    if not fresh:
        return 0
    return len({i.sha256 for i in fresh} - {i.sha256 for i in known if i.batch < fresh[0].batch})


def results(tried: list[Result | Exception]) -> list[Result]:
    """What a map without tolerated trouble gave."""
    return [result for result in tried if not isinstance(result, Exception)]
