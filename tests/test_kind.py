"""How a cell's text is read: strictly, without guessing and without rounding."""

import base64
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from hesuan.schemas import kind
from hesuan.schemas.kind import Kind, is_uscc

VALID_CODES = [
    "91330000142942095H",
    "91500107057774330E",
    "913205830880018839",
    "91500000902846312Y",
    "91330106MACKX4QG41",
    "91442000MA52PFXD1J",
    "9144030071526726XG",
    "91110000802100433B",
    "11320000MB151840XJ",
]


def read(what: Kind, cell: str) -> Any:
    column = pl.DataFrame({"cell": [cell]}).select(what.cast(pl.col("cell")).alias("cell"))
    assert column.schema["cell"] == what.dtype
    return column.item()


@pytest.mark.parametrize(
    "cell",
    [
        "NaN",
        "inf",
        "-inf",
        "1e3",
        "2.5E4",
        "1e400",
        "0x10",
        "1_000",
        "１２",
        "٣",
        "+1",
        ".5",
        "5.",
        "一",
        "1 234.56",
    ],
)
@pytest.mark.parametrize("what", [kind.YUAN, kind.PRICE, kind.HOURS, kind.CARDS, kind.RATE, kind.INT])
def test_only_plain_decimal_notation_is_a_number(what: Kind, cell: str) -> None:
    assert read(what, cell) is None


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("50000", "50000.00"),
        ("49999.99", "49999.99"),
        ("-0.01", "-0.01"),
        ("1.500", "1.50"),
        ("1,234.56", "1234.56"),
        ("1,234,567", "1234567.00"),
        ("¥50000.00", "50000.00"),
        ("￥ 1,234.56", "1234.56"),
        ("50000 元", "50000.00"),
        ("¥50,000.5元", "50000.50"),
        ("RMB 50,000.00", "50000.00"),
        ("rmb50000", "50000.00"),
        ("人民币50000元", "50000.00"),
        ("人民币：¥50,000.00", "50000.00"),
        ("50000 CNY", "50000.00"),
        ("99999999999.99", "99999999999.99"),
    ],
)
def test_money_is_exact(cell: str, amount: str) -> None:
    assert read(kind.YUAN, cell) == Decimal(amount)


def test_minus_zero_is_zero() -> None:
    assert str(read(kind.YUAN, "-0.00")) == "0.00"


@pytest.mark.parametrize(
    "cell",
    [
        "0.005",
        "0.30000000000000004",
        "12,34.5",
        "1，234",
        "1.234,56",
        "5万",
        "5万元",
        "$5",
        "5元/卡时",
        "RMB 5万元",
        "RMB",
        "USD 5",
        "人民币伍元",
        "¥5,0",
        "¥0.005",
        "¥100000000000.00",
        "100000000000.00",
        "99,999,999,999,999.00",
    ],
)
def test_money_is_never_rounded_or_guessed(cell: str) -> None:
    assert read(kind.YUAN, cell) is None


def test_prices_have_six_places_and_hours_four() -> None:
    assert read(kind.PRICE, "0.000001") == Decimal("0.000001")
    assert read(kind.PRICE, "0.0000001") is None
    assert read(kind.HOURS, "0.0001") == Decimal("0.0001")
    assert read(kind.HOURS, "0.00001") is None


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("8", 8),
        ("8.0", 8),
        ("1,000", 1000),
        ("-3", -3),
        # Nanoseconds since 1970, and the greatest number of 64 bits.
        ("1772323200000000000", 1772323200000000000),
        ("9223372036854775807", 2**63 - 1),
        ("9,223,372,036,854,775,807.0", 2**63 - 1),
    ],
)
def test_whole_numbers(cell: str, count: int) -> None:
    assert read(kind.INT, cell) == count


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("2026", 2026),
        ("2026.0", 2026),
        ("2026年", 2026),
        ("2026 年度", 2026),
        ("26年", None),
        ("2026年3月", None),
    ],
)
def test_years(cell: str, year: int | None) -> None:
    assert read(kind.YEAR, cell) == year


