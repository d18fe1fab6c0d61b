"""
The columns of a table of conversations, one row each: the data dictionary.

Nothing here is a word anybody said, and nothing tells what an agent did. What is not known, or not
for the reader to see, is empty: never 0 and never `absent`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from kindline.records import as_object
from kindline.store.conversations import Stored

Kind = Literal["text", "flag", "count", "number", "time"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: `kind` of its values, their `meaning` with unit, and where they come from."""

    name: str
    kind: Kind
    meaning: str
    of: Callable[[Stored], Any]


def _at(path: str) -> Callable[[Stored], Any]:
    """Return what finds a value in the analysis: `needs.support.state`."""
    steps = path.split(".")

    def found(one: Stored) -> Any:
        value: Any = one.analysis
        for step in steps:
            value = (as_object(value) or {}).get(step)
        return value

    return found


def _joined(path: str) -> Callable[[Stored], str | None]:
    """Return what joins a list in the analysis by `|`; nothing in it is nothing to tell."""
    found = _at(path)
    return lambda one: "|".join(found(one) or ()) or None


def _plain(name: str, kind: Kind, meaning: str, path: str | None = None) -> Column:
    return Column(name=name, kind=kind, meaning=meaning, of=_at(path or name))


def _handled(name: str, kind: Kind, meaning: str) -> Column:
    return Column(name=name, kind=kind, meaning=meaning, of=lambda one: one.handling.get(name))


_STATES = "present, absent, unsure or not_assessed"


def _need(name: str, meaning: str, path: str) -> tuple[Column, Column]:
    sure = f"probability of {name}, 0 to 1, as calibrated; empty where it was not assessed"
    return (
        _plain(name, "text", f"{meaning}: {_STATES}", f"{path}.state"),
        _plain(f"{name}_probability", "number", sure, f"{path}.probability"),
    )


COLUMNS: tuple[Column, ...] = (
    _plain("conversation_id", "text", "id of the input, or a hash of its content"),
    _plain("source", "text", "file it came from, as it was named"),
    _plain("status", "text", "analysed, or denied: counted and never read"),
    _plain("denied_because", "text", "why it was denied"),
    _plain("language", "text", "BCP 47; empty where it was not told and could not be found"),
    _plain("channel", "text", "voice, video, chat, messaging or email"),
    Column(name="country", kind="text", meaning="two letters", of=lambda one: one.country),
    Column(name="queue", kind="text", meaning="queue, as the input says", of=lambda one: one.queue),
    Column(name="started_at", kind="time", meaning="start, UTC", of=lambda one: one.started_at),
    _plain("n_turns", "count", "turns of everybody"),
    *_need("service", "a matter to be settled", "needs.service"),
    *_need("companionship", "a need for company", "needs.companionship"),
    *_need("support", "a need for support in a hard time", "needs.support"),
    _plain(
        "crisis",
        "text",
        "cue, no_cue_found or not_assessed; no cue is no all-clear; for safeguarding alone",
        "crisis.state",
    ),
    _plain("crisis_level", "text", "third_party, passive, active or imminent", "crisis.level"),
    _plain("crisis_probability", "number", "probability of a cue, 0 to 1", "crisis.probability"),
    *_need("abuse", "abuse of the agent", "abuse"),
    _plain("swearing", "flag", "whether a swear word fell, at anyone or nothing", "abuse.swearing"),
    _plain("arrival", "text", "mood the customer came with", "emotions.arrival"),
    _plain("departure", "text", "mood the customer left with", "emotions.departure"),
    Column(
        name="emotions",
        kind="text",
        meaning="emotions of the customer, joined by |",
        of=_joined("emotions.present"),
    ),
    _plain("felt_heard", "text", "yes, partly, no, unsure or not_assessed", "felt_heard.state"),
    _plain(
        "tried_self_service",
        "flag",
        "whether site, app, bot or form came first",
        "effort.tried_self_service",
    ),
    _plain(
        "other_channels",
        "flag",
        "whether another channel was tried for this matter",
        "effort.other_channels",
    ),
    _plain(
        "repeat_contact",
        "flag",
        "whether the customer contacted before about it",
        "effort.repeat_contact",
    ),
    _plain(
        "resolution",
        "text",
        "settled, open, nothing_to_settle, unsure or not_assessed",
        "resolution.state",
    ),
    _plain(
        "share_after_resolution",
        "number",
        "share of the talk after the matter was settled, 0 to 1",
        "resolution.share_after",
    ),
    _plain(
        "ms_after_resolution",
        "count",
        "milliseconds after the matter was settled",
        "resolution.ms_after",
    ),
    _plain("reason", "text", "code of the contact reason", "reason.primary"),
    _plain("second_reason", "text", "code of a second one", "reason.secondary"),
    _plain("loyalty", "text", "lost, at_risk, kept, won, unsure or not_assessed", "loyalty.state"),
    _plain("customer_talk_ms", "count", "milliseconds of talk", "dynamics.talk_ms.customer"),
    _plain("agent_talk_ms", "count", "milliseconds of talk", "dynamics.talk_ms.agent"),
    _plain("silence_ms", "count", "milliseconds nobody spoke", "dynamics.silence_ms"),
    _plain("overlap_ms", "count", "milliseconds two spoke", "dynamics.overlap_ms"),
    _plain("hold_ms", "count", "milliseconds on hold", "dynamics.hold_ms"),
    _plain(
        "longest_silence_ms",
        "count",
        "milliseconds of the longest time nobody spoke",
        "dynamics.longest_silence_ms",
    ),
    _plain(
        "n_long_silences",
        "count",
        "how often nobody spoke for five seconds",
        "dynamics.n_long_silences",
    ),
    _handled("after_call_work_ms", "count", "milliseconds of work after it, as told"),
    _handled("n_transfers", "count", "how often it was passed on, as told"),
    _handled("wrap_up_code", "text", "the centre's own code for it, as told"),
    _plain("roles_told_by", "text", "who said who the agent is: file or words", "roles.told_by"),
    _plain(
        "roles_confidence", "number", "how sure the words are of it, 0 to 1", "roles.confidence"
    ),
    _plain("policy", "text", "policy profile it was analysed under"),
    _plain("basis", "text", "lawful basis it was analysed on"),
    _plain("kindline_version", "text", "program that judged it", "versions.kindline"),
    _plain("weights_version", "text", "weights that judged it", "versions.weights"),
)


def row(one: Stored) -> dict[str, Any]:
    """Return the values of a conversation by column."""
    return {column.name: column.of(one) for column in COLUMNS}
