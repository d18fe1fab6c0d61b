"""What live calls need, without settings."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from kindline.calls.articles import Articles
from kindline.calls.bus import bus_of
from kindline.calls.hearing import Hearing
from kindline.calls.opening import House
from kindline.calls.switchboard import Switchboard
from kindline.pipeline import Judges
from kindline.policy import profile
from kindline.speech.recognisers import Choice
from kindline.store.database import Store
from kindline.text.scoring import ours
from kindline.web.live import Live


def house_of(clock: Callable[[], datetime]) -> House:
    """Return a house that has consent for every call it does not hear otherwise of."""
    judges = Judges(rules=profile("eu-consented"), declared="consent", model=ours())
    return House(judges=judges, clock=clock, country="NL")


def live_on(store: Store, clock: Callable[[], datetime], **more: Any) -> Live:
    """Return live calls on a store; their switchboard runs until it is closed."""
    told = {"articles": Articles(), **more}
    board = Switchboard(store, house_of(clock), bus_of(store))
    made = Live(switchboard=board, hearing=Hearing(Choice()), **told)
    made.switchboard.start()
    return made
