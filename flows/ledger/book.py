"""The book of the voucher ledger: evidence/ledger.jsonl, append-only. What was written is never changed.

The facts say which entries ought to stand. What the book lacks is appended; what it has otherwise is answered by a
reversing entry and a new one, with the cause.
"""

from dataclasses import asdict, replace
from decimal import Decimal, InvalidOperation
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from hesuan.flows.append_only import append_batch, read_entries
from hesuan.flows.ledger.entry import Entry
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import EvidenceFault

TITLE_ZH = "算力券台账"
_CONTENT_ZH = {
    "policy_year": "年度",
    "applicant_id": "申领单位",
    "contract_no": "合同",
    "debit": "记入科目",
    "amount_yuan": "金额",
    "occurred_on": "日期",
    "article": "条款",
    "refused_zh": "不予记账的原因",
}


def book_path(workspace: Workspace) -> Path:
    return workspace.evidence / "ledger.jsonl"


def read_book(path: Path) -> list[Entry]:
    """Every entry, oldest first. Raises EvidenceFault where the book is damaged."""
    return [entry for batch in read_batches(path) for entry in batch]


def read_batches(path: Path) -> list[list[Entry]]:
    """The entries that each run posted, oldest first. Raises EvidenceFault where the book is damaged."""
    found = groupby(read_entries(path, title_zh=TITLE_ZH), key=itemgetter("batch"))
    try:
        return [[_read(line["entry"]) for line in lines] for _, lines in found]
    except (TypeError, KeyError, InvalidOperation) as error:
        raise EvidenceFault(f"evidence/{path.name}: {TITLE_ZH}损坏：{error}") from error


def post(due: list[Entry], path: Path) -> list[Entry]:
    """Append what the book lacks for `due` to stand; the whole book then. With nothing lacking, nothing is written."""
    book = read_book(path)
    fresh = missing(book, due)
    append_batch("entry", [_written(entry) for entry in fresh], path)
    return [*book, *fresh]


def standing(book: list[Entry]) -> dict[str, Entry]:
    """The entries that no later one reversed, by key."""
    found: dict[str, Entry] = {}
    for entry in book:
        if entry.is_reversal:
            found.pop(entry.key, None)
        else:
            found[entry.key] = entry
    return found


def missing(book: list[Entry], due: list[Entry]) -> list[Entry]:
    """What has to be appended, in order: reversals of what no longer holds, then what is due and does not stand."""
    held, wanted = standing(book), {entry.key: entry for entry in due}
    fresh = [_reversal(e, "据以记账的事实不再成立") for key, e in held.items() if key not in wanted]
    for key, entry in wanted.items():
        before = held.get(key)
        if before is None:
            fresh.append(entry)
        elif before.content != entry.content:
            cause = f"事实有变：{_difference(before, entry)}"
            fresh += [_reversal(before, cause), replace(entry, cause_zh=cause)]
    return fresh


def _reversal(entry: Entry, cause_zh: str) -> Entry:
    return replace(entry, debit=entry.credit, credit=entry.debit, is_reversal=True, cause_zh=cause_zh)


def _difference(before: Entry, after: Entry) -> str:
    pairs = [(zh, getattr(before, name), getattr(after, name)) for name, zh in _CONTENT_ZH.items()]
    return "，".join(f"{zh} {_said(a)} → {_said(b)}" for zh, a, b in pairs if a != b)


def _said(value: object) -> str:
    return "无" if value is None else str(value)


def _written(entry: Entry) -> dict[str, Any]:
    amount = None if entry.amount_yuan is None else str(entry.amount_yuan)
    return {**asdict(entry), "amount_yuan": amount}


def _read(line: dict[str, Any]) -> Entry:
    """Amounts are text in the book: a JSON number would be a float."""
    amount = None if line["amount_yuan"] is None else Decimal(line["amount_yuan"])
    return Entry(**{**line, "amount_yuan": amount})
