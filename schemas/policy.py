"""Policy files: the law as dated, quoted parameters, and every ambiguity of the text as a reading."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise
from typing import Any

from hesuan.schemas.fault import PolicyFault

Value = Decimal | str | bool


@dataclass(frozen=True)
class Parameter:
    """One value in force from `valid_from` until the day before `valid_to` (None: still in force)."""

    key: str
    value: Value
    unit: str
    title_zh: str
    valid_from: date
    valid_to: date | None
    article: str | None
    quote_zh: str | None
    house_reason_zh: str | None
    reading: str | None
    alternatives: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    id: str
    title_zh: str
    issuer: str
    number: str
    status: str
    text_sha256: str
    valid_from: date
    valid_to: date | None
    parameters: tuple[Parameter, ...]
    sha256: str


def policy_ids() -> list[str]:
    folder = files("hesuan.data") / "policy"
    return sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))


def load_policy(policy_id: str) -> Policy:
    """A policy of the house by its id, e.g. city-2026. Raises PolicyFault."""
    if policy_id not in policy_ids():
        raise PolicyFault(f"政策 {policy_id} 不存在；已有：{', '.join(policy_ids())}")
    content = (files("hesuan.data") / "policy" / f"{policy_id}.toml").read_bytes()
    return read_policy(content, place=f"data/policy/{policy_id}.toml", policy_id=policy_id)


def read_policy(content: bytes, *, place: str, policy_id: str) -> Policy:
    try:
        says = tomllib.loads(content.decode("utf-8"), parse_float=Decimal)
        instrument = says["instrument"]
        parameters = tuple(
            _parameter(key, entry, instrument, place=place) for key, entry in _entries(says["parameter"])
        )
        policy = Policy(
            id=policy_id,
            title_zh=instrument["title_zh"],
            issuer=instrument["issuer"],
            number=instrument["number"],
            status=instrument["status"],
            text_sha256=instrument["text_sha256"],
            valid_from=instrument["valid_from"],
            valid_to=instrument.get("valid_to"),
            parameters=parameters,
            sha256=sha256(content).hexdigest(),
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyFault(f"{place}: 不是合法的 TOML：{error}") from error
    except KeyError as error:
        raise PolicyFault(f"{place}: 缺少 {error.args[0]}") from error
    _check(policy, place=place)
    return policy


def _entries(tree: dict[str, Any], prefix: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Flatten [parameter.pool.amount] to key pool.amount; a list of tables is one key with several periods."""
    found: list[tuple[str, dict[str, Any]]] = []
    for name, node in tree.items():
        key = f"{prefix}{name}"
        if isinstance(node, list):
            found += [(key, entry) for entry in node]
        elif "value" in node:
            found.append((key, node))
        else:
            found += _entries(node, f"{key}.")
    return found


def _parameter(key: str, entry: dict[str, Any], instrument: dict[str, Any], *, place: str) -> Parameter:
    value = entry["value"]
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if not isinstance(value, Decimal | str | bool):
        raise PolicyFault(f"{place}: {key} 的值 {value!r} 应为数值、文字或真假")
    quoted = bool(entry.get("article")) and bool(entry.get("quote_zh"))
    if quoted == bool(entry.get("house_reason_zh")):
        raise PolicyFault(
            f"{place}: {key} 须写明条款与原文（article, quote_zh），或写明自定理由（house_reason_zh），二者取一"
        )
    return Parameter(
        key=key,
        value=value,
        unit=entry.get("unit", ""),
        title_zh=entry["title_zh"],
        valid_from=entry.get("valid_from", instrument["valid_from"]),
        valid_to=entry.get("valid_to", instrument.get("valid_to")),
        article=entry.get("article"),
        quote_zh=entry.get("quote_zh"),
        house_reason_zh=entry.get("house_reason_zh"),
        reading=entry.get("reading"),
        alternatives=tuple(entry.get("alternatives", ())),
    )


def _check(policy: Policy, *, place: str) -> None:
    """No empty and no overlapping periods of one key."""
    by_key: dict[str, list[Parameter]] = {}
    for parameter in policy.parameters:
        if parameter.valid_to is not None and parameter.valid_to <= parameter.valid_from:
            raise PolicyFault(
                f"{place}: {parameter.key} 的有效期为空：{parameter.valid_from} 至 {parameter.valid_to}"
            )
        by_key.setdefault(parameter.key, []).append(parameter)
    for key, periods in by_key.items():
        ordered = sorted(periods, key=lambda p: p.valid_from)
        for earlier, later in pairwise(ordered):
            if earlier.valid_to is None or earlier.valid_to > later.valid_from:
                raise PolicyFault(f"{place}: {key} 自 {later.valid_from} 起有两个值同时有效")
