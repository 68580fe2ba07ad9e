"""合同: service contracts between a provider and an applicant."""

from hesuan.schemas.kind import BOOL, DATE, ID, PARTY, YUAN
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="contract",
    zh="合同",
    grain_zh="一份合同一行",
    key=("contract_no",),
    dated_by="signed_on",
    columns=(
        Column("contract_no", "合同编号", ID, "双方合同上的编号", example="HT-2026-001"),
        Column("provider_id", "服务机构代码", PARTY, "服务机构统一社会信用代码"),
        Column(
            "applicant_id", "申领单位代码", PARTY, "申领单位统一社会信用代码", example="91330000142942095H"
        ),
        Column("signed_on", "签订日期", DATE, example="2026-01-20"),
        Column("starts_on", "开始日期", DATE),
        Column("ends_on", "结束日期", DATE, "含当日", example="2026-03-31"),
        optional(
            "amount_yuan",
            "含税金额",
            YUAN,
            "合同总价；按量计价的框架合同可空",
            at_least=0,
            example="53000.00",
        ),
        Column(
            "basis",
            "计量口径",
            ID,
            "allocated 按分配计，active 按实际活跃计",
            choices=(("allocated", "分配"), ("active", "活跃")),
        ),
        Column(
            "rounding",
            "计量进位",
            ID,
            "每条用量记录的计费进位",
            choices=(
                ("none", "不进位"),
                ("second", "按秒"),
                ("minute_up", "不足一分钟按一分钟"),
                ("hour_up", "不足一小时按一小时"),
            ),
        ),
        optional("parent_contract_no", "框架合同编号", ID, "框架合同下的订单填写", example=""),
        optional(
            "project_level",
            "项目级别",
            ID,
            "合同所服务的立项项目的级别；没有立项项目的填 none 无，不清楚的留空",
            choices=(
                ("national", "国家级"),
                ("provincial", "省级"),
                ("city", "市级"),
                ("county", "县级"),
                ("none", "无"),
            ),
            example="",
        ),
        optional(
            "is_filed_model_service", "是否备案大模型服务", BOOL, "所购是否为已备案大模型的服务", example=""
        ),
    ),
)
