"""Signatures of log commitments: the bytes that are signed, and what a night makes of a signature that holds or not."""

import base64
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hesuan.flows.chain.signature import Pledge, message, verifies
from hesuan.flows.chain.tree import day_root
from hesuan.flows.warehouse import Connection, connect
from hesuan.flows.workspace import Workspace
from hesuan.schemas.kind import PUBLIC_KEY
from hesuan.schemas.table import Column
from hesuan.schemas.tables import tables
from hesuan.validators.gate import gate
from tests.city import PROVIDER, Row
from tests.night import tally
from tests.test_chain import Collector, changed, claims, put, verdict

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
PLEDGE = Pledge("91500000902846312Y", "c1", date(2026, 3, 1), "0123456789abcdef" * 4)
SIGNED = (
    '{"cluster_id":"c1","covers_on":"2026-03-01","provider_id":"91500000902846312Y",'
    '"purpose":"hesuan.commitment.v1",'
    '"root_sha256":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}'
)
SIGNATURE = "d4HhInN7DJAmu0foLEBI6w/PDHOxUy3HvF1fElTUWw9kKOnxnz01IJASKgtoHrGSXC28Le2U6BCexB334M+jCQ=="


def base64_of(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def signature_of(pledge: Pledge) -> str:
    return base64_of(KEY.sign(message(pledge)))


# What is signed


def test_a_commitment_has_the_bytes_and_the_signature_that_the_readme_prints() -> None:
    assert message(PLEDGE).decode() == SIGNED
    assert base64_of(KEY.public_key().public_bytes_raw()) == PUBLIC
    assert signature_of(PLEDGE) == SIGNATURE
    assert verifies(message(PLEDGE), SIGNATURE, PUBLIC)
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert [text in readme for text in (SIGNED, PUBLIC, SIGNATURE)] == [True] * 3


def test_under_a_point_of_small_order_anybody_can_sign_so_it_is_no_key() -> None:
    """The same two texts hold for any message: R and A the neutral element, S zero."""
    nothing = (1).to_bytes(32, "little")
    forged, key = base64_of(nothing + bytes(32)), base64_of(nothing)
    assert [verifies(said, forged, key) for said in (message(PLEDGE), b"any other")] == [True, True]
    assert pl.DataFrame({"cell": [key]}).select(PUBLIC_KEY.cast(pl.col("cell"))).item() is None


def test_a_cluster_that_is_not_named_is_left_out_and_a_name_is_escaped_as_json_is() -> None:
    bare = message(PLEDGE._replace(cluster_id=None, root_sha256="AB" * 32)).decode()
    assert bare == (
        '{"covers_on":"2026-03-01","provider_id":"91500000902846312Y","purpose":"hesuan.commitment.v1",'
        f'"root_sha256":"{"ab" * 32}"}}'
    )
    assert (
        message(PLEDGE._replace(cluster_id='智算"一\\')).decode().startswith('{"cluster_id":"智算\\"一\\\\",')
    )


@pytest.mark.parametrize(
    "other",
    [
        {"provider_id": "91330000142942095H"},
        {"cluster_id": "c2"},
        {"cluster_id": None},
        {"covers_on": date(2026, 3, 2)},
        {"root_sha256": "ab" * 32},
    ],
)
def test_a_signature_is_of_one_commitment_only(other: dict[str, Any]) -> None:
    assert not verifies(message(PLEDGE._replace(**other)), SIGNATURE, PUBLIC)


# RFC 8032 §7.1: public key, message, signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]


@pytest.mark.parametrize(("public", "said", "signature"), RFC_8032)
def test_the_signatures_of_rfc_8032_verify(public: str, said: str, signature: str) -> None:
    key, sealed = base64_of(bytes.fromhex(public)), base64_of(bytes.fromhex(signature))
    assert verifies(bytes.fromhex(said), sealed, key)
    assert not verifies(bytes.fromhex(said) + b"\n", sealed, key)


def test_a_key_that_is_no_point_of_the_curve_verifies_nothing() -> None:
    assert not verifies(message(PLEDGE), SIGNATURE, base64_of(b"\xff" * 32))


def openssl(words: str, *, folder: Path, ok: bool = True) -> str:
    done = subprocess.run(
        ["openssl", *words.split()], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode == 0) == ok, done.stderr
    return done.stdout


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with key.pem, commitment.json and commitment.sig; skips where there is no openssl of the README."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here")
    version = openssl("version", folder=tmp_path)
    if not version.startswith("OpenSSL 3") and not version.startswith("OpenSSL 4"):
        pytest.skip(f"the README asks for OpenSSL 3 or later, here is {version.strip()}")
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "commitment.json").write_bytes(message(PLEDGE))
    (tmp_path / "commitment.sig").write_bytes(base64.b64decode(SIGNATURE))
    return tmp_path


