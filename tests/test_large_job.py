"""Jobs over a thousand cards and more, however they are handed in: card-hours and money exact."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from tests.city import APPLICANTS, PRICE, PROVIDER, City
from tests.night import tally

# Cards and hours of a job each, of which the sums are easy: at 10.00 yuan without tax, and half of it.
JOBS = ((1024, 6), (2304, 3), (10_000, 1))
CLAIMS = [
    ("C-1024", Decimal("6144.0000"), Decimal("30720.00"), "approve"),
    ("C-2304", Decimal("6912.0000"), Decimal("34560.00"), "approve"),
    ("C-10000", Decimal("10000.0000"), Decimal("50000.00"), "approve"),
]
HEADER = (
    "JobID|JobIDRaw|Cluster|Account|Submit|Start|End|ElapsedRaw|Suspended|State|NNodes|AllocCPUS|AllocTRES"
)


def city() -> City:
    made = City().with_register()
    made.rows["device"][0]["card_count"] = 20_000
    for (cards, hours), applicant in zip(JOBS, APPLICANTS, strict=False):
        gross = PRICE * cards * hours
        made.claim(
            f"{cards}",
            hours=cards * hours,
            gross=gross,
            applicant=applicant,
            year=2026,
            at=f"09:00:{hours:02}",
            cards=cards,
        )
    return made


def claims(workspace: Workspace) -> list[tuple]:
    with connect(workspace.published, read_only=True) as connection:
        return connection.execute(
            "select claim_id, metered_gpu_hours, proposed_subsidy_yuan, disposition from published.claim"
            " order by length(claim_id), claim_id"
        ).fetchall()


def test_a_job_of_thousands_of_cards_is_paid_to_the_cent(tmp_path: Path) -> None:
    workspace = city().hand_in(tmp_path)
    tally(workspace)
    assert claims(workspace) == CLAIMS


@pytest.mark.parametrize("precision", [11, 12, 38])
def test_card_counts_of_parquet_may_be_decimals_of_any_width(tmp_path: Path, precision: int) -> None:
    workspace = city().hand_in(tmp_path)
    table = workspace.inbox / "registry" / "usage_interval.csv"
    cards = pl.col("卡数").cast(pl.Decimal(precision, 6))
    pl.read_csv(table, infer_schema=False).with_columns(cards).write_parquet(table.with_suffix(".parquet"))
    table.unlink()
    tally(workspace)
    assert claims(workspace) == CLAIMS


def test_slurm_states_them_as_well(tmp_path: Path) -> None:
    made = city()
    made.rows["usage_interval"] = []
    for cards, _ in JOBS:
        made.add(
            "tenant",
            provider_id=PROVIDER,
            cluster_id="c1",
            tenant=f"t-{cards}",
            contract_no=f"K-{cards}",
            valid_from="2026-01-01",
        )
    workspace = made.hand_in(tmp_path)
    folder = workspace.inbox / "submissions" / "p"
    folder.mkdir(parents=True)
    lines = [
        f"{cards}|{cards}|c1|t-{cards}|2026-03-01T00:00:00|2026-03-01T00:00:00|2026-03-01T{hours:02}:00:00"
        f"|{hours * 3600}|0|COMPLETED|{cards // 8}|{cards}|cpu={cards},gres/gpu:a800={cards},gres/gpu={cards}"
        for cards, hours in JOBS
    ]
    (folder / "sacct.txt").write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    (folder / "source.toml").write_text(f'provider_id = "{PROVIDER}"\n', encoding="utf-8")
    tally(workspace)
    assert claims(workspace) == CLAIMS


def test_durations_beyond_reason_of_as_many_cards_stop_nobody(tmp_path: Path) -> None:
    """As many cards and as many seconds as a cell holds; the times count where they are less."""
    made = city()
    usage = made.row("usage_interval", contract_no="K-1024")
    usage["card_count"] = "999999.999999"
    workspace = made.hand_in(tmp_path)
    folder = workspace.inbox / "submissions" / "p"
    folder.mkdir(parents=True)
    line = "7|7|c1|t-1024|2026-03-01T00:00:00|2026-03-01T00:00:00|2026-03-02T00:00:00|9999999999|0|COMPLETED|1|8|"
    (folder / "sacct.txt").write_text(f"{HEADER}\n{line}gres/gpu=999999\n", encoding="utf-8")
    (folder / "source.toml").write_text(f'provider_id = "{PROVIDER}"\n', encoding="utf-8")
    registry = workspace.inbox / "registry"
    (registry / "tenant.csv").write_text(
        f"统一社会信用代码,集群,租户,合同编号,启用日期\n{PROVIDER},c1,t-1024,K-1024,2026-01-01\n",
        encoding="utf-8",
    )
    assert tally(workspace).refused == ()
    assert claims(workspace)[1:] == [(*claim[:3], "hold") for claim in CLAIMS[1:]]
