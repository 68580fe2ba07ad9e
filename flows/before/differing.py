"""What differs between two kept runs: claims, findings and policy values; nothing is guessed, causes are quoted.

published.change tells why only from one run to the next; between other runs the figures alone are compared.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hesuan.flows.before.earlier import SUMS, claim_figures, columns_of
from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import Connection, attached, connect
from hesuan.reports.wording import word
from hesuan.reports.wording.english import plainly
from hesuan.reports.wording.words import short, word_of

Row = dict[str, Any]
OTHER = "run_of_before"
# Told on every line, and not once more among the other figures.
HEADED = ("disposition", "proposed_subsidy_yuan")
CLAIMS = """
    with later as (select claim_id, {cells} from published.claim),
    former as (select claim_id, {cells} from {other}.published.claim)
    select
        coalesce(a.claim_id, b.claim_id) as claim_id,
        b.disposition as disposition_before,
        a.disposition as disposition_after,
        b.proposed_subsidy_yuan as yuan_before,
        a.proposed_subsidy_yuan as yuan_after,
        case
            when a.claim_id is null or b.claim_id is null then []
            else [f for f in [{pairs}] if f.before is distinct from f.after]
        end as figures,
    from later as a
    full join former as b on b.claim_id = a.claim_id
    where a.disposition is distinct from b.disposition
        or a.proposed_subsidy_yuan is distinct from b.proposed_subsidy_yuan
        or len(figures) > 0
    order by claim_id
"""
FINDINGS = f"""
    select
        coalesce(a.finding_id, b.finding_id) as finding_id,
        b.verdict as verdict_before,
        a.verdict as verdict_after,
        coalesce(a.sentence_zh, b.sentence_zh) as sentence_zh,
        coalesce(a.sentence_en, b.sentence_en) as sentence_en,
    from published.finding as a
    full join {OTHER}.published.finding as b on b.finding_id = a.finding_id
    where a.verdict is distinct from b.verdict or a.evidence is distinct from b.evidence
    order by finding_id
"""
PARAMETERS = f"""
    select
        coalesce(a.key, b.key) as key,
        coalesce(a.valid_from, b.valid_from)::varchar as valid_from,
        b.value as value_before,
        a.value as value_after,
    from published.parameter as a
    full join {OTHER}.published.parameter as b on b.key = a.key and b.valid_from = a.valid_from
    where a.value is distinct from b.value
    order by key, valid_from
