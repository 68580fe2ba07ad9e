"""Random small cities as the tables they would be handed in as: a hundred claims in years of their own."""

import random
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.city import APPLICANTS, MATERIALS, PROVIDER, City, code_of

SECOND = code_of(70_000_001)
FIRST_YEAR = 2026
CENT = Decimal("0.01")
ITEM_PRICE = Decimal("15000.503333")
PRICES = {"A800": ("10.60", "11.37", "9.99", "8.123456"), "H800": ("15.90", "17.01", "13.3333")}


def city_of(seed: int, *, years: int = 2, claims: int = 50) -> City:
    chance = random.Random(seed)
    city = City().with_register()
    _second_provider(city, chance)
    for row in city.rows["applicant"]:
        row["priority_class"] = chance.choice((None, None, 1, 2))
    for year in range(FIRST_YEAR, FIRST_YEAR + years):
        city.add(
            "grant_history",
            policy_year=year,
            applicant_id=chance.choice(APPLICANTS),
            contract_no=f"OLD-{year}",
            claimed_yuan="310000.00",
            redeemed_yuan="300000.01",
        )
        for place in range(claims):
            Claim(city, chance, year, f"{year}-{place}").hand_in()
    return city


def _second_provider(city: City, chance: random.Random) -> None:
    """Listed in the middle of the first year, and gone in that of the last."""
    city.add(
        "provider",
        provider_id=SECOND,
        provider_name="另一算力有限公司",
        listed_on="2026-04-11",
        delisted_on=chance.choice((None, "2027-06-05")),
        registered_on="2019-01-01",
        registered_region="511702",
        in_provincial_monitoring="是",
    )
    for table in ("device", "tariff"):
        city.add(table, **city.rows[table][0] | {"provider_id": SECOND})
    for provider in (PROVIDER, SECOND):
        city.add("device", **city.rows["device"][0] | {"provider_id": provider, "device_model": "H800"})
        city.add(
            "tariff",
            **city.rows["tariff"][0]
            | {"provider_id": provider, "device_model": "H800", "unit_price_yuan": "16.00"},
        )


def clock(start: date, seconds: int) -> str:
    return (datetime(start.year, start.month, start.day) + timedelta(seconds=seconds)).isoformat()  # noqa: DTZ001


