"""申领单位: those who need computing power and apply for vouchers (第四条)."""

from hesuan.schemas.kind import BOOL, DATE, ID, INT, PARTY, TEXT, USCC
from hesuan.schemas.table import Column, Table, optional

# GB/T 4754-2017 国民经济行业分类, sections.
INDUSTRIES = (
    ("A", "农、林、牧、渔业"),
    ("B", "采矿业"),
    ("C", "制造业"),
    ("D", "电力、热力、燃气及水生产和供应业"),
    ("E", "建筑业"),
    ("F", "批发和零售业"),
    ("G", "交通运输、仓储和邮政业"),
    ("H", "住宿和餐饮业"),
    ("I", "信息传输、软件和信息技术服务业"),
    ("J", "金融业"),
    ("K", "房地产业"),
    ("L", "租赁和商务服务业"),
    ("M", "科学研究和技术服务业"),
    ("N", "水利、环境和公共设施管理业"),
    ("O", "居民服务、修理和其他服务业"),
    ("P", "教育"),
    ("Q", "卫生和社会工作"),
    ("R", "文化、体育和娱乐业"),
    ("S", "公共管理、社会保障和社会组织"),
    ("T", "国际组织"),
)

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
        Column("applicant_name", "单位名称", TEXT, aliases=("申领单位名称",), example="川东示范制造有限公司"),
        Column(
            "applicant_type",
            "单位类型",
            ID,
            choices=(("enterprise", "企业"), ("research", "科研机构"), ("university", "高校")),
        ),
        optional("registered_region", "登记地区划代码", ID, "六位行政区划代码", example="511703"),
        optional("operates_in_city", "是否在本市经营", BOOL, "是否在本市开展生产经营活动（第四条）"),
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
        optional(
            "size_class",
            "企业规模",
            ID,
            "统计上的划型（国家统计局大中小微型企业划分办法）；不是企业的留空",
            choices=(("large", "大型"), ("medium", "中型"), ("small", "小型"), ("micro", "微型")),
            example="小型",
        ),
        optional(
            "industry",
            "所属行业",
            ID,
            "国民经济行业门类（GB/T 4754 的字母）",
            choices=INDUSTRIES,
            example="制造业",
        ),
        optional(
            "head_office_id",
            "总机构代码",
            PARTY,
            "分支机构所属法人的代码；与总机构合计一个单位年度上限。不是分支机构的留空",
            example="",
        ),
        optional("is_legal_person", "是否法人", BOOL, "是否具有独立法人资格；自然人、创客团队、分支机构填否"),
    ),
)
