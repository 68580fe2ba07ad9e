"""Loops of `npu-smi info` read as samples of cards: when and which card must stand in the log itself."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hesuan.flows.adapters import adapter_for, npu_smi_loop
from hesuan.flows.adapters.prom_json import NAME as PROM_JSON
from hesuan.flows.telemetry.clock_line import clock_lines
from hesuan.flows.telemetry.npu_card import REASON_ZH
from hesuan.flows.text import line_block
from hesuan.schemas.fault import InputFault
from tests.test_telemetry import codes, die, in_json, measured, read, rows, source

AT = datetime(2026, 3, 1, tzinfo=UTC)
CLOCK = "Sun Mar  1 08:00:00 CST 2026"
NEXT = "Sun Mar  1 08:01:00 CST 2026"
WORDS = " 0000000A 0000000B 0000000C 0000000D"
RULE = f"+{'-' * 27}+{'-' * 15}+{'-' * 52}+"
DOUBLE = RULE.replace("-", "=")
FIRST = "| NPU   Name                | Health        | Power(W)    Temp(C)           Hugepages-Usage(page)|"
OF_910B = "| Chip                      | Bus-Id        | AICore(%)   Memory-Usage(MB)  HBM-Usage(MB)        |"
OF_910C = "| Chip  Phy-ID              | Bus-Id        | AICore(%)   Memory-Usage(MB)  HBM-Usage(MB)        |"
OF_310P = "| Chip    Device            | Bus-Id        | AICore(%)   Memory-Usage(MB)                       |"
PROCESSES = f"""{RULE}
| NPU     Chip              | Process id    | Process name             | Process memory(MB)        |
{DOUBLE}
| 0       0                 | 4021          | train                    | 61002                     |
| No running processes found in NPU 1                                                              |
{DOUBLE}"""
CHIP = """| 0     910B9               | OK            | 97.4        41                0    / 0             |
| 0                         | 0000:C1:00.0  | 63          0    / 0          3318 / 65536         |"""


def board(
    number: str, npu: int = 0, chip: int = 0, *, bus: str = "0000:C1:00.0", name: str = "VDie ID"
) -> str:
    """Of `npu-smi info -t board -i N -c M`, with some of the lines that are not asked for."""
    return f"""
        NPU ID                         : {npu}
        Chip ID                        : {chip}
        Chip Type                      : Ascend
        {name}                        : {number}{WORDS}
        NDie ID                        : 77777777{WORDS}
        PCIe Bus Info                  : {bus}
