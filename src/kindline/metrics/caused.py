"""
Contacts that a failing step causes: more than would have come anyway.

Of those who fail at a step, more make contact than of those who finish the same task; what is more
is caused, the rest would have come. Caused = failed x (share who contact after failing - share who
contact after finishing), with Newcombe's interval for the difference. It counts nothing as caused
that the baseline explains, and needs a baseline: without one there is no number (FACTS 5.3).

Corrected, contacts for company are left out on both sides by their estimated share: they would have
come whatever the step did (FACTS 5.4; never one by one).
"""

from dataclasses import dataclass

from kindline.metrics.combined import complement, difference, product, scaled
from kindline.metrics.share import share_of
from kindline.model.estimate import Estimate

FEWEST_SESSIONS, FEWEST_PEOPLE = 30, 10  # FACTS 5.4: smaller cells are hidden
METHOD = "failed x difference of shares who contact (Newcombe)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Sessions that ended alike at a step: how many, how many of them a contact followed."""

    n: int
    n_contacts: int

    @property
    def share(self) -> Estimate:
        """Return the share that a contact followed."""
        return share_of(self.n_contacts, self.n - self.n_contacts, n_unjudged=0)


def caused(failed: Ended, finished: Ended) -> Estimate:
    """Return how many contacts came because of the failures; can be below 0 by chance."""
    return scaled(difference(failed.share, finished.share), failed.n, METHOD)


def caused_corrected(
    failed: Ended, finished: Ended, company_failed: Estimate, company_finished: Estimate
) -> Estimate:
    """Return the same without contacts for company, whose share of each side is estimated."""
    after_failing = product(failed.share, complement(company_failed))
    after_finishing = product(finished.share, complement(company_finished))
    method = f"{METHOD}, less company: {company_failed.method}"
    return scaled(difference(after_failing, after_finishing), failed.n, method)


def is_small(failed: Ended) -> bool:
    """Return whether so few are behind it that it is not to be shown."""
    return failed.n < FEWEST_SESSIONS or failed.n_contacts < FEWEST_PEOPLE
