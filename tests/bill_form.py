"""Bills written for tests: what an adapter and the gate make of one, and the declaration that most have beside them."""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from hesuan.flows.adapters import adapter_for
from hesuan.flows.source import Declaration, Source
from hesuan.schemas.fault import InputFault
from hesuan.schemas.tables.statement import TABLE
from hesuan.validators.gate import Gated, gate

PROVIDER = "91500000902846312Y"


def bill_of(folder: Path, content: bytes | str, **says: Any) -> Source:
    """The file, declared final and of one provider unless the test says otherwise."""
    path = folder / "bill"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Source(path, "bill", Declaration(**{"provider_id": PROVIDER, "finality": "final", **says}))


def gated(source: Source, adapter: ModuleType) -> Gated:
    """Accepted rows, and all rejects in order; claimed by this adapter alone, and no row lost."""
    assert adapter_for(source) is adapter
    part = adapter.read(source).whole
    through = gate(part.frames[TABLE.name], TABLE)
    rejected = part.rejected.vstack(through.rejected).sort("row_no")
    assert part.row_count == through.accepted.height + rejected.height
    return Gated(through.accepted, rejected)


def row_of(source: Source, adapter: ModuleType) -> dict[str, Any]:
    """The one row, accepted."""
    found = gated(source, adapter)
    assert found.rejected["reason_zh"].to_list() == []
    return found.accepted.row(0, named=True)


def codes(source: Source, adapter: ModuleType) -> list[str]:
    """Why rows are refused, in order."""
    return gated(source, adapter).rejected["reason_code"].to_list()


def refusal(source: Source, adapter: ModuleType) -> str:
    """Why the file is refused."""
    assert adapter_for(source) is adapter
    try:
        adapter.read(source)
    except InputFault as fault:
        return str(fault)
    raise AssertionError("read")


def as_csv(*rows: dict[str, str], without: Sequence[str] = ()) -> str:
    """A header and the rows' cells, in quotes where a comma asks for them."""
    names = [name for name in rows[0] if name not in without]
    cells = [names, *([row[name] for name in names] for row in rows)]
    return "".join(",".join(_quoted(cell) for cell in line) + "\n" for line in cells)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if "," in cell or '"' in cell else cell
