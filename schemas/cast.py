"""Text → typed value, strictly: a cast takes trimmed, non-empty text and leaves null where it cannot be read.

Nothing is guessed, nothing is rounded. Digits are [0-9]: `\\d` would let the digits of other scripts through.
A cast judges a cell by itself, so that a file handed in whole or in two parts is read alike.
"""

import base64
from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl

# GB 32100-2015: alphabet of the unified social credit code, weights 3^i mod 31 for the first 17 places.
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
# GB 11714: places 9-16 of the code are the organisation code, place 17 its own check character.
# It counts letters from A=10 without gaps, unlike GB 32100.
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

# On the curve of Ed25519 (RFC 8032) eight points come to nothing when taken eight times: under such a key anybody can
# make a signature that holds. Their second coordinates; two of them can also be written with the prime added.
_P = 2**255 - 19
_EIGHTH = 0x5FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL = (0, 1, _P - 1, _P, _P + 1, _EIGHTH, _P - _EIGHTH)
ANYBODYS_KEYS = tuple(
    base64.b64encode((y | sign << 255).to_bytes(32, "little")).decode() for y in _SMALL for sign in (0, 1)
)

# As Excel and WPS show a long number, and in small letters as pandas and R write it: one digit before the point.
SHORTENED = r"^-?[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{2,3}$"
LOST_CHARACTER = "\ufffd"

YUAN_MARKS = (
    r"^(?i:(?:[¥￥]|人民币|RMB|CNY)[\s:：]*[¥￥]?\s*)?(-?[0-9][0-9,.]*)(?i:\s*(?:元|人民币|RMB|CNY))?$"
)

ZONE = "Asia/Shanghai"
INSTANT_TYPE = pl.Datetime("us", "UTC")
# What Python's own datetime holds in any zone; exports write the year 1 for “never”.
FIRST_INSTANT = datetime(1, 1, 2, tzinfo=UTC)
LAST_INSTANT = datetime(9999, 12, 30, tzinfo=UTC)

_YEAR, _PART = "[0-9]{4}", "[0-9]{1,2}"
_DASHED = f"{_YEAR}-{_PART}-{_PART}"
_DAY = rf"(?:{_DASHED}|{_YEAR}/{_PART}/{_PART}|{_YEAR}\.{_PART}\.{_PART}|{_YEAR}年{_PART}月{_PART}日)"
_HOUR, _SIXTY = "(?:[01]?[0-9]|2[0-3])", "[0-5][0-9]"
_TIME = rf"{_HOUR}:{_SIXTY}(?::{_SIXTY}(?:\.[0-9]{{1,6}}0*)?)?"
_OFFSET = r"(?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)"
PLAIN_INSTANT = f"^{_YEAR}-[0-9]{{2}}-[0-9]{{2}}[T ](?:[01][0-9]|2[0-3]):{_SIXTY}:{_SIXTY}$"
_INSTANT = rf"^{_DAY}(?:(?:T|\s+){_TIME}(?:\s*{_OFFSET})?)?$"
# ISO 8601 of 2004 and GB/T 7408: the end of a day, which is the next one's beginning.
_DAY_END = rf"^({_DAY}(?:T|\s+))24(:00(?::00(?:\.0+)?)?(?:\s*{_OFFSET})?)$"


def exact_decimal(
    precision: int, scale: int, *, whole: int | None = None, is_yuan: bool = False
) -> Callable[[pl.Expr], pl.Expr]:
    """Plain notation or thousands in groups (1,234.56): no exponent, no NaN, at most `scale` places.

    At most `whole` digits before the point, so that no sum of what is handed in can overflow its column.
    is_yuan: ¥, 人民币, RMB, CNY before and 元 and the like behind say the unit that is read anyway; 万元 is another.
    """
    whole = precision - scale if whole is None else whole
    plain = rf"^-?[0-9]{{1,{whole}}}(?:\.[0-9]{{1,{scale}}}0*)?$"
    grouped = rf"^-?[0-9]{{1,3}}(?:,[0-9]{{3}})+(?:\.[0-9]{{1,{scale}}}0*)?$"

    def cast(text: pl.Expr) -> pl.Expr:
        is_plain = text.str.contains(plain)
        # The usual form is read at once; the masked rest is null there and costs next to nothing.
        other = pl.when(~is_plain).then(text)
        rest = other.str.replace(YUAN_MARKS, "${1}") if is_yuan else other
        legal = pl.when(rest.str.contains(f"{plain}|{grouped}")).then(rest)
        number = legal.str.replace_all(",", "", literal=True)
        bounded = pl.when(number.str.contains(rf"^-?0*[0-9]{{1,{whole}}}(?:\.|$)")).then(number)
        return pl.coalesce(pl.when(is_plain).then(text), bounded).cast(
            pl.Decimal(precision, scale), strict=False
        )

    return cast


