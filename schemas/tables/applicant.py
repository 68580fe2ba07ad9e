"""申领单位: those who need computing power and apply for vouchers (第四条)."""

from hesuan.schemas.kind import BOOL, DATE, ID, INT, TEXT, USCC
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="applicant",
    zh="申领单位",
    grain_zh="一家申领单位一行",
    key=("applicant_id",),
    columns=(
        Column(
            "applicant_id",
            "统一社会信用代码",
            USCC,
            "申领单位的代码，两个校验位均须正确",
            aliases=("申领单位代码", "社会信用代码"),
            example="91330000142942095H",
        ),
        Column("applicant_name", "单位名称", TEXT, aliases=("申领单位名称",), example="达州示范制造有限公司"),
        Column(
            "applicant_type",
            "单位类型",
            ID,
            choices=(("enterprise", "企业"), ("research", "科研机构"), ("university", "高校")),
        ),
        optional("registered_region", "登记地区划代码", ID, "六位行政区划代码", example="511703"),
        optional("operates_in_city", "是否在本市经营", BOOL, "是否在达州市开展生产经营活动（第四条）"),
        optional("established_on", "成立日期", DATE, "营业执照上的成立日期", example="2018-09-01"),
        optional(
            "priority_class",
            "优先类别",
            INT,
            "第六条所列 1–4；不属于的留空",
            at_least=1,
            at_most=4,
            example="2",
        ),
    ),
)
