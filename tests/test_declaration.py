"""What source.toml beside a file may say, and what becomes of a declaration that says something else."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from hesuan.flows.intake.evidence import Intake, read_declaration
from hesuan.reports.wording.english import plainly
from hesuan.schemas.fault import InputFault
from tests.test_language import HAN


def intake(says: dict[str, Any]) -> Intake:
    return Intake("0" * 64, "pods.csv", 1, "2026-03-01", says)


@pytest.mark.parametrize("key", ["exported_at", "time_origin"])
@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2023-01-01T00:00:00+08:00", datetime(2022, 12, 31, 16, tzinfo=UTC)),
        ('"2023-01-01 08:00:00"', datetime(2023, 1, 1, tzinfo=UTC)),
        ("2023-01-01", datetime(2022, 12, 31, 16, tzinfo=UTC)),
    ],
)
def test_an_instant_without_zone_is_beijing_time(key: str, written: str, instant: datetime) -> None:
    says = read_declaration(f"{key} = {written}\n".encode(), place="source.toml")
    assert getattr(intake(says).declared, key) == instant


def test_a_tenant_for_all_rows_of_a_file() -> None:
    says = read_declaration('tenant = "实验室"\n'.encode(), place="source.toml")
    assert intake(says).declared.tenant == "实验室"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ('time_origin = "开始"', "time_origin “开始” 不是时刻"),
        ("time_origin = 0", "time_origin “0” 不是时刻"),
        ("tenant = 7", "tenant 须写成加引号的文本"),
        ("contract_no = 7", "contract_no 须写成加引号的文本"),
        ("exported_at = 0001-01-01T00:00:00+08:00", "不在 1970 至 2999 年"),
        ('time_origin = "9999-12-31T23:59:59-12:00"', "不在 1970 至 2999 年"),
        ("sample_period_seconds = 0", "sample_period_seconds 须为 1 至 86400 的整数"),
        ("sample_period_seconds = 86401", "sample_period_seconds 须为 1 至 86400 的整数"),
        ("sample_period_seconds = 1.5", "sample_period_seconds 须为 1 至 86400 的整数"),
        ("sample_period_seconds = nan", "sample_period_seconds 须为 1 至 86400 的整数"),
        ("sample_period_seconds = true", "sample_period_seconds 须为 1 至 86400 的整数"),
        ('sample_period_seconds = "60"', "sample_period_seconds 须为 1 至 86400 的整数"),
        (f"provider_id = {'[' * 5000}", "括号套得太深"),
        ('time_orign = "2023-01-01"', "没有 time_orign 这一项；可写的：provider_id、"),
        ('# 甲\ntenant = 实验室"', '第 2 行“tenant = 实验室"”不是合法的 TOML'),
        ("tenant = [1,", "第 1 行“tenant = \\[1,”不是合法的 TOML"),
        ("exported_at = 2026-13-01", "第 1 行“exported_at = 2026-13-01”不是合法的 TOML"),
        (f"time_origin = {'1' * 5000}", "有读不出的日期或数值"),
    ],
)
def test_what_cannot_be_meant_is_refused(written: str, sentence: str) -> None:
    with pytest.raises(InputFault, match=sentence) as refused:
        read_declaration(written.encode(), place="source.toml")
    # Nothing of Python's own stands in it.
    said = re.sub("“[^”]*”|source.toml|UTF-8|TOML|可写的：.*", "", str(refused.value))
    assert set(re.findall("[A-Za-z_]+", said)) <= {written.split(" =")[0], "headers"}
    assert not HAN.search(re.sub("“[^”]*”", "", plainly(str(refused.value))))


def test_the_fault_of_a_declaration_is_english_within_that_of_the_file_beside_it() -> None:
    fault = "旁边的 source.toml 读不懂（甲/source.toml: 说明文件读不懂：第 1 行“x = 甲”不是合法的 TOML），先改正它"
    told = plainly(f"甲/a.csv: {fault}")
    assert told.startswith(
        "甲/a.csv: source.toml beside it cannot be read (甲/source.toml: the declaration cannot be read: line 1, “x = 甲”"
    )


def test_a_declaration_that_is_not_utf8_is_refused_by_its_line() -> None:
    with pytest.raises(
        InputFault, match=r"^source\.toml: 说明文件读不懂：第 2 行不是 UTF-8 文字，请另存为 UTF-8$"
    ):
        read_declaration('# a\ntenant = "实验室"\n'.encode("gb18030"), place="source.toml")


@pytest.mark.parametrize("zone", ["localtime", "Factory", "Asia", "Asia/Chongqin", "", "../../etc/passwd"])
def test_a_zone_that_only_a_machine_knows_is_none_and_no_path_of_it_is_told(zone: str) -> None:
    """It would stop the night where a table is read, or give other instants on another machine."""
    sentence = f"source.toml 的 time_zone “{zone}” 不是时区名，应如 Asia/Shanghai"
    with pytest.raises(InputFault) as refused:
        read_declaration(f'time_zone = "{zone}"\n'.encode(), place="a/source.toml")
    assert str(refused.value) == f"a/source.toml: {sentence}"
    with pytest.raises(InputFault) as refused:
        _ = intake({"time_zone": zone}).declared
    assert str(refused.value) == sentence
