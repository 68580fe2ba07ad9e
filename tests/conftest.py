"""What several test rooms share: the command line as a person types it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from hesuan.flows import cli

# After every day that a test tells of, whenever it is run.
NOW = datetime.fromisoformat("2026-12-31T12:00:00+08:00")
Said = tuple[int, str, str]
"""Exit code, stdout, stderr."""


@pytest.fixture
def hesuan(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs the console script in this process."""
    for name in ("PREFECT_API_URL", "HESUAN_LANG", "HESUAN_WORKSPACE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    door = cli._door
    monkeypatch.setattr(cli, "_door", lambda lang: replace(door(lang), clock=lambda: NOW))

    def said(*words: object) -> Said:
        monkeypatch.setattr("sys.argv", ["hesuan", *map(str, words)])
        capsys.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return said
