"""服务机构名单: the providers whose services may be paid for with vouchers (第五条, 第八条)."""

from hesuan.schemas.kind import BOOL, DATE, ID, TEXT, USCC
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="provider",
    zh="服务机构名单",
    grain_zh="一家服务机构一次入库一行",
    key=("provider_id", "listed_on"),
    columns=(
        Column(
            "provider_id",
            "统一社会信用代码",
            USCC,
            "服务机构的代码，两个校验位均须正确",
            aliases=("服务机构代码", "社会信用代码"),
        ),
        Column("provider_name", "机构名称", TEXT, aliases=("服务机构名称",), example="川东算力示范有限公司"),
        Column("listed_on", "入库日期", DATE, "列入当年名单之日", example="2026-01-15"),
        optional("delisted_on", "退库日期", DATE, "退出名单之日；仍在名单内的留空", example=""),
        optional("registered_on", "成立日期", DATE, "营业执照上的成立日期", example="2020-05-20"),
        optional("registered_region", "登记地区划代码", ID, "六位行政区划代码", example="511702"),
        optional("in_provincial_monitoring", "是否纳入省监测", BOOL, "是否纳入四川省算力监测系统（第五条）"),
        optional(
            "audit_report_code",
            "审计报告报备码",
            ID,
            "上一年度审计报告在注册会计师行业统一监管平台的报备码（第十条）；真伪须另行查验",
            example="",
        ),
    ),
)
