"""Pods that ask for huawei.com/Ascend910 through a whole night: two dies are a card where the device list says 910C."""

import json
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.warehouse import connect
from tests.city import APPLICANTS, PROVIDER, City
from tests.night import tally
from tests.test_k8s_pod_json import asking, pod

# Node → the models that the device list has on it.
NODES: dict[str, tuple[str, ...]] = {
    "c-910c": ("昇腾910C",),
    "c-9392": ("Ascend910_9392",),
    "b-910b": ("Ascend 910B3",),
    "plain": ("昇腾910",),
    "both": ("910C", "910B"),
    "beside": ("A800", "Ascend910C"),
}
EXPECTED = {
    "c-910c": (8 * 21000, False),
    "c-9392": (8 * 21000, False),
    "b-910b": (16 * 21000, False),
    "plain": (16 * 21000, True),
    "both": (16 * 21000, True),
    "beside": (8 * 21000, False),
    # Not on the list itself: the cluster has boards of one die and of two.
    "unlisted": (16 * 21000, True),
}


def handed_in(root: Path, nodes: dict[str, tuple[str, ...]], asked: list[str], *, count: str = "16") -> Any:
    """A night of one pod a node, of contract K-pods."""
    town = City().with_register().honest("pods", hours=6000, applicant=APPLICANTS[0])
    for node, models in nodes.items():
        for model in models:
            town.add("device", provider_id=PROVIDER, cluster_id="k8s", node_id=node, device_model=model,
                     card_count=8, valid_from="2025-01-01")  # fmt: skip
    town.add("tenant", provider_id=PROVIDER, cluster_id="k8s", tenant="lab", contract_no="K-pods",
             valid_from="2026-01-01")  # fmt: skip
    workspace = town.hand_in(root)
    pods = [
        pod(metadata={"uid": node}, spec={"nodeName": node, **asking(**{"huawei.com/Ascend910": count})})
        for node in asked
    ]
    folder = workspace.inbox / "submissions" / "pods"
    folder.mkdir()
    (folder / "source.toml").write_text(
        f'provider_id = "{PROVIDER}"\ncluster_id = "k8s"\nexported_at = 2026-03-02T00:00:00Z\n',
        encoding="utf-8",
    )
    listed = {"apiVersion": "v1", "kind": "List", "items": pods}
    (folder / "pods.json").write_text(json.dumps(listed), encoding="utf-8")
    return tally(workspace)


UNITS = """
    select record_id[5:], card_units, is_die_unclear
    from reconciled.interval where cluster_id = 'k8s' order by all
"""
WHY = "select grade_because_zh from published.claim where contract_no = 'K-pods'"


def asked_of(database: Path, query: str) -> list[tuple[Any, ...]]:
    with connect(database, read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.slow
def test_the_device_list_tells_cards_from_dies_and_what_it_does_not_tell_is_said(tmp_path: Path) -> None:
    database = handed_in(tmp_path, NODES, list(EXPECTED)).database
    found = {node: (units, unclear) for node, units, unclear in asked_of(database, UNITS)}
    assert found == EXPECTED
    [(because,)] = asked_of(database, WHY)
    assert "3 条记录申请的是 huawei.com/Ascend910，设备清单上看不出型号，一个按一张卡计" in because


@pytest.mark.parametrize(("count", "units"), [("1", 10500), ("3", 31500)])
@pytest.mark.slow
def test_a_die_is_half_a_card_exactly(tmp_path: Path, count: str, units: int) -> None:
    """A node that is not on the list is as all of its cluster."""
    database = handed_in(tmp_path, {"c-910c": ("910C",)}, ["other"], count=count).database
    assert asked_of(database, UNITS) == [("other", units, False)]
    [(because,)] = asked_of(database, WHY)
    assert "Ascend910" not in because
