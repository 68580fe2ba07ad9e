"""The first sheet of the workbook, 兑现汇总表: every claim, what is proposed, and the cells that the panel fills in.

`hesuan decide` reads it back by its headers; its foot carries no claim and is no line.
"""

from decimal import Decimal

import duckdb
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from hesuan.reports import figure, published
from hesuan.reports.published import Row
from hesuan.reports.sheet.sheet_page import TEXT_FORMAT, fit_row, lay_out, put_number
from hesuan.reports.wording import word
from hesuan.schemas.tables import tables

SHEET = "兑现汇总表"
HEAD_ROW = 3
# Column of the query → header and width; what the panel fills in stands to the right.
PRINTED = (
    ("line_no", "序号", 6),
    ("claim_id", "申请编号", 16),
    ("applicant_name", "申领单位", 40),
    ("applicant_id", "申领单位代码", 21),
    ("provider_name", "服务机构", 30),
    ("contract_no", "合同编号", 18),
    ("claimed_cost_yuan", "申报实际费用", 15),
    ("recognised_cost_yuan", "认定实际费用", 15),
    ("claimed_subsidy_yuan", "申报兑现金额", 15),
    ("proposed_subsidy_yuan", "建议补贴", 15),
    ("kept_yuan", "其中暂缓保留", 15),
    ("advice", "处理建议", 12),
    ("check_code", "核对码", 19),
)
FILLED = (("专家", 12), ("意见", 11), ("核定金额", 15), ("理由", 40), ("推翻理由（仅否决项）", 30))
SUMMED = tuple(name for name, _, _ in PRINTED if name.endswith("_yuan"))
QUESTION = """
select
    row_number() over (order by policy_year, queue_position, claim_id) as line_no,
    claim_id, applicant_name, applicant_id, provider_name, contract_no, claimed_cost_yuan, recognised_cost_yuan,
    claimed_subsidy_yuan, proposed_subsidy_yuan,
    cast(if(disposition = 'hold', proposed_subsidy_yuan, 0) as decimal(18, 2)) as kept_yuan,
    disposition, check_code, pool_cut_yuan, applicant_cap_cut_yuan,
from published.claim
join published.claim_state using (claim_id)
order by line_no
"""


def fill_summary(book: xlsxwriter.Workbook, connection: duckdb.DuckDBPyConnection, run: Row) -> None:
    """Raises ReportFault where a relation is missing or a claim's advice is unknown."""
    claims = [_advised(row) for row in published.answers(connection, QUESTION)]
    sheet, styles = book.add_worksheet(SHEET), _Styles(book)
    _head(sheet, run, published.reason_length(connection), styles)
    for line, claim in enumerate(claims, start=HEAD_ROW + 1):
        _line(sheet, line, claim, styles)
    _foot(sheet, HEAD_ROW + 1 + len(claims), claims, styles)
    sheet.freeze_panes(HEAD_ROW + 1, 2)
    lay_out(sheet, head_row=HEAD_ROW)
    if claims:
        words = [zh for _, zh in tables()["decision"].column("decision").choices]
        place = len(PRINTED) + [title for title, _ in FILLED].index("意见")
        rule = {"validate": "list", "source": words}
        sheet.data_validation(HEAD_ROW + 1, place, HEAD_ROW + len(claims), place, rule)


class _Styles:
    """Formats of the sheet; the panel's cells are unlocked and pale yellow."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        text = {"num_format": TEXT_FORMAT, "border": 1, "valign": "top", "text_wrap": True}
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        self.plain = book.add_format({"font_color": "#444444"})
        self.head = book.add_format(text | {"bold": True, "bg_color": "#DDEBF7", "align": "center"})
        self.text = book.add_format(text | {"quote_prefix": True})
        self.heavy = book.add_format(text | {"bold": True})
        self.whole = book.add_format({"border": 1, "valign": "top"})
        self.yuan = book.add_format({"border": 1, "valign": "top", "num_format": "#,##0.00"})
        self.total = book.add_format({"border": 1, "bold": True, "num_format": "#,##0.00"})
        self.open = book.add_format(text | {"locked": False, "bg_color": "#FFF8DC"})


def _advised(row: Row) -> Row:
    return row | {"advice": word.advice(row)}


def _head(sheet: Worksheet, run: Row, reason_length: str, styles: _Styles) -> None:
    regulation = word.regulation(run["policy_title"], run["policy_status"])
    sheet.merge_range(0, 0, 0, len(PRINTED) + len(FILLED) - 1, "算力券服务项目兑现汇总表", styles.title)
    sheet.write_string(1, 0, f"依据{regulation}　批次 {run['run_id']}　金额单位：元", styles.plain)
    sheet.write_string(
        2,
        0,
        f"只填浅黄格；意见为核减的填核定金额，理由不少于{reason_length}字。填好后运行 hesuan decide 本文件。",
        styles.plain,
    )
    widths = [(title, width) for _, title, width in PRINTED] + list(FILLED)
    for at, (title, width) in enumerate(widths):
        sheet.set_column(at, at, width)
        sheet.write_string(HEAD_ROW, at, title, styles.head)


def _line(sheet: Worksheet, line: int, claim: Row, styles: _Styles) -> None:
    fit_row(sheet, line, [(_said(claim, name), width) for name, _, width in PRINTED if name not in SUMMED])
    for at, (name, _, _) in enumerate(PRINTED):
        if name == "line_no":
            sheet.write_number(line, at, claim[name], styles.whole)
        elif name in SUMMED:
            _put_yuan(sheet, line, at, claim[name], styles.yuan)
        else:
            is_heavy = name == "advice" and claim["disposition"] != "approve"
            sheet.write_string(line, at, _said(claim, name), styles.heavy if is_heavy else styles.text)
    for at in range(len(FILLED)):
        sheet.write_blank(line, len(PRINTED) + at, None, styles.open)


def _said(claim: Row, name: str) -> str:
    """A claim's own number is printed as it is: it must come back as the same number."""
    if name in ("claim_id", "check_code"):
        return str(claim[name])
    return figure.UNKNOWN if claim[name] is None else figure.shortened(figure.visible(str(claim[name])))


def _put_yuan(sheet: Worksheet, line: int, at: int, value: Decimal | None, style: Format) -> None:
    if value is None:
        sheet.write_string(line, at, figure.UNKNOWN, style)
    else:
        put_number(sheet, line, at, value, style)


def _foot(sheet: Worksheet, line: int, claims: list[Row], styles: _Styles) -> None:
    """Sums of what is known, the proposed sum in words, and where people sign."""
    sheet.write_string(line, 0, "合计", styles.heavy)
    for at, (name, _, _) in enumerate(PRINTED):
        if name in SUMMED:
            known = [claim[name] for claim in claims if claim[name] is not None]
            _put_yuan(sheet, line, at, sum(known, Decimal("0.00")), styles.total)
    proposed = sum((claim["proposed_subsidy_yuan"] for claim in claims), Decimal("0.00"))
    sheet.write_string(line + 1, 0, f"建议补贴合计（大写）：{figure.capital_yuan(proposed)}", styles.plain)
    signers = "制表：　　　　　　复核：　　　　　　专家组组长（签字）：　　　　　　（单位盖章）　　　　年　　月　　日"
    sheet.write_string(line + 3, 0, signers, styles.plain)
