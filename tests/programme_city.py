"""Random programmes as the papers they would be handed in with."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.city import APPLICANTS, MATERIALS, PROVIDER, City, code_of, hash_of
from tests.programme import BY_NAME, applicants_of, barred_in
from tests.waterfall_case import Case, History, Provider

NAMES = {PROVIDER: "测试算力有限公司", BY_NAME.code: "名录智算有限公司"}


def yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def city_of(found: list[Case], history: History) -> City:
    city = City().with_register()
    years = range(min(case.year for case in found), max(case.year for case in found) + 2)
    _applicants(city, years)
    _providers(city, {case.provider.code: case.provider for case in found})
    for case in found:
        _add(city, case)
    for (year, applicant), (issued, redeemed) in history.items():
        city.add(
            "grant_history",
            policy_year=year,
            applicant_id=applicant,
            contract_no=f"OLD-{year}",
            claimed_yuan=yuan(issued),
            redeemed_yuan=yuan(redeemed),
        )
    return city


def _applicants(city: City, years: range) -> None:
    for applicant in {a.code: a for a in applicants_of(years[0], years[-1])}.values():
        row = city.row("applicant", applicant_id=applicant.code)
        row["operates_in_city"] = {True: "是", False: "否", None: None}[applicant.operates]
        row["registered_region"] = "511702" if applicant.is_registered_here else "330106"
        row["priority_class"] = None if applicant.priority == 9 else applicant.priority
        if applicant.affiliates:
            city.add(
                "party",
                subject_id=applicant.code,
                subject_name="成员",
                attribute="controller",
                value="某控制人",
            )
    for year in years:
        for first, last in barred_in(year):
            city.add(
                "blacklist",
                subject_id=APPLICANTS[4],
                subject_name="某单位",
                list_name="严重失信主体名单",
                listed_on=first,
                expires_on=last,
            )


def _providers(city: City, providers: dict[str, Provider]) -> None:
    city.row("device", provider_id=PROVIDER)["card_count"] = providers[PROVIDER].cards
    for provider in (provider for code, provider in providers.items() if code != PROVIDER):
        own = {"provider_id": provider.code}
        city.add("device", **city.row("device", provider_id=PROVIDER) | own | {"card_count": provider.cards})
        city.add("tariff", **city.row("tariff", provider_id=PROVIDER) | own)
        city.add(
            "provider",
            provider_id=code_of(60_000_000) if provider.is_by_name else provider.code,
            provider_name=_name(provider),
            listed_on=provider.listed_on,
            delisted_on=provider.exit_on,
            registered_on=provider.registered_on,
            registered_region="511702",
            in_provincial_monitoring="是" if provider.is_monitored else "否",
        )

        if provider.others[0]:
            _others(city, provider)


def _others(city: City, provider: Provider) -> None:
    """Usage that no contract and no claim belongs to."""
    first = date(provider.listed_on.year, 3, 1)
    city.add(
        "usage_interval",
        provider_id=provider.code,
        cluster_id="c1",
        record_id=f"O-{provider.code}",
        tenant="other",
        device_model="A800",
        card_count=provider.others[0],
        started_at=instant(first, 0),
        ended_at=instant(first, provider.others[1]),
    )


def _name(provider: Provider) -> str:
    return NAMES.get(provider.code, f"机构{provider.code}")


def clock(day: date, seconds: int) -> str:
    return (datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ001


def instant(day: date, seconds: int) -> str:
    return clock(day, seconds).replace(" ", "T") + "+08:00"


def _add(city: City, case: Case) -> None:
    """The case as papers: contract, usage, invoices with their red letter, payment, claim."""
    city.claim(
        case.name,
        hours=case.cards,
        gross=yuan(sum(g for _, g in case.invoices)),
        applicant=case.applicant.code,
        year=case.year,
        at="00:00:00",
        cards=case.cards,
    )
    city.rows["statement"].pop()
    for table in ("voucher", "contract", "usage_interval", "claim"):
        city.rows[table][-1]["provider_id"] = case.provider.code
    _voucher_and_claim(city, case)
    _contract(city, case)
    _usage(city, case)
    _invoices(city, case)
    if case.paid is not None:
        city.add(
            "payment",
            payment_id=f"P-{case.name}",
            paid_on=f"{case.year}-10-25",
            payer_id=case.applicant.code,
            payee_id=case.provider.code,
            amount_yuan=yuan(case.paid),
            contract_no=f"K-{case.name}",
        )


def _voucher_and_claim(city: City, case: Case) -> None:
    city.rows["voucher"][-1] |= {
        "applied_at": clock(date(case.year, 1, 12), case.applied),
        "completed_at": clock(date(case.year, 1, 15), case.complete),
        "effective_at": clock(date(case.year, 1, 20), case.effective),
        "face_yuan": yuan(case.face),
    }
    city.rows["claim"][-1] |= {
        "submitted_at": clock(case.filed_on, 9 * 3600),
        "claimed_cost_yuan": yuan(case.claimed),
        "claimed_subsidy_yuan": yuan(min(case.face, case.claimed // 2)),
    }


def _contract(city: City, case: Case) -> None:
    city.rows["contract"][-1] |= {
        "amount_yuan": None if case.contract is None else yuan(case.contract),
        "signed_on": case.signed_on,
        "ends_on": case.ends_on,
        "parent_contract_no": f"F-{case.name}" if case.is_order else None,
    }
    city.rows["contract_line"][-1] |= {"unit_price_yuan": yuan(case.price), "quantity": case.terms}
    if case.item is not None:
        whole = {"unit": "项", "quantity": 1, "unit_price_yuan": yuan(case.item)}
        city.rows["contract_line"][-1] |= whole


def _usage(city: City, case: Case) -> None:
    city.rows["usage_interval"][-1] |= {
        "started_at": instant(case.begins_on, 0),
        "ended_at": instant(case.begins_on, case.card_seconds // case.cards),
    }
    if case.item is not None:
        city.rows["usage_interval"].pop()
        for row in city.rows["material"][-len(MATERIALS) :]:
            if row["material_code"] == "usage_log":
                row["file_name"] = "后台日志.png"


def _invoices(city: City, case: Case) -> None:
    first = city.rows["invoice"].pop() | {
        "seller_id": case.provider.code,
        "seller_name": _name(case.provider),
    }
    if case.is_buyer_affiliate:
        first["buyer_id"] = case.applicant.affiliates[0]
    numbered = f"{case.year % 100:02}51{hash_of(case.name):015}"
    city.rows["invoice_line"].pop()
    city.rows["claim_invoice"].pop()
    for place, (net, gross) in enumerate(case.invoices):
        number = f"{numbered}{place}"
        _invoice(city, first, number, net, gross, status="normal")
        city.add("claim_invoice", claim_id=f"C-{case.name}", invoice_number=number, allocated_yuan=yuan(net))
        if place == 0 and case.other:
            _lines(city, number, (net, gross), case.other)
    city.rows["invoice"][-1]["issued_on"] = case.last_invoice_on
    if case.red[0]:
        number = f"{numbered}9"
        _invoice(city, first, number, case.red[0], case.red[1], status="red")
        city.rows["invoice"][-1]["original_invoice_number"] = f"{numbered}0"


def _lines(city: City, number: str, whole: tuple[int, int], other: tuple[int, int]) -> None:
    rest = whole[0] - other[0], whole[1] - other[1]
    for line_no, (item, (net, gross)) in enumerate(
        (("*信息技术服务*算力服务费", rest), ("对象存储", other)), start=1
    ):
        city.add(
            "invoice_line",
            invoice_number=number,
            line_no=line_no,
            item_name=item,
            net_yuan=yuan(net),
            tax_rate="0.06",
            tax_yuan=yuan(gross - net),
        )


def _invoice(city: City, first: dict[str, Any], number: str, net: int, gross: int, *, status: str) -> None:
    city.add(
        "invoice",
        **{
            **first,
            "invoice_number": number,
            "net_yuan": yuan(net),
            "tax_yuan": yuan(gross - net),
            "gross_yuan": yuan(gross),
            "status": status,
        },
    )
