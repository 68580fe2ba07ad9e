"""Texts that repeat are read once each: what comes out is what every row says on its own."""

from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal, assert_series_equal

from hesuan.flows.chain.run import chained
from hesuan.flows.mapped.delimited import read_delimited
from hesuan.flows.scheduler.slurm import CELLS, intervals
from hesuan.flows.source import Declaration, Source
from hesuan.schemas.tables import tables
from hesuan.validators.gate import gate
from hesuan.validators.words import MORE_ROWS, SAMPLE_ROWS, as_text, factorised, spread, words_of
from tests.test_gate import ORDER, rows

TEXTS = st.lists(st.none() | st.text(max_size=3), min_size=1, max_size=6)


def long(texts: list[str | None]) -> pl.Series:
    """The texts over and over, more than so many rows that repeats are looked for."""
    return pl.Series("a", [texts[n * 7 % len(texts)] for n in range(SAMPLE_ROWS + 11)], dtype=pl.String)


@given(TEXTS)
@settings(max_examples=30, deadline=None)
def test_texts_taken_apart_and_put_together_are_the_same(texts: list[str | None]) -> None:
    told = long(texts)
    once = spread(*factorised(told))
    assert_series_equal(once.cast(pl.String), told, check_names=False)
    assert_series_equal(spread(*factorised(once)).cast(pl.String), told, check_names=False)


