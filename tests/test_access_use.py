"""Who logs in: a summary of sessions handed in is laid beside the applicant, and nothing is said where none is."""

from pathlib import Path

import pytest

from hesuan.flows.warehouse import connect
from tests.city import APPLICANTS, PROVIDER, City
from tests.night import tally

OTHER = APPLICANTS[-1]
SIGNALS = ("email_domain", "key_fingerprint")


def city(signals: tuple[str, ...]) -> City:
    """A contract with a tenant, whose sessions of a week are another firm's by each of the signals."""
    made = City().with_register().honest("a", hours=5000)
    made.add("tenant", provider_id=PROVIDER, tenant="lab", contract_no="K-a", valid_from="2026-01-01")
    for signal in signals:
        made.add(
            "access",
            provider_id=PROVIDER,
            tenant="lab",
            period_from="2026-03-02",
            period_to="2026-03-08",
            signal=signal,
            value=f"mark-{signal}",
            session_count=30,
            owner_id=OTHER,
        )
    return made


@pytest.mark.parametrize(
    ("signals", "verdict"), [(SIGNALS, "flag"), (SIGNALS[:1], "not_applicable"), ((), "not_applicable")]
)
def test_sessions_of_another_party_are_a_note_with_their_rows(
    tmp_path: Path, signals: tuple[str, ...], verdict: str
) -> None:
    workspace = city(signals).hand_in(tmp_path)
    assert tally(workspace).refused == ()
    with connect(workspace.published, read_only=True) as connection:
        asked = "select verdict from decided.verdict where rule_id = 'IDT-001'"
        assert connection.execute(asked).fetchall() == [(verdict,)]
        rows = connection.execute("""
            select count(*)
            from published.evidence_row
            where finding_id like 'IDT-001:%' and "values" ->> 'owner_id' is not null
        """).fetchall()
        assert rows == [(len(signals) if verdict == "flag" else 0,)]
        [(disposition,)] = connection.execute("select disposition from published.claim").fetchall()
    assert disposition == "approve"


@pytest.mark.parametrize(("party", "disposition"), [(APPLICANTS[0], "approve"), (OTHER, "hold")])
def test_usage_of_a_tenant_that_is_listed_under_another_party_is_held(
    tmp_path: Path, party: str, disposition: str
) -> None:
    made = City().with_register().honest("a", hours=5000)
    made.add("tenant", provider_id=PROVIDER, tenant="t-a", applicant_id=party, valid_from="2026-01-01")
    workspace = made.hand_in(tmp_path)
    assert tally(workspace).refused == ()
    with connect(workspace.published, read_only=True) as connection:
        told = connection.execute("select disposition, reasons from published.claim").fetchall()
    assert told == [(disposition, ["IDT-003"] if disposition == "hold" else [])]
