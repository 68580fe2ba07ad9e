"""What a workspace on S3-compatible storage is called, and where a machine keeps its copies of it. Reads nothing."""

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path

from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import UsageFault

SCRATCH = "HESUAN_SCRATCH"
"""The environment's name for where this machine keeps its copies."""
SCHEME = "s3://"
NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True)
class Bucket:
    """s3://name/prefix. scratch: where machines keep their copies; None: each in its own user's cache folder."""

    name: str
    prefix: str
    scratch: Path | None = None

    def __str__(self) -> str:
        return f"{SCHEME}{self.name}/{self.prefix}".rstrip("/")

    def key(self, name: str) -> str:
        """The key of an object that is called `name` within the workspace."""
        return f"{self.prefix}/{name}" if self.prefix else name

    def below(self, folder: str) -> "Bucket":
        """Another workspace, in a folder of this one."""
        return replace(self, prefix=self.key(folder))

    def copies(self, endpoint: str) -> Workspace:
        """This machine's copies. Another endpoint is another storage, whatever its buckets are called."""
        base = self.scratch or Path.home() / ".cache" / "hesuan"
        return Workspace(base / hashlib.sha256(f"{endpoint}\n{self}".encode()).hexdigest()[:16])


Root = Path | Bucket
"""Where a workspace lies."""


def root_named(words: str, scratch: str | None = None) -> Root:
    """scratch: where this machine keeps its copies, where not in its user's cache folder.

    Raises UsageFault where an address names no bucket: what begins like one is never a folder.
    """
    if not words.lower().startswith("s3:"):
        return Path(words)
    name, _, prefix = words.removeprefix(SCHEME).partition("/")
    folders = prefix.strip("/").split("/") if prefix.strip("/") else []
    is_whole = words.startswith(SCHEME) and NAME.fullmatch(name)
    if not is_whole or any(folder in ("", ".", "..") for folder in folders):
        raise UsageFault(f"{words}: 不是工作区的地址，应为 s3://桶名/前缀")
    return Bucket(name, "/".join(folders), Path(scratch) if scratch else None)
