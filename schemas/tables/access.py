"""使用者登录汇总: from where and as whom a tenant was used (第十五条), counted, without names."""

from hesuan.schemas.kind import DATE, ID, INT, PARTY, TEXT
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="access",
    zh="使用者登录汇总",
    grain_zh="一个租户一段时期的一个标识一行",
    key=("provider_id", "tenant", "period_from", "period_to", "signal", "value"),
    columns=(
        Column("provider_id", "统一社会信用代码", PARTY, "服务机构的代码", aliases=("服务机构代码",)),
        Column("tenant", "租户", ID, "平台上的租户或账户名", aliases=("租户名称",), example="t-shifan"),
        Column("period_from", "统计期起", DATE),
        Column("period_to", "统计期止", DATE, "含当日", example="2026-03-31"),
        Column(
            "signal",
            "标识类型",
            ID,
            choices=(
                ("email_domain", "邮箱域名"),
                ("organisation", "所属单位"),
                ("key_fingerprint", "密钥指纹"),
                ("ip_block", "IP网段"),
            ),
        ),
        Column("value", "标识值", TEXT, example="shifan.example"),
        Column("session_count", "登录次数", INT, aliases=("会话数",), at_least=0, example="42"),
        optional(
            "owner_id",
            "归属单位代码",
            PARTY,
            "密钥登记在谁名下、网段由谁使用：其统一社会信用代码；服务机构运维用的填服务机构代码；不知道的留空",
            aliases=("标识归属单位代码",),
            example="",
        ),
    ),
)
