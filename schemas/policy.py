"""Policy files: the law as dated, quoted parameters, and every ambiguity of the text as a reading."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from importlib.resources import files
from typing import Any

from hesuan.schemas.fault import PolicyFault
from hesuan.schemas.policy_check import entries_of, troubles
from hesuan.schemas.policy_value import Value as Value
from hesuan.schemas.rate_tier import RateTier, rate_tier, tier_entries
from hesuan.schemas.toml_place import Places, read_toml


@dataclass(frozen=True)
class Parameter:
    """One value in force from `valid_from` until the day before `valid_to` (None: still in force).

    is_assumed: nothing that could be read says it; house_reason_zh begins with 假定.
    """

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
    is_assumed: bool = False

    @property
    def written(self) -> str:
        """The value as a policy file writes it: true, not True."""
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)


@dataclass(frozen=True)
class Policy:
    """text_sha256: of the instrument's own text, None where only accounts of it were read (source_zh says which)."""

    id: str
    title_zh: str
    issuer: str
    number: str
    status: str
    text_sha256: str | None
    source_zh: str | None
    valid_from: date
    valid_to: date | None
    parameters: tuple[Parameter, ...]
    rate_tiers: tuple[RateTier, ...]
    sha256: str


def policy_ids() -> list[str]:
    folder = files("hesuan.data") / "policy"
    return sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))


def load_policy(policy_id: str) -> Policy:
    """A policy of the house by its id, e.g. city-2026. Raises PolicyFault."""
    if policy_id not in policy_ids():
        raise PolicyFault(f"政策 {policy_id} 不存在；已有：{', '.join(policy_ids())}")
    return read_policy(_content(policy_id), place=f"data/policy/{policy_id}.toml", policy_id=policy_id)


def default_policy_id() -> str:
    """The one policy of the house whose instrument says is_default. Raises PolicyFault where that is not one."""
    said = {policy_id: _parsed(_content(policy_id), place=policy_id)[0] for policy_id in policy_ids()}
    chosen = [policy_id for policy_id, says in said.items() if says.get("instrument", {}).get("is_default")]
    if len(chosen) != 1:
        raise PolicyFault(f"data/policy: is_default = true 的办法有 {len(chosen)} 份，应恰有一份")
    return chosen[0]


def read_policy(content: bytes, *, place: str, policy_id: str) -> Policy:
    """Raises one PolicyFault for all that is wrong: a line each, with place, line number and key."""
    says, text = _parsed(content, place=place)
    places = Places(text)
    wrong = troubles(says, places)
    if wrong:
        raise PolicyFault("\n".join(f"{place} 第 {t.line} 行 {t.name}: {t.says}" for t in wrong))
    instrument = says["instrument"]
    entries, _ = entries_of(says["parameter"], places)
    tiers, _ = tier_entries(says, places)
    return Policy(
        id=policy_id,
        title_zh=instrument["title_zh"],
        issuer=instrument["issuer"],
        number=instrument["number"],
        status=instrument["status"],
        text_sha256=instrument.get("text_sha256") or None,
        source_zh=instrument.get("source_zh"),
        valid_from=instrument["valid_from"],
        valid_to=instrument.get("valid_to"),
        parameters=(
            *(_parameter(entry.name, entry.says, instrument) for entry in entries),
            *_of_the_house({entry.name for entry in entries}, instrument),
        ),
        rate_tiers=tuple(rate_tier(no, tier.says, instrument) for no, tier in enumerate(tiers, start=1)),
        sha256=sha256(content + _house()).hexdigest(),
    )


def _content(policy_id: str) -> bytes:
    return (files("hesuan.data") / "policy" / f"{policy_id}.toml").read_bytes()


def _house() -> bytes:
    return (files("hesuan.data") / "house.toml").read_bytes()


def _of_the_house(said: set[str], instrument: dict[str, Any]) -> list[Parameter]:
    """What is assumed where the file says nothing, by data/house.toml."""
    says, text = _parsed(_house(), place="data/house.toml")
    entries, _ = entries_of(says["parameter"], Places(text))
    return [_parameter(entry.name, entry.says, instrument) for entry in entries if entry.name not in said]


def _parsed(content: bytes, *, place: str) -> tuple[dict[str, Any], str]:
    """The file as tomllib reads it, decimals as Decimal, and its text. Raises PolicyFault."""
    try:
        return read_toml(content, parse_float=Decimal)
    except ValueError as error:
        raise PolicyFault(f"{place} {error}") from error


def _parameter(key: str, entry: dict[str, Any], instrument: dict[str, Any]) -> Parameter:
    value = entry["value"]
    return Parameter(
        key=key,
        value=Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value,
        unit=entry.get("unit", ""),
        title_zh=entry["title_zh"],
        valid_from=entry.get("valid_from", instrument["valid_from"]),
        valid_to=entry.get("valid_to", instrument.get("valid_to")),
        article=entry.get("article"),
        quote_zh=entry.get("quote_zh"),
        house_reason_zh=entry.get("house_reason_zh"),
        reading=entry.get("reading"),
        alternatives=tuple(entry.get("alternatives", ())),
        is_assumed=entry.get("assumed", False),
    )
