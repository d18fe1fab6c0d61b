"""
Who talked how long: heard in the recording, else from the times of the turns.

Not assessed where there is neither. A recording that we heard ourselves goes before: vendors' turns
begin and end with their words, and silence within a turn is none to them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kindline.model.analysis import Dynamics
from kindline.model.conversation import Conversation, Role
from kindline.model.interval import Interval, covered_ms, merged, overlap_ms

NAME = "dynamics"
LONG_SILENCE_MS = 5_000  # ours; nobody waits so long for an answer without being told why
_LISTENING_MS = 1_000  # a shorter "mm-hm" is listening, not interrupting; only heard in recordings

_Timed = tuple[Role, Interval]


def detect(conversation: Conversation) -> Dynamics:
    """Return talk, silence and overlap in milliseconds, and interruptions per party."""
    told = _detected(conversation)
    handling = conversation.handling
    if told.state != "assessed" or handling is None or handling.hold_ms is None:
        return told
    return replace(told, hold_ms=handling.hold_ms)


def _detected(conversation: Conversation) -> Dynamics:
    if conversation.tracks:
        return _heard(conversation)
    timed: list[_Timed] = [
        (turn.role, turn.interval) for turn in conversation.turns if turn.interval is not None
    ]
    if not timed or len(timed) < len(conversation.turns):
        return Dynamics()
    length_ms = max(interval.end_ms for _, interval in timed)
    return _told(timed, (), length_ms, shortest_ms=0)


def _heard(conversation: Conversation) -> Dynamics:
    timed: list[_Timed] = [
        (track.role, interval) for track in conversation.tracks for interval in track.speech
    ]
    hold = merged(interval for track in conversation.tracks for interval in track.hold)
    ends = [interval.end_ms for _, interval in timed]
    lengths = [dialog.duration_ms or 0 for dialog in conversation.dialogs]
    return _told(timed, hold, max((*ends, *lengths), default=0), shortest_ms=_LISTENING_MS)


def _told(
    timed: Sequence[_Timed], hold: Sequence[Interval], length_ms: int, *, shortest_ms: int
) -> Dynamics:
    by_role: dict[Role, list[Interval]] = {}
    for role, interval in timed:
        by_role.setdefault(role, []).append(interval)
    every = [interval for _, interval in timed]
    customer = by_role.get("customer", [])
    others = [interval for role, interval in timed if role != "customer"]
    silences = _silences((*every, *hold), length_ms)
    return Dynamics(
        state="assessed",
        talk_ms={role: covered_ms(intervals) for role, intervals in by_role.items()},
        silence_ms=sum(silence.duration_ms for silence in silences),
        overlap_ms=overlap_ms(customer, others),
        n_interruptions=_interruptions(timed, shortest_ms),
        longest_customer_turn_ms=max((i.duration_ms for i in customer), default=0),
        hold_ms=covered_ms(hold) if hold else None,
        longest_silence_ms=max((silence.duration_ms for silence in silences), default=0),
        n_long_silences=sum(silence.duration_ms >= LONG_SILENCE_MS for silence in silences),
    )


def _silences(busy: Iterable[Interval], length_ms: int) -> list[Interval]:
    """Return the stretches in which nobody talks and no hold music plays."""
    found: list[Interval] = []
    at = 0
    for interval in (*merged(busy), Interval(start_ms=length_ms, end_ms=length_ms)):
        if interval.start_ms > at:
            found.append(Interval(start_ms=at, end_ms=interval.start_ms))
        at = max(at, interval.end_ms)
    return found


def _interruptions(timed: Sequence[_Timed], shortest_ms: int) -> dict[Role, int]:
    """Return how often each party began, for longer than that, while another was still talking."""
    counts: dict[Role, int] = {role: 0 for role, _ in timed}
    for role, interval in timed:
        counts[role] += interval.duration_ms >= shortest_ms and any(
            other.start_ms < interval.start_ms < other.end_ms
            for another, other in timed
            if another != role
        )
    return counts