"""


def table(*chips: str, header: str = OF_910B, clock: str = CLOCK) -> str:
    """A turn of the loop."""
    title = f"{RULE}\n| npu-smi 24.1.rc2                 Version: 24.1.rc2                                |"
    lines = (clock, title, RULE, FIRST, header, DOUBLE, f"\n{RULE}\n".join(chips), DOUBLE, PROCESSES)
    return "\n".join(lines) + "\n"


def dies(npu: int, second: str = "21") -> list[str]:
    """The two chips of a 910C; npu-smi prints no power for the second."""
    return [
        f"| {npu}     Ascend910 | OK | 165.3       36                0    / 0             |\n"
        f"| 0     {2 * npu}     | 0000:9D:00.0  | 40          0    / 0          3143 / 65536  |",
        f"| {npu}     Ascend910 | OK | -           38                0    / 0             |\n"
        f"| 1     {2 * npu + 1} | 0000:9F:00.0  | {second}    0    / 0          62495/ 65536  |",
    ]


def boards_of_dies() -> str:
    return board("0A0A0A01", 0, 0, bus="0000:9D:00.0") + board("0A0A0A02", 0, 1, bus="0000:9F:00.0")


def found_in(folder: Path, text: str, **declared: Any) -> tuple[list[dict[str, Any]], list[str]]:
    part = read(source(folder, text, **declared))
    return rows(part), codes(part)


# What is read


def test_a_chip_is_the_card_that_the_log_states_above(tmp_path: Path) -> None:
    file = source(tmp_path, board("0a0a0a01") + table(CHIP), cluster_id="c1")
    assert adapter_for(file) is npu_smi_loop
    found = read(file)
    [row] = rows(found)
    assert row["device_uuid"] == "0A0A0A01-0000000A-0000000B-0000000C-0000000D"
    assert (row["sampled_at"], row["cluster_id"]) == (AT, "c1")
    assert measured(row) == {
        "util_percent": 63,
        "power_watts": Decimal("97.4"),
        "memory_used_mib": 3318,
        "temperature_c": 41,
    }
    assert found.frames["usage_sample"]["raw"].item() == CHIP
    assert (found.row_count, row["row_no"]) == (1, 15)


def test_the_log_of_one_tenant_s_machine_is_that_tenant_s_where_source_toml_says_so(tmp_path: Path) -> None:
    log = board("0a0a0a01") + table(CHIP)
    told = [rows(read(source(tmp_path, log, tenant=tenant)))[0]["tenant"] for tenant in ("t-1", None)]
    assert told == ["t-1", None]


def test_two_dies_of_a_910c_are_one_card_whose_power_is_not_told(tmp_path: Path) -> None:
    [row], refused = found_in(tmp_path, boards_of_dies() + table(*dies(0), header=OF_910C))
    assert measured(row) == {
        "util_percent": Decimal("30.5"),
        "memory_used_mib": 3143 + 62495,
        "temperature_c": 38,
    }
    assert (refused, row["metric_names"]) == ([], "memory_used_mib,power_watts,temperature_c,util_percent")


def test_a_board_has_the_name_that_the_exporter_s_log_gives_it(tmp_path: Path) -> None:
    [row], _ = found_in(tmp_path, boards_of_dies() + table(*dies(0), header=OF_910C))
    numbers = [f"0A0A0A0{n}{WORDS}".replace(" ", "-") for n in (1, 2)]
    points = [("npu_chip_info_utilization", die(n, uuid=numbers[n]), "9", 1772323200) for n in (0, 1)]
    file = in_json(tmp_path, *points)
    assert PROM_JSON == "prom_json"
    assert [each["device_uuid"] for each in rows(file)] == [row["device_uuid"]]


def test_a_310p_has_memory_of_one_kind_and_two_chips_in_a_slot(tmp_path: Path) -> None:
    chips = [
        f"| 1792    310P3 | Warning | NA  36   0     / 0  |\n| {n}  {n}  | 0000:07:00.0 | 5  18{n}1 / 44280  |"
        for n in (0, 1)
    ]
    stated = [board(f"0B0B0B0{n}", 1792, n, bus="0000:07:00.0", name="Die ID") for n in (0, 1)]
    found, refused = found_in(tmp_path, "".join(stated) + table(*chips, header=OF_310P))
    assert [(row["device_uuid"][:8], row["memory_used_mib"], row["power_watts"]) for row in found] == [
        ("0B0B0B00", 1801, None),
        ("0B0B0B01", 1811, None),
    ]
    assert refused == []


def test_a_chip_without_hbm_has_its_memory_in_the_other_column(tmp_path: Path) -> None:
    chip = CHIP.replace("0    / 0          3318 / 65536 ", "911  / 21534      0    / 0")
    [row], _ = found_in(tmp_path, board("0A0A0A01") + table(chip))
    assert row["memory_used_mib"] == 911


DARK = """| 0     910B9   | Alarm         | NA          -                 NA                   |
| 0                         | NA            | NA          NA   / NA         NA   / NA            |"""


def test_what_npu_smi_has_no_value_for_is_unknown_and_not_nought(tmp_path: Path) -> None:
    chip = DARK.replace("NA          - ", "NA          41")
    [row], refused = found_in(tmp_path, board("0A0A0A01") + table(chip))
    assert (measured(row), refused) == ({"temperature_c": 41}, [])


def test_a_chip_of_which_nothing_is_read_is_no_sample(tmp_path: Path) -> None:
    assert found_in(tmp_path, board("0A0A0A01") + table(DARK)) == ([], ["NO_READING"])


def test_a_board_of_which_neither_die_is_read_is_no_sample(tmp_path: Path) -> None:
    dark = [
        f"| 0     Ascend910 | OK | -           NA                0    / 0             |\n"
        f"| {chip}     {chip}     | 0000:9{slot}:00.0  | NA          0    / 0          NA / 65536  |"
        for chip, slot in ((0, "D"), (1, "F"))
    ]
    text = boards_of_dies() + table(*dark, header=OF_910C)
    assert found_in(tmp_path, text) == ([], ["NO_READING", "NO_READING"])
    [row], refused = found_in(tmp_path, boards_of_dies() + table(dark[0], dies(0)[1], header=OF_910C))
    assert (measured(row), refused) == ({"temperature_c": 38}, [])


def test_processes_are_no_samples_and_other_lines_are_passed_over(tmp_path: Path) -> None:
    text = "turn 1 of node a\n" + board("0A0A0A01") + table(CHIP) + "[WARNING]The driver may be incomplete\n"
    found, refused = found_in(tmp_path, text)
    assert (len(found), refused) == (1, [])


# When


@pytest.mark.parametrize(
    "clock",
    [
        "Sun Mar  1 08:00:00 CST 2026",
        "Sun Mar  1 00:00:00 UTC 2026",
        "Sun Mar  1 08:00:00 AM CST 2026",
        "Sun 01 Mar 2026 08:00:00 AM CST",
        "Sun, 01 Mar 2026 08:00:00 +0800",
        "2026-03-01 08:00:00",
        "===== 2026-03-01 08:00:00 =====",
        "[2026/3/1 8:00:00]",
        "2026-03-01T00:00:00Z",
        "2026-03-01T08:00:00.000000000+08:00",
        "2026年 03月 01日 星期日 08:00:00 CST",
        "2026年03月01日 星期日 上午 08时00分00秒 CST",
        "采样时间：2026-03-01 08:00:00",
        "1772323200",
        "1772323200000",
    ],
)
def test_a_time_as_people_print_it(tmp_path: Path, clock: str) -> None:
    [row], _ = found_in(tmp_path, board("0A0A0A01") + table(CHIP, clock=clock))
    assert row["sampled_at"] == AT


def test_noon_and_midnight_on_a_clock_of_twelve_hours() -> None:
    texts = [
        f"2026-03-01 {time} UTC" for time in ("12:00:00 AM", "12:00:00 PM", "01:00:00 PM", "13:00:00 PM")
    ]
    lines = pl.DataFrame({"row_no": [1, 2, 3, 4], "raw": texts})
    hours = clock_lines(lines, zone="UTC", place="log")["sampled_at"].dt.hour().to_list()
    assert hours == [0, 12, 13, None]


def test_a_time_without_a_zone_is_of_the_declared_one(tmp_path: Path) -> None:
    text = board("0A0A0A01") + table(CHIP, clock="2026-03-01 00:00:00")
    [row], _ = found_in(tmp_path, text, time_zone="UTC")
    assert row["sampled_at"] == AT


@pytest.mark.parametrize(
    "clock", ["Sun Mar  1 08:00:00 EST 2026", "2026-02-30 08:00:00", "2026-03-01 25:00:00"]
)
def test_a_time_of_another_zone_or_of_no_day_is_refused(tmp_path: Path, clock: str) -> None:
    assert found_in(tmp_path, board("0A0A0A01") + table(CHIP, clock=clock)) == ([], ["BAD_AT"])


def test_cst_is_not_china_s_time_where_another_zone_is_declared(tmp_path: Path) -> None:
    text = board("0A0A0A01") + table(CHIP)
    assert found_in(tmp_path, text, time_zone="America/Chicago")[0][0]["sampled_at"] == AT.replace(hour=14)
    assert found_in(tmp_path, text, time_zone="Asia/Tokyo") == ([], ["BAD_AT"])


def test_a_time_is_of_the_first_table_below_it_alone(tmp_path: Path) -> None:
    text = board("0A0A0A01") + table(CHIP) + table(CHIP, clock="")
    found, refused = found_in(tmp_path, text)
    assert (len(found), refused) == (1, ["NO_TIME"])
    assert found_in(tmp_path, board("0A0A0A01") + table(CHIP, clock="step 3")) == ([], ["NO_TIME"])


def test_the_output_of_watch_has_no_time_and_is_refused_as_a_whole(tmp_path: Path) -> None:
    text = "NpuID(Idx)  ChipId(Idx) Pwr(W)      Temp(C)     AI Core(%)\n0           0           13.1        44          0\n"
    with pytest.raises(InputFault, match="export 第 1 行: npu-smi info watch 的输出没有时间"):
        read(source(tmp_path, text))


# Which card


def test_a_table_alone_does_not_say_which_card(tmp_path: Path) -> None:
    found = read(source(tmp_path, table(CHIP)))
    assert codes(found) == ["NO_DEVICE"]
    assert "npu-smi info -t board -i N -c M" in found.rejected["reason_zh"].item()


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        (board("0A0A0A01", npu=1), "NO_DEVICE"),
        (board("0A0A0A01", chip=1), "NO_DEVICE"),
        (board("NA").replace(WORDS, ""), "NO_DEVICE"),
        (
            board("00000000").replace(
                "000A 0000000B 0000000C 0000000D\n", "0000 00000000 00000000 00000000\n", 1
            ),
            "NO_DEVICE",
        ),
        (board("0A0A0A01", bus="0000:C2:00.0"), "OTHER_BUS"),
    ],
    ids=["another NPU", "another chip", "not told", "of noughts", "another slot"],
)
def test_a_statement_of_another_chip_or_of_none(tmp_path: Path, stated: str, code: str) -> None:
    assert found_in(tmp_path, stated + table(CHIP)) == ([], [code])


def test_a_statement_holds_from_where_it_stands(tmp_path: Path) -> None:
    text = table(CHIP) + board("0A0A0A01") + table(CHIP, clock=NEXT)
    text += board("0A0A0A09") + table(CHIP, clock="Sun Mar  1 08:02:00 CST 2026")
    found, refused = found_in(tmp_path, text)
    assert [row["device_uuid"][:8] for row in found] == ["0A0A0A01", "0A0A0A09"]
    assert refused == ["NO_DEVICE"]


def test_a_log_that_goes_back_in_time_must_state_its_cards_anew(tmp_path: Path) -> None:
    """Two nodes' logs in one file: slots and numbers are the same on both."""
    first = board("0A0A0A01") + table(CHIP) + table(CHIP, clock="Sun Mar  1 08:06:00 CST 2026")
    second = table(CHIP, clock="Sun Mar  1 08:00:30 CST 2026") + table(CHIP, clock=NEXT)
    found, refused = found_in(tmp_path, first + second)
    assert (len(found), refused) == (2, ["NO_DEVICE", "NO_DEVICE"])
    found, refused = found_in(tmp_path, first + board("0A0A0A02") + second)
    assert [row["device_uuid"][:8] for row in found] == ["0A0A0A01"] * 2 + ["0A0A0A02"] * 2
    found, refused = found_in(tmp_path, first + board("0A0A0A01") + second)
    assert (len(found), refused) == (4, [])


