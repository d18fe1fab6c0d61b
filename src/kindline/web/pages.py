"""Pages out of templates: one way to render, with what every page needs."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from kindline.model.people import Right
from kindline.report.shown import interval_shown, value_shown
from kindline.version import VERSION
from kindline.web.guard import COOKIE, Asked, form_key
from kindline.web.phrases import phrases

NAVIGATION: tuple[tuple[str, str, frozenset[Right]], ...] = (
    ("/overview", "Overview", frozenset({"numbers"})),
    (
        "/conversations",
        "Conversations",
        frozenset({"own_conversations", "team_conversations", "conversations"}),
    ),
    ("/desk", "Desk", frozenset({"own_conversations"})),
    ("/my-desk", "My desk", frozenset({"own_conversations"})),
    ("/coach", "Coach", frozenset({"coaching"})),
    ("/calibration", "Calibration", frozenset({"coaching"})),
    ("/conditions", "Team conditions", frozenset({"numbers"})),
    ("/floor", "Live floor", frozenset({"numbers"})),
    ("/cases", "Cases", frozenset({"crisis"})),
    ("/practice", "Practice", frozenset()),
    ("/review", "Review", frozenset({"review"})),
    ("/imports", "Import", frozenset({"imports"})),
    ("/people", "People", frozenset({"people"})),
    ("/helplines", "Helplines", frozenset({"crisis", "people"})),
    ("/council", "Works council", frozenset({"council", "privacy"})),
    ("/privacy", "Privacy desk", frozenset({"privacy"})),
    ("/policy", "Policy", frozenset({"policy"})),
    ("/live-rules", "Live rules", frozenset({"policy"})),
    ("/phrases", "Sentences", frozenset({"policy"})),
    ("/status", "Status", frozenset({"status"})),
)

# What stands beneath the overview: one page a question.
INSIGHT: tuple[tuple[str, str], ...] = (
    ("/overview", "Needs"),
    ("/when", "When"),
    ("/self-service", "Self-service"),
    ("/channels", "Channels"),
    ("/customers", "Customers"),
    ("/time", "Time"),
    ("/staffing", "Staffing"),
    ("/published", "Published figures"),
    ("/ask", "Ask"),
    ("/reports", "Reports"),
)


def page(
    request: Request, template: str, asked: Asked | None = None, *, status: int = 200, **told: Any
) -> HTMLResponse:
    """Return a page in the language of who asks."""
    language = _language(request, asked)
    content = (
        environment()
        .get_template(template)
        .render(
            asked=asked,
            form_key=form_key(request.cookies.get(COOKIE, "")),
            language=language,
            navigation=_navigation(asked),
            beneath=_beneath(request),
            here=request.url.path,
            version=VERSION,
            _=phrases(language),
            **told,
        )
    )
    return HTMLResponse(content, status_code=status)


@cache
def environment() -> Environment:
    """Return what fills templates in; everything that is put in is escaped."""
    made = Environment(
        loader=PackageLoader("kindline.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {
        "share": share,
        "percent": partial(value_shown, unit="share"),
        "interval": partial(interval_shown, unit="share"),
        "value": value_shown,
        "ends": interval_shown,
        "day": day,
        "minute": minute,
    }
    made.filters.update(filters)
    own: dict[str, Any] = {
        "query": query,
        "twice": twice,
        "needs_named": needs_named,
        "roles_named": roles_named,
        "clock": clock,
    }
    made.globals.update(own)
    return made


def query(told: Mapping[str, str | None]) -> str:
    """Return what is set as the query of an address."""
    return urlencode({name: value for name, value in told.items() if value})


def twice(options: Iterable[str]) -> list[tuple[str, str]]:
    """Return options that are shown as they are."""
    return [(option, option) for option in options]


def needs_named(needs: Iterable[str], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return needs with what they are called."""
    return [(need, names[need]) for need in needs]


def roles_named(roles: Iterable[str], _: Callable[[str], str]) -> str:
    """Return roles in one line."""
    return ", ".join(sorted(_(role) for role in roles))


def clock(start_ms: int) -> str:
    """Return a place in a recording as minutes and seconds."""
    return f"{start_ms // 60_000}:{start_ms // 1000 % 60:02}"


def share(value: float) -> str:
    """Return a share that stands alone as people write it."""
    return f"{100 * value:.0f} %"


def day(at: datetime | None) -> str:
    """Return a day."""
    return "" if at is None else at.strftime("%Y-%m-%d")


def minute(at: datetime | None) -> str:
    """Return a time, UTC."""
    return "" if at is None else at.strftime("%Y-%m-%d %H:%M")


def _navigation(asked: Asked | None) -> list[tuple[str, str]]:
    if asked is None:
        return []
    own = asked.viewer.rights
    return [(where, name) for where, name, rights in NAVIGATION if not rights or rights & own]


def _beneath(request: Request) -> tuple[tuple[str, str], ...]:
    return INSIGHT if any(request.url.path.startswith(where) for where, _ in INSIGHT) else ()


def _language(request: Request, asked: Asked | None) -> str:
    if asked is not None:
        return asked.user.language
    told = request.headers.get("accept-language", "").lower()
    wanted = (part.strip()[:2] for part in told.split(","))
    return next((code for code in wanted if code in LANGUAGES), "en")


LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "nl": "Nederlands",
    "fr": "Français",
    "hu": "Magyar",
}