@pytest.mark.parametrize(
    "cell",
    [
        "8.5",
        "9223372036854775808",
        "9999999999999999999",
        "10000000000000000000",
        "9,999,999,999,999,999,999,999",
        "1,0",
    ],
)
def test_what_is_no_whole_number(cell: str) -> None:
    assert read(kind.INT, cell) is None


@pytest.mark.parametrize(
    ("cell", "rate"),
    [
        ("0.06", "0.06"),
        ("0.060000", "0.06"),
        ("6%", "0.06"),
        ("6.00 %", "0.06"),
        ("13％", "0.13"),
        ("1.5%", "0.015"),
        ("0.0001%", "0.000001"),
        ("100%", "1"),
        ("免税", "0"),
        ("不征税", "0"),
    ],
)
def test_a_rate_may_be_written_as_share_or_percentage(cell: str, rate: str) -> None:
    assert read(kind.RATE, cell) == Decimal(rate)


@pytest.mark.parametrize("cell", ["6", "101%", "-1%", "0.00001%", "***", "%", "1.0001"])
def test_what_is_no_rate(cell: str) -> None:
    assert read(kind.RATE, cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-05",
        "2026-1-5",
        "2026/1/5",
        "2026.1.5",
        "2026年1月5日",
        "20260105",
        "2026/1/5 0:00",
        "2026-01-05T00:00:00",
    ],
)
def test_ways_to_write_a_day(cell: str) -> None:
    assert read(kind.DATE, cell) == date(2026, 1, 5)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-02-30",
        "2026-13-01",
        "05/01/2026",
        "26-01-05",
        "2026-01-05 09:00",
        "46027",
        "2026-1/5",
        "２０２６-01-05",
    ],
)
def test_what_is_no_day(cell: str) -> None:
    assert read(kind.DATE, cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-01 09:30:00",
        "2026-03-01T09:30",
        "2026/3/1 9:30",
        "2026年3月1日 9:30:00",
        "2026-03-01 09:30:00.000",
        "2026-03-01T01:30:00Z",
        "2026-03-01T09:30:00+08:00",
        "2026-03-01 09:30:00 +0800",
        "2026-02-28T20:30:00-05",
    ],
)
def test_an_instant_without_zone_is_beijing_time(cell: str) -> None:
    assert read(kind.AT, cell) == datetime(2026, 3, 1, 1, 30, tzinfo=UTC)


def test_a_day_alone_is_its_midnight_in_beijing() -> None:
    assert read(kind.AT, "2026-03-01") == datetime(2026, 2, 28, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell",
    ["2026-12-31 24:00", "2026年12月31日 24:00:00", "2026-12-31T24:00:00+08:00", "2026-12-31T16:00:00Z"],
)
def test_the_end_of_a_day_is_the_next_ones_midnight(cell: str) -> None:
    """flags.md CON-001: 12-31 24:00 is the next midnight."""
    assert read(kind.AT, cell) == datetime(2026, 12, 31, 16, tzinfo=UTC)


def test_microseconds_are_kept_and_nanoseconds_refused() -> None:
    assert read(kind.AT, "2026-03-01T00:00:00.000001Z") == datetime(2026, 3, 1, 0, 0, 0, 1, tzinfo=UTC)
    assert read(kind.AT, "2026-03-01T00:00:00.0000001Z") is None


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-01 24:00:01",
        "2026-03-01 24:30",
        "2026-02-30 24:00",
        "2026-03-01 09:30:60",
        "2026-02-30 09:30",
        "1772329800",
        "46082.4",
        "09:30",
        "2026-03-01Z",
    ],
)
def test_what_is_no_instant(cell: str) -> None:
    assert read(kind.AT, cell) is None


def test_summer_time_of_1986() -> None:
    # Clocks went from 02:00 to 03:00 on 4 May, and from 02:00 back to 01:00 on 14 September.
    assert read(kind.AT, "1986-05-04 02:30:00") is None
    assert read(kind.AT, "1986-07-01 12:00:00") == datetime(1986, 7, 1, 3, tzinfo=UTC)
    assert read(kind.AT, "1986-09-14 01:30:00") == datetime(1986, 9, 13, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell", ["2026-03", "2026/3", "2026年3月", "202603", "2026-03-01", "2026-03-01 00:00:00"]
)
def test_ways_to_write_a_month(cell: str) -> None:
    assert read(kind.MONTH, cell) == "2026-03"


