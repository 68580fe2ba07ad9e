"""Made-up names and codes: firms, people, unified social credit codes with both check characters, device ids.

Nothing here is taken from a register; a likeness to a real firm is chance.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from random import Random

from hesuan.schemas.kind import ORGANISATION_WEIGHTS, USCC_ALPHABET, USCC_WEIGHTS

_ATLAS = tomllib.loads((files("hesuan.data") / "reference" / "demo-places.toml").read_text("utf-8"))
CITY: str = _ATLAS["city"]
CITY_SHORT: str = _ATLAS["short"]
PLACES: dict[str, str] = _ATLAS["places"]
FIRST = (
    "云岚",
    "巴渠",
    "砺川",
    "智渡",
    "辰谷",
    "明垣",
    "凌峰",
    "瑞岭",
    "锦屏",
    "海岳",
    "星野",
    "朗川",
    "沐禾",
    "启桥",
    "沛然",
)
SECOND = ("启", "远", "新", "创", "汇", "联", "达", "科", "信", "诚", "益", "通")
TRADES = (
    "智能装备",
    "新材料",
    "农产品加工",
    "电子信息",
    "轻纺服饰",
    "能源化工",
    "数字医疗",
    "工业软件",
    "智慧物流",
    "环保科技",
)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = "文博子涵雨泽思远嘉宁志恒晓岚明哲若溪"


@dataclass(frozen=True)
class Names:
    """Draws names and codes; none is drawn twice."""

    rng: Random
    used: set[str] = field(default_factory=set)

    def code(self, region: str, department: str = "91") -> str:
        """A unified social credit code: GB 32100 and GB 11714 check characters both hold."""
        while True:
            tail = "".join(self.rng.choice(USCC_ALPHABET) for _ in range(6))
            code = checked(f"{department}{region}MA{tail}")
            if code not in self.used:
                self.used.add(code)
                return code

    def firm(self, region: str, *, group: bool = False) -> str:
        middle = "（集团）" if group else ""
        return self._once(
            lambda: (
                f"{CITY}{PLACES[region]}{self.rng.choice(FIRST)}{self.rng.choice(SECOND)}"
                f"{self.rng.choice(TRADES)}{middle}有限公司"
            )
        )

    def institute(self, region: str) -> str:
        return self._once(
            lambda: f"{CITY_SHORT}{PLACES[region]}{self.rng.choice(FIRST)}{self.rng.choice(TRADES)}研究院"
        )

    def university(self, region: str) -> str:
        return self._once(
            lambda: f"{CITY_SHORT}{PLACES[region]}{self.rng.choice(FIRST)}{self.rng.choice(SECOND)}职业学院"
        )

    def person(self) -> str:
        return self._once(
            lambda: (
                self.rng.choice(SURNAMES)
                + self.rng.choice(GIVEN)
                + self.rng.choice(GIVEN)
                + self.rng.choice(GIVEN)
            )
        )

    def phone(self) -> str:
        """0818 is the area code; 55500000–55599999 stands for no subscriber here."""
        return self._once(lambda: f"0818-555{self.rng.randrange(100000):05d}")

    def device_uuid(self) -> str:
        digits = f"{self.rng.getrandbits(128):032x}"
        return f"GPU-{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def _once(self, draw: Callable[[], str]) -> str:
        while True:
            name = draw()
            if name not in self.used:
                self.used.add(name)
                return name


def checked(first_sixteen: str) -> str:
    """Department, region and the eight characters of the organisation, completed by both check characters."""
    seventeen = first_sixteen + _organisation_check(first_sixteen[8:])
    total = sum(USCC_ALPHABET.index(c) * w for c, w in zip(seventeen, USCC_WEIGHTS, strict=True))
    return seventeen + USCC_ALPHABET[(31 - total % 31) % 31]


def _organisation_check(eight: str) -> str:
    """GB 11714: letters count A=10 without gaps."""
    total = sum(int(c, 36) * w for c, w in zip(eight, ORGANISATION_WEIGHTS, strict=True))
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def misprinted(code: str) -> str:
    """The code with its last character wrong."""
    place = USCC_ALPHABET.index(code[-1])
    return code[:-1] + USCC_ALPHABET[(place + 1) % len(USCC_ALPHABET)]


def full_width(code: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in code)
