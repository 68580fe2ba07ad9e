"""Policy files: quotes stand in the regulation's text, and what does not hold is refused in one line."""

import hashlib
from importlib.resources import files

import pytest

from hesuan.flows.policies import unquoted
from hesuan.flows.policy_tables import load_policy_tables
from hesuan.flows.warehouse import connect
from hesuan.schemas.fault import PolicyFault
from hesuan.schemas.policy import Policy, load_policy, policy_ids, read_policy
from tests.realdata import REGULATION

WHOLE = """
[instrument]
title_zh = "办法"
issuer = "局"
number = "1号"
status = "draft"
text_sha256 = "0"
valid_from = 2026-01-01

[parameter.pool.amount_yuan]
title_zh = "总额"
value = 3000000
article = "第七条"
quote_zh = "不超过300万元"
"""


def read(text: str) -> Policy:
    return read_policy(text.encode(), place="p.toml", policy_id="p")


def test_every_quote_stands_in_the_text() -> None:
    path = REGULATION / "dazhou-2026-draft.txt"
    if not path.exists():
        pytest.skip("没有办法原文 shared/regulation，跳过")
    policy = load_policy("dazhou-2026")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == policy.text_sha256
    assert [p for p in policy.parameters if p.quote_zh]
    assert unquoted(policy, path.read_text(encoding="utf-8")) == []


def test_a_quote_that_is_not_in_the_text_is_named() -> None:
    assert unquoted(read(WHOLE), "每年发放不超过500万元") == ["pool.amount_yuan"]


def test_the_text_itself_is_not_in_the_project() -> None:
    for policy_id in policy_ids():
        text = (files("hesuan.data") / "policy" / f"{policy_id}.toml").read_text(encoding="utf-8")
        quotes = [p.quote_zh for p in load_policy(policy_id).parameters if p.quote_zh]
        assert max(len(quote) for quote in quotes) < 60
        assert len(text) < 20_000


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("第七条", ""), "须写明条款与原文"),
        (('quote_zh = "不超过300万元"', ""), "须写明条款与原文"),
        (("value = 3000000", "value = [1]"), "应为数值"),
        (("valid_from = 2026-01-01", ""), "缺少 valid_from"),
        (('title_zh = "总额"', 'title_zh = "总额"\nvalid_to = 2026-01-01'), "有效期为空"),
        (("[instrument]", "[instrument"), "不是合法的 TOML"),
    ],
)
def test_a_bad_policy_file_is_refused(change: tuple[str, str], says: str) -> None:
    with pytest.raises(PolicyFault, match=says) as caught:
        read(WHOLE.replace(*change))
    assert "p.toml" in str(caught.value)


def test_overlapping_periods_are_refused() -> None:
    two = WHOLE.replace("[parameter.pool.amount_yuan]", "[[parameter.pool.amount_yuan]]")
    again = (
        two[two.index("[[parameter") :]
        .replace("3000000", "2000000")
        .replace("title_zh", "valid_from = 2026-06-01\ntitle_zh")
    )
    with pytest.raises(PolicyFault, match="两个值同时有效"):
        read(two + again)


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
