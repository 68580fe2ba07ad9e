"""What adapters say of their formats is what they do: a smallest file of each fills what its format proves, no more."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import polars as pl
import pytest

from hesuan.flows.adapters import adapter_for, adapters
from hesuan.flows.readme import format_list
from hesuan.flows.reference.quantity import quantities
from hesuan.flows.source import Declaration, Part, Source
from hesuan.flows.telemetry.profile import EXPORTERS, PROFILES
from hesuan.reports.sheet.template_book import csv_template
from hesuan.schemas.format import UNCOUNTED, Format, Proof
from hesuan.schemas.tables import tables
from hesuan.validators.gate import gate
from tests import test_k8s_pod_list as pod_list
from tests import test_k8s_request_series as request_series
from tests import test_lsf_accounting as lsf
from tests import test_npu_smi_loop as npu_smi
from tests import test_pbs_accounting as pbs
from tests import test_sge_accounting as sge
from tests import test_slurm_json as slurm_json
from tests import test_slurm_text as slurm_text
from tests import test_telemetry as telemetry
from tests.bill_form import PROVIDER, as_csv
from tests.test_bill_cloud import ALIYUN, HUAWEI, TENCENT
from tests.test_einvoice import changed
from tests.test_focus import CHARGE
from tests.test_k8s_pod_json import pod
from tests.test_openscow import CHARGED

File = bytes | str


def template(name: str) -> bytes:
    """The table as `hesuan init` writes it, with its example row."""
    return csv_template(tables()[name])


# Adapter → a file for each of its formats, in their order; invoices are two tables. Bills are in card-hours.
SMALLEST: dict[str, Sequence[File | tuple[File, ...]]] = {
    "aliyun_bill": [as_csv(ALIYUN)],
    "huawei_bill": [as_csv(HUAWEI)],
    "tencent_bill": [as_csv(TENCENT)],
    "focus": [as_csv(CHARGE)],
    "einvoice_xml": [changed(("<Quantity>", "<MeaUnits>卡时</MeaUnits><Quantity>"))],
    "openscow_charge": [json.dumps([CHARGED])],
    "k8s_pod_json": [json.dumps(pod())],
    "k8s_pod_list": [f"{pod_list.HEADER}\n{pod_list.line()}\n"],
    "k8s_request_series": [request_series.answer(request_series.series(range(5)))],
    "lsf_accounting": [lsf.record(resources="rusage[ngpus_physical=2]") + "\n"],
    "sge_accounting": [sge.job() + "\n", sge.job("NONE", "NONE") + "\n"],
    "pbs_accounting": [pbs.record(Resource_List__nodes="2:ppn=8:gpus=4") + "\n"],
    "slurm_json": [
        json.dumps({"jobs": [slurm_json.job()]}),
        json.dumps({"jobs": [slurm_json.job()], "meta": {"slurm": {"cluster": "c1"}}, "errors": []}),
    ],
    "slurm_text": [f"{slurm_text.HEADER}\n{slurm_text.job()}\n", f"{slurm_text.XDMOD}\n"],
    "smi_loop": [f"{telemetry.SMI}\n2026/03/01 08:00:00, GPU-1, 22, 841, 61.5, 40\n"],
    "npu_smi_loop": [npu_smi.board("0A0A0A01") + npu_smi.table(npu_smi.CHIP)],
    "mapped_table": [
        *(template(name) for name in ("usage_interval", "usage_sample", "statement")),
        (template("invoice"), template("invoice_line")),
        template("contract_line"),
    ],
}
FORMS: dict[str, Callable[[list[telemetry.Point]], File]] = {
    "prom_json": telemetry.as_json,
    "grafana_csv": telemetry.as_grafana_csv,
    "vm_lines": telemetry.as_vm_lines,
    "prom_text": telemetry.as_text,
    "prom_csv": telemetry.as_csv,
    "prom_parquet": telemetry.as_parquet,
}


def points() -> list[list[telemetry.Point]]:
    """Each exporter's first metric of use, of one card."""
    used = [
        next(name for name, measure in profile.measures.items() if measure.column == "util_percent")
        for profile in PROFILES
    ]
    return [
        [(metric, {profile.device[0]: "V-1"}, "42", telemetry.T)]
        for metric, profile in zip(used, PROFILES, strict=True)
    ]


