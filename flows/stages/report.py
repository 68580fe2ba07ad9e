"""Report: published.* of a dated file → reports/<run_id>/, and reports/latest points at the newest.

digest.md lies beside the pages where there is news since the run before; else there is none.
"""

import os
from pathlib import Path

from hesuan.flows.warehouse import Connection, connect
from hesuan.flows.workspace import Settings, clear
from hesuan.reports import edition
from hesuan.reports.book import write_report
from hesuan.reports.digest import digest
from hesuan.reports.paper import typeset
from hesuan.reports.paper.book import write_papers
from hesuan.reports.paper.typeset import FONTS, SERIF, Faces, absent
from hesuan.reports.sheet.case_book import write_case_book
from hesuan.reports.sheet.panel_sheet import write_panel_sheet

PAPERS = "paper"
UNPRINTED = "纸面未出.txt"
# How the files begin that are about the whole run.
OFFICIAL = ("专家意见", "算力券", "兑付清单")

DIGEST = "digest.md"


def report(database: Path, reports: Path, run_id: str, settings: Settings, *, is_newest: bool = True) -> Path:
    """Written aside, then put in place whole; dossiers that say what they said last night are linked, not written.

    is_newest: no later run is published; else reports/latest stays where it points.
    The papers, where the settings ask for them, need typst and fonts. What cannot be made for want of them is listed in
    纸面未出.txt and stops nothing.
    """
    making = reports / f".{run_id}.making"
    clear(making)
    making.mkdir(parents=True)
    with connect(database, read_only=True) as connection:
        write_panel_sheet(connection, making / "专家意见.xlsx")
        write_case_book(connection, making)
        if settings.paper:
            _print(connection, making, _faces(settings))
        write_report(
            connection,
            making,
            earlier=reports / "latest",
            langs=settings.languages(),
            official=_official(making),
        )
        news = digest(connection, with_sums=True)
        if news is not None:
            (making / DIGEST).write_text(news, encoding="utf-8")
    folder = reports / run_id
    clear(folder)
    making.replace(folder)
    if is_newest:
        _point(reports, run_id)
    return folder


def _point(reports: Path, run_id: str) -> None:
    link = reports / ".latest.next"
    link.unlink(missing_ok=True)
    link.symlink_to(run_id)
    os.replace(link, reports / "latest")


def made_ready(settings: Settings) -> None:
    """Ahead of a report: what every page and paper is made with, read once a process."""
    for language in settings.languages():
        edition.Edition(language, None).environment.compile_all()
    if settings.paper:
        typeset.made_ready(_faces(settings))


def unprinted(folder: Path) -> tuple[str, ...]:
    """The papers of a report that were asked for and not made, a sentence each."""
    path = folder / UNPRINTED
    return tuple(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else ()


def _official(folder: Path) -> list[str]:
    """The workbooks and the papers that are no claim's own: Chinese only, and linked to from the English overview."""
    found = [path for pattern in ("*.xlsx", f"{PAPERS}/*.pdf") for path in folder.glob(pattern)]
    return sorted(path.relative_to(folder).as_posix() for path in found if path.stem.startswith(OFFICIAL))


def _faces(settings: Settings) -> Faces:
    folder = FONTS if settings.paper_fonts is None else Path(settings.paper_fonts)
    return Faces(folder, settings.paper_body or SERIF)


def _print(connection: Connection, folder: Path, faces: Faces) -> None:
    reason = absent(faces)
    missing = write_papers(connection, folder / PAPERS, faces) if reason is None else [reason]
    if missing:
        (folder / UNPRINTED).write_text("".join(f"{line}\n" for line in missing), encoding="utf-8")
