"""What stands of the intake ledger: per content one intake, under the declaration that came last."""

from dataclasses import replace

from hesuan.flows.intake.evidence import Intake, declaring
from hesuan.flows.intake.former import formers_of


def standing(intakes: list[Intake]) -> list[Intake]:
    """One intake per content, in ledger order of the content's first batch: the latest declaration stands.

    Where not every copy was declared alike, it is named as the one by which that was declared: as it lies there.
    """
    declared, back = declaring(intakes), _came_back(intakes)
    alike: dict[str, list[Intake]] = {}
    for intake in intakes:
        alike.setdefault(intake.sha256, []).append(intake)
    found = []
    for sha256, copies in alike.items():
        stands, again = declared[sha256], back.get(sha256)
        is_one_said = all(copy.declaration == stands.declaration for copy in copies)
        name = min(copy.name for copy in copies) if is_one_said else stands.name
        one = replace(
            copies[0],
            name=name,
            declaration=stands.declaration,
            declared_on=stands.taken_on,
            formers=formers_of(copies, stands.declaration),
        )
        found.append(replace(one, back_batch=again.batch, back_on=again.taken_on) if again else one)
    return sorted(found, key=lambda i: (i.batch, i.name, i.sha256))


def _came_back(intakes: list[Intake]) -> dict[str, Intake]:
    """By content the last intake of it under a name that had held it before, and another since.

    A copy under another name is not one: whoever gathers old files into a folder, or lets logs rotate, corrects nothing.
    """
    back: dict[str, Intake] = {}
    held: dict[str, list[str]] = {}
    for intake in intakes:
        contents = held.setdefault(intake.name, [])
        if intake.sha256 in contents and contents[-1] != intake.sha256:
            back[intake.sha256] = intake
        contents.append(intake.sha256)
    return back
