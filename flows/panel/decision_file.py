"""The decision file that a dossier's page exports: one claim, one panellist, as JSON; what it means is judged in deciding.

JSON and not CSV: a check code such as 12e4567890123456 would be rewritten by a spreadsheet that opened it.
"""

from typing import Any

import polars as pl

from hesuan.flows.text.strict_json import loaded
from hesuan.schemas.fault import InputFault

SCHEMA = "hesuan.decision/1"
# Key of the file → column of the table 专家意见.
KEYS = {
    "claim_id": "claim_id",
    "check_code": "figures_sha256",
    "proposed_subsidy_yuan": "proposed_subsidy_yuan",
    "panellist": "panellist",
    "decision": "decision",
    "adjusted_yuan": "adjusted_yuan",
    "reason": "reason",
    "override_reason": "override_reason",
}


def is_decision_file(text: str) -> bool:
    return text.lstrip().startswith("{")


def decision_row(text: str, *, place: str) -> pl.DataFrame:
    """One row of text cells with `sheet`, `row_no` and `raw`, as a sheet's rows have them.

    Raises InputFault where the text is not one object of the schema: every key, each once, text or null.
    """
    said = loaded(text, place=place)
    if not isinstance(said, dict) or said.get("schema") != SCHEMA:
        found = said.get("schema") if isinstance(said, dict) else None
        raise InputFault(f"{place}: 不是专家意见文件：schema 为 {found!r}，应为 {SCHEMA!r}")
    odd = sorted((KEYS.keys() | {"schema"}) ^ said.keys())
    if odd:
        raise InputFault(f"{place}: 专家意见文件的键缺少或多出：{'、'.join(odd)}")
    cells: dict[str, Any] = {column: said[key] for key, column in KEYS.items()}
    wrong = [key for key in KEYS if not isinstance(said[key], str | None)]
    if wrong:
        raise InputFault(f"{place}: {'、'.join(wrong)} 应为文本或 null")
    text_columns = dict.fromkeys(("sheet", "raw", *cells), pl.String)
    return pl.DataFrame(
        [{"sheet": None, "row_no": 1, "raw": text.strip(), **cells}],
        schema={**text_columns, "row_no": pl.Int64},
    )
