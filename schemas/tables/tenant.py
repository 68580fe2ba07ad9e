"""租户对照: which applicant and contract stand behind a tenant of a provider's platform (第十五条)."""

from hesuan.schemas.kind import DATE, ID, PARTY
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="tenant",
    zh="租户对照",
    grain_zh="一个租户对一份合同，一段有效期一行",
    key=("provider_id", "cluster_id", "tenant", "contract_no", "valid_from"),
    columns=(
        Column("provider_id", "统一社会信用代码", PARTY, "服务机构的代码", aliases=("服务机构代码",)),
        optional("cluster_id", "集群", ID, aliases=("集群编号", "集群名称"), example="c1"),
        Column("tenant", "租户", ID, "平台上的租户或账户名", aliases=("租户名称",), example="t-shifan"),
        optional(
            "applicant_id", "申领单位代码", PARTY, "申领单位统一社会信用代码", example="91330000142942095H"
        ),
        optional("contract_no", "合同编号", ID, aliases=("合同号",)),
        Column("valid_from", "启用日期", DATE, aliases=("生效日期",), example="2026-03-01"),
        optional("valid_to", "停用日期", DATE, "末日；仍有效的留空", aliases=("失效日期",), example=""),
    ),
)
