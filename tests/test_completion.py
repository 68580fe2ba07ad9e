"""Completion as the shells do it; a shell that is not installed is skipped."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DRIVERS = {
    "bash": (
        'eval "$(hesuan completion bash)"; COMP_WORDS=({words}); COMP_CWORD={at};'
        ' _hesuan_completion hesuan "" ""; printf "%s\\n" "${{COMPREPLY[@]}}"'
    ),
    "zsh": (
        'autoload -U compinit; compinit -u -d {dump}; eval "$(hesuan completion zsh)";'
        ' [[ "$_comps[hesuan]" == _hesuan_completion ]] || exit 1;'
        ' COMP_WORDS="{line}" COMP_CWORD={at} _HESUAN_COMPLETE=zsh_complete hesuan'
    ),
    "fish": 'hesuan completion fish | source; complete -C "{line}"',
}
FLAGS = {"bash": ["--norc", "-c"], "zsh": ["-f", "-c"], "fish": ["--no-config", "-c"]}


@pytest.mark.parametrize("shell", list(DRIVERS))
@pytest.mark.parametrize(
    ("words", "found"), [(("expl",), "explain"), (("sql", "--format", "par"), "parquet")]
)
def test_a_shell_completes(tmp_path: Path, shell: str, words: tuple[str, ...], found: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"没有安装 {shell}")
    beside = Path(sys.executable).parent
    if not (beside / "hesuan").exists():
        pytest.skip("没有安装 hesuan 命令")
    typed = ("hesuan", *words)
    script = DRIVERS[shell].format(
        words=" ".join(typed), line=" ".join(typed), at=len(words), dump=tmp_path / "dump"
    )
    environment = {**os.environ, "PATH": f"{beside}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run(
        [shell, *FLAGS[shell], script], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert found in done.stdout.split()
