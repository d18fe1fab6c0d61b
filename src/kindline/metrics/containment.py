"""
Containment of self-service: sessions that ended without a person.

Contained = sessions that no assisted contact on the same reason followed within the window ÷ all
sessions. It counts who gave up as a success. Resolved containment, which is to be used, asks that
the task was confirmed as well (FACTS 5.3). Sessions of nobody known could have been followed and
are not judged; so are those younger than the window.
"""

from kindline.metrics.share import share_of
from kindline.model.estimate import Estimate

WINDOW_DAYS = 7


def contained(n_sessions: int, n_followed: int, *, n_unjudged: int) -> Estimate:
    """Return the share of judged sessions that no contact followed."""
    return share_of(n_sessions - n_followed, n_followed, n_unjudged=n_unjudged)


def resolved(n_sessions: int, n_done_and_alone: int, *, n_unjudged: int) -> Estimate:
    """Return the share of judged sessions whose task was done, and that no contact followed."""
    return share_of(n_done_and_alone, n_sessions - n_done_and_alone, n_unjudged=n_unjudged)
