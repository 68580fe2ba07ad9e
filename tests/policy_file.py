"""A policy file for tests: the written head, and after it every key that is needed and does not stand in it."""

import tomllib
from pathlib import Path

from hesuan.schemas.policy import Policy, read_policy
from hesuan.schemas.policy_key import POLICY_KEYS, PolicyKey

CASES = Path(__file__).parent / "cases" / "policy"
WHOLE = (CASES / "whole.toml").read_text(encoding="utf-8")
_SAMPLES = {"flag": "true", "text": '"0000"', "list": '"1"', "numbers": '"1"', "date": '"2026-01-01"'}


def whole(head: str = WHOLE, *, without: tuple[str, ...] = ()) -> str:
    """The head and the needed keys that WHOLE does not have, with a value of their kind each."""
    needed = [key for key in POLICY_KEYS.values() if key.needed and f"parameter.{key.name}]" not in WHOLE]
    return head + "".join(_written(key) for key in needed if key.name not in without)


def with_tiers(tiers: str, *, select: str = "first") -> str:
    """A file that holds with these [[rate_tier]] tables, each without a ground given the same one."""
    grounded = tiers.replace("[[rate_tier]]", '[[rate_tier]]\nhouse_reason_zh = "示例。"')
    chosen = (
        f'\n[parameter.rate.select]\ntitle_zh = "取何档"\nvalue = "{select}"\nhouse_reason_zh = "示例。"\n'
    )
    return f"{whole()}{chosen}\n{grounded}"


def read(text: str) -> Policy:
    return read_policy(text.encode(), place="p.toml", policy_id="p")


def cases(name: str) -> list[dict]:
    return tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))["case"]


def _written(key: PolicyKey) -> str:
    value = f'"{key.words[0]}"' if key.words else _SAMPLES.get(key.kind, str(key.at_least))
    unit = f'unit = "{key.unit}"\n' if key.unit else ""
    return f'\n[parameter.{key.name}]\ntitle_zh = "{key.name}"\nvalue = {value}\n{unit}house_reason_zh = "示例。"\n'
