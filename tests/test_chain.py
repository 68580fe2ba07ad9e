"""Hash chains of samples: the form that providers compute, and what a night makes of a chain that holds or does not."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hesuan.flows.chain.record import COLUMNS, canonical, canonical_texts, record_hash
from hesuan.flows.chain.tree import Head, day_root, merkle_root
from hesuan.flows.warehouse import Connection, connect
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import InputFault
from hesuan.schemas.kind import AT, INT, NUMBER
from hesuan.schemas.table import empty_frame
from hesuan.schemas.tables.usage_sample import TABLE
from tests.city import APPLICANTS, PROVIDER, City, Row
from tests.night import tally

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
START = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
RECORD = {
    "provider_id": PROVIDER,
    "cluster_id": "c1",
    "device_uuid": "GPU-0a1b2c3d",
    "sampled_at": START,
    "tenant": "t-示范",
    "util_percent": Decimal("97.5"),
    "seq_no": 1,
    "boot_id": "b1",
}
VECTOR = (
    '{"boot_id":"b1","cluster_id":"c1","device_uuid":"GPU-0a1b2c3d","provider_id":"91330000142942095H",'
    '"sampled_at":"2026-03-01T01:30:00.000000Z","seq_no":"1","tenant":"t-示范","util_percent":"97.500"}'
)
SHA256 = "ac33dc39d61af036ea15eddc86ecb0d41ebffcf65b7352f26aeac28398f2ff19"
SM3 = "9917a626fb5b6b8c0907d1d484bc614dfcb076d92f598bd93710d2ebaa39b755"
SECOND = "3563fe17be9c4baf0e30b3aacd917cad9dc6c7a957c28829dca1a3d986eb2090"


# The form of a record


def test_a_record_has_the_form_and_the_hashes_that_the_readme_prints() -> None:
    assert canonical(RECORD).decode() == VECTOR
    assert record_hash(None, RECORD) == SHA256 == hashlib.sha256(bytes(32) + VECTOR.encode()).hexdigest()
    assert record_hash(None, RECORD, algorithm="sm3") == SM3
    assert record_hash(SHA256, RECORD | {"seq_no": 2}) == SECOND
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert [text in readme for text in (VECTOR, SHA256, SM3, SECOND)] == [True] * 4


def test_values_that_mean_the_same_have_one_form() -> None:
    east = datetime.fromisoformat("2026-03-01T09:30:00+08:00")
    same = {
        "sampled_at": east,
        "util_percent": "97.50",
        "seq_no": "1",
        "contract_no": " ",
        "tenant": " t-示范 ",
    }
    assert canonical(RECORD | same) == canonical(RECORD)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("util_percent", Decimal("97.5001")),
        ("util_percent", 97.5),
        ("power_watts", Decimal("NaN")),
        ("sampled_at", START.replace(tzinfo=None)),
        ("sampled_at", "2026-03-01"),
    ],
)
def test_a_value_without_a_canonical_text_is_refused(name: str, value: Any) -> None:
    with pytest.raises(InputFault, match=rf"（{name}）的值 .* 不能写入摘要"):
        canonical(RECORD | {name: value})


def values(column: Any) -> st.SearchStrategy[Any]:
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(str.strip)
    kinds = {
        AT.name: st.integers(0, 4_102_444_800_000_000).map(lambda us: EPOCH + timedelta(microseconds=us)),
        NUMBER.name: st.integers(-(10**12), 10**12).map(lambda n: Decimal(n).scaleb(-3)),
        INT.name: st.integers(0, 10**15),
    }
    return st.none() | kinds.get(column.kind.name, text.map(lambda said: said or None))


@given(st.lists(st.fixed_dictionaries({column.name: values(column) for column in COLUMNS}), max_size=5))
def test_records_taken_in_have_the_form_of_the_reference(records: list[dict[str, Any]]) -> None:
    frame = pl.DataFrame(records, schema={c.name: c.kind.dtype for c in TABLE.columns})
    assert canonical_texts(frame).to_list() == [canonical(record).decode() for record in records]


def test_no_records_have_no_texts() -> None:
    assert canonical_texts(empty_frame(TABLE)).to_list() == []


# The root of a day: RFC 6962 by its own definition, and the roots that certificate-transparency publishes

LEAVES = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
LEAVES.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))
KNOWN = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def defined(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + defined(leaves[:split]) + defined(leaves[split:])).digest()


def test_the_root_is_that_of_rfc_6962() -> None:
    assert merkle_root([]).hex() == hashlib.sha256(b"").hexdigest()
    assert {n: merkle_root(LEAVES[:n]).hex() for n in KNOWN} == KNOWN
    many = [bytes([n]) for n in range(40)]
    assert all(merkle_root(many[:n]) == defined(many[:n]) for n in range(1, 41))


def test_the_root_of_a_day_does_not_depend_on_the_order_of_cards() -> None:
    heads = [Head("G2", "b1", "02" * 32), Head("G1", None, "01" * 32), Head("G1", "b1", "03" * 32)]
    assert day_root(heads) == day_root(reversed(heads))
    assert day_root(heads) == merkle_root([bytes.fromhex(h * 32) for h in ("01", "03", "02")]).hex()


# A night


@dataclass
class Collector:
    """A card's collector: a minute a record, each chained to the one before it. The contract is K-<name>, if it is named."""

    name: str
    boot: str = "b1"
    device: str = ""
    is_named: bool = True
    last: str | None = None
    rows: list[Row] = field(default_factory=list)

    def write(self, count: int, *, at: datetime = START) -> "Collector":
        for nth in range(count):
            row = {
                "provider_id": PROVIDER,
                "cluster_id": f"c-{self.name}",
                "device_uuid": self.device or f"G-{self.name}",
                "sampled_at": at + timedelta(minutes=nth),
                "contract_no": f"K-{self.name}" if self.is_named else None,
                "util_percent": Decimal(50 + nth % 50),
                "seq_no": len(self.rows) + 1,
                "boot_id": self.boot,
            }
            hashed = record_hash(self.last, row)
            self.rows.append(row | {"prev_hash": self.last or "", "record_hash": hashed})
            self.last = hashed
        return self

    @property
    def head(self) -> Head:
        return Head(self.device or f"G-{self.name}", self.boot, str(self.last))


