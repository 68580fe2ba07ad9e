"""The ledger inside the database: events of the facts out of published.ledger_event, the book into published.ledger_entry."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path

import polars as pl

from hesuan.flows.ledger.book import TITLE_ZH, post, read_book, standing
from hesuan.flows.ledger.entry import Entry, Event, settle
from hesuan.flows.warehouse import Connection, comment

COLUMNS = {
    "entry_no": "序号，自 1 起",
    "key": "记账键：事件:年度:券号[:第几次]；兑现后余额失效的另加 :rest",
    "policy_year": "年度：券生效年；尚未生效的取申领年",
    "voucher_id": "券号；往期兑现未载券号的为 年度/单位/合同；年度总额的为空",
    "applicant_id": "申领单位代码",
    "contract_no": "合同编号",
    "event": "事件：open 总额，apply 申领，effect 生效，redeem 兑现，lapse 失效，revoke 撤销，recover 追回",
    "debit": "记入科目；不予记账的为空",
    "credit": "转出科目；不予记账的为空",
    "amount_yuan": "金额，元；事实未载明的为空",
    "occurred_on": "事实所载的日期；未载明的为空",
    "article": "条款",
    "file_sha256": "来源文件的 SHA-256；没有的为空",
    "row_no": "来源行号；没有的为空",
    "refused_zh": "不予记账的原因；已记账的为空",
    "is_reversal": "冲销先前同键的一笔",
    "cause_zh": "冲销或重记的原因；首次记账的为空",
}
_TYPES = {
    "policy_year": pl.Int32(),
    "row_no": pl.Int64(),
    "is_reversal": pl.Boolean(),
    "entry_no": pl.Int64(),
}
_SET_ASIDE = "select table_name, file_sha256, row_no from lake.later"
# Event → the dated table it is read from; the history of grants is undated and always known.
_READ_FROM = {
    "apply": "voucher",
    "effect": "voucher",
    "lapse": "voucher",
    "revoke": "voucher",
    "redeem": "decision",
}


def keep_ledger(connection: Connection, path: Path) -> None:
    """Post the events of the facts to the book and make published.ledger_entry of it, one row per entry.

    A run that looks back, on whose day facts already in the book are not yet known, writes nothing to it: there
    published.ledger_entry is what the book would be, had it been begun on that day.
    """
    due = settle(published_events(connection))
    entries = due if _looks_back(connection, path) else post(due, path)
    rows = [{"entry_no": no, **asdict(entry)} for no, entry in enumerate(entries, start=1)]
    schema = {name: _TYPES.get(name, pl.String()) for name in COLUMNS}
    schema["amount_yuan"] = pl.Decimal(18, 2)
    connection.register("ledger_rows", pl.DataFrame(rows, schema=schema))
    connection.execute(
        f"create table published.ledger_entry as select {', '.join(_cell(name) for name in COLUMNS)}"
        " from ledger_rows order by entry_no"
    )
    connection.unregister("ledger_rows")
    comment(connection, "published.ledger_entry", f"{TITLE_ZH}（每笔一行，先后俱在）", COLUMNS)


def _cell(name: str) -> str:
    return f"cast({name} as date) as {name}" if name == "occurred_on" else name


def published_events(connection: Connection) -> list[Event]:
    """published.ledger_event, in order."""
    names = [field.name for field in fields(Event)]
    rows = connection.execute(
        f"select {_as_kept(names)} from published.ledger_event order by event_no"
    ).fetchall()
    return [Event(*row) for row in rows]


def published_entries(connection: Connection) -> list[tuple[int, Entry]]:
    """published.ledger_entry, in order: the number of each entry, and the entry as the book would have it."""
    rows = connection.execute(
        f"select {_as_kept(COLUMNS)} from published.ledger_entry order by entry_no, key"
    ).fetchall()
    return [(row[0], Entry(*row[1:])) for row in rows]


def _as_kept(names: Iterable[str]) -> str:
    """The columns as the book keeps them: a day is text there."""
    return ", ".join(f"cast({name} as varchar)" if name == "occurred_on" else name for name in names)


def _looks_back(connection: Connection, path: Path) -> bool:
    set_aside = set(connection.execute(_SET_ASIDE).fetchall())
    if not set_aside:
        return False
    held = standing(read_book(path)).values()
    return any((_READ_FROM.get(e.event), e.file_sha256, e.row_no) in set_aside for e in held)
