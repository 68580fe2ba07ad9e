"""What a log may suffer on its way, one thing at a time, and what each does to the figures: each known to the hour."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from hesuan.flows.outcome import Outcome
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace
from tests.city import PROVIDER
from tests.mutated_city import CARDS, JOB_COUNT, Logs, card_rows, sacct_lines, sample_rows, stretch_starts
from tests.night import tally
from tests.test_same_figures import conserved


@dataclass(frozen=True)
class Hours:
    """A claim as published: its card-hours (None is unknown) and what came of it."""

    metered: Decimal | None
    disposition: str
    proposed: Decimal


@dataclass(frozen=True)
class Night:
    workspace: Workspace
    outcome: Outcome

    def ask(self, query: str) -> list[tuple]:
        with connect(self.workspace.published, read_only=True) as connection:
            return connection.execute(query).fetchall()

    def claim(self, name: str) -> Hours:
        [row] = self.ask(
            "select metered_gpu_hours, disposition, proposed_subsidy_yuan"
            f" from published.claim where claim_id = 'C-{name}'"
        )
        return Hours(*row)

    def counts(self, file_name: str) -> tuple:
        """Rows read, accepted, refused, duplicate."""
        [row] = self.ask(
            "select row_count, accepted_count, rejected_count, duplicate_count"
            f" from published.input_file where file_name like '%/{file_name}'"
        )
        return row

    def flag(self, rule_id: str, name: str) -> str:
        """The one sentence that the rule has on the claim."""
        [(sentence,)] = self.ask(
            "select sentence_zh from published.finding"
            f" where rule_id = '{rule_id}' and verdict = 'flag' and claim_id = 'C-{name}'"
        )
        return sentence


def spent(logs: Logs, root: Path) -> Night:
    workspace = logs.hand_in(root)
    return Night(workspace, tally(workspace))


SpendNight = Callable[[str], Night]


@pytest.fixture(scope="module")
def spend(tmp_path_factory: pytest.TempPathFactory) -> SpendNight:
    """The night of that name, spent once. The two contracts share no log: what happens to one leaves the other alone."""
    found: dict[str, Night] = {}

    def night(name: str) -> Night:
        if name not in found:
            found[name] = spent(NIGHTS[name](), tmp_path_factory.mktemp("night"))
            conserved(found[name].workspace)
        return found[name]

    return night


def appended() -> Logs:
    return Logs(jobs=sacct_lines() * 2, cards=card_rows() * 2)


def with_steps() -> Logs:
    """Each step repeats the cards of its job; the cards come as Parquet, which changes nothing either."""
    header, *jobs = sacct_lines()
    steps = [job.replace("|", f"{step}|", 1) for job in jobs for step in (".batch", ".extern")]
    return Logs(jobs=[header, *jobs, *steps], card_file=parquet_of_cards())


def shifted() -> Logs:
    """The jobs are printed in Beijing and declared UTC; the cards' log is eight hours ahead of their samples."""
    declared = f'provider_id = "{PROVIDER}"\ntime_zone = "UTC"\nexported_at = 2026-03-15T10:30:00+08:00\n'
    return Logs(job_declaration=declared, cards=card_rows(shift=timedelta(hours=8)))


def without_cards_and_samples() -> Logs:
    """No job says its cards; every tenth sample of a card is cut, the sixth first: 56 of 560."""
    jobs = [line.replace("gres/gpu=40,", "") for line in sacct_lines()]
    return Logs(jobs=jobs, samples=[row for place, row in enumerate(sample_rows()) if place % 10 != 5])


def one_asks_and_one_shares() -> Logs:
    """One job only asked for cards; ten hours of one card go to a tenant without a voucher as well."""
    jobs = sacct_lines()
    jobs[3] = jobs[3].replace("gres/gpu=40,", "").replace("|cpu=640,node=5|", "|cpu=640,gres/gpu=40|", 1)
    start = stretch_starts()[1] + timedelta(hours=20)
    stranger = {
        **card_rows()[0],
        **{"record_id": "J-x", "tenant": "t-stranger", "contract_no": None},
        **{"started_at": start.isoformat(), "ended_at": (start + timedelta(hours=10)).isoformat()},
    }
    return Logs(jobs=jobs, cards=[*card_rows(), stranger])


