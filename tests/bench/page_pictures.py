"""Pictures of the pages in reports/pictures, as a reader's browser shows them, from a decided demo city.

usage: python -m tests.bench.page_pictures FOLDER
FOLDER: an empty folder, or one in which paper_pictures has made its city. Needs Debian's chromium and fonts-noto-cjk.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from hesuan.flows.workspace import Workspace
from tests.bench.paper_pictures import MOST_BYTES, PICTURES, TOLD_MOST, decided_city, one
from tests.browser import launched, opened

BUSIEST_PROVIDER = """
    select provider_id from published.capacity_day group by provider_id order by count(*) desc, provider_id limit 1
"""
LOUDEST_RULE = """
    select rule_id from published.finding where verdict = 'flag' group by rule_id order by count(*) desc, rule_id limit 1
"""


@dataclass(frozen=True)
class View:
    """A page as far as it fits on `height` pixels. ready: what is there once the page is drawn."""

    name: str
    page: str
    ready: str | None = None
    height: int = 1000


def views(workspace: Workspace) -> list[View]:
    claim, provider, rule = (one(workspace, query) for query in (TOLD_MOST, BUSIEST_PROVIDER, LOUDEST_RULE))
    return [
        View("page-overview", "index.html", "#list-status:not(:empty)"),
        View("page-dossier", f"claim/{claim}.html", height=1250),
        View("page-findings", "findings.html", "html[data-ready]"),
        View("page-provider", f"provider/{provider}.html"),
        View("page-rule", f"rule/{rule}.html"),
        View("page-dictionary", "dictionary.html"),
    ]


def main(folder: Path) -> None:
    made = folder / "city"
    workspace = Workspace(made) if made.exists() else decided_city(folder)
    PICTURES.mkdir(exist_ok=True)
    with launched() as browser:
        for view in views(workspace):
            shown = opened(browser, workspace.reports / "latest" / view.page, ready=view.ready)
            shown.page.set_viewport_size({"width": 1280, "height": view.height})
            content = shown.page.screenshot()
            assert len(content) <= MOST_BYTES, f"{view.name}: {len(content)} bytes"
            (PICTURES / f"{view.name}.png").write_bytes(content)
            print(view.name, len(content))


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
