"""The state of every commitment's signature, as a relation of the lake; reconcile joins it, nothing else verifies.

    valid        a registered key verifies it: of this provider, of this cluster or of all, in force on the day of receipt
    wrong        there is such a key, and it does not verify
    key_unknown  there is no such key, or half of the signature is missing (only key_id, or only signature)

An unsigned commitment has no row. A key counts on the day (Asia/Shanghai) on which the commitment was received, both
ends of its validity included: what a key signed while it was in force stands after it was withdrawn.
"""

from datetime import date
from itertools import groupby
from typing import NamedTuple

import polars as pl

from hesuan.flows.chain.signature import Pledge, message, verifies
from hesuan.flows.warehouse import Connection, comment
from hesuan.schemas.cast import INSTANT_TYPE

RELATION = "lake.commitment_signature"
TITLE = "日志承诺的签名（带签名的承诺一行）"
COLUMNS: dict[str, tuple[pl.DataType, str]] = {
    "provider_id": (pl.String(), "服务机构代码"),
    "cluster_id": (pl.String(), "集群"),
    "covers_on": (pl.Date(), "日志日期"),
    "received_at": (INSTANT_TYPE, "承诺收到之时"),
    "root_sha256": (pl.String(), "承诺的根摘要"),
    "key_id": (pl.String(), "签名密钥编号"),
    "signature_state": (pl.String(), "验签：valid 相符，wrong 不符，key_unknown 没有可以验证的公钥"),
    "held_by": (pl.String(), "验签所据密钥的私钥由谁保管；没有写明的为空"),
}
BEST_FIRST = ("valid", "wrong", "key_unknown")
# A commitment with each key it may have been signed by; without such a key once, with none.
SIGNED = """
    select
        c.provider_id, c.cluster_id, c.covers_on, epoch_us(c.received_at), lower(c.root_sha256), c.key_id,
        c.signature, k.public_key, k.held_by
    from lake.commitment as c
    left join lake.signing_key as k
        on k.provider_id = c.provider_id
        and k.key_id = c.key_id
        and (k.cluster_id is null or lower(k.cluster_id) = lower(c.cluster_id))
        and cast(c.received_at as date) >= k.valid_from
        and (k.valid_to is null or cast(c.received_at as date) <= k.valid_to)
    where c.key_id is not null or c.signature is not null
    order by all
"""


class Signed(NamedTuple):
    """A signed commitment beside one key of the register, or none; received_us in microseconds since 1970, UTC."""

    provider_id: str
    cluster_id: str | None
    covers_on: date
    received_us: int
    root_sha256: str
    key_id: str | None
    signature: str | None
    public_key: str | None
    held_by: str | None

    @property
    def state(self) -> str:
        if self.signature is None or self.public_key is None:
            return "key_unknown"
        pledge = Pledge(self.provider_id, self.cluster_id, self.covers_on, self.root_sha256)
        return "valid" if verifies(message(pledge), self.signature, self.public_key) else "wrong"


def load_signatures(connection: Connection) -> None:
    """Make lake.commitment_signature from lake.commitment and lake.signing_key."""
    rows = _judged([Signed(*row) for row in connection.execute(SIGNED).fetchall()])
    types = {name: kind for name, (kind, _) in COLUMNS.items()}
    microseconds = {**types, "received_at": pl.Int64()}
    frame = pl.DataFrame(rows, schema=microseconds, orient="row").cast({"received_at": INSTANT_TYPE})
    connection.register("signatures", frame)
    connection.execute(f"create table {RELATION} as select * from signatures")
    connection.unregister("signatures")
    comment(connection, RELATION, TITLE, {name: meaning for name, (_, meaning) in COLUMNS.items()})


def _judged(signed: list[Signed]) -> list[tuple[object, ...]]:
    """A row per commitment: the best that any of its keys makes of it."""
    found = []
    for commitment, keys in groupby(signed, key=lambda one: one[:6]):
        place, held_by = min((BEST_FIRST.index(key.state), key.held_by or "") for key in keys)
        found.append((*commitment, BEST_FIRST[place], held_by or None))
    return found
