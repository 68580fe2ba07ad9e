"""The demo city: seeded, plausible, with planted wrongs and honest look-alikes. Same seed, same bytes."""

from hesuan.flows.demo.city import write_city, write_labels
from hesuan.flows.demo.scene import Planted

__all__ = ["Planted", "write_city", "write_labels"]
