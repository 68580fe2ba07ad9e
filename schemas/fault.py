"""The program or its configuration is wrong: every fault with the exit code of interface.md §1.

A bad row is not a fault (it becomes a reject), nor is a suspicious fact (it becomes a finding).
"""

import re

# Of a cell or a name that is quoted: what moves a cursor, colours a screen or turns the order of letters around.
_UNSEEN = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def visible(text: str) -> str:
    """The text on one line, characters that cannot be seen written out: \\n, \\x1b, \\u202e."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class Fault(Exception):
    """One line for a person: where, what was found, what was expected."""

    exit_code = 1

    def lines(self) -> list[str]:
        """What is printed: one line."""
        return [visible(" ".join(str(self).split()))]


class UsageFault(Fault):
    exit_code = 2


class InputFault(Fault):
    exit_code = 10


class PolicyFault(Fault):
    """All that is wrong with a policy file at once: its text has one line per trouble, and each is printed."""

    exit_code = 11

    def lines(self) -> list[str]:
        return [visible(" ".join(line.split())) for line in str(self).splitlines()]


class CardFault(Fault):
    """A rule, relation or other SQL card is broken."""

    exit_code = 12


class WarehouseFault(Fault):
    exit_code = 13


class ReportFault(Fault):
    exit_code = 14


class EvidenceFault(Fault):
    exit_code = 15


class WorkspaceBusy(Fault):
    exit_code = 20
