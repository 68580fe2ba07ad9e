"""From a claim or contract to the rows of the files handed in: file, sheet and line.

Usage records are told by file and the lines in it; samples are kept by the hour and lead to their files only.
"""

from hesuan.flows.explaining.answer import MARKS, SHOWN_ROWS, WORDS, Row, first_lines, sheet_of
from hesuan.flows.warehouse import Connection
from hesuan.reports.wording import word

USAGE = "usage_interval"
# Table of the lake → which of its rows a contract or claim rests on; $contract_no and $claim_id may be null.
RESTS_ON = {
    "claim": "claim_id = $claim_id",
    "claim_invoice": "claim_id = $claim_id",
    "material": "claim_id = $claim_id",
    "voucher": "contract_no = $contract_no",
    "contract": "contract_no = $contract_no",
    "contract_line": "contract_no = $contract_no",
    "tenant": "contract_no = $contract_no",
    "statement": "contract_no = $contract_no",
    "invoice": "contract_no = $contract_no or invoice_number in ({claimed})",
    "invoice_line": "invoice_number in ({claimed})",
    "invoice_check": "invoice_number in ({claimed})",
    "payment": "contract_no = $contract_no or invoice_number in ({claimed})",
}
CLAIMED = "select invoice_number from lake.claim_invoice where claim_id = $claim_id"
_CONTRACT = ("contract", "contract_line")
_INVOICE = ("claim_invoice", "invoice", "invoice_line", "invoice_check")
_USAGE = (USAGE, "tenant", *_CONTRACT)
# Figure of published.claim → the tables it is taken from; a figure not listed rests on all.
FIGURE_TABLES = {
    "claimed_cost_yuan": ("claim",),
    "claimed_subsidy_yuan": ("claim",),
    "submitted_at": ("claim",),
    "contract_gpu_hours": _CONTRACT,
    "contract_amount_yuan": _CONTRACT,
    "billed_gpu_hours": ("statement", "invoice_line"),
    "metered_gpu_hours": _USAGE,
    "active_gpu_hours": _USAGE,
    "verifiable_gpu_hours": _USAGE,
    "supported_yuan": _USAGE,
    "invoiced_net_yuan": _INVOICE,
    "invoiced_gross_yuan": _INVOICE,
    "paid_yuan": ("payment",),
}


def source_rows(
    connection: Connection, *, claim_id: str | None, contract_no: str | None, figure: str | None = None
) -> list[Row]:
    """table_name, file_name, sheet, row_nos of every file that the claim or contract, or its figure, rests on."""
    wanted = FIGURE_TABLES.get(figure or "", (*RESTS_ON, USAGE))
    parts = [
        f"select '{table}' as table_name, file_sha256, sheet, row_no from lake.{table}"
        f" where {RESTS_ON[table].format(claimed=CLAIMED)}"
        for table in wanted
        if table in RESTS_ON
    ]
    if USAGE in wanted:
        parts.append(
            f"select '{USAGE}', file_sha256, sheet, row_no from reconciled.interval where contract_no = $contract_no"
        )
    answer = connection.execute(
        f"""
        select s.table_name, f.file_name, s.sheet, list(distinct s.row_no order by s.row_no) as row_nos
        from ({" union all ".join(parts)}) as s
        join lake.input_file as f using (file_sha256)
        group by s.table_name, f.file_name, f.file_sha256, s.sheet
        order by s.table_name, f.file_name, f.file_sha256, s.sheet
        """,
        _named(" ".join(parts), claim_id=claim_id, contract_no=contract_no),
    ).fetchall()
    names = [column[0] for column in connection.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer]


def _named(text: str, **values: str | None) -> dict[str, str | None]:
    """Only the parameters that the text asks for: DuckDB refuses one too many."""
    return {name: value for name, value in values.items() if f"${name}" in text}


def source_lines(rows: list[Row], lang: str) -> list[str]:
    """One line a table and file; the first ones where there are many."""
    lines = []
    for row in rows:
        table = word.table(row["table_name"]) if lang == "zh" else row["table_name"]
        told = {"table": table, "sheet": sheet_of(row, lang), "row_nos": _numbers(row["row_nos"], lang)}
        lines.append(WORDS[lang]["lines"].format(**{**row, **told}))
    return first_lines(lines, lang)


def _numbers(row_nos: list[int], lang: str) -> str:
    """2–5、9: runs of lines drawn together."""
    runs: list[list[int]] = []
    for number in row_nos:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = [str(a) if a == b else f"{a}–{b}" for a, b in runs[:SHOWN_ROWS]]
    return MARKS[lang]["list"].join(shown) + ("" if len(runs) <= SHOWN_ROWS else f" … ({len(row_nos)})")
