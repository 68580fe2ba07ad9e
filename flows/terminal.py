"""Text for a terminal: whatever stands in a file, it does not move the cursor, set the title or turn the line around."""

import json
import re
from typing import Any

# C0 and C1 controls and marks of direction.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL_BUT_LINE_END = re.compile(_CONTROL.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f"))


def shown(text: str) -> str:
    """One line; what would steer is shown by number."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def shown_lines(lines: list[str]) -> str:
    """A line may itself be several."""
    return "\n".join(shown(part) for line in lines for part in line.split("\n"))


def shown_json(facts: Any) -> str:
    """The same facts to whoever reads it as JSON."""
    text = json.dumps(facts, ensure_ascii=False, indent=2)
    return _CONTROL_BUT_LINE_END.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
