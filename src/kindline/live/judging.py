"""
What the words of a call hold so far, read turn by turn: the same as reading them all at once.

Each turn is read once, together with those of other calls that came in the same moment. What it
held is kept; needs, cues and behaviours are then told anew from all of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kindline.model.analysis import Abuse, AgentBehaviours, Crisis, Label, Resolution
from kindline.model.conversation import Conversation, Turn
from kindline.signals import abuse, agent, companionship, crisis, resolution, service, support
from kindline.text.learnt import Learnt
from kindline.text.reading import Gathered, Mention, Reading, gather, reading_of
from kindline.text.scoring import Scorer, TurnModel, ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a call holds so far, in the blocks of the contract; `closings` are the agent's turns."""

    service: Label = field(default_factory=Label)
    companionship: Label = field(default_factory=Label)
    support: Label = field(default_factory=Label)
    crisis: Crisis = field(default_factory=Crisis)
    abuse: Abuse = field(default_factory=Abuse)
    resolution: Resolution = field(default_factory=Resolution)
    agent: AgentBehaviours = field(default_factory=AgentBehaviours)
    closings: tuple[int, ...] = ()
    goodbyes: tuple[int, ...] = ()

    @property
    def is_matter_closed(self) -> bool:
        """Return whether the matter was settled, or company was all there was to it."""
        if self.resolution.state == "nothing_to_settle":
            return self.companionship.state == "present"
        return self.resolution.state == "settled"


@dataclass(slots=True, kw_only=True)
class Growing:
    """A call as read so far. `language` is that of a pack: without one nothing is read."""

    conversation: Conversation
    language: str
    turns: list[Turn] = field(default_factory=list[Turn])
    found: Gathered = field(default_factory=Gathered)

    def reading(self, decisions: Learnt) -> Reading:
        """Return all that was read."""
        told = replace(self.conversation, turns=tuple(self.turns))
        return reading_of(told, self.language, self.found, decisions.of(self.language))


def hear(
    said: Sequence[tuple[Growing, Sequence[Turn]]],
    *,
    model: TurnModel | None = None,
    learnt: Learnt | None = None,
) -> list[Judged]:
    """Read what was just said in many calls, together, and return what each holds now."""
    scorer, decisions = (model or ours()).score, learnt or Learnt()
    found: dict[int, Judged] = {}
    for language in {growing.language for growing, _ in said}:
        own = [number for number, (growing, _) in enumerate(said) if growing.language == language]
        calls = [said[number][0] for number in own]
        heard = [said[number][1] for number in own]
        _grow(calls, heard, language, scorer)
        readings = [growing.reading(decisions) for growing in calls]
        found.update(zip(own, judged(readings), strict=True))
    return [found[number] for number in range(len(said))]


def _grow(
    calls: Sequence[Growing], heard: Sequence[Sequence[Turn]], language: str, scorer: Scorer
) -> None:
    """Read what was just said in calls of one language."""
    numbered = [
        tuple(enumerate(turns, start=len(growing.turns)))
        for growing, turns in zip(calls, heard, strict=True)
    ]
    gather([growing.found for growing in calls], numbered, language, scorer)
    for growing, turns in zip(calls, heard, strict=True):
        growing.turns.extend(turns)


def judged(readings: Sequence[Reading]) -> list[Judged]:
    """Return what a desk needs of readings in one language; the rest is told after the call."""
    needed = service.detect(readings)
    blocks: dict[str, Sequence[Any]] = {
        "service": needed,
        "companionship": companionship.detect(readings),
        "support": support.detect(readings),
        "crisis": crisis.detect(readings),
        "abuse": abuse.detect(readings),
        "resolution": resolution.detect(readings, needed),
        "agent": agent.detect(readings),
        "closings": [_turns(one.mentions, "agent.closing") for one in readings],
        "goodbyes": [_turns(one.mentions, "customer.closing") for one in readings],
    }
    return [
        Judged(**dict(zip(blocks, own, strict=True))) for own in zip(*blocks.values(), strict=True)
    ]


def _turns(mentions: Mapping[str, Sequence[Mention]], cue: str) -> tuple[int, ...]:
    return tuple(sorted({one.turn for one in mentions.get(cue, ())}))
