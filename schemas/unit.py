"""Units of billing and what turns them into card-hours: the newest data/reference/unit-<date>.toml, read strictly."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Any

from hesuan.schemas.fault import PolicyFault

KINDS = ("card", "node", "die", "compute", "core", "lump")
PRECISIONS = ("FP32", "TF32", "FP16", "BF16", "FP8", "INT8")
SPARSITIES = (("dense", "稠密"), ("sparse", "稀疏"))
_NAME = re.compile(r"unit-(\d{4}-\d{2}-\d{2})\.toml")


@dataclass(frozen=True)
class Unit:
    """One unit of billing. period_seconds None: a calendar month. loose: spellings that bills and invoices alone may use."""

    name: str
    kind: str
    period_seconds: int | None
    aliases: tuple[str, ...]
    loose: tuple[str, ...]
    source_zh: str


@dataclass(frozen=True)
class ModelFactor:
    """What a data sheet says of models: dies per card, or tflops (hundredths, exact) at a precision and sparsity."""

    models: tuple[str, ...]
    source_zh: str
    dies_per_card: int | None = None
    precision: str | None = None
    sparsity: str | None = None
    tflops_hundredths: int | None = None


@dataclass(frozen=True)
class UnitBook:
    version: str
    units: tuple[Unit, ...]
    factors: tuple[ModelFactor, ...]


@cache
def unit_book() -> UnitBook:
    """The book of the latest date. Raises PolicyFault where it does not hold."""
    found = sorted(f.name for f in (files("hesuan.data") / "reference").iterdir() if _NAME.fullmatch(f.name))
    if not found:
        raise PolicyFault("data/reference: 没有 unit-日期.toml")
    return read_book((files("hesuan.data") / "reference" / found[-1]).read_text("utf-8"), place=found[-1])


def read_book(text: str, *, place: str) -> UnitBook:
    """Raises PolicyFault naming the place where the text is not a unit book, or a word means two things."""
    try:
        says = tomllib.loads(text)
        book = UnitBook(
            says["version"],
            tuple(_unit(entry) for entry in says["unit"]),
            tuple(
                factor for kind in ("die", "compute") for entry in says[kind] for factor in _factors(entry)
            ),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise PolicyFault(f"{place}: 计价单位表读不出：{error!r}") from error
    words = [plain(word) for unit in book.units for word in (unit.name, *unit.aliases, *unit.loose)]
    keys = [(plain(m), f.precision, f.sparsity) for f in book.factors for m in f.models]
    twice = sorted({str(key) for key in (*words, *keys) if (*words, *keys).count(key) > 1})
    if twice:
        raise PolicyFault(f"{place}: 写了两次：{'、'.join(twice)}")
    return book


def plain(word: str) -> str:
    """What spellings of a unit or a model have in common; reconciled.plain_word says the same in SQL."""
    return re.sub(r"[\s/·・•*×\-_.()]", "", unicodedata.normalize("NFKC", word).lower())


def _unit(says: dict[str, Any]) -> Unit:
    if says["kind"] not in KINDS:
        raise ValueError(f"{says['name']}: kind {says['kind']}")
    seconds = says.get("period_seconds")
    if seconds is not None and (not isinstance(seconds, int) or seconds <= 0):
        raise ValueError(f"{says['name']}: period_seconds {seconds}")
    aliases, loose = says.get("aliases", ()), says.get("loose_aliases", ())
    return Unit(says["name"], says["kind"], seconds, tuple(aliases), tuple(loose), says["source_zh"])


def _factors(says: dict[str, Any]) -> list[ModelFactor]:
    models, source = tuple({plain(m): m for m in says["models"]}.values()), says["source_zh"]
    if "dies_per_card" in says:
        return [ModelFactor(models, source, dies_per_card=int(says["dies_per_card"]))]
    return [
        ModelFactor(
            models, source, precision=precision, sparsity=sparsity, tflops_hundredths=_hundredths(tflops)
        )
        for sparsity, _ in SPARSITIES
        for precision, tflops in says.get(sparsity, {}).items()
    ]


def _hundredths(tflops: str) -> int:
    hundredths = Decimal(tflops) * 100
    if hundredths != int(hundredths) or hundredths <= 0:
        raise ValueError(f"TFLOPS {tflops}")
    return int(hundredths)
