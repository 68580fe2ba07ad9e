"""What a night makes ready beside its reading is what its end asks for."""

import pytest

from hesuan.flows import ahead
from hesuan.flows.stages.reconcile import sql_cards
from hesuan.flows.warehouse import creation
from hesuan.flows.workspace import Settings
from hesuan.reports.press import press
from hesuan.schemas import own_sql


@pytest.fixture(autouse=True)
def afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_sql, "_read", {})
    press.cache_clear()


def test_templates_and_cards_are_read_when_the_reading_is_done() -> None:
    with ahead.making_ready(Settings(paper=False)):
        pass
    for folder in ("decided", "published", "people"):
        for card in sql_cards(folder).values():
            assert creation(card) in own_sql._read
    assert press().cache is not None
    assert len(press().cache) == len([n for n in press().list_templates() if n.endswith(".html.j2")])


def test_what_fails_beside_the_reading_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_settings: Settings) -> None:
        raise OSError

    monkeypatch.setattr(ahead, "made_ready", refuse)
    with ahead.making_ready(Settings(paper=False)):
        done = True
    assert done
    assert own_sql._read == {}
