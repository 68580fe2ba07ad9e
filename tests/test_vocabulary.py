"""One vocabulary: what SQL says of a code for people is what the pages say of it."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest

from hesuan.flows.checking import checked
from hesuan.flows.explaining.answer import WORDS
from hesuan.flows.macros import MACROS
from hesuan.reports.sheet.case_sheet import SHEETS
from hesuan.reports.wording import word, words
from hesuan.schemas.policy import default_policy_id, load_policy
from hesuan.schemas.tables import tables
from hesuan.validators.judge import rule_cards

DISPOSITIONS = {code: zh for code, (zh, _) in word.DISPOSITIONS.items()}
OLD_WORDS = ("信息不足", "账单卡时", "账单<br>卡时", "账单<br>金额", "账单（卡时）", "账单 ÷ 计量")
FILE_STATES = {
    "kept": b"%PDF-1.4\n%%EOF",
    "refused": b"\x1f\x8b\x08\0\0",
    "unrecognised": "甲,乙\n1,2\n".encode(),
}
_CASE = re.compile(r"case (?:\w+\.)?(disposition|before_code|after_code)\s(.*?)\send\b", re.DOTALL)
_CODE = re.compile(r"when '(\w+)' then '([^'，]*)")
_MEANING = re.compile(r'disposition = "(?:处理建议：)?approve ([^，]*)，hold ([^，]*)，reject ([^"]*)"')


def texts() -> list[tuple[str, str]]:
    return [
        *((file.name, file.read_text(encoding="utf-8")) for file in sql_files(files("hesuan.flows") / "sql")),
        *((macro.name, macro.body) for macro in MACROS),
        *((sheet.title, sheet.question) for sheet in SHEETS),
    ]


def sql_files(folder: Traversable) -> list[Traversable]:
    found = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return [
        file
        for entry in found
        for file in (sql_files(entry) if entry.is_dir() else [entry])
        if file.name.endswith(".sql")
    ]


def told() -> list[tuple[str, str, str]]:
    """Where, code, word: of every disposition that SQL puts into words."""
    cases = [
        (name, code, said)
        for name, text in texts()
        for case in _CASE.finditer(text)
        for code, said in _CODE.findall(case[2])
        if code in DISPOSITIONS
    ]
    meanings = [
        (name, code, said)
        for name, text in texts()
        for words in _MEANING.findall(text)
        for code, said in zip(DISPOSITIONS, words, strict=True)
    ]
    return cases + meanings


def test_sql_calls_a_disposition_what_the_pages_call_it() -> None:
    found = told()
    assert {name for name, _, _ in found} >= {"v_兑现汇总.sql", "v_批次变化.sql", "截至", "claim.sql"}
    assert [place for place in found if place[2] != DISPOSITIONS[place[1]]] == []


@pytest.mark.parametrize("place", ["v_供给方.sql", "供给方"])
def test_a_count_of_a_disposition_is_headed_by_its_word(place: str) -> None:
    text = dict(texts())[place]
    for said in DISPOSITIONS.values():
        assert f" as {said}," in text


def test_the_two_parties_have_one_name_each() -> None:
    """供给方 and 需求方 are the regulation's words; ours are 服务机构 and 申领单位. The names of a sheet and a view stand."""
    cards = [
        text
        for card in rule_cards()
        for text in (card.title_zh, card.because_zh, *card.unknown_zh, *card.innocent_zh)
    ]
    meanings = [meaning for card in rule_cards() for meaning in card.evidence.values()]
    columns = [column.meaning_zh for table in tables().values() for column in table.all_columns]
    reasons = [parameter.house_reason_zh or "" for parameter in load_policy(default_policy_id()).parameters]
    sql = [text.split("*/")[0] for _, text in texts()]
    said = [*cards, *meanings, *columns, *reasons, *sql]
    assert [text for text in said if "供给方" in text or "需求方" in text] == []


def test_a_verdict_and_the_billed_hours_have_one_word_each() -> None:
    """The verdicts' words stand in words.py; 计费卡时 is what quantity.toml calls the billed card-hours."""
    room = files("hesuan.reports")
    pages = [
        file.read_text(encoding="utf-8")
        for folder in ("templates", "templates/paper", "wording", "page", "paper", "sheet")
        for file in (room / folder).iterdir()
        if file.name.endswith((".j2", ".js", ".typ", ".toml", ".py"))
    ]
    said = [
        *pages,
        *(text for _, text in texts()),
        WORDS["zh"]["counts"],
        Path("README.md").read_text("utf-8"),
    ]
    assert [word for word in OLD_WORDS for text in said if word in text] == []
    assert [text for text in said if re.search('class="n">发现<', text)] == []
    assert re.findall("([^\\W{]+) {\\w+}", WORDS["zh"]["counts"]) == list(words.CHINESE["verdict"].values())


@pytest.mark.parametrize(("state", "content"), FILE_STATES.items())
def test_check_calls_the_state_of_a_file_what_the_pages_call_it(
    state: str, content: bytes, tmp_path: Path
) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    head = checked(tmp_path / "x.csv").lines()[0].removeprefix(f"{tmp_path / 'x.csv'}: ")
    assert head.split("，")[0] == word.FILE_STATES[state]
