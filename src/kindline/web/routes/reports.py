"""Reports of a period: looked at, taken along, ordered by mail."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from kindline.report.period import Every, Period, before, holding, period
from kindline.report.periodic import AUDIENCES, Audience, Report, Wanted, html, pdf, report
from kindline.report.words import LANGUAGES
from kindline.store.report_orders import cancel_order, order_report, orders
from kindline.web.guard import Asked
from kindline.web.meant import Counter
from kindline.web.pages import page

router = APIRouter()
_SHOWN = {"month": 6, "week": 8}


@router.get("/reports")
def reports(request: Request, asked: Counter) -> Response:
    """Show which reports there are, and which are ordered."""
    with asked.read() as tenancy:
        ordered = orders(tenancy, asked.user.user_id)
    return page(
        request,
        "reports.html",
        asked,
        periods={every: _over(asked, every) for every in ("month", "week")},
        audiences=AUDIENCES,
        orders=ordered,
    )


@router.get("/reports/{name}/{audience}.html")
def as_page(asked: Counter, name: str, audience: Audience) -> Response:
    """Return a period's report as one page that needs nothing else."""
    return HTMLResponse(html(_made(asked, name, audience)), headers=_OWN_STYLE)


@router.get("/reports/{name}/{audience}.pdf")
def as_pdf(asked: Counter, name: str, audience: Audience) -> Response:
    """Return a period's report as PDF."""
    made = pdf(_made(asked, name, audience))
    told = f'attachment; filename="kindline-{name}-{audience}.pdf"'
    return Response(made, media_type="application/pdf", headers={"content-disposition": told})


@router.post("/reports/orders")
def order(
    asked: Counter, audience: Annotated[Audience, Form()], every: Annotated[Every, Form()]
) -> Response:
    """Order a report by mail, each time a period is over."""
    with asked.begin() as tenancy:
        order_report(tenancy, asked.user.user_id, audience, every, now=asked.place.clock())
    return RedirectResponse("/reports", status_code=303)


@router.post("/reports/orders/{order_id}/cancel")
def cancel(asked: Counter, order_id: str) -> Response:
    """Take an order back."""
    with asked.begin() as tenancy:
        cancel_order(tenancy, asked.user.user_id, order_id)
    return RedirectResponse("/reports", status_code=303)


# A report carries its style within: the page's own policy says so too, and nothing but style.
_OWN_STYLE = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}


def _over(asked: Asked, every: Every) -> list[Period]:
    """Return the periods that are over, the latest first."""
    zone = asked.place.zone
    told = holding(asked.place.clock().astimezone(ZoneInfo(zone)).date(), every, zone)
    found: list[Period] = []
    for _ in range(_SHOWN[every]):
        told = before(told, zone)
        found.append(told)
    return found


def _made(asked: Asked, name: str, audience: Audience) -> Report:
    place, language = asked.place, asked.user.language
    wanted = Wanted(
        period=period(name, place.zone),
        audience=audience,
        language=language if language in LANGUAGES else "en",
        zone=place.zone,
    )
    with asked.read() as tenancy:
        place.facts.refresh(tenancy)
        return report(place.facts, tenancy, wanted, now=place.clock())
