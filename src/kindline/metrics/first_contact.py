"""
First contact resolution: contacts after which none followed in the same matter within the window.

FCR = contacts with no further one of that customer on that reason within the window ÷ contacts
(FACTS 5.1). Gross counts every contact that can be followed; net leaves out those that had nothing
to settle, which no agent could have settled. A contact younger than the window is not judged yet.
Contacts of a matter go together, so matters are the sample.
"""

from kindline.metrics.ratio import Sums, ratio
from kindline.model.estimate import Estimate

WINDOW_DAYS = 7
METHOD = "ratio over matters, Fieller 95 %"


def first_contact_resolution(matters: Sums, *, n_unjudged: int = 0) -> Estimate:
    """Return FCR from sums of (contacts nobody had to follow up, contacts) over matters."""
    return ratio(matters, n_unjudged=n_unjudged, method=METHOD, within=(0.0, 1.0))
