"""人民币大写: a sum in the characters of cheques and payment orders.

银行《正确填写票据和结算凭证的基本规定》: 零 where digits are skipped, 整 after yuan and after jiao.
"""

from decimal import Decimal

from hesuan.schemas.fault import ReportFault

DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))
# Beyond it no word is left; the whole of a DECIMAL(18,2) fits.
HIGHEST = Decimal(10) ** 16


def capital_yuan(value: Decimal) -> str:
    """10001.05 → 人民币壹万零壹元零伍分; 0.07 → 人民币柒分; 1.20 → 人民币壹元贰角整.

    Raises ReportFault for a fraction of a fen, for a float and for what is not a finite sum below HIGHEST.
    """
    if not isinstance(value, Decimal) or not value.is_finite() or abs(value) >= HIGHEST:
        raise ReportFault(f"报告：大写金额应为十进制数，实为 {value!r}")
    if value != round(value, 2):
        raise ReportFault(f"报告：{value} 的小数多于 2 位，大写会改变数值")
    sign = "负" if value < 0 else ""
    whole, fen = divmod(int(abs(value) * 100), 100)
    return f"人民币{sign}{_said(whole, *divmod(fen, 10))}"


def _said(whole: int, jiao: int, fen: int) -> str:
    head = f"{_integer(whole)}元" if whole else ""
    if not jiao and not fen:
        return f"{head or '零元'}整"
    middle = f"{DIGITS[jiao]}角" if jiao else ("零" if whole else "")
    return f"{head}{middle}{f'{DIGITS[fen]}分' if fen else '整'}"


def _integer(whole: int) -> str:
    for unit, word in UNITS:
        if whole >= unit:
            high, low = divmod(whole, unit)
            gap = DIGITS[0] if 0 < low < unit // 10 else ""
            return f"{_integer(high)}{word}{gap}{_integer(low)}"
    return DIGITS[whole] if whole else ""
