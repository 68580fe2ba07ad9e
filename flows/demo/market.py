"""The providers of the demo city: what each offers, how it meters, and in what form it hands things in."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

STANDARD = "智算服务"
ASSURED = "智算服务（SLA保障）"


@dataclass(frozen=True)
class Offer:
    """One published price. `price` is tax-inclusive, in yuan."""

    model: str
    price: Decimal
    unit: str = "卡时"
    service_item: str = STANDARD


@dataclass(frozen=True)
class House:
    """One provider. usage, papers: the form of its files. seat_cards: per node; 1 where devices count."""

    key: str
    region: str
    stem: str
    cluster_id: str
    offers: tuple[Offer, ...]
    usage: str
    papers: str
    registered_on: date
    listed_on: date = date(2026, 1, 5)
    delisted_on: date | None = None
    opens_on: date = date(2026, 1, 19)
    closes_on: date = date(2026, 10, 10)
    seat_cards: int = 8
    exported_at: str = "2026-11-12T09:00:00+08:00"
    old_stem: str = ""

    @property
    def model(self) -> str:
        return self.offers[0].model

    def price(self, model: str, unit: str, service_item: str) -> Decimal:
        wanted = (model, unit, service_item)
        return next(o.price for o in self.offers if (o.model, o.unit, o.service_item) == wanted)


# GiB and watts of one card, as its maker states them.
RATED = {
    "A800": ("80", "400"),
    "H800": ("80", "700"),
    "H20": ("96", "400"),
    "L40S": ("48", "350"),
    "910B": ("64", "400"),
    "MLU370": ("48", "250"),
    "K100": ("64", "350"),
}


def _offer(model: str, price: str, unit: str = "卡时", service_item: str = STANDARD) -> Offer:
    return Offer(model, Decimal(price), unit, service_item)


# Prices are multiples of 0.0106 so that an hour's net price is a whole number of cents at 6 % VAT.
HOUSES = (
    House(
        "云",
        "511702",
        "云岭智算中心",
        "yunling",
        (_offer("A800", "10.60"), _offer("H800", "15.90"), _offer("A800", "13.78", service_item=ASSURED)),
        usage="sacct",
        papers="xml",
        registered_on=date(2019, 5, 16),
    ),
    House(
        "山",
        "511703",
        "巴山超级计算",
        "bashan",
        (_offer("A800", "10.60"), _offer("910B", "8.48")),
        usage="sacct_steps",
        papers="xlsx",
        registered_on=date(2020, 8, 3),
        old_stem="巴山云计算",
    ),
    House(
        "河",
        "511702",
        "州河算力",
        "zhouhe",
        (_offer("L40S", "6.36"),),
        usage="interval_xlsx",
        papers="xlsx",
        registered_on=date(2021, 3, 22),
        seat_cards=1,
        exported_at="2026-11-01T02:00:00+08:00",
    ),
    House(
        "宣",
        "511722",
        "宣汉数据服务",
        "xuanhan",
        (_offer("K100", "5.30"), _offer("K100", "127.20", unit="卡日")),
        usage="slurm_json",
        papers="xlsx",
        registered_on=date(2022, 6, 9),
    ),
    House(
        "竹",
        "511724",
        "大竹智算服务",
        "dazhu",
        (_offer("A800", "10.60"), _offer("MLU370", "5.30"), _offer("910B", "8.48")),
        usage="interval_gb18030",
        papers="gb18030",
        registered_on=date(2018, 11, 27),
    ),
    House(
        "渠",
        "511725",
        "渠江算力科技",
        "qujiang",
        (_offer("A800", "10.60"),),
        usage="sacct",
        papers="xlsx",
        registered_on=date(2021, 9, 1),
        listed_on=date(2026, 6, 1),
        opens_on=date(2026, 6, 8),
    ),
    House(
        "新",
        "511703",
        "新锐云算",
        "xinrui",
        (_offer("A800", "10.60"),),
        usage="sacct",
        papers="csv",
        registered_on=date(2024, 12, 20),
    ),
    House(
        "开",
        "511723",
        "开江超算服务",
        "kaijiang",
        (_offer("A800", "10.60"),),
        usage="sacct",
        papers="xml",
        registered_on=date(2020, 2, 18),
        delisted_on=date(2026, 8, 10),
        closes_on=date(2026, 7, 31),
    ),
    House(
        "万",
        "511781",
        "万源绿色算力",
        "wanyuan",
        (_offer("H20", "8.48"),),
        usage="interval_utc",
        papers="xlsx",
        registered_on=date(2024, 2, 29),
        listed_on=date(2026, 3, 1),
        opens_on=date(2026, 3, 16),
    ),
)
