"""What pods ask for as a series of samples: a Prometheus range query as JSON, or a long CSV of the same labels.

How samples become intervals is in `flows.pod.series`; here are only labels, instants and values.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hesuan.flows.mapped.second_header import other_header
from hesuan.flows.pod.card import name_of
from hesuan.flows.pod.manifest import part
from hesuan.flows.pod.request import UnusablePod
from hesuan.flows.pod.row import NO_INSTANT, Row, part_of, refusal
from hesuan.flows.pod.series import METRIC, Owner, Sample, row_of_stretch, step_of, stretches_of
from hesuan.flows.source import Reading, Source, in_utc
from hesuan.flows.telemetry.answer import is_of_pods, warning_of
from hesuan.flows.text.strict_json import loaded
from hesuan.schemas.fault import InputFault
from hesuan.schemas.format import Format
from hesuan.schemas.kind import EARLIEST

NAME = "k8s_request_series"
FORMATS = (
    Format(
        title_zh="kube_pod_resource_request 序列（JSON、CSV）",
        seen_zh="依 kube-scheduler 的文档，未见真件",
        proves=("allocated",),
        cannot_zh="卡是否在用；首个采样之前、末个采样之后；型号",
    ),
)

_MATRIX = re.compile(r'"resultType"\s*:\s*"matrix"')
_LABELS = tuple(re.compile(rf'"{name}"\s*:\s*"') for name in ("namespace", "pod", "resource"))
COLUMNS = ("timestamp", "namespace", "pod", "node", "resource", "value")
OPTIONAL = ("uid", "container", "__name__")
# Of all metrics of pods kube-scheduler's alone say which scheduler placed the pod. Its kube_pod_resource_limit reads alike
# but for CPU: of cards a pod cannot ask for less than its limit.
_SCHEDULER = {"scheduler", "exported_scheduler"}
_NOT_SURE = "不知是不是 kube_pod_resource_request（别的指标在 Pod 结束后仍有值，会多计）；请直接查询该指标"
# Prometheus, honor_labels: false.
_PREFIX = "exported_"
_SECONDS = re.compile(r"\d{9,10}(?:\.\d{1,6})?")
_NUMBER = re.compile(r"\d{1,18}(?:\.\d{1,20})?")

Found = tuple[int, str, Mapping[str, Any]]
"""Row number, raw text, and the labels with timestamp and value."""

# Two samples a day apart are no pace: between two windows a longer step is believed only where it is declared.
MOST_STEP_S = 3600


def claims(source: Source) -> bool:
    """A matrix of pods whose series name namespace, pod and resource; or a CSV header with these, a time and a value."""
    head = source.head.lstrip()
    if head.startswith("{"):
        is_answer = bool(_MATRIX.search(head)) and all(label.search(head) for label in _LABELS)
        return is_answer and is_of_pods(head, sample_metric=source.declaration.sample_metric)
    return _is_header(head.split("\n", 1)[0])


def read(source: Source) -> Reading:
    """Read one series of requests.

    One accepted row per unbroken stretch of one pod on one node asking for the same: a sample that is usable is
    part of a stretch, one that is not is a reject, so row_count is stretches plus rejects. row_no and raw are
    the first sample's (its 1-based place in the file). A stretch goes from its first sample to its last and not
    a step beyond, so that nothing is counted that no sample shows. A series without a node waits and never
    counts. Cards are read as from a pod's own request (`flows.pod.card`).
    Raises InputFault where no series names a node (waiting and running look alike), for a metric that is no
    request, for an answer that failed, is partial or is none, for a second header of other columns, and for broken text.
    Source: Kubernetes, kube-scheduler metrics; kube-state-metrics, pod metrics; metering.md §2.4.
    """
    if source.text is None:
        raise InputFault(f"{source.name}: 不是 UTF-8，全文也不是 GB18030；请以 UTF-8 重新导出")
    is_json = source.text.lstrip().startswith("{")
    found = [*(_of_json(source.text, source.name) if is_json else _of_csv(source.text, source.name))]
    samples: list[Sample] = []
    refused: list[Row] = []
    for row_no, raw, labels in found:
        try:
            samples.append(_sample(labels, source, row_no=row_no, raw=raw))
        except UnusablePod as unusable:
            refused.append(refusal(unusable, row_no=row_no, raw=raw))
    if samples and not any(sample.owner.node for sample in samples):
        raise InputFault(f"{source.name}: 没有一条序列有 node 标签，分不清已调度与等待；请保留 node 重新查询")
    step_seconds = source.declaration.sample_period_seconds or step_of(samples)
    rows, unread = _rows(samples, step_seconds)
    refused += unread
    whole = part_of(len(rows) + len(refused), rows, refused, declaration=source.declaration)
    return Reading((lambda: whole,), step_seconds=step_seconds if 0 < step_seconds <= MOST_STEP_S else None)


def _rows(samples: list[Sample], step_seconds: int) -> tuple[list[Row], list[Row]]:
    last_at = max((sample.at for sample in samples), default=EARLIEST)
    rows: list[Row] = []
    refused: list[Row] = []
    for stretch in stretches_of(samples, step_seconds=step_seconds):
        try:
            rows.append(row_of_stretch(stretch, exported_at=last_at))
        except UnusablePod as unusable:
            refused.append(refusal(unusable, row_no=stretch.first.row_no, raw=stretch.first.raw))
    return rows, refused


def _of_json(text: str, name: str) -> Iterator[Found]:
    """Every sample of every series, numbered through."""
    answer = loaded(text, place=name, parse_float=str)
    warned = warning_of(answer)
    if answer.get("status") != "success" or warned:
        says = answer.get("error") or warned or answer.get("status")
        raise InputFault(f"{name}: 查询没有成功或只得到一部分（{str(says)[:200]}），请重新导出")
    row_no = 0
    for labels, points in _series(part(answer, "data").get("result") or [], name):
        for point in points:
            row_no += 1
            at, value = point if isinstance(point, list) and len(point) == 2 else (None, None)
            found = {**labels, "timestamp": at, "value": value}
            yield row_no, ",".join(f"{key}={word}" for key, word in found.items()), found


def _series(result: Any, name: str) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    """Labels and points of each."""
    for nth, series in enumerate(result if isinstance(result, list) else [result], start=1):
        points = series.get("values") if isinstance(series, dict) else None
        if not isinstance(points, list):
            raise InputFault(f"{name}: 第 {nth} 条序列不是 metric 与 values 成对的样子")
        labels = part(series, "metric")
        if not labels.get("__name__") and not _SCHEDULER & labels.keys():
            raise InputFault(f"{name}: 第 {nth} 条序列没有指标名，也没有 scheduler 标签，{_NOT_SURE}")
        yield labels, points


def _of_csv(text: str, name: str) -> Iterator[Found]:
    """Every line but the header."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    names = _names(lines[0][1])
    twice = sorted({column for column in (*COLUMNS, *OPTIONAL) if names.count(column) > 1})
    if twice:
        raise InputFault(f"{name} 第 1 行: 表头列重复：{'、'.join(twice)}")
    for number, line in lines[1:]:
        if _is_header(line) and _names(line) != names:
            raise other_header(name, number)
        try:
            [cells] = csv.reader([line], strict=True)
        except (csv.Error, ValueError):
            cells = []
        found = dict(zip(names, cells, strict=True)) if len(cells) == len(names) else {}
        # The header once more names no metric.
        yield number, line, {**found, "__name__": METRIC} if _is_header(line) else found


