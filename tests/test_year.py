"""A year of nights: pieces come in day by day, the policy is amended in summer, and nothing changes unexplained.

Thirty claims press on both caps and the pool. Late logs, red letters, corrected contracts, claims handed in before their
day, decisions, a blacklist entry and a delisting come on their own days.
"""

import shutil
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from hesuan.flows.graph import Order, night
from hesuan.flows.stages.publish import FIGURES
from hesuan.flows.warehouse import connect
from hesuan.flows.workspace import Workspace, make_workspace
from hesuan.schemas.policy import Policy
from tests.city import APPLICANTS, POLICY, City, Row
from tests.night import Pageless, of_one_reading
from tests.test_change import add_red_letter, approval, changes

CLAIM_COUNT = 30
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
# In force from 1 July, but known on 20 July only: what was submitted in between changes that night.
AMENDED_FROM, AMENDED_ON = date(2026, 7, 1), date(2026, 7, 20)
KINDS = {"new_file", "superseded", "red_letter", "register", "decision", "policy", "queue", "day"}


def policy_on(day: date) -> Policy:
    before = of_one_reading()
    if day < AMENDED_ON:
        return before
    changed = []
    for parameter in before.parameters:
        if parameter.key == "rate.subsidy_ratio":
            changed.append(replace(parameter, valid_to=AMENDED_FROM))
            parameter = replace(parameter, value=Decimal("0.40"), valid_from=AMENDED_FROM)
        changed.append(parameter)
    return replace(before, parameters=tuple(changed), sha256=f"{before.sha256} amended")


@dataclass
class Post:
    """What is handed in on which day: day → the rows of that day; day → claims that the panel decides on."""

    days: dict[date, City] = field(default_factory=lambda: defaultdict(City))
    decided: dict[date, str] = field(default_factory=dict)

    def send(self, day: date, city: City, *names: str) -> None:
        for name in names:
            self.days[day].rows.setdefault(name, []).extend(city.rows[name])


def post() -> Post:
    found = Post()
    register = City().with_register()
    found.send(FIRST, register, *register.rows)
    for number in range(CLAIM_COUNT):
        _send_claim(found, number)
    listed = {
        "subject_id": APPLICANTS[3],
        "subject_name": "x",
        "list_name": "失信",
        "listed_on": "2026-08-01",
    }
    found.days[date(2026, 8, 3)].add("blacklist", **listed)
    found.days[date(2026, 11, 20)].add("provider", **register.rows["provider"][0], delisted_on="2026-03-20")
    return found


def _send_claim(found: Post, number: int) -> None:
    """Invoiced a week after the claim before it, claimed ten days later; the place in the queue is another's."""
    name, invoiced = f"{number:02}", date(2026, 4, 5) + timedelta(days=7 * number)
    claimed = invoiced + timedelta(days=10)
    city = City().honest(
        name,
        hours=30_000 + 100 * number,
        applicant=APPLICANTS[number % len(APPLICANTS)],
        at=f"10:{number * 7 % CLAIM_COUNT:02}:00",
    )
    [invoice], [claim], [contract] = city.rows["invoice"], city.rows["claim"], city.rows["contract"]
    invoice["issued_on"], claim["submitted_at"] = invoiced.isoformat(), f"{claimed} 09:00:00"
    found.send(date(2026, 1, 21), city, "contract", "contract_line", "voucher")
    logged = claimed + timedelta(days=15) if number % 5 == 0 else date(2026, 4, 3)
    found.send(logged, city, "usage_interval")
    found.send(invoiced, city, "invoice", "invoice_line", "statement")
    filed = claimed - timedelta(days=5) if number % 7 == 3 else claimed
    found.send(filed, city, "claim", "claim_invoice", "material")
    if number % 6 == 1:
        red = City()
        add_red_letter(red, invoice)
        red.rows["invoice"][0]["issued_on"] = (invoiced + timedelta(days=30)).isoformat()
        found.send(invoiced + timedelta(days=30), red, "invoice")
    if number % 8 == 2:
        less = City({"contract": [{**contract, "amount_yuan": contract["amount_yuan"] / 2}]})
        found.send(claimed + timedelta(days=12), less, "contract")
    if number % 4 == 0:
        found.decided[claimed + timedelta(days=30)] = f"C-{name}"


