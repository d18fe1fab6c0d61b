"""Every number of a period as tables: one list of columns, for pages, PDF, CSV and dictionary."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kindline.insight import channels, customers, times
from kindline.insight.corrected import corrected, labels_of
from kindline.insight.crew import is_about_few
from kindline.insight.selfservice import SelfService, selfservice
from kindline.insight.shares import SHOWN, By, Row, shares
from kindline.insight.where import Scope
from kindline.model.analysis import EMOTIONS
from kindline.model.estimate import Estimate
from kindline.report.period import Period
from kindline.report.shown import Unit
from kindline.store.database import Tenancy
from kindline.store.handle_times import Handled

Cell = str | int | float | Estimate | None
_PARTS = ("value", "low", "high", "n", "n_unjudged", "method")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its name in files, which is its title's key too, its unit, and what it means."""

    name: str
    unit: Unit
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a period. `metrics` are the files of `kindline.metrics` its numbers are of."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    metrics: Sequence[str] = field(default_factory=tuple[str, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a report is about."""

    scope: Scope
    tenancy: Tenancy
    period: Period
    cost_an_hour: float | None = None


def tables(asked: Asked) -> dict[str, Table]:
    """
    Return every table of a period by name.

    What would tell of agents, as fewer than five took its contacts, has no rows.
    """
    is_somebodys = is_about_few(asked.scope, asked.tenancy)
    made = [
        needs(asked),
        *(_needs_by(asked, by) for by in _GROUPS),
        _moods(asked),
        _losing(asked),
        _fcr(asked),
        _feelings(asked),
        *_selfservice(asked),
        _handle_time(asked),
        _teams(asked),
        _gift(asked),
    ]
    return {
        one.name: replace(one, rows=()) if is_somebodys and one.name in _OF_CREWS else one
        for one in made
    }


_OF_CREWS = frozenset({"moods", "losing", "first_contact", "handle_time", "teams", "gift"})


def flat(table: Table) -> tuple[list[str], list[list[str | int | float | None]]]:
    """Return a table for files: an estimate takes a column for each of its parts."""
    header: list[str] = []
    for column in table.columns:
        if column.unit in ("name", "number"):
            header.append(column.name)
        else:
            header += [f"{column.name}_{part}" for part in _PARTS]
    return header, [list(_flat_row(table.columns, row)) for row in table.rows]


def dictionary(every: Iterable[Table]) -> list[dict[str, str]]:
    """Return what each column of each file means, a row a column."""
    return [
        {
            "table": table.name,
            "column": column.name,
            "unit": column.unit,
            "parts": "" if column.unit in ("name", "number") else ", ".join(_PARTS),
            "means": column.means,
            "metrics": ", ".join(table.metrics),
        }
        for table in every
        for column in table.columns
    ]


def _flat_row(columns: Sequence[Column], row: Sequence[Cell]) -> Iterable[str | int | float | None]:
    for column, cell in zip(columns, row, strict=True):
        if column.unit in ("name", "number"):
            yield None if isinstance(cell, Estimate) else cell
        elif isinstance(cell, Estimate):
            yield from (getattr(cell, part) for part in _PARTS)
        else:
            yield from (None,) * len(_PARTS)


_GROUPS: tuple[By, ...] = ("queue", "channel", "language", "weekday", "hour")
_N = Column(name="n", unit="number", means="contacts, those of a refused basis with them")
_NEED_MEANS: Mapping[str, str] = {
    "service": "share of judged contacts that hold a service matter",
    "companionship": "share of judged contacts flagged for a need for company, raw",
    "support": "share of judged contacts flagged for a need for support, raw",
    "crisis": "share of judged contacts with a crisis cue; no cue is no all-clear",
    "abuse": "share of judged contacts with abuse aimed at the agent",
}


def needs(asked: Asked) -> Table:
    """Return each need with its share, raw and corrected."""
    rows = _shares(asked, None)
    right = corrected(labels_of(asked.tenancy, asked.scope.where), rows[0]) if rows else {}
    names: list[Sequence[Cell]] = [
        [need, None if need in rows[0].hidden else rows[0].shares[need], right.get(need)]
        for need in SHOWN
        if rows
    ]
    return Table(
        name="needs",
        columns=[
            Column(name="need", unit="name", means="the need, or abuse"),
            Column(name="raw", unit="share", means="share of judged contacts flagged"),
            Column(
                name="corrected",
                unit="share",
                means="share corrected with what people labelled; empty where no sample fits",
            ),
        ],
        rows=names,
        metrics=("share", "prevalence"),
    )


def _needs_by(asked: Asked, by: By) -> Table:
    return Table(
        name=f"needs_by_{by}",
        columns=[
            Column(
                name=by,
                unit="name",
                means=f"the {by}; 1 is Monday" if by == "weekday" else f"the {by}",
            ),
            _N,
            *(Column(name=need, unit="share", means=_NEED_MEANS[need]) for need in SHOWN),
        ],
        rows=[
            [
                row.name,
                row.n_conversations,
                *(None if need in row.hidden else row.shares[need] for need in SHOWN),
            ]
            for row in _shares(asked, by)
        ],
        metrics=("share",),
    )


def _shares(asked: Asked, by: By | None) -> list[Row]:
    scope = asked.scope
    rows = shares(scope.facts, scope.tenant, scope.where, by=by, fewest=scope.fewest)
    return [row for row in rows if row.n_conversations]


