"""The report of one run: an overview, one page a claim, and the pages beside them (side_page.py), from `published.*` alone.

No clock, no network; what the run says of a claim can be read without a script. The same published rows give the same bytes.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb

from hesuan.reports import docket, edition, press, published, shelf
from hesuan.reports.page import address, attention, dossier, overview, side_page
from hesuan.reports.published import Row
from hesuan.reports.wording import word
from hesuan.reports.wording.article import is_of_the_house
from hesuan.schemas.fault import ReportFault

SHARED = {
    "severities": word.SEVERITIES,
    "dispositions": word.DISPOSITIONS,
    "rule_states": word.RULE_STATES,
    "decision_words": word.DECISIONS,
}


def write_report(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    earlier: Path | None = None,
    langs: Sequence[str] = ("zh",),
    official: Sequence[str] = (),
) -> list[Path]:
    """Put index.html, claim/<claim_id>.html and the pages of side_page.py into `folder`; the paths, the overview first.

    With English among `langs` the same pages lie in `folder`/en too, each linked with its own. `official`: files beside the
    pages that exist in Chinese only.
    A page that already stands in the folder of an `earlier` report, byte for byte, is linked and not written again.

    `connection` is an open connection to a published file (schema `published`, interface.md §4).
    Everything is read and rendered before the first page is put down.
    Raises ReportFault where a cited relation, column or figure is missing, or a page cannot be written.
    """
    pages = dict(_pages(connection, edition.editions(langs), official))
    try:
        for name, content in pages.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            _put(folder / name, content, None if earlier is None else earlier / name)
    except OSError as error:
        raise ReportFault(f"{folder}: 报告写不下：{error.strerror}") from error
    return [folder / name for name in pages]


def _pages(
    connection: duckdb.DuckDBPyConnection, editions: list[edition.Edition], official: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    rules = docket.rule_cards(connection)
    claims = shelf.claims_of(connection, rules)
    names = address.page_names(claim["claim_id"] for claim in claims)
    items = docket.items(connection, rules)
    filed = docket.filed(items, set(names))
    run = _run(connection)
    shared = _shared(connection, run) | {"rule_count": len(rules)} | side_page.addresses(connection, rules)
    of_run = shared | {"run": run, "links": address.links("claim/", names)}
    kept = shelf.shelf(connection, claims=claims, rules=rules)
    planks = dossier.bridges(kept, claims)
    index = overview.overview(connection, claims=claims, rules=rules, loose=filed.loose, planks=planks)
    index["official"] = [(f"../{quote(name)}", name.split("/")[-1]) for name in official]
    index["attention"] = attention.attention(connection, index, of_run["links"])
    for printed in editions:
        yield _page(printed, "index.html", "index.html.j2", of_run | index, layout=press.LANDSCAPE)
    beside = {"links": address.links("", names)} | shared
    for claim_id, context in dossier.dossiers(kept, claims=claims, filed=filed, planks=planks):
        context |= {"stem": names[claim_id].removesuffix(".html")} | beside
        for printed in editions:
            yield _page(printed, of_run["links"][claim_id], "claim.html.j2", context, layout=press.PORTRAIT)
    for printed in editions:
        printer = side_page.Printer(printed, of_run)
        yield from side_page.pages(
            connection, printer, claims=claims, rules=rules, items=items, loose=filed.loose
        )


def _page(
    printed: edition.Edition, address: str, template: str, context: dict[str, Any], *, layout: str
) -> tuple[str, bytes]:
    return printed.page(address, template, context, layout=layout, scripts=("page.js", "report.js"))


def _put(path: Path, content: bytes, earlier: Path | None) -> None:
    """The earlier file under one more name where it says the same; written where it does not, or no link can be made."""
    if earlier is not None and earlier.is_file() and earlier.read_bytes() == content:
        try:
            os.link(earlier, path)
            return
        except OSError:
            # A disk without hard links: the page is written like any other.
            pass
    path.write_bytes(content)


def _shared(connection: duckdb.DuckDBPyConnection, run: Row) -> dict[str, Any]:
    """What stands on every page; nothing of the run but its regulation, so that a dossier outlives the night."""
    regulation = word.regulation(run["policy_title"], run["policy_status"])
    return SHARED | {
        "regulation": regulation,
        "is_house": is_of_the_house(regulation),
        "asks_benefit": published.asks_benefit(connection),
        "reason_length": published.reason_length(connection),
        "reading_titles": {
            row["key"]: row["title_zh"]
            for row in published.rows(connection, published.PARAMETER)
            if row["title_zh"]
        },
        "header": word.header,
        "table": word.table,
        "kinds": word.kinds,
    }


def _run(connection: duckdb.DuckDBPyConnection) -> Row:
    runs = published.rows(connection, published.RUN)
    if len(runs) != 1:
        raise ReportFault(f"published.run: 应恰有一行，实有 {len(runs)} 行")
    missing = [name for name in ("run_id", "figure_sha256") if not runs[0][name]]
    if missing:
        raise ReportFault(f"published.run: 缺少 {', '.join(missing)}")
    return runs[0]