def files_of(adapter: str) -> Sequence[File | tuple[File, ...]]:
    if adapter not in FORMS:
        return SMALLEST[adapter]
    return [FORMS[adapter](told) for told in (telemetry.SAMPLE, *points())]


CASES = [
    pytest.param(adapter.NAME, each, files, id=f"{adapter.NAME}-{each.title_zh}")
    for adapter in adapters()
    for each, files in zip(adapter.FORMATS, files_of(adapter.NAME), strict=True)
]


def read(folder: Path, adapter: str, content: File) -> Part:
    path = folder / "file"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    origin = datetime(2026, 3, 1, tzinfo=UTC) if adapter == "k8s_pod_list" else None
    says = Declaration(provider_id=PROVIDER, finality="final", tenant="lab", time_origin=origin)
    source = Source(path, "file", says)
    found = adapter_for(source)
    assert found is not None
    assert adapter == found.NAME
    part: Part = found.read(source).whole
    return part


def proven(parts: Sequence[Part]) -> set[str]:
    """What the rows that pass the gate fill."""
    kept = {
        name: gate(frame, tables()[name]).accepted for part in parts for name, frame in part.frames.items()
    }

    def fills(table: str, *columns: str) -> bool:
        rows = kept[table].drop_nulls(columns) if table in kept else pl.DataFrame()
        is_other_unit = (
            "unit" in columns and not rows.is_empty() and rows["unit"].unique().to_list() != ["卡时"]
        )
        return not rows.is_empty() and not is_other_unit

    is_counted = fills("usage_interval", "card_count")
    told = {
        "allocated": is_counted,
        "occupied": not is_counted and fills("usage_interval", "started_at", "ended_at"),
        "metered": fills("usage_sample", "sampled_at"),
        "active": fills("usage_sample", "util_percent"),
        "billed": fills("statement", "quantity", "unit") or fills("invoice_line", "quantity", "unit"),
        "charged": fills("statement", "amount_yuan") or fills("invoice", "gross_yuan"),
        "contract": fills("contract_line", "quantity", "unit"),
    }
    assert told.keys() == set(get_args(Proof))
    return {proof for proof, is_filled in told.items() if is_filled}


@pytest.mark.parametrize(("adapter", "each", "files"), CASES)
def test_a_format_proves_what_its_smallest_file_fills(
    tmp_path: Path, adapter: str, each: Format, files: File | tuple[File, ...]
) -> None:
    contents = files if isinstance(files, tuple) else (files,)
    assert proven([read(tmp_path, adapter, content) for content in contents]) == set(each.proves)


def test_every_adapter_says_all_of_its_formats_once() -> None:
    for adapter in adapters():
        formats: tuple[Format, ...] = adapter.FORMATS
        titles = [each.title_zh for each in formats]
        assert formats, adapter.NAME
        assert len(titles) == len(set(titles)), adapter.NAME
        assert all(each.seen_zh and each.proves and each.cannot_zh for each in formats), adapter.NAME
    assert len(EXPORTERS) == len(PROFILES)


def test_what_is_proven_is_a_quantity_of_the_house_or_uncounted() -> None:
    known = {quantity["quantity"] for quantity in quantities()}
    assert set(get_args(Proof)) - set(UNCOUNTED) <= known
    assert known.isdisjoint(UNCOUNTED)


def test_a_format_that_several_adapters_read_is_one_row_behind_their_own() -> None:
    bill = Format(title_zh="账单", seen_zh="甲", proves=("billed", "charged"), cannot_zh="乙")
    log = Format(title_zh="日志", seen_zh="丙", proves=("allocated",), cannot_zh="丁")
    shared = Format(title_zh="通用", seen_zh="戊", proves=("allocated",), cannot_zh="己")
    assert format_list({"b": [bill, shared], "c": [shared, log]}).splitlines()[2:] == [
        "| 日志 | 丙 | A 占用卡时 | 丁 | `c` |",
        "| 通用 | 戊 | A 占用卡时 | 己 | `b`、`c` |",
        "| 账单 | 甲 | B 计费卡时、计费金额 | 乙 | `b` |",
    ]
