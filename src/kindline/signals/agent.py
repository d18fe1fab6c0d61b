"""What the agent was seen to do. Behaviours in their words, never feelings (DESIGN 2.4)."""

from collections.abc import Sequence

from kindline.model.analysis import BEHAVIOURS, AgentBehaviours, Behaviour
from kindline.text.reading import Evidence, Feature, Reading
from kindline.text.verdicts import finding

NAME = "agent"


def detect(readings: Sequence[Reading]) -> list[AgentBehaviours]:
    """Return the turns that show each behaviour; not assessed without an agent turn."""
    return list(map(_behaviours, readings))


def _behaviours(reading: Reading) -> AgentBehaviours:
    if not reading.agent_turns:
        return AgentBehaviours()
    shown: dict[Behaviour, list[Evidence]] = {
        name: reading.shown(name, "agent") for name in BEHAVIOURS
    }
    found = (
        finding(f"{NAME}.{name}", seen.probability, reading, Feature(seen.probability, seen))
        for name, turns in shown.items()
        for seen in turns
    )
    return AgentBehaviours(
        state="assessed",
        turns={name: tuple(seen.turn for seen in turns) for name, turns in shown.items()},
        findings=tuple(found),
    )
