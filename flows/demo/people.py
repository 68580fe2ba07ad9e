"""Who lives in the demo city: providers, applicants, their codes, and the bureau's tables about them."""

from collections.abc import Iterable, Sequence
from itertools import cycle
from random import Random

from hesuan.flows.demo.dossier import Applicant, Order, Provider, Row
from hesuan.flows.demo.market import HOUSES
from hesuan.flows.demo.names import CITY, PLACES, Names

APPLICANT_COUNT = 60
REGIONS = tuple(PLACES)


def providers(names: Names) -> dict[str, Provider]:
    return {
        house.key: Provider(house, names.code(house.region), f"{CITY}{house.stem}有限公司")
        for house in HOUSES
    }


def applicants(orders: Sequence[Order], names: Names) -> dict[str, Applicant]:
    """Key → applicant: one for every key that an order names, and a common pool (keys that are numbers)."""
    named = sorted({order.applicant for order in orders if order.applicant})
    pooled = [str(place) for place in range(max(8, APPLICANT_COUNT - len(named)))]
    return {key: _applicant(key, names) for key in (*named, *pooled)}


def _applicant(key: str, names: Names) -> Applicant:
    """Public bodies carry department and type 12 in their code, firms 91."""
    region = names.rng.choice(REGIONS)
    if key == "高校" or key in ("0", "1"):
        return Applicant(names.code(region, "12"), names.university(region), "university")
    if key in ("2", "3"):
        return Applicant(names.code(region, "12"), names.institute(region), "research")
    return Applicant(names.code(region), names.firm(region, group=key == "集团"), "enterprise")


def assigned(orders: Sequence[Order], known: dict[str, Applicant], rng: Random) -> list[Applicant]:
    """The applicant of every order, in the orders' sequence; unnamed ones go round the pool."""
    pool = [applicant for key, applicant in known.items() if key.isdigit()]
    rng.shuffle(pool)
    turn = cycle(pool)
    return [known[order.applicant] if order.applicant else next(turn) for order in orders]


def provider_rows(known: Iterable[Provider]) -> list[Row]:
    return [
        {
            "provider_id": provider.provider_id,
            "provider_name": provider.name,
            "listed_on": provider.house.listed_on.isoformat(),
            "delisted_on": provider.house.delisted_on.isoformat() if provider.house.delisted_on else "",
            "registered_on": provider.house.registered_on.isoformat(),
            "registered_region": provider.house.region,
            "in_provincial_monitoring": "是" if provider.house.key in "云山竹" else "否",
        }
        for provider in known
    ]


def applicant_rows(known: Iterable[Applicant], rng: Random) -> list[Row]:
    return [
        {
            "applicant_id": applicant.applicant_id,
            "applicant_name": applicant.name,
            "applicant_type": applicant.kind,
            "registered_region": applicant.applicant_id[2:8],
            "operates_in_city": "是",
            "established_on": f"{rng.randint(2005, 2023)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
            "priority_class": str(rng.randint(1, 4)) if rng.random() < 0.3 else "",
        }
        for applicant in known
    ]


def party_rows(subjects: Iterable[tuple[str, str]], names: Names) -> list[Row]:
    """(code, name) → a legal representative and a telephone each, shared by nobody."""
    return [
        {"subject_id": code, "subject_name": name, "attribute": attribute, "value": value}
        for code, name in subjects
        for attribute, value in (("legal_rep", names.person()), ("phone", names.phone()))
    ]


def blacklist_rows(names: Names) -> list[Row]:
    """Listed subjects that have nothing to do with any claim."""
    return [
        {
            "subject_id": names.code(region),
            "subject_name": names.firm(region),
            "list_name": "严重失信主体名单",
            "listed_on": "2025-06-30",
            "expires_on": "2028-06-29",
            "reason": "拖欠工资",
        }
        for region in REGIONS[:4]
    ]


def history_rows(pool: Sequence[Applicant], rng: Random) -> list[Row]:
    """Last year's grants, on last year's contracts."""
    rows = []
    for place, applicant in enumerate(pool, start=1):
        claimed = f"{rng.randint(25000, 90000)}.00"
        row = {
            "policy_year": "2025",
            "applicant_id": applicant.applicant_id,
            "contract_no": f"DZSL-2025-{place:03d}",
        }
        row |= {"voucher_id": f"SLQ2025{900 + place:04d}", "claimed_yuan": claimed, "redeemed_yuan": claimed}
        rows.append(row | {"invoice_number": ""})
    return rows
