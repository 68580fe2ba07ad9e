"""One device, one model, under several spellings: hours count once, at their price, and two parties on a card are seen."""

from pathlib import Path

import pytest

from hesuan.flows.lake.model_spelling import is_one_model
from hesuan.flows.workspace import make_workspace
from tests.city import POLICY, PROVIDER, City
from tests.night import tally
from tests.test_slurm_run import ask

DEVICE = "GPU-0fc3eda5-e98b-a25b-5b0d-cf5c855d1448"
HEADER = "记录编号,租户,设备编号,卡数,开始时间,结束时间,状态"
TEN_HOURS = "1,2026-03-01 08:00:00,2026-03-01 18:00:00,COMPLETED"


@pytest.mark.parametrize("second", [DEVICE, DEVICE.upper()])
@pytest.mark.parametrize("provider", [f'provider_id = "{PROVIDER}"\n', ""])
@pytest.mark.parametrize(("tenant", "card_hours", "overlap_s"), [("lab", 10, None), ("other", 20, 36_000)])
def test_a_device_is_one_however_it_is_written(
    tmp_path: Path, *, second: str, provider: str, tenant: str, card_hours: int, overlap_s: int | None
) -> None:
    workspace = make_workspace(tmp_path, policy=POLICY)
    folder = workspace.inbox / "submissions" / "p"
    folder.mkdir()
    (folder / "source.toml").write_text(provider, encoding="utf-8")
    lines = [HEADER, f"A,lab,{DEVICE},{TEN_HOURS}", f"B,{tenant},{second},{TEN_HOURS}"]
    (folder / "usage.csv").write_text("\n".join(lines), encoding="utf-8")
    tally(workspace)
    counted = "select sum(card_units * (stop_s - begin_s)) // 75600000 from reconciled.stretch"
    assert ask(workspace, counted) == [(card_hours,)]
    assert ask(workspace, "select sum(card_seconds) from published.usage_overlap") == [(overlap_s,)]


@pytest.mark.parametrize("first", ["A", "C"])
def test_of_two_records_over_the_same_hours_the_billable_one_is_counted(tmp_path: Path, first: str) -> None:
    """A run that a node's failure ended does not swallow the one that was paid for, whatever their numbers."""
    workspace = make_workspace(tmp_path, policy=POLICY)
    folder = workspace.inbox / "submissions" / "p"
    folder.mkdir()
    failed = f"{first},lab,{DEVICE},{TEN_HOURS.replace('COMPLETED', 'NODE_FAIL')}"
    (folder / "usage.csv").write_text(
        "\n".join([HEADER, failed, f"B,lab,{DEVICE},{TEN_HOURS}"]), encoding="utf-8"
    )
    tally(workspace)
    counted = "select is_billable, stop_s - begin_s from reconciled.stretch where stop_s > begin_s"
    assert ask(workspace, counted) == [(True, 36_000)]


@pytest.mark.parametrize("table", ["usage_interval", "contract_line", "statement", "tariff", "device"])
def test_a_model_is_one_however_it_is_written(tmp_path: Path, table: str) -> None:
    """Slurm names its generic resources in small letters: hours of a800 are paid as those of A800."""
    city = City().with_register().honest("a", hours=6000)
    for row in city.rows[table]:
        row["device_model"] = "a-800"
    workspace = city.hand_in(tmp_path / "w")
    tally(workspace)
    assert ask(workspace, "select disposition, proposed_subsidy_yuan from published.claim") == [
        ("approve", 30_000)
    ]
    model = "a-800" if table == "device" else "A800"
    assert ask(workspace, "select distinct device_model from published.usage_day") == [(model,)]


LONG = "nvidia_a800-sxm4-80gb"


