"""The panel's sheet 专家意见 (第十三条): one line per claim with its check code, the panel's own cells empty and unlocked.

The same published rows give the same bytes. Every cell is text, so that no code or sum is rewritten by Excel.
"""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from hesuan.reports import published
from hesuan.reports.published import Row
from hesuan.reports.wording import word
from hesuan.reports.wording.article import is_of_the_house
from hesuan.schemas.fault import ReportFault
from hesuan.schemas.tables import tables

SHEET = "专家意见"
NOTES = "说明"
# What is printed and locked, then what the panel fills in. `decide` reads these headers.
PRINTED = ("申请编号", "核对码", "建议补贴", "处理建议")
FILLED = ("专家", "意见", "核定金额", "理由", "推翻理由（仅否决项）")
WIDTHS = (22, 20, 16, 12, 14, 12, 16, 50, 40)
# A file made now must equal one made tomorrow.
CREATED = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
# Excel’s own number for the format “text”.
TEXT_FORMAT = 49
QUESTION = """
    select claim_id, check_code, proposed_subsidy_yuan, disposition, pool_cut_yuan, applicant_cap_cut_yuan
    from published.claim
    join published.claim_state using (claim_id)
    order by policy_year, queue_position, claim_id
"""


def write_panel_sheet(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write the workbook to `path`; the number of claims on it.

    `connection` is an open connection to a published file. The sheet is protected without a password: that
    keeps slips out, and what was changed all the same is found by the check code when the sheet comes back.
    Raises ReportFault where a relation is missing or the file cannot be written.
    """
    claims = published.answers(connection, QUESTION)
    run, reason_length = published.rows(connection, published.RUN)[0], published.reason_length(connection)
    try:
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            book.set_properties({"title": SHEET, "author": "Hesuan", "created": CREATED})
            _fill_claims(book, book.add_worksheet(SHEET), claims)
            _fill_notes(book.add_worksheet(NOTES), run, reason_length)
    except (OSError, xlsxwriter.exceptions.XlsxFileError) as error:
        raise ReportFault(f"{path}: 专家意见表写不下：{error}") from error
    return len(claims)


def _fill_claims(book: xlsxwriter.Workbook, sheet: Worksheet, claims: list[Row]) -> None:
    text = {"num_format": TEXT_FORMAT, "border": 1, "valign": "top"}
    head = book.add_format(text | {"bold": True, "bg_color": "#DDEBF7"})
    locked = book.add_format(text | {"bg_color": "#F2F2F2"})
    open_cell = book.add_format(text | {"locked": False, "text_wrap": True})
    for place, (title, width) in enumerate(zip(PRINTED + FILLED, WIDTHS, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, head)
    for line, claim in enumerate(claims, start=1):
        _fill_line(sheet, line, claim, locked=locked, open_cell=open_cell)
    sheet.freeze_panes(1, 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
    if claims:
        words = [zh for _, zh in tables()["decision"].column("decision").choices]
        place = len(PRINTED) + FILLED.index("意见")
        sheet.data_validation(1, place, len(claims), place, {"validate": "list", "source": words})


def _fill_line(sheet: Worksheet, line: int, claim: Row, *, locked: Format, open_cell: Format) -> None:
    printed = (
        claim["claim_id"],
        claim["check_code"],
        str(claim["proposed_subsidy_yuan"]),
        word.advice(claim),
    )
    for at, cell in enumerate(printed):
        sheet.write_string(line, at, cell, locked)
    for at in range(len(FILLED)):
        sheet.write_blank(line, len(PRINTED) + at, None, open_cell)


def _fill_notes(sheet: Worksheet, run: Row, reason_length: str) -> None:
    sheet.set_column(0, 0, 110)
    regulation = word.regulation(run["policy_title"], run["policy_status"])
    article = "第十三条" if is_of_the_house(regulation) else ""
    for line, sentence in enumerate(
        (
            f"{regulation}{article}：由专家组审核。运行编号 {run['run_id']}。建议补贴供专家组参考，以专家组审核意见为准。",
            "只填白格：专家、意见（通过、核减、不予、补充材料）、核定金额（仅核减）、"
            f"理由（不少于{reason_length}字）。没有意见的行不收录。",
            "核定金额不得高于建议补贴。处理建议为不予的，通过或核减须另填推翻理由，"
            "在不计否决项算得的补贴与年度余额之内兑付。专家不得与申领单位或服务机构有关联。",
            "核对码代表该申请此刻的全部数字；数字一变，此表上的该行即失效，须重印。填好后运行 hesuan decide 文件。",
        )
    ):
        sheet.write_string(line, 0, sentence)