@pytest.mark.parametrize(("clock", "count"), [("08:01:00", 2), ("08:00:59", 1)])
def test_a_clock_may_be_set_back_by_five_minutes(tmp_path: Path, clock: str, count: int) -> None:
    later = table(CHIP, clock="2026-03-01 08:06:00") + table(CHIP, clock=f"2026-03-01 {clock}")
    assert len(found_in(tmp_path, board("0A0A0A01") + later)[0]) == count


def test_a_die_whose_other_cannot_be_used_is_no_card(tmp_path: Path) -> None:
    alone = table(dies(0)[0], header=OF_910C)
    assert found_in(tmp_path, boards_of_dies() + alone) == ([], ["HALF_CARD"])
    unread = table(*dies(0, second="many"), header=OF_910C)
    assert found_in(tmp_path, boards_of_dies() + unread) == ([], ["BAD_VALUE", "HALF_CARD"])
    same = board("0A0A0A01", 0, 0, bus="0000:9D:00.0") + board("0A0A0A01", 0, 1, bus="0000:9F:00.0")
    assert found_in(tmp_path, same + table(*dies(0), header=OF_910C)) == ([], ["CONFLICT", "CONFLICT"])


def test_two_chips_of_one_number_are_neither(tmp_path: Path) -> None:
    other = CHIP.replace("| 0     9", "| 1     9").replace("C1", "C2")
    text = board("0A0A0A01") + board("0A0A0A01", 1, bus="0000:C2:00.0") + table(CHIP, other)
    assert found_in(tmp_path, text) == ([], ["CONFLICT", "CONFLICT"])


