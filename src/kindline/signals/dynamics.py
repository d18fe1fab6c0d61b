"""Who talked how long, from the times of the turns; not assessed where a turn has none."""

from kindline.model.analysis import Dynamics
from kindline.model.conversation import Conversation, Role
from kindline.model.interval import Interval, covered_ms, overlap_ms

NAME = "dynamics"


def detect(conversation: Conversation) -> Dynamics:
    """Return talk, silence and overlap in milliseconds, and interruptions per party."""
    timed: list[tuple[Role, Interval]] = [
        (turn.role, turn.interval) for turn in conversation.turns if turn.interval is not None
    ]
    if not timed or len(timed) < len(conversation.turns):
        return Dynamics()
    by_role: dict[Role, list[Interval]] = {}
    for role, interval in timed:
        by_role.setdefault(role, []).append(interval)
    every = [interval for _, interval in timed]
    length_ms = max(interval.end_ms for interval in every)
    customer = by_role.get("customer", [])
    others = [interval for role, interval in timed if role != "customer"]
    return Dynamics(
        state="assessed",
        talk_ms={role: covered_ms(intervals) for role, intervals in by_role.items()},
        silence_ms=length_ms - covered_ms(every),
        overlap_ms=overlap_ms(customer, others),
        n_interruptions=_interruptions(timed),
        longest_customer_turn_ms=max((i.duration_ms for i in customer), default=0),
    )


def _interruptions(timed: list[tuple[Role, Interval]]) -> dict[Role, int]:
    """Return how often each party began while another was still talking."""
    counts: dict[Role, int] = {role: 0 for role, _ in timed}
    for role, interval in timed:
        counts[role] += any(
            other.start_ms < interval.start_ms < other.end_ms
            for another, other in timed
            if another != role
        )
    return counts
