"""The pages of a province of many years: 5,000 contracts and 200,000 findings, written, opened and searched.

All pages written in at most 60 s; overview usable in 1 s, list of findings in 2 s, a keystroke of its search in 50 ms
(the last three need playwright and a Chromium; where one is missing they are left out and named).
Usage, from the project's folder: python -m tests.bench.pages [CONTRACTS] [FINDINGS] [FOLDER]
"""

import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from hesuan.flows.reference.rule import publish_rules
from hesuan.flows.warehouse import Connection, connect
from hesuan.reports.book import write_report
from hesuan.validators.judge import rule_cards
from tests import browser
from tests.browser import Opened
from tests.report_city import TABLES

CONTRACTS = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
FINDINGS = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
PROVIDERS = 40
ROUNDS = 7
KEYSTROKES = ("D", "DZ", "DZ2", "多", "多 17", "卡时 K4", "机构 P7", "没有这个词")

# Every figure follows from the row's number: the same numbers give the same province.
PROVINCE = f"""
insert into published.run by name
    select '0123456789ab' as run_id, date '2026-11-25' as as_of, 'bench' as policy_id, '算力券管理办法' as policy_title,
        'draft' as policy_status, repeat('d', 64) as policy_sha256, repeat('e', 64) as code_sha256,
        repeat('f', 64) as figure_sha256, 2000 as input_count, {CONTRACTS} as claim_count;
insert into published.claim by name
    select '0123456789ab' as run_id, 'DZ2026-' || lpad(n::varchar, 5, '0') as claim_id, 'SLQ-' || n as voucher_id,
        'HT-' || lpad(n::varchar, 5, '0') as contract_no, 'U' || n % 3000 as applicant_id,
        '第' || n % 3000 || '号申领单位有限公司' as applicant_name, 'P' || n % {PROVIDERS} as provider_id,
        '第' || n % {PROVIDERS} || '号算力服务有限公司' as provider_name, 120000 + n as claimed_cost_yuan,
        60000 as claimed_subsidy_yuan, 8000 as contract_gpu_hours, 8000 + n % 7 as billed_gpu_hours,
        8000 as metered_gpu_hours, 7000 as active_gpu_hours, 113207.55 as invoiced_net_yuan,
        120000 as invoiced_gross_yuan, 120000 as paid_yuan, 113207.55 as recognised_cost_yuan,
        56603.77 as subsidy_before_caps_yuan, 0 as applicant_cap_cut_yuan, 0 as pool_cut_yuan,
        if(n % 8 = 0, 0, 56603.77) as proposed_subsidy_yuan,
        case when n % 8 = 0 then 'reject' when n % 8 < 3 then 'hold' else 'approve' end as disposition,
        [] as reasons, n + 1 as queue_position, 'E2' as evidence_grade
    from range({CONTRACTS}) as r(n);
insert into published.waterfall by name
    select claim_id, s + 1 as step_no, 'step' || s as step, '第七条' as article,
        if(s = 10, proposed_subsidy_yuan, 113207.55) as amount_yuan, '第' || s || '步的说明' as note_zh,
        '计算步骤之' || s as title_zh
    from published.claim, range(11) as r(s);
insert into published.reading by name
    select claim_id, 'reading.' || s // 2 as reading_key, if(s % 2 = 0, 'first', 'second') as reading_value,
        s % 2 = 0 as is_default, disposition, proposed_subsidy_yuan
    from published.claim, range(12) as r(s);
insert into published.reconciliation by name
    select contract_no, '1' as line_no, '2026-' || lpad((s + 1)::varchar, 2, '0') as month, '智算租用' as service_item,
        'A800' as device_model, '卡时' as unit, 1000.5 as billed_gpu_hours, 1000 as metered_gpu_hours,
        900 as active_gpu_hours, 15000 as billed_yuan, 0.5 as variance_gpu_hours
    from published.claim, range(8) as r(s);
insert into published.finding by name
    with rules as (select *, row_number() over (order by rule_id) - 1 as rule_no from published.rule),
    told as (
        select n, n % {CONTRACTS} as claim_no, r.*
        from range({FINDINGS}) as f(n)
        join rules as r on r.rule_no = (n // {CONTRACTS}) % (select count(*) from rules)
    )
    select rule_id || ':' || c.claim_id || '/' || n as finding_id, c.run_id, rule_id, severity,
        if(n % 9 = 0, 'unknown', 'flag') as verdict, 'claim' as subject_kind, c.claim_id || '/' || n as subject_id,
        if(n % 200 = 0, null, c.claim_id) as claim_id, c.contract_no, c.provider_id, c.applicant_id,
        if(n % 9 = 0, null, n % 50000 + 0.25) as amount_at_risk_yuan,
        '合同 ' || c.contract_no || ' 在 2026年' || n % 12 + 1 || '月的账单为 ' || 1000 + n % 777 || ' 卡时，计量日志为 '
            || 990 + n % 313 || ' 卡时，账单多出 ' || n % 99 || ' 卡时，超过容许差。' as sentence_zh,
        json_object('contract_no', c.contract_no, 'billed_gpu_hours', (1000 + n % 777)::varchar) as evidence, article
    from told
    join (select *, queue_position - 1 as claim_no from published.claim) as c using (claim_no);
insert into published.evidence_row by name
    select finding_id, repeat('a', 64) as file_sha256, '机构/' || provider_id || '.csv' as file_name, 17 as row_no,
        json_object('record_id', subject_id, 'card_count', '8') as values
    from published.finding;
insert into published.coverage by name
    select r.rule_id, {CONTRACTS} - count(distinct f.claim_id) as pass_count,
        count(*) filter (f.verdict = 'flag') as flag_count, count(*) filter (f.verdict = 'unknown') as unknown_count,
        0 as not_applicable_count
    from published.rule as r
    left join published.finding as f using (rule_id)
    group by r.rule_id;
insert into published.claim_state by name
    select claim_id, sha256(claim_id) as figures_sha256, left(sha256(claim_id), 16) as check_code from published.claim;
insert into published.claim_check by name
    select claim_id, rule_id, severity, if(queue_position % 5 = 0, 'not_applicable', 'pass') as verdict, 1 as subject_count
    from published.claim, published.rule;
insert into published.contract_use_day by name
    select contract_no, date '2026-01-01' + d::integer as usage_on, 66 + d % 7 as counted_gpu_hours,
        d % 3 as uncounted_gpu_hours, 4 as record_count, 0 as unknown_card_record_count
    from published.claim, range(120) as r(d);
insert into published.provider_coverage by name
    select rule_id, provider_id, 10 as pass_count, count(*) filter (verdict = 'flag') as flag_count,
        count(*) filter (verdict = 'unknown') as unknown_count, 3 as not_applicable_count
    from published.finding
    group by rule_id, provider_id;
insert into published.provider by name
    select distinct provider_id, provider_name, date '2026-01-05' as listed_on from published.claim;
insert into published.log_day by name
    select provider_id, date '2026-01-01' + n::integer as log_on,
        case when n % 31 = 5 then 'missing' when n % 17 = 0 then 'late' else 'arrived' end as state
    from published.provider, range(330) as r(n);
insert into published.capacity_day by name
    select provider_id, model as device_model, date '2026-01-01' + n::integer as usage_on,
        1000 + n * 37 % 600 as used_gpu_hours, 0 as unknown_card_record_count, 64 as installed_card_count,
        1536 as capacity_gpu_hours
    from published.provider, range(330) as r(n), unnest(['A800', 'H20', '910B']) as m(model);
insert into published.price_line by name
    select contract_no, '1' as line_no, provider_id, date '2026-01-05' as signed_on, '智算租用' as service_item,
        'A800' as device_model, '卡时' as unit, 10.6 + queue_position % 3 as unit_price, 11.6 as tariff_price
    from published.claim;
insert into published.usage_overlap by name
    select provider_id, 'GPU-' || n as device_uuid, timestamptz '2026-03-01 00:00:00+08' + to_seconds(n * 3600) as started_at,
        timestamptz '2026-03-01 01:00:00+08' + to_seconds(n * 3600) as ended_at, 3600 as card_seconds, ['甲', '乙'] as parties
    from published.provider, range(300) as r(n);
insert into published.pool by name
    select 2026 as policy_year, 300000000 as amount_yuan, 200000000 as committed_yuan, 100000000 as redeemed_yuan,
        150000000 as proposed_yuan, 50000000 as remaining_yuan;
insert into published.parameter by name
    select 'metering.tolerance_ratio' as key, '0.01' as value, '比率' as unit, date '2026-01-01' as valid_from,
        '舍入与口径差异。' as house_reason_zh;
insert into published.input_file by name
    select sha256(n::varchar) as file_sha256, '机构/文件' || n || '.csv' as file_name, 1024 as byte_count,
        'usage_interval' as kind, 'mapped' as adapter, 10 as row_count, 10 as accepted_count, 0 as rejected_count,
        0 as duplicate_count, 'read' as status
    from range(2000) as r(n);
"""


