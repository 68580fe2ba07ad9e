"""A template or script of ours in English: Chinese stands in the source, and is replaced before anything is compiled.

A message is what stands between two tags or statements, its values numbered {1}, {2} …; or one quoted text inside a
statement, a value or a script. Chinese pages never pass here, so they cost nothing more. The words: english.py.
"""

import re
from collections.abc import Callable, Iterator

from markupsafe import escape

from hesuan.reports.wording.english import FOREIGN, english_marks, has_chinese, marked

# Message → its English; {1} is a value, {1|claim|claims} the word that goes with that number.
Said = Callable[[str], str]
_PIECES = r"(?P<comment>\{#.*?#\})|(?P<statement>\{%.*?%\})|(?P<value>\{\{.*?\}\})"
_TAG = r"(?P<tag><[a-zA-Z/!](?:\{\{.*?\}\}|\{%.*?%\}|[^>{])*>)"
_TEXT = r"(?P<text>[^<{]+|.)"
_SOURCE = re.compile(f"{_PIECES}|{_TAG}|{_TEXT}", re.DOTALL)
_IN_TAG = re.compile(f"{_PIECES}|{_TEXT}", re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w-]+)="((?:\{\{.*?\}\}|\{%.*?%\}|[^"{])*)"', re.DOTALL)
# On one line: a lone mark in a pattern of a script leads no further than its line.
_QUOTED = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_PLACE = re.compile(r"\{(\d+)(?:\|([^|}]*)\|([^}]*))?\}")
# No element may stand in these: what is Chinese in them cannot be marked, and a span would end a drawing.
_BARE = re.compile(r"<(title|text|desc|textarea)\b")


def template_in_english(source: str, said: Said) -> str:
    return "".join(_rendered(_SOURCE, source, said, is_attribute=False))


def script_in_english(source: str, said: Said) -> str:
    return _QUOTED.sub(lambda found: _literal(found, said), source)


def _rendered(pieces: re.Pattern[str], source: str, said: Said, *, is_attribute: bool) -> Iterator[str]:
    run: list[tuple[str, str]] = []
    is_bare = is_attribute
    for found in pieces.finditer(source):
        kind, piece = str(found.lastgroup), found.group()
        if kind in ("text", "value"):
            run.append((kind, piece))
            continue
        yield _message(run, said, is_bare=is_bare, is_attribute=is_attribute)
        run = []
        if kind == "tag":
            is_bare = bool(_BARE.match(piece))
            yield _ATTRIBUTE.sub(lambda attribute: _attribute(attribute, said), piece)
        else:
            yield _QUOTED.sub(lambda quoted: _literal(quoted, said), piece) if kind == "statement" else piece
    yield _message(run, said, is_bare=is_bare, is_attribute=is_attribute)


def _attribute(found: re.Match[str], said: Said) -> str:
    value = "".join(_rendered(_IN_TAG, found[2], said, is_attribute=True))
    return f'{found[1]}="{value}"'


def _message(run: list[tuple[str, str]], said: Said, *, is_bare: bool, is_attribute: bool) -> str:
    """One run of text and values in English, the space around it as it was."""
    values = [_value(piece, said) for kind, piece in run if kind == "value"]
    places = iter(range(1, len(values) + 1))
    message = "".join(f"{{{next(places)}}}" if kind == "value" else piece for kind, piece in run)
    plain = message.strip(" \n")
    if has_chinese(plain):
        message = message.replace(plain, _marked(_spoken(plain, said), is_bare, is_attribute), 1)
    return _PLACE.sub(lambda place: _put(place, values, is_bare=is_bare), message)


def _spoken(message: str, said: Said) -> str:
    return said(message) if FOREIGN.search(message) else english_marks(message)


def _marked(english: str, is_bare: bool, is_attribute: bool) -> str:
    if is_attribute:
        return str(escape(english))
    return english.replace("<", "&lt;") if is_bare else marked(english)


def _put(place: re.Match[str], values: list[str], *, is_bare: bool) -> str:
    value = values[int(place[1]) - 1]
    if place[2] is not None:
        return f'{{{{ "{place[2]}" if ({value}) == "1" else "{place[3]}" }}}}'
    return f"{{{{ ({value})|bare }}}}" if is_bare else f"{{{{ {value} }}}}"


def _value(piece: str, said: Said) -> str:
    return _QUOTED.sub(lambda found: _literal(found, said), piece[2:-2].strip())


def _literal(found: re.Match[str], said: Said) -> str:
    if not has_chinese(found[1]):
        return found[0]
    return '"' + _spoken(found[1], said).replace('"', '\\"') + '"'
