"""The demo city as files: the bureau's tables, what each provider submits, labels beside the inbox."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from random import Random

from hesuan.flows.demo.clock import second_of
from hesuan.flows.demo.dossier import Dossier, Provider, Row, Seat
from hesuan.flows.demo.einvoice import einvoice
from hesuan.flows.demo.market import RATED
from hesuan.flows.demo.plan import City, jobs_at, plan_city
from hesuan.flows.demo.samples import sample_frame, sample_rows
from hesuan.flows.demo.scene import Planted
from hesuan.flows.demo.table_file import write_csv, write_workbook
from hesuan.flows.demo.usage_file import USAGE
from hesuan.flows.demo.wrong_usage import SHIFT

SAMPLED = range(second_of(date(2026, 10, 29)), second_of(date(2026, 11, 1)))
COMPANION_CARDS = 4
# A whole picture of one white pixel.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000d494441547801010200fdff00ff01010100608712b50000000049454e44ae426082"
)


def write_city(
    workspace_inbox: Path, *, seed: int = 2026, scale: int = 1, labels: Path | None = None
) -> tuple[Planted, ...]:
    """Write the demo city into an inbox and return its labels.

    The same seed and scale give the same bytes. Labels are also written to `labels`, by default
    demo/planted.csv beside the inbox, where intake does not look.
    """
    city = plan_city(seed, scale)
    registry = workspace_inbox / "registry"
    registry.mkdir(parents=True, exist_ok=True)
    _write_registry(registry, city)
    for provider in city.providers:
        folder = workspace_inbox / "submissions" / provider.name
        folder.mkdir(parents=True, exist_ok=True)
        _write_submission(folder, city, provider, seed)
    write_labels(labels or workspace_inbox.parent / "demo" / "planted.csv", city.planted)
    return city.planted


def write_labels(path: Path, planted: Iterable[Planted]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["claim_id", "kind", "rule_id", "note_zh"])
    writer.writerows([label.claim_id, label.kind, label.rule_id, label.note_zh] for label in planted)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def rows_of(dossiers: Iterable[Dossier], table: str) -> list[Row]:
    return [row for dossier in dossiers for row in dossier.rows.get(table, [])]


def _write_registry(folder: Path, city: City) -> None:
    numbered = sorted(city.dossiers, key=lambda d: d.number)
    table = city.desk.registry
    write_workbook(folder / "服务机构名单.xlsx", {"provider": table["provider"]})
    write_workbook(folder / "申领单位.xlsx", {name: table[name] for name in ("applicant", "party")})
    write_csv(folder / "信用名单.csv", "blacklist", table["blacklist"], encoding="utf-8-sig")
    write_csv(folder / "往期兑现.csv", "grant_history", table["grant_history"])
    for file_name, names in (
        ("算力券申领.xlsx", ("voucher",)),
        ("合同台账.xlsx", ("contract", "contract_line")),
        ("兑现申请.xlsx", ("claim", "claim_invoice", "material")),
    ):
        write_workbook(folder / file_name, {name: rows_of(numbered, name) for name in names})
    write_csv(folder / "发票查验.csv", "invoice_check", rows_of(numbered, "invoice_check"))


def _write_submission(folder: Path, city: City, provider: Provider, seed: int) -> None:
    house = provider.house
    own = sorted((d for d in city.dossiers if d.provider is provider), key=lambda d: d.number)
    says = {"provider_id": provider.provider_id, "cluster_id": house.cluster_id, "time_zone": "Asia/Shanghai"}
    lines = [f'{key} = "{value}"' for key, value in (says | {"exported_at": house.exported_at}).items()]
    (folder / "source.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    tables = {
        "device": [_device(provider, seat) for seat in city.seats if seat.provider == house.key],
        "tariff": _tariffs(provider),
        **{name: rows_of(own, name) for name in ("tenant", "statement", "payment")},
    }
    write_workbook(folder / "机构资料.xlsx", {name: tables[name] for name in ("device", "tariff", "tenant")})
    write_workbook(folder / "结算与付款.xlsx", {name: tables[name] for name in ("statement", "payment")})
    PAPERS[house.papers](folder, own)
    USAGE[house.usage](folder, provider, jobs_at(city, provider), Random(f"usage-{seed}-{house.key}"))
    if house.seat_cards == 1:
        _write_samples(folder, own, Random(f"samples-{seed}"))
    if any(row["file_name"].endswith(".png") for row in rows_of(own, "material")):
        (folder / "后台日志截图.png").write_bytes(PICTURE)


def _device(provider: Provider, seat: Seat) -> Row:
    return {
        "provider_id": provider.provider_id,
        "cluster_id": provider.house.cluster_id,
        "node_id": seat.node,
        "device_uuid": seat.uuid,
        "device_model": seat.model,
        "card_count": str(seat.cards),
        "memory_gib": RATED[seat.model][0],
        "tdp_watts": RATED[seat.model][1],
        "valid_from": "2025-06-01",
    }


def _tariffs(provider: Provider) -> list[Row]:
    return [
        {
            "provider_id": provider.provider_id,
            "device_model": offer.model,
            "service_item": offer.service_item,
            "unit": offer.unit,
            "unit_price_yuan": str(offer.price),
            "valid_from": "2025-07-01",
        }
        for offer in provider.house.offers
    ]


def _write_xml(folder: Path, own: Sequence[Dossier]) -> None:
    (folder / "数电票").mkdir(exist_ok=True)
    lines = rows_of(own, "invoice_line")
    for invoice in rows_of(own, "invoice"):
        number = invoice["invoice_number"]
        text = einvoice(invoice, [line for line in lines if line["invoice_number"] == number])
        (folder / "数电票" / f"{number}.xml").write_text(text, encoding="utf-8", newline="")


def _write_invoice_workbook(folder: Path, own: Sequence[Dossier]) -> None:
    write_workbook(folder / "发票.xlsx", {name: rows_of(own, name) for name in ("invoice", "invoice_line")})


def _write_invoice_csv(encoding: str) -> Callable[[Path, Sequence[Dossier]], None]:
    def write(folder: Path, own: Sequence[Dossier]) -> None:
        for name, file_name in (("invoice", "发票.csv"), ("invoice_line", "发票明细.csv")):
            write_csv(folder / file_name, name, rows_of(own, name), encoding=encoding)

    return write


def _write_samples(folder: Path, own: Sequence[Dossier], rng: Random) -> None:
    """Three days of the contract whose log runs eight hours ahead, and of an honest one beside it."""
    honest, shifted = sorted((d for d in own if d.served_to == date(2026, 10, 31)), key=lambda d: d.starts_on)
    rows = sample_rows(honest, honest.seats[:COMPANION_CARDS], SAMPLED, log_ahead=0, rng=rng)
    rows += sample_rows(shifted, shifted.seats, SAMPLED, log_ahead=SHIFT, rng=rng)
    sample_frame(rows).write_parquet(folder / "采样.parquet", statistics=False)


PAPERS = {
    "xml": _write_xml,
    "xlsx": _write_invoice_workbook,
    "csv": _write_invoice_csv("utf-8-sig"),
    "gb18030": _write_invoice_csv("gb18030"),
}
