"""From the files to what metering supports, a second time: the tables as handed in → yuan, in plain Python.

Written from the regulation, the design pages and README; shares no code with the engine and reads no SQL. Only the
default reading of the text. Card time and yuan are exact (Fraction); nothing is cut here.
"""

import csv
from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

Row = dict[str, str]
Files = dict[str, list[Row]]
"""Table → its rows, under the Chinese headers they are handed in with."""

BEIJING = timezone(timedelta(hours=8))
DAY = 86_400
OVERLAP_SLACK = 60
NOT_BILLABLE = {"NODE_FAIL", "BOOT_FAIL", "REQUEUED"}
"""Runs that the provider's own trouble ended."""


def read(folder: Path) -> Files:
    files: Files = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            files[path.stem] = list(csv.DictReader(lines))
    return files


def day(text: str) -> int:
    """Midnight in Beijing at which a date begins, seconds since 1970."""
    return int(datetime.combine(date.fromisoformat(text), datetime.min.time(), BEIJING).timestamp())


def instant(text: str) -> int:
    at = datetime.fromisoformat(text)
    return int((at if at.tzinfo else at.replace(tzinfo=BEIJING)).timestamp())


# --- usage -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """A billable stretch of use. party: its contract, or its tenant where there is none."""

    provider: str
    party: str
    contract: str | None
    device: str
    model: str
    cards: Fraction | None
    cores: Fraction | None
    begin: int
    end: int
    step: int
    """To so many seconds the contract rounds each record up."""


def contract_of(row: Row, tenants: list[Row]) -> str | None:
    """As the record says; else as the list of tenants has it on the day of its start."""
    if row.get("合同编号"):
        return row["合同编号"]
    for tenant in tenants:
        begins, until = day(tenant["启用日期"]), tenant.get("停用日期")
        is_then = begins <= instant(row["开始时间"]) and (
            not until or instant(row["开始时间"]) < day(until) + DAY
        )
        if is_then and all(tenant[header] == row[header] for header in ("统一社会信用代码", "租户")):
            return tenant["合同编号"]
    return None


def runs(files: Files) -> list[Run]:
    """Time suspended lies at the end of a run; an end before the start, or none, is no use."""
    found = []
    rounding = {row["合同编号"]: row["计量进位"] for row in files["contract"]}
    for row in files["usage_interval"]:
        if row.get("状态", "") in NOT_BILLABLE or not row.get("结束时间") or not row.get("开始时间"):
            continue
        begin = instant(row["开始时间"])
        contract = contract_of(row, files.get("tenant", []))
        length = instant(row["结束时间"]) - begin - int(row.get("挂起秒数") or 0)
        step = {"minute_up": 60, "hour_up": 3600}.get(rounding.get(contract or "", ""), 1)
        if length > 0:
            cards = Fraction(row["卡数"]) if row.get("卡数") else None
            found.append(
                Run(
                    row["统一社会信用代码"],
                    contract or row["租户"],
                    contract,
                    row.get("设备编号", ""),
                    row.get("型号", ""),
                    cards,
                    Fraction(row["CPU核数"]) if row.get("CPU核数") else None,
                    begin,
                    begin + length,
                    step,
                )
            )
    return found


Span = tuple[int, int]


