"""日志承诺: the root hash of a day's log, deposited before anybody knew what it would be compared with."""

from hesuan.schemas.kind import AT, DATE, DIGEST, ID, PARTY, SIGNATURE
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="commitment",
    zh="日志承诺",
    grain_zh="一个集群一天的日志一次承诺一行；后来的承诺不取代先前的",
    key=("provider_id", "cluster_id", "covers_on", "received_at"),
    dated_by="received_at",
    columns=(
        Column("provider_id", "统一社会信用代码", PARTY, "服务机构的代码", aliases=("服务机构代码",)),
        optional("cluster_id", "集群", ID, aliases=("集群编号", "集群名称"), example="c1"),
        Column("covers_on", "日志日期", DATE, "承诺所覆盖的日志那一天"),
        Column("root_sha256", "根摘要", DIGEST, "当日日志的 SHA-256 根摘要"),
        Column("received_at", "接收时间", AT, "承诺收到之时", example="2026-03-02 01:00:00"),
        # The example row verifies by the example key of signing_key: tests/test_signature.py.
        optional(
            "key_id",
            "签名密钥编号",
            ID,
            "与签名同填；须在签名公钥登记（signing_key）上",
            aliases=("密钥编号",),
            example="k1",
        ),
        optional("signature", "签名", SIGNATURE, "Ed25519，签的是 README 所写的 JSON；不签名的留空"),
    ),
)
