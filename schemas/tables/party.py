"""主体关联信息: attributes by which related parties are found."""

from hesuan.schemas.kind import DATE, ID, PARTY, RATE, TEXT
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="party",
    zh="主体关联信息",
    grain_zh="一个主体的一项关联信息一行",
    key=("subject_id", "attribute", "value", "valid_from"),
    columns=(
        Column("subject_id", "主体代码", PARTY, "主体的统一社会信用代码", aliases=("统一社会信用代码",)),
        Column("subject_name", "主体名称", TEXT, example="川东算力示范有限公司"),
        Column(
            "attribute",
            "关联类型",
            ID,
            choices=(
                ("legal_rep", "法定代表人"),
                ("controller", "实际控制人"),
                ("shareholder", "股东"),
                ("director", "董事"),
                ("phone", "电话"),
                ("address", "地址"),
                ("bank_account", "银行账号"),
                ("email_domain", "邮箱域名"),
            ),
        ),
        Column("value", "关联值", TEXT, "姓名、代码、号码、地址或域名", example="张三"),
        optional(
            "share_ratio", "持股比例", RATE, "只对股东填写；0.3 或 30%", aliases=("出资比例",), example=""
        ),
        optional("valid_from", "开始日期", DATE, example="2020-05-20"),
        optional("valid_to", "结束日期", DATE, "现仍如此的留空", example=""),
    ),
)