def _is_header(line: str) -> bool:
    return "resource" in line.lower() and set(COLUMNS) - {"node"} <= set(_names(line))


def _names(header: str) -> list[str]:
    names = [name.strip().strip('"').lower() for name in header.split(",")]
    return ["timestamp" if name in ("time", "ts") else name for name in names]


def _sample(labels: Mapping[str, Any], source: Source, *, row_no: int, raw: str) -> Sample:
    if not labels:
        raise UnusablePod("RAGGED", "本行的字段数与表头不同")
    own = _own(labels)
    _check_metric(labels, own, source.name)
    labels = {**labels, **own}
    says = {name: str(labels.get(name) or "").strip() for name in ("namespace", "pod", "resource")}
    if not all(says.values()):
        raise UnusablePod("BAD_ID", "namespace、pod、resource 有一项为空")
    value = str(labels.get("value") or "").strip()
    if not _NUMBER.fullmatch(value):
        raise UnusablePod("BAD_VALUE", f"“{value}”不是数")
    return Sample(
        Owner(says["namespace"], says["pod"], str(labels.get("uid") or ""), str(labels.get("node") or "")),
        resource=name_of(says["resource"]),
        at=_instant(str(labels.get("timestamp") or "").strip(), source.declaration.time_zone),
        amount=Fraction(Decimal(value)),
        row_no=row_no,
        raw=raw,
    )


def _check_metric(labels: Mapping[str, Any], own: Mapping[str, Any], name: str) -> None:
    """Without its name a metric is told by the container of which it speaks; a scrape adds its own."""
    metric, container = labels.get("__name__"), (own or labels).get("container")
    if (metric or METRIC) != METRIC or (not metric and container):
        what = f"指标 {metric or '未写名，但有 container 标签'}"
        raise InputFault(f"{name}: {what} 不是 {METRIC}（别的指标在 Pod 结束后仍有值，会多计）")


def _own(labels: Mapping[str, Any]) -> dict[str, Any]:
    """The metric's own labels where the scrape has labels of these names: those are the scheduler's pod."""
    return {
        name.removeprefix(_PREFIX): word for name, word in labels.items() if name.startswith(_PREFIX) and word
    }


def _instant(written: str, zone: str | None) -> datetime:
    """Seconds since 1970, or a printed time."""
    try:
        if _SECONDS.fullmatch(written):
            at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(Decimal(written) * 10**6))
        else:
            at = in_utc(datetime.fromisoformat(written), zone) or EARLIEST
    except NO_INSTANT as error:
        raise UnusablePod("BAD_AT", f"“{written}”不是时刻（纪元秒，或 2026-03-01T08:00:00+08:00）") from error
    if at < EARLIEST:
        raise UnusablePod("BAD_AT", f"“{written}”早于 2000 年，不是可信的时刻")
    return at
