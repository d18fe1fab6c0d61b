"""Self-service: what it keeps from people, where it fails, and which contacts that causes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from kindline.charts.flow import flow
from kindline.charts.ranges import Line, ranges
from kindline.insight.selfservice import selfservice
from kindline.insight.where import Where
from kindline.store.journeys import numbers_after
from kindline.web.access import opened_some
from kindline.web.guard import Asked
from kindline.web.meant import Counter, Meant, meant
from kindline.web.pages import page
from kindline.web.phrases import phrases

router = APIRouter()
_MOST_QUOTES = 12
NAMES: Mapping[str, str] = {
    "ivr": "Phone menu",
    "web": "Website",
    "app": "App",
    "bot": "Bot",
    "completed": "got done",
    "error": "met an error",
    "gave_up": "gave up",
    "asked_person": "asked for a person",
    "contact": "made contact",
    "alone": "made no contact",
}


@router.get("/self-service")
def self_service(
    request: Request, asked: Counter, told: Annotated[Meant, Depends(meant)]
) -> Response:
    """Show containment, the steps that fail by the contacts they cause, and why contacts came."""
    # A log names neither queue nor language: sessions and contacts are all those of the period.
    scope = replace(told.scope, where=Where(since=told.scope.where.since))
    with asked.read() as tenancy:
        found = selfservice(scope, tenancy, since=told.since, until=told.until)
    say = phrases(asked.user.language)
    lines = [
        Line(name=step.step, estimates=[step.caused, step.corrected]) for step in found.steps[:12]
    ]
    return page(
        request,
        "self_service.html",
        asked,
        told=told,
        found=found,
        names=NAMES,
        drawing=flow(found.flows, {key: say(name) for key, name in NAMES.items()}),
        by_step=ranges(lines, series=[say("raw"), say("corrected")], form=",.0f"),
        opens=asked.may("conversations"),
    )


@router.get("/self-service/step")
def step(
    request: Request,
    asked: Counter,
    name: Annotated[str, Query(alias="step", max_length=80)] = "",
    surface: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """Show what people who failed at a step said afterwards, of those whom who asks may open."""
    return page(
        request,
        "self_service_step.html",
        asked,
        step=name,
        surface=NAMES.get(surface, surface),
        said=_said(asked, name, surface),
    )


def _said(asked: Asked, name: str, surface: str) -> Sequence[Mapping[str, Any]]:
    """Return the words of what was tried, a contact each, of those that who asks may open."""
    with asked.read() as tenancy:
        numbers = numbers_after(tenancy, name, surface, at_most=_MOST_QUOTES)
    return [
        {
            "conversation_id": one.analysis["conversation_id"],
            "started_at": one.started_at,
            "quotes": [f["quote"] for f in one.analysis["effort"]["findings"] if f["quote"]],
        }
        for one in opened_some(asked, numbers, "quotes")
        if one.turns is not None
    ]
