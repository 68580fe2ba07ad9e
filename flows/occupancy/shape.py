"""The columns of what is made from samples, as SQL types; what they mean stands in `flows.lake.hour`."""

_TEXT = dict.fromkeys(
    ("provider_id", "cluster_id", "device_uuid", "tenant", "contract_no", "boot_id", "file_sha256"), "varchar"
)
_SECONDS = dict.fromkeys(
    (
        *("period_seconds", "covered_seconds", "active_seconds", "above_zero_seconds", "util_known_seconds"),
        *("weighted_millipercent_seconds", "power_known_seconds", "power_millijoules"),
    ),
    "bigint",
)
_READINGS = dict.fromkeys(
    ("power_peak_watts", "memory_peak_mib", "temperature_low_c", "temperature_high_c"), "decimal(18, 3)"
)
_SEQUENCE = dict.fromkeys(("seq_first", "seq_last", "seq_count"), "bigint")
HOUR = {
    **_TEXT,
    **dict.fromkeys(("hour_s", "sample_count", "minutes", "active_minutes", "first_s", "last_s"), "bigint"),
    "last_util_percent": "decimal(18, 3)",
    **_SECONDS,
    **_READINGS,
    **dict.fromkeys(("energy_low_joules", "energy_high_joules"), "decimal(18, 3)"),
    **_SEQUENCE,
    # DuckDB writes a hugeint to Parquet as a floating-point number.
    "seq_sum": "decimal(38, 0)",
    "first_row_no": "bigint",
}
DAY = {
    **_TEXT,
    "day_no": "integer",
    **dict.fromkeys(("sample_count", "first_s", "last_s"), "bigint"),
    "last_util_percent": "decimal(18, 3)",
    **_SECONDS,
    **_READINGS,
    "power_peak_hour_milliwatts": "bigint",
    **_SEQUENCE,
    "is_seq_whole": "boolean",
    **dict.fromkeys(("seq_offset", "seq_hour_s", "seq_row_no", "first_row_no"), "bigint"),
}
GAP = {
    **dict.fromkeys(
        (
            *("provider_id", "cluster_id", "device_uuid", "tenant", "contract_no"),
            *("next_tenant", "next_contract_no"),
        ),
        "varchar",
    ),
    **dict.fromkeys(("begin_s", "stop_s"), "bigint"),
}
SPAN = {
    "provider_id": "varchar",
    "device_uuid": "varchar",
    "day_no": "integer",
    "first_s": "bigint",
    "last_s": "bigint",
}
FATE = {
    **dict.fromkeys(("kind", "provider_id", "device_uuid"), "varchar"),
    "day_no": "integer",
    "file_sha256": "varchar",
    "sheet": "varchar",
    "row_no": "bigint",
    "by_file_sha256": "varchar",
    "by_sheet": "varchar",
    "by_row_no": "bigint",
    "cluster_id": "varchar",
    "tenant": "varchar",
    "contract_no": "varchar",
    "sampled_at": "timestamptz",
    "is_rewritten": "boolean",
}
MADE = {"occupancy": HOUR, "occupancy_day": DAY, "gap": GAP, "span": SPAN, "fate": FATE}


def cast_to(shape: dict[str, str]) -> str:
    """The columns of a shape, in its order and types, for a SELECT."""
    return ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in shape.items())


def declared(shape: dict[str, str]) -> str:
    """For a CREATE TABLE."""
    return ", ".join(f"{name} {kind}" for name, kind in shape.items())
