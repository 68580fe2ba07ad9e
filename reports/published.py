"""What a report cites of `published.*`: columns by name, a full order, and a refusal where one is not there.

Columns beyond these may exist and are left alone. Sums in sentences leave here with separators: the database has none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import duckdb

from hesuan.reports.figure import separated
from hesuan.reports.wording import word
from hesuan.schemas.fault import ReportFault

Row = dict[str, Any]
# Columns of published relations and of the workbook's sheets.
SENTENCES = {"sentence_zh", "sentence_en", "note_zh", "grade_because_zh", "事实", "说明"}


@dataclass(frozen=True)
class Relation:
    """`key` names a row and orders the list; `optional` columns are null where they are not published."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    optional: tuple[str, ...]


def _relation(name: str, *, key: str, columns: str = "", optional: str = "") -> Relation:
    return Relation(name, tuple(key.split()), tuple(columns.split()), tuple(optional.split()))


RUN = _relation(
    "run",
    key="run_id",
    columns="as_of policy_id policy_title policy_status policy_sha256 code_sha256 figure_sha256"
    " input_count claim_count",
)
CLAIM = _relation(
    "claim",
    key="queue_position claim_id",
    columns="voucher_id contract_no applicant_id provider_id disposition reasons evidence_grade"
    " claimed_cost_yuan claimed_subsidy_yuan invoiced_net_yuan invoiced_gross_yuan paid_yuan"
    " contract_gpu_hours billed_gpu_hours metered_gpu_hours active_gpu_hours"
    " recognised_cost_yuan subsidy_before_caps_yuan applicant_cap_cut_yuan pool_cut_yuan"
    " proposed_subsidy_yuan",
    optional="policy_year applicant_name provider_name grade_because_zh verifiable_gpu_hours"
    " allocated_unit_seconds sampled_unit_seconds coverage_ratio weighted_gpu_hours classes_zh",
)
CLAIM_STATE = _relation("claim_state", key="claim_id", columns="figures_sha256 check_code")
CLAIM_CHECK = _relation("claim_check", key="claim_id rule_id verdict", columns="severity subject_count")
CONTRACT_USE_DAY = _relation(
    "contract_use_day",
    key="contract_no usage_on",
    columns="counted_gpu_hours uncounted_gpu_hours record_count unknown_card_record_count",
)
DECISION = _relation(
    "decision",
    key="claim_id",
    columns="decided_at panellist decision adjusted_yuan reason override_reason is_current payable_yuan obstacle_zh",
)
WATERFALL = _relation(
    "waterfall", key="claim_id step_no", columns="step title_zh article amount_yuan note_zh"
)
READING = _relation(
    "reading",
    key="claim_id reading_key reading_value",
    columns="is_default disposition proposed_subsidy_yuan",
)
FINDING = _relation(
    "finding",
    key="finding_id",
    columns="rule_id severity verdict subject_kind subject_id claim_id contract_no provider_id applicant_id"
    " amount_at_risk_yuan sentence_zh evidence article",
    optional="sentence_en",
)
EVIDENCE_ROW = _relation(
    "evidence_row",
    key="finding_id file_name row_no file_sha256 values",
    optional="sheet",
)
RECONCILIATION = _relation(
    "reconciliation",
    key="contract_no month line_no service_item device_model unit",
    columns="contract_gpu_hours billed_gpu_hours metered_gpu_hours active_gpu_hours billed_yuan"
    " invoiced_gross_yuan paid_yuan variance_gpu_hours variance_cause_zh",
    optional=" ".join(word.CAUSES),
)
COVERAGE = _relation(
    "coverage",
    key="rule_id",
    columns="pass_count flag_count unknown_count not_applicable_count",
)
RULE = _relation(
    "rule",
    key="rule_id",
    columns="title_zh article severity status subject innocent_zh",
    optional="title_en because_zh because_en unknown_zh unknown_en innocent_en"
    " evidence_zh policy_keys select_sql",
)
RULE_FACT = _relation("rule_fact", key="rule_id fact_no", columns="fact meaning_zh")
PROVIDER = _relation(
    "provider",
    key="provider_id listed_on",
    columns="provider_name delisted_on registered_on registered_region is_monitored audit_report_code",
)
LOG_DAY = _relation("log_day", key="provider_id log_on", columns="state")
CAPACITY_DAY = _relation(
    "capacity_day",
    key="provider_id device_model usage_on",
    columns="used_gpu_hours unknown_card_record_count installed_card_count capacity_gpu_hours",
)
PROVIDER_COVERAGE = _relation(
    "provider_coverage",
    key="provider_id rule_id",
    columns="pass_count flag_count unknown_count not_applicable_count",
)
POOL = _relation(
    "pool",
    key="policy_year",
    columns="amount_yuan committed_yuan redeemed_yuan proposed_yuan remaining_yuan",
)
QUANTITY = _relation(
    "quantity", key="quantity_no", columns="quantity symbol title_zh meaning_zh formula_zh column_name"
)
PARAMETER = _relation(
    "parameter",
    key="key valid_from valid_to value",
    columns="unit article quote_zh house_reason_zh reading",
    optional="title_zh alternatives",
)
DICTIONARY = _relation("dictionary", key="relation column_name", columns="meaning_zh")
INPUT_FILE = _relation(
    "input_file",
    key="file_name file_sha256",
    columns="byte_count kind adapter row_count accepted_count rejected_count duplicate_count status",
    optional="reason_zh unread_columns corrected_by_sha256 full_row_count ahead_on",
)
REJECT = _relation(
    "reject",
    key="file_name file_sha256 sheet row_no table_name reason_code reason_zh raw",
)


