"""All benches, one after the other, each with its ratios against a baseline of the same run: `python tests/bench`.

About two hours on two cores at the sizes of the issue; `python tests/bench small` runs each at a tenth and less.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
# Script, arguments at full size, arguments at a tenth and less.
BENCHES = (
    ("sacct_million.py", ("1000000", "5"), ("100000", "3")),
    ("sacct_million.py", ("10000000", "2"), ("1000000", "1")),
    ("sample_intake.py", ("10000000", "3"), ("1000000", "3")),
    ("sample_scale.py", ("100000000", "1", "3"), ("10000000", "1", "3")),
    ("sample_scale.py", ("100000000", "10", "1"), ("5000000", "10", "1")),
    ("nights.py", ("365", "3"), ("60", "3")),
    ("worker_table.py", ("5000000", "8", "3"), ("500000", "8", "1")),
)


def main() -> None:
    is_small = sys.argv[1:] == ["small"]
    for script, full, small in BENCHES:
        arguments = small if is_small else full
        print(f"== {script} {' '.join(arguments)}", flush=True)
        subprocess.run([sys.executable, str(HERE / script), *arguments], check=True)


if __name__ == "__main__":
    main()