def damaged() -> Logs:
    """A state that no Slurm has; and GPU-00 made GPU-01 by one bit of a page. Samples would be hours of their own."""
    jobs = sacct_lines()
    jobs[4] = jobs[4].replace("COMPLETED", "FOO")
    content = bytearray(parquet_of_cards())
    # A text in a page begins with its length; the page's header has the same text in its statistics.
    before = b"\x06\0\0\0GPU-0"
    content[content.index(before) + len(before)] ^= 1
    return Logs(jobs=jobs, card_file=bytes(content), samples=[])


def parquet_of_cards() -> bytes:
    file = io.BytesIO()
    texts = {name: [str(row[name]) for row in card_rows()] for name in card_rows()[0]}
    table = pl.DataFrame(texts).to_arrow()
    pq.write_table(table, file, write_page_checksum=True, compression="none", use_dictionary=False)
    return file.getvalue()


NIGHTS: dict[str, Callable[[], Logs]] = {
    "plain": Logs,
    "appended": appended,
    "with steps": with_steps,
    "shifted": shifted,
    "without cards and samples": without_cards_and_samples,
    "one asks and one shares": one_asks_and_one_shares,
    "damaged": damaged,
}


@pytest.mark.slow
def test_the_city_as_it_is(spend: SpendNight) -> None:
    night = spend("plain")
    assert night.claim("job") == Hours(Decimal(6000), "approve", Decimal(30000))
    assert night.claim("card") == Hours(Decimal(6000), "approve", Decimal(30000))
    # The device list tells how many cards there are, not which.
    noted = night.ask("select rule_id, verdict, severity from published.finding order by 1")
    assert noted == [("CAP-002", "unknown", "note"), ("MTR-013", "unknown", "note")]
    assert night.ask("select count(*) from published.usage_gap") == [(0,)]


def test_a_file_appended_to_itself_counts_once(spend: SpendNight) -> None:
    night = spend("appended")
    assert night.outcome.figure_sha256 == spend("plain").outcome.figure_sha256
    assert night.counts("sacct.txt") == (2 * JOB_COUNT, JOB_COUNT, 0, JOB_COUNT)
    assert night.counts("cards.csv") == (120, 60, 0, 60)


@pytest.mark.slow
def test_a_week_fetched_again_counts_once(spend: SpendNight, tmp_path: Path) -> None:
    """The second export overlaps the first by seven jobs, was made later and says so."""
    declared = f'provider_id = "{PROVIDER}"\nexported_at = 2026-0{{}}-01T09:00:00+08:00\n'
    header, *jobs = sacct_lines()
    workspace = Logs(jobs=[header, *jobs[:11]], job_declaration=declared.format(4)).hand_in(tmp_path)
    again = workspace.inbox / "submissions" / "again"
    again.mkdir()
    (again / "source.toml").write_text(declared.format(5), encoding="utf-8")
    (again / "later.txt").write_text("\n".join([header, *jobs[4:]]) + "\n", encoding="utf-8")
    night = Night(workspace, tally(workspace))
    usage = "select * from published.usage_day order by all"
    assert night.ask(usage) == spend("plain").ask(usage)
    assert night.counts("later.txt") == (11, 4, 0, 7)
    assert night.ask("select count(*) from published.superseded") == [(0,)]


@pytest.mark.slow
def test_step_rows_add_nothing(spend: SpendNight) -> None:
    """Every one is refused by line, none is counted."""
    night = spend("with steps")
    assert night.outcome.figure_sha256 == spend("plain").outcome.figure_sha256
    assert night.counts("sacct.txt") == (45, 15, 30, 0)
    assert night.ask("select distinct reason_code from published.reject") == [("STEP_ROW",)]


def test_a_log_eight_hours_off_is_told_by_its_samples(spend: SpendNight) -> None:
    night = spend("shifted")
    expected = "采样与日志相差 -8 小时：120 个起止点中 120 个加此时差后与采样相符，不加的 0 个"
    assert expected in night.flag("MTR-008", "card")
    assert night.claim("card").disposition == "hold"


