"""Lists of nodes as Slurm, PBS and LSF print them."""

import pytest

from hesuan.flows.scheduler.node_list import MOST_NODES, nodes_of

LISTS = [
    ("gpu-01", ["gpu-01"]),
    ("一号 机柜", ["一号 机柜"]),
    ("n1,n2,n1", ["n1", "n2"]),
    ("cn[01-03,7],gpu3", ["cn01", "cn02", "cn03", "cn7", "gpu3"]),
    ("cn[08-11]", ["cn08", "cn09", "cn10", "cn11"]),
    ("r[1-2]n[3,5]x", ["r1n3x", "r1n5x", "r2n3x", "r2n5x"]),
    ("cn[3-1]", []),
    ("cn[1-]", []),
    ("cn[1-2", []),
    ("n1,,n2", []),
    ("n1,", []),
    ("a[[1-2]]", []),
    (f"n[1-{MOST_NODES}]", [f"n{number}" for number in range(1, MOST_NODES + 1)]),
    (f"n[1-{MOST_NODES}],m", []),
    ("n[1-999999999]", []),
    ("a[1-5000]b[1-5000]", []),
]


@pytest.mark.parametrize(("listed", "nodes"), LISTS, ids=[listed for listed, _ in LISTS])
def test_a_list_names_its_nodes(listed: str, nodes: list[str]) -> None:
    assert nodes_of(listed) == nodes
