"""The customer's emotions, turn by turn, and the mood they came and left with."""

from collections.abc import Mapping, Sequence
from typing import cast

from kindline.model.analysis import EMOTIONS, Emotion, Emotions, Feeling, Mood
from kindline.model.labels import CUSTOMER_LABELS, UNIONS
from kindline.text.decision import Features, choice, first, strongest
from kindline.text.reading import EDGE, Feature, Reading
from kindline.text.verdicts import finding, two_best

NAME = "emotions"
_TELLING = frozenset((*CUSTOMER_LABELS, *UNIONS, "support_need", "service_request")) - {
    "other_channels"
}


def detect(readings: Sequence[Reading]) -> list[Emotions]:
    """Return sentiment and emotions of every customer turn, and arrival and departure mood."""
    came = _moods("arrival", list(map(arrival_features, readings)))
    left = _moods("departure", list(map(departure_features, readings)))
    return list(map(_emotions, readings, came, left))


def _emotions(reading: Reading, arrival: Mood | None, departure: Mood | None) -> Emotions:
    present: tuple[Emotion, ...] = tuple(
        name for name in EMOTIONS if reading.shown(name, "customer")
    )
    found = (
        finding(f"{NAME}.{name}", reading.best(name), reading, first(reading, name))
        for name in present
    )
    return Emotions(
        state="assessed",
        arrival=arrival,
        departure=departure,
        present=present,
        course=_course(reading),
        findings=tuple(found),
    )


def arrival_features(reading: Reading) -> Features:
    """Return what is strongest in the customer's first turns, and in all of them."""
    return _features(reading, reading.early, reading.customer_turns[:EDGE])


def departure_features(reading: Reading) -> Features:
    """Return what is strongest in the customer's last turns, and in all of them."""
    return _features(reading, reading.late, reading.customer_turns[-EDGE:])


def _features(reading: Reading, here: Mapping[str, Feature], turns: Sequence[int]) -> Features:
    sentiments = [reading.sentiment[turn] for turn in turns]
    return {
        **strongest(here, _TELLING),
        **strongest(reading.firsts, _TELLING, prefix="ever_"),
        "sentiment": Feature(sum(sentiments) / len(sentiments) if sentiments else 0.0),
    }


def _moods(name: str, features: Sequence[Features]) -> list[Mood | None]:
    """Return the moods, None where no mood is probable enough to be named."""
    model = choice(name)
    best = [first for first, _ in two_best(model, model.values(features))]
    return [cast(Mood, state) if chance >= model.least else None for state, chance in best]


def _course(reading: Reading) -> tuple[Feeling, ...]:
    by_turn: dict[int, dict[Emotion, float]] = {}
    for name in EMOTIONS:
        for seen in reading.evidence.get(name, ()):
            by_turn.setdefault(seen.turn, {})[name] = round(seen.probability, 3)
    return tuple(
        Feeling(turn=turn, sentiment=reading.sentiment[turn], emotions=by_turn.get(turn, {}))
        for turn in reading.customer_turns
    )
