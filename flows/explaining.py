"""What `hesuan explain` says: a figure → its steps → the source rows, by claim, contract, finding, rule or key.

A figure is asked for as a column of published.claim, alone (what it means) or of one claim: C-a/metered_gpu_hours.
"""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from hesuan.flows.tracing import source_lines, source_rows
from hesuan.flows.warehouse import Connection, connect
from hesuan.reports.published import is_published
from hesuan.reports.word import CHANGE_CAUSES
from hesuan.schemas.fault import UsageFault

Row = dict[str, Any]
SHOWN_ROWS = 30


@dataclass(frozen=True)
class Explained:
    """`facts` for --json, `lines` for people."""

    facts: dict[str, Any]
    lines: list[str]


def explained(database: Path, identifier: str) -> Explained:
    """Raises UsageFault where nothing published bears the name."""
    with connect(database, read_only=True) as connection:
        for explain in (_claim, _contract, _finding, _figure, _figure_of_claim, _rule, _parameter):
            found = explain(connection, identifier)
            if found is not None:
                return found
    raise UsageFault(f"{identifier}: 没有这个申请、合同、发现、数字、规则或参数")


def _rows(connection: Connection, query: str, *parameters: str) -> list[Row]:
    answer = connection.execute(query, list(parameters)).fetchall()
    names = [column[0] for column in connection.description or []]
    return [{n: None if v is None else str(v) for n, v in zip(names, row, strict=True)} for row in answer]


def _claim(connection: Connection, claim_id: str) -> Explained | None:
    claims = _rows(connection, "select * from published.claim where claim_id = ?", claim_id)
    changes = _changes(connection, claim_id)
    if not claims:
        return Explained({"changes": changes}, _change_lines(changes)) if changes else None
    steps = _rows(
        connection, "select * from published.waterfall where claim_id = ? order by step_no", claim_id
    )
    findings = _rows(
        connection, "select * from published.finding where claim_id = ? order by finding_id", claim_id
    )
    lines = [f"申请 {claim_id}：{claims[0]['disposition']}，建议补贴 {claims[0]['proposed_subsidy_yuan']} 元"]
    lines += [
        f"  {s['step_no']:>2} {s['title_zh']}  {_known(s['amount_yuan'])}  {s['article']}  {s['note_zh']}"
        for s in steps
    ]
    lines += [f"  {f['finding_id']}（{f['severity']}，{f['verdict']}）{f['sentence_zh']}" for f in findings]
    rows = _sources(
        connection, "finding_id in (select finding_id from published.finding where claim_id = ?)", claim_id
    )
    sources = source_rows(connection, claim_id=claim_id, contract_no=claims[0]["contract_no"])
    facts = {"claim": claims[0], "steps": steps, "findings": findings, "rows": rows, "changes": changes}
    told = [*lines, *_change_lines(changes), *_place_lines(rows), *source_lines(sources)]
    return Explained(facts | {"sources": sources}, told)


def _changes(connection: Connection, claim_id: str) -> list[Row]:
    """What changed since the run before; nothing where a file of an older version does not say."""
    if not is_published(connection, "change"):
        return []
    return _rows(connection, "select * from published.change where claim_id = ? order by figure", claim_id)


def _change_lines(changes: list[Row]) -> list[str]:
    if not changes:
        return []
    return [
        f"  自上次运行（{changes[0]['before_run_id']}）以来的变动：",
        *(
            f"    {c['figure']}  {_known(c['before'])} → {_known(c['after'])}"
            f"  {CHANGE_CAUSES[str(c['cause_kind'])]}：{c['cause_zh']}"
            for c in changes
        ),
    ]


def _contract(connection: Connection, contract_no: str) -> Explained | None:
    months = _rows(
        connection,
        "select * from published.reconciliation where contract_no = ? order by month nulls first, line_no",
        contract_no,
    )
    if not months:
        return None
    claims = _rows(
        connection, "select claim_id from published.claim where contract_no = ? order by 1", contract_no
    )
    lines = [f"合同 {contract_no}：申请 {'、'.join(c['claim_id'] for c in claims) or '无'}"]
    lines += [
        f"  {m['month'] or '约定'}  计费 {_known(m['billed_gpu_hours'])}  计量 {_known(m['metered_gpu_hours'])}"
        f"  开票 {_known(m['invoiced_gross_yuan'])}  付款 {_known(m['paid_yuan'])}  {m['variance_cause_zh'] or ''}"
        for m in months
    ]
    sources = source_rows(connection, claim_id=None, contract_no=contract_no)
    facts = {"contract_no": contract_no, "claims": claims, "months": months, "sources": sources}
    return Explained(facts, [*lines, *source_lines(sources)])


def _figure(connection: Connection, name: str) -> Explained | None:
    """What a column of published.claim is, and by which formula."""
    meanings = _rows(
        connection,
        "select relation, column_name, data_type, meaning_zh from published.dictionary"
        " where relation = 'claim' and column_name = ?",
        name,
    )
    if not meanings:
        return None
    formulas = _rows(
        connection,
        "select * from published.quantity where column_name = 'claim.' || ? order by quantity_no",
        name,
    )
    lines = [f"published.claim.{name}：{meanings[0]['meaning_zh']}"]
    lines += [f"  {f['symbol']} {f['title_zh']} = {f['formula_zh']}；{f['meaning_zh']}" for f in formulas]
    return Explained({"figure": meanings[0], "formulas": formulas}, lines)