def changed(rows: list[Row], place: int, **cells: Any) -> list[Row]:
    return [row | cells if nth == place else row for nth, row in enumerate(rows)]


def put(workspace: Workspace, table: str, name: str, rows: list[Row]) -> None:
    page = City({table: rows}).csv(table)
    (workspace.inbox / "submissions" / f"{name}.csv").write_text(page, encoding="utf-8")


def committed(city: City, name: str, roots: list[str]) -> None:
    for nth, root in enumerate(roots):
        city.add(
            "commitment",
            provider_id=PROVIDER,
            cluster_id=f"c-{name}",
            covers_on=f"2026-03-{1 + nth:02}",
            root_sha256=root,
            received_at=f"2026-03-{2 + nth:02} 01:00:00",
        )


def claims(*names: str) -> City:
    city = City().with_register()
    for nth, name in enumerate(names):
        city.honest(name, hours=5000, applicant=APPLICANTS[nth])
    return city


NAMES = ("whole", "changed", "kept", "anew", "bare", "three", "left_out")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """One night on two files of samples, each card its own story; the second file goes on where the first ends."""
    city = claims(*NAMES)
    cards = [Collector("three", device=f"G{n}") for n in range(3)]
    roots = []
    for nth in range(2):
        for card in cards:
            card.write(5, at=START + timedelta(days=nth))
        roots.append(day_root(card.head for card in cards))
    kept = Collector("kept").write(10)
    committed(city, "three", roots)
    committed(city, "kept", [day_root([kept.head])])
    # Whoever holds the whole file can chain other values: the chain holds, the root is another.
    committed(city, "anew", [day_root([Collector("anew").write(10).head])])
    committed(city, "bare", ["ab" * 32])
    workspace = city.hand_in(tmp_path_factory.mktemp("chain"))
    ten, thirty, hundred = (
        lambda name, count=count: Collector(name).write(count).rows for count in (10, 30, 100)
    )
    spoilt = changed(hundred("changed"), 20, util_percent=Decimal(99))
    cut_and_spoilt = changed(hundred("cut_and_changed"), 20, util_percent=Decimal(99))
    words = {f"word{n}": word for n, word in enumerate(("x", "ab" * 31, "zz" * 32, "AB" * 33))}
    first = [
        *hundred("whole"),
        *spoilt,
        *cut_and_spoilt[:37],
        *hundred("cut")[:37],
        *changed(ten("left_out"), 4)[:4],
        *ten("left_out")[5:],
        *thirty("file_left_out")[:10],
        *ten("reboot"),
        *Collector("reboot", boot="b2").write(10, at=START + timedelta(hours=1)).rows,
        *(
            row
            for name, word in words.items()
            for row in changed(ten(name), 9, prev_hash=word, record_hash=word)
        ),
        *(row for card in cards for row in card.rows),
        *kept.rows,
        *Collector("anew").write(9).rows,
        *(row | {"prev_hash": "", "record_hash": ""} for row in ten("bare")),
    ]
    put(workspace, "usage_sample", "first", first)
    put(
        workspace,
        "usage_sample",
        "second",
        [*cut_and_spoilt[37:], *hundred("cut")[37:], *thirty("file_left_out")[20:]],
    )
    tally(workspace)
    with connect(workspace.published, read_only=True) as connection:
        yield connection


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("whole", (100, 100, 0)),
        ("cut", (100, 100, 0)),
        ("changed", (100, 20, 1)),
        ("cut_and_changed", (100, 20, 1)),
        ("left_out", (9, 4, 1)),
        ("file_left_out", (20, 10, 1)),
        ("reboot", (20, 20, 0)),
        *((f"word{n}", (10, 9, 1)) for n in range(4)),
    ],
)
def test_a_chain_holds_as_far_as_it_goes(published: Connection, name: str, counts: tuple[int, ...]) -> None:
    """Rows, rows that hold from the first on, places that do not follow."""
    asked = "select sum(record_count), sum(chained_count), sum(broken_count) from reconciled.chain_day where contract_no = ?"
    assert published.execute(asked, [f"K-{name}"]).fetchall() == [counts]