def integer(text: pl.Expr) -> pl.Expr:
    """8, 1,000 and 8.0 (as Excel writes 8); what 64 bits do not hold is left null."""
    legal = pl.when(text.str.contains(r"^-?(?:[0-9]{1,19}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.0+)?$")).then(text)
    digits = legal.str.replace(r"\.0+$", "").str.replace_all(",", "", literal=True)
    return digits.cast(pl.Int64, strict=False)


def year(text: pl.Expr) -> pl.Expr:
    """2026, 2026年, 2026年度."""
    return integer(text.str.replace(r"^([0-9]{4})\s*年度?$", "${1}"))


def date(text: pl.Expr) -> pl.Expr:
    """2026-01-31, 2026/1/31, 2026.1.31, 2026年1月31日, 20260131; a midnight time may follow."""
    day = text.str.replace(r"(?:T|\s+)0?0:00(?::00(?:\.0+)?)?$", "").str.replace(
        r"^([0-9]{4})([0-9]{2})([0-9]{2})$", "${1}-${2}-${3}"
    )
    legal = pl.when(day.str.contains(f"^{_DAY}$")).then(day)
    return legal.str.replace_all("[年月/.]", "-").str.replace("日", "").str.to_date("%Y-%m-%d", strict=False)


def instant(text: pl.Expr) -> pl.Expr:
    """With an offset: that instant. Naive: Asia/Shanghai. A day alone: its midnight; 24:00: the next day's. UTC, microseconds.

    An hour that clocks skipped (1986-1991) is unreadable; of one that they showed twice the first is taken.
    """
    plain = pl.when(text.str.contains(PLAIN_INSTANT)).then(text)
    # The usual form is read at once; the masked rest is null there and costs next to nothing.
    spaced = plain.str.replace("T", " ", literal=True)
    # The gate reads texts that repeat once: a cache of them only costs.
    usual = _naive(spaced.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False, cache=False))
    found = pl.coalesce(usual, _unusual_instant(pl.when(plain.is_null()).then(text)))
    return pl.when(found.is_between(FIRST_INSTANT, LAST_INSTANT)).then(found)


def _naive(moment: pl.Expr) -> pl.Expr:
    local = moment.dt.replace_time_zone(ZONE, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC")


def _unusual_instant(text: pl.Expr) -> pl.Expr:
    day = pl.duration(days=pl.when(text.str.contains(_DAY_END)).then(1).otherwise(0))
    return _zoned_or_naive(text.str.replace(_DAY_END, "${1}00${2}")) + day


def _zoned_or_naive(text: pl.Expr) -> pl.Expr:
    spaced = (
        pl.when(text.str.contains(_INSTANT))
        .then(text)
        .str.replace(
            rf"^({_YEAR})[-/.年]({_PART})[-/.月]({_PART})日?(?:T|\s+)?({_TIME})?\s*", "${1}-${2}-${3} ${4}"
        )
        .str.replace(r" ($|Z|[+-])", " 00:00${1}")
        .str.replace(r" ([0-9]{1,2}:[0-9]{2})($|Z|[+-])", " ${1}:00${2}")
        .str.replace("Z$", "+00:00")
        .str.replace(r"([+-][0-9]{2})$", "${1}:00")
        .str.replace(r"([+-][0-9]{2})([0-9]{2})$", "${1}:${2}")
    )
    is_zoned = spaced.str.contains(r"[+-][0-9]{2}:[0-9]{2}$")
    zoned = pl.when(is_zoned).then(spaced)
    naive = pl.when(~is_zoned).then(spaced)
    return pl.coalesce(
        zoned.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%:z", time_unit="us", strict=False),
        _naive(naive.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)),
    )


def month(text: pl.Expr) -> pl.Expr:
    """2026-03, 2026/3, 2026年3月, 202603, and 2026-03-01 (what Excel makes of 2026-03); leaves as 2026-03."""
    pattern = (
        r"^([0-9]{4})(?:-([0-9]{1,2})|/([0-9]{1,2})|年([0-9]{1,2})月|([0-9]{2}))(?:[-/]0?1(?: 00:00:00)?)?$"
    )
    spaced = text.str.replace(pattern, "${1}-0${2}${3}${4}${5}").str.replace("-0([0-9]{2})$", "-${1}")
    return pl.when(spaced.str.contains("^[0-9]{4}-(?:0[1-9]|1[0-2])$")).then(spaced)


def boolean(text: pl.Expr) -> pl.Expr:
    word = text.str.to_lowercase()
    yes, no = ["true", "是", "1", "yes", "y", "有"], ["false", "否", "0", "no", "n", "无"]
    return pl.when(word.is_in(yes)).then(True).when(word.is_in(no)).then(False)