VERIFY = "pkeyutl -verify -pubin -inkey public.pem -rawin -in commitment.json -sigfile commitment.sig"
SIGN = "pkeyutl -sign -inkey key.pem -rawin -in commitment.json -out again.sig"


def test_openssl_signs_and_verifies_the_same(desk: Path) -> None:
    printed = openssl("pkey -in key.pem -pubout", folder=desk)
    (desk / "public.pem").write_text(printed, encoding="utf-8")
    read = pl.DataFrame({"cell": [printed]}).select(PUBLIC_KEY.cast(pl.col("cell"))).item()
    assert read == PUBLIC
    assert "Verified Successfully" in openssl(VERIFY, folder=desk)
    openssl(SIGN, folder=desk)
    assert openssl("base64 -A -in again.sig", folder=desk).strip() == SIGNATURE
    (desk / "commitment.json").write_bytes(message(PLEDGE) + b"\n")
    openssl(VERIFY, folder=desk, ok=False)


def test_a_lake_without_signatures_loads_no_cryptography() -> None:
    asked = """
import sys
from hesuan.flows.lake.loading import load_lake
from hesuan.flows.warehouse import connect
with connect() as connection:
    load_lake(connection, [], [], [], None)
    print(connection.execute("select count(*) from lake.commitment_signature").fetchall(), "cryptography" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "[(0,)] False\n"


# What the gate lets in


def example(name: str) -> dict[str, str]:
    """The example row of a table's template, as the gate takes it in."""

    def cell(column: Column) -> str:
        words = [zh for _, zh in column.choices]
        return column.example if column.example is not None else (words or [column.kind.example])[0]

    return {column.name: cell(column) for column in tables()[name].columns}


