"""合同条款: the wording of a contract's clauses, word for word; rules look for what gives money back."""

from hesuan.schemas.kind import ID, TEXT
from hesuan.schemas.table import Column, Table

TABLE = Table(
    name="contract_clause",
    zh="合同条款",
    grain_zh="一份合同的一条一行；补充协议写其自己的合同编号",
    key=("contract_no", "clause_no"),
    columns=(
        Column("contract_no", "合同编号", ID, aliases=("合同号",), example="HT-2026-001"),
        Column("clause_no", "条款号", ID, "同一合同内唯一", aliases=("条款编号",), example="6.2"),
        Column(
            "clause_text",
            "条款原文",
            TEXT,
            "照合同抄录，不作概括",
            aliases=("条款内容",),
            example="乙方按月结算，甲方收到发票后三十日内付款。",
        ),
    ),
)
