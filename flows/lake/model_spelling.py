"""A card model written in several ways, as A800 in the contract and a800 in the log, brought to one of them.

Spellings that differ in no more than case, blanks and marks are one everywhere. Longer and shorter names of one model, as
Slurm finds nvidia_a800-sxm4-80gb where people write A800, are one where a single model of the provider's list fits.
"""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from hesuan.flows.reference.device_class import class_words
from hesuan.flows.warehouse import Connection, comment, parquet
from hesuan.schemas.table import Table
from hesuan.schemas.unit import plain

COLUMN = "device_model"
RELATION = "lake.model_spelling"
COLUMNS = {"provider_id": "服务机构代码；不知道的为空", "spelling": "写法", COLUMN: "型号"}
# Whose spelling the others are brought to: the provider's list of devices before what contracts, bills and logs say.
LIST = "device"
ORDER = (LIST, "contract_line", "tariff", "statement", "usage_interval")
# A line of a contract is its provider's; where versions of the contract name two, nobody's.
OWNERS = """
    create temp table contract_owner as
    select contract_no, case when count(distinct provider_id) = 1 then any_value(provider_id) end as provider_id
    from {contracts}
    group by contract_no
"""
NOBODY = "(select null::varchar as contract_no, null::varchar as provider_id where false)"
# A slice of a card is no card, whatever card it is cut from.
SLICE = re.compile(r"mig|\d+g\.\d+gb")
Pair = tuple[str | None, str]
"""Provider and the spelling of a model."""


def load_spellings(connection: Connection, found: Mapping[str, list[Path]]) -> None:
    """lake.model_spelling: every spelling that is brought to another. found: the Parquet files of each table."""
    contracts = found.get("contract", [])
    connection.execute(OWNERS.format(contracts=parquet(contracts) if contracts else NOBODY))
    written = {name: _written(connection, name, found.get(name, [])) for name in ORDER}
    rows = sorted(_brought(written), key=lambda row: (row[0] or "", *row[1:]))
    told = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    connection.register("spellings", told)
    connection.execute(f"create table {RELATION} as select * from spellings")
    connection.unregister("spellings")
    comment(connection, RELATION, "型号的另一种写法（每机构、每种写法一行）", COLUMNS)


def respelled(connection: Connection, table: Table, rows: str) -> str:
    """The SQL of a table's rows with each model in its one spelling; as it was where nothing is written in two ways."""
    if COLUMN not in {column.name for column in table.all_columns} or not _is_any(connection):
        return rows
    return f"""(
        select r.* replace (coalesce(m.{COLUMN}, r.{COLUMN}) as {COLUMN})
        from {rows} as r
        {_owner(table.name)}
        left join {RELATION} as m on m.spelling = r.{COLUMN} and m.provider_id is not distinct from {_provider(table.name)}
    )"""


def _brought(written: Mapping[str, list[Pair]]) -> list[tuple[str | None, str, str]]:
    """(provider, spelling, model) where the model is spelled otherwise."""
    pairs = [pair for name in ORDER for pair in written[name]]
    first: dict[str, str] = {}
    for _, spelling in pairs:
        first.setdefault(plain(spelling), spelling)
    listed: dict[str | None, set[str]] = {}
    for provider, spelling in written[LIST]:
        listed.setdefault(provider, set()).add(first[plain(spelling)])
    brought = {}
    for provider, spelling in pairs:
        if plain(spelling):
            brought[provider, spelling] = _listed_as(first[plain(spelling)], listed.get(provider, set()))
    return [
        (provider, spelling, model) for (provider, spelling), model in brought.items() if spelling != model
    ]


def _listed_as(model: str, listed: set[str]) -> str:
    """The one on the list that is meant; as it is where it stands there, and where none or several may be."""
    fitting = [one for one in listed if is_one_model(model, one)]
    return fitting[0] if model not in listed and len(fitting) == 1 else model


def is_one_model(left: str, right: str) -> bool:
    """Whether all parts of one name are among the other's: an A800 is an A800-80G, an H200 no H20, 40GB no 80GB."""
    if SLICE.search(left.lower()) or SLICE.search(right.lower()):
        return False
    parts = sorted((_parts(left), _parts(right)), key=len)
    return bool(parts[0]) and parts[0] <= parts[1]


def _parts(model: str) -> frozenset[str]:
    """Its letters and digits between marks, but for words of makers and classes, which say no model."""
    said = unicodedata.normalize("NFKC", model).lower()
    said = re.sub("|".join(sorted(class_words(), key=len, reverse=True)), " ", said)
    return frozenset(re.findall(r"[0-9a-z]+|[\u4e00-\u9fff]+", re.sub(r"(\d)gb", r"\1g", said)))


def _written(connection: Connection, name: str, paths: list[Path]) -> list[Pair]:
    """In the order of their letters, so that no order of files decides."""
    if not paths:
        return []
    query = f"""
        select distinct {_provider(name)} as provider_id, r.{COLUMN}
        from {parquet(paths)} as r
        {_owner(name)}
        where r.{COLUMN} is not null
        order by r.{COLUMN}, provider_id
    """
    return [(provider, spelling) for provider, spelling in connection.execute(query).fetchall()]


def _owner(name: str) -> str:
    return "left join contract_owner as k on k.contract_no = r.contract_no" if name == "contract_line" else ""


def _provider(name: str) -> str:
    return "k.provider_id" if name == "contract_line" else "r.provider_id"


def _is_any(connection: Connection) -> bool:
    return bool(connection.execute(f"select count(*) > 0 from {RELATION}").fetchall()[0][0])
