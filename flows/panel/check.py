"""What a line of the panel's sheet must satisfy before it is taken in, against one claim's published facts."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hesuan.flows.panel.sheet import Line

CODE_DIGITS = 16


@dataclass(frozen=True)
class ClaimFacts:
    """What is published of one claim. ties: (panellist cell of a sheet, person in it, what ties that person to a party)."""

    claim_id: str
    figures_sha256: str
    disposition: str
    proposed_yuan: Decimal
    ties: tuple[tuple[str, str, str], ...]
    submitted_at: datetime | None

    @property
    def check_code(self) -> str:
        return self.figures_sha256[:CODE_DIGITS]


def refusals(line: Line, claim: ClaimFacts | None, *, min_chars: int) -> list[str]:
    """Every reason for which the line cannot be taken in, as sentences of what was found and expected."""
    if claim is None:
        return [f"申请编号“{line.claim_id}”不在公布的申请中"]
    found = [_stale(line, claim), _related(line, claim), _short(line.reason, "理由", min_chars)]
    if line.panellist is None:
        found.append("专家 不能为空")
    found += [_wrong_sum(line, claim), _blocked(line, claim, min_chars)]
    return [sentence for sentence in found if sentence]


def _stale(line: Line, claim: ClaimFacts) -> str | None:
    if line.figures_sha256.lower() not in (claim.check_code, claim.figures_sha256):
        return f"核对码为 {line.figures_sha256}，现在是 {claim.check_code}：印表之后数字有变，请重印此表再定"
    if line.proposed_subsidy_yuan not in (None, claim.proposed_yuan):
        return f"表上的建议补贴被改为 {line.proposed_subsidy_yuan} 元，公布的是 {claim.proposed_yuan} 元"
    return None


def _related(line: Line, claim: ClaimFacts) -> str | None:
    ties = [f"{person} 是{tie}" for panellist, person, tie in claim.ties if panellist == line.panellist]
    return f"专家与当事人有关联（{'；'.join(ties)}），须由他人审查" if ties else None


def _short(text: str | None, what: str, min_chars: int) -> str | None:
    length = len(text or "")
    return f"{what}有 {length} 字，至少 {min_chars} 字" if length < min_chars else None


def _wrong_sum(line: Line, claim: ClaimFacts) -> str | None:
    adjusted, proposed = line.adjusted_yuan, claim.proposed_yuan
    if line.decision == "adjust":
        if adjusted is None:
            return f"意见为核减而未填核定金额，应为 0 至 {proposed} 元"
        if adjusted > proposed and claim.disposition != "reject":
            return f"核定金额 {adjusted} 元高于建议补贴 {proposed} 元"
        return None
    due = {"approve": proposed, "reject": Decimal(0)}.get(line.decision)
    if adjusted not in (None, due):
        return f"核定金额 {adjusted} 元与意见不符：只在核减时填写"
    return None


def _blocked(line: Line, claim: ClaimFacts, min_chars: int) -> str | None:
    """A claim that a block rule refuses is paid only with the panel's own reason for passing over the rule."""
    if claim.disposition != "reject" or line.decision not in ("approve", "adjust"):
        return None
    short = _short(line.override_reason, "推翻理由", min_chars)
    return f"否决项成立（处理建议为不予），{short}" if short else None
