"""What the lists in landscape say: 算力券服务项目兑现汇总表 (第十二条) and 兑付清单, a row a payable claim."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from hesuan.reports import figure, published
from hesuan.reports.paper.case import Setting
from hesuan.reports.published import Row
from hesuan.schemas.fault import ReportFault

SUMMARY = """
select
    line_no, provider_name, applicant_name, contract_no, starts_on, ends_on, contract_gpu_hours, billed_gpu_hours,
    metered_gpu_hours, recognised_cost_yuan, voucher_id, face_yuan, claim_id, subsidy_yuan,
from published.redemption_summary
order by line_no
"""
PAYMENT = """
select
    line_no, claim_id, voucher_id, contract_no, applicant_name, payee_name, payee_id, proposed_subsidy_yuan,
    payable_yuan as subsidy_yuan, running_total_yuan,
from published.payment_list
order by line_no
"""


@dataclass(frozen=True)
class Listing:
    """columns: (name, title, share of the width; 0 is as wide as its text)."""

    title: str
    question: str
    control: str
    columns: tuple[tuple[str, str, int], ...]
    signers: tuple[str, ...]
    note: str
    article: str = ""


LISTINGS = (
    Listing(
        "算力券服务项目兑现汇总表",
        SUMMARY,
        "redemption_summary",
        (
            ("line_no", "序号", 0),
            ("provider_name", "服务机构", 9),
            ("applicant_name", "申领单位", 10),
            ("contract_no", "合同编号", 7),
            ("starts_on", "开始日期", 0),
            ("ends_on", "结束日期", 0),
            ("contract_gpu_hours", "合同卡时", 0),
            ("billed_gpu_hours", "计费卡时", 0),
            ("metered_gpu_hours", "计量卡时", 0),
            ("recognised_cost_yuan", "实际发生费用", 0),
            ("voucher_id", "券号", 7),
            ("face_yuan", "券面金额", 0),
            ("claim_id", "申请编号", 7),
            ("subsidy_yuan", "兑现金额", 0),
        ),
        ("制表：", "复核：", "服务机构（盖章）：", "主管部门（盖章）：", "日期："),
        "兑现金额以专家组审核意见为准；没有意见的申请不列入。",
        article="第十二条第（二）项",
    ),
    Listing(
        "算力券兑付清单",
        PAYMENT,
        "payment_list",
        (
            ("line_no", "序号", 0),
            ("claim_id", "申请编号", 3),
            ("voucher_id", "券号", 3),
            ("contract_no", "合同编号", 4),
            ("applicant_name", "申领单位", 5),
            ("payee_name", "收款方", 5),
            ("payee_id", "收款方代码", 0),
            ("proposed_subsidy_yuan", "建议补贴", 0),
            ("subsidy_yuan", "兑付金额", 0),
            ("running_total_yuan", "累计", 0),
        ),
        ("制单：", "复核：", "专家组组长：", "主管部门（盖章）：", "日期："),
        "制单与复核须为两人。本清单不载账号；与兑现汇总表、专家意见的合计相等。",
    ),
)


def listing(connection: duckdb.DuckDBPyConnection, kind: Listing, setting: Setting) -> dict[str, Any]:
    """Values of templates/paper/list.typ. Raises ReportFault where the rows do not foot to the control total."""
    rows = published.answers(connection, kind.question)
    total = sum((row["subsidy_yuan"] for row in rows), Decimal("0.00"))
    _footed(connection, kind, len(rows), total)
    return setting.of(kind.title, kind.title) | {
        "subtitle": f"依据{setting.regulation}{setting.article(kind.article)}　批次 {setting.run_id}",
        "columns": [
            {"title": title, "share": share, "is_number": name.endswith(("_yuan", "_hours"))}
            for name, title, share in kind.columns
        ],
        "rows": [_row(row, kind) for row in rows],
        "count": figure.count(len(rows)),
        "sum": figure.yuan(total),
        "capital": figure.capital_yuan(total),
        "signers": list(kind.signers),
        "note": kind.note,
    }


def _footed(connection: duckdb.DuckDBPyConnection, kind: Listing, count: int, total: Decimal) -> None:
    question = f"select row_count, sum_yuan from published.control_total where document = '{kind.control}'"
    control = published.answers(connection, question)
    if control != [{"row_count": count, "sum_yuan": total}]:
        raise ReportFault(
            f"{kind.title}: {count} 行合计 {total} 元，与 published.control_total 不等：{control}"
        )


def _row(row: Row, kind: Listing) -> dict[str, Any]:
    return {
        "cells": [_cell(name, row[name]) for name, _, _ in kind.columns],
        "fen": int(row["subsidy_yuan"] * 100),
    }


def _cell(name: str, value: Any) -> str:
    if name.endswith("_yuan"):
        return figure.yuan(value)
    if name.endswith("_hours"):
        return figure.hours(value)
    if name.endswith("_on"):
        return figure.day(value)
    return figure.UNKNOWN if value is None else str(value)