def rate(text: pl.Expr) -> pl.Expr:
    """0.06, 0.060000 and 6% are the same rate; 6 without a sign is not a rate. 免税 and 不征税 are 0."""
    free = text.replace(["免税", "不征税"], ["0", "0"])
    percent = exact_decimal(7, 4)(free.str.extract(r"^(.*?)\s*[%％]$")).cast(pl.Decimal(18, 6))
    share = pl.coalesce(percent / pl.lit("100").cast(pl.Decimal(18, 6)), exact_decimal(9, 6)(free))
    ratio = share.cast(pl.Decimal(9, 6))
    return pl.when(ratio.is_between(0, 1)).then(ratio)


def as_written(text: pl.Expr) -> pl.Expr:
    """Any text but two kinds: 2.02603E+17 and what holds U+FFFD.

    Excel shortens a number of twelve digits or more to the first when it writes CSV; the sign is what tells it from
    ids that people give: 12E3 and HT-2E5 are taken. Programs write U+FFFD where they lost a character.
    """
    return pl.when(~text.str.contains(f"{SHORTENED}|{LOST_CHARACTER}")).then(text)


def code(text: pl.Expr) -> pl.Expr:
    """Upper case, half width, without spaces and hyphens; not tested further."""
    is_odd = text.str.contains("[^0-9A-Z]")
    odd = pl.when(is_odd).then(text)
    plain = odd.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[\s\-]", "")
    return pl.when(~is_odd).then(text).when(plain != "").then(plain)


def uscc(text: pl.Expr) -> pl.Expr:
    plain = code(text)
    return pl.when(is_uscc(plain)).then(plain)


def is_uscc(plain: pl.Expr) -> pl.Expr:
    """Both check characters hold: the 18th (GB 32100) and the 17th (GB 11714). Expects upper case."""
    legal = plain.str.contains(rf"^[{USCC_ALPHABET}]{{18}}$")
    whole = _weighed(plain, USCC_ALPHABET, USCC_WEIGHTS)
    last = _place(plain, 17, USCC_ALPHABET)
    check = 11 - _weighed(plain.str.slice(8), ORGANISATION_ALPHABET, ORGANISATION_WEIGHTS) % 11
    expected = check.replace_strict(
        {n: str(n) for n in range(1, 10)} | {10: "X", 11: "0"}, return_dtype=pl.String
    )
    return legal & ((31 - whole % 31) % 31 == last) & (expected == plain.str.slice(16, 1))


def _place(plain: pl.Expr, place: int, alphabet: str) -> pl.Expr:
    values = {letter: value for value, letter in enumerate(alphabet)}
    return plain.str.slice(place, 1).replace_strict(values, default=0, return_dtype=pl.Int64)


def _weighed(plain: pl.Expr, alphabet: str, weights: tuple[int, ...]) -> pl.Expr:
    return pl.sum_horizontal(_place(plain, place, alphabet) * weight for place, weight in enumerate(weights))


def invoice_number(text: pl.Expr) -> pl.Expr:
    """20 digits (全面数字化的电子发票) or 8 (older kinds, beside a code), as text.

    What Excel has rounded or written with an exponent is lost for good and unreadable (INV-008).
    """
    plain = text.str.normalize("NFKC")
    return pl.when(plain.str.contains("^(?:[0-9]{20}|[0-9]{8})$")).then(plain)


def original_number(text: pl.Expr) -> pl.Expr:
    """The same, or an older paper invoice's code of ten digits and its number in one."""
    plain = text.str.normalize("NFKC")
    return pl.when(plain.str.contains("^(?:[0-9]{20}|[0-9]{18}|[0-9]{8})$")).then(plain)


def digest(text: pl.Expr) -> pl.Expr:
    """64 hexadecimal digits (SHA-256 or SM3), leaves in lower case."""
    plain = text.str.to_lowercase()
    return pl.when(plain.str.contains("^[0-9a-f]{64}$")).then(plain)


def signature(text: pl.Expr) -> pl.Expr:
    """Base64 of 64 bytes (Ed25519); it may be broken into lines, and leaves as one."""
    joined = text.str.replace_all(r"\s", "")
    # The last digit before the filling holds two bits, and no other text means the same bytes.
    return pl.when(joined.str.contains("^[0-9A-Za-z+/]{85}[AQgw]==$")).then(joined)


def public_key(text: pl.Expr) -> pl.Expr:
    """An Ed25519 key: base64 of its 32 bytes, or what `openssl pkey -pubout` writes, with or without its two lines.

    Leaves as base64 of the 32 bytes. RFC 8410: before them the DER has 12 fixed bytes, which are 16 digits of base64.
    Keys under which anybody can sign are none.
    """
    joined = text.str.replace_all(r"\s", "")
    body = joined.str.replace("^-----BEGINPUBLICKEY-----(.*)-----ENDPUBLICKEY-----$", "${1}")
    raw = body.str.replace("^MCowBQYDK2VwAyEA(.{44})$", "${1}")
    is_base64 = raw.str.contains("^[0-9A-Za-z+/]{42}[048AEIMQUYcgkosw]=$")
    return pl.when(is_base64 & ~raw.is_in(ANYBODYS_KEYS)).then(raw)
