"""One content handed in for two providers: usage must not move from one to the other because a file was copied.

A file that is moved to the other's folder is moved: only what lies in both at once is told of.
"""

from itertools import groupby

from hesuan.flows.evidence import Intake


def kept_with_one(taken: list[Intake], standing: list[Intake]) -> tuple[list[Intake], list[str]]:
    """What of the inbox is recorded, and one line for each file that is not: its content lies there for another provider.

    The provider for whom the content stands keeps it; of a new content the one whose file comes first by name.
    standing: what stands in the ledger, one per content.
    """
    stands = {intake.sha256: _provider(intake) for intake in standing}
    kept, lines = [], []
    for sha256, group in groupby(sorted(taken, key=lambda i: (i.sha256, i.name)), key=lambda i: i.sha256):
        alike = list(group)
        named = [intake for intake in alike if _provider(intake) and intake.byte_count]
        first = next(
            (i for i in named if _provider(i) == stands.get(sha256)), named[0] if named else alike[0]
        )
        for intake in alike:
            if intake in named and _provider(intake) != _provider(first):
                lines.append(
                    f"inbox/{intake.name}: 与 inbox/{first.name} 内容相同而服务机构不同，仍归 {_provider(first)}；请只留一份"
                )
            else:
                kept.append(intake)
    return kept, lines


def _provider(intake: Intake) -> str | None:
    provider_id: str | None = intake.declaration.get("provider_id")
    return provider_id