"""
CAUSES = "select claim_id, figure, before, after, cause_zh from published.change where before_run_id = ? order by all"
WORDS = {
    "zh": {
        "head": "运行 {before} → {after}",
        "claims": "申请：{count} 笔不同",
        "findings": "发现：{count} 项不同",
        "parameters": "参数：{count} 项不同",
        "causes": "原因（自前一次运行）：{count} 处",
        "parameter": "{key}（自 {valid_from}）  ",
        "cause": "{} {}：{}",
        "_yuan": "元",
        "_gpu_hours": "卡时",
        "none": "没有",
        "same": "两次运行的申请、发现与参数完全相同。",
    },
    "en": {
        "head": "runs {before} → {after}",
        "claims": "claims: {count} differ",
        "findings": "findings: {count} differ",
        "parameters": "parameters: {count} differ",
        "causes": "causes (since the run before): {count}",
        "parameter": "{key} (from {valid_from})  ",
        "cause": "{} {}: {}",
        "_yuan": "CNY",
        "_gpu_hours": "card-hours",
        "none": "none",
        "same": "Claims, findings and parameters of the two runs are the same.",
    },
}


@dataclass(frozen=True)
class Difference:
    """Rows of what differs; `causes` only where the one run came right after the other."""

    before: str
    after: str
    claims: list[Row]
    findings: list[Row]
    parameters: list[Row]
    causes: list[Row]

    def facts(self) -> dict[str, Any]:
        return dict(self.__dict__)

    def lines(self, *, lang: str = "zh") -> list[str]:
        words = WORDS[lang]
        head = words["head"].format(before=self.before, after=self.after)
        if not (self.claims or self.findings or self.parameters or self.causes):
            return [head, words["same"]]
        told = {
            "claims": [
                f"{c['claim_id']}  {_coded(c, 'disposition', lang)}  {_pair(c, 'yuan', words)} {words['_yuan']}"
                + "".join(
                    f"  {named(f['figure'], lang)} {_told(f, words)}{_unit(f, words)}" for f in c["figures"]
                )
                for c in self.claims
            ],
            "findings": [
                f"{f['finding_id']}  {_coded(f, 'verdict', lang)}  {f[f'sentence_{lang}']}"
                for f in self.findings
            ],
            "parameters": [
                words["parameter"].format(**p) + _pair(p, "value", words) for p in self.parameters
            ],
            "causes": [
                words["cause"].format(
                    c["claim_id"] or "", named(c["figure"], lang), _said(c["cause_zh"], lang)
                )
                for c in self.causes
            ],
        }
        lines = [head]
        for name, found in told.items():
            if found:
                lines += [words[name].format(count=len(found)), *(f"  {line}" for line in found)]
        return lines


def differing(before: Path, after: Path) -> Difference:
    """Between two published files. Raises WarehouseFault where one cannot be opened."""
    with connect(after, read_only=True) as connection:
        # One file under two names in a process is refused: a run compared with itself differs in nothing.
        if before == after:
            run_id = _run_id(connection)
            return Difference(run_id, run_id, [], [], [], [])
        with attached(connection, before, OTHER):
            earlier = _run_id(connection, f"{OTHER}.")
            return Difference(
                earlier,
                _run_id(connection),
                _rows(connection, _claims(connection)),
                _rows(connection, FINDINGS),
                _rows(connection, PARAMETERS),
                _rows(connection, CAUSES, earlier),
            )


def _run_id(connection: Connection, catalog: str = "") -> str:
    return str(connection.execute(f"select run_id from {catalog}published.run").fetchall()[0][0])


def _claims(connection: Connection) -> str:
    """The question after claims of which any figure differs that both runs publish."""
    both = set(columns_of(connection, "published.claim")) & set(
        columns_of(connection, "published.claim", catalog=OTHER)
    )
    cells = {name: cell for name, cell in claim_figures().items() if name in both}
    pairs = [
        f"{{'figure': '{name}', 'before': b.{name}, 'after': a.{name}}}"
        for name in cells
        if name not in HEADED
    ]
    listed = ", ".join(f"{cell} as {name}" for name, cell in cells.items())
    return CLAIMS.format(cells=listed, other=OTHER, pairs=", ".join(pairs))


def _rows(connection: Connection, query: str, *parameters: str) -> list[Row]:
    answer = connection.execute(query, list(parameters)).fetchall()
    names = [column[0] for column in connection.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer]


def _pair(row: Row, name: str, words: dict[str, str]) -> str:
    return _told({"before": row[f"{name}_before"], "after": row[f"{name}_after"]}, words)


def _coded(row: Row, name: str, lang: str) -> str:
    """Two codes in words."""
    codes = [row[f"{name}_{side}"] for side in ("before", "after")]
    said = [WORDS[lang]["none"] if code is None else short(word_of(name, code, lang)) for code in codes]
    return " → ".join(said)


def named(name: str, lang: str) -> str:
    """What a figure is called on the pages."""
    return _said(word.figure(name, _meanings()), lang)


@cache
def _meanings() -> dict[tuple[str, str], str]:
    return {
        ("claim", name): meaning
        for name, meaning in sql_cards("published")["published.claim"].columns.items()
    }


def _said(text: str, lang: str) -> str:
    return text if lang == "zh" else plainly(text)


def _unit(pair: Row, words: dict[str, str]) -> str:
    return next((f" {words[end]}" for end in SUMS if pair["figure"].endswith(end)), "")


def _told(pair: Row, words: dict[str, str]) -> str:
    return f"{pair['before'] or words['none']} → {pair['after'] or words['none']}"
