"""The decision file that a dossier exports: taken in like a line of the panel's sheet, refused where it says too little."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.panel.sheet import read_panel_sheet
from hesuan.schemas.fault import InputFault
from tests.conftest import Said
from tests.night import run
from tests.test_decide import AT, REASON, ask, codes, small_city

FILE = {
    "schema": "hesuan.decision/1",
    "claim_id": "C-a",
    "check_code": "12e4567890123456",
    "proposed_subsidy_yuan": "30000.00",
    "panellist": "王评审",
    "decision": "approve",
    "adjusted_yuan": None,
    "reason": REASON,
    "override_reason": None,
}


def written(path: Path, **said: Any) -> Path:
    path.write_text(json.dumps({**FILE, **said}, ensure_ascii=False, indent=2), encoding="utf-8")
    return path


def test_a_check_code_that_looks_like_a_number_stays_a_code(tmp_path: Path) -> None:
    (line,) = read_panel_sheet(written(tmp_path / "意见.json")).lines
    assert (line.row_no, line.claim_id, line.figures_sha256) == (1, "C-a", "12e4567890123456")
    assert (line.decision, str(line.proposed_subsidy_yuan), line.adjusted_yuan) == (
        "approve",
        "30000.00",
        None,
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (json.dumps(FILE | {"schema": "other/9"}), "schema 为 'other/9'，应为 'hesuan.decision/1'"),
        (json.dumps({k: v for k, v in FILE.items() if k != "reason"}), "键缺少或多出：reason"),
        (json.dumps(FILE | {"paid": "1"}), "键缺少或多出：paid"),
        (json.dumps(FILE | {"adjusted_yuan": 100000.005}), "adjusted_yuan 应为文本或 null"),
        (json.dumps(FILE)[:-1] + ', "decision": "reject"}', "键 decision 在同一对象中出现两次"),
        (json.dumps(FILE)[:-2], "JSON 无法读取"),
    ],
)
def test_what_is_no_decision_file_is_refused_with_its_fault(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "意见.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputFault, match=r"^意见\.json") as fault:
        read_panel_sheet(path)
    assert says in str(fault.value)


def test_three_decimals_are_refused_and_not_rounded(tmp_path: Path) -> None:
    path = written(tmp_path / "意见.json", decision="adjust", adjusted_yuan="100.005")
    assert len(read_panel_sheet(path).refused) == 1


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = small_city().hand_in(tmp_path_factory.mktemp("decision") / "w")
    run(workspace)
    return workspace.root


def test_the_file_is_recorded_and_a_stale_one_is_not(
    ready: Path, tmp_path: Path, hesuan: Callable[..., Said]
) -> None:
    root = shutil.copytree(ready, tmp_path / "w", symlinks=True)
    stale = written(tmp_path / "旧.json")
    code, _, err = hesuan("decide", stale, "-w", root, "--at", AT)
    assert code == 10
    assert "核对码为 12e4567890123456，现在是" in err
    fresh = written(tmp_path / "新.json", check_code=codes(root)["C-a"])
    code, out, _ = hesuan("decide", fresh, "-w", root, "--at", AT)
    assert code == 0
    assert "收录意见 1 条，合计 30,000.00 元" in out
    assert ask(root, "select count(*) from published.decision") == [(0,)]