@dataclass(frozen=True)
class Year:
    """A year lived through. listed: changes by night; proposed: what the listed changes add up to, by claim."""

    workspace: Workspace
    listed: dict[date, list[Row]]
    proposed: dict[str, str]


def lived_through(root: Path, *, step: int) -> Year:
    """One night in every `step` days, the last on 31 December; each takes in what came since the one before."""
    workspace, mail = make_workspace(root, policy=POLICY), post()
    nights = sorted({FIRST + timedelta(days=n) for n in range(0, (LAST - FIRST).days + 1, step)} | {LAST})
    listed: dict[date, list[Row]] = {}
    proposed: dict[str, str] = {}
    yesterday, last_run_id = FIRST - timedelta(days=1), ""
    for today in nights:
        _hand_in(workspace, mail, since=yesterday, until=today)
        yesterday = today
        run_id = _spend(workspace, today)
        if run_id == last_run_id:
            continue  # nothing came and no day mattered: the same run once more, with the same changes
        listed[today], last_run_id = changes(workspace), run_id
        _follow(proposed, listed[today])
    return Year(workspace, listed, proposed)


def _follow(proposed: dict[str, str], listed: list[Row]) -> None:
    """Each change begins where the one before it ended."""
    for row in listed:
        if row["figure"] in ("claim", "proposed_subsidy_yuan"):
            assert proposed.get(row["claim_id"]) == row["before"]
            proposed[row["claim_id"]] = row["after"]


def _hand_in(workspace: Workspace, mail: Post, *, since: date, until: date) -> None:
    for day in sorted({*mail.days, *mail.decided}):
        if since < day <= until:
            city = mail.days[day]
            if day in mail.decided:
                said = approval(workspace, mail.decided[day]) | {"decided_at": f"{day} 10:00:00"}
                city.add("decision", **said)
            for table in city.rows:
                path = workspace.inbox / "submissions" / f"{day}-{table}.csv"
                path.write_text(city.csv(table), encoding="utf-8")


def _spend(workspace: Workspace, day: date) -> str:
    order = Order(workspace.root, POLICY, today=day, as_of=day)
    return night(Pageless(), order, policy_on(day)).run_id


def all_at_once(year: Year, root: Path) -> Workspace:
    """The evidence of the year, and one run over all of it; nothing else of the year is left."""
    shutil.copytree(year.workspace.evidence, root / "evidence")
    workspace = make_workspace(root, policy=POLICY)
    _spend(workspace, LAST)
    return workspace


def figures(workspace: Workspace) -> dict[str, list[str]]:
    """Every row of every relation that the figure digest is taken over, without the run's name."""
    with connect(workspace.published, read_only=True) as connection:
        found = {}
        for relation in FIGURES:
            rows = connection.execute(
                f"select columns(lambda name: name <> 'run_id') from published.{relation}"
            ).fetchall()
            found[relation] = sorted(repr(row) for row in rows)
        return found


def check(year: Year, root: Path) -> None:
    unexplained = [row for rows in year.listed.values() for row in rows if row["cause_kind"] == "unexplained"]
    assert unexplained == []
    assert {row["cause_kind"] for rows in year.listed.values() for row in rows} == KINDS
    with connect(year.workspace.published, read_only=True) as connection:
        ended = connection.execute("select claim_id, proposed_subsidy_yuan::varchar from published.claim")
        assert dict(ended.fetchall()) == year.proposed
    assert figures(all_at_once(year, root)) == figures(year.workspace)


@pytest.mark.slow
def test_a_tenth_of_a_year_of_nights_ends_like_one_run(tmp_path: Path) -> None:
    check(lived_through(tmp_path / "year", step=10), tmp_path / "once")


@pytest.mark.slow
def test_a_year_of_nights_ends_like_one_run(tmp_path: Path) -> None:
    check(lived_through(tmp_path / "year", step=1), tmp_path / "once")
