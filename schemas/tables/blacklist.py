"""信用名单: entries of credit blacklists (第四条, 第九条第六项)."""

from hesuan.schemas.kind import DATE, PARTY, TEXT
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="blacklist",
    zh="信用名单",
    grain_zh="一个主体被列入一份名单一次一行",
    key=("subject_id", "subject_name", "list_name", "listed_on"),
    columns=(
        optional("subject_id", "主体代码", PARTY, "统一社会信用代码", aliases=("统一社会信用代码",)),
        Column("subject_name", "主体名称", TEXT, example="某某示范有限公司"),
        Column("list_name", "名单名称", TEXT, example="严重失信主体名单"),
        Column("listed_on", "列入日期", DATE, example="2024-06-01"),
        optional("expires_on", "截止日期", DATE, "末日；长期的留空", example="2027-05-31"),
        optional("reason", "列入事由", TEXT, aliases=("列入原因",), example="逾期未履行生效判决"),
    ),
)
