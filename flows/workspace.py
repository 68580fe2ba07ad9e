"""The workspace: where its folders lie, its settings, and the lock that one run holds."""

import fcntl
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from types import UnionType
from typing import get_args

from hesuan.schemas.fault import InputFault, UsageFault, WorkspaceBusy
from hesuan.schemas.toml_place import read_toml

SETTINGS = """\
# 核算工作区设置；每项均可省略。
# policy = "{policy}"          # 执行的办法
# user_hash_key = ""           # 用户名散列的密钥；改动后用户散列随之改变
# keep_files = 7               # 保留最近几份数据库
# report_language = "zh"       # 报告网页的语言：zh，或 both（另在 reports/<编号>/en/ 出英文版）
# paper = true                 # 每夜另出供签字的 PDF（须装 hesuan[paper] 与中文字体；缺什么，运行时会说）
# paper_fonts = "/usr/share/fonts/opentype/noto"   # 字体所在文件夹
# paper_body = "Noto Serif CJK SC"                 # 审核意见正文的字体；本单位有仿宋的写仿宋
#
# [digest]                     # 有新情况时发出日报（reports/<编号>/digest.md 的文字）；不写则不外发
# webhook = "https://…"        # 收日报的地址
# webhook_form = "text"        # text、wecom 企业微信、dingtalk 钉钉、feishu 飞书
# mail_to = ["…"]              # 收件人
# mail_from = "…"              # 发件人
# smtp_host = "…"              # 邮件服务器
# smtp_port = 25
# smtp_security = "none"       # none、starttls、tls
# smtp_user = "…"
# smtp_password_file = "…"     # 口令所在的文件，只读其第一行
# with_sums = false            # 外发的日报也写各类建议补贴的合计
"""
LATEST = "latest"
"""What the newest run is called where a run is asked for."""
# What a setting is called by the type it has.
KINDS_ZH = {bool: "真假", str: "文字", int: "整数"}
# Chinese is never left out: it is what the panel goes by.
REPORT_LANGUAGES = {"zh": ("zh",), "both": ("zh", "en")}


WEBHOOK_FORMS = ("text", "wecom", "dingtalk", "feishu")
SMTP_SECURITY = ("none", "starttls", "tls")


@dataclass(frozen=True)
class DigestSettings:
    """Where the digest goes. Without webhook and mail_to nothing leaves."""

    webhook: str | None = None
    webhook_form: str = "text"
    mail_to: tuple[str, ...] = ()
    mail_from: str | None = None
    smtp_host: str | None = None
    smtp_port: int = 25
    smtp_security: str = "none"
    smtp_user: str | None = None
    smtp_password_file: str | None = None
    with_sums: bool = False

    def faults(self) -> list[str]:
        """What is wrong with them, one a line; no address is repeated."""
        wrong = []
        if self.webhook is not None and not self.webhook.startswith(("http://", "https://")):
            wrong.append("webhook 须以 http:// 或 https:// 开头")
        if self.webhook_form not in WEBHOOK_FORMS:
            wrong.append(f"webhook_form 须为 {'、'.join(WEBHOOK_FORMS)} 之一")
        if self.smtp_security not in SMTP_SECURITY:
            wrong.append(f"smtp_security 须为 {'、'.join(SMTP_SECURITY)} 之一")
        if self.mail_to and not (self.mail_from and self.smtp_host):
            wrong.append("写了 mail_to，须并写 mail_from 与 smtp_host")
        if (self.smtp_user is None) != (self.smtp_password_file is None):
            wrong.append("smtp_user 与 smtp_password_file 须并写")
        return wrong


@dataclass(frozen=True)
class Settings:
    policy: str | None = None
    user_hash_key: str = "hesuan"
    keep_files: int = 7
    report_language: str = "zh"
    paper: bool = True
    paper_fonts: str | None = None
    paper_body: str | None = None
    digest: DigestSettings = DigestSettings()

    def languages(self) -> tuple[str, ...]:
        """Of the pages of a report."""
        return REPORT_LANGUAGES[self.report_language]

    def with_language(self, lang: str) -> "Settings":
        """The same, with pages in that language beside the Chinese ones."""
        return self if lang in self.languages() else replace(self, report_language="both")


