"""The demo city: same seed, same bytes; labels name claims; every rule is broken; honest books are exact."""

import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from hesuan.flows.adapters import adapter_for
from hesuan.flows.demo import Planted, write_city
from hesuan.flows.demo.clock import HOUR
from hesuan.flows.demo.dossier import Dossier, Job, Row
from hesuan.flows.demo.einvoice import in_words
from hesuan.flows.demo.money import net_of
from hesuan.flows.demo.ordinary import LAST_IN_QUEUE
from hesuan.flows.demo.plan import City, jobs_at, plan_city
from hesuan.flows.source import Source
from hesuan.schemas.kind import is_uscc
from hesuan.schemas.tables import tables
from hesuan.validators.gate import gate

# PRG-002 is no wrong: whoever stands last in the queue meets an empty pool.
RULES = (
    "ELG-001 ELG-002 ELG-003 ELG-004 ELG-006 ELG-008 CON-001 CON-002 CON-004 CON-005 INV-001 INV-002 INV-003"
    " INV-004 INV-008 INV-009 MTR-004 MTR-008 MTR-015 MTR-016 USE-002 REC-001 REC-003 REC-005 REC-006 CAP-001"
    " PRC-001 PRG-001 PRG-003 PRG-004"
)
NOT_BILLED = ("NODE_FAIL", "REQUEUED", "RUNNING")
CODES = (*("provider_id", "applicant_id", "seller_id", "buyer_id", "payer_id", "payee_id", "subject_id"),)
POOL = Decimal(3_000_000)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[Planted, ...]]:
    workspace = tmp_path_factory.mktemp("city")
    return workspace, write_city(workspace / "inbox", seed=2026)


@pytest.fixture(scope="module")
def city() -> City:
    return plan_city(2026, 1)