@pytest.mark.parametrize("cell", ["2026-13", "2026-00", "2026-03-02", "03-2026", "20263"])
def test_what_is_no_month(cell: str) -> None:
    assert read(kind.MONTH, cell) is None


@pytest.mark.parametrize(
    ("cell", "answer"), [("是", True), ("TRUE", True), ("否", False), ("无", False), ("待定", None)]
)
def test_yes_and_no(cell: str, answer: bool | None) -> None:
    assert read(kind.BOOL, cell) is answer


@pytest.mark.parametrize("code", VALID_CODES)
def test_a_valid_code_is_valid(code: str) -> None:
    assert read(kind.USCC, code) == code


@pytest.mark.parametrize("code", VALID_CODES)
def test_a_changed_digit_breaks_the_code(code: str) -> None:
    wrong = [
        code[:place] + ("1" if code[place] != "1" else "2") + code[place + 1 :] for place in range(2, 18)
    ]
    frame = pl.DataFrame({"code": wrong})
    assert frame.filter(is_uscc(pl.col("code"))).is_empty()


def test_the_inner_check_digit_is_tested_too() -> None:
    # The organisation code 90284631 has the check digit 2, not 3; the last character fits either way.
    assert read(kind.USCC, "915000009028463132") is None


def test_letters_that_look_like_digits_are_no_part_of_a_code() -> None:
    assert read(kind.USCC, "915000009028463I2Y") is None
    assert read(kind.USCC, "915OOOOO902846312Y") is None


@pytest.mark.parametrize(
    "cell", ["91500000902846312y", "９１５０００００902846312Ｙ", "91500000 902846312-Y"]
)
def test_codes_are_read_in_any_width_and_case(cell: str) -> None:
    assert read(kind.USCC, cell) == "91500000902846312Y"
    assert read(kind.PARTY, cell) == "91500000902846312Y"


def test_a_bad_code_of_a_party_is_kept_for_the_rules_to_judge() -> None:
    assert read(kind.PARTY, "91500000902846312x") == "91500000902846312X"
    assert read(kind.PARTY, "- -") is None


@pytest.mark.parametrize("cell", ["26512000000000000001", "12345678"])
def test_invoice_numbers(cell: str) -> None:
    assert read(kind.INVOICE_NUMBER, cell) == cell


@pytest.mark.parametrize(
    "cell",
    ["2.6512E+19", "26512000000000000000.0", "2651200000000000000", "INV-1", "2651 2000 0000 0000 0001"],
)
def test_invoice_numbers_that_lost_their_digits(cell: str) -> None:
    assert read(kind.INVOICE_NUMBER, cell) is None


def test_digests_are_compared_in_lower_case() -> None:
    assert read(kind.DIGEST, "AB" * 32) == "ab" * 32
    assert read(kind.DIGEST, "ab" * 31) is None


RAW_KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
BODY = f"MCowBQYDK2VwAyEA{RAW_KEY}"


@pytest.mark.parametrize(
    "cell",
    [
        RAW_KEY,
        BODY,
        f"-----BEGIN PUBLIC KEY-----\n{BODY}\n-----END PUBLIC KEY-----\n",
        f"-----BEGIN PUBLIC KEY----- {BODY} -----END PUBLIC KEY-----",
    ],
)
def test_a_public_key_is_read_as_openssl_writes_it(cell: str) -> None:
    assert read(kind.PUBLIC_KEY, cell) == RAW_KEY


@pytest.mark.parametrize(
    "cell",
    [
        RAW_KEY[:-1],
        RAW_KEY[4:],
        f"AAAA{RAW_KEY}",
        # Other text for the same bytes; another alphabet; another curve (X25519); a private key; hexadecimal.
        RAW_KEY.replace("bg=", "bh="),
        RAW_KEY.replace("/", "_"),
        BODY.replace("K2Vw", "K2Vu"),
        f"MC4CAQAwBQYDK2VwBCIEIA{RAW_KEY}",
        f"-----BEGIN PRIVATE KEY-----\n{BODY}\n-----END PRIVATE KEY-----",
        "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
    ],
)
def test_what_is_no_public_key_of_ed25519_is_refused(cell: str) -> None:
    assert read(kind.PUBLIC_KEY, cell) is None