def test_two_turns_within_a_second_are_two_rows(tmp_path: Path) -> None:
    """Which of them stands is decided where files are compared, by the rows' key."""
    turn = table(*dies(0), header=OF_910C)
    found = read(source(tmp_path, boards_of_dies() + turn + turn.replace("40  ", "44  ")))
    assert found.frames["usage_sample"]["util_percent"].to_list() == [Decimal("30.5"), Decimal("32.5")]
    assert codes(found) == []


def test_a_virtual_card_is_no_card(tmp_path: Path) -> None:
    text = board("0A0A0A01") + table(CHIP.replace("910B9     ", "310Pvir01 "))
    assert found_in(tmp_path, text) == ([], ["PART_OF_CARD"])


# Broken logs


def test_a_table_cut_at_any_byte_loses_its_own_chips_alone(tmp_path: Path) -> None:
    """Whatever is left of a line is refused, and a chip that is read is read as it was."""
    start = board("0A0A0A01") + table(CHIP)
    whole = start + table(CHIP, clock=NEXT)
    [first, second], _ = found_in(tmp_path, whole)
    for stop in range(len(start), len(whole), 53):
        found, _ = found_in(tmp_path, whole[:stop])
        assert found in ([first], [first, second])
    cut = whole.index("65536", len(start)) + 2
    found, refused = found_in(tmp_path, whole[:cut])
    assert (found, refused) == ([first], ["BAD_LINE"])