def _figure_of_claim(connection: Connection, identifier: str) -> Explained | None:
    """CLAIM/column: the value, its formula, the steps that come to the same sum, and the rows it is taken from."""
    claim_id, _, name = identifier.rpartition("/")
    told = _figure(connection, name) if claim_id else None
    found = _rows(connection, "select * from published.claim where claim_id = ?", claim_id)
    if told is None or not found:
        return None
    claim = found[0]
    steps = _rows(
        connection,
        "select * from published.waterfall where claim_id = ? and cast(amount_yuan as varchar) = ? order by step_no",
        claim_id,
        str(claim[name]),
    )
    sources = source_rows(connection, claim_id=claim_id, contract_no=claim["contract_no"], figure=name)
    lines = [f"{identifier} = {_known(claim[name])}", *(f"  {line.strip()}" for line in told.lines)]
    lines += [
        f"  第 {s['step_no']} 步同为此数：{s['title_zh']}（{s['article']}）{s['note_zh']}" for s in steps
    ]
    facts = {"claim_id": claim_id, "value": claim[name], "steps": steps, "sources": sources}
    return Explained(told.facts | facts, [*lines, *source_lines(sources)])


def _finding(connection: Connection, finding_id: str) -> Explained | None:
    findings = _rows(connection, "select * from published.finding where finding_id = ?", finding_id)
    if not findings:
        return None
    rows = _sources(connection, "finding_id = ?", finding_id)
    found = findings[0]
    lines = [
        f"{finding_id}（{found['severity']}，{found['article']}）",
        f"  {found['sentence_zh']}",
        f"  {found['evidence']}",
    ]
    return Explained({"finding": found, "rows": rows}, [*lines, *_place_lines(rows)])


def _rule(connection: Connection, rule_id: str) -> Explained | None:
    rules = _rows(
        connection,
        "select * from published.rule join published.coverage using (rule_id) where rule_id = ?",
        rule_id,
    )
    if not rules:
        return None
    rule = rules[0]
    names = {"通过": "pass", "指出": "flag", "未知": "unknown", "不适用": "not_applicable"}
    counted = "，".join(f"{zh} {rule[f'{verdict}_count']}" for zh, verdict in names.items())
    findings = _rows(
        connection,
        "select finding_id, verdict, sentence_zh from published.finding where rule_id = ? order by finding_id",
        rule_id,
    )
    lines = [
        f"{rule_id} {rule['title_zh']}（{rule['severity']}，{rule['article']}）",
        f"  {rule['because_zh']}",
        f"  {counted}",
        f"  可能的正常原因：{rule['innocent_zh']}",
    ]
    lines += [f"  {f['finding_id']}（{f['verdict']}）{f['sentence_zh']}" for f in findings[:SHOWN_ROWS]]
    more = len(findings) - SHOWN_ROWS
    lines += [f"  …… 另有 {more} 项（--json 列出全部）"] if more > 0 else []
    return Explained({"rule": rule, "findings": findings}, lines)


def _parameter(connection: Connection, key: str) -> Explained | None:
    found = _rows(connection, "select * from published.parameter where key = ? order by valid_from", key)
    if not found:
        return None
    lines = [
        f"{key} = {p['value']} {p['unit']}（自 {p['valid_from']}）"
        f"{p['article'] or '自定'}：{p['quote_zh'] or p['house_reason_zh']}"
        for p in found
    ]
    places = _policy_places(
        str(_rows(connection, "select policy_id from published.run")[0]["policy_id"]), key
    )
    return Explained({"parameter": found, "places": places}, [*lines, *(f"  ← {place}" for place in places)])


def _policy_places(policy_id: str, key: str) -> list[str]:
    """File and line where a value is written; the city's own file before the house's."""
    heads = (f"[parameter.{key}]", f"[[parameter.{key}]]")
    shelf = files("hesuan.data")
    names = (f"policy/{policy_id}.toml", "house.toml")
    return [
        f"data/{name} 第 {number} 行"
        for name in names
        if shelf.joinpath(name).is_file()
        for number, line in enumerate(shelf.joinpath(name).read_text(encoding="utf-8").splitlines(), 1)
        if line.split("#")[0].strip() in heads
    ]


def _sources(connection: Connection, condition: str, identifier: str) -> list[Row]:
    return _rows(
        connection, f"select * from published.evidence_row where {condition} order by all", identifier
    )


def _place_lines(rows: list[Row]) -> list[str]:
    lines = [f"  {row['finding_id']} ← {row['file_name']} 第 {row['row_no']} 行" for row in rows[:SHOWN_ROWS]]
    return (
        lines
        if len(rows) <= SHOWN_ROWS
        else [*lines, f"  …… 另有 {len(rows) - SHOWN_ROWS} 行（--json 列出全部）"]
    )


def _known(value: str | None) -> str:
    return "未知" if value is None else value
