"""Customers: how they come and leave, whether they were heard, and which matters lose them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from kindline.charts.ranges import Line, ranges
from kindline.insight.crew import is_about_few
from kindline.insight.customers import courses, heard, losing, moods
from kindline.metrics.loyalty import HALF_LIFE_DAYS, SHARE
from kindline.web.meant import Counter, Meant, meant
from kindline.web.pages import page
from kindline.web.phrases import phrases

router = APIRouter()


@router.get("/customers")
def customers(request: Request, asked: Counter, told: Annotated[Meant, Depends(meant)]) -> Response:
    """Show change of mood, who was heard, loyalty after each contact, reasons that lose people."""
    scope = told.scope
    with asked.read() as tenancy:
        is_somebodys = is_about_few(scope, tenancy)
    if is_somebodys:
        return page(request, "customers.html", asked, told=told, is_somebodys=True)
    say = phrases(asked.user.language)
    reasons = [one for one in losing(scope) if not one.is_hidden]
    course = courses(scope)
    change = moods(scope)
    return page(
        request,
        "customers.html",
        asked,
        told=told,
        is_somebodys=False,
        change=None if scope.has_too_few(change.net.n) else change,
        heard={
            name: heard(scope, is_for_company=kind)
            for name, kind in (("all", None), ("company", True), ("other", False))
        },
        reasons=reasons,
        by_reason=ranges(
            [Line(name=say(one.reason or "not known"), estimates=[one.share]) for one in reasons],
        ),
        course=course,
        levels=ranges(
            [Line(name=str(n), estimates=[one]) for n, one in enumerate(course.levels, start=1)],
            form="+.2f",
            upright=True,
            width=420,
        ),
        model={"share": SHARE, "half_life": HALF_LIFE_DAYS},
    )
