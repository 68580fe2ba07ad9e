"""The system's chromium driven by playwright, for tests of what a page does; they are skipped, saying so, without it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
# What stands for a reader of the report: an ordinary screen of the office.
SCREEN = {"width": 1280, "height": 900}


@dataclass
class Watch:
    """Everything a page asked for, and everything that went wrong on it."""

    requests: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def follow(self, page: Any) -> None:
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.troubles.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))

    def outside(self, folder: Path) -> list[str]:
        """Requests for anything but files of the report, and the files that the page itself hands over."""
        return [url for url in self.requests if not url.startswith((folder.as_uri(), "blob:"))]


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser. Skips the test where playwright or chromium is not installed."""
    driver = pytest.importorskip("playwright.sync_api", reason="没有安装 playwright：浏览器测试未作")
    if CHROMIUM is None:
        pytest.skip("没有 chromium：浏览器测试未作")
    with driver.sync_playwright() as session:
        browser = session.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
