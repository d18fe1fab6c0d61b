"""What is planted in a simulated centre is found, and ranked as it is planted."""

from kindline.insight.channels import choices, matters
from kindline.insight.corrected import corrected, corrected_by, labels_of
from kindline.insight.customers import courses, heard, losing, moods
from kindline.insight.labels import plans
from kindline.insight.season import season
from kindline.insight.selfservice import selfservice
from kindline.insight.shares import shares
from kindline.insight.times import fairness, gift, splits
from kindline.insight.trend import trend
from kindline.metrics.prevalence import METHOD
from kindline.model.estimate import Estimate
from kindline.simulation.drawing import plan
from kindline.store.handle_times import Handled
from tests.insight.conftest import UNTIL, Centre


def holds(estimate: Estimate | None, truth: float) -> bool:
    """Return whether an interval holds the truth."""
    if estimate is None or estimate.low is None or estimate.high is None:
        return False
    return estimate.low <= truth <= estimate.high


def test_the_corrected_share_holds_the_truth_and_raw_is_called_raw(centre: Centre) -> None:
    """Flags err as planned: what people labelled puts that right, with an interval that says so."""
    (row,) = shares(centre.facts, "own", centre.scope().where, by=None, fewest=0)
    with centre.store.read() as tenancy:
        labels = labels_of(tenancy, centre.scope().where)
    every = corrected(labels, row)
    right = every["companionship"]
    planned = plans(centre.scope(), labels)["companionship"]
    assert holds(right, centre.truth.n_company / centre.truth.n_contacts)
    for need in ("support", "crisis", "abuse"):
        assert holds(every[need], centre.truth.n_by_need[need] / centre.truth.n_contacts)
    assert right.method.startswith(METHOD)
    assert row.shares["companionship"].method.startswith("raw")
    assert planned.n_labels == 1_000
    assert planned.n_more is None or planned.n_more > 0


def test_shares_by_week_and_queue_are_corrected_where_labels_allow(centre: Centre) -> None:
    """Weeks with the whole sample, queues with their own part; the raw share stands beside."""
    scope = centre.scope()
    weeks = shares(centre.facts, "own", scope.where, by="week", fewest=0)
    queues = shares(centre.facts, "own", scope.where, by="queue", fewest=0)
    with centre.store.read() as tenancy:
        labels = labels_of(tenancy, scope.where)
    by_week = corrected_by(scope, labels, weeks, "week")
    by_queue = corrected_by(scope, labels, queues, "queue")
    assert by_week.keys() == {row.name for row in weeks}
    phone = by_queue["Phone"]["companionship"]
    whole = by_week[weeks[20].name]["companionship"]
    assert phone.method.endswith("sample of 1000") is False
    assert whole.method.endswith("sample of 1000")
    assert holds(phone, centre.truth.n_company / centre.truth.n_contacts)


def test_failing_steps_are_ranked_by_what_they_cause(centre: Centre) -> None:
    """The four that cause most, in their order, each with its truth in the interval."""
    with centre.store.read() as tenancy:
        found = selfservice(centre.scope(), tenancy, since=centre.since, until=UNTIL)
    names = [step.step for step in found.steps]
    truth = [name for name, _ in centre.truth.caused_by_step.most_common(4)]
    assert names[:4] == truth
    caused = centre.truth.caused_by_step
    assert sum(holds(step.corrected, caused[step.step]) for step in found.steps) >= len(names) - 1
    assert sum(holds(step.caused, caused[step.step]) for step in found.steps) >= len(names) - 1
    failed = {step.step: step.failed.n for step in found.steps}
    assert all(failed[name] == centre.truth.failed_by_step[name] for name in names)


def test_resolved_is_less_than_contained(centre: Centre) -> None:
    """Containment counts who gave up as a success; sessions flow to what was counted."""
    with centre.store.read() as tenancy:
        found = selfservice(centre.scope(), tenancy, since=centre.since, until=UNTIL)
    assert (found.resolved.value or 1) < (found.contained.value or 0)
    assert sum(found.flows.values()) == found.contained.n
    assert found.n_sessions == found.contained.n + found.n_unjudged
    assert found.ceiling is not None
    assert found.ceiling.corrected is not None
    assert (found.ceiling.corrected.value or 1) < (found.ceiling.mended.value or 0)


