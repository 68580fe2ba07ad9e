"""Policy files: quotes stand in the text, every key is known, and all that does not hold is refused at once."""

import hashlib
import re
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from hesuan.flows.policies import policy_lines, unquoted
from hesuan.flows.reference.policy import load_policy_tables
from hesuan.flows.warehouse import connect
from hesuan.schemas.card import asked_keys
from hesuan.schemas.fault import PolicyFault
from hesuan.schemas.policy import default_policy_id, load_policy, policy_ids, read_policy
from hesuan.schemas.policy_key import POLICY_KEYS
from hesuan.schemas.rate_tier import Condition
from hesuan.schemas.toml_place import Places
from tests.policy_file import WHOLE, cases, read, whole
from tests.realdata import REGULATION

ROOT = Path(__file__).parents[1]
REFUSED = cases("refused")


def test_every_quote_stands_in_the_text() -> None:
    path = REGULATION / "dazhou-2026-draft.txt"
    if not path.exists():
        pytest.skip("没有办法原文 shared/regulation，跳过")
    policy = load_policy("dazhou-2026")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == policy.text_sha256
    assert [p for p in policy.parameters if p.quote_zh]
    assert unquoted(policy, path.read_text(encoding="utf-8")) == []


def test_every_quote_of_a_text_that_is_not_held_stands_in_the_design() -> None:
    """What other programmes say was read in extracts; their words are quoted from the page that holds these."""
    path = REGULATION.parent / "design" / "regulation.md"
    if not path.exists():
        pytest.skip("没有设计资料 shared/design/regulation.md，跳过")
    extracts = path.read_text(encoding="utf-8").split("\n### 1.1")[1].split("\n## 3.")[0]
    unheld = [policy for policy in map(load_policy, policy_ids()) if policy.text_sha256 is None]
    assert len(unheld) == 5
    assert {policy.id: unquoted(policy, extracts) for policy in unheld} == {
        policy.id: [] for policy in unheld
    }
    assert all(policy.source_zh for policy in unheld)


def test_a_file_without_the_text_says_which_values_nobody_has_seen() -> None:
    for policy in map(load_policy, policy_ids()):
        assumed = {p.key for p in policy.parameters if p.is_assumed}
        assert assumed == {p.key for p in policy.parameters if (p.house_reason_zh or "").startswith("假定")}
        assert (policy.text_sha256 is None) == bool(assumed)


def test_a_quote_that_is_not_in_the_text_is_named() -> None:
    assert unquoted(read(whole()), "每年发放不超过500万元") == ["pool.amount_yuan"]


def test_the_text_itself_is_not_in_the_project() -> None:
    for policy_id in policy_ids():
        text = (files("hesuan.data") / "policy" / f"{policy_id}.toml").read_text(encoding="utf-8")
        parameters = load_policy(policy_id).parameters
        quotes = [len(p.quote_zh) for p in parameters if p.quote_zh]
        reasons = [len(p.house_reason_zh) for p in parameters if p.house_reason_zh]
        comments = [len(line) for line in text.splitlines() if line.startswith("#")]
        # A draft of two thousand characters: neither its sentences nor a page of it, as quote, reason or comment.
        assert max(quotes, default=0) < 60
        assert sum(quotes) < 300
        assert max(reasons) < 200
        assert sum(comments) < 400


def test_every_key_of_every_policy_is_known() -> None:
    for policy_id in policy_ids():
        assert {p.key for p in load_policy(policy_id).parameters} <= set(POLICY_KEYS)


def test_every_key_that_sql_asks_for_is_known_and_needed() -> None:
    """A key that policy.number or policy.word asks for stands in every file or in data/house.toml; an optional one need not."""
    queries = [path for room in ("flows", "validators") for path in (ROOT / room).rglob("*.sql")]
    asked = [item for path in queries for item in asked_keys(path.read_text(encoding="utf-8")).items()]
    assert {key for key, _ in asked} - set(POLICY_KEYS) == set()
    unneeded = {key for key, is_needed in asked if is_needed and not POLICY_KEYS[key].needed}
    assert unneeded == {p.key for p in read(whole()).parameters if p.key not in whole()}


def test_one_policy_of_the_house_is_the_default() -> None:
    assert default_policy_id() in policy_ids()
    assert load_policy(default_policy_id()).status == "draft"


def test_a_file_that_holds_is_read() -> None:
    policy = read(whole())
    late = [p for p in policy.parameters if p.key == "voucher.late_filing_days"]
    assert [(int(p.value), p.alternatives) for p in late] == [(31, ("0",)), (15, ())]
    assert policy.text_sha256 is None


@pytest.mark.parametrize("case", REFUSED, ids=[case["name"] for case in REFUSED])
def test_a_bad_policy_file_is_refused(case: dict) -> None:
    assert WHOLE.count(case["find"]) >= 1
    head = WHOLE.replace(case["find"], case["put"], 1)
    with pytest.raises(PolicyFault) as caught:
        read(whole(head, without=tuple(case.get("without", ()))))
    lines = caught.value.lines()
    assert all(line.startswith("p.toml") for line in lines)
    expected = case["expect"]
    assert case.get("only_first") or len(lines) == len(expected), lines
    for line, expect in zip(lines, expected, strict=False):
        where, _, words = expect.rpartition(": ")
        assert line.startswith(re.sub(r"^(\d+)", r"p.toml 第 \1 行", where) or "p.toml"), line
        assert words in line