def made(path: Path) -> None:
    """The published database of the province at `path`."""
    with connect(path) as connection:
        connection.execute(TABLES)
        connection.execute("drop table published.rule; drop table published.rule_fact")
        publish_rules(connection, rule_cards())
        connection.execute(PROVINCE)


def written(connection: Connection, report: Path) -> list[Path]:
    begun, worked = time.perf_counter(), time.process_time()
    pages = write_report(connection, report)
    told("all pages written", time.perf_counter() - begun, "s", most=60)
    print(f"  {time.process_time() - worked:.1f} s of one core; load of the machine {os.getloadavg()[0]:.1f}")
    sizes = {page.relative_to(report).parts[0]: 0 for page in pages}
    for page in pages:
        sizes[page.relative_to(report).parts[0]] += page.stat().st_size
    print("  " + ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sizes.items()))
    print(
        f"  {len(pages)} pages; peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB"
    )
    return pages


def answering(engine: Any, report: Path) -> None:
    """Seconds until a page answers, and milliseconds of each keystroke until the list is drawn anew.

    Of each keystroke the median counts; the fastest and the slowest are printed beside it.
    """
    browser.opened(engine, report / "rules.html")
    overview = browser.opened(engine, report / "index.html")
    told("overview usable", overview.ready_seconds, "s", most=1)
    listed = browser.opened(engine, report / "findings.html", ready="html[data-ready]")
    told("list of findings usable", listed.ready_seconds, "s", most=2)
    strokes = {text: sorted(_keystroke(listed, text) for _ in range(ROUNDS)) for text in KEYSTROKES}
    told("slowest keystroke", max(statistics.median(spent) for spent in strokes.values()), "ms", most=50)
    print("  " + ", ".join(f"{text}: {spent[0]:.0f}–{spent[-1]:.0f} ms" for text, spent in strokes.items()))
    ticks = [statistics.median(listed.tick(place) for _ in range(ROUNDS)) for place in range(8)]
    told("slowest facet", max(ticks), "ms", most=50)
    print(f"  heap {listed.heap_megabytes():.0f} MB; load of the machine {os.getloadavg()[0]:.1f}")


def _keystroke(listed: Opened, text: str) -> float:
    """From an empty box, for words that were typed before are kept."""
    listed.keystroke("")
    return listed.keystroke(text)


def told(what: str, value: float, unit: str, *, most: float) -> None:
    print(f"{'ok  ' if value <= most else 'OVER'} {what}: {value:.2f} {unit} (at most {most})")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        path = kept / "province.duckdb"
        path.unlink(missing_ok=True)
        made(path)
        with connect(path, read_only=True) as connection:
            written(connection, kept / "report")
        lacking = browser.missing()
        if lacking:
            print(f"not opened: {lacking}")
            return
        with browser.launched() as engine:
            answering(engine, kept / "report")


if __name__ == "__main__":
    main()