@given(st.lists(st.text(max_size=3), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_a_column_of_words_is_the_text_it_was_made_of(texts: list[str]) -> None:
    told = long(list(texts))
    held = words_of(pa.chunked_array([told.slice(0, 4000).to_arrow(), told.slice(4000).to_arrow()]))
    assert isinstance(held.dtype, pl.Enum)
    assert_series_equal(held.cast(pl.String), told, check_names=False)


def test_few_repeats_and_few_rows_stay_plain() -> None:
    many = pl.Series([str(n) for n in range(SAMPLE_ROWS * 2)])
    assert factorised(many)[1] is None
    assert words_of(pa.chunked_array([many.to_arrow()])).dtype == pl.String
    assert words_of(pa.chunked_array([["a", "a"]])).dtype == pl.String


def test_three_thousand_texts_are_few_where_forty_thousand_rows_tell() -> None:
    few = pl.Series([str(n * 7919 % 3_000) for n in range(MORE_ROWS)])
    many = pl.Series([str(n // 3) for n in range(MORE_ROWS)])
    assert factorised(few)[1] is not None
    assert factorised(few.head(MORE_ROWS - 1))[1] is None
    assert factorised(many)[1] is None


def test_samples_with_a_hash_and_no_hash_before_it_are_read() -> None:
    """A long file without the column at all; none of these hashes is that of its row."""
    height = SAMPLE_ROWS + 1
    told = pl.DataFrame(
        {
            "row_no": range(1, height + 1),
            "provider_id": "91330000142942095H",
            "device_uuid": "GPU-1",
            "sampled_at": [f"2026-03-01T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}" for n in range(height)],
            "record_hash": "a" * 64,
        }
    )
    gated = gate(told.with_columns(sheet=None, raw=None), tables()["usage_sample"])
    links = chained(gated.accepted)
    assert links is not None
    assert links.runs["record_count"].to_list() == links.runs["broken_count"].to_list() == [height]


def test_two_texts_read_alike_are_one_word() -> None:
    held = spread(pl.Series("a", ["x", "x", None, "y"]), pl.Series([0, 1, 2, 3, 1]))
    assert held.dtype == pl.Enum(["x", "y"])
    assert held.cast(pl.String).to_list() == ["x", "x", None, "y", "x"]


def test_the_gate_judges_a_long_file_as_it_judges_its_rows() -> None:
    few = rows(
        {"state": " 未结 ", "remark": "N/A", "copies": None},
        {"state": "paid", "remark": " x ", "rank": "5"},
        {"state": None, "remark": "x"},
        {"state": "lost", "remark": None, "copies": "two"},
        {"order_no": " D1", "amount_yuan": "-1", "remark": ""},
        {"order_no": None, "copies": "2", "rank": "4"},
    )
    times = SAMPLE_ROWS // few.height + 1
    whole = gate(pl.concat([few] * times), ORDER)
    alone = gate(few, ORDER)
    assert isinstance(whole.accepted.schema["remark"], pl.Enum)
    assert_frame_equal(as_text(whole.accepted), pl.concat([alone.accepted] * times))
    assert_frame_equal(whole.rejected, pl.concat([alone.rejected] * times))


def test_an_empty_typed_cell_says_the_default_as_an_empty_text_does() -> None:
    typed = rows({}, {"order_no": "D2"}, {"order_no": "D3"})
    for copies in (pl.Series([2, None, None], dtype=pl.Int64), pl.Series([2, None, None], dtype=pl.Int16)):
        assert gate(typed.with_columns(copies=copies), ORDER).accepted["copies"].to_list() == [2, 1, 1]
    nothing = typed.with_columns(copies=pl.lit(None, dtype=pl.Null))
    assert gate(nothing, ORDER).accepted["copies"].to_list() == [1, 1, 1]


JOBS = [
    {
        "jobid": "1",
        "state": "COMPLETED",
        "nodelist": "n1",
        "alloctres": "cpu=4,gres/gpu:a800=2",
        "cluster": "c1",
    },
    {
        "jobid": "2",
        "state": "CANCELLED by 7",
        "nodelist": "None assigned",
        "alloctres": "",
        "start": "Unknown",
    },
    {"jobid": "3", "state": "FOO", "nodelist": "n2", "timelimit": "UNLIMITED"},
    {"jobid": "4", "state": None, "nodelist": None, "suspended": "odd"},
    {"jobid": "5", "state": "PENDING", "nnodes": "two", "timelimitraw": "0", "timelimit": "1:00:00"},
    {"jobid": "6", "state": "PENDING", "alloctres": None, "suspended": "odd"},
    {
        "jobid": "7",
        "state": "TIMEOUT",
        "elapsedraw": "",
        "elapsed": "01:00:00",
        "timelimit": "odd",
        "submit": "",
    },
    {"jobid": "8.batch", "state": "COMPLETED", "account": None, "cluster": None},
    {
        "jobid": "9",
        "state": "RUNNING",
        "end": "Unknown",
        "reqtres": "gres/gpu=1",
        "cluster": "",
        "user": None,
    },
]
USUAL = {
    **dict.fromkeys(CELLS, ""),
    **dict.fromkeys(("submit", "start"), "2026-03-01T08:00:00"),
    **{"end": "2026-03-01T09:00:00", "elapsedraw": "3600", "nnodes": "1", "account": "lab", "user": "ma"},
}


def test_a_long_log_is_read_as_its_lines_are() -> None:
    few = pl.DataFrame(
        [{"row_no": n, "raw": f"line {n}", **USUAL, **job} for n, job in enumerate(JOBS)],
        schema={"row_no": pl.Int64, "raw": pl.String, **dict.fromkeys(CELLS, pl.String)},
    )
    times = SAMPLE_ROWS // few.height + 1
    long_log = pl.concat([few] * times)
    words = long_log.with_columns(spread(*factorised(long_log[name])).alias(name) for name in CELLS)
    said = Declaration(provider_id="p", cluster_id="declared")
    accepted, rejected = intervals(few, zone="Asia/Shanghai", declaration=said)
    assert (accepted.height, rejected.height) == (3, 6)
    for cells in (long_log, words):
        found, refused = intervals(cells, zone="Asia/Shanghai", declaration=said)
        assert_frame_equal(as_text(found), as_text(pl.concat([accepted] * times)))
        assert_frame_equal(refused, pl.concat([rejected] * times))


def test_words_lie_in_parquet_as_text_does(tmp_path: Path) -> None:
    told = long(["b", "a", None, "机构"])
    path = tmp_path / "a.parquet"
    pl.DataFrame({"text": told, "words": spread(*factorised(told))}).write_parquet(path)
    counted = "select {0}, typeof({0}), count(*) from read_parquet(?) group by all order by {0}"
    text, words = (duckdb.execute(counted.format(name), [str(path)]).fetchall() for name in ("text", "words"))
    assert text == words
    group = pq.read_metadata(path).row_group(0)
    assert group.column(0).statistics == group.column(1).statistics


SAMPLES = """\
provider_id,cluster_id,device_uuid,sampled_at,tenant,util_percent
91510000902846312Y,c1,GPU-1,2026-03-01 00:00:00,lab,97.5
 -,c1, GPU-1 ,2026-03-01T00:01:00,lab,-1
 ,,GPU-1,2026/3/1 0:02,无,7
91510000902846312Y,—,GPU-2,2026-03-01 00:03:00+08:00,,x
91510000902846312Z,c1,GPU-2,odd,lab,100
"""


def test_a_long_table_is_read_as_its_rows_are(tmp_path: Path) -> None:
    head, body = SAMPLES.split("\n", 1)
    few, times = body.count("\n"), SAMPLE_ROWS // body.count("\n") + 1
    said = Declaration(provider_id="91510000902846312Y", cluster_id="declared", time_zone="UTC")
    found = []
    for repeats in (1, times):
        path = tmp_path / f"{repeats}.csv"
        path.write_text(f"{head}\n{body * repeats}", encoding="utf-8")
        [part] = [part() for part in read_delimited(Source(path, "a.csv", said)).parts]
        gated = gate(part.frames["usage_sample"], tables()["usage_sample"])
        found.append((as_text(gated.accepted).drop("row_no"), gated.rejected.drop("row_no", "raw")))
    (accepted, rejected), whole = found
    assert (accepted.height, rejected.height, few) == (2, 3, 5)
    assert accepted.select("provider_id", "cluster_id", "device_uuid").rows() == [
        ("91510000902846312Y", "c1", "GPU-1"),
        ("91510000902846312Y", "declared", "GPU-1"),
    ]
    assert_frame_equal(whole[0], pl.concat([accepted] * times))
    assert_frame_equal(whole[1], pl.concat([rejected] * times))
