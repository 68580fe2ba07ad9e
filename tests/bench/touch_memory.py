"""Most of the free memory written to once: a virtual machine may hand it out slowly the first time, to whoever comes first.

A process of its own, so that the peaks measured afterwards are those of the benches. Whoever runs one bench alone
runs this before it.
Usage: python tests/bench/touch_memory.py
"""

import mmap
import os
import time


def main() -> None:
    free = os.sysconf("SC_AVPHYS_PAGES") * mmap.PAGESIZE
    begun = time.perf_counter()
    with mmap.mmap(-1, free // 8 * 7) as room:
        for at in range(0, len(room), mmap.PAGESIZE):
            room[at] = 1
    print(f"{free // 8 * 7 / 1e9:.0f} GB touched within {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
