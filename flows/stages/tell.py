"""Tell: what is new goes where hesuan.toml says, once a run. Trouble on the way is a line and never stops the run."""

import json
from pathlib import Path

from hesuan.flows.before.earlier import run_id_in
from hesuan.flows.delivery import mail, post
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from hesuan.reports.digest import digest

TOLD = ".told.json"


def tell(database: Path, workspace: Workspace) -> list[str]:
    """What went wrong, one line a way of sending. A run that is repeated is not told again where it was told."""
    settings = workspace.settings().digest
    ways = [way for way, is_asked in (("webhook", settings.webhook), ("mail", settings.mail_to)) if is_asked]
    run_id = run_id_in(database)
    told = _told(workspace)
    due = [way for way in ways if told.get(way) != run_id]
    if not due:
        return []
    with connect(database, read_only=True) as connection:
        text = digest(connection, with_sums=settings.with_sums)
    if text is None:
        return []
    title = f"核算日报 {run_id}"
    wrong = []
    for way in due:
        trouble = (
            post(settings, title, text)
            if way == "webhook"
            else mail(settings, title, text, root=workspace.root)
        )
        if trouble is None:
            told[way] = run_id
        else:
            wrong.append(trouble)
    (workspace.warehouse / TOLD).write_text(json.dumps(told, sort_keys=True) + "\n", encoding="utf-8")
    return wrong


def _told(workspace: Workspace) -> dict[str, str]:
    """Way of sending → the run it last told of; nothing where the note is missing or spoiled."""
    try:
        said = json.loads((workspace.warehouse / TOLD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
