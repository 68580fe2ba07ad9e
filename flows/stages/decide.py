"""Decide: reconciled facts and policy → recognised cost, verdicts of the rules, disposition and award."""

from collections.abc import Iterable
from pathlib import Path

from hesuan.flows.court import court_of
from hesuan.flows.reference.cited import cited_cards
from hesuan.flows.reference.policy import load_policy_tables
from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import Connection, Stock, build, connect, whole
from hesuan.flows.worlds import evaluate, open_worlds
from hesuan.schemas.card import RuleCard
from hesuan.schemas.policy import Policy
from hesuan.validators.judge import judge, open_court

# What every rule has no rows without; test_no_rows proves it.
CLAIMS = "reconciled.claim_paper"


def decide(path: Path, policy: Policy) -> Path:
    """Adds schemas policy and decided to the build file.

    Rules about facts are judged first; disposition and award follow from them. Then every reading is taken the other
    ways, and a claim refused under the default only is held. Rules about the award come last and can therefore
    neither block nor hold.
    """
    court = court_of(sql_cards("decided"), cited_cards(policy))
    with connect(path) as connection:
        with whole(connection):
            load_policy_tables(connection, policy)
            connection.execute("create schema decided")
            open_worlds(connection)
            build(connection, court.early)
            open_court(connection)
            judge_all(connection, court.rules)
            build(connection, court.late)
        evaluate(connection, court, policy)
        with whole(connection):
            judge_all(connection, court.on_readings)
            build(connection, court.late)
            judge_all(connection, court.last)
    return path


def judge_all(connection: Connection, rules: Iterable[RuleCard]) -> None:
    """Every rule in turn. Each looks at claims: where nothing is claimed none is asked."""
    if Stock(connection).lacks_rows([CLAIMS]):
        return
    for card in rules:
        judge(connection, card)