def verdict(connection: Connection, rule_id: str, name: str) -> tuple[str, str]:
    """And the sentence; a pass has none."""
    [(found, sentence)] = connection.execute(
        """
        select v.verdict, coalesce(f.sentence_zh, '') from decided.verdict as v
        left join published.finding as f on f.rule_id = v.rule_id and f.claim_id = v.claim_id
        where v.rule_id = ? and v.claim_id = ?
        """,
        [rule_id, f"C-{name}"],
    ).fetchall()
    return found, sentence


def test_the_rule_on_chains_names_the_first_row_that_does_not_follow(published: Connection) -> None:
    found = {name: verdict(published, "MTR-001", name)[0] for name in NAMES}
    assert found == dict.fromkeys(NAMES, "pass") | {
        "changed": "flag",
        "left_out": "flag",
        "bare": "not_applicable",
    }
    sentence = verdict(published, "MTR-001", "changed")[1]
    assert "带摘要的采样 100 行中，1 行不接" in sentence
    assert "自链首起接续完好的 20 行，其后 80 行没有链的支持" in sentence
    # A header, a hundred rows of the card before, twenty that hold.
    assert "文件 submissions/first.csv 第 122 行" in sentence


def test_the_rule_on_sequence_numbers_counts_what_is_left_out(published: Connection) -> None:
    found = {name: verdict(published, "MTR-002", name)[0] for name in NAMES}
    assert found == dict.fromkeys(NAMES, "pass") | {"left_out": "flag"}
    assert "带序号的采样 9 行，其间缺 1 个序号、重复 0 个" in verdict(published, "MTR-002", "left_out")[1]


def test_the_rule_on_commitments_compares_the_roots(published: Connection) -> None:
    found = {name: verdict(published, "MTR-003", name)[0] for name in NAMES}
    assert found == dict.fromkeys(NAMES, "pass") | {"anew": "flag", "bare": "unknown"}
    sentence = verdict(published, "MTR-003", "anew")[1]
    assert "其中 1 天按交来的采样算出的根摘要与承诺的不同（最早 2026-03-01）" in sentence
    asked = "select usage_on::varchar, bool_and(committed) from reconciled.chain_day where contract_no = 'K-three' group by 1"
    assert sorted(published.execute(asked).fetchall()) == [("2026-03-01", True), ("2026-03-02", True)]


