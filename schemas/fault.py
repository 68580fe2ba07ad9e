"""The program or its configuration is wrong: every fault with the exit code of interface.md §1.

A bad row is not a fault (it becomes a reject), nor is a suspicious fact (it becomes a finding).
"""


class Fault(Exception):
    """One line for a person: where, what was found, what was expected."""

    exit_code = 1

    def lines(self) -> list[str]:
        """What is printed: one line."""
        return [" ".join(str(self).split())]


class UsageFault(Fault):
    exit_code = 2


class InputFault(Fault):
    exit_code = 10


class PolicyFault(Fault):
    """All that is wrong with a policy file at once: its text has one line per trouble, and each is printed."""

    exit_code = 11

    def lines(self) -> list[str]:
        return [" ".join(line.split()) for line in str(self).splitlines()]


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
