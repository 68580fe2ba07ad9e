"""Planted wrongs in standing, contracts and limits: who may claim, what was signed and filed, how much."""

from datetime import date, timedelta
from decimal import Decimal

from hesuan.flows.demo.clock import DAY, printed, second_of
from hesuan.flows.demo.dossier import Dossier, Order
from hesuan.flows.demo.filing import write_claim
from hesuan.flows.demo.money import half_of
from hesuan.flows.demo.names import misprinted
from hesuan.flows.demo.scene import Desk, Scene, wrong

Dossiers = tuple[Dossier, ...]


def _blacklist(dossiers: Dossiers, desk: Desk) -> None:
    (dossier,) = dossiers
    desk.add(
        "blacklist",
        {
            "subject_id": dossier.applicant.applicant_id,
            "subject_name": dossier.applicant.name,
            "list_name": "严重失信主体名单",
            "listed_on": (dossier.starts_on - timedelta(days=60)).isoformat(),
            "expires_on": "2026-12-31",
            "reason": "虚假宣传",
        },
    )


def _misprint(dossiers: Dossiers, _: Desk) -> None:
    """The same wrong check character in every document; the bureau's register holds the right code."""
    right = dossiers[0].applicant.applicant_id
    for rows in dossiers[0].rows.values():
        for row in rows:
            row.update({name: misprinted(right) for name, value in row.items() if value == right})


def _lose_pledge(dossiers: Dossiers, _: Desk) -> None:
    rows = dossiers[0].rows["material"]
    rows[:] = [row for row in rows if row["material_code"] != "no_violation_pledge"]


def _claim_twice(dossiers: Dossiers, _: Desk) -> None:
    """Two vouchers and two claims on one contract, each with half of the invoices."""
    (dossier,) = dossiers
    submitted = second_of(dossier.submitted_on, hour=16)
    for table in ("claim", "claim_invoice", "material"):
        dossier.rows[table].clear()
    first, second = dossier.rows["invoice"]
    again = dossier.only("voucher") | {"voucher_id": f"{dossier.voucher_id}-2"}
    dossier.add("voucher", again)
    for suffix, invoice, row in (("", first, dossier.rows["voucher"][0]), ("-2", second, again)):
        row["face_yuan"] = str(half_of(Decimal(invoice["net_yuan"])))
        write_claim(dossier, submitted, invoices=[invoice], suffix=suffix)
        submitted += 3 * DAY


def _claimed_last_year(dossiers: Dossiers, desk: Desk) -> None:
    (dossier,) = dossiers
    dossier.only("contract")["signed_on"] = "2025-12-10"
    half = str((Decimal(dossier.only("claim")["claimed_cost_yuan"]) / 4).quantize(Decimal("0.01")))
    desk.add(
        "grant_history",
        {
            "policy_year": "2025",
            "applicant_id": dossier.applicant.applicant_id,
            "contract_no": dossier.contract_no,
            "voucher_id": f"SLQ2025{dossier.number:04d}",
            "claimed_yuan": half,
            "redeemed_yuan": half,
            "invoice_number": "",
        },
    )


def _never_effective(dossiers: Dossiers, _: Desk) -> None:
    dossiers[0].only("voucher").update({"effective_at": "", "state": "applied"})


def _effective_too_late(dossiers: Dossiers, _: Desk) -> None:
    """Approved only after the redemption was filed."""
    (dossier,) = dossiers
    second = second_of(dossier.submitted_on + timedelta(days=5), hour=15)
    dossier.only("voucher")["effective_at"] = printed(second)


PAPER_WRONGS = (
    wrong(
        "ELG-001",
        "机构2026-06-01入库，服务自2026-05-11起，入库前用量不应支持",
        Order("渠", 10000, "w01", starts_on=date(2026, 5, 11)),
    ),
    wrong("ELG-002", "机构2024-12-20注册，至2026年12月20日才满两年", Order("新", 5150, "w02")),
    wrong(
        "ELG-003",
        "机构2026-08-10退出名单，服务持续到2026-08-23",
        Order("开", 8000, "w03", starts_on=date(2026, 6, 29)),
    ),
    wrong("ELG-004", "申领单位在失信名单有效期内", Order("山", 5150, "w04"), change=_blacklist),
    wrong("ELG-006", "申领单位代码末位校验错误，各材料一致地错", Order("山", 5100, "w05"), change=_misprint),
    wrong("ELG-008", "缺无违法违规行为承诺书", Order("竹", 5100, "w06"), change=_lose_pledge),
    wrong(
        "CON-001",
        "合同结束日2027-01-31，超过当年12月31日",
        Order("山", 5150, "w07", term_ends_on=date(2027, 1, 31)),
    ),
    wrong(
        "CON-002",
        "同一合同凭另一张发票第二次申领",
        Order("山", 12000, "w08", periods="halves", billing="each"),
        change=_claim_twice,
    ),
    wrong(
        "CON-002",
        "同一合同2025年度已兑现",
        Order("云", 5150, "w09", starts_on=date(2026, 1, 19)),
        change=_claimed_last_year,
    ),
    wrong("CON-004", "服务开始40天后才签合同", Order("竹", 5150, "w10", signed_after=40)),
    wrong(
        "CON-005",
        "合同58300.00元，开票69960.00元，无补充协议",
        Order("山", 6600, "w11", contract_hours=5500, is_exact=True),
    ),
    wrong(
        "PRC-001",
        "合同价13.25元/卡时，收费标准10.60元/卡时",
        Order("山", 8000, "w21", price=Decimal("13.25")),
    ),
    Scene(
        "wrong",
        (
            Order("云", 60000, "w22", is_exact=True, starts_on=date(2026, 3, 30)),
            Order("云", 60000, "w22", is_exact=True, starts_on=date(2026, 6, 22)),
        ),
        ((1, "PRG-001", "同一单位两笔各申30万元，第二笔超出50万元上限，应核减10万元"),),
    ),
    wrong(
        "PRG-003",
        "实际费用49999.99元，差一分不足5万元",
        Order(
            "山", 5000, "w23", price=Decimal("10.599998"), is_exact=True, starts_on=date(2026, 3, 2), days=28
        ),
    ),
    wrong("PRG-004", "算力券未经审核生效", Order("竹", 5150, "w24"), change=_never_effective),
    wrong("PRG-004", "提交兑现之后算力券才生效", Order("山", 5150, "w25"), change=_effective_too_late),
)
