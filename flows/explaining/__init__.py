"""What `hesuan explain` says: a figure → its steps → the source rows, by claim, contract, finding, figure, rule or key."""

from pathlib import Path

from hesuan.flows.explaining.answer import Explained
from hesuan.flows.explaining.claim import explain_claim, explain_contract
from hesuan.flows.explaining.figure import explain_figure, explain_figure_of_claim
from hesuan.flows.explaining.rule import explain_finding, explain_parameter, explain_rule
from hesuan.flows.warehouse import connect
from hesuan.schemas.fault import UsageFault

# In this order: the first that knows the name answers.
EXPLANATIONS = (
    explain_claim,
    explain_contract,
    explain_finding,
    explain_figure,
    explain_figure_of_claim,
    explain_rule,
    explain_parameter,
)


def explained(database: Path, identifier: str, lang: str = "zh") -> Explained:
    """Raises UsageFault where nothing published bears the name."""
    with connect(database, read_only=True) as connection:
        for explain in EXPLANATIONS:
            found = explain(connection, identifier, lang)
            if found is not None:
                return found
    raise UsageFault(f"{identifier}: 没有这个申请、合同、发现、数字、规则或参数")