def union(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged


def minus(spans: list[Span], holes: list[Span]) -> list[Span]:
    for low, high in holes:
        spans = [
            part for b, e in spans for part in ((b, min(e, low)), (max(b, high), e)) if part[0] < part[1]
        ]
    return spans


def crowded(spans: list[Span]) -> list[Span]:
    """When a card is in use by more than one party, given when it is by each."""
    found, in_use, since = [], 0, 0
    for at, step in sorted((at, step) for b, e in spans for at, step in ((b, 1), (e, -1))):
        if in_use == 1 and step == 1:
            since = at
        if in_use == 2 and step == -1:
            found.append((since, at))
        in_use += step
    return union(found)


def doubled(own: list[Span], crowd: list[Span]) -> list[Span]:
    """When a party shares its card, for longer than a handover takes."""
    both = [(max(b, low), min(e, high)) for b, e in own for low, high in crowd if max(b, low) < min(e, high)]
    return [(b, e) for b, e in union(both) if e - b > OVERLAP_SLACK]


Use = list[tuple[str, int, int, Fraction]]
"""(model, begin, end, cards)."""


@dataclass(frozen=True)
class Used:
    """Contract → what it used, cards and cores; and when it used a number of them that no record says."""

    cards: dict[str, Use]
    cores: dict[str, Use]
    unknown_cards: dict[str, list[Span]]
    unknown_cores: dict[str, list[Span]]


def billed(run: Run, fresh: Span, holes: list[Span]) -> Use:
    """What a record adds: less the holes, and rounded up on its last day."""
    begin, end = fresh
    if begin >= end or run.cards is None:
        return []
    surplus = (begin - end) % run.step
    rest = [(run.model, b, e, run.cards) for b, e in minus([fresh], holes)]
    return [*rest, (run.model, end - 1, end, run.cards * surplus)]


def uses(files: Files) -> Used:
    """What all contracts used.

    One card is counted once for a party, and for none of them while it is counted for several.
    """
    found = Used(*(defaultdict(list) for _ in fields(Used)))
    single: dict[tuple[str, str], list[Run]] = defaultdict(list)
    sellers = {row["合同编号"]: row["服务机构代码"] for row in files["contract"]}
    for run in runs(files):
        if run.contract and sellers.get(run.contract) != run.provider:
            continue
        if run.device:
            single[run.provider, run.device].append(run)
        elif run.contract and run.cards is None:
            found.unknown_cards[run.contract].append((run.begin, run.end))
        elif run.contract:
            found.cards[run.contract] += billed(run, (run.begin, run.end), [])
        if run.contract and run.cores is None:
            found.unknown_cores[run.contract].append((run.begin, run.end))
        elif run.contract:
            found.cores[run.contract] += billed(replace(run, cards=run.cores), (run.begin, run.end), [])
    for its in single.values():
        by_party: dict[str, list[Run]] = defaultdict(list)
        for run in its:
            by_party[run.party].append(run)
        spans = {party: union([(r.begin, r.end) for r in rs]) for party, rs in by_party.items()}
        crowd = crowded([span for its in spans.values() for span in its])
        for party, rs in by_party.items():
            holes, until = doubled(spans[party], crowd), 0
            for run in sorted(rs, key=lambda r: (r.begin, r.end)):
                fresh = max(run.begin, until), run.end
                found.cards[party] += billed(run, fresh, holes)
                until = max(until, run.end)
    return found


def counted_span(files: Files, contract: Row, year: int) -> Span:
    """Within the term, the year and the provider's days on the list."""
    [listed] = [p for p in files["provider"] if p["统一社会信用代码"] == contract["服务机构代码"]]
    begin = max(day(contract["开始日期"]), day(listed["入库日期"]))
    end = min(day(contract["结束日期"]) + DAY, day(f"{year + 1}-01-01"))
    return begin, min(end, day(listed["退库日期"])) if listed.get("退库日期") else end


def by_month(use: Use, span: Span) -> dict[tuple[str, str], Fraction]:
    """(model, month) → card-seconds within the span."""
    found: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for model, begin, end, count in use:
        at, until = max(begin, span[0]), min(end, span[1])
        while at < until:
            here = datetime.fromtimestamp(at, BEIJING)
            month_end = day(f"{here:%Y-%m}-01") + monthrange(here.year, here.month)[1] * DAY
            stop = min(until, month_end)
            found[model, f"{here:%Y-%m}"] += count * (stop - at)
            at = stop
    return found


# --- what usage supports -----------------------------------------------------------------------------------------


def applied_price(files: Files, contract: Row, line: Row, used: set[str]) -> Fraction:
    """The contract's price, or the published one of the day of signing where that is lower (解读 R24), yuan.

    A line without a model is held against the dearest of the models that were used.
    """
    models = {line["型号"]} if line.get("型号") else used
    published = [
        Fraction(row["含税单价"])
        for row in files["tariff"]
        if row["统一社会信用代码"] == contract["服务机构代码"]
        and row["计价单位"] == line["计价单位"]
        and row["型号"] in models
        and day(row["启用日期"]) <= day(contract["签订日期"])
    ]
    price = Fraction(line["含税单价"])
    return min(price, max(published)) if published else price


def month_seconds(month: str) -> int:
    return monthrange(int(month[:4]), int(month[5:]))[1] * DAY


def worth(lines: list[tuple[Row, Fraction]], months: dict[str, Fraction]) -> Fraction:
    """Yuan of one model's card-seconds: agreed quantities the cheapest first, what is beyond at the lowest price.

    A month's price is of the month in which the card was used; an agreed month has thirty days.
    """
    left = dict(sorted(months.items()))
    total = Fraction(0)

    def price_of(line: Row, price: Fraction, month: str) -> Fraction:
        return price / (month_seconds(month) if line["计价单位"] == "卡月" else 3600)

    def take(line: Row, price: Fraction, most: Fraction | None) -> None:
        nonlocal total
        for month in left:
            taken = left[month] if most is None else min(left[month], most)
            total += taken * price_of(line, price, month)
            left[month] -= taken
            most = None if most is None else most - taken

    ordered = sorted(lines, key=lambda one: price_of(*one, "2026-04"))
    open_ended = [one for one in ordered if not one[0].get("数量")]
    if len(ordered) > 1:
        for line, price in ordered:
            if line.get("数量"):
                unit = 30 * DAY if line["计价单位"] == "卡月" else 3600
                take(line, price, Fraction(line["数量"]) * unit)
    take(*(open_ended or ordered)[0], None)
    return total


def lines_for(model: str, lines: list[Row]) -> list[Row]:
    """The lines of a model, else those that name none."""
    return [line for line in lines if line.get("型号") == model] or [
        line for line in lines if not line.get("型号")
    ]


@dataclass(frozen=True)
class Support:
    """Yuan that metering supports. It may be more (is_low) once what a price asks for, or more than the tolerance, is known."""

    yuan: Fraction
    is_low: bool
    has_unpriced: bool


def supported(files: Files, contract: Row, year: int, used_by: Used) -> Support:
    cards, cores = used_by.cards[contract["合同编号"]], used_by.cores[contract["合同编号"]]
    span = counted_span(files, contract, year)
    lines = [line for line in files["contract_line"] if line["合同编号"] == contract["合同编号"]]
    main = [line for line in files["contract_line"] if line["合同编号"] == contract.get("框架合同编号")]
    total = Fraction(0)
    for line in lines:
        if line["计价单位"] == "项":
            total += Fraction(line["数量"]) * Fraction(line["含税单价"])
        if line["计价单位"] == "核时":
            seconds = sum(by_month(cores, span).values(), Fraction(0))
            total += seconds * Fraction(line["含税单价"]) / 3600
    of_cards, of_main = (
        [line for line in own if line["计价单位"] in ("卡时", "卡月")] for own in (lines, main)
    )
    models: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for (model, month), seconds in by_month(cards, span).items():
        models[model][month] = seconds
    unpriced = Fraction(0)
    for model, months in models.items():
        fitting = lines_for(model, of_cards) or lines_for(model, of_main)
        if fitting:
            total += worth(
                [(line, applied_price(files, contract, line, set(models))) for line in fitting], months
            )
        else:
            unpriced += sum(months.values())
    # What no price asks for may well be unknown.
    unknown = used_by.unknown_cards[contract["合同编号"]] if of_cards or of_main else []
    if any(line["计价单位"] == "核时" for line in lines):
        unknown = unknown + used_by.unknown_cores[contract["合同编号"]]
    is_unknown = any(begin < span[1] and end > span[0] for begin, end in unknown)
    used = sum((sum(months.values()) for months in models.values()), Fraction(0))
    has_unpriced = bool(of_cards) and unpriced > 0
    return Support(
        total, is_unknown or (has_unpriced and unpriced > max(Fraction(1800), used / 100)), has_unpriced
    )
