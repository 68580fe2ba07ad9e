"""What the page of one provider shows: logs, capacity, bills against logs, prices, overlaps, findings, contracts."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb

from hesuan.reports import docket, published
from hesuan.reports.page import arrival, provider_figures
from hesuan.reports.published import Row, grouped

OVERLAPS_LISTED = 100
# A month with a billed line without metering makes the contract's metering unknown: a part is no measure of the whole.
# Card-hours of several classes have no sum: a contract has a row for each.
RATIOS = """
select
    k.provider_id,
    r.contract_no,
    r.device_class,
    sum(r.billed_gpu_hours) as billed_gpu_hours,
    case
        when count(*) filter (r.billed_gpu_hours is not null and r.metered_gpu_hours is null) = 0
            then sum(r.metered_gpu_hours)
    end as metered_gpu_hours
from published.reconciliation as r
join (
    select contract_no, min(provider_id) as provider_id
    from (
        select contract_no, provider_id from published.price_line
        union
        select contract_no, provider_id from published.claim
    )
    group by contract_no
) as k using (contract_no)
where r.month is not null and coalesce(r.billed_gpu_hours, r.metered_gpu_hours) is not null
group by k.provider_id, r.contract_no, r.device_class
order by k.provider_id, r.contract_no, r.device_class
"""
PRICES = """
select
    provider_id,
    device_model,
    service_item,
    unit,
    count(*) as line_count,
    min(unit_price) as lowest_price,
    max(unit_price) as highest_price,
    min(tariff_price) as lowest_tariff,
    max(tariff_price) as highest_tariff,
    count(*) filter (unit_price > tariff_price) as above_count,
    count(*) filter (tariff_price is null or unit_price is null) as unknown_count
from published.price_line
group by provider_id, device_model, service_item, unit
order by provider_id, device_model nulls last, service_item nulls last, unit
"""
ABOVE_TARIFF = """
select provider_id, contract_no, line_no, signed_on, service_item, device_model, unit, unit_price, tariff_price
from published.price_line
where unit_price > tariff_price
order by provider_id, contract_no, line_no, device_model
"""
OVERLAPS = f"""
select
    provider_id,
    device_uuid,
    strftime(started_at, '%Y-%m-%d %H:%M:%S') as started,
    strftime(ended_at, '%Y-%m-%d %H:%M:%S') as ended,
    card_seconds,
    array_to_string(parties, '、') as parties,
    count(*) over (partition by provider_id) as row_total,
    sum(card_seconds) over (partition by provider_id) as seconds_total
from published.usage_overlap
qualify row_number() over (
    partition by provider_id order by card_seconds desc nulls last, started_at, device_uuid, ended_at
) <= {OVERLAPS_LISTED}
order by provider_id, card_seconds desc nulls last, started_at, device_uuid, ended_at
"""
GAPS = """
select provider_id, count(*) as gap_count, sum(card_seconds) as card_seconds
from published.usage_gap
group by provider_id
order by provider_id
"""


def listed_providers(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Row]]:
    """Provider → its entries on the list, in order of entry; none of them where it is not on the list."""
    return grouped(published.rows(connection, published.PROVIDER), "provider_id")


def providers(
    connection: duckdb.DuckDBPyConnection, *, claims: list[Row], rules: dict[str, Row]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Provider and the context of templates/provider.html.j2, by provider."""
    logs = grouped(published.rows(connection, published.LOG_DAY), "provider_id")
    capacity = grouped(published.rows(connection, published.CAPACITY_DAY), "provider_id")
    prices = grouped(published.answers(connection, PRICES), "provider_id")
    above = grouped(published.answers(connection, ABOVE_TARIFF), "provider_id")
    ratios = grouped(published.answers(connection, RATIOS), "provider_id")
    gaps = grouped(published.answers(connection, GAPS), "provider_id")
    overlaps = grouped(published.answers(connection, OVERLAPS), "provider_id")
    counted = grouped(published.rows(connection, published.PROVIDER_COVERAGE), "provider_id")
    claimed = grouped(claims, "provider_id")
    allowed = published.value_in_force(connection, "metering.tolerance_ratio")
    tolerance = None if allowed is None else Decimal(allowed)
    for provider_id, entries in listed_providers(connection).items():
        yield (
            provider_id,
            {
                "provider_id": provider_id,
                "name": _name(entries, claimed.get(provider_id, [])),
                "entries": [row for row in entries if row["listed_on"] is not None],
                "calendar": arrival.calendar(logs.get(provider_id, [])),
                "states": arrival.STATES,
                "machines": provider_figures.machines(capacity.get(provider_id, [])),
                "prices": prices.get(provider_id, []),
                "above": above.get(provider_id, []),
                **provider_figures.bill_to_log(ratios.get(provider_id, []), tolerance),
                "gap": next(iter(gaps.get(provider_id, [])), None),
                "overlaps": overlaps.get(provider_id, []),
                **_coverage(counted.get(provider_id, []), rules),
                "claims": claimed.get(provider_id, []),
                "outcome": _outcome(claimed.get(provider_id, [])),
            },
        )


def _name(entries: list[Row], claims: list[Row]) -> str | None:
    """The name on the list, the newest; else the one that a claim was published with."""
    names = [row["provider_name"] for row in (*claims, *entries) if row["provider_name"] is not None]
    return names[-1] if names else None


def _outcome(claims: list[Row]) -> dict[str, tuple[int, Decimal]]:
    """Disposition → number of claims and the sum proposed or kept."""
    told: dict[str, tuple[int, Decimal]] = {}
    for claim in claims:
        number, total = told.get(claim["disposition"], (0, Decimal("0.00")))
        told[claim["disposition"]] = (number + 1, total + claim["proposed_subsidy_yuan"])
    return told


def _coverage(counted: list[Row], rules: dict[str, Row]) -> dict[str, list[tuple[Row, Row]]]:
    """Each rule with its counts at this provider: those that spoke, the most findings first, and those that did not."""
    place = "published.provider_coverage"
    told = [(docket.cited(rules, row["rule_id"], place=place), row) for row in counted]
    spoken = [pair for pair in told if pair[1]["flag_count"] or pair[1]["unknown_count"]]
    spoken.sort(key=lambda pair: (-pair[1]["flag_count"], -pair[1]["unknown_count"], pair[1]["rule_id"]))
    return {"coverage": told, "spoken": spoken, "silent": [pair for pair in told if pair not in spoken]}
