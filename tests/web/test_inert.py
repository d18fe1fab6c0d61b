"""What people type and what exports hold is shown as text, and leaks into nothing."""

from collections.abc import Iterator
import io
import json
import sys

import pytest
import structlog

from kindline.web.serving import log_as_json
from tests.store.kept import conversation, keep
from tests.web.conftest import OURS, House
from tests.web.test_api import ask, token
from tests.web.test_walk import MAY

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE conversations; --",
    "{{ 12345 * 9 }}{% raw %}",
    "javascript:alert(1)//",
    "<svg/onload=alert(1)>",
    "&lt;script&gt;",
    "\u202e<b>",
)
ACTIVE = ("<script>alert", "<img src=x", "<svg/onload", "<b>", 'href="javascript:')
SECRET = "zwartewoudtaart"  # noqa: S105 -- a word that no program says by itself


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_typed_or_read_is_shown_as_text(house: House, text: str) -> None:
    """In names, teams, queues, ids, turns and problems: no mark of it is a mark of the page."""
    admin = house.as_role("admin")
    user = {"email": "x@own.test", "name": text, "roles": ["lead"]}
    assert admin.post("/people/users", user).status_code == 200
    admin.post("/people/teams", {"name": text})
    said = {"id": f"id {text}"[:150], "queue": text, "channel": "chat", "agent_id": text}
    one = conversation(f"My invoice {text} is wrong", customer_id=text, **said)
    keep(house.store, one, house.clock(), policy="eu-consented")
    officer, analyst = house.as_role("dpo"), house.as_role("analyst")
    officer.post("/privacy/objection", {"customer_id": text, "what": "note"})
    analyst.post("/conversations/saved", {"name": text[:80], "narrowed": f"queue={text}"})
    drawn = analyst.post("/review/samples", {"name": text[:80], "n": "2"})
    told = {"conversation_id": f"{OURS}-mine", "need": "service", "value": text}
    pages = [
        analyst.post("/conversations", {"words": text, "narrowed": f"need={text}"}),
        analyst.get("/review"),
        analyst.get(drawn.headers["location"]),
        analyst.post("/disputes", told),
        analyst.post("/account/hooks", {"address": text, "events": [text, "import.done"]}),
        officer.post("/policy/preview", {"profile": "eu-strict", "findings": text}),
        admin.get("/people"),
        analyst.get("/conversations"),
        analyst.get("/overview"),
        analyst.get("/status"),
        officer.post("/privacy/erase", {"identity": text, "what": "conversation"}),
        officer.post("/privacy/views", {"conversation_id": text}),
        admin.post("/people/users", {"email": text, "name": text}),
        house.nobody().post("/sign-in", {"email": text, "password": text}),
    ]
    for page in pages:
        assert page.status_code < 500
        for mark in ACTIVE:
            assert mark not in page.text, (page.url, mark)
        assert "111105" not in page.text
    with house.store.read() as tenancy:
        assert tenancy.connection.exec_driver_sql("SELECT count(*) FROM conversations").scalar()


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[io.StringIO]:
    """Return what is logged, as the program logs."""
    kept, before = io.StringIO(), sys.stderr
    sys.stderr = kept
    log_as_json()
    yield kept
    sys.stderr = before
    structlog.reset_defaults()
    capsys.readouterr()


def test_a_word_somebody_said_is_in_no_log_and_no_address(house: House, log: io.StringIO) -> None:
    """After every page as every role, and every question of the API, in bad forms too."""
    turns = [{"party": "customer", "text": f"My {SECRET} came broken, nobody calls me any more."}]
    said = {"turns": turns, "agent_id": "A-1", "customer_id": SECRET}
    keep(house.store, conversation("", id=f"{OURS}-said", **said), house.clock(), "eu-consented")
    seen = False
    for (method, path), allowed in MAY.items():
        for role in sorted(allowed):
            if path.endswith("/remove"):
                continue
            address = path.replace("{identity:path}", f"{OURS}-said").replace("{need}", "support")
            address = address.replace("{user_id}", house.user_ids[OURS, "planner"])
            address = address.replace("{token_id}", "x").replace("{job_id}", "x")
            browser = house.as_role(role)
            fields = {"identity": SECRET, "what": SECRET, "name": SECRET, "language": SECRET}
            answer = browser.get(address) if method == "GET" else browser.post(address, fields)
            seen = seen or SECRET in answer.text
            assert SECRET not in str(answer.url)
            assert SECRET not in answer.headers.get("location", "")
    for path in ("/overview", "/conversations", f"/conversations/{OURS}-said", f"/x{SECRET}"):
        ask(house, path, token(house, "analyst"))
        ask(house, path, SECRET)
    ask(house, "/erasures", token(house, "dpo"), method="POST", content=SECRET.encode())
    assert seen  # it was shown to who may see it
    lines = log.getvalue().splitlines()
    assert len(lines) > 50
    assert all(json.loads(line)["event"] for line in lines)
    assert SECRET not in log.getvalue()


def test_an_error_of_ours_is_logged_without_its_message(
    house: House, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception may quote somebody: its kind and its place are enough to mend it."""

    def broken(*_: object, **__: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr("kindline.web.routes.overview.moods", broken)
    answer = house.as_role("analyst").get("/overview")
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert SECRET not in log.getvalue()
    assert '"kind": "ValueError"' in log.getvalue()


@pytest.mark.parametrize(
    "address",
    ["/sounds/%00", "/review/%00", "/conversations/%00", "/conversations?queue=%00", "/static/%00"],
)
def test_a_character_that_no_text_has_is_in_no_address(house: House, address: str) -> None:
    """A database would stumble over it."""
    assert house.as_role("analyst").get(address).status_code == 404
    narrowed = {"words": "invoice", "narrowed": "queue=a%00b"}
    assert house.as_role("analyst").post("/conversations", narrowed).status_code == 200
