"""One content handed in for two providers: usage must not move from one to the other because a file was copied.

A file that is moved to the other's folder is moved: only what lies in both at once is told of.
"""

from itertools import groupby

from hesuan.flows.intake.evidence import Intake, object_path
from hesuan.flows.stages.stage import PICTURES
from hesuan.flows.workspace import Workspace

# A longer file has more than a header.
HEADER_BYTES = 64 * 1024


def kept_with_one(
    taken: list[Intake], known: list[Intake], lying: set[str], workspace: Workspace
) -> tuple[list[Intake], list[str]]:
    """What of the inbox is recorded, and one line for each file that is not: its content lies there for another provider.

    The provider for whom the content stands keeps it while his file lies there; of a new content the one whose file
    comes first by name. A copy of which no provider is said, as where no source.toml lies, takes nothing from him.
    taken: of the inbox, copied already. known: the ledger. lying: the names of all that is there.
    """
    by_name = {intake.name: intake for intake in taken}
    stood: dict[str, list[Intake]] = {}
    for intake in known:
        stood.setdefault(intake.sha256, []).append(intake)
    kept, lines = [], []
    for sha256, group in groupby(sorted(taken, key=lambda i: (i.sha256, i.name)), key=lambda i: i.sha256):
        alike = list(group)
        keeper = _keeper(stood.get(sha256, []), by_name, lying) or next(
            (i for i in alike if _provider(i)), alike[0]
        )
        others = [i for i in alike if not _is_unread(i) and _provider(i) != _provider(keeper)]
        if others and not _tells(keeper, workspace):
            others = []
        lines += [
            f"inbox/{other.name}: 与 inbox/{keeper.name} 内容相同而服务机构不同，只收一份，归 {_provider(keeper)}"
            for other in others
            if _provider(other)
        ]
        kept += [intake for intake in alike if intake not in others]
    return kept, lines


def _keeper(stood: list[Intake], by_name: dict[str, Intake], lying: set[str]) -> Intake | None:
    """The latest intake of a content, where a provider's file of it, handed in for him, is still there.

    stood: the content's intakes. A file that cannot be read tonight, or its source.toml, is there all the same.
    """
    if not stood or _provider(stood[-1]) is None:
        return None
    for intake in reversed(stood):
        found = by_name.get(intake.name)
        is_there = intake.name in lying and (
            found is None
            or (
                found.sha256 == intake.sha256 and (_is_unread(found) or _provider(found) == _provider(intake))
            )
        )
        if is_there and _provider(intake) == _provider(stood[-1]):
            return intake
    return None


def _tells(intake: Intake, workspace: Workspace) -> bool:
    """Whether there is usage to move: a picture has none, and a header alone is the same file for everybody."""
    with object_path(workspace, intake.sha256).open("rb") as file:
        start = file.read(HEADER_BYTES + 1)
    if start.startswith(tuple(PICTURES)):
        return False
    return len(start) > HEADER_BYTES or sum(bool(line.strip()) for line in start.splitlines()) > 1


def _is_unread(intake: Intake) -> bool:
    return "unreadable" in intake.declaration


def _provider(intake: Intake) -> str | None:
    provider_id: str | None = intake.declaration.get("provider_id")
    return provider_id
