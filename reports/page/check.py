"""What each rule said of one claim (要件核对): what needs a look first, then what was not seen, then what does not apply."""

from dataclasses import dataclass

import duckdb

from hesuan.reports import docket, published
from hesuan.reports.published import Row, grouped
from hesuan.reports.wording import word
from hesuan.schemas.fault import ReportFault

VERDICTS = ("flag", "unknown", "pass", "not_applicable")


@dataclass(frozen=True)
class Check:
    """One rule on one claim: the weightiest of its verdicts, over `subject_count` subjects."""

    rule: Row
    severity: str
    verdict: str
    subject_count: int


@dataclass(frozen=True)
class Checks:
    """open: flags and unknowns, weightiest first. clear: family → rules that saw nothing. idle: rules that do not apply."""

    open: list[Check]
    clear: list[tuple[str, list[Check]]]
    idle: list[Check]

    @property
    def clear_count(self) -> int:
        return sum(len(listed) for _, listed in self.clear)

    @property
    def total(self) -> int:
        return len(self.open) + self.clear_count + len(self.idle)


def checks_of(connection: duckdb.DuckDBPyConnection, rules: dict[str, Row]) -> dict[str, Checks] | None:
    """Claim id → its checks; None where the published file is of an older version and does not say."""
    if not published.is_published(connection, published.CLAIM_CHECK.name):
        return None
    listed = grouped(published.rows(connection, published.CLAIM_CHECK), "claim_id")
    return {claim_id: _sorted(rows, rules) for claim_id, rows in listed.items()}


def _sorted(rows: list[Row], rules: dict[str, Row]) -> Checks:
    found = [_check(group, rules) for group in grouped(rows, "rule_id").values()]
    said = {verdict: [check for check in found if check.verdict == verdict] for verdict in VERDICTS}
    open_ones = sorted(said["flag"] + said["unknown"], key=_weight)
    families = {family: [c for c in said["pass"] if _family(c) == family] for family in word.FAMILIES}
    others = [c for c in said["pass"] if _family(c) not in word.FAMILIES]
    clear = [(word.FAMILIES[family], listed) for family, listed in families.items() if listed]
    return Checks(open_ones, [*clear, *([("其他", others)] if others else [])], said["not_applicable"])


def _check(rows: list[Row], rules: dict[str, Row]) -> Check:
    for row in rows:
        if row["verdict"] not in VERDICTS:
            place = f"published.claim_check {row['claim_id']} {row['rule_id']}"
            raise ReportFault(f"{place} 的 verdict：应为 {'、'.join(VERDICTS)} 之一，实为 {row['verdict']!r}")
    worst = min(rows, key=lambda row: VERDICTS.index(row["verdict"]))
    place = f"published.claim_check {worst['claim_id']}"
    return Check(
        docket.cited(rules, worst["rule_id"], place=place),
        word.known(word.SEVERITIES, worst["severity"], place=f"{place} 的 severity") or "",
        worst["verdict"],
        sum(row["subject_count"] for row in rows),
    )


def _family(check: Check) -> str:
    return str(check.rule["rule_id"]).split("-")[0]


def _weight(check: Check) -> tuple[int, int, str]:
    severities = list(word.SEVERITIES)
    return (severities.index(check.severity), VERDICTS.index(check.verdict), check.rule["rule_id"])
