"""One-minute samples of a few cards: what an exporter saw, whatever the job log says."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random

import polars as pl

from hesuan.flows.demo.clock import moment
from hesuan.flows.demo.dossier import Dossier, Seat
from hesuan.schemas.kind import INSTANT_TYPE
from hesuan.schemas.tables import tables

MINUTE = 60
CAPACITY_MIB = 49140


def sample_rows(
    dossier: Dossier, seats: Sequence[Seat], span: range, *, log_ahead: int, rng: Random
) -> list[dict[str, object]]:
    """One row per card and minute. `log_ahead`: seconds by which the job log runs ahead of the true clock."""
    rows = []
    for seat in seats:
        runs = sorted((j.start - log_ahead, j.end - log_ahead) for j in dossier.jobs if j.seat == seat)
        for at in range(span.start, span.stop, MINUTE):
            is_busy = any(start <= at < end for start, end in runs)
            rows.append(_row(dossier, seat, at, is_busy, rng))
    return rows


def _row(dossier: Dossier, seat: Seat, at: int, is_busy: bool, rng: Random) -> dict[str, object]:
    """Milli-units drawn as integers, so that no float is ever rounded."""
    util = rng.randint(70000, 100000) if is_busy else 0
    power = (rng.randint(210000, 330000)) if is_busy else rng.randint(33000, 36000)
    memory = CAPACITY_MIB * rng.randint(60, 90) // 100 if is_busy else rng.randint(2, 6)
    thousandths = {"util_percent": util, "power_watts": power, "memory_used_mib": memory * 1000}
    return {
        "provider_id": dossier.provider.provider_id,
        "cluster_id": dossier.provider.house.cluster_id,
        "device_uuid": seat.uuid,
        "sampled_at": moment(at) + timedelta(seconds=rng.choice((0, 0, 0, 1))),
        "tenant": dossier.tenant,
        "contract_no": dossier.contract_no,
        **{name: Decimal(value).scaleb(-3) for name, value in thousandths.items()},
        "temperature_c": Decimal(rng.randint(55000, 72000) if is_busy else rng.randint(28000, 33000)).scaleb(
            -3
        ),
    }


def sample_frame(rows: Sequence[dict[str, object]]) -> pl.DataFrame:
    table = tables()["usage_sample"]
    schema = {name: table.column(name).kind.dtype for name in rows[0]}
    assert schema["sampled_at"] == INSTANT_TYPE
    return pl.DataFrame(rows, schema=schema, orient="row")
