"""Usage that crowds into the last days of a term, over a whole night (USE-005)."""

from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from tests.city import APPLICANTS, PROVIDER, City
from tests.night import tally

Told = dict[str, tuple[str, list[tuple[str, ...]]]]


def burst(city: City, name: str, *, cluster: str = "c1", effective_at: str = "2026-01-20 09:00:00") -> None:
    """6000 card-hours from 20 October of a term from 1 February to 31 October, filed on 1 November."""
    city.honest(name, hours=6000, applicant=APPLICANTS["abcdefg".index(name)])
    span = {"started_at": "2026-10-20T00:00:00+08:00", "ended_at": "2026-10-26T06:00:00+08:00"}
    city.row("usage_interval", record_id=f"J-{name}").update(span, cluster_id=cluster)
    city.row("voucher", voucher_id=f"V-{name}")["effective_at"] = effective_at


def add_others_use(city: City) -> None:
    """Somebody else's job in cluster c1 in every month of the term."""
    for month in range(2, 11):
        city.add(
            "usage_interval",
            provider_id=PROVIDER,
            cluster_id="c1",
            record_id=f"J-other-{month}",
            tenant="t-other",
            device_model="A800",
            card_count=1,
            started_at=f"2026-{month:02}-10T00:00:00+08:00",
            ended_at=f"2026-{month:02}-10T01:00:00+08:00",
        )


def office() -> City:
    city = City().with_register().honest("a", hours=6000)
    burst(city, "b")
    burst(city, "c", cluster="c2")
    burst(city, "d", effective_at="2026-09-15 09:00:00")
    add_others_use(city)
    return city


def night_of(folder: Path, *, step: int) -> Told:
    """Of each claim its disposition and what USE-005 found. Each record is a file; step -1 names them backwards."""
    workspace = office().hand_in(folder)
    page = workspace.inbox / "registry" / "usage_interval.csv"
    header, *lines = page.read_text(encoding="utf-8").splitlines()
    page.unlink()
    for place, line in enumerate(lines[::step]):
        page.with_name(f"usage-{place}.csv").write_text(f"{header}\n{line}\n", encoding="utf-8")
    tally(workspace)
    with connect(workspace.published, read_only=True) as connection:
        judged = connection.execute("select claim_id, disposition from published.claim").fetchall()
        found = connection.execute("""
            select claim_id, verdict, severity, sentence_zh, amount_at_risk_yuan
            from published.finding
            where rule_id = 'USE-005'
            order by all
        """).fetchall()
    return {claim: (word, [row[1:] for row in found if row[0] == claim]) for claim, word in judged}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return night_of(tmp_path_factory.mktemp("night") / "w", step=1)


def test_idle_months_and_all_use_in_the_last_days_are_held(night: Told) -> None:
    disposition, [(verdict, severity, sentence, yuan)] = night["C-b"]
    assert (disposition, verdict, severity, str(yuan)) == ("hold", "flag", "hold", "63600.00")
    assert "最后 15 天（自 2026-10-17 起）有 6000.0000 卡时，此前只有 0.0000 卡时" in sentence


def test_use_over_the_term_is_no_finding(night: Told) -> None:
    assert night["C-a"] == ("approve", [])


def test_whose_voucher_took_effect_late_could_not_use_it_before(night: Told) -> None:
    assert night["C-d"][1] == []


def test_where_the_cluster_logged_nothing_before_nobody_is_held(night: Told) -> None:
    disposition, [(verdict, severity, sentence, _)] = night["C-c"]
    assert (disposition, verdict, severity) == ("approve", "unknown", "note")
    assert "此前有的月份该集群没有任何用量记录" in sentence


def test_the_order_of_files_changes_nothing(night: Told, tmp_path: Path) -> None:
    assert night_of(tmp_path / "back", step=-1) == night
