"""The system's chromium driven by playwright, for tests and benches of what a page does and how long it takes."""

import importlib.util
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
# What stands for a reader of the report: an ordinary screen of the office.
SCREEN = {"width": 1280, "height": 900}
# From the event until the next frame is drawn: what a person waits.
KEYSTROKE = """async (text) => {
    const box = document.getElementById("search");
    box.value = text;
    const begun = performance.now();
    box.dispatchEvent(new Event("input"));
    document.getElementById("list").offsetHeight;
    return performance.now() - begun;
}"""
TICK = """async (place) => {
    const box = document.querySelectorAll("#facets input[type=checkbox]")[place];
    const begun = performance.now();
    box.click();
    document.getElementById("list").offsetHeight;
    const spent = performance.now() - begun;
    box.click();
    return spent;
}"""


def missing() -> str | None:
    """What a browser test lacks on this machine, or None."""
    if importlib.util.find_spec("playwright") is None:
        return "没有安装 playwright"
    return "没有 chromium（Debian 的包 chromium）" if CHROMIUM is None else None


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

    def beyond(self, path: Path) -> list[str]:
        """Requests for anything but that one page."""
        return [url for url in self.requests if url.split("#")[0] != path.resolve().as_uri()]


@dataclass(frozen=True)
class Opened:
    """A page as it was opened, and how long it took until it answered."""

    page: Any
    watch: Watch
    ready_seconds: float

    def keystroke(self, text: str) -> float:
        """Milliseconds until the list answers to what is in the search box."""
        return float(self.page.evaluate(KEYSTROKE, text))

    def tick(self, place: int) -> float:
        """Milliseconds until the list answers to the nth box of the facets; the box is cleared again."""
        return float(self.page.evaluate(TICK, place))

    def heap_megabytes(self) -> float:
        return float(self.page.evaluate("performance.memory.usedJSHeapSize")) / 1e6


def opened(window: Any, path: Path, *, ready: str | None = None, fragment: str = "") -> Opened:
    """Open a file; ready once it is loaded and, where a selector is given, once that is there."""
    page = window.new_page()
    watch = Watch()
    watch.follow(page)
    begun = time.perf_counter()
    page.goto(path.resolve().as_uri() + fragment)
    if ready:
        page.wait_for_selector(ready, state="attached")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => done()))")
    return Opened(page, watch, time.perf_counter() - begun)


@contextmanager
def launched(executable: str | None = CHROMIUM, *options: str) -> Iterator[Any]:
    """One window of a browser for all pages: a window a page takes longer than what is looked at in it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as session:
        browser = session.chromium.launch(executable_path=executable, args=["--no-sandbox", *options])
        try:
            yield browser.new_context(viewport=SCREEN, accept_downloads=True)
        finally:
            browser.close()


@contextmanager
def chromium() -> Iterator[Any]:
    """The same. Skips the test, saying so, where playwright or chromium is not installed."""
    lacking = missing()
    if lacking:
        pytest.skip(f"{lacking}：浏览器测试未作")
    with launched() as browser:
        yield browser
