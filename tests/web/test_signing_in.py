"""Signing in: passwords, locks, second factors, links; and sessions that end."""

from datetime import timedelta
from pathlib import Path

import httpx
import pyotp
import pytest
from sqlalchemy import select

from kindline.store.database import opened
from kindline.store.people import n_users
from kindline.store.sessions import IDLE, LONGEST, open_link
from kindline.store.tables import SESSIONS, USERS
from kindline.web.guard import COOKIE
from kindline.web.serving import FIRST_ADMIN, first_link
from kindline.web.signing_in import LOCKED_FOR, MOST_FAILED
from tests.web.conftest import OURS, Browser, House

PASSWORD = "lampion rivier kwartje"  # noqa: S105 -- of nobody
EMAIL = f"analyst@{OURS}.test"


@pytest.fixture
def known(house: House) -> House:
    """Return the house, the analyst with a password, set by a link as people do."""
    assert use_link(house, PASSWORD).status_code == 303
    return house


def link_of(house: House, role: str = "analyst") -> str:
    """Return the path of a new link."""
    user_id = house.user_ids[OURS, role]  # type: ignore[index]
    with house.store.begin() as tenancy:
        return "/link/" + open_link(tenancy.connection, user_id, now=house.clock())


def use_link(house: House, password: str) -> httpx.Response:
    """Set a password by a new link."""
    return house.nobody().post(link_of(house), {"password": password})


def enter(house: House, password: str = PASSWORD, email: str = EMAIL) -> httpx.Response:
    """Send the form."""
    return house.nobody().post("/sign-in", {"email": email, "password": password})


def browser_of(house: House, answer: httpx.Response) -> Browser:
    """Return the browser that got this answer."""
    return Browser(client=house.client, secret=answer.cookies[COOKIE])


def test_a_password_opens_a_session(known: House) -> None:
    """The cookie is for http alone and goes along with no other site's request."""
    answer = enter(known)
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert browser_of(known, answer).get("/overview").status_code == 200


def test_who_is_unknown_hears_what_who_is_wrong_hears(known: House) -> None:
    """Nobody learns from the answer which addresses there are."""
    wrong, unknown = enter(known, "not the password"), enter(known, email="nobody@own.test")
    assert (wrong.status_code, wrong.text) == (401, unknown.text)


def test_wrong_tries_lock_for_a_while(known: House) -> None:
    """Then the right password does not open either, until the time is over."""
    for _ in range(MOST_FAILED):
        assert enter(known, "not the password").status_code == 401
    assert enter(known).status_code == 401
    known.clock.moved = LOCKED_FOR + timedelta(seconds=1)
    assert enter(known).status_code == 303


def test_too_many_tries_from_one_address_are_stopped(known: House) -> None:
    """Whoever they are for."""
    told = [enter(known, "x", f"n{n}@own.test").status_code for n in range(25)]
    assert told[0] == 401
    assert told[-1] == 429


def test_sessions_end(known: House) -> None:
    """By leaving, by a screen left open, by a day's end."""
    left = browser_of(known, enter(known))
    assert left.post("/sign-out").status_code == 303
    assert left.get("/overview").headers["location"] == "/sign-in"
    idle = browser_of(known, enter(known))
    known.clock.moved = IDLE + timedelta(seconds=1)
    assert idle.get("/overview").headers["location"] == "/sign-in"
    busy = browser_of(known, enter(known))
    for _ in range(int(LONGEST / IDLE) + 1):
        known.clock.moved += IDLE - timedelta(seconds=1)
        last = busy.get("/overview")
    assert last.headers["location"] == "/sign-in"


def test_nothing_that_opens_is_stored_as_it_is(known: House) -> None:
    """Neither the password nor what the browser holds."""
    answer = enter(known)
    with known.store.read() as tenancy:
        kept = repr(tenancy.connection.execute(select(SESSIONS)).all())
        kept += repr(tenancy.connection.execute(select(USERS)).all())
    assert answer.cookies[COOKIE] not in kept
    assert PASSWORD not in kept
    assert "$argon2id$" in kept


def test_a_link_is_good_once_and_for_a_day(house: House) -> None:
    """A used one, an old one and a replaced one are not there."""
    first, second = link_of(house), link_of(house)
    assert house.nobody().get(first).status_code == 404
    assert house.nobody().get(second).status_code == 200
    assert house.nobody().post(second, {"password": PASSWORD}).status_code == 303
    assert house.nobody().get(second).status_code == 404
    third = link_of(house)
    house.clock.moved = timedelta(hours=25)
    assert house.nobody().get(third).status_code == 404
    assert house.nobody().post(third, {"password": PASSWORD}).status_code == 404


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaaaaaa", "analyst analyst 1", "x" * 300])
def test_a_weak_password_is_refused_and_the_link_stays_good(house: House, weak: str) -> None:
    """It says why; nothing was used up."""
    path = link_of(house)
    answer = house.nobody().post(path, {"password": weak})
    assert answer.status_code == 422
    assert "a password" in answer.text
    assert house.nobody().post(path, {"password": PASSWORD}).status_code == 303