def test_a_file_that_is_no_utf8_is_refused_with_its_line() -> None:
    content = whole().encode("utf-8").replace("补贴比例".encode(), "补贴比例".encode("gb18030"))
    with pytest.raises(PolicyFault, match=r"^p\.toml 第 18 行不是 UTF-8"):
        read_policy(content, place="p.toml", policy_id="p")


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    content = b"\xef\xbb\xbf" + whole().replace("\n", "\r\n").encode()
    assert read_policy(content, place="p", policy_id="p").parameters == read(whole()).parameters
    with pytest.raises(PolicyFault, match=r"^p 第 17 行 rate\.subsidy_ratio: "):
        read_policy(content.replace(b"0.50", b"1.50"), place="p", policy_id="p")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[a.b]\nc = 1", 1),
        ("\n\n[ a . 'b' ] # [x]\n", 3),
        ('[a]\nb."c" = 1', 2),
        ("x = [\n  [1, '['],\n]\n[a.b]", 4),
        ("x = '''\n[a.b]\n'''\n[a.b]", 4),
        ('x = """\n[a.b]\\"""\n"""""\n[a.b]', 4),
        ("x = 1 # '''\n[a.b]", 2),
        ("a.b.c = {d = 1}", 1),
        ("[a]\n\nx = 1", 1),
        ("x = 1", 1),
    ],
)
def test_a_table_is_found_wherever_toml_lets_it_stand(text: str, line: int) -> None:
    assert Places(text).line(("a", "b")) == line


def test_the_tables_of_an_array_have_lines_of_their_own() -> None:
    places = Places("[[a]]\nb = 1\n[a.c]\nd = 2\n[[a]]\nb = 1\n")
    assert [places.line(("a",), nth) for nth in range(2)] == [1, 5]


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(PolicyFault, match="不存在"):
        load_policy("atlantis-2026")


def test_sql_gets_the_one_value_in_force() -> None:
    with connect() as connection:
        load_policy_tables(connection, load_policy("dazhou-2026"))
        ask = "select policy.number('threshold.amount_yuan', date '{}')::decimal(18, 2)::varchar"
        for day in ("2026-05-01", "2024-01-01"):
            assert connection.execute(ask.format(day)).fetchall() == [("50000.00",)]
        with pytest.raises(Exception, match="0 values in force, 1 expected"):
            connection.execute("select policy.number('no.such.key', date '2026-05-01')").fetchall()


@pytest.mark.parametrize("case", cases("cities"), ids=lambda case: case["policy"])
def test_another_city_is_a_file(case: dict) -> None:
    policy = load_policy(case["policy"])
    held = {p.key: str(p.value).lower() for p in policy.parameters}
    assert {key: held[key] for key in case["expect"]} == case["expect"]
    assert set(case["absent"]) & set(held) == set()
    assert set(case["assumed"]) <= {p.key for p in policy.parameters if p.is_assumed}
    assert [f"{tier.ratio} {'; '.join(map(asked, tier.conditions))}" for tier in policy.rate_tiers] == case[
        "tiers"
    ]


def asked(condition: Condition) -> str:
    against = "|".join(condition.words) if condition.number is None else condition.number
    return f"{condition.fact} {condition.operator} {against}"


@pytest.mark.parametrize("policy_id", policy_ids())
def test_sql_gets_every_value_of_every_policy_on_any_day(policy_id: str) -> None:
    """Before a programme began and long after its extracts were read, each key has one value and nothing raises."""
    policy = load_policy(policy_id)
    with connect() as connection:
        load_policy_tables(connection, policy)
        for parameter in policy.parameters:
            value = str(parameter.value).lower() if isinstance(parameter.value, bool) else parameter.value
            macro = "number" if isinstance(value, Decimal) else "word"
            for day in ("2020-01-01", "2026-06-01"):
                ask = f"select policy.{macro}('{parameter.key}', date '{day}')"
                assert connection.execute(ask).fetchall() == [(value,)]


def test_an_optional_value_is_null_where_none_is_in_force() -> None:
    with connect() as connection:
        load_policy_tables(
            connection, read(whole(WHOLE.replace("valid_from = 2026-07-01", "valid_from = 2026-08-01")))
        )
        ask = "select policy.optional_number('voucher.late_filing_days', date '{}')::int, policy.optional_word('x', date '{}')"
        found = [
            connection.execute(ask.format(day, day)).fetchall()
            for day in ("2026-06-30", "2026-07-15", "2026-08-01")
        ]
        assert found == [[(31, None)], [(None, None)], [(15, None)]]
        with pytest.raises(Exception, match="0 values in force, 1 expected"):
            connection.execute(
                "select policy.number('voucher.late_filing_days', date '2026-07-15')"
            ).fetchall()


@pytest.mark.parametrize("policy_id", policy_ids())
def test_a_reading_without_others_lists_none(policy_id: str) -> None:
    policy = load_policy(policy_id)
    told = [line for line in policy_lines(policy, "zh") if "另可读作" in line]
    assert len(told) == sum(bool(p.reading and p.alternatives) for p in policy.parameters)
    assert len(told) > 10
