"""What 证据附件 of one claim says and carries: its findings and every source row, with the digests of what is inside."""

import csv
import hashlib
import io
import json
from collections import Counter
from typing import Any

from hesuan.reports import figure
from hesuan.reports.docket import Item
from hesuan.reports.paper.case import Setting
from hesuan.reports.paper.typeset import Attached
from hesuan.reports.published import Row
from hesuan.reports.wording import word

ROWS_PRINTED = 40
# What a spreadsheet would take for a formula.
RISKY = ("=", "+", "-", "@", "\t", "\r")
FINDINGS = ("finding_id", "rule_id", "severity", "verdict", "amount_at_risk_yuan", "sentence_zh", "article")
EVIDENCE = ("finding_id", "file_name", "sheet", "row_no", "file_sha256", "values")


def attachments(claim: Row, items: list[Item], rows: list[Row], setting: Setting) -> list[Attached]:
    """findings.csv, evidence.csv (every row, whatever the paper has room for) and manifest.json over both."""
    findings = _csv(FINDINGS, [item.finding for item in items])
    files = [
        Attached("findings.csv", "text/csv", "核验发现", findings),
        Attached("evidence.csv", "text/csv", "证据行", _csv(EVIDENCE, rows)),
    ]
    manifest = {
        "claim_id": claim["claim_id"],
        "run_id": setting.run_id,
        "figure_sha256_16": setting.figure,
        "files": {file.name: _sha256(file) for file in files},
    }
    content = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return [*files, Attached("manifest.json", "application/json", "附件清单", content)]


def annex(
    claim: Row, items: list[Item], rows: list[Row], files: list[Attached], setting: Setting
) -> dict[str, Any]:
    """Values of templates/paper/annex.typ. rows: every evidence row of the claim's findings."""
    counts = {"findings.csv": len(items), "evidence.csv": len(rows)}
    by_finding: dict[str, list[Row]] = {}
    for row in rows:
        by_finding.setdefault(row["finding_id"], []).append(row)
    return setting.of("证据附件", f"证据附件　{claim['claim_id']}") | {
        "claim_id": claim["claim_id"],
        "contract_no": claim["contract_no"],
        "files": [
            {"name": file.name, "rows": figure.count(counts[file.name]) if file.name in counts else "—"}
            | {"sha256": _sha256(file)}
            for file in files
        ],
        "sources": _sources(rows),
        "items": [_item(item, by_finding.get(item.finding["finding_id"], [])) for item in items],
    }


def _sources(rows: list[Row]) -> list[dict[str, str]]:
    counted = Counter(
        (row["file_name"] or figure.UNKNOWN, row["file_sha256"] or figure.UNKNOWN) for row in rows
    )
    return [
        {"name": name, "sha256": sha256, "rows": figure.count(count)}
        for (name, sha256), count in sorted(counted.items())
    ]


def _item(item: Item, rows: list[Row]) -> dict[str, Any]:
    return {
        "title": f"{item.finding['rule_id']} {item.rule['title_zh']}",
        "sentence": item.finding["sentence_zh"] or figure.UNKNOWN,
        "rows": [_row(row) for row in rows[:ROWS_PRINTED]],
        "left_out": max(len(rows) - ROWS_PRINTED, 0),
    }


def _row(row: Row) -> dict[str, str]:
    values = "；".join(f"{word.header(name)} {value}" for name, value in figure.cells(row["values"]))
    sheet = "" if row["sheet"] is None else f"（{row['sheet']}）"
    return {
        "name": f"{row['file_name'] or figure.UNKNOWN}{sheet}",
        "no": figure.count(row["row_no"]),
        "values": figure.shortened(values),
    }


def _csv(names: tuple[str, ...], rows: list[Row]) -> str:
    """With byte order mark, lines end in CRLF; nothing in it starts a formula, no citizen id is whole."""
    page = io.StringIO(newline="")
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerows([names, *([_field(row[name]) for name in names] for row in rows)])
    return f"\ufeff{page.getvalue()}"


def _field(value: Any) -> str:
    text = "" if value is None else figure.masked(str(value))
    return f"'{text}" if isinstance(value, str) and text.startswith(RISKY) else text


def _sha256(file: Attached) -> str:
    return hashlib.sha256(file.content.encode()).hexdigest()
