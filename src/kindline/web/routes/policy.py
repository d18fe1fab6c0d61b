"""The policy: what is computed, kept and shown; changed only after its consequences were read."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from kindline.countries import keep_days_by_country
from kindline.policy import Policy, profile, profile_names, shortened
from kindline.store.in_force import choices, choose
from kindline.store.retention import due
from kindline.web.guard import Asked, from_our_page, needs
from kindline.web.pages import page

router = APIRouter()
_CHECKED = [Depends(from_our_page)]
_Keeper = Annotated[Asked, Depends(needs("policy"))]
_DIGITS = 5  # of a number of days
SHORTENED = ("findings", "agent_behaviours", "states")


async def _wanted(request: Request, name: Annotated[str, Form(alias="profile")]) -> Policy:
    """Return what the form asks for: a profile, and days that are no more than it allows."""
    rules, form = profile(name), await request.form()
    return shortened(rules, {what: _days(form.get(what)) for what in SHORTENED if form.get(what)})


_Wanted = Annotated[Policy, Depends(_wanted)]


@router.get("/policy")
def policy(request: Request, asked: _Keeper) -> Response:
    """Show the policy in force beside the others there are."""
    return _page(request, asked)


@router.post("/policy/preview", dependencies=_CHECKED)
def preview(request: Request, asked: _Keeper, wanted: _Wanted) -> Response:
    """Show what another policy would change, and what would be forgotten within the hour."""
    with asked.read() as tenancy:
        n_due = due(tenancy, wanted, now=asked.place.clock())
    return _page(request, asked, wanted=wanted, n_due=n_due)


@router.post("/policy", dependencies=_CHECKED)
def change(asked: _Keeper, wanted: _Wanted) -> Response:
    """Put a policy in force."""
    by, now = asked.user.email, asked.place.clock()
    with asked.begin() as tenancy:
        choose(tenancy, wanted.name, wanted.keep_days, by=by, now=now)
    return RedirectResponse("/policy", status_code=303)


def changes(now: Policy, then: Policy) -> list[tuple[str, str, str]]:
    """Return what differs between two policies: what it is, as it is, as it would be."""
    return [
        (name, before, after)
        for (name, before), (_, after) in zip(_told(now), _told(then), strict=True)
        if before != after
    ]


def _told(rules: Policy) -> list[tuple[str, str]]:
    countries = rules.bases_by_country.items()
    by_country = "".join(f"; {code}: {', '.join(sorted(some))}" for code, some in countries)
    return [
        ("Bases it accepts", ", ".join(sorted(rules.bases)) + by_country),
        ("A caller's voice is described", "yes" if rules.has_customer_acoustics else "no"),
        ("Words and findings, days", str(rules.keep_days["findings"])),
        ("States of a conversation, days", str(rules.keep_days["states"])),
        ("What an agent did, days", str(rules.keep_days["agent_behaviours"])),
        ("What an agent did, seen by", ", ".join(rules.seen_by["agent_behaviours"])),
        ("Crisis cues, seen by", ", ".join(rules.seen_by["crisis"])),
        ("Across contacts of a customer", rules.across_contacts.replace("-", " ")),
        ("A second opinion", rules.second_opinion),
    ]


def _page(
    request: Request,
    asked: Asked,
    *,
    wanted: Policy | None = None,
    n_due: Mapping[str, int] | None = None,
) -> Response:
    with asked.read() as tenancy:
        rules, every = asked.rules(tenancy), choices(tenancy)
    told: dict[str, Any] = {
        "rules": rules,
        "profiles": [profile(name) for name in profile_names()],
        "others": [profile(name) for name in profile_names() if name != rules.name],
        "choices": every,
        "wanted": wanted,
        "changes": changes(rules, wanted) if wanted else [],
        "n_due": n_due,
        "shortened": SHORTENED,
        "countries": keep_days_by_country(),
    }
    return page(request, "policy.html", asked, **told)


def _days(told: object) -> int:
    """Return days as a form tells them; what is no number shortens nothing."""
    digits = str(told)[:_DIGITS]
    return int(digits) if digits.isdecimal() else 10**_DIGITS
