"""
Who is the agent: what the file says, and where it does not say, what the words say.

A recogniser tells voices apart, not people. Who asks for the account number and who has one is in
their words, learnt per language (`kindline.training.roles`). A guess needs two sides and to be
sure; without, roles stay unknown, and nothing of the agent is judged.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
import json
import math
import re
from typing import Any

from kindline.model.analysis import Roles
from kindline.model.conversation import Conversation, Role, Turn, parties_of
from kindline.model.finding import Finding
from kindline.text.fold import fold

LEAST_CONFIDENCE = 0.95  # of 357 test stories none is told wrongly above it
LEAST_CONFIDENCE_HEARD = 0.99  # where we wrote down the words and parted the voices ourselves
_MOST_OF_A_TURN = 3.0  # log-odds; no single turn decides
_LEAST_AGAINST = 0.99  # as sure must words be that a file has its sides swapped
_N_CHECKED = 12  # turns; who asks and who answers shows early
_BORNE_OUT = 4.0  # log-odds at which a file is believed and no more of it is read
_N_SHOWN = 3  # turns a side
_SIGN: dict[Role, int] = {"agent": 1, "customer": -1}
_SIGNAL = {"agent": "agents_words", "customer": "customers_words"}
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?|\?")
_NAMES: dict[str, Role] = {
    "agent": "agent",
    "admin": "agent",
    "rep": "agent",
    "representative": "agent",
    "internal": "agent",
    "medewerker": "agent",
    "conseiller": "agent",
    "ügyintéző": "agent",
    "customer": "customer",
    "caller": "customer",
    "client": "customer",
    "contact": "customer",
    "end_user": "customer",
    "end-user": "customer",
    "external": "customer",
    "lead": "customer",
    "user": "customer",
    "klant": "customer",
    "ügyfél": "customer",
    "bot": "bot",
    "automated_agent": "bot",
    "custom_bot": "bot",
    "ivr": "bot",
    "acd": "bot",
    "system": "system",
    "supervisor": "supervisor",
}


def role_of(name: str | None) -> Role:
    """Return the role a word names, `unknown` for any other word."""
    return _NAMES.get((name or "").strip().lower(), "unknown")


def told(conversation: Conversation, language: str | None) -> tuple[Conversation, Roles]:
    """
    Return the conversation with the roles its words tell where the file does not, and why.

    Where the words speak strongly against the file, roles become unknown: a customer's needs must
    not be read from the agent's words.
    """
    named: set[Role] = {turn.role for turn in conversation.turns if turn.role in _SIGN}
    if named:
        return _checked(conversation, language, named)
    speakers = _speakers(conversation)
    if len(speakers) < 2 or language is None or language not in _weights():  # noqa: PLR2004 -- sides
        return conversation, Roles()
    weighed = [_weight(turn, language) for turn in conversation.turns]
    sums = {who: sum(weighed[n] for n in numbers) for who, numbers in speakers.items()}
    agent, customer = max(sums, key=sums.__getitem__), min(sums, key=sums.__getitem__)
    confidence = _sure(sums[agent] - sums[customer])
    least = LEAST_CONFIDENCE_HEARD if conversation.tracks else LEAST_CONFIDENCE
    if confidence < least:
        return conversation, Roles(state="unsure", confidence=confidence)
    sides: dict[str, Role] = {agent: "agent", customer: "customer"}
    shown = [
        finding
        for who, sign in ((agent, 1), (customer, -1))
        for n in sorted(speakers[who], key=lambda n: -sign * weighed[n])[:_N_SHOWN]
        for finding in _heaviest(conversation.turns[n], n, language, sides[who])
    ]
    found = Roles(
        state="assessed",
        told_by="words",
        confidence=confidence,
        findings=tuple(shown),
        sides=sides,
    )
    return _with(conversation, found), found


def _checked(
    conversation: Conversation, language: str | None, named: set[Role]
) -> tuple[Conversation, Roles]:
    """Return the roles of the file, or none where its own words contradict them."""
    if named == {"customer"} or language is None or language not in _weights():
        return conversation, Roles(state="assessed", told_by="file")
    margin = 0.0
    for turn in conversation.turns[:_N_CHECKED]:
        if turn.role in named and margin < _BORNE_OUT:
            margin += _weight(turn, language) * _SIGN[turn.role]
    confidence = _sure(margin)
    if confidence > 1 - _LEAST_AGAINST:
        return conversation, Roles(state="assessed", told_by="file", confidence=confidence)
    turns = tuple(
        replace(turn, role="unknown") if turn.role in named else turn for turn in conversation.turns
    )
    tracks = tuple(
        replace(track, role="unknown") if track.role in named else track
        for track in conversation.tracks
    )
    doubted = replace(conversation, turns=turns, tracks=tracks, parties=parties_of(turns))
    return doubted, Roles(state="unsure", told_by="file", confidence=confidence)


def _sure(margin: float) -> float:
    """Return the probability that log-odds stand for."""
    return round(1 / (1 + math.exp(-margin)), 4)


def words_of(text: str) -> set[str]:
    """Return the words, question marks and pairs of words of a turn, folded."""
    words = _WORD.findall(fold(text))
    return {*words, *map(" ".join, pairwise(words))}


def _placed(text: str) -> Iterator[tuple[str, int, int]]:
    """Return every word and pair of words with its place; folding keeps places."""
    words = list(_WORD.finditer(fold(text)))
    yield from ((word.group(), word.start(), word.end()) for word in words)
    for one, other in pairwise(words):
        yield f"{one.group()} {other.group()}", one.start(), other.end()


def _speakers(conversation: Conversation) -> Mapping[str, list[int]]:
    """Return speaker -> turns, of those the file tells apart and does not name."""
    found: dict[str, list[int]] = {}
    for number, turn in enumerate(conversation.turns):
        if turn.role == "unknown" and turn.speaker is not None:
            found.setdefault(turn.speaker, []).append(number)
    return found


def _weight(turn: Turn, language: str) -> float:
    given = _weights()[language]
    weights: Mapping[str, float] = given["weights"]
    told = map(weights.__getitem__, weights.keys() & words_of(turn.text))
    total = math.fsum((given["intercept"], *told))  # a set has no order, and so must the sum
    return max(-_MOST_OF_A_TURN, min(_MOST_OF_A_TURN, total))


def _heaviest(turn: Turn, number: int, language: str, role: Role) -> Sequence[Finding]:
    """Return the words of a turn that say most that it is of this role, if any do."""
    weights: Mapping[str, float] = _weights()[language]["weights"]
    sign = 1 if role == "agent" else -1
    found = [
        Finding(
            signal=_SIGNAL[role],
            weight=sign * weights[word],
            turn=number,
            start=start,
            end=end,
            quote=turn.text[start:end],
        )
        for word, start, end in _placed(turn.text)
        if sign * weights.get(word, 0.0) > 0
    ]
    return sorted(found, key=lambda one: -one.weight)[:1]


def _with(conversation: Conversation, roles: Roles) -> Conversation:
    turns = tuple(replace(turn, role=roles.of(turn)) for turn in conversation.turns)
    tracks = tuple(replace(track, role=roles.of(track)) for track in conversation.tracks)
    return replace(conversation, turns=turns, tracks=tracks, parties=parties_of(turns))


@cache
def _weights() -> Mapping[str, Any]:
    path = files("kindline.text") / "weights" / "roles.json"
    content: Mapping[str, Any] = json.loads(path.read_text("utf-8"))["languages"]
    return content
