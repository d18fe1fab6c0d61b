"""A period's report for one of its readers: one page first, then the numbers, then how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.resources import files
import re
from typing import Any, Literal, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from kindline.charts.style import NOTHING
from kindline.charts.trend import trend
from kindline.errors import ModelError, UnknownNameError
from kindline.extras import library
from kindline.insight.shares import shares
from kindline.insight.where import Scope, Where
from kindline.metrics.share import FEWEST
from kindline.model.estimate import Estimate
from kindline.report.findings import Findings, findings
from kindline.report.period import Period, before
from kindline.report.shown import interval_shown, value_shown
from kindline.report.tables import Asked, Cell, Column, Table, needs, tables
from kindline.report.words import Words, words
from kindline.store.database import Tenancy
from kindline.store.facts import Facts
from kindline.version import VERSION

Audience = Literal["head", "lead", "works-council"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
_TRENDED = 26  # weeks before the end
# What each reader gets, in order. Crisis cues by group are the head's alone: see `_chosen`.
_TABLES: Mapping[Audience, Sequence[str]] = {
    "head": (
        "needs",
        "steps",
        "containment",
        "losing",
        "first_contact",
        "moods",
        "handle_time",
        "gift",
        "needs_by_queue",
        "needs_by_channel",
        "needs_by_language",
        "feelings",
    ),
    "lead": (
        "moods",
        "losing",
        "handle_time",
        "teams",
        "needs_by_queue",
        "needs_by_weekday",
        "needs_by_hour",
        "first_contact",
    ),
    "works-council": ("teams", "handle_time", "gift", "needs", "needs_by_hour"),
}
_TILES: Mapping[Audience, Sequence[tuple[str, str, str]]] = {  # table, row, column
    "head": (
        ("needs", "companionship", "raw"),
        ("needs", "support", "raw"),
        ("containment", "resolved", "share"),
        ("first_contact", "all", "gross"),
        ("moods", "soothed", "share"),
        ("moods", "heard", "share"),
    ),
    "lead": (
        ("moods", "soothed", "share"),
        ("moods", "heard", "share"),
        ("needs", "abuse", "raw"),
        ("needs", "companionship", "raw"),
    ),
    "works-council": (
        ("needs", "abuse", "raw"),
        ("needs", "companionship", "raw"),
        ("gift", "gift", "minutes_each"),
    ),
}


def audience_named(name: str) -> Audience:
    """Return the audience of that name; raises UnknownNameError."""
    for audience in AUDIENCES:
        if audience == name:
            return audience
    raise UnknownNameError("audience", name, AUDIENCES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which report: of when, for whom, in which language, by whose clock, at which hourly cost."""

    period: Period
    audience: Audience
    language: str = "en"
    zone: str = "UTC"
    cost_an_hour: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A number of the first page."""

    title: str
    value: str
    interval: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report, ready to be written as a page or as a PDF."""

    title: str
    audience: str
    period: Period
    n: int
    n_denied: int
    tiles: Sequence[Tile]
    findings: Findings
    tables: Sequence[Table]
    every: Mapping[str, Table]
    drawing: str
    methods: Mapping[str, str]
    words: Words
    made_at: datetime


def report(facts: Facts, tenancy: Tenancy, wanted: Wanted, *, now: datetime) -> Report:
    """Return the report of a period; of fewer than ten people it tells nothing."""
    said, told, audience = words(wanted.language), wanted.period, wanted.audience
    asked = _asked(facts, tenancy, wanted, told)
    every = tables(asked)
    past = needs(_asked(facts, tenancy, wanted, before(told, wanted.zone)))
    rows = shares(facts, tenancy.tenant, asked.scope.where, by=None, fewest=FEWEST)
    chosen = _chosen(every, audience)
    return Report(
        title=said.say(f"title_{audience}", period=told.name),
        audience=said.say(f"audience_{audience}"),
        period=told,
        n=rows[0].n_conversations if rows else 0,
        n_denied=rows[0].n_denied if rows else 0,
        tiles=[one for place in _TILES[audience] if (one := _tile(every, place, said)) is not None],
        findings=findings(every, past, said),
        tables=chosen,
        every=every,
        drawing=_drawing(asked.scope, told),
        methods=_methods(chosen),
        words=said,
        made_at=now,
    )


def _chosen(every: Mapping[str, Table], audience: Audience) -> list[Table]:
    """Return the tables of a reader; none but the head's says where or when crisis cues came."""
    some = [every[name] for name in _TABLES[audience] if every[name].rows]
    return some if audience == "head" else [_without(one, "crisis") for one in some]


