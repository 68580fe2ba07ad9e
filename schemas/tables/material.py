"""兑现材料: the documents handed in with a claim (第十一条, 第十二条)."""

from hesuan.schemas.kind import DIGEST, ID, TEXT
from hesuan.schemas.table import Column, Table, optional

TABLE = Table(
    name="material",
    zh="兑现材料",
    grain_zh="一份申请的一个文件一行",
    key=("claim_id", "material_code", "file_name"),
    columns=(
        Column("claim_id", "申请编号", ID, aliases=("兑现申请编号",), example="DX-2026-001"),
        Column(
            "material_code",
            "材料代码",
            ID,
            "前五种见第十一条，后六种见第十二条",
            choices=(
                ("service_contract", "服务合同"),
                ("business_licence", "营业执照"),
                ("legal_rep_id", "法定代表人身份证"),
                ("authenticity_pledge", "材料真实性承诺书"),
                ("no_violation_pledge", "无违法违规行为承诺书"),
                ("application_form", "兑现申请表"),
                ("summary_table", "服务项目兑现汇总表"),
                ("eligibility", "资格审核材料"),
                ("contract_original", "合同原件"),
                ("invoice", "发票"),
                ("usage_log", "用量日志"),
            ),
            aliases=("材料", "材料类型"),
        ),
        Column("file_name", "文件名", TEXT, aliases=("文件名称",), example="服务合同.pdf"),
        optional("sha256", "文件摘要", DIGEST, "文件的 SHA-256", aliases=("SHA-256",), example=""),
    ),
)
