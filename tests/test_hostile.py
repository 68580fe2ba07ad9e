"""Files bent at random: one clear line or every row accounted for, and the same bytes give the same; never an exception."""

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from hesuan.flows.intake.evidence import take_in
from hesuan.flows.lake.file_set import Staged, staged_of
from hesuan.flows.source import Declaration
from hesuan.flows.stages.stage import stage
from hesuan.flows.telemetry.table import long_form
from hesuan.flows.text.strict_json import loaded
from hesuan.flows.workspace import Workspace
from hesuan.reports.sheet.template_book import csv_template, xlsx_template
from hesuan.schemas.fault import InputFault
from hesuan.schemas.tables import tables

SEED = 20260301
SACCT = (
    "JobID|JobIDRaw|Account|User|Partition|State|Start|End|ElapsedRaw|AllocTRES|Cluster\n"
    "7|7|team|zhang|gpu|COMPLETED|2026-03-01T08:00:00|2026-03-01T10:00:00|7200|billing=8,cpu=8,gres/gpu=8,node=1|c1\n"
)
SMI = (
    "timestamp, index, uuid, utilization.gpu [%], power.draw [W]\n"
    "2026/03/01 08:00:00.000, 0, GPU-1, 97 %, 290.10 W\n"
)
PROM = (
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"DCGM_FI_DEV_GPU_UTIL",'
    '"UUID":"GPU-1","Hostname":"n1"},"values":[[1772323200,"97"],[1772323260,"96"]]}]}}'
)
NASTY = (
    *(
        "",
        "\0",
        "\x1b[2J",
        "\u202e",
        "\ufeff",
        "\ue000",
        "NaN",
        "-inf",
        "1e400",
        "0x10",
        "1_000",
        "9" * 40,
        "-1",
    ),
    *(
        "2026-02-30",
        "9999-12-31 23:59:59",
        "10000-01-01",
        "253402300800",
        "99:99:99",
        "１２",
        "①",
        '"',
        "\n",
        "\r",
    ),
    *(
        ",",
        ";",
        "\t",
        "|",
        "{",
        "[" * 2000,
        "=1+1",
        "6%",
        "中" * 40_000,
        "金额（万元）",
        "\u2028",
        "1.5",
        "null",
    ),
)
CLASS_NAME = re.compile(r"\b[A-Z]\w*(?:Error|Exception)\b|Traceback|NoneType|<class ")


def _seeds() -> list[bytes]:
    csvs = [csv_template(table) for table in tables().values()]
    books = [xlsx_template(tables()[name]) for name in ("invoice", "usage_interval", "tariff")]
    return [*csvs, *books, *(text.encode() for text in (SACCT, SMI, PROM))]


def _flipped(draw: random.Random, content: bytes) -> bytes:
    bent = bytearray(content)
    for _ in range(draw.choice([1, 2, 20])):
        bent[draw.randrange(len(bent))] = draw.randrange(256)
    return bytes(bent)


def _word_changed(draw: random.Random, content: bytes) -> bytes:
    words = [found.span() for found in re.finditer(rb'[^\s,|"{}:\[\]]+', content)]
    start, end = draw.choice(words or [(0, len(content))])
    return content[:start] + draw.choice(NASTY).encode() + content[end:]


def _cut(draw: random.Random, content: bytes) -> bytes:
    return content[: draw.randrange(1, max(2, len(content)))]


def _lines_mixed(draw: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True) * draw.choice([1, 3])
    draw.shuffle(lines)
    return b"".join(lines)


def _spliced(draw: random.Random, content: bytes) -> bytes:
    other = draw.choice(_seeds())
    return content[: draw.randrange(len(content))] + other[draw.randrange(len(other)) :]


def _other_encoding(draw: random.Random, content: bytes) -> bytes:
    return content.decode("utf-8", "replace").encode(
        draw.choice(["gb18030", "utf-16", "latin-1", "utf-32"]), "replace"
    )


BENDS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _flipped,
    _word_changed,
    _word_changed,
    _word_changed,
    _cut,
    _lines_mixed,
    _spliced,
    _other_encoding,
)


@dataclass(frozen=True)
class Outcome:
    staged: Staged
    rejects: pl.DataFrame


def _outcome(content: bytes, folder: Path) -> Outcome:
    workspace = Workspace(folder)
    workspace.inbox.mkdir(parents=True)
    (workspace.inbox / "f").write_bytes(content)
    made = stage(take_in(workspace.inbox / "f", workspace, ""), workspace, "")
    path = made / "reject.parquet"
    return Outcome(staged_of(made), pl.read_parquet(path, glob=False) if path.exists() else pl.DataFrame())


@pytest.mark.parametrize(
    ("first", "count"), [(0, 60), pytest.param(60, 3000, marks=pytest.mark.slow)], ids=["some", "many"]
)
def test_a_bent_file_is_refused_in_one_line_or_every_row_is_accounted_for(
    tmp_path: Path, first: int, count: int
) -> None:
    seeds = _seeds()
    for number in range(first, first + count):
        draw = random.Random(f"{SEED}-{number}")
        content = draw.choice(seeds)
        for _ in range(draw.choice([1, 1, 2])):
            content = draw.choice(BENDS)(draw, content or b"?")
        found = _outcome(content, tmp_path / f"{number}")
        said = found.staged
        assert said.accepted_count + said.rejected_count == said.row_count, (SEED, number)
        assert found.rejects.height == said.rejected_count, (SEED, number)
        for reason in found.rejects["reason_zh"] if found.rejects.height else ():
            assert re.search("[一-鿿]", reason), (SEED, number, reason)
            assert not CLASS_NAME.search(reason), (SEED, number, reason)
        if said.status in ("refused", "unrecognised"):
            assert said.reason_zh == " ".join(str(said.reason_zh).split()), (SEED, number)
        if number % 10 == 0:
            again = _outcome(content, tmp_path / f"{number}-again")
            assert again.rejects.equals(found.rejects), (SEED, number)
            assert again.staged.accepted_count == said.accepted_count, (SEED, number)


def test_a_header_of_very_many_columns_is_judged_in_no_time() -> None:
    """Comparing every name with every other took a minute for these."""
    names = [f"c{number}" for number in range(40_000)]
    before = time.process_time()
    with pytest.raises(InputFault, match=r"表头列重复：c7$"):
        long_form(["timestamp", "value", "metric", "uuid", *names, "c7"], Declaration(), place="f")
    with pytest.raises(InputFault, match="键 c39999 在同一对象中出现两次"):
        loaded("{" + ",".join(f'"{name}":1' for name in (*names, "c39999")) + "}", place="f")
    assert time.process_time() - before < 10