@pytest.mark.parametrize("table", ["usage_interval", "contract_line", "statement", "tariff", "device"])
def test_the_long_name_of_a_model_is_that_model_of_the_list(tmp_path: Path, table: str) -> None:
    """As Slurm finds cards by itself: hours of nvidia_a800-sxm4-80gb are paid as those of A800."""
    city = City().with_register().honest("a", hours=6000)
    for row in city.rows[table]:
        row["device_model"] = LONG
    workspace = city.hand_in(tmp_path / "w")
    tally(workspace)
    assert ask(workspace, "select disposition, proposed_subsidy_yuan from published.claim") == [
        ("approve", 30_000)
    ]
    listed, written = (LONG, "A800") if table == "device" else ("A800", LONG)
    assert ask(workspace, "select * from lake.model_spelling") == [(PROVIDER, written, listed)]


@pytest.mark.parametrize(
    ("others", "provider"),
    [(("A800-SXM4",), PROVIDER), ((), "91510100MA6CXXXX1X")],
    ids=["two models of the list may be meant", "it stands on the list of another provider"],
)
def test_a_model_that_the_list_does_not_single_out_stays_as_written(
    tmp_path: Path, others: tuple[str, ...], provider: str
) -> None:
    city = City().with_register().honest("a", hours=6000)
    [row] = city.rows["device"]
    row["provider_id"] = provider
    for other in others:
        city.add("device", **{**row, "device_model": other})
    city.rows["usage_interval"][0]["device_model"] = LONG
    workspace = city.hand_in(tmp_path / "w")
    tally(workspace)
    assert ask(workspace, "select device_model from published.usage_day group by all") == [(LONG,)]


@pytest.mark.parametrize(
    ("left", "right", "is_one"),
    [
        ("NVIDIA A800-SXM4-80GB", "A800", True),
        ("A800 80G", "nvidia_a800-sxm4-80gb", True),
        ("昇腾 910B", "Ascend 910B", True),
        ("H200", "H20", False),
        ("A100-40GB", "A100-80GB", False),
        ("A100-SXM4-40GB-MIG-1g.5gb", "A100", False),
        ("a100_1g.5gb", "A100", False),
        ("NVIDIA", "A800", False),
        ("A800", "A100", False),
    ],
)
def test_names_are_of_one_model_where_one_says_all_that_the_other_says(
    left: str, right: str, *, is_one: bool
) -> None:
    assert (is_one_model(left, right), is_one_model(right, left)) == (is_one, is_one)


def test_a_list_handed_in_anew_with_another_spelling_replaces_the_old(tmp_path: Path) -> None:
    city = City().with_register().honest("a", hours=6000)
    [row] = city.rows["device"]
    city.add("device", **{**row, "device_model": "a800", "card_count": 4001})
    workspace = city.hand_in(tmp_path / "w")
    tally(workspace)
    assert ask(workspace, "select sum(cards) from reconciled.installed_card") == [(4001,)]
    assert ask(workspace, "select spelling, device_model from lake.model_spelling") == [("a800", "A800")]


@pytest.mark.parametrize(
    ("shares", "card_hours"),
    [((1, 0.9, 0.8), 10), ((0.9, 0.8), 10), ((0.25, 0.5), 7.5), ((0.5, 0.5), 5), ((1, 0.5, 8), 95)],
    ids=[
        "beyond a card",
        "beyond it in part",
        "within it",
        "equal shares are one",
        "several cards are no card",
    ],
)
def test_a_device_gives_one_party_no_more_than_one_card(
    tmp_path: Path, shares: tuple[float, ...], card_hours: float
) -> None:
    city = City().with_register().honest("a", hours=6000)
    [row] = city.rows["usage_interval"]
    for share in shares:
        times = {"started_at": "2026-04-01T20:00:00+08:00", "ended_at": "2026-04-02T06:00:00+08:00"}
        city.add("usage_interval", **{**row, **times, "record_id": f"R-{len(city.rows['usage_interval'])}"})
        city.rows["usage_interval"][-1] |= {"device_uuid": DEVICE, "card_count": share}
    workspace = city.hand_in(tmp_path / "w")
    tally(workspace)
    supported = "select sum(unit_seconds) / 75600000 from decided.supported_month where month = '2026-04'"
    assert ask(workspace, supported) == [(card_hours,)]
