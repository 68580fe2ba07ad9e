"""人民币大写: known sums, every sum read back by a parser of its own, and what is refused."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hesuan.reports.paper.capital import capital_yuan
from hesuan.schemas.fault import ReportFault

DIGITS = "零壹贰叁肆伍陆柒捌玖"
SMALL = {"仟": 1000, "佰": 100, "拾": 10}
SUMS = [
    ("0.00", "零元整"),
    ("0.07", "柒分"),
    ("0.20", "贰角整"),
    ("1.00", "壹元整"),
    ("1.20", "壹元贰角整"),
    ("10.00", "壹拾元整"),
    ("107000.53", "壹拾万柒仟元伍角叁分"),
    ("10001.05", "壹万零壹元零伍分"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("325.04", "叁佰贰拾伍元零肆分"),
    ("6007.14", "陆仟零柒元壹角肆分"),
    ("2706481.50", "贰佰柒拾万陆仟肆佰捌拾壹元伍角整"),
    ("3000000.00", "叁佰万元整"),
    ("100000001.00", "壹亿零壹元整"),
    ("-12.30", "负壹拾贰元叁角整"),
]


def read(words: str) -> Decimal:
    """The sum that the words say, read from left to right; raises on anything that is no such sum."""
    match = re.fullmatch(r"人民币(负?)(?:(.+)元)?(零?)(?:(.)角)?(?:(.)分)?(整?)", words)
    assert match is not None, words
    sign, whole, _, jiao, fen, _ = match.groups()
    fens = (DIGITS.index(jiao) * 10 if jiao else 0) + (DIGITS.index(fen) if fen else 0)
    value = Decimal(number(whole) if whole else 0) + Decimal(fens) / 100
    return -value if sign else value


def number(words: str) -> int:
    for word, unit in (("亿", 10**8), ("万", 10**4)):
        if word in words:
            high, _, low = words.rpartition(word)
            return number(high) * unit + (number(low) if low else 0)
    found, digit = 0, 0
    for letter in words:
        if letter in SMALL:
            found, digit = found + digit * SMALL[letter], 0
        else:
            digit = DIGITS.index(letter)
    return found + digit


@pytest.mark.parametrize(("yuan", "words"), SUMS)
def test_a_known_sum_is_written_as_on_cheques(yuan: str, words: str) -> None:
    assert capital_yuan(Decimal(yuan)) == f"人民币{words}"


@given(st.decimals(min_value=-(10**16) + 1, max_value=10**16 - 1, places=2))
def test_every_sum_reads_back_as_itself(value: Decimal) -> None:
    assert read(capital_yuan(value)) == value


@given(st.decimals(min_value=0, max_value=10**16 - 1, places=2))
def test_no_zero_is_doubled_or_left_at_an_end(value: Decimal) -> None:
    words = capital_yuan(value)
    assert "零零" not in words
    assert not re.search("零[亿万仟佰拾角分整]", words)
    assert "零元" not in words or words == "人民币零元整"
    assert words.endswith(("整", "分"))


@pytest.mark.parametrize(
    "value", [Decimal("1.005"), Decimal("NaN"), Decimal("Infinity"), Decimal(10) ** 16, 1.5]
)
def test_what_is_no_sum_of_fen_is_refused(value: Decimal) -> None:
    with pytest.raises(ReportFault):
        capital_yuan(value)