def test_a_log_that_begins_inside_a_table(tmp_path: Path) -> None:
    text = CHIP.split("\n")[1] + f"\n{DOUBLE}\n{CHIP}\n{PROCESSES}\n" + board("0A0A0A01") + table(CHIP)
    found, refused = found_in(tmp_path, text)
    assert (len(found), refused) == (1, ["NO_HEADER", "NO_HEADER"])


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("97.4", "much", "BAD_VALUE"),
        ("63  ", "101 ", "OUT_OF_RANGE"),
        ("97.4        41", "97.4", "BAD_LINE"),
        ("| 0     910B9", "| zero  910B9", "BAD_LINE"),
        ("3318 / 65536", "            ", "BAD_LINE"),
        ("Power(W)    Temp(C)", "Temp(C)    Power(W)", "BAD_LAYOUT"),
        ("AICore(%) ", "NPU Util(%)", "BAD_LAYOUT"),
    ],
)
def test_lines_that_cannot_be_read(tmp_path: Path, old: str, new: str, code: str) -> None:
    text = board("0A0A0A01") + table(CHIP).replace(old, new)
    assert found_in(tmp_path, text) == ([], [code])


def test_a_chip_of_one_line_is_refused_and_the_rest_stands(tmp_path: Path) -> None:
    half = CHIP.split("\n")[0].replace("| 0 ", "| 1 ")
    found, refused = found_in(tmp_path, board("0A0A0A01") + table(half, CHIP))
    assert (len(found), refused) == (1, ["CUT_TABLE"])


def test_a_hundred_percent_is_read(tmp_path: Path) -> None:
    [row], _ = found_in(tmp_path, board("0A0A0A01") + table(CHIP.replace("63 ", "100")))
    assert row["util_percent"] == 100


# Any size


@pytest.mark.parametrize("size", [2_000, 3_000, 5_000])
def test_it_is_the_same_in_blocks_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    clocks = [f"2026-03-01 08:{minute:02}:00" for minute in range(12)]
    text = boards_of_dies() + "".join(table(*dies(0), header=OF_910C, clock=clock) for clock in clocks)
    text = text.replace(clocks[5], "") + table(dies(0)[0], header=OF_910C, clock="2026-03-01 08:12:00")
    whole = read(source(tmp_path, text))
    monkeypatch.setattr(line_block, "BLOCK_BYTES", size)
    parts = npu_smi_loop.read(source(tmp_path, text)).parts
    cut = read(source(tmp_path, text))
    assert len(parts) > 1
    assert cut.frames["usage_sample"].equals(whole.frames["usage_sample"])
    assert cut.rejected.equals(whole.rejected)
    assert (len(rows(whole)), codes(whole)) == (11, ["HALF_CARD", "NO_TIME", "NO_TIME"])


def test_a_table_longer_than_a_block_is_refused_and_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_block, "BLOCK_BYTES", 200)
    found, refused = found_in(tmp_path, board("0A0A0A01") + table(*[CHIP] * 9))
    assert found == []
    assert set(refused) <= {"NO_HEADER", "CUT_TABLE", "CONFLICT", "BAD_LAYOUT"}
    assert len(refused) >= 9


def test_every_reason_can_come(tmp_path: Path) -> None:
    """The codes that the cases above bring out are all there are."""
    lines = {"NO_HEADER", "BAD_LAYOUT", "CUT_TABLE", "BAD_LINE", "BAD_VALUE", "OUT_OF_RANGE", "NO_TIME"}
    chips = {"BAD_AT", "NO_DEVICE", "OTHER_BUS", "HALF_CARD", "CONFLICT", "PART_OF_CARD", "NO_READING"}
    assert lines | chips == set(REASON_ZH)
