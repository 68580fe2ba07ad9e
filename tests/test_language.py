"""Both languages whole: help, what click says, faults of the terminal, words of the pages; and how a language is chosen."""

import ast
import re
from pathlib import Path

import click
import pytest

from hesuan.flows.adapters import adapters
from hesuan.flows.command import trouble
from hesuan.flows.command.chinese import CLICK_CHINESE
from hesuan.flows.command.english import HELP_ENGLISH
from hesuan.flows.command.fault_english import ENGLISH, fault_english
from hesuan.flows.command.language import _chinese_help, chosen, option_said
from hesuan.flows.command.tree import commands
from hesuan.flows.explaining.answer import WORDS
from hesuan.flows.progress import STEPS
from hesuan.reports.wording import words
from hesuan.schemas import fault
from hesuan.schemas.fault import Fault, ReportFault

ROOT = Path(__file__).parents[1]
HAN = re.compile("[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"\{(\w*)")


def click_texts() -> set[str]:
    """Every text that the click installed puts through gettext."""
    folder = Path(click.__file__).parent
    found = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                texts = {"_": node.args[:1], "ngettext": node.args[:2]}.get(node.func.id, [])
                found |= {str(text.value) for text in texts if isinstance(text, ast.Constant)}
    return found


def test_click_says_nothing_without_chinese() -> None:
    assert click_texts() - set(CLICK_CHINESE) == set()
    assert set(CLICK_CHINESE) - click_texts() == {"required"}


def test_a_translation_fills_in_what_the_original_does() -> None:
    wrong = [
        english
        for english, chinese in CLICK_CHINESE.items()
        if not set(PLACEHOLDER.findall(chinese)) <= set(PLACEHOLDER.findall(english))
    ]
    assert wrong == []
    assert [zh for zh, en in ENGLISH.items() if zh.count("{}") != en.count("{}")] == []


def test_every_help_text_has_english() -> None:
    texts = set(_chinese_help(commands).values())
    assert {text for text in texts if text not in HELP_ENGLISH} == set()
    assert set(HELP_ENGLISH) - texts == set()
    assert [text for text in HELP_ENGLISH.values() if HAN.search(text)] == []


def test_every_command_says_what_it_is_for_in_both_languages(hesuan) -> None:
    for name in commands.commands:
        assert HAN.search(hesuan(name, "--help")[1])
        assert not HAN.search(hesuan(name, "--help", "--lang", "en")[1]), name
    assert "用法：" in hesuan("--help")[1]


def raised(kinds: set[str]) -> dict[str, str]:
    """place → text of every fault of the kinds that the code raises, {} for what is filled in."""
    found = {}
    for path in sorted(
        p for room in ("flows", "schemas", "validators", "reports") for p in (ROOT / room).rglob("*.py")
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                name = getattr(node.exc.func, "id", "")
                if name in kinds and node.exc.args:
                    found[f"{path.relative_to(ROOT)}:{node.lineno}"] = written(node.exc.args[0])
    return found


def written(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else "{}"


def test_every_usage_fault_has_english() -> None:
    """When this fails: add the text to flows/command/fault_english.py, {} for what is filled in."""
    faults = raised({"UsageFault", "WorkspaceBusy"})
    assert len(faults) > 10
    silent = {
        place: text for place, text in faults.items() if HAN.search(fault_english(text.replace("{}", "x")))
    }
    assert silent == {}


def test_a_fault_keeps_what_is_filled_in() -> None:
    assert fault_english("/a b/w: 不是工作区（没有 inbox 文件夹）；请先运行 hesuan init").startswith(
        "/a b/w: not a workspace"
    )
    assert fault_english("查询有误：Binder Error: {x}") == "the query is wrong: Binder Error: {x}"
    assert fault_english("查询有误：没有结果可写") == "the query is wrong: it gives no rows to write"
    assert fault_english("没有这样的一句") == "没有这样的一句"


def test_every_kind_of_fault_has_advice() -> None:
    kinds = {
        k for k in vars(fault).values() if isinstance(k, type) and issubclass(k, Fault) and k is not Fault
    }
    assert set(trouble.ADVICE) == kinds
    for chinese, english in trouble.ADVICE.values():
        assert all(HAN.search(text) for text in chinese)
        assert not any(HAN.search(text) for text in english)


def test_every_explanation_has_both_languages_and_fills_in_the_same() -> None:
    assert set(WORDS["zh"]) == set(WORDS["en"])
    assert not any(HAN.search(re.sub(r"\{\w*\}", "", text)) for text in WORDS["en"].values())
    for part, chinese in WORDS["zh"].items():
        names = [name.removesuffix("_zh") for name in PLACEHOLDER.findall(chinese)]
        english = [re.sub("_(zh|en)$", "", name) for name in PLACEHOLDER.findall(WORDS["en"][part])]
        assert sorted(names) == sorted(english), part


def test_every_step_has_both_names() -> None:
    assert all(HAN.search(zh) and not HAN.search(en) for zh, en in STEPS.values())


def test_every_adapter_has_its_words() -> None:
    assert sorted(words.CHINESE["adapter"]) == sorted(adapter.NAME for adapter in adapters())


def test_every_word_has_both_languages() -> None:
    assert {g: set(c) for g, c in words.CHINESE.items()} == {g: set(c) for g, c in words.ENGLISH.items()}
    for group, said in words.ENGLISH.items():
        for code, text in said.items():
            assert text.strip(), code
            # Han only as the legal term in brackets.
            assert not HAN.search(re.sub(r"\([^)]*\)", "", text)), (group, code)
    assert words.word_of("disposition", "hold", "en") == "hold"
    with pytest.raises(ReportFault, match="zzz"):
        words.word_of("disposition", "zzz")


@pytest.mark.parametrize(
    ("typed", "environment", "lang"),
    [
        ([], {}, "zh"),
        ([], {"LANG": "C.UTF-8"}, "zh"),
        ([], {"LANG": "en_US.UTF-8"}, "en"),
        ([], {"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "en_US.UTF-8", "HESUAN_LANG": "zh"}, "zh"),
        ([], {"HESUAN_LANG": "fr"}, "zh"),
        (["run", "--lang", "en"], {"HESUAN_LANG": "zh"}, "en"),
        (["run", "--lang=en"], {}, "en"),
        (["run", "--", "--lang", "en"], {}, "zh"),
        (["run", "--lang"], {}, "zh"),
    ],
)
def test_the_language_is_chosen(typed: list[str], environment: dict[str, str], lang: str) -> None:
    assert chosen(typed, environment) == lang


def test_the_last_word_of_an_option_counts() -> None:
    assert option_said(["--lang", "zh", "run", "--lang", "en"], "--lang") == "en"
