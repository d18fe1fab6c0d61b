"""What people type and what exports hold is shown as text, and leaks into nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import io
import json
import sys

from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
import pytest
import structlog

from kindline import tracing
from kindline.config import Settings
from kindline.store.hooks import EVENTS, add_hook
from kindline.web.serving import log_as_json
from kindline.work.chores import chores, plan
from kindline.work.telling import hosts_of
from kindline.work.worker import Worker
from tests.store.kept import conversation, keep
from tests.web.conftest import OURS, House, Listener
from tests.web.test_api import ask, token
from tests.web.test_tools import call, server
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


def test_a_word_somebody_said_is_nowhere_but_where_it_is_shown(
    house: House,
    log: io.StringIO,
    listener: Listener,
    exporter: InMemorySpanExporter,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """
    After a run of everything: in no log, metric, span, address, webhook, problem, or terminal.

    A file with the word comes in, is analysed, indexed and told of; then every page
    as every role, every question of the API, search, tools and bad forms.
    """
    place = replace(house.client.app.state.place, webhook_hosts=hosts_of(listener.host))  # type: ignore[attr-defined]
    house.client.app.state.place = place  # type: ignore[attr-defined]
    with house.store.begin() as tenancy:
        by, at = house.user_ids[OURS, "safeguarding"], f"http://{listener.host}/in"
        add_hook(tenancy, by, at, tuple(EVENTS), now=house.clock())
    ahead = datetime.now(UTC) - house.clock.at + timedelta(minutes=1)
    house.clock.moved = ahead  # what a run announces is due by then
    _take_in_everything(house, listener)
    seen = _every_page(house)
    seen += _every_question(house)
    seen += _every_tool(house)
    assert sum(SECRET in text for text in seen) > 4  # it was shown to who may see it
    tracing.end()
    spans = "".join(one.to_json() for one in exporter.get_finished_spans())
    metrics = ask(house, "/metrics", token(house, "admin")).text
    heard = b"".join(body for _, body in listener.heard).decode()
    out = capsys.readouterr()
    lines = log.getvalue().splitlines()
    assert len(lines) > 50
    assert all(json.loads(line)["event"] for line in lines)
    assert f"{OURS}-said" in heard
    assert "GET /overview" in spans
    assert "kindline" in metrics
    for told in (log.getvalue(), spans, metrics, heard, out.out, out.err):
        assert SECRET not in told


def _take_in_everything(house: House, listener: Listener) -> None:
    """Let a file with the word, and records that are broken about it, go through a worker."""
    said = f"My {SECRET} came broken, nobody calls me any more. I do not want to live."
    one = {"id": f"{OURS}-said", "language": "en", "turns": [{"party": "customer", "text": said}]}
    broken = {"id": f"{OURS}-broken", "turns": [{"party": SECRET, "text": SECRET}]}
    ids = {"agent_id": "A-1", "customer_id": SECRET}
    raw = "".join(json.dumps(line) + "\n" for line in ({**one, **ids}, broken, SECRET)).encode()
    for content in (raw, SECRET.encode(), b"\xff" + SECRET.encode()):
        files = {"files": (f"{SECRET}.jsonl", content)}
        house.as_role("analyst").post("/imports", {"basis": "consent"}, files=files)
    home = house.client.app.state.place.home  # type: ignore[attr-defined]
    settings = Settings(home=home, policy="eu-consented", redact=False, webhook_hosts=listener.host)
    worker = Worker(
        store=house.store,
        chores=chores(settings, house.clock),
        plan=plan,
        clock=house.clock,
        report=lambda event, more: structlog.get_logger().info(event, **more),
    )
    while worker.step():
        pass


def _every_page(house: House) -> list[str]:
    seen: list[str] = []
    for (method, path), allowed in MAY.items():
        for role in sorted(allowed):
            if path.endswith(("/remove", "/events")):
                continue  # streams never end, and say no more than `changed`
            address = path.replace("{identity:path}", f"{OURS}-said").replace("{need}", "support")
            address = address.replace("{user_id}", house.user_ids[OURS, "planner"])
            address = address.replace("{token_id}", "x").replace("{job_id}", "x")
            browser = house.as_role(role)
            fields = dict.fromkeys(("identity", "what", "name", "language", "words"), SECRET)
            answer = browser.get(address) if method == "GET" else browser.post(address, fields)
            seen.append(answer.text)
            assert SECRET not in str(answer.url)
            assert SECRET not in answer.headers.get("location", "")
    return seen


def _every_question(house: House) -> list[str]:
    seen: list[str] = []
    schema = house.client.get("/api/v1/openapi.json").json()
    for path, methods in schema["paths"].items():
        address = path.replace("{conversation_id}", f"{OURS}-said").replace("/api/v1", "")
        for method in methods:
            for role in ("analyst", "safeguarding", "dpo", "admin"):
                body = {"content": json.dumps({"words": SECRET}).encode()}
                more = body if method == "post" else {}
                answer = ask(house, address, token(house, role), method=method.upper(), **more)
                assert answer.status_code < 500, (method, path)
                if not answer.is_success:
                    assert SECRET not in answer.text, (method, path)
                seen.append(answer.text)
    for path in (f"/x{SECRET}", f"/conversations?need={SECRET}"):
        assert SECRET not in ask(house, path, token(house, "analyst")).text
    ask(house, "/me", SECRET)
    return seen


def _every_tool(house: House) -> list[str]:
    of = server(house, "analyst")
    found, _ = call(of, "conversation", conversation_id=f"{OURS}-said")
    listed, _ = call(of, "search", words=SECRET)
    _, refused = call(of, "conversation", conversation_id=SECRET)
    assert refused
    assert SECRET not in refused
    return [json.dumps(found), json.dumps(listed)]


def test_an_error_of_ours_is_logged_without_its_message(
    house: House, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception may quote somebody: its kind and its place are enough to mend it."""

    def broken(*_: object, **__: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr("kindline.web.routes.overview.shares", broken)
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
