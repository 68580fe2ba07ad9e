"""The digest: silent where nothing is new, names nobody, goes where it is told to, and never stops a run."""

import http.server
import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.engine import Inline
from hesuan.flows.stages.tell import tell
from hesuan.flows.workspace import DigestSettings, Workspace
from hesuan.schemas.fault import InputFault
from tests.city import APPLICANTS, City
from tests.night import tally

# Nights of its own, looked at once a change is ready.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Three nights: the first, one with a second claim and a file of no use, one with a file that changes no claim."""
    workspace = City().with_register().honest("a", hours=6000).hand_in(tmp_path_factory.mktemp("digest"))
    tally(workspace, engine=Inline())
    extra = City().honest("b", hours=4999, at="09:00:01")
    folder = workspace.inbox / "registry"
    for table in extra.rows:
        (folder / f"{table}-b.csv").write_text(extra.csv(table), encoding="utf-8")
    (folder / "whatever.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    tally(workspace, engine=Inline())
    note = City()
    note.add("blacklist", subject_name="无关公司", list_name="失信名单", listed_on="2020-01-01")
    (folder / "blacklist-c.csv").write_text(note.csv("blacklist"), encoding="utf-8")
    return workspace


def by_age(workspace: Workspace) -> list[Path]:
    return sorted(workspace.warehouse.glob("hesuan-*.duckdb"), key=lambda p: p.stat().st_mtime_ns)


def text_of(workspace: Workspace, database: Path) -> str | None:
    path = workspace.reports / database.stem.rsplit("-", 1)[-1] / "digest.md"
    return path.read_text(encoding="utf-8") if path.exists() else None


def test_the_first_night_says_so(nights: Workspace) -> None:
    text = text_of(nights, by_age(nights)[0])
    assert text is not None
    assert "首次运行：申请 1 笔" in text
    assert "建议兑现：1 笔，建议补贴合计 30,000.00 元" in text


def test_news_are_told_by_id_and_name_nobody(nights: Workspace) -> None:
    text = text_of(nights, by_age(nights)[1])
    assert text is not None
    assert "新增申请 1 笔：C-b" in text
    assert "PRG-003" in text
    assert "1 个未能读取" in text
    assert text.rstrip().endswith("以专家组审核意见为准。")
    for name in ("测试算力有限公司", "whatever", *APPLICANTS):
        assert name not in text


def test_a_night_without_news_is_silent(nights: Workspace) -> None:
    outcome = tally(nights, engine=Inline())
    assert outcome.digest is None
    assert "日报" not in "\n".join(outcome.lines(lang="zh"))
    assert "核算日报" not in outcome.markdown()
    assert tell(nights.published.resolve(), nights) == []


class Received(http.server.BaseHTTPRequestHandler):
    """Keeps what is posted; answers what the server is told to."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append(json.loads(body))  # type: ignore[attr-defined]
        status, answer = self.server.answer  # type: ignore[attr-defined]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with http.server.HTTPServer(("127.0.0.1", 0), Received) as server:
        server.posted, server.answer = [], (200, b"{}")  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def fresh(nights: Workspace) -> Iterator[Callable[[str], tuple[Path, Workspace]]]:
    """The second night's file with settings of one's own; nothing told yet."""

    def told(settings: str) -> tuple[Path, Workspace]:
        (nights.warehouse / ".told.json").unlink(missing_ok=True)
        (nights.root / "hesuan.toml").write_text(settings, encoding="utf-8")
        return by_age(nights)[1], nights

    yield told
    (nights.root / "hesuan.toml").write_text("", encoding="utf-8")


def hook(server: Any, more: str = "") -> str:
    return f'[digest]\nwebhook = "http://127.0.0.1:{server.server_port}/send?key=secret"\n{more}\n'


def test_nothing_leaves_unless_it_is_asked_for(fresh: Any, webhook: Any) -> None:
    assert tell(*fresh("")) == []
    assert webhook.posted == []


def test_a_run_is_told_once(fresh: Any, webhook: Any) -> None:
    database, workspace = fresh(hook(webhook))
    assert tell(database, workspace) == []
    assert tell(database, workspace) == []
    [posted] = webhook.posted
    assert "新增申请 1 笔：C-b" in posted["text"]
    assert "30,000.00" not in posted["text"]


def test_sums_leave_only_where_they_are_asked_for(fresh: Any, webhook: Any) -> None:
    assert tell(*fresh(hook(webhook, "with_sums = true"))) == []
    assert "30,000.00" in webhook.posted[0]["text"]


@pytest.mark.parametrize(
    ("form", "place"),
    [("wecom", ("markdown", "content")), ("dingtalk", ("markdown", "text")), ("feishu", ("content", "text"))],
)
def test_each_service_gets_its_own_body(fresh: Any, webhook: Any, form: str, place: tuple[str, str]) -> None:
    assert tell(*fresh(hook(webhook, f'webhook_form = "{form}"'))) == []
    assert "C-b" in webhook.posted[0][place[0]][place[1]]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((500, b""), "Internal Server Error"),
        ((200, b'{"errcode": 40001, "errmsg": "bad key"}'), "40001 bad key"),
    ],
)
def test_a_refusal_is_one_line_without_the_address(fresh: Any, webhook: Any, answer: Any, says: str) -> None:
    webhook.answer = answer
    database, workspace = fresh(hook(webhook))
    [line] = tell(database, workspace)
    assert says in line
    assert "secret" not in line
    webhook.answer = (200, b"{}")
    assert tell(database, workspace) == []
    assert len(webhook.posted) == 2


def test_a_run_goes_on_where_nobody_answers(tmp_path: Path) -> None:
    workspace = City().with_register().honest("a", hours=6000).hand_in(tmp_path)
    (workspace.root / "hesuan.toml").write_text(
        '[digest]\nwebhook = "http://127.0.0.1:9/"\n', encoding="utf-8"
    )
    outcome = tally(workspace, engine=Inline())
    [line] = outcome.untold
    assert line.startswith("日报没有送到 webhook（127.0.0.1）：")
    assert line in "\n".join(outcome.lines(lang="zh"))
    assert outcome.facts()["untold"] == [line]
    assert "# 核算日报" in outcome.markdown()


class Mailbox(socketserver.StreamRequestHandler):
    """As much of SMTP as a sender without a password needs."""

    def handle(self) -> None:
        def say(line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        say("220 here")
        for raw in self.rfile:
            word = raw.decode().split()[0].upper()
            if word == "DATA":
                say("354 go on")
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line)
                self.server.mails.append(b"".join(lines))  # type: ignore[attr-defined]
            say("221 bye" if word == "QUIT" else "250 ok")
            if word == "QUIT":
                return


def test_mail_carries_the_digest(fresh: Any) -> None:
    import email
    import email.policy

    with socketserver.TCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.mails = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings = (
            f'[digest]\nmail_to = ["panel@example.org"]\nmail_from = "night@example.org"\n'
            f'smtp_host = "127.0.0.1"\nsmtp_port = {server.server_address[1]}\n'
        )
        assert tell(*fresh(settings)) == []
        server.shutdown()
        [raw] = server.mails  # type: ignore[attr-defined]
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert mail["To"] == "panel@example.org"
    assert mail["Subject"].startswith("核算日报 ")
    assert "新增申请 1 笔：C-b" in mail.get_content()


def test_a_mail_server_that_is_away_is_one_line(fresh: Any) -> None:
    settings = '[digest]\nmail_to = ["a@b.c"]\nmail_from = "d@e.f"\nsmtp_host = "127.0.0.1"\nsmtp_port = 9\n'
    [line] = tell(*fresh(settings))
    assert line.startswith("日报没有送到邮箱（127.0.0.1）：")


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ('webhook = "file:///etc/passwd"', "http://"),
        ('webhook = "http://x"\nwebhook_form = "pigeon"', "webhook_form"),
        ('mail_to = ["a@b.c"]', "mail_from"),
        ('smtp_security = "magic"', "smtp_security"),
        ('smtp_user = "x"', "smtp_password_file"),
        ("surprise = 1", "surprise"),
        ('mail_to = "a@b.c"', "mail_to 须为文字的列表"),
        ("mail_to = [5]", "mail_to 须为文字的列表"),
        ("smtp_host = 5", "smtp_host 须为文字"),
        ("smtp_port = true", "smtp_port 须为整数"),
        ('with_sums = "no"', "with_sums 须为真假"),
    ],
)
def test_settings_that_cannot_be_are_named(tmp_path: Path, written: str, says: str) -> None:
    (tmp_path / "hesuan.toml").write_text(f"[digest]\n{written}\n", encoding="utf-8")
    with pytest.raises(InputFault, match=says):
        Workspace(tmp_path).settings()


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ('keep_files = "7"', "keep_files 须为整数，实为 '7'"),
        ("keep_files = true", "keep_files 须为整数"),
        ('report_language = ["zh"]', "report_language 须为文字"),
        ("user_hash_key = 5", "user_hash_key 须为文字"),
        ('paper = "no"', "paper 须为真假"),
        ("policy = 5", "policy 须为文字"),
    ],
)
def test_a_setting_of_another_kind_is_named(tmp_path: Path, written: str, says: str) -> None:
    (tmp_path / "hesuan.toml").write_text(f"{written}\n", encoding="utf-8")
    with pytest.raises(InputFault, match=says):
        Workspace(tmp_path).settings()


def test_the_template_of_settings_can_be_used() -> None:
    assert DigestSettings().faults() == []