def test_hashes_of_another_file_stand_for_no_rows_without(tmp_path: Path) -> None:
    """The second day comes again: with its hashes, longer, or without them."""
    names = ("again", "replaced")
    workspace = claims(*names).hand_in(tmp_path)
    days = {
        name: Collector(name)
        .write(10)
        .write(10, at=START + timedelta(days=1))
        .write(5, at=START + timedelta(days=1, minutes=10))
        for name in names
    }
    put(workspace, "usage_sample", "first", [row for name in names for row in days[name].rows[:20]])
    tally(workspace)
    bare = [row | {"prev_hash": "", "record_hash": ""} for row in days["replaced"].rows[10:20]]
    put(workspace, "usage_sample", "second", days["again"].rows[10:] + bare)
    tally(workspace)
    with connect(workspace.published, read_only=True) as connection:
        assert verdict(connection, "MTR-001", "again")[0] == "pass"
        told, sentence = verdict(connection, "MTR-001", "replaced")
    assert (told, "另有 10 个采样没有摘要" in sentence) == ("unknown", True)


def test_a_chain_that_names_nobody_is_of_who_held_the_card(tmp_path: Path) -> None:
    city = claims("a")
    usage = city.row("usage_interval")
    usage |= {"cluster_id": "c-a", "device_uuid": "G-a", "card_count": 1, "started_at": START}
    usage["ended_at"] = START + timedelta(minutes=40)
    workspace = city.hand_in(tmp_path)
    rows = Collector("a", is_named=False).write(60).rows
    put(workspace, "usage_sample", "first", [*rows[:20], *rows[21:]])
    tally(workspace)
    with connect(workspace.published, read_only=True) as connection:
        told, _ = verdict(connection, "MTR-001", "a")
        days = connection.execute("""
            select contract_no, metered_seconds, is_unchained from reconciled.contract_sample_day
        """).fetchall()
    assert told == "flag"
    assert days == [("K-a", 39 * 60, True)]


@pytest.mark.slow
def test_usage_said_otherwise_after_the_claim_is_told(tmp_path: Path) -> None:
    """Claims are of 1 November. What comes the same day, adds days only, or ends what was open, is no rewriting."""
    names = ("same_day", "later", "longer", "jobs")
    workspace = claims(*names).hand_in(tmp_path)
    rows = {name: Collector(name).write(10).rows for name in names[:3]}
    anew = {name: [row | {"util_percent": Decimal(1)} for row in rows[name]] for name in rows}
    longer = rows["longer"] + Collector("longer", boot="b2").write(5, at=START + timedelta(days=1)).rows
    put(workspace, "usage_sample", "first", [row for name in rows for row in rows[name]])
    put(workspace, "usage_interval", "jobs-1", [job("open", None), job("long", "01:00")])
    tally(workspace, today=date(2026, 10, 31))
    put(workspace, "usage_sample", "second", anew["same_day"])
    tally(workspace, today=date(2026, 11, 1))
    put(workspace, "usage_sample", "third", anew["later"] + longer)
    put(workspace, "usage_interval", "jobs-2", [job("open", "01:00"), job("long", "03:00")])
    tally(workspace, today=date(2026, 11, 2))
    with connect(workspace.published, read_only=True) as connection:
        found = {name: verdict(connection, "MTR-003", name) for name in names}
    assert {name: told for name, (told, _) in found.items()} == {
        "same_day": "pass",
        "later": "flag",
        "longer": "pass",
        "jobs": "flag",
    }
    assert "改动 10 行（未知 卡时改为 未知 卡时）" in found["later"][1]
    assert "第 12 行改为 submissions/third.csv 所载，收于 2026-11-02" in found["later"][1]
    assert "改动 1 行（1.0000 卡时改为 3.0000 卡时）" in found["jobs"][1]


def job(record_id: str, until: str | None) -> Row:
    return {
        "provider_id": PROVIDER,
        "cluster_id": "c1",
        "record_id": record_id,
        "tenant": "t-jobs",
        "contract_no": "K-jobs",
        "card_count": 1,
        "started_at": "2026-03-01T00:00:00+08:00",
        "ended_at": until and f"2026-03-01T{until}:00+08:00",
    }


def test_every_column_of_a_sample_but_the_hashes_is_hashed() -> None:
    names = {column.name for column in TABLE.columns}
    assert {column.name for column in COLUMNS} == names - {"prev_hash", "record_hash"}
