"""Objects of the evidence that were lost or damaged, and put back from their originals in the inbox: told, each in a line."""

from hesuan.flows.intake.evidence import Intake, object_path
from hesuan.flows.intake.kept_object import ABSENT, DAMAGED
from hesuan.flows.lake.file_set import drop_sets
from hesuan.flows.workspace import Workspace


def tell_put_back(taken: list[Intake], known: list[Intake], workspace: Workspace) -> list[str]:
    """A line for each object put back; what the lake made of it is dropped, to be made again.

    taken: of the inbox. known: the ledger; what it does not name was never there to be lost.
    """
    kept_before = {intake.sha256 for intake in known}
    put_back = [i for i in taken if i.found == DAMAGED or (i.found == ABSENT and i.sha256 in kept_before)]
    for intake in put_back:
        drop_sets(intake.sha256, workspace)
    return [_said(intake, workspace) for intake in put_back]


def _said(intake: Intake, workspace: Workspace) -> str:
    place = object_path(workspace, intake.sha256).relative_to(workspace.root).as_posix()
    if intake.found == ABSENT:
        return f"{place}: 证据库中没有了，已由收件箱的 {intake.name} 补回"
    return f"{place}: 内容与名称（SHA-256）不符，已由收件箱的 {intake.name} 补回，坏的移到 evidence/damaged"
