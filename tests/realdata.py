"""Where the real files of others lie, beside the checkout; tests that need them skip, saying so, where they are not."""

from pathlib import Path

import pytest

REALDATA = Path(__file__).resolve().parents[2] / "shared" / "realdata"
REGULATION = REALDATA.parent / "regulation"


def real(name: str) -> Path:
    """A real file by its path in shared/realdata."""
    path = REALDATA / name
    if not path.exists():
        pytest.skip(f"没有真实数据 shared/realdata/{name}，跳过")
    return path
