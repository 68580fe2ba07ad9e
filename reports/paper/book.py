"""The papers of one run, from `published.*` alone: lists for the whole run, and dossier, opinion and annex a claim."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from hesuan.reports import docket, published, shelf
from hesuan.reports.page import address
from hesuan.reports.paper import annex as paper_annex
from hesuan.reports.paper import case as paper_case
from hesuan.reports.paper import lists as paper_list
from hesuan.reports.paper import opinion as paper_opinion
from hesuan.reports.paper.case import Setting
from hesuan.reports.paper.typeset import WITH_FILES, Faces, typeset
from hesuan.reports.published import Row, grouped
from hesuan.reports.wording import word
from hesuan.schemas.fault import ReportFault

FIGURE_DIGITS = 16
CODES = "select claim_id, check_code from published.claim_state order by claim_id"
DECISIONS = """
select claim_id, panellist, decision, reason, override_reason, payable_yuan, obstacle_zh
from published.decision
order by claim_id
"""
Paper = tuple[str, Callable[[], bytes]]


@dataclass(frozen=True)
class Case:
    """Everything that the papers of one claim are made of. stem: how their files' names begin."""

    stem: str
    context: dict[str, Any]
    months: list[Row]
    evidence: list[Row]
    decision: Row | None


def write_papers(connection: duckdb.DuckDBPyConnection, folder: Path, faces: Faces) -> list[str]:
    """Write every paper into `folder`; one sentence a paper that could not be made, which stops no other.

    Raises ReportFault where a relation is missing, or the folder cannot be written.
    """
    setting = _setting(connection)
    troubles = []
    for name, made in papers(connection, setting, faces):
        try:
            content = made()
        except ReportFault as fault:
            troubles.append(f"{name}: {fault}")
            continue
        _put(folder / name, content)
    return troubles


def papers(connection: duckdb.DuckDBPyConnection, setting: Setting, faces: Faces) -> Iterator[Paper]:
    """File name and how it is made: the lists first, then claim by claim in queue order."""
    for kind in paper_list.LISTINGS:
        yield f"{kind.title}-{setting.run_id}.pdf", _list_paper(connection, kind, setting, faces)
    for case in cases(connection):
        yield from _case_papers(case, setting, faces)


def cases(connection: duckdb.DuckDBPyConnection) -> list[Case]:
    rules = docket.rule_cards(connection)
    claims = shelf.claims_of(connection, rules)
    names = address.page_names(claim["claim_id"] for claim in claims)
    filed = docket.filed(docket.items(connection, rules), set(names))
    kept = shelf.shelf(connection, claims=claims, rules=rules)
    evidence = grouped(published.rows(connection, published.EVIDENCE_ROW), "finding_id")
    decisions = {row["claim_id"]: row for row in _newer(connection, "decision", DECISIONS)}
    return [
        Case(
            names[context["claim"]["claim_id"]].removesuffix(".html"),
            context,
            kept.months.get(context["claim"]["contract_no"], []),
            [row for item in context["items"] for row in evidence.get(item.finding["finding_id"], [])],
            decisions.get(context["claim"]["claim_id"]),
        )
        for context in (_context(claim, kept, filed) for claim in claims)
    ]


def _context(claim: Row, kept: shelf.Shelf, filed: docket.Docket) -> dict[str, Any]:
    claim_id = claim["claim_id"]
    return {
        "claim": claim,
        "items": filed.of_claim.get(claim_id, []),
        "steps": kept.steps[claim_id],
        "readings": kept.readings.get(claim_id, []),
        "compared": kept.compared,
    }


def _case_papers(case: Case, setting: Setting, faces: Faces) -> Iterator[Paper]:
    claim, items = case.context["claim"], case.context["items"]

    def dossier() -> bytes:
        return typeset("dossier", paper_case.dossier(case.context, case.months, setting), faces)

    def opinion() -> bytes:
        return typeset("opinion", paper_opinion.opinion(claim, items, case.decision, setting), faces)

    def annex() -> bytes:
        files = paper_annex.attachments(claim, items, case.evidence, setting)
        said = paper_annex.annex(claim, items, case.evidence, files, setting)
        return typeset("annex", said, faces, standards=WITH_FILES, attached=files)

    # The name says claim, paper and run: a file that was moved is still known.
    yield f"{case.stem}-核验档案-{setting.run_id}.pdf", dossier
    yield f"{case.stem}-审核意见-{setting.run_id}.pdf", opinion
    if items:
        yield f"{case.stem}-证据附件-{setting.run_id}.pdf", annex


def _list_paper(
    connection: duckdb.DuckDBPyConnection, kind: paper_list.Listing, setting: Setting, faces: Faces
) -> Callable[[], bytes]:
    return lambda: typeset("list", paper_list.listing(connection, kind, setting), faces)


def _setting(connection: duckdb.DuckDBPyConnection) -> Setting:
    run = published.rows(connection, published.RUN)[0]
    codes = {row["claim_id"]: row["check_code"] for row in _newer(connection, "claim_state", CODES)}
    regulation = word.regulation(run["policy_title"], run["policy_status"])
    titles = {row["key"]: row["title_zh"] for row in published.rows(connection, published.PARAMETER)}
    named = {key: title for key, title in titles.items() if title}
    return Setting(
        run["run_id"],
        run["figure_sha256"][:FIGURE_DIGITS],
        regulation,
        codes,
        named,
        reason_length=published.reason_length(connection),
        asks_benefit=published.asks_benefit(connection),
    )


def _newer(connection: duckdb.DuckDBPyConnection, name: str, question: str) -> list[Row]:
    """Rows of a relation that files of older versions lack."""
    return published.answers(connection, question) if published.is_published(connection, name) else []


def _put(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ReportFault(f"{path}: 纸面文件写不下：{error.strerror}") from error
