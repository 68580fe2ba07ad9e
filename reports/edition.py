"""The pages of a report in one language. Chinese comes first; an English edition lies in a folder of its own beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from hesuan.reports import press
from hesuan.reports.press_english import english_press
from hesuan.schemas.fault import ReportFault

# Language → its folder below the report's, how a page names the language, and the way back from its folder.
FOLDERS = {"zh": "", "en": "en/"}
NAMES = {"zh": ("zh-CN", "中文"), "en": ("en", "English")}
UP = {"zh": "", "en": "../"}
SHEETS: dict[str, tuple[str, ...]] = {"zh": (), "en": ("english.css",)}


@dataclass(frozen=True)
class Edition:
    """other: the language that each page also exists in, None where there is no other edition."""

    lang: str
    other: str | None

    @property
    def environment(self) -> press.Press:
        return english_press() if self.lang == "en" else press.press()

    def page(
        self,
        address: str,
        template: str,
        context: dict[str, Any],
        *,
        layout: str,
        sheets: Sequence[str] = (),
        scripts: Sequence[str] = (),
    ) -> tuple[str, bytes]:
        """Name below the report's folder, and the page. `address` is relative to the edition's folder, as a link has it."""
        content = press.page(
            self.environment,
            template,
            layout=layout,
            sheets=(*sheets, *SHEETS[self.lang]),
            scripts=scripts,
            root="../" * address.count("/"),
            **self._link(address),
            **context,
        )
        return f"{FOLDERS[self.lang]}{unquote(address)}", content

    def _link(self, address: str) -> dict[str, str]:
        """To the same page in the other language."""
        if self.other is None:
            return {"other_page": "", "other_lang": "", "other_name": ""}
        code, name = NAMES[self.other]
        page = f"{UP[self.lang]}{FOLDERS[self.other]}{address}"
        return {"other_page": page, "other_lang": code, "other_name": name}


def editions(langs: Sequence[str]) -> list[Edition]:
    """Chinese first. Raises ReportFault where a language is not known or Chinese is left out."""
    if list(langs) not in (["zh"], ["zh", "en"]):
        raise ReportFault(f"报告的语言应为 zh 或 zh、en，实为 {'、'.join(langs)}")
    return [Edition(lang, next((other for other in langs if other != lang), None)) for lang in langs]