@pytest.mark.slow
def test_a_log_read_in_the_wrong_zone_is_told_by_its_export(spend: SpendNight) -> None:
    """The last job, over at 10:00, seems to end at 18:00, after the export."""
    night = spend("shifted")
    expected = "最晚的时刻 2026-03-15 18:00:00 晚于导出时间 2026-03-15 10:30:00（用量记录 1 条）"
    assert expected in night.flag("MTR-008", "job")
    assert night.claim("job").disposition == "hold"


def test_an_export_without_its_cards_is_unknown_and_not_zero(spend: SpendNight) -> None:
    night = spend("without cards and samples")
    told = night.ask(
        "select count(*), count(allocated_card_seconds), sum(unknown_card_record_count)"
        " from published.usage_day where contract_no = 'K-job'"
    )
    assert told == [(JOB_COUNT, 0, JOB_COUNT)]
    assert night.claim("job").metered is None
    verdicts = "select verdict from published.finding where rule_id = 'REC-001' and claim_id = 'C-job'"
    assert night.ask(verdicts) == [("unknown",)]


@pytest.mark.slow
def test_samples_that_are_missing_are_a_gap_and_not_less_use(spend: SpendNight) -> None:
    """An hour each: 672 hours less are covered, and exactly those are gaps; the hours of the log stay."""
    night = spend("without cards and samples")
    sums = (
        "select sum(allocated_card_seconds) / 3600, sum(metered_card_seconds) / 3600"
        " from published.usage_day where contract_no = 'K-card'"
    )
    assert spend("plain").ask(sums) == [(6000, 6720)]
    assert night.ask(sums) == [(6000, 6048)]
    gaps = "select count(*), sum(card_seconds) / 3600, count(distinct device_uuid) from published.usage_gap"
    assert night.ask(gaps) == [(672, 672, CARDS)]
    assert night.claim("card") == Hours(Decimal(6000), "approve", Decimal(30000))


@pytest.mark.slow
def test_a_job_that_only_asked_for_cards_is_unknown_beside_those_that_got_them(spend: SpendNight) -> None:
    night = spend("one asks and one shares")
    told = night.ask(
        "select sum(allocated_card_seconds) / 3600, sum(unknown_card_record_count)"
        " from published.usage_day where contract_no = 'K-job'"
    )
    assert told == [(5600, 1)]
    assert night.ask("select record_id[7:9], anomaly from published.usage_anomaly") == [
        ("102", "cards_unknown")
    ]


def test_a_card_given_to_a_stranger_too_names_both(spend: SpendNight) -> None:
    """The ten hours count for nobody."""
    night = spend("one asks and one shares")
    overlap = night.ask("select device_uuid, card_seconds / 3600, parties from published.usage_overlap")
    assert overlap == [("GPU-00", 10, ["K-card", "t-stranger"])]
    sentence = night.flag("MTR-004", "card")
    assert "K-card、t-stranger" in sentence
    assert "10.0000 卡时与他方同时计在同一张卡上" in sentence
    assert "约 106.00 元" in sentence
    assert night.claim("card").proposed == Decimal(30000) - 10 * Decimal(10) / 2


@pytest.mark.slow
def test_an_unknown_state_is_refused_with_its_line(spend: SpendNight) -> None:
    night = spend("damaged")
    [(row_no, reason_code, reason, raw)] = night.ask(
        "select row_no, reason_code, reason_zh, raw from published.reject where file_name like '%/sacct.txt'"
    )
    assert (row_no, reason_code, raw) == (5, "BAD_STATE", sacct_lines()[4].replace("COMPLETED", "FOO"))
    assert "FOO" in reason
    assert night.claim("job").metered == 5600
    sentence = night.flag("REC-001", "job").replace(",", "")
    assert "6000.0000" in sentence
    assert "5600.0000" in sentence


def test_a_bit_flipped_in_a_page_refuses_the_file(spend: SpendNight) -> None:
    """Else a card would be sold twice."""
    night = spend("damaged")
    [(status, reason)] = night.ask(
        "select status, reason_zh from published.input_file where file_name like '%.parquet'"
    )
    assert (status, "数据页已损坏" in reason) == ("refused", True)
    assert night.counts("cards.parquet") == (1, 0, 1, 0)
    assert len(night.outcome.refused) == 1
    assert (night.claim("card").metered, night.claim("card").disposition) == (None, "hold")
