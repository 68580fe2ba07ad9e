"""The README: its generated tables keep up, its two commands stand there once, its lists match the code."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from hesuan.flows import readme
from hesuan.flows.stages.reconcile import sql_cards
from hesuan.schemas import fault
from hesuan.schemas.card import RuleCard
from hesuan.schemas.fault import UsageFault
from hesuan.schemas.policy import default_policy_id, load_policy

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETUP = "python3 -m venv .venv && "


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```sh {kind}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def test_the_generated_tables_keep_up() -> None:
    """When this fails: python -m hesuan.flows.readme"""
    assert readme.with_sections(README, readme.generated_sections()) == README


def test_a_section_that_nobody_marked_is_named() -> None:
    with pytest.raises(UsageFault, match="rules"):
        readme.with_sections("<!-- generated: tables -->\n<!-- end -->", {"tables": "", "rules": ""})


@pytest.mark.parametrize(("kind", "end"), [("demo", "hesuan demo"), ("test", 'pytest -n 2 -m "not slow"')])
def test_each_command_stands_there_once_on_one_line(kind: str, end: str) -> None:
    [command] = blocks(kind)
    assert command.count("\n") == 1
    assert command.startswith(SETUP)
    assert command.endswith(f"{end}\n")


def test_there_is_no_third_command_that_sets_up() -> None:
    assert README.count(SETUP) == 2
    assert len(re.findall(r"^```sh", README, re.MULTILINE)) == 2


def test_both_commands_install_only_what_is_hashed() -> None:
    for kind in ("demo", "test"):
        [command] = blocks(kind)
        installs = [part for part in command.split(" && ") if " install " in part]
        assert [
            "--require-hashes" in part or "--no-deps --no-build-isolation" in part for part in installs
        ] == [
            True,
            True,
        ]


def test_every_exit_code_is_explained() -> None:
    codes = {kind.exit_code for kind in vars(fault).values() if isinstance(kind, type)}
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    assert listed == (codes - {1}) | {0}


def test_every_command_is_listed() -> None:
    if find_spec("hesuan.flows.cli") is None:
        pytest.skip("命令行尚未写成")
    from hesuan.flows.cli import commands

    listed = set(re.findall(r"`hesuan ([a-z]+)", README))
    assert set(commands.commands) <= listed


def test_a_rule_is_one_line_of_the_catalogue() -> None:
    card = RuleCard(
        "INV-001", "", "重复使用", "reused", "第七条", "block", "active", "claim", "", "", (), {}, (), ()
    )
    assert readme.rule_list([card]).splitlines()[2:] == ["| INV-001 | 重复使用 | 第七条 | 建议不予 |"]


def test_every_article_from_4_to_18_says_where_it_is_looked_after() -> None:
    found = readme.clauses(default_policy_id())
    numerals = [
        "四",
        "五",
        "六",
        "七",
        "八",
        "九",
        "十",
        "十一",
        "十二",
        "十三",
        "十四",
        "十五",
        "十六",
        "十七",
        "十八",
    ]
    assert [clause["article"] for clause in found] == [f"第{n}条" for n in numerals]
    assert all(clause["people_zh"] for clause in found)


def test_every_reading_of_the_policy_belongs_to_one_article() -> None:
    listed = [
        reading for clause in readme.clauses(default_policy_id()) for reading in clause.get("readings", [])
    ]
    assert sorted(listed) == sorted(set(listed))
    assert set(listed) == {p.reading for p in load_policy(default_policy_id()).parameters if p.reading}


def test_every_published_column_that_an_article_names_exists() -> None:
    cards = sql_cards("published")
    for clause in readme.clauses(default_policy_id()):
        for column in clause["columns"]:
            relation, name = column.split(".")
            assert name in cards[f"published.{relation}"].columns, column


def test_nothing_is_said_twice() -> None:
    """As two versions of a paragraph are, that were joined and both kept."""
    prose = [line[:30] for line in README.splitlines() if line[:1] not in ("|", "`", "p")]
    long = [line for line in prose if len(line) == 30]
    assert sorted(long) == sorted(set(long))
