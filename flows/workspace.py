"""The workspace: where its folders lie, its settings, and the lock that one run holds."""

import fcntl
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hesuan.schemas.fault import InputFault, UsageFault, WorkspaceBusy

SETTINGS = """\
# 核算工作区设置；每项均可省略。
# policy = "{policy}"          # 执行的办法
# user_hash_key = ""           # 用户名散列的密钥；改动后用户散列随之改变
# keep_files = 7               # 保留最近几份数据库
# paper = true                 # 每夜另出供签字的 PDF（须装 hesuan[paper] 与中文字体；缺什么，运行时会说）
# paper_fonts = "/usr/share/fonts/opentype/noto"   # 字体所在文件夹
# paper_body = "Noto Serif CJK SC"                 # 审核意见正文的字体；本单位有仿宋的写仿宋
"""
PAPER_KINDS = {"paper": (bool, "真假"), "paper_fonts": (str, "文字"), "paper_body": (str, "文字")}


@dataclass(frozen=True)
class Settings:
    policy: str | None = None
    user_hash_key: str = "hesuan"
    keep_files: int = 7
    paper: bool = True
    paper_fonts: str | None = None
    paper_body: str | None = None


@dataclass(frozen=True)
class Workspace:
    """Folders of interface.md §2. Nothing here reads or writes until asked."""

    root: Path

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def evidence(self) -> Path:
        return self.root / "evidence"

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse"

    @property
    def published(self) -> Path:
        """What analysts open: a link to the newest dated file."""
        return self.warehouse / "hesuan.duckdb"

    def newest(self) -> Path:
        """The published database. Raises UsageFault before the first run."""
        if not self.published.exists():
            raise UsageFault(f"{self.published}: 还没有公布的数据库；请先运行 hesuan run")
        return self.published

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    def settings(self) -> Settings:
        """Raises InputFault where hesuan.toml is not TOML, names an unknown key or gives a value of another kind."""
        path = self.root / "hesuan.toml"
        if not path.exists():
            return Settings()
        try:
            settings = Settings(**tomllib.loads(path.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
            raise InputFault(f"{path.name}: 设置读不懂：{error}") from error
        for name, (kind, said) in PAPER_KINDS.items():
            value = getattr(settings, name)
            if value is not None and not isinstance(value, kind):
                raise InputFault(f"{path.name}: {name} 须为{said}，实为 {value!r}")
        return settings


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
