"""The one door to S3-compatible storage: whole files through pyarrow, small objects under a condition through botocore.

Credentials, region and endpoint are found by the two libraries themselves (the usual AWS variables and files).
Every trouble leaves as a fault that names the object; nothing here knows what an object is for.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pyarrow import fs

from hesuan.flows.bucket.place import Bucket
from hesuan.flows.workspace import Workspace
from hesuan.schemas.fault import WarehouseFault

# Older and smaller servers do not know the checksums that newer clients send unasked.
PLAIN = Config(
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    retries={"mode": "standard"},
)
REFUSED = {"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "404", "409", "412"}
# Every piece is a request of its own.
BLOCK_BYTES = 8 << 20
ABSENT = {"NoSuchKey", "404"}


@dataclass(frozen=True)
class Listed:
    """An object by its name within the workspace."""

    name: str
    size: int
    etag: str


@dataclass(frozen=True)
class Small:
    """A small object as it was read. age_seconds: by the storage's own clock."""

    content: bytes
    etag: str
    age_seconds: float


class Store:
    """Objects of one workspace, by their names within it."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        with self._told(""):
            self._client: Any = session().create_client("s3", config=PLAIN)
            self.endpoint = str(self._client.meta.endpoint_url)
            scheme, _, host = self.endpoint.partition("://")
            region = self._client.meta.region_name
            own = {} if ".amazonaws.com" in host else {"scheme": scheme, "endpoint_override": host}
            self._files = fs.S3FileSystem(
                region=region if region and region != "aws-global" else "us-east-1", **own
            )

    @property
    def copies(self) -> Workspace:
        return self.bucket.copies(self.endpoint)

    def listed(self, folder: str) -> Iterator[Listed]:
        """Every object below the folder ("": all), in order of its name; the markers that consoles make for folders are none."""
        start, below = len(self.bucket.key("")), self.bucket.key(f"{folder}/" if folder else "")
        with self._told(folder):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket.name, Prefix=below):
                for one in page.get("Contents", []):
                    if one["Size"] or not one["Key"].endswith("/"):
                        yield Listed(one["Key"][start:], one["Size"], one["ETag"])

    def read(self, name: str) -> Small | None:
        """None where there is no such object."""
        with self._told(name):
            try:
                answer = self._client.get_object(Bucket=self.bucket.name, Key=self.bucket.key(name))
            except ClientError as error:
                if error.response["Error"]["Code"] in ABSENT:
                    return None
                raise
            content: bytes = answer["Body"].read()
        sent_at = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        age = (sent_at - answer["LastModified"]).total_seconds()
        return Small(content, answer["ETag"], max(age, 0.0))

    def write(self, name: str, content: bytes, *, over: str | None) -> str | None:
        """Write where the object still is what it was when read (its etag), with None where there is none yet.

        The new etag; None where another was quicker. A client whose answer was lost asks again and is refused by its
        own write: what stands there then is what was to be written.
        """
        condition = {"IfNoneMatch": "*"} if over is None else {"IfMatch": over}
        with self._told(name):
            try:
                answer = self._client.put_object(
                    Bucket=self.bucket.name, Key=self.bucket.key(name), Body=content, **condition
                )
            except ClientError as error:
                if error.response["Error"]["Code"] not in REFUSED:
                    raise
            else:
                return str(answer["ETag"])
        there = self.read(name)
        return there.etag if there is not None and there.content == content else None

    def look(self, name: str) -> Listed | None:
        with self._told(name):
            try:
                answer = self._client.head_object(Bucket=self.bucket.name, Key=self.bucket.key(name))
            except ClientError as error:
                if error.response["Error"]["Code"] in ABSENT:
                    return None
                raise
        return Listed(name, answer["ContentLength"], answer["ETag"])

    def remove(self, name: str) -> None:
        with self._told(name):
            self._client.delete_object(Bucket=self.bucket.name, Key=self.bucket.key(name))

    def fetch(self, name: str, path: Path) -> None:
        """A whole object as a file that is there whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".fetching-")
        os.close(handle)
        try:
            with self._told(name):
                fs.copy_files(self._place(name), partial, self._files, fs.LocalFileSystem())
            os.replace(partial, path)
        finally:
            Path(partial).unlink(missing_ok=True)

    def blocks(self, name: str) -> Iterator[bytes]:
        """A whole object as it lies, piece by piece; nothing of it is kept here."""
        # Its name says nothing of its content: one that ends in .gz is not to be unpacked.
        with self._told(name), self._files.open_input_stream(self._place(name), compression=None) as stream:
            while block := stream.read(BLOCK_BYTES):
                yield block

    def keep(self, path: Path, name: str) -> None:
        """A whole file as an object. Raises WarehouseFault where what was stored is not as long as the file."""
        with self._told(name):
            fs.copy_files(str(path), self._place(name), fs.LocalFileSystem(), self._files)
        stored = self.look(name)
        if stored is None or stored.size != path.stat().st_size:
            raise WarehouseFault(f"{self.bucket}/{name}: 存入的长度与文件不符")

    def _place(self, name: str) -> str:
        return f"{self.bucket.name}/{self.bucket.key(name)}"

    @contextmanager
    def _told(self, name: str) -> Iterator[None]:
        """Trouble with the storage in one line."""
        try:
            yield
        except (ClientError, BotoCoreError, OSError, ValueError) as error:
            said = str(error).strip().splitlines() or [type(error).__name__]
            raise WarehouseFault(f"{self.bucket}/{name}: 存储出错：{said[0]}") from error


@cache
def session() -> Any:
    """What the library read of the environment and of its own descriptions of services."""
    return botocore.session.get_session()


@cache
def store_of(bucket: Bucket) -> Store:
    """One per process: clients are slow to make, and do not travel to other machines."""
    return Store(bucket)
