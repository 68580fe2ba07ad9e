"""The plain, printable report of one run: an overview and one page a claim, from `published.*` alone.

No clock, no network, no script: the same published rows give the same bytes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment

from hesuan.reports import address, docket, dossier, overview, press, published, word
from hesuan.reports.published import Row
from hesuan.schemas.fault import ReportFault

SHARED = {"severities": word.SEVERITIES, "dispositions": word.DISPOSITIONS, "rule_states": word.RULE_STATES}


def write_report(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Write index.html and claim/<claim_id>.html into `folder`; the paths written, the overview first.

    `connection` is an open connection to a published file (schema `published`, interface.md §4).
    Everything is read and rendered before the first page is put down.
    Raises ReportFault where a cited relation, column or figure is missing, or a page cannot be written.
    """
    pages = dict(_pages(connection))
    try:
        (folder / "claim").mkdir(parents=True, exist_ok=True)
        for name, content in pages.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise ReportFault(f"{folder}: 报告写不下：{error.strerror}") from error
    return [folder / name for name in pages]


def _pages(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, bytes]]:
    rules = docket.rule_cards(connection)
    claims = dossier.claims_of(connection, rules)
    names = address.page_names(claim["claim_id"] for claim in claims)
    filed = docket.filed(docket.items(connection, rules), set(names))
    shared = _shared(connection, names) | {"rule_count": len(rules)}
    environment = press.press()
    index = overview.overview(connection, claims=claims, rules=rules, loose=filed.loose)
    yield "index.html", press.page(environment, "index.html.j2", layout=press.LANDSCAPE, **index, **shared)
    for claim_id, context in dossier.dossiers(connection, claims=claims, filed=filed):
        yield f"claim/{names[claim_id]}", _claim_page(environment, context | shared)


def _claim_page(environment: Environment, context: dict[str, Any]) -> bytes:
    return press.page(environment, "claim.html.j2", layout=press.PORTRAIT, **context)


def _shared(connection: duckdb.DuckDBPyConnection, names: dict[str, str]) -> dict[str, Any]:
    run = _run(connection)
    links = {claim_id: address.link("claim/", name) for claim_id, name in names.items()}
    regulation = word.regulation(run["policy_title"], run["policy_status"])
    return SHARED | {
        "run": run,
        "regulation": regulation,
        "links": links,
        "header": word.header,
        "table": word.table,
    }


def _run(connection: duckdb.DuckDBPyConnection) -> Row:
    runs = published.rows(connection, published.RUN)
    if len(runs) != 1:
        raise ReportFault(f"published.run: 应恰有一行，实有 {len(runs)} 行")
    missing = [name for name in ("run_id", "figure_sha256") if not runs[0][name]]
    if missing:
        raise ReportFault(f"published.run: 缺少 {', '.join(missing)}")
    return runs[0]
