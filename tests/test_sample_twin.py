"""Days on which two cards read the same in every hour; what is constant, or alike only in its sums, is no copy."""

from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import make
from tests.rule_case import court, fill

# card, day, provider, then for each of two hours: utilisation in percent (of 3600 s) and mean power in watts.
MARCH = 1772294400 - 86400  # the midnight in Shanghai a day before 2026-03-01
READS = """
GPU-a 1 P 90 310 40 205
GPU-b 1 P 90 310 40 205
GPU-c 1 P 40 205 90 310
GPU-a 2 P 90 310 41 205
GPU-b 2 P 90 310 40 205
GPU-a 3 P 80 301 70 302
gpu-A 3 P 80 301 70 302
GPU-a 4 P 80 301 70 302
GPU-z 4 Q 80 301 70 302
GPU-d 5 P 0 60 0 61
GPU-e 5 P 0 60 0 61
GPU-d 6 P 100 400 100 401
GPU-e 6 P 100 400 100 401
GPU-d 7 P 50 300 60 300
GPU-e 7 P 50 300 60 300
GPU-d 8 P 50 310 60 320
GPU-e 8 P 50 310 60 320
GPU-f 8 P 50 310 60 320
"""


def relations() -> dict[str, str]:
    days = [
        "provider_id | cluster_id | device_uuid | tenant | contract_no | usage_on | sample_count | metered_seconds"
        " | util_known_seconds | weighted_millipercent_seconds | power_known_seconds | power_millijoules | power_peak_watts"
    ]
    hours = [
        "provider_id | cluster_id | device_uuid | tenant | contract_no | hour_s | sample_count"
        " | weighted_millipercent_seconds | power_known_seconds | power_millijoules | power_peak_watts"
    ]
    for line in READS.strip().splitlines():
        card, day, provider, *pairs = line.split()
        utils, powers = [int(x) for x in pairs[::2]], [int(x) for x in pairs[1::2]]
        who = f"{provider} | c1 | {card} | t-{card} | K-{card}"
        sums = f"{sum(utils) * 3_600_000} | 7200 | {sum(powers) * 3_600_000}"
        days.append(f"{who} | 2026-03-0{day} | 120 | 7200 | 7200 | {sums} | {max(powers)}")
        hours += [
            f"{who} | {MARCH + int(day) * 86400 + hour * 3600} | 60 | {util * 3_600_000} | 3600 | {power * 3_600_000} | {power}"
            for hour, (util, power) in enumerate(zip(utils, powers, strict=True))
        ]
    return {"reconciled.sample_day": "\n".join(days), "lake.occupancy": "\n".join(hours)}


def test_a_day_has_a_twin_where_every_hour_of_another_card_reads_the_same() -> None:
    """One card under two spellings, idle cards, cards at their limit and equal sums of other hours have none."""
    with court() as connection:
        for relation, table in relations().items():
            fill(connection, relation, table)
        for name in ("alike_day", "day_profile", "sample_twin"):
            make(connection, sql_cards("reconciled")[f"reconciled.{name}"])
        asked = """
            select day(usage_on), device_uuid, twin_device_uuid, twin_provider_id, twin_contract_no
            from reconciled.sample_twin order by all
        """
        assert connection.execute(asked).fetchall() == [
            (1, "GPU-a", "GPU-b", "P", "K-GPU-b"),
            (1, "GPU-b", "GPU-a", "P", "K-GPU-a"),
            (4, "GPU-a", "GPU-z", "Q", "K-GPU-z"),
            (4, "GPU-z", "GPU-a", "P", "K-GPU-a"),
            (8, "GPU-d", "GPU-f", "P", "K-GPU-f"),
            (8, "GPU-e", "GPU-d", "P", "K-GPU-d"),
            (8, "GPU-f", "GPU-d", "P", "K-GPU-d"),
        ]