def base64_of(y: int) -> str:
    return base64.b64encode(y.to_bytes(32, "little")).decode()


def test_keys_under_which_anybody_can_sign_are_refused() -> None:
    """All writings of the points of small order, worked out here on the curve itself (RFC 8032, 5.1)."""
    prime, order = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
    d = -121665 * pow(121666, -1, prime) % prime

    def plus(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
        (x1, y1), (x2, y2) = a, b
        k = d * x1 * x2 * y1 * y2
        x, y = (x1 * y2 + x2 * y1) * pow(1 + k, -1, prime), (y1 * y2 + x1 * x2) * pow(1 - k, -1, prime)
        return x % prime, y % prime

    def times(n: int, point: tuple[int, int]) -> tuple[int, int]:
        found = (0, 1)
        for bit in f"{n:b}":
            found = plus(found, found)
            found = plus(found, point) if bit == "1" else found
        return found

    def points(y: int) -> Iterator[tuple[int, int]]:
        square = (y * y - 1) * pow(d * y * y + 1, -1, prime) % prime
        root = pow(square, (prime + 3) // 8, prime)
        for x in (root, root * pow(2, (prime - 1) // 4, prime) % prime):
            if (x * x - square) % prime == 0:
                yield x, y

    small = {times(order, point) for y in range(2, 60) for point in points(y)}
    assert len(small) == 8
    written = {n for _, y in small for n in (y, y + prime) if n < 2**255}
    keys = [base64_of(n | sign << 255) for n in sorted(written) for sign in (0, 1)]
    assert len(keys) == 14
    assert [read(kind.PUBLIC_KEY, key) for key in keys] == [None] * 14
    assert read(kind.PUBLIC_KEY, base64_of(9)) == base64_of(9)


def test_a_signature_is_the_base64_of_64_bytes_in_one_line_or_two() -> None:
    example = kind.SIGNATURE.example
    assert read(kind.SIGNATURE, f"{example[:64]}\n{example[64:]}\n") == example
    wrong = (
        example[:-4],
        f"AAAA{example}",
        example.replace("CQ==", "CR=="),
        example.replace("+", "-"),
        "ab" * 64,
    )
    assert [read(kind.SIGNATURE, cell) for cell in wrong] == [None] * 5


def every_kind() -> list[Kind]:
    return [value for value in vars(kind).values() if isinstance(value, Kind)]


@pytest.mark.parametrize("what", every_kind(), ids=lambda what: what.name)
def test_the_example_of_a_kind_is_of_that_kind(what: Kind) -> None:
    assert read(what, what.example) is not None


@pytest.mark.parametrize("what", every_kind(), ids=lambda what: what.name)
def test_a_column_without_any_value_stays_empty(what: Kind) -> None:
    column = pl.DataFrame({"cell": [None, None]}, schema={"cell": pl.String}).select(
        what.cast(pl.col("cell")).alias("cell")
    )
    assert column["cell"].to_list() == [None, None]


@pytest.mark.parametrize("what", [kind.ID, kind.TEXT])
@pytest.mark.parametrize("cell", ["2.02603E+17", "2E+17", "2.02603e+17", "-2.02603E+17", "1.5E+100"])
def test_a_number_that_excel_shortened_is_no_text(what: Kind, cell: str) -> None:
    assert read(what, cell) is None


@pytest.mark.parametrize("what", [kind.ID, kind.TEXT])
@pytest.mark.parametrize(
    "cell", ["12E3", "HT-2E5", "2E5", "2.02603E17", "20.2603E+17", "2.02603E+1", "E+17", "2E+17-1", "X2E+17"]
)
def test_an_id_may_hold_an_e(what: Kind, cell: str) -> None:
    assert read(what, cell) == cell