def fingerprint(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


def rows(city: City, table: str) -> list[Row]:
    return [row for dossier in city.dossiers for row in dossier.rows.get(table, [])]


def total(found: Iterable[Row], column: str) -> Decimal:
    return sum((Decimal(row[column]) for row in found), Decimal(0))


def honest(city: City) -> list[Dossier]:
    labelled = {label.claim_id for label in city.planted if label.kind == "honest"}
    return [d for d in city.dossiers if d.order.is_claimed and d.claim_id in labelled]


def test_the_same_seed_gives_the_same_bytes(
    written: tuple[Path, tuple[Planted, ...]], tmp_path: Path
) -> None:
    workspace, planted = written
    assert write_city(tmp_path / "inbox", seed=2026) == planted
    assert fingerprint(tmp_path) == fingerprint(workspace)


def test_another_seed_gives_another_city(city: City) -> None:
    other = plan_city(7, 1)
    codes = [{row["applicant_id"] for row in c.desk.registry["applicant"]} for c in (city, other)]
    assert not codes[0] & codes[1]
    assert [d.jobs for d in city.dossiers] != [d.jobs for d in other.dossiers]


@pytest.mark.parametrize("seed", [1, 5, 8, 42])
def test_every_seed_tells_the_same_stories(city: City, seed: int) -> None:
    told = [Counter((p.kind, p.rule_id, p.note_zh) for p in c.planted) for c in (city, plan_city(seed, 1))]
    assert told[0] == told[1]


def test_scale_multiplies_jobs_and_keeps_hours(city: City) -> None:
    larger = plan_city(2026, 2)
    counts = [sum(len(d.jobs) for d in c.dossiers) for c in (city, larger)]
    assert 1.8 < counts[1] / counts[0] < 2.2
    for city_rows in zip(rows(city, "contract"), rows(larger, "contract"), strict=True):
        assert city_rows[0]["amount_yuan"] == city_rows[1]["amount_yuan"]


def test_every_label_names_a_claim_handed_in(written: tuple[Path, tuple[Planted, ...]]) -> None:
    workspace, planted = written
    sheet = pl.read_excel(workspace / "inbox" / "registry" / "兑现申请.xlsx", sheet_name="兑现申请")
    assert {label.claim_id for label in planted} <= set(sheet["申请编号"])


def test_labels_lie_beside_the_inbox_and_nowhere_in_it(written: tuple[Path, tuple[Planted, ...]]) -> None:
    workspace, planted = written
    with (workspace / "demo" / "planted.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [Planted(**row) for row in csv.DictReader(file)] == list(planted)
    assert not list((workspace / "inbox").rglob("*planted*"))


def test_every_rule_that_papers_or_logs_can_break_is_broken(city: City) -> None:
    assert {label.rule_id for label in city.planted if label.kind == "wrong"} == set(RULES.split())


def test_honest_lookalikes_are_many_and_never_wrong_too(city: City) -> None:
    kinds = defaultdict(set)
    for label in city.planted:
        kinds[label.claim_id].add(label.kind)
    assert all(len(kind) == 1 for kind in kinds.values())
    assert sum(kind == {"honest"} for kind in kinds.values()) >= 40


def test_the_city_has_the_size_it_is_said_to_have(
    written: tuple[Path, tuple[Planted, ...]], city: City
) -> None:
    files = [path for path in (written[0] / "inbox").rglob("*") if path.is_file()]
    assert (len(city.providers), len(city.desk.registry["applicant"]), len(city.dossiers)) == (9, 60, 120)
    assert len(files) <= 150
    assert len([path for path in files if path.suffix == ".xml"]) <= 60


def test_all_codes_are_sound_but_the_misprinted_one(city: City) -> None:
    found = [row for d in city.dossiers for table in d.rows.values() for row in table]
    found += [row for table in city.desk.registry.values() for row in table]
    codes = pl.DataFrame({"code": sorted({row[name] for row in found for name in CODES if row.get(name)})})
    plain = pl.col("code").str.normalize("NFKC").str.to_uppercase()
    unsound = codes.filter(~is_uscc(plain))["code"].to_list()
    (wrong,) = [p for p in city.planted if p.rule_id == "ELG-006" and p.kind == "wrong"]
    (claim,) = [row for row in rows(city, "claim") if row["claim_id"] == wrong.claim_id]
    assert unsound == [claim["applicant_id"]]


def test_honest_money_adds_up_to_the_cent(city: City) -> None:
    for dossier in honest(city):
        billed = total(dossier.rows["statement"], "amount_yuan")
        cost = Decimal(dossier.only("claim")["claimed_cost_yuan"])
        contract = dossier.only("contract")["amount_yuan"]
        assert billed == total(dossier.rows["payment"], "amount_yuan"), dossier.claim_id
        assert not contract or billed == Decimal(contract), dossier.claim_id
        assert cost == net_of(billed) == total(dossier.rows["claim_invoice"], "allocated_yuan"), (
            dossier.claim_id
        )
        assert cost >= 50_000


def test_every_invoice_adds_up(city: City) -> None:
    invoices = [row for row in rows(city, "invoice") if "E" not in row["invoice_number"]]
    lines = defaultdict(list)
    for line in rows(city, "invoice_line"):
        lines[line["invoice_number"]].append(line)
    for invoice in invoices:
        net, tax = Decimal(invoice["net_yuan"]), Decimal(invoice["tax_yuan"])
        own = lines[invoice["invoice_number"]]
        assert net + tax == Decimal(invoice["gross_yuan"])
        assert net == total(own, "net_yuan")
        assert abs(tax - total(own, "tax_yuan")) <= Decimal("0.01") * len(own)


def card_seconds(job: Job, *, is_rounded: bool) -> Decimal:
    return (-(-job.seconds // HOUR) * HOUR if is_rounded else job.seconds) * job.cards


def test_honest_hours_are_billed_exactly(city: City) -> None:
    for dossier in honest(city):
        is_rounded = dossier.order.rounding == "hour_up"
        used = sum(card_seconds(j, is_rounded=is_rounded) for j in dossier.jobs if j.state not in NOT_BILLED)
        billed = total(dossier.rows["statement"], "quantity") * dossier.order.hours_per_unit * HOUR
        assert used == billed, dossier.claim_id


def peak(jobs: Iterable[Job]) -> Decimal:
    turns = sorted(turn for j in jobs if j.end > j.start for turn in ((j.start, j.cards), (j.end, -j.cards)))
    load = highest = Decimal(0)
    for _, cards in turns:
        load += cards
        highest = max(highest, load)
    return highest


def test_only_the_planted_model_is_oversold(city: City) -> None:
    oversold = {}
    for provider in city.providers:
        seats = [seat for seat in city.seats if seat.provider == provider.house.key]
        for model in sorted({seat.model for seat in seats}):
            installed = sum(seat.cards for seat in seats if seat.model == model)
            highest = peak(j for j in jobs_at(city, provider) if j.seat.model == model)
            if highest > installed:
                oversold[model] = (installed, highest)
    assert oversold == {"MLU370": (16, 24)}


def test_the_pool_runs_out_among_the_last_in_the_queue(city: City) -> None:
    wrong = {label.claim_id for label in city.planted if label.kind == "wrong"}
    last = {d.claim_id for d in city.dossiers if d.order.applicant.startswith("队尾")}
    asked = {row["claim_id"]: Decimal(row["claimed_subsidy_yuan"]) for row in rows(city, "claim")}
    # The applicant who asks 30万 twice still gets 20万 of the second claim.
    certain = 200_000 + sum(sum_ for claim, sum_ in asked.items() if claim not in wrong | last)
    tail = sum(asked[claim] for claim in last)
    assert len(last) == len(LAST_IN_QUEUE)
    assert certain < POOL < certain + tail
    assert max(row["submitted_at"] for row in rows(city, "claim") if row["claim_id"] not in last) < min(
        row["submitted_at"] for row in rows(city, "claim") if row["claim_id"] in last
    )


@pytest.mark.slow
def test_every_file_is_read_and_only_steps_and_the_spoilt_number_are_refused(
    written: tuple[Path, tuple[Planted, ...]],
) -> None:
    refused: Counter[str] = Counter()
    for path in sorted((written[0] / "inbox").rglob("*")):
        if not path.is_file() or path.suffix in (".toml", ".png"):
            continue
        source = Source(path, path.name)
        adapter = adapter_for(source)
        assert adapter is not None, path.name
        reading = adapter.read(source).whole
        gated = [gate(frame, tables()[name]) for name, frame in reading.frames.items()]
        rejected = pl.concat([reading.rejected, *(g.rejected for g in gated)])
        assert reading.row_count == rejected.height + sum(g.accepted.height for g in gated), path.name
        refused.update(rejected["reason_code"])
    assert refused["INV-008"] == 2
    assert set(refused) == {"INV-008", "STEP_ROW"}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("53000.00", "伍万叁仟圆整"),
        ("2.12", "贰圆壹角贰分"),
        ("-1060000.05", "（负数）壹佰零陆万圆伍分"),
        ("402800.50", "肆拾万贰仟捌佰圆伍角"),
        ("100001.00", "壹拾万零壹圆整"),
    ],
)
def test_sums_are_written_out_in_words(amount: str, words: str) -> None:
    assert in_words(Decimal(amount)) == words
