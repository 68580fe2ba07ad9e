"""A small honest city for tests, handed in as plain tables: every claim consistent to the cent until a test bends it."""

import csv
import io
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from hesuan.flows.workspace import Workspace, make_workspace
from hesuan.schemas.policy import default_policy_id
from hesuan.schemas.tables import tables

POLICY = default_policy_id()
PROVIDER = "91330000142942095H"
APPLICANTS = (
    "91500107057774330E",
    "913205830880018839",
    "91500000902846312Y",
    "91330106MACKX4QG41",
    "91442000MA52PFXD1J",
    "9144030071526726XG",
    "91110000802100433B",
)
PRICE = Decimal("10.60")
MATERIALS = tuple(value for value, _ in tables()["material"].column("material_code").choices)
Row = dict[str, Any]


@dataclass
class City:
    """Rows by table. `honest` adds one consistent claim; tests then bend single cells."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, **row: Any) -> Row:
        self.rows.setdefault(table, []).append(row)
        return row

    def with_register(self) -> "City":
        self.add(
            "provider",
            provider_id=PROVIDER,
            provider_name="测试算力有限公司",
            listed_on="2026-01-01",
            registered_on="2020-01-01",
            registered_region="511702",
        )
        self.add(
            "device",
            provider_id=PROVIDER,
            cluster_id="c1",
            device_model="A800",
            card_count=4000,
            valid_from="2025-01-01",
        )
        self.add(
            "tariff",
            provider_id=PROVIDER,
            device_model="A800",
            unit="卡时",
            unit_price_yuan=PRICE,
            valid_from="2025-01-01",
        )
        self.add(
            "blacklist",
            subject_name="无关单位",
            list_name="严重失信主体名单",
            listed_on="2024-01-01",
            expires_on="2025-01-01",
        )
        for applicant in APPLICANTS:
            self.add(
                "applicant",
                applicant_id=applicant,
                applicant_name=f"单位{applicant[:6]}",
                applicant_type="enterprise",
                operates_in_city="是",
            )
        return self

    def honest(
        self, name: str, *, hours: int, applicant: str = APPLICANTS[0], year: int = 2026, at: str = "09:00:00"
    ) -> "City":
        """A contract of `hours` card-hours at 10.60 yuan with tax, used, invoiced, paid and claimed in full.

        The cost without tax is 10.00 yuan an hour, so 5000 hours are exactly 50000.00 yuan.
        """
        gross = PRICE * hours
        return self.claim(name, hours=hours, gross=gross, applicant=applicant, year=year, at=at)

    def claim(
        self, name: str, *, hours: int, gross: Decimal, applicant: str, year: int, at: str, cards: int = 40
    ) -> "City":
        net = (gross / Decimal("1.06")).quantize(Decimal("0.01"), ROUND_HALF_UP)
        parties = {"provider_id": PROVIDER, "applicant_id": applicant}
        seconds = hours * 3600 // cards
        invoice = f"{year % 100:02}51000000{abs(hash_of(name)) % 10**10:010}"
        self.add(
            "contract",
            contract_no=f"K-{name}",
            **parties,
            signed_on=f"{year}-01-10",
            starts_on=f"{year}-02-01",
            ends_on=f"{year}-10-31",
            amount_yuan=gross,
            basis="allocated",
            rounding="none",
        )
        self.add(
            "contract_line",
            contract_no=f"K-{name}",
            line_no=1,
            service_item="智算服务",
            device_model="A800",
            unit="卡时",
            quantity=hours,
            unit_price_yuan=PRICE,
        )
        self.add(
            "voucher",
            voucher_id=f"V-{name}",
            **parties,
            contract_no=f"K-{name}",
            applied_at=f"{year}-01-12 09:00:00",
            completed_at=f"{year}-01-15 {at}",
            effective_at=f"{year}-01-20 09:00:00",
            face_yuan="500000.00",
            state="effective",
        )
        self.add(
            "usage_interval",
            provider_id=PROVIDER,
            cluster_id="c1",
            record_id=f"J-{name}",
            tenant=f"t-{name}",
            contract_no=f"K-{name}",
            device_model="A800",
            card_count=cards,
            started_at=f"{year}-03-01T00:00:00+08:00",
            ended_at=_after(year, seconds),
        )
        self.add(
            "invoice",
            invoice_number=invoice,
            issued_on=f"{year}-10-20",
            seller_id=PROVIDER,
            seller_name="测试算力有限公司",
            buyer_id=applicant,
            buyer_name="单位",
            net_yuan=net,
            tax_yuan=gross - net,
            gross_yuan=gross,
            status="normal",
            contract_no=f"K-{name}",
        )
        self.add(
            "invoice_line",
            invoice_number=invoice,
            line_no=1,
            item_name="*信息技术服务*算力服务费",
            quantity=hours,
            unit="卡时",
            net_yuan=net,
            tax_rate="0.06",
            tax_yuan=gross - net,
        )
        self.add(
            "statement",
            provider_id=PROVIDER,
            contract_no=f"K-{name}",
            statement_no=f"S-{name}",
            line_no=1,
            period_from=f"{year}-03-01",
            period_to=f"{year}-10-31",
            device_model="A800",
            unit="卡时",
            quantity=hours,
            unit_price_yuan=PRICE,
            amount_yuan=gross,
            invoice_number=invoice,
        )
        self.add(
            "claim",
            claim_id=f"C-{name}",
            voucher_id=f"V-{name}",
            contract_no=f"K-{name}",
            **parties,
            submitted_at=f"{year}-11-01 09:00:00",
            claimed_cost_yuan=net,
            claimed_subsidy_yuan=(net / 2).quantize(Decimal("0.01")),
        )
        self.add("claim_invoice", claim_id=f"C-{name}", invoice_number=invoice, allocated_yuan=net)
        for code in MATERIALS:
            self.add("material", claim_id=f"C-{name}", material_code=code, file_name=f"{name}-{code}.pdf")
        return self

    def row(self, table: str, **like: Any) -> Row:
        """The one row of the table that has these cells."""
        (found,) = [r for r in self.rows[table] if all(r.get(k) == v for k, v in like.items())]
        return found

    def csv(self, table: str) -> str:
        """The table as it would be handed in: Chinese headers, one row a line."""
        rows = self.rows[table]
        names = [c.name for c in tables()[table].columns if any(c.name in row for row in rows)]
        page = io.StringIO()
        writer = csv.writer(page, lineterminator="\n")
        writer.writerow([tables()[table].column(name).zh for name in names])
        writer.writerows([["" if row.get(n) is None else str(row[n]) for n in names] for row in rows])
        return page.getvalue()

    def hand_in(self, root: Path) -> Workspace:
        workspace = make_workspace(root, policy=POLICY)
        # Tests of figures need no papers; tests/test_paper.py makes them.
        (root / "hesuan.toml").write_text("paper = false\n", encoding="utf-8")
        for table in (name for name, rows in self.rows.items() if rows):
            (workspace.inbox / "registry" / f"{table}.csv").write_text(self.csv(table), encoding="utf-8")
        return workspace


def hash_of(name: str) -> int:
    """A stable number for a name (Python's own hash changes from run to run)."""
    return int.from_bytes(name.encode(), "big") % 9_999_999_967


def code_of(number: int) -> str:
    """A unified social credit code that holds: both check digits (GB 32100, GB 11714)."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"{number:08}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = 11 - sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11
    organisation = body + {10: "X", 11: "0"}.get(check, str(check))
    front = f"91511700{organisation}"
    total = sum(letters.index(c) * pow(3, i, 31) for i, c in enumerate(front))
    return front + letters[(31 - total % 31) % 31]


def _after(year: int, seconds: int) -> str:
    from datetime import datetime, timedelta

    return (datetime(year, 3, 1) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S+08:00")  # noqa: DTZ001
