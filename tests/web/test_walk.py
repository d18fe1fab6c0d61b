"""Every route as every role: who opens what, who is sent away, and what is not there for others."""

import re

from fastapi.routing import APIRoute, iter_route_contexts
import pytest

from kindline.model.people import ROLES, RoleName
from tests.web.conftest import OURS, THEIRS, House

EVERYBODY = frozenset(ROLES)
READERS = frozenset({"agent", "lead", "coach", "safeguarding", "analyst"})
NUMBERS = frozenset({"lead", "coach", "safeguarding", "planner", "analyst", "dpo", "council"})
REVIEWERS = frozenset({"safeguarding", "analyst"})
KEEPERS = frozenset({"admin", "dpo"})
IMPORTERS = frozenset({"analyst", "admin"})
AGENT, NEAR = frozenset({"agent"}), frozenset({"agent", "lead", "coach", "safeguarding"})
ADMIN, OFFICER = frozenset({"admin"}), frozenset({"dpo"})
COACH = frozenset({"coach"})

# Who may ask for what. A new route fails the test below until somebody says here who it is for.
MAY: dict[tuple[str, str], frozenset[RoleName]] = {
    ("GET", "/overview"): NUMBERS,
    ("GET", "/overview/trend/{need}"): NUMBERS,
    ("GET", "/published"): NUMBERS,
    ("GET", "/staffing"): NUMBERS,
    ("GET", "/when"): NUMBERS,
    ("GET", "/self-service"): NUMBERS,
    ("GET", "/self-service/step"): NUMBERS,
    ("GET", "/channels"): NUMBERS,
    ("GET", "/customers"): NUMBERS,
    ("GET", "/time"): NUMBERS,
    ("GET", "/my-time"): AGENT,
    ("GET", "/ask"): NUMBERS,
    ("POST", "/ask"): NUMBERS,
    ("GET", "/reports"): NUMBERS,
    ("GET", "/reports/{name}/{audience}.html"): NUMBERS,
    ("GET", "/reports/{name}/{audience}.pdf"): NUMBERS,
    ("POST", "/reports/orders"): NUMBERS,
    ("POST", "/reports/orders/{order_id}/cancel"): NUMBERS,
    ("GET", "/conversations"): READERS,
    ("POST", "/conversations"): READERS,
    ("POST", "/conversations/saved"): READERS,
    ("POST", "/conversations/saved/{saved_id}/drop"): READERS,
    ("POST", "/conversations/export"): READERS,
    ("GET", "/conversations/{identity:path}"): READERS,
    ("GET", "/sounds/{sound_id}"): READERS,
    ("GET", "/practice"): EVERYBODY,
    ("POST", "/practice"): EVERYBODY,
    ("GET", "/practice/drills"): EVERYBODY,
    ("POST", "/practice/drills"): EVERYBODY,
    ("GET", "/practice/certificate"): EVERYBODY,
    ("GET", "/practice/team"): AGENT,
    ("POST", "/practice/team"): AGENT,
    ("GET", "/practice/team/{number}"): AGENT,
    ("POST", "/practice/team/{number}"): AGENT,
    ("GET", "/my-desk"): AGENT,
    ("GET", "/my-desk/moments"): AGENT,
    ("POST", "/my-desk/moments"): AGENT,
    ("GET", "/my-desk/sees"): AGENT,
    ("GET", "/my-desk/recognise"): AGENT,
    ("POST", "/my-desk/recognise/{number}"): AGENT,
    ("GET", "/my-desk/evaluations/{evaluation_id}"): AGENT,
    ("POST", "/my-desk/evaluations/{evaluation_id}"): AGENT,
    ("POST", "/my-desk/pulse"): AGENT,
    ("POST", "/my-desk/forget"): AGENT,
    ("GET", "/coach"): COACH,
    ("GET", "/calibration"): COACH,
    ("POST", "/coach/rounds"): COACH,
    ("GET", "/coach/rounds/{round_id}"): COACH,
    ("GET", "/coach/rounds/{round_id}/{number}"): COACH,
    ("POST", "/coach/rounds/{round_id}/{number}"): COACH,
    ("GET", "/coach/evaluations/{evaluation_id}"): COACH,
    ("POST", "/coach/evaluations/{evaluation_id}"): COACH,
    ("GET", "/conditions"): NUMBERS,
    ("GET", "/council"): frozenset({"council", "dpo"}),
    ("POST", "/council"): frozenset({"council"}),
    ("POST", "/live-rules/load"): KEEPERS,
    ("GET", "/desk"): AGENT,
    ("GET", "/desk/events"): AGENT,
    ("POST", "/desk/break"): AGENT,
    ("POST", "/desk/heavy"): AGENT,
    ("POST", "/desk/heavy/forget"): AGENT,
    ("GET", "/desk/{call_id}"): NEAR,
    ("GET", "/desk/{call_id}/now"): NEAR,
    ("GET", "/desk/{call_id}/events"): NEAR,
    ("POST", "/desk/{call_id}"): NEAR,
    ("POST", "/desk/{call_id}/take"): AGENT,
    ("POST", "/desk/{call_id}/debrief"): AGENT,
    ("GET", "/articles/{name}"): NEAR,
    ("GET", "/floor"): NUMBERS,
    ("GET", "/floor/events"): NUMBERS,
    ("GET", "/cases"): frozenset({"safeguarding"}),
    ("GET", "/cases/events"): frozenset({"safeguarding"}),
    ("GET", "/cases/{case_id}"): frozenset({"safeguarding"}),
    ("POST", "/cases/{case_id}"): frozenset({"safeguarding"}),
    ("GET", "/review"): REVIEWERS,
    ("POST", "/review/samples"): REVIEWERS,
    ("GET", "/review/{sample_id}"): REVIEWERS,
    ("GET", "/review/{sample_id}/next"): REVIEWERS,
    ("POST", "/review/{sample_id}/{number}"): REVIEWERS,
    ("POST", "/disputes"): READERS,
    ("GET", "/imports"): IMPORTERS,
    ("GET", "/imports/progress"): IMPORTERS,
    ("POST", "/imports"): IMPORTERS,
    ("POST", "/imports/{job_id}/retry"): IMPORTERS,
    ("GET", "/people"): ADMIN,
    ("POST", "/people/users"): ADMIN,
    ("GET", "/people/users/{user_id}"): ADMIN,
    ("POST", "/people/users/{user_id}"): ADMIN,
    ("POST", "/people/users/{user_id}/link"): ADMIN,
    ("POST", "/people/users/{user_id}/remove"): ADMIN,
    ("POST", "/people/teams"): ADMIN,
    ("POST", "/people/import"): ADMIN,
    ("GET", "/helplines"): frozenset({"safeguarding", "admin"}),
    ("POST", "/helplines"): frozenset({"safeguarding", "admin"}),
    ("POST", "/helplines/own"): frozenset({"safeguarding", "admin"}),
    ("POST", "/helplines/own/drop"): frozenset({"safeguarding", "admin"}),
    ("GET", "/privacy"): OFFICER,
    ("POST", "/privacy/erase"): OFFICER,
    ("POST", "/privacy/objection"): OFFICER,
    ("POST", "/privacy/views"): OFFICER,
    ("GET", "/policy"): KEEPERS,
    ("POST", "/policy/preview"): KEEPERS,
    ("POST", "/policy"): KEEPERS,
    ("GET", "/live-rules"): KEEPERS,
    ("POST", "/live-rules"): KEEPERS,
    ("GET", "/phrases"): KEEPERS,
    ("POST", "/phrases"): KEEPERS,
    ("POST", "/phrases/{phrase_id}/drop"): KEEPERS,
    ("GET", "/status"): frozenset({"admin", "dpo", "analyst"}),
    ("GET", "/account"): EVERYBODY,
    ("POST", "/account/language"): EVERYBODY,
    ("POST", "/account/prompts"): EVERYBODY,
    ("POST", "/account/password"): EVERYBODY,
    ("POST", "/account/factor"): EVERYBODY,
    ("POST", "/account/factor/keep"): EVERYBODY,
    ("POST", "/account/factor/drop"): EVERYBODY,
    ("POST", "/account/tokens"): EVERYBODY,
    ("POST", "/account/tokens/{token_id}/revoke"): EVERYBODY,
    ("POST", "/account/hooks"): EVERYBODY,
    ("POST", "/account/hooks/{hook_id}/drop"): EVERYBODY,
    ("POST", "/sign-out"): EVERYBODY,
}
# What is there only where there is more: test_sounds.py, test_desk.py, test_coaching.py.
ELSEWHERE = (
    "/sounds/{sound_id}",
    "/articles/{name}",
    "/practice/team/{number}",
    "/my-desk/evaluations/{evaluation_id}",
)
OPEN = {
    ("GET", "/"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/sign-in/provider"),
    ("GET", "/sign-in/provider/back"),
    ("GET", "/sign-in/code"),
    ("POST", "/sign-in/code"),
    ("GET", "/link/{secret}"),
    ("POST", "/link/{secret}"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
}


def routes(house: House) -> list[tuple[str, str]]:
    """Return every route of the application with its method."""
    found = house.client.app.routes  # type: ignore[attr-defined]
    return [
        (method, told.route.path)
        for told in iter_route_contexts(found)
        if isinstance(told.route, APIRoute)
        for method in sorted(told.route.methods)
    ]


def asked(house: House, role: RoleName, method: str, path: str) -> int:
    """Return the status a role gets for a route of its own tenant, with a form that is empty."""
    browser = house.as_role(role)
    address = path.replace("{identity:path}", f"{OURS}-mine")
    address = address.replace("{name}/{audience}", "2026-10/head")
    address = address.replace("{user_id}", house.user_ids[OURS, "planner"])
    address = address.replace("{sample_id}", house.sample_id()).replace("{number}", "1")
    if "{call_id}" in path:
        address = address.replace("{call_id}", house.call_id())
    if "{case_id}" in path:
        address = address.replace("{case_id}", house.case_id())
    address = re.sub(r"{\w+}", "x", address.replace("{need}", "support"))
    return (browser.get(address) if method == "GET" else browser.post(address)).status_code


def test_every_route_says_who_it_is_for(house: House) -> None:
    """A route that nobody thought about is found here."""
    assert set(routes(house)) == MAY.keys() | OPEN


def test_every_route_as_every_role(house: House) -> None:
    """Who may gets an answer, who may not gets 403, and nobody signed in is sent to sign in."""
    for (method, path), allowed in MAY.items():
        for role in ROLES:
            if path.endswith(("/remove", "/link")) and role == "admin":
                continue  # they change who there is; tests/web/test_people.py does so
            if path.endswith("/events") and role in allowed:
                continue  # they never end; tests/web/test_streams.py follows them
            status = asked(house, role, method, path)
            told = f"{role} {method} {path}: {status}"
            if role in allowed:
                assert status in (200, 303, 404, 422), told
                if method == "GET" and path not in ELSEWHERE:
                    assert status == 200 or (role in {"lead", "coach"} and status == 404), told
            else:
                assert status == 403, told


@pytest.mark.parametrize(("method", "path"), MAY, ids=[f"{m} {p}" for m, p in MAY])
def test_nobody_is_sent_to_sign_in(house: House, method: str, path: str) -> None:
    """Without a session, no page says anything, also not whether a thing is there."""
    address = re.sub(r"{[\w:]+}", f"{OURS}-mine", path)
    browser = house.nobody()
    answer = browser.get(address) if method == "GET" else browser.post(address)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "mine" not in answer.text


def test_another_tenants_things_are_not_there(house: House) -> None:
    """A conversation, a user, a team of another tenant answers like one that never was."""
    for role in sorted(READERS):
        browser = house.as_role(role)
        theirs = browser.get(f"/conversations/{THEIRS}-mine")
        never = browser.get("/conversations/never-was")
        assert (theirs.status_code, theirs.text) == (404, never.text)
    admin = house.as_role("admin")
    their_user = house.user_ids[THEIRS, "agent"]
    assert admin.get(f"/people/users/{their_user}").status_code == 404
    changed = admin.post(f"/people/users/{their_user}", {"name": "x", "roles": ["admin"]})
    assert changed.status_code == 404
    assert admin.post(f"/people/users/{their_user}/link").status_code == 404
    assert admin.post(f"/people/users/{their_user}/remove").status_code == 404
    officer = house.as_role("dpo")
    erased = officer.post("/privacy/erase", {"identity": f"{THEIRS}-mine", "what": "conversation"})
    assert erased.status_code == 422
    assert house.as_role("analyst", THEIRS).get(f"/conversations/{THEIRS}-mine").status_code == 200


def test_lists_hold_what_may_be_opened_and_no_more(house: House) -> None:
    """An agent's own, a team's for lead and coach, all for safeguarding and analyst."""
    expected = {
        "agent": {"mine"},
        "lead": {"mine", "team"},
        "coach": {"mine", "team"},
        "safeguarding": {"mine", "team", "elsewhere", "risk"},
        "analyst": {"mine", "team", "elsewhere", "risk"},
    }
    names = ("mine", "team", "elsewhere", "risk")
    for role, wanted in expected.items():
        browser = house.as_role(role)  # type: ignore[arg-type]
        page = browser.get("/conversations").text
        assert {name for name in names if f"{OURS}-{name}" in page} == wanted
        assert f"{THEIRS}-" not in page
        for name in names:
            status = browser.get(f"/conversations/{OURS}-{name}").status_code
            assert status == (200 if name in wanted else 404), (role, name)