class Claim:
    """One claim and all its papers."""

    def __init__(self, city: City, chance: random.Random, year: int, name: str) -> None:
        self.city, self.chance, self.year, self.name = city, chance, year, name
        self.no = f"K-{name}"
        self.provider = chance.choice((PROVIDER, PROVIDER, SECOND))
        self.applicant = chance.choice(APPLICANTS)
        self.parties = {"provider_id": self.provider, "applicant_id": self.applicant}
        self.starts = date(year, 2, 1) + timedelta(days=chance.randrange(40))
        self.ends = date(year, 10, 31) + timedelta(days=chance.randrange(-60, 90))
        self.tenant = f"t-{name}"
        self.says_contract = chance.random() < 0.7
        self.worth = Decimal(0)

    def hand_in(self) -> None:
        self.price()
        self.use()
        self.papers()

    def price(self) -> None:
        """One to three lines: hours of one or two models, months, cores, an item for the whole."""
        chance = self.chance
        kind = chance.choice(
            ("hours", "hours", "tiers", "two_models", "any_model", "months", "cores", "item")
        )
        models = ("A800", "H800") if kind == "two_models" else (chance.choice(("A800", "H800")),)
        self.models = models
        lines: list[dict[str, Any]] = []
        for model in models:
            unit = {"months": "卡月", "cores": "核时"}.get(kind, "卡时")
            price = chance.choice(PRICES[model])
            if kind == "months":
                price = chance.choice(("7300", "7777.77"))
            if kind == "any_model":
                model = None
            if kind == "cores":
                model, price = None, chance.choice(("0.10", "0.123456"))
            lines.append({"device_model": model, "unit": unit, "unit_price_yuan": price})
            if kind == "tiers":
                lines[-1]["quantity"] = chance.choice((500, 3000, 12000))
                second = {
                    "device_model": model,
                    "unit": unit,
                    "unit_price_yuan": chance.choice(PRICES[model]),
                }
                lines.append(second | {"quantity": chance.choice((None, 2000))})
        if kind == "item" or chance.random() < 0.15:
            lines.append({"unit": "项", "quantity": chance.choice((1, 2)), "unit_price_yuan": ITEM_PRICE})
            lines[-1]["service_item"] = "技术支撑服务"
        for number, line in enumerate(lines, start=1):
            self.city.add(
                "contract_line",
                **{"contract_no": self.no, "line_no": number, "service_item": "智算服务"} | line,
            )
        self.kind = kind
        self.has_item = lines[-1]["unit"] == "项"
        if self.has_item:
            self.worth += lines[-1]["quantity"] * ITEM_PRICE
        self.rate = Decimal(lines[0]["unit_price_yuan"]) / (730 if kind == "months" else 1)

    def odd_runs(self) -> None:
        """Now and then: a card that others use too, cards unknown, a failed run, one of another provider, one without end."""
        chance = self.chance
        if self.kind != "cores":
            for number in range(chance.choice((0, 0, 2, 4))):
                self.on_a_card(f"d{number}")
        if chance.random() < 0.03:
            self.run("u", None, 7200)
        if chance.random() < 0.2:
            self.run("f", Decimal(64), 90_000, state=chance.choice(("NODE_FAIL", "BOOT_FAIL", "FAILED")))
        if chance.random() < 0.1:
            other = SECOND if self.provider == PROVIDER else PROVIDER
            self.run("o", Decimal(64), 90_000, provider_id=other)
        if chance.random() < 0.1:
            self.run("e", Decimal(64), 90_000, ended_at=chance.choice((None, f"{self.year}-01-31 00:00:00")))

    def on_a_card(self, number: str) -> None:
        """One of three cards of the year, in one of a few spells that meet, touch or miss each other by a little."""
        chance = self.chance
        begin = chance.randrange(12) * 40_000 + chance.choice((0, 0, -30, -60, -61, 5000))
        start = date(self.year, 3, 20)
        self.run(
            number,
            Decimal(1),
            0,
            device_uuid=f"GPU-{self.year}-{chance.randrange(3)}",
            device_model="A800",
            tenant=self.tenant if chance.random() < 0.8 or self.says_contract else "nobody",
            started_at=clock(start, begin) + "+08:00",
            ended_at=clock(start, begin + 40_000 * chance.randint(1, 3)) + "+08:00",
            suspended_seconds=chance.choice((None, None, 600)),
        )

    def use(self) -> None:
        """A few runs that come to about so much."""
        aim = self.chance.choice((30_000, 60_000, 90_000, 110_000, 200_000, 400_000, 1_200_000))
        count = self.chance.randint(1, 4)
        for number in range(count):
            cards = Decimal(self.chance.choice((8, 16, 40, Decimal("0.5"), Decimal("12.25"))))
            if self.kind == "cores":
                cards = Decimal(self.chance.choice((640, 2048)))
            hours = min(Decimal(aim) / count / self.rate / cards, Decimal(240 * 24))
            seconds = int(hours * 3600) + self.chance.randrange(-3600, 3600)
            self.run(f"{number}", cards, max(seconds, 0))
        self.odd_runs()

    def run(self, number: str, cards: Decimal | None, seconds: int, **more: Any) -> None:
        begin = self.chance.randrange(-2 * 86_400, 60 * 86_400)
        suspended = self.chance.choice((0, 0, 0, 777))
        sized = {"cpu_cores": cards, "card_count": 0} if self.kind == "cores" else {"card_count": cards}
        row = {
            "provider_id": self.provider,
            "cluster_id": "c1",
            "record_id": f"J-{self.name}-{number}",
            "tenant": self.tenant,
            "contract_no": self.no if self.says_contract else None,
            "device_model": self.chance.choice(self.models),
            "started_at": clock(self.starts, begin) + "+08:00",
            "ended_at": clock(self.starts, begin + seconds + suspended) + "+08:00",
            "suspended_seconds": suspended or None,
            "state": "COMPLETED",
        }
        self.city.add("usage_interval", **row | sized | more)
        if number.isdecimal() and cards is not None:
            self.worth += cards * seconds * self.rate / 3600

    def papers(self) -> None:
        chance, year = self.chance, self.year
        gross = (self.worth * Decimal(chance.choice(("1", "0.9", "1.2")))).quantize(CENT, ROUND_HALF_UP)
        gross = max(gross, Decimal("100.00"))
        amount = chance.choice((None, gross, (gross * Decimal("0.8")).quantize(CENT), gross * 2))
        self.city.add(
            "contract",
            contract_no=self.no,
            **self.parties,
            signed_on=f"{year}-01-10",
            starts_on=self.starts,
            ends_on=self.ends,
            amount_yuan=amount,
            basis="allocated",
            rounding=chance.choice(("none", "none", "second", "minute_up", "hour_up")),
        )
        face = chance.choice(("500000.00", "500000.00", "60000.00"))
        self.city.add(
            "voucher",
            voucher_id=f"V-{self.name}",
            **self.parties,
            contract_no=self.no,
            applied_at=f"{year}-01-12 09:00:00",
            completed_at=f"{year}-01-15 09:00:{chance.randrange(40):02}",
            effective_at=f"{year}-01-20 09:00:00",
            face_yuan=face,
            state="effective",
        )
        if not self.says_contract:
            self.city.add(
                "tenant",
                provider_id=self.provider,
                tenant=self.tenant,
                applicant_id=self.applicant,
                contract_no=self.no,
                valid_from=f"{year}-01-01",
                valid_to=f"{year}-12-31",
            )
        counted = self.invoices(gross)
        self.payments(gross, Decimal(face))
        claimed = max(Decimal("1.00"), counted - chance.choice((0, 0, 1, 5000)))
        self.city.add(
            "claim",
            claim_id=f"C-{self.name}",
            voucher_id=f"V-{self.name}",
            contract_no=self.no,
            **self.parties,
            submitted_at=f"{year}-11-01 09:00:{chance.randrange(60):02}",
            claimed_cost_yuan=claimed,
            claimed_subsidy_yuan=min(Decimal(face), (claimed / 2).quantize(CENT, "ROUND_DOWN")),
        )
        if chance.random() < 0.2:
            self.supplement(amount is None)
        for code in MATERIALS:
            self.city.add(
                "material", claim_id=f"C-{self.name}", material_code=code, file_name=f"{self.name}-{code}.pdf"
            )

    def supplement(self, is_open: bool) -> None:
        """More of the same under a number of its own, at a price of its own or at none; some hours may be logged under it."""
        chance, number = self.chance, f"{self.no}-s"
        self.city.add(
            "contract",
            contract_no=number,
            **self.parties,
            signed_on=f"{self.year}-04-01",
            starts_on=f"{self.year}-04-02",
            ends_on=self.ends,
            amount_yuan=None if is_open else "10600.00",
            basis="allocated",
            rounding="none",
            parent_contract_no=self.no,
        )
        if chance.random() < 0.6:
            self.city.add(
                "contract_line",
                contract_no=number,
                line_no=1,
                service_item="智算服务",
                device_model=self.models[0],
                unit="卡时",
                unit_price_yuan=chance.choice(PRICES[self.models[0]]),
            )
        if chance.random() < 0.7 and self.kind not in ("cores", "tiers"):
            self.run("s", Decimal(24), 90_000, contract_no=number, device_model=self.models[0])

    def invoices(self, gross: Decimal) -> Decimal:
        """One to three of them, some with a red letter, some counted in part or issued too late; what is claimed of them."""
        chance, counted = self.chance, Decimal(0)
        count = chance.randint(1, 3)
        # No two alike: of one taken back whole, another of the same sum is the one issued again.
        parts = [(gross / count).quantize(CENT, "ROUND_DOWN") - number * CENT for number in range(count)]
        parts[0] += gross - sum(parts)
        rate = Decimal(chance.choice(("0.06", "0.06", "0.01", "0.13")))
        for number, part in enumerate(parts):
            net = (part / (1 + rate)).quantize(CENT, ROUND_HALF_UP)
            late = chance.random() < 0.05
            self.invoice(number, net, part, rate, late)
            allocated = net
            if chance.random() < 0.1:
                allocated = (net * Decimal("0.7")).quantize(CENT)
            if chance.random() < 0.03:
                self.city.rows["invoice"][-1]["status"] = "void"
            elif chance.random() < 0.12:
                share = Decimal(chance.choice(("1", "0.25", "0.3333")))
                red_net, red = ((amount * share).quantize(CENT, ROUND_HALF_UP) for amount in (net, part))
                self.invoice(f"{number}9", -red_net, -red, rate, late, of=self.number(number))
            self.city.add(
                "claim_invoice",
                claim_id=f"C-{self.name}",
                invoice_number=self.number(number),
                allocated_yuan=allocated,
            )
            counted += allocated
        return counted

    def number(self, number: int | str) -> str:
        year, place = self.name.split("-")
        return f"{int(year) % 100:02}51000000{int(place):06}{int(number):04}"

    def invoice(
        self,
        number: int | str,
        net: Decimal,
        gross: Decimal,
        rate: Decimal,
        late: bool,
        of: str | None = None,
    ) -> None:
        self.city.add(
            "invoice",
            invoice_number=self.number(number),
            issued_on=f"{self.year}-11-0{2 if late else 1}" if late else f"{self.year}-10-20",
            seller_id=self.provider,
            seller_name="测试算力有限公司" if self.provider == PROVIDER else "另一算力有限公司",
            buyer_id=self.applicant,
            buyer_name="单位",
            net_yuan=net,
            tax_yuan=gross - net,
            gross_yuan=gross,
            status="red" if of else "normal",
            original_invoice_number=of,
            contract_no=self.no,
        )
        self.city.add(
            "invoice_line",
            invoice_number=self.number(number),
            line_no=1,
            item_name="*信息技术服务*算力服务费",
            net_yuan=net,
            tax_rate=rate,
            tax_yuan=gross - net,
        )

    def payments(self, gross: Decimal, face: Decimal) -> None:
        """None, all of it, some of it, all but the voucher; at times some came back."""
        how = self.chance.choice(("none", "none", "all", "most", "less_voucher", "back", "negative"))
        first = {
            "all": gross,
            "most": (gross * Decimal("0.95")).quantize(CENT),
            "less_voucher": max(gross - face, Decimal(1)),
            "back": gross,
            "negative": gross,
        }
        if how == "none":
            return
        self.pay("1", self.applicant, self.provider, first[how])
        if how == "back":
            self.pay("2", self.provider, self.applicant, Decimal("1234.56"))
        if how == "negative":
            self.pay("2", self.applicant, self.provider, Decimal("-1234.56"))

    def pay(self, number: str, payer: str, payee: str, amount: Decimal) -> None:
        named = self.chance.choice(("contract_no", "invoice_number"))
        self.city.add(
            "payment",
            payment_id=f"P-{self.name}-{number}",
            paid_on=f"{self.year}-10-25",
            payer_id=payer,
            payee_id=payee,
            amount_yuan=amount,
            **{named: self.no if named == "contract_no" else self.number(0)},
        )