def _moods(asked: Asked) -> Table:
    change, heard = customers.moods(asked.scope), customers.heard(asked.scope)
    told = {
        "soothed": (change.soothed, "of those who came upset, the share who left not so"),
        "upset": (change.upset, "of those who came well, the share who left upset"),
        "heard": (heard, "share who were heard; partly heard counts against it"),
    }
    return Table(
        name="moods",
        columns=[
            Column(
                name="what", unit="name", means="; ".join(f"{k}: {v[1]}" for k, v in told.items())
            ),
            Column(name="share", unit="share", means="the share"),
        ],
        rows=[[name, _told(asked, one)] for name, (one, _) in told.items()],
        metrics=("mood_change", "share"),
    )


def _losing(asked: Asked) -> Table:
    return Table(
        name="losing",
        columns=[
            Column(name="reason", unit="name", means="why the customer made contact"),
            Column(
                name="lost",
                unit="share",
                means="share of matters whose last contact left the customer lost or at risk",
            ),
        ],
        rows=[
            [one.reason, one.share] for one in customers.losing(asked.scope) if not one.is_hidden
        ],
        metrics=("share", "loyalty"),
    )


def _fcr(asked: Asked) -> Table:
    found = channels.matters(asked.scope)
    kinds = ("all", "without_company", "company")
    return Table(
        name="first_contact",
        columns=[
            Column(
                name="contacts", unit="name", means="all, without those for company, those alone"
            ),
            Column(name="gross", unit="share", means="FCR within seven days, of all"),
            Column(name="net", unit="share", means="the same, of those with something to settle"),
        ],
        rows=[]
        if found is None
        else [[kind, found.fcr_gross[kind], found.fcr_net[kind]] for kind in kinds],
        metrics=("first_contact", "ratio"),
    )


def _feelings(asked: Asked) -> Table:
    return Table(
        name="feelings",
        columns=[
            Column(name="channel", unit="name", means="the channel"),
            *(
                Column(name=name, unit="share", means=f"share of contacts with {name}")
                for name in EMOTIONS
            ),
        ],
        rows=[
            [one.channel, *(one.shares[name] for name in EMOTIONS)]
            for one in channels.feelings(asked.scope)
            if not one.is_hidden
        ],
        metrics=("share",),
    )


def _selfservice(asked: Asked) -> list[Table]:
    told = selfservice(
        asked.scope, asked.tenancy, since=asked.period.since, until=asked.period.until
    )
    return [_containment(told), _steps(told)]


def _containment(told: SelfService) -> Table:
    return Table(
        name="containment",
        columns=[
            Column(
                name="what",
                unit="name",
                means="resolved: done, and no contact on it; contained: no contact",
            ),
            Column(name="share", unit="share", means="share of judged sessions"),
        ],
        rows=[["resolved", told.resolved], ["contained", told.contained]]
        if told.n_sessions
        else [],
        metrics=("containment",),
    )


def _steps(told: SelfService) -> Table:
    return Table(
        name="steps",
        columns=[
            Column(name="step", unit="name", means="the step at which sessions fail"),
            Column(name="surface", unit="name", means="where: ivr, web, app or bot"),
            Column(name="failed", unit="number", means="sessions that failed there"),
            Column(name="caused", unit="count", means="contacts caused by it, raw"),
            Column(name="caused_corrected", unit="count", means="the same, less those for company"),
        ],
        rows=[
            [one.step, one.surface, one.failed.n, one.caused, one.corrected] for one in told.steps
        ],
        metrics=("caused", "combined", "prevalence"),
    )


def _handle_time(asked: Asked) -> Table:
    return Table(
        name="handle_time",
        columns=[
            Column(
                name="contacts", unit="name", means="all, those with a need for company, others"
            ),
            Column(name="whole", unit="seconds", means="mean handle time, settled contacts"),
            Column(name="service", unit="seconds", means="of it until the matter was settled"),
            Column(name="after", unit="seconds", means="of it after the matter was settled"),
        ],
        rows=[
            [one.name, one.whole, one.service, one.after]
            for one in times.splits(asked.scope)
            if not one.is_hidden
        ],
        metrics=("ratio",),
    )


def _teams(asked: Asked) -> Table:
    fair = times.fairness(
        asked.tenancy, Handled(since=asked.period.since, until=asked.period.until)
    )
    return Table(
        name="teams",
        columns=[
            Column(name="team", unit="name", means="a team of five agents or more"),
            Column(name="aht", unit="seconds", means="average handle time as it is"),
            Column(
                name="aht_fair", unit="seconds", means="the same with the centre's mix of contacts"
            ),
        ],
        rows=[[one.team, one.raw, one.fair] for one in fair.teams],
        metrics=("expected_time", "ratio"),
    )


def _gift(asked: Asked) -> Table:
    rows = _shares(asked, None)
    given: list[Sequence[Cell]] = []
    if rows and "companionship" not in rows[0].hidden:
        labels = labels_of(asked.tenancy, asked.scope.where)
        right = corrected(labels, rows[0]).get("companionship")
        raw = rows[0].shares["companionship"]
        told = times.gift(asked.scope, cost_an_hour=asked.cost_an_hour, raw=raw, right=right)
        if told is not None:
            given = [["gift", told.minutes_each, told.minutes, told.cost]]
    return Table(
        name="gift",
        columns=[
            Column(
                name="what", unit="name", means="time after the matter, in contacts for company"
            ),
            Column(name="minutes_each", unit="minutes", means="minutes given to each"),
            Column(
                name="minutes", unit="count", means="minutes in all, corrected where a sample fits"
            ),
            Column(name="cost", unit="count", means="their cost, in the currency of the rate"),
        ],
        rows=given,
        metrics=("gift_of_time",),
    )


def _told(asked: Asked, estimate: Estimate | None) -> Estimate | None:
    if estimate is None:
        return None
    return None if asked.scope.has_too_few(estimate.n) else estimate