# As policy.number picks: the value in force on the run's day, before the first day the first value. A run that leaves
# nothing out does not depend on its day: then it is the day on which the newest file came in.
IN_FORCE = """
with dated as (
    select
        *,
        greatest(
            (select as_of from published.run),
            case when (select as_of from published.run) is null
                then (select cast(max(first_seen_at) as date) from published.input_file) end,
            min(valid_from) over ()
        ) as asked_on
    from published.parameter
    where key = '{key}'
)
select "value"
from dated
where valid_from <= asked_on and coalesce(asked_on < valid_to, true)
order by valid_from desc
limit 1
"""


def rows(connection: duckdb.DuckDBPyConnection, relation: Relation) -> list[Row]:
    """Every row, ordered by the key, nulls last. Raises ReportFault where relation or column is missing."""
    return _fetched(connection, f"{_select(connection, relation)} order by {_order(relation)}")


def first_rows(
    connection: duckdb.DuckDBPyConnection, relation: Relation, *, each: str | None, limit: int
) -> list[Row]:
    """The first `limit` rows (of each value of column `each`), with `row_total`: how many there truly are."""
    part = f'partition by "{each}"' if each else ""
    select = _select(connection, relation, f", count(*) over ({part}) as row_total")
    window = f"row_number() over ({part} order by {_order(relation)})"
    return _fetched(connection, f"{select} qualify {window} <= {limit} order by {_order(relation)}")


def is_published(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether there is such a relation at all: files of older versions lack the newer ones."""
    return bool(_listed_columns(connection, name))


def listed(connection: duckdb.DuckDBPyConnection, question: str) -> tuple[list[str], list[Row]]:
    """Column names, there even where no row is, and the rows of a query that brings its own full order."""
    names = [row["column_name"] for row in _fetched(connection, f"describe {question}")]
    return names, _fetched(connection, question)


def answers(connection: duckdb.DuckDBPyConnection, question: str) -> list[Row]:
    """Rows of a query over published.*, which must bring its own full order."""
    return _fetched(connection, question)


def value_in_force(connection: duckdb.DuckDBPyConnection, key: str) -> str | None:
    """A parameter's value as text; None where none is in force."""
    spans = answers(connection, IN_FORCE.format(key=key))
    return str(spans[0]["value"]) if spans else None


def reason_length(connection: duckdb.DuckDBPyConnection) -> str:
    """How many characters the panel's reasons need."""
    return value_in_force(connection, "panel.reason_min_chars") or "0"


def compared_readings(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Keys of which other readings were worked out, whether or not any result came out otherwise.

    published.reading leaves out a reading that moves nothing; an older file has no other list.
    """
    relation = "reading_total" if is_published(connection, "reading_total") else "reading"
    found = answers(
        connection, f"select reading_key from published.{relation} where not is_default order by all"
    )
    return frozenset(row["reading_key"] for row in found)


def asks_benefit(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the panel has to say if the benefit of the computing is significant; an older file does not say, so yes."""
    return value_in_force(connection, "panel.benefit") != "not_required"


def grouped(listed: Sequence[Row], column: str) -> dict[Any, list[Row]]:
    """Rows by one column, their order kept."""
    ordered = sorted(listed, key=lambda row: (row[column] is None, row[column] or ""))
    return {value: list(group) for value, group in groupby(ordered, key=lambda row: row[column])}


def _select(connection: duckdb.DuckDBPyConnection, relation: Relation, more: str = "") -> str:
    found = _columns(connection, relation.name)
    missing = [name for name in relation.key + relation.columns if name not in found]
    if missing:
        raise ReportFault(f"published.{relation.name}: 报告引用的列不存在：{', '.join(missing)}")
    cited = [f'"{name}"' for name in relation.key + relation.columns]
    extra = [f'"{name}"' if name in found else f'null as "{name}"' for name in relation.optional]
    return f'select {", ".join(cited + extra)}{more} from published."{relation.name}"'


def _order(relation: Relation) -> str:
    return ", ".join(f'"{name}" nulls last' for name in relation.key)


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    found = _listed_columns(connection, name)
    if not found:
        raise ReportFault(f"published.{name}: 报告引用的关系不存在")
    return found


def _listed_columns(connection: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    """Empty where there is no such relation. Asked of the relation itself: a listing would bind every view first."""
    try:
        found = connection.execute(f'describe published."{name}"').fetchall()
    except duckdb.CatalogException:
        return set()
    return {str(row[0]) for row in found}


def _fetched(connection: duckdb.DuckDBPyConnection, question: str) -> list[Row]:
    try:
        cursor = connection.execute(question)
        names = [column[0] for column in cursor.description or []]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except duckdb.Error as error:
        raise ReportFault(f"报告：查询失败：{str(error).strip().splitlines()[0]}") from error
    for name in SENTENCES.intersection(names):
        for row in found:
            row[name] = row[name] and separated(row[name])
    return found