def test_a_new_password_ends_other_sessions(known: House) -> None:
    """Whoever had got in is out."""
    other, own = browser_of(known, enter(known)), browser_of(known, enter(known))
    wrong = own.post("/account/password", {"old": "no", "new": "another good password"})
    assert wrong.status_code == 422
    changed = own.post("/account/password", {"old": PASSWORD, "new": "another good password"})
    assert changed.status_code == 303
    assert other.get("/overview").headers["location"] == "/sign-in"
    assert enter(known).status_code == 401
    assert enter(known, "another good password").status_code == 303


def with_factor(house: House) -> str:
    """Give the analyst a second factor and return its secret."""
    browser = house.as_role("analyst")
    shown = browser.post("/account/factor").text
    secret = shown.split('<code class="secret">')[1].split("<")[0]
    wrong = browser.post("/account/factor/keep", {"factor": secret, "code": "000000"})
    assert wrong.status_code == 422
    code = pyotp.TOTP(secret).at(house.clock())
    kept = browser.post("/account/factor/keep", {"factor": secret, "code": code})
    assert kept.status_code == 303
    return secret


def test_a_second_factor_is_asked_for_and_each_code_counts_once(known: House) -> None:
    """Half a session opens nothing; a code that was used is as wrong as any other."""
    secret = with_factor(known)
    half = browser_of(known, enter(known))
    assert half.get("/overview").headers["location"] == "/sign-in"
    code = pyotp.TOTP(secret).at(known.clock())
    whole = half.post("/sign-in/code", {"code": code})
    assert whole.headers["location"] == "/"
    assert browser_of(known, whole).get("/overview").status_code == 200
    assert half.get("/overview").headers["location"] == "/sign-in"
    again = browser_of(known, enter(known)).post("/sign-in/code", {"code": code})
    assert again.status_code == 401


def test_wrong_codes_lock_like_wrong_passwords(known: House) -> None:
    """A million codes cannot be tried through."""
    secret = with_factor(known)
    half = browser_of(known, enter(known))
    for _ in range(MOST_FAILED):
        assert half.post("/sign-in/code", {"code": "000000"}).status_code in (303, 401)
    known.clock.moved = timedelta(seconds=30)
    code = pyotp.TOTP(secret).at(known.clock())
    assert half.post("/sign-in/code", {"code": code}).headers["location"] == "/sign-in"


def test_the_second_factor_is_sealed(known: House) -> None:
    """Whoever reads the table of users has no codes."""
    secret = with_factor(known)
    with known.store.read() as tenancy:
        kept = repr(tenancy.connection.execute(select(USERS)).all())
    assert secret not in kept


def test_a_form_of_another_site_changes_nothing(known: House) -> None:
    """Neither without the session's key nor when the browser says where it comes from."""
    browser = browser_of(known, enter(known))
    forged = browser.post("/account/language", {"language": "hu", "form_key": "0" * 32})
    assert forged.status_code == 403
    for header in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        known.client.headers.update(header)
        assert browser.post("/account/language", {"language": "hu"}).status_code == 403
        for name in header:
            del known.client.headers[name]
    assert browser.post("/account/language", {"language": "hu"}).status_code == 303


def test_every_answer_forbids_scripts_of_others_and_being_framed(house: House) -> None:
    """Also errors; and what is shown is kept by no cache."""
    for answer in (
        house.nobody().get("/sign-in"),
        house.nobody().get("/never"),
        house.nobody().get("/"),
    ):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_first_start_makes_an_administrator_with_a_link(house: House, tmp_path: Path) -> None:
    """Once, with no password that anybody could know."""
    empty = opened(tmp_path / "first" / "kindline.db")
    assert first_link(empty) is not None
    assert first_link(empty) is None
    with empty.read() as tenancy:
        assert n_users(tenancy.connection) == 1
        row = tenancy.connection.execute(select(USERS)).mappings().one()
    assert (row["email"], row["password"], row["roles"]) == (FIRST_ADMIN, None, "admin")
    empty.close()
    assert first_link(house.store) is None


def test_a_removed_user_is_out(known: House) -> None:
    """Session, link and all."""
    browser = browser_of(known, enter(known))
    user_id = known.user_ids[OURS, "analyst"]
    removed = known.as_role("admin").post(f"/people/users/{user_id}/remove")
    assert removed.status_code == 303
    assert browser.get("/overview").headers["location"] == "/sign-in"
    assert enter(known).status_code == 401


def test_who_comes_back_after_their_session_signs_in_again(known: House) -> None:
    """The old cookie is still there: the form that is shown belongs to it, and is taken."""
    browser = browser_of(known, enter(known))
    known.clock.moved = IDLE + timedelta(minutes=1)
    page = browser.get("/sign-in")
    key = page.text.split('name="form_key" value="')[1].split('"')[0]
    told = {"email": EMAIL, "password": PASSWORD, "form_key": key}
    assert browser.post("/sign-in", told).headers["location"] == "/"