def _without(table: Table, column: str) -> Table:
    kept = [n for n, one in enumerate(table.columns) if one.name != column]
    return replace(
        table,
        columns=[table.columns[n] for n in kept],
        rows=[[row[n] for n in kept] for row in table.rows],
    )


def html(told: Report) -> str:
    """Return the report as one self-contained page."""
    return _environment().get_template("periodic.html").render(_given(told))


def pdf(told: Report) -> bytes:
    """Return the report as a tagged PDF; raises ModelError where the extra is not installed."""
    typst = library("typst", "pdf")
    markup = _environment().get_template("periodic.typ").render(_given(told))
    sources: dict[str, bytes] = {"main.typ": markup.encode()}
    if told.drawing != NOTHING:
        sources["trend.svg"] = _plain(told.drawing).encode()
    made: bytes = typst.compile(sources)
    return made


def _given(told: Report) -> dict[str, Any]:
    return {"report": told, "words": told.words, "version": VERSION, "cell": _cell(told.words)}


def _cell(said: Words) -> Any:
    """Return what writes a cell as its value and what stands small beneath it."""

    def written(column: Column, cell: Cell) -> tuple[str, str]:
        if isinstance(cell, Estimate):
            if cell.value is None:
                return said.say("not_told"), ""
            small = f"{interval_shown(cell, column.unit)} · n {cell.n:,}"
            return value_shown(cell, column.unit), small
        if cell is None:
            return "–", ""
        if isinstance(cell, str):
            return said.name(cell), ""
        return f"{cell:,}", ""

    return written


def _asked(facts: Facts, tenancy: Tenancy, wanted: Wanted, told: Period) -> Asked:
    where = Where(since=told.since, until=told.until, zone=wanted.zone)
    scope = Scope(facts=facts, tenant=tenancy.tenant, where=where, fewest=FEWEST)
    return Asked(scope=scope, tenancy=tenancy, period=told, cost_an_hour=wanted.cost_an_hour)


def _tile(every: Mapping[str, Table], place: tuple[str, str, str], said: Words) -> Tile | None:
    name, row_name, column_name = place
    table = every[name]
    row = next((row for row in table.rows if row[0] == row_name), None)
    if row is None:
        return None
    at = next(n for n, column in enumerate(table.columns) if column.name == column_name)
    cell, title = row[at], said.name(row_name)
    if name == "needs" and isinstance(row[2], Estimate):
        cell, title = row[2], f"{title}, {said.name('corrected')}"
    elif name == "needs":
        title = f"{title}, {said.name('raw')}"
    elif row_name in ("all", "gift"):
        title = said.name(name) if row_name == "all" else said.name(column_name)
    if not isinstance(cell, Estimate) or cell.value is None:
        return None
    unit = table.columns[at].unit
    return Tile(
        title=title, value=value_shown(cell, unit), interval=interval_shown(cell, unit), n=cell.n
    )


def _drawing(scope: Scope, told: Period) -> str:
    since = told.until.timestamp() - _TRENDED * 7 * 86_400
    where = replace(scope.where, since=datetime.fromtimestamp(since, told.until.tzinfo))
    rows = shares(scope.facts, scope.tenant, where, by="week", fewest=scope.fewest)
    try:
        return trend(rows, "companionship", width=640)
    except ModelError:  # without the library a report has no picture, and all of its numbers
        return NOTHING


def _methods(chosen: Sequence[Table]) -> dict[str, str]:
    """Return how each number is counted, as its own file says."""
    names = sorted({name for table in chosen for name in table.metrics})
    return {name: _docstring(name) for name in names}


@cache
def _docstring(name: str) -> str:
    module = import_module(f"kindline.metrics.{name}")
    return " ".join((module.__doc__ or "").split())


def _plain(svg: str) -> str:
    """Return a picture in colours of its own: paper has no page around it."""
    unlinked = re.sub(r' (xlink:)?href="[^"]*"', "", svg)  # they lead nowhere from paper or mail
    return unlinked.replace("var(--tone)", "#95520f").replace("currentColor", "#1d2327")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("kindline.report"),
        autoescape=select_autoescape(["html"]),  # Typst has an escape of its own
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"typst": _typst, "plain": _plain}
    own: dict[str, Any] = made.globals
    own["style"] = files("kindline.report.templates").joinpath("periodic.css").read_text("utf-8")
    return made


def _typst(text: str) -> str:
    """Return text as a string of Typst, so that nothing in it is markup."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