def judged(name: str, **cells: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Accepted rows and the reasons of those refused."""
    frame = pl.DataFrame([example(name) | cells]).with_columns(
        row_no=pl.lit(2, dtype=pl.Int64), sheet=pl.lit("表"), raw=pl.lit("")
    )
    gated = gate(frame, tables()[name])
    return gated.accepted.to_dicts(), gated.rejected["reason_zh"].to_list()


def test_the_examples_of_the_templates_verify() -> None:
    ([commitment], []), ([key], []) = judged("commitment"), judged("signing_key")
    pledge = Pledge(*(commitment[name] for name in Pledge._fields))
    assert pledge == PLEDGE
    assert commitment["key_id"] == key["key_id"]
    assert verifies(message(pledge), commitment["signature"], key["public_key"])


@pytest.mark.parametrize(
    ("table", "column", "cell", "reason"),
    [
        (
            "commitment",
            "signature",
            SIGNATURE[:-4],
            "不是Ed25519 签名，64 字节的 base64（88 位，以 == 结尾）",
        ),
        ("signing_key", "public_key", PUBLIC[:-1], "不是Ed25519 公钥，32 字节的 base64（44 位，以 = 结尾）"),
        ("signing_key", "held_by", "某人", "保管方 须为 服务机构、第三方、主管部门 之一"),
        ("signing_key", "valid_from", "", "启用日期 不能为空"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_reason(
    table: str, column: str, cell: str, reason: str
) -> None:
    accepted, [told] = judged(table, **{column: cell})
    assert accepted == []
    assert reason in told


# A night

NAMES = ("whole", "bent", "stranger", "bare", "later", "broken")
GRADES = """
    select evidence_grade, grade_because_zh from published.claim where claim_id = ?
"""


def root_of(name: str) -> str:
    return day_root([Collector(name).write(10).head])


def pledged(name: str, *, at: str = "2026-03-02 01:00:00", **cells: str) -> Row:
    return {
        "provider_id": PROVIDER,
        "cluster_id": f"c-{name}",
        "covers_on": "2026-03-01",
        "root_sha256": root_of(name),
        "received_at": at,
        **cells,
    }


def signed(name: str, **cells: str) -> Row:
    pledge = Pledge(PROVIDER, f"c-{name}", date(2026, 3, 1), root_of(name))
    return pledged(name, **({"key_id": "k1", "signature": signature_of(pledge)} | cells))


def bent(signature: str) -> str:
    """Another first byte."""
    raw = base64.b64decode(signature)
    return base64_of(bytes([raw[0] ^ 1]) + raw[1:])


COMMITMENTS = {
    "at_first": [
        signed("whole"),
        signed("bent", signature=bent(str(signed("bent")["signature"]))),
        signed("stranger", key_id="k9"),
        pledged("bare"),
        pledged("later"),
        signed("broken", signature=SIGNATURE),
    ],
    "afterwards": [
        signed("later", at="2026-03-05 01:00:00"),
        # Another root says nothing of the day: what counts is what was committed to first.
        signed("bare", at="2026-03-05 01:00:00", root_sha256="ab" * 32),
    ],
    "register": [
        {
            "provider_id": PROVIDER,
            "key_id": "k1",
            "public_key": PUBLIC,
            "held_by": "third_party",
            "valid_from": "2026-03-02",
        }
    ],
}
TABLE_OF = {"at_first": "commitment", "afterwards": "commitment", "register": "signing_key"}


def sampled(folder: Path) -> Workspace:
    """Claims and their samples, without a commitment and without a key; the record 5 of `broken` was changed."""
    city = claims(*NAMES)
    # Where records of jobs are left, money goes by them and no sample can be left out of it.
    city.rows["usage_interval"].remove(city.row("usage_interval", contract_no="K-broken"))
    for record in city.rows["usage_interval"]:
        # As long as the samples: they cover all of it.
        record |= {"card_count": 1, "ended_at": "2026-03-01T00:10:00+08:00"}
    workspace = city.hand_in(folder)
    rows = {name: Collector(name).write(10).rows for name in NAMES}
    rows["broken"] = changed(rows["broken"], 5, util_percent=99)
    put(workspace, "usage_sample", "samples", [row for name in NAMES for row in rows[name]])
    (workspace.inbox / "submissions" / "source.toml").write_text("sample_period_seconds = 60\n", "utf-8")
    return workspace


def hand_in(workspace: Workspace, *which: str, prefix: str = "") -> None:
    for name in which:
        put(workspace, TABLE_OF[name], f"{prefix}{name}", COMMITMENTS[name])


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = sampled(tmp_path_factory.mktemp("signed"))
    hand_in(made, *COMMITMENTS)
    tally(made)
    return made


@pytest.fixture(scope="module")
def published(workspace: Workspace) -> Iterator[Connection]:
    with connect(workspace.published, read_only=True) as connection:
        yield connection


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("whole", ("pass", "E4", "承诺的签名逐日相符")),
        ("later", ("pass", "E4", "承诺的签名逐日相符")),
        ("bare", ("pass", "E3", "承诺没有逐日签名，不到 E4")),
        ("bent", ("flag", "E3", "承诺的签名有不符的，不到 E4")),
        ("stranger", ("unknown", "E3", "承诺的签名有查不到公钥的，不到 E4")),
    ],
)
def test_a_claim_is_judged_and_graded_by_its_signatures(
    published: Connection, name: str, expected: tuple[str, str, str]
) -> None:
    [(grade, why)] = published.execute(GRADES, [f"C-{name}"]).fetchall()
    assert (verdict(published, "MTR-001", name)[0], grade, why.split("；")[-1]) == expected


FOUND = """
    select severity, amount_at_risk_yuan::varchar, sentence_zh
    from published.finding where rule_id = 'MTR-001' and claim_id = ?
"""


def test_a_wrong_signature_holds_the_claim_and_takes_no_card_hours_off(published: Connection) -> None:
    [(severity, amount, sentence)] = published.execute(FOUND, ["C-bent"]).fetchall()
    assert (severity, amount) == ("hold", "25000.00")
    assert (
        "日志承诺的签名不符的 1 天（最早 2026-03-01），查不到其公钥的 0 天（最早 无）。因此不计 0.0000 卡时"
        in sentence
    )
    asked = "select distinct contract_no from decided.excluded_day where cause = 'broken_chain'"
    assert published.execute(asked).fetchall() == [("K-broken",)]


def test_what_a_broken_chain_leaves_out_is_the_same_under_a_wrong_signature(published: Connection) -> None:
    """Ten minutes of a card; the day counts from the break's day on, signed or not (tests/test_left_out.py)."""
    asked = "select usage_on::varchar, unit_seconds from decided.excluded_day where contract_no = 'K-broken'"
    assert published.execute(asked).fetchall() == [("2026-03-01", 10 * 60 * 21000)]
    [(severity, _, sentence)] = published.execute(FOUND, ["C-broken"]).fetchall()
    assert severity == "hold"
    assert "1 行不接" in sentence
    assert "日志承诺的签名不符的 1 天（最早 2026-03-01）" in sentence
    assert sentence.endswith("因此不计 0.1666 卡时（不接之处所在之日起）。")


def test_a_finding_leads_to_the_line_of_the_commitment(published: Connection) -> None:
    asked = """
        select file_name, row_no, "values" ->> '$.signature_state'
        from published.evidence_row
        where finding_id in ('MTR-001:C-bent', 'MTR-001:C-stranger') and file_name like '%at_first%'
        order by all
    """
    assert published.execute(asked).fetchall() == [
        ("submissions/at_first.csv", 3, "wrong"),
        ("submissions/at_first.csv", 4, "key_unknown"),
    ]


def test_who_holds_the_key_is_published_beside_the_commitment(published: Connection) -> None:
    asked = "select cluster_id, signature_state, key_id, held_by from reconciled.commitment_day order by 1"
    assert published.execute(asked).fetchall() == [
        ("c-bare", None, None, None),
        ("c-bent", "wrong", "k1", "third_party"),
        ("c-broken", "wrong", "k1", "third_party"),
        ("c-later", "valid", "k1", "third_party"),
        ("c-stranger", "key_unknown", "k9", None),
        ("c-whole", "valid", "k1", "third_party"),
    ]


RELATIONS = (
    "reconciled.commitment_day",
    "reconciled.chain_day",
    "decided.evidence_grade",
    "(select * from decided.verdict where rule_id in ('MTR-001', 'MTR-003'))",
    "(select * from published.finding where rule_id in ('MTR-001', 'MTR-003'))",
)


def told(workspace: Workspace) -> bytes:
    with connect(workspace.published, read_only=True) as connection:
        found = [connection.execute(f"from {name} order by all").fetchall() for name in RELATIONS]
    return repr(found).encode()


@pytest.mark.parametrize(
    "nights",
    [
        [("register", "afterwards", "at_first")],
        pytest.param([("afterwards",), ("at_first",), ("register",)], marks=pytest.mark.slow),
    ],
)
def test_the_order_of_the_files_says_nothing(
    workspace: Workspace, tmp_path: Path, nights: list[tuple[str, ...]]
) -> None:
    """One batch under names in another order; three nights, the register last."""
    other = sampled(tmp_path)
    for nth, which in enumerate(nights):
        for place, name in enumerate(which):
            hand_in(other, name, prefix=f"{nth}{place}-")
        tally(other)
    assert told(other) == told(workspace)


@pytest.mark.slow
def test_a_withdrawn_key_is_the_same_row_handed_in_again(tmp_path: Path) -> None:
    """Withdrawn on the day before the commitments came, it verifies none of them: nothing of the wider validity stays."""
    made = sampled(tmp_path)
    hand_in(made, *COMMITMENTS)
    tally(made)
    [row] = COMMITMENTS["register"]
    put(made, "signing_key", "withdrawn", [row | {"valid_from": "2026-02-01", "valid_to": "2026-03-01"}])
    tally(made)
    with connect(made.published, read_only=True) as connection:
        assert verdict(connection, "MTR-001", "whole")[0] == "unknown"
