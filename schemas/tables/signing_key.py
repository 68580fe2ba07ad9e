"""签名公钥登记: the bureau's register of the keys by which providers sign their commitments.

A key_id names one key for good: the key of the table has no valid_from, so that a withdrawal or a corrected date is
the same row handed in again, and no wider validity stands beside it. A new key takes a new key_id.
"""

from hesuan.schemas.kind import DATE, ID, PARTY, PUBLIC_KEY
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="signing_key",
    zh="签名公钥登记",
    grain_zh="一家服务机构的一把公钥一行；停用的填停用日期重交，换新的另起编号",
    key=("provider_id", "cluster_id", "key_id"),
    columns=(
        Column("provider_id", "统一社会信用代码", PARTY, "服务机构的代码", aliases=("服务机构代码",)),
        optional(
            "cluster_id",
            "集群",
            ID,
            "留空的适用于该机构的全部集群",
            aliases=("集群编号", "集群名称"),
            example="c1",
        ),
        Column("key_id", "密钥编号", ID, "承诺里的签名密钥编号", aliases=("签名密钥编号",), example="k1"),
        Column("public_key", "公钥", PUBLIC_KEY, "只登记公钥；私钥不交"),
        optional(
            "held_by",
            "保管方",
            ID,
            "私钥由谁保管；不清楚的留空",
            choices=(("provider", "服务机构"), ("third_party", "第三方"), ("bureau", "主管部门")),
        ),
        Column("valid_from", "启用日期", DATE, aliases=("生效日期",), example="2026-01-01"),
        optional(
            "valid_to",
            "停用日期",
            DATE,
            "末日（含），以承诺收到之日计；仍有效的留空",
            aliases=("失效日期",),
            example="",
        ),
    ),
)