def test_every_contact_has_one_cause(centre: Centre) -> None:
    """Reasons without self-service are a gap; count in is count out."""
    with centre.store.read() as tenancy:
        found = selfservice(centre.scope(), tenancy, since=centre.since, until=UNTIL)
    assert sum(row.n for row in found.reasons) == centre.truth.n_contacts
    for row in found.reasons:
        assert sum(row.by_cause.values()) == row.n
        assert (row.by_cause.get(0, 0) == row.n) == (row.reason in ("complaint", "bereavement"))


def test_the_reasons_that_lose_people_are_ranked(centre: Centre) -> None:
    """By the last contact of a matter; the truth is in the interval of nearly all."""
    found = losing(centre.scope())
    truth = {name: sum(some) / len(some) for name, some in centre.truth.losing_by_reason.items()}
    ranked = sorted(truth, key=lambda name: -truth[name])
    assert [one.reason for one in found][:4] == ranked[:4]
    assert sum(holds(one.share, truth[one.reason or ""]) for one in found) >= len(found) - 1


def test_evenings_are_found_and_nothing_falls(centre: Centre) -> None:
    """More come for company in the evening; of 230 contacts a week the rise may not be seen."""
    parts = {part.name: part for part in season(centre.scope(), "companionship", country=None)}
    evening = parts["evening"].beside_day
    assert evening is not None
    assert (evening.low or 0) > 0
    found = trend(centre.scope(), "companionship", today=UNTIL.date())
    assert found.forecast is not None
    assert all((change.by.low or 0) > 0 for _, change in found.changes)  # it rises, if it is seen
    assert len(found.changes) <= 1


def test_a_slower_team_is_slower_and_one_with_longer_contacts_is_not(centre: Centre) -> None:
    """The evening team's contacts are longer, for company; made fair, that is gone."""
    with centre.store.read() as tenancy:
        found = fairness(tenancy, Handled(since=centre.since, until=UNTIL))
    fair = {one.team: one.fair.value or 0 for one in found.teams}
    raw = {one.team: one.raw.value or 0 for one in found.teams}
    assert max(fair, key=lambda team: fair[team]) == "Harbour"
    others = [fair[team] for team in ("Meadow", "Station", "Orchard")]
    assert fair["Lantern"] < raw["Lantern"]
    assert fair["Harbour"] > 1.08 * max(others)


def test_time_given_is_the_time_after_the_matter(centre: Centre) -> None:
    """Contacts for company take longer after the matter, not before; what is given has a price."""
    found = {one.name: one for one in splits(centre.scope())}
    company, other = found["company"], found["other"]
    assert (company.after.low or 0) > (other.after.high or 0)
    assert abs((company.service.value or 0) - (other.service.value or 0)) < 60
    (row,) = shares(centre.facts, "own", centre.scope().where, by=None, fewest=0)
    raw = row.shares["companionship"]
    told = gift(centre.scope(), cost_an_hour=30, raw=raw, right=None)
    assert told.cost is not None
    assert told.cost.value is not None
    assert told.minutes.value is not None
    assert round(told.cost.value) == round(told.minutes.value / 2)


def test_moods_channels_and_matters_are_as_planted(centre: Centre) -> None:
    """Who comes upset writes more in chats; most leave soothed; some come back or elsewhere."""
    change = moods(centre.scope())
    assert holds(change.soothed, plan()["mood"]["soothed"])
    assert holds(change.upset, plan()["mood"]["worsened"])
    apart = {one.channel: one.apart for one in choices(centre.scope())}
    assert (apart["chat"].low or 0) > 0
    assert (apart["voice"].high or 0) < (apart["chat"].low or 0)
    told = matters(centre.scope())
    assert told is not None
    assert 0 < (told.parallel.value or 0) < (told.several_channels.value or 0)
    gross, without = told.fcr_gross["all"], told.fcr_gross["without_company"]
    assert (gross.low or 0) < (without.value or 0) < (gross.high or 1)
    assert (heard(centre.scope()).value or 0) > 0.6
    course = courses(centre.scope())
    assert course.together == "person"
    assert all(-1 <= (level.value or 0) <= 1 for level in course.levels)
    assert (course.recovery.value or 0) > 0.5


def test_few_people_are_told_to_nobody(centre: Centre) -> None:
    """Where more than there are would be needed, nothing is told."""
    scope = centre.scope(language="hu", queue="Mail", reason="bereavement")
    hidden = type(scope)(facts=scope.facts, tenant="own", where=scope.where, fewest=100_000)
    assert matters(hidden) is None
    assert choices(hidden) == []
    assert all(one.is_hidden for one in losing(hidden))
    assert all(part.is_hidden for part in season(hidden, "companionship", country=None))
    assert courses(hidden).levels == []
