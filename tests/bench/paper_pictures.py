"""Pictures of the papers and the workbook in reports/pictures, from a decided demo city.

usage: python -m tests.bench.paper_pictures FOLDER
FOLDER: an empty folder; the demo city is made in it, what is proposed for payment is approved, and it is run again.
Needs hesuan[paper], Debian's fonts-noto-cjk, for the workbook LibreOffice (soffice), and poppler (pdftoppm).
"""

import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typst
from pypdf import PdfReader

from hesuan.flows.demo.show import make_demo
from hesuan.flows.engine import Inline
from hesuan.flows.graph import Order, nightly
from hesuan.flows.panel.deciding import decide_sheet
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from hesuan.reports.paper.typeset import CREATED, FONTS
from hesuan.schemas.policy import default_policy_id
from tests.test_decide import REASON, as_csv, rows_of

PICTURES = Path(__file__).parents[2] / "reports" / "pictures"
MOST_BYTES = 400_000
DECIDED_AT = datetime.fromisoformat("2026-12-01T10:00:00+08:00")
# A claim that says much on few pages: findings of the kind that cuts, and no note left out.
TOLD_MOST = """
    select claim_id from published.finding join published.claim using (claim_id)
    where disposition = 'approve' and severity = 'adjust'
    group by claim_id order by count(*) desc, claim_id limit 1
"""
HELD = "select claim_id from published.claim where disposition = 'hold' order by queue_position limit 1"


@dataclass(frozen=True)
class Picture:
    """Pages of PDFs side by side. pages: (file, page from 1). drawing: more options of pdftoppm."""

    name: str
    pages: tuple[tuple[Path, int], ...]
    dpi: int
    columns: int
    drawing: tuple[str, ...] = ("-gray",)


def decided_city(folder: Path) -> Workspace:
    workspace = make_demo(folder / "city", seed=2026)
    settings = workspace.root / "hesuan.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("paper = false\n", "paper = true\n"), encoding="utf-8"
    )
    order = Order(workspace.root, default_policy_id(), today=DECIDED_AT.date())
    nightly(Inline(), order)
    approve = {"专家": "王评审、周评审", "意见": "通过", "理由": REASON}
    with connect(workspace.published, read_only=True) as connection:
        found = connection.execute("select claim_id from published.claim where disposition = 'approve'")
        fill = {claim_id: approve for (claim_id,) in found.fetchall()}
    sheet = as_csv(folder / "意见.csv", rows_of(workspace.root, fill))
    decided = decide_sheet(sheet, workspace, at=DECIDED_AT)
    assert decided.refused == (), decided.refused[:3]
    nightly(Inline(), order)
    return workspace


def one(workspace: Workspace, query: str) -> str:
    with connect(workspace.published, read_only=True) as connection:
        return str(connection.execute(query).fetchall()[0][0])


def book_as_pdf(workspace: Workspace, folder: Path) -> Path:
    (book,) = (workspace.reports / "latest").glob("算力券兑现核验-*.xlsx")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", folder, book]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder / f"{book.stem}.pdf"


def listed(workspace: Workspace, folder: Path) -> list[Picture]:
    papers = workspace.reports / "latest" / "paper"

    def of(start: str) -> Path:
        (path,) = papers.glob(f"{start}-*.pdf")
        return path

    told, held = one(workspace, TOLD_MOST), one(workspace, HELD)
    dossier, opinion = of(f"{told}-核验档案"), of(f"{held}-审核意见")
    annex = of(f"{told}-证据附件")
    summary, payment = of("算力券服务项目兑现汇总表"), of("算力券兑付清单")
    last = len(PdfReader(payment).pages)
    return [
        Picture("paper-dossier", ((dossier, 1), (dossier, 2)), 80, 2),
        Picture("paper-opinion", ((opinion, 1), (of(f"{told}-审核意见"), 2), (annex, 1)), 72, 3),
        Picture("paper-lists", ((summary, 1), (payment, last)), 66, 1),
        Picture("workbook", ((book_as_pdf(workspace, folder), 1),), 112, 1, ("-H", "520")),
    ]


def drawn(picture: Picture, folder: Path) -> bytes:
    """The pages on grey, laid out by the same typesetter that made them and drawn by poppler."""
    shown = []
    for place, (path, page) in enumerate(picture.pages):
        copy = folder / f"{picture.name}-{place}.pdf"
        copy.write_bytes(path.read_bytes())
        shown.append(f'box(fill: white, image("{copy.name}", page: {page}))')
    source = f"""
        #set page(width: auto, height: auto, margin: 8pt, fill: luma(150))
        #grid(columns: {picture.columns}, gutter: 8pt, {", ".join(shown)})
    """
    sheet = folder / f"{picture.name}.typ"
    sheet.write_text(source, encoding="utf-8")
    options = {"font_paths": [FONTS], "ignore_system_fonts": True, "timestamp": CREATED}
    typst.compile(sheet, output=sheet.with_suffix(".pdf"), root=folder, **options)
    command = ["pdftoppm", "-png", "-singlefile", "-r", str(picture.dpi), *picture.drawing]
    subprocess.run([*command, sheet.with_suffix(".pdf"), sheet.with_suffix("")], check=True)
    return sheet.with_suffix(".png").read_bytes()


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    PICTURES.mkdir(exist_ok=True)
    for picture in listed(decided_city(folder), folder):
        content = drawn(picture, folder)
        assert len(content) <= MOST_BYTES, f"{picture.name}: {len(content)} bytes"
        (PICTURES / f"{picture.name}.png").write_bytes(content)
        print(picture.name, len(content))


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
