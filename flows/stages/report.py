"""Report: published.* of a dated file → reports/<run_id>/, and reports/latest points at it."""

import os
import shutil
from pathlib import Path

from hesuan.flows.warehouse import connect
from hesuan.reports.book import write_report
from hesuan.reports.panel_sheet import write_panel_sheet


def report(database: Path, reports: Path, run_id: str) -> Path:
    """Written aside, then put in place whole."""
    making = reports / f".{run_id}.making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    with connect(database, read_only=True) as connection:
        write_report(connection, making)
        write_panel_sheet(connection, making / "专家意见.xlsx")
    folder = reports / run_id
    shutil.rmtree(folder, ignore_errors=True)
    making.replace(folder)
    link = reports / ".latest.next"
    link.unlink(missing_ok=True)
    link.symlink_to(run_id)
    os.replace(link, reports / "latest")
    return folder