@dataclass(frozen=True)
class Workspace:
    """Folders of interface.md §2. Nothing here reads or writes until asked."""

    root: Path

    @cached_property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @cached_property
    def evidence(self) -> Path:
        return self.root / "evidence"

    @cached_property
    def lake(self) -> Path:
        return self.root / "lake"

    @cached_property
    def warehouse(self) -> Path:
        return self.root / "warehouse"

    @property
    def published(self) -> Path:
        """What analysts open: a link to the newest dated file."""
        return self.warehouse / "hesuan.duckdb"

    def dated(self) -> list[Path]:
        """The databases of the runs that are kept, by day and run id."""
        return sorted(self.warehouse.glob("hesuan-*.duckdb"))

    def newest(self) -> Path:
        """The published database. Raises UsageFault before the first run, or where it is gone."""
        if self.published.is_symlink() and not self.published.exists():
            raise UsageFault(
                f"{self.published}: {self.published.readlink()} 不在，它曾公布；请再运行 hesuan run"
            )
        if not self.published.exists():
            raise UsageFault(f"{self.published}: 还没有公布的数据库；请先运行 hesuan run")
        return self.published

    def run_database(self, name: str) -> Path:
        """The kept database of a run, by its id or the first letters of it; `latest` is the newest.

        Raises UsageFault where none is kept, or several begin so.
        """
        if name == LATEST:
            return self.newest().resolve()
        found = {path.stem.rsplit("-", 1)[-1]: path for path in self.dated()}
        return found[run_named(name, found)]

    @cached_property
    def reports(self) -> Path:
        return self.root / "reports"

    def settings(self) -> Settings:
        """Raises InputFault where hesuan.toml is not TOML, names an unknown key, gives a value of another kind or asks for
        what cannot be.
        """
        path = self.root / "hesuan.toml"
        if not path.exists():
            return Settings()
        try:
            written, _ = read_toml(path.read_bytes())
            digest = written.pop("digest", {})
            if not isinstance(digest, dict):
                raise InputFault(f"{path.name}: digest 应写作一节 [digest]，不是 {digest!r}")
            addresses = digest.get("mail_to", [])
            listed = {**digest, "mail_to": tuple(addresses) if isinstance(addresses, list) else addresses}
            _refuse_unknown(written, Settings, place=path.name)
            _refuse_unknown(digest, DigestSettings, place=f"{path.name}: [digest]")
            settings = Settings(**written, digest=DigestSettings(**listed))
            odd = next(_of_other_kind(settings), None)
            wrong = [f"{name} 须为{said}" for name, said, _ in _of_other_kind(settings.digest)]
            if not isinstance(addresses, list) or not all(isinstance(each, str) for each in addresses):
                wrong.append("mail_to 须为文字的列表")
            wrong = wrong or settings.digest.faults()
        except ValueError as error:
            raise InputFault(f"{path.name}: 设置读不懂：{error}") from error
        if odd is not None:
            name, said, value = odd
            raise InputFault(f"{path.name}: {name} 须为{said}，实为 {value!r}")
        if wrong:
            raise InputFault(f"{path.name}: [digest] {'；'.join(wrong)}")
        if settings.report_language not in REPORT_LANGUAGES:
            known = "、".join(REPORT_LANGUAGES)
            raise InputFault(
                f"{path.name}: report_language 须为 {known} 之一，实为 {settings.report_language!r}"
            )
        return settings


def _refuse_unknown(written: dict[str, object], kind: type, *, place: str) -> None:
    """Raises InputFault naming the keys that are no setting, and those that are."""
    known = [each.name for each in fields(kind) if each.name != "digest"]
    unknown = [name for name in written if name not in known]
    if unknown:
        raise InputFault(f"{place}: 没有 {'、'.join(unknown)} 这项设置；已有：{'、'.join(known)}")


def _of_other_kind(settings: Settings | DigestSettings) -> Iterator[tuple[str, str, object]]:
    """Name, what the setting must be, and what it is, of those that are not so."""
    for each in fields(settings):
        kinds = get_args(each.type) if isinstance(each.type, UnionType) else (each.type,)
        value = getattr(settings, each.name)
        said = KINDS_ZH.get(kinds[0])
        # A truth value is a number to Python.
        if said is not None and type(value) not in kinds:
            yield each.name, said, value


def run_named(name: str, kept: Iterable[str]) -> str:
    """The id of which `name` is the first letters. Raises UsageFault where none of those kept begins so, or several do."""
    fitting = [run_id for run_id in kept if name and run_id.startswith(name)]
    if len(fitting) > 1:
        raise UsageFault(f"{name}: 不止一次运行以此开头，请写全编号")
    if not fitting:
        raise UsageFault(f"{name}: 没有这次运行的数据库（只保留最近几份）")
    return fitting[0]


def settings_text(*, policy: str) -> str:
    return SETTINGS.format(policy=policy)


def make_workspace(root: Path, *, policy: str) -> Workspace:
    """Folders and hesuan.toml; what is already there stays as it is."""
    workspace = Workspace(root)
    for folder in ("registry", "submissions", "decisions"):
        (workspace.inbox / folder).mkdir(parents=True, exist_ok=True)
    for path in (workspace.evidence, workspace.lake, workspace.warehouse, workspace.reports):
        path.mkdir(parents=True, exist_ok=True)
    settings = root / "hesuan.toml"
    if not settings.exists():
        settings.write_text(settings_text(policy=policy), encoding="utf-8")
    return workspace


def existing_workspace(root: Path) -> Workspace:
    """Raises UsageFault where there is no inbox to run on."""
    workspace = Workspace(root)
    if not workspace.inbox.is_dir():
        raise UsageFault(f"{root}: 不是工作区（没有 inbox 文件夹）；请先运行 hesuan init")
    return workspace


def read_only(path: Path) -> None:
    """To nobody more than it was made readable to: the umask of whoever runs stands."""
    path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o444)


def clear(folder: Path) -> None:
    """What an earlier run left there is gone. Raises OSError, naming what could not be removed."""
    if folder.exists():
        shutil.rmtree(folder)


@contextmanager
def held(workspace: Workspace) -> Iterator[None]:
    """The workspace's lock; freed by the system when the process dies. Raises WorkspaceBusy."""
    path = workspace.root / ".lock"
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WorkspaceBusy(f"{workspace.root}: 另一次运行正在使用此工作区，请等它结束") from error
        yield
