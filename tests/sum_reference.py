"""From the files to the sums, a second time: the tables as handed in → what each claim comes to, in plain Python.

Written from the regulation, the design pages and README; shares no code with the engine and reads no SQL. Only the
default reading of the text. Money is whole fen (0.01 yuan), cut downwards.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import floor

from tests.support_reference import BEIJING, Files, Row, day, instant, supported, uses

THRESHOLD, APPLICANT_CAP, POOL = 50_000_00, 500_000_00, 3_000_000_00
"""第七条: 5万元以上（含）, 不超过50万元, 不超过300万元."""


@dataclass(frozen=True)
class Cost:
    """What a claim's papers come to, fen; None is unknown or not handed in."""

    invoiced_net: int
    invoiced_gross: int
    supported: int | None
    contract: int | None
    paid: int | None
    recognised: int
    half: int
    """At most the voucher's face."""
    may_rise: bool
    """Once usage that has no price in the contract gets one: then it is not refused yet."""


@dataclass(frozen=True)
class Sums:
    """A claim's cost, what cap and pool take off, and what is left."""

    cost: Cost
    before_caps: int
    cap_cut: int
    pool_cut: int
    proposed: int
    is_refused: bool


def fen(text: str) -> int:
    return int(Fraction(text) * 100)


def keyed(rows: list[Row], header: str) -> dict[str, Row]:
    return {row[header]: row for row in rows}


def year_of(voucher: Row) -> int:
    """The year of issue: when the voucher came into effect."""
    return datetime.fromtimestamp(instant(voucher["生效时间"]), BEIJING).year


def invoiced(files: Files, claim: Row) -> tuple[int, int]:
    """Net and gross: void ones and those of after filing are nothing, red letters are taken off, a part counts as one."""
    invoices = keyed(files["invoice"], "发票号码")
    reds: dict[str, list[Row]] = defaultdict(list)
    for row in files["invoice"]:
        if row.get("对应蓝票号码"):
            reds[row["对应蓝票号码"]].append(row)
    net = gross = 0
    for part in files["claim_invoice"]:
        blue = invoices.get(part["发票号码"])
        if part["申请编号"] != claim["申请编号"] or blue is None or blue["状态"] == "void":
            continue
        if day(blue["开票日期"]) > instant(claim["提交时间"]):
            continue
        letters = [blue, *reds[part["发票号码"]]]
        left_net = max(0, sum(fen(row["金额"]) for row in letters))
        left_gross = max(0, sum(fen(row["价税合计"]) for row in letters))
        allocated = fen(part["计入金额"])
        if allocated < left_net:
            left_net, left_gross = allocated, left_gross * allocated // left_net
        net, gross = net + left_net, gross + left_gross
    return net, gross


def supplements(files: Files, contract: Row) -> list[Row]:
    """以该合同为框架合同、当事人相同、自身未被申领的合同."""
    claimed = {row["合同编号"] for row in files["claim"]}
    parties = ("服务机构代码", "申领单位代码")
    return [
        row
        for row in files["contract"]
        if row.get("框架合同编号") == contract["合同编号"]
        and all(row[k] == contract[k] for k in parties)
        and row["合同编号"] not in claimed
    ]


def paid(files: Files, claim: Row, numbers: set[str]) -> int | None:
    """From buyer to seller, less what came back; None where no payment was handed in."""
    its = {row["发票号码"] for row in files["claim_invoice"] if row["申请编号"] == claim["申请编号"]}
    total, is_told = 0, False
    buyer, seller = claim["申领单位代码"], claim["服务机构代码"]
    for row in files.get("payment", []):
        is_its = row["合同编号"] in numbers if row.get("合同编号") else row.get("发票号码") in its
        ways = {(buyer, seller): 1, (seller, buyer): -1}
        way = ways.get((row["付款方代码"], row["收款方代码"]))
        if is_its and way:
            amount = fen(row["付款金额"])
            total += -abs(amount) if amount < 0 else way * amount
            is_told = True
    return max(0, total) if is_told else None


def costs(files: Files) -> dict[str, Cost]:
    """Claim → its cost: the least of what is known, without tax, at most what was claimed; half of it, at most the face."""
    contracts = keyed(files["contract"], "合同编号")
    vouchers = keyed(files["voucher"], "券号")
    used_by = uses(files)
    found = {}
    for claim in files["claim"]:
        main, voucher = contracts[claim["合同编号"]], vouchers[claim["券号"]]
        further = supplements(files, main)
        net, gross = invoiced(files, claim)
        told = [supported(files, one, year_of(voucher), used_by) for one in (main, *further)]
        value: int | None = floor(100 * sum(support.yuan for support in told))
        # What may only be too low cuts nothing.
        if value < gross and any(support.is_low for support in told):
            value = None
        amount = fen(main["含税金额"]) if main["含税金额"] else None
        more = sum(fen(one["含税金额"]) for one in further if one["含税金额"])
        bound = None if amount is None else amount + more
        money = paid(files, claim, {main["合同编号"], *(one["合同编号"] for one in further)})
        face = fen(voucher["券面金额"])
        proved = min(gross, money + face) if money is not None and abs(money + face - gross) <= 1 else money
        least = min(m for m in (gross, value, bound, proved) if m is not None)
        claimed = fen(claim["申报实际费用"])
        may_rise = told[0].has_unpriced and least == value and least < gross and claimed >= THRESHOLD
        recognised = min(claimed, least * net // gross if gross else 0)
        half = min(recognised // 2, face)
        found[claim["申请编号"]] = Cost(net, gross, value, amount, money, recognised, half, may_rise)
    return found


def place(files: Files, claim: Row) -> tuple[int, int, bool, int, str]:
    """先到先得: when its papers were complete; in a tie the class of priority, then a provider under monitoring."""
    voucher = keyed(files["voucher"], "券号")[claim["券号"]]
    applicant = keyed(files["applicant"], "统一社会信用代码")[claim["申领单位代码"]]
    provider = keyed(files["provider"], "统一社会信用代码")[claim["服务机构代码"]]
    return (
        instant(voucher["材料齐全时间"]),
        int(applicant.get("优先类别") or 9),
        provider.get("是否纳入省监测") != "是",
        instant(claim["提交时间"]),
        claim["申请编号"],
    )


def sums(files: Files) -> dict[str, Sums]:
    """First come first served within each year; a claim below the threshold is refused and takes nothing."""
    vouchers = keyed(files["voucher"], "券号")
    pool: dict[int, int] = defaultdict(lambda: POOL)
    cap: dict[tuple[int, str], int] = defaultdict(lambda: APPLICANT_CAP)
    for row in files.get("grant_history", []):
        pool[int(row["政策年度"])] -= fen(row["申领金额"])
        cap[int(row["政策年度"]), row["申领单位代码"]] -= fen(row["兑现金额"])
    worked_out = costs(files)
    found = {}
    for claim in sorted(files["claim"], key=lambda row: place(files, row)):
        cost, year = worked_out[claim["申请编号"]], year_of(vouchers[claim["券号"]])
        whose = year, claim["申领单位代码"]
        is_below = cost.recognised < THRESHOLD
        asked = 0 if is_below else min(cost.half, max(0, cap[whose]))
        award = min(asked, max(0, pool[year]))
        cap[whose] -= asked
        pool[year] -= award
        before = 0 if is_below else cost.half
        found[claim["申请编号"]] = Sums(
            cost, before, before - asked, asked - award, award, is_below and not cost.may_rise
        )
    return found
