"""A second opinion: asked about what is unsure only, believed only with the customer's words."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
from threading import Thread
from typing import Any

import pytest

from kindline.analysis import analyse
from kindline.errors import PolicyError
from kindline.ingest.plain import conversation_from
from kindline.model.analysis import Analysis, Crisis, Label
from kindline.model.conversation import Conversation
from kindline.model.finding import Finding
from kindline.policy import profile
from kindline.second_opinion import REASON, Asked, Endpoint, asked, check

SAID = "I set two cups out and then I had to drink both."
CONVERSATION: Mapping[str, Any] = {
    "id": "private-7",
    "language": "en",
    "lawful_basis": "consent",
    "turns": [
        {"party": "agent", "text": "Accounts, good morning."},
        {"party": "customer", "text": f"About my bill. {SAID}"},
    ],
}


class Server:
    """A server of this machine that answers every question the same, and remembers them."""

    def __init__(self) -> None:
        self.questions: list[dict[str, Any]] = []
        self.answer: object = {}
        self.whole: object = None  # said instead of a well-formed answer
        self.status = 200
        server = self

        class Pages(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                server.questions.append(json.loads(self.rfile.read(length)))
                self.send_response(server.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                content = {"message": {"content": json.dumps(server.answer)}}
                told: object = server.whole or {"choices": [content], "usage": {"total_tokens": 90}}
                self.wfile.write(json.dumps(told).encode())

            def do_GET(self) -> None:
                server.questions.append({"sent on": self.path})
                self.send_response(404)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def endpoint(self) -> Endpoint:
        """Return where it listens."""
        return Endpoint(address=f"http://127.0.0.1:{self.http.server_port}/v1", model="tiny")


@pytest.fixture
def server() -> Iterator[Server]:
    """Return a server that listens while a test runs."""
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def conversation() -> Conversation:
    """Return a conversation with one indirect sentence."""
    return conversation_from(CONVERSATION, source="test", record="1")


@pytest.fixture
def unsure(conversation: Conversation, now: datetime) -> Analysis:
    """Return its analysis, unsure of companionship and of nothing else."""
    found = analyse(conversation, profile(), now=now)
    absent = Label(state="absent", probability=0.1)
    doubt = replace(found.companionship, state="unsure", probability=0.4)
    return replace(found, service=absent, companionship=doubt, support=absent)


def quoting(words: str, turn: int = 1, *, present: bool = True) -> dict[str, Any]:
    """Return an answer about companionship."""
    return {"companionship": {"present": present, "quotes": [{"turn": turn, "quote": words}]}}


def test_an_answer_with_the_words_settles_what_was_unsure(
    server: Server, conversation: Conversation, unsure: Analysis
) -> None:
    """The quote becomes the first finding; the model is stamped; tokens are counted."""
    server.answer = quoting(SAID)
    tally = Asked()
    told = asked(conversation, unsure, server.endpoint, tally)
    assert told.companionship.state == "present"
    assert told.companionship.findings[0].quote == SAID
    assert told.companionship.probability == unsure.companionship.probability
    assert told.versions[REASON] == "tiny"
    assert (tally.n_asked, tally.n_changed, tally.n_dropped, tally.n_tokens) == (1, 1, 0, 90)
    sent = json.dumps(server.questions[0])
    assert "private-7" not in sent
    assert list(server.questions[0]["response_format"]["json_schema"]["schema"]["properties"]) == [
        "companionship"
    ]


@pytest.mark.parametrize(
    "answer",
    [
        quoting("I am lonely"),
        quoting(SAID, turn=0),
        quoting("Accounts", turn=0),
        quoting(SAID, turn=9),
        quoting(" "),
        {"companionship": {"present": True, "quotes": []}},
        {"companionship": {"present": "yes", "quotes": [{"turn": 1, "quote": SAID}]}},
        {"support": {"present": True, "quotes": []}},
        [],
        "lonely",
    ],
)
def test_an_answer_without_the_words_is_dropped(
    server: Server, conversation: Conversation, unsure: Analysis, answer: object
) -> None:
    """Made-up, misplaced or malformed: the analysis stays as it was, and that is counted."""
    server.answer = answer
    tally = Asked()
    assert asked(conversation, unsure, server.endpoint, tally) == unsure
    assert tally.n_dropped == 1


@pytest.mark.parametrize("whole", [["x"], {"usage": None, "choices": []}, "x", {"choices": 1}])
def test_a_malformed_answer_is_dropped(
    server: Server, conversation: Conversation, unsure: Analysis, whole: object
) -> None:
    """A server that answers like no other stops nothing."""
    server.whole = whole
    assert asked(conversation, unsure, server.endpoint, Asked()) == unsure


def test_words_for_this_machine_pass_no_proxy(
    server: Server, conversation: Conversation, unsure: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy of the environment would carry them off the machine."""
    server.answer = quoting(SAID)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert asked(conversation, unsure, server.endpoint, Asked()).companionship.state == "present"


def test_what_was_sent_is_not_sent_on(
    server: Server, conversation: Conversation, unsure: Analysis
) -> None:
    """A redirect is no answer."""
    server.status = 302
    assert asked(conversation, unsure, server.endpoint, Asked()) == unsure
    assert len(server.questions) == 1


def test_a_server_that_fails_changes_nothing(
    server: Server, conversation: Conversation, unsure: Analysis
) -> None:
    """No answer is no opinion."""
    server.status = 500
    tally = Asked()
    assert asked(conversation, unsure, server.endpoint, tally) == unsure
    assert tally.n_dropped == 1


def test_what_is_sure_is_never_shown(
    server: Server, conversation: Conversation, unsure: Analysis
) -> None:
    """Only conversations with an unsure need leave the program, and no denied one."""
    sure = replace(unsure, companionship=Label(state="absent", probability=0.1))
    assert asked(conversation, sure, server.endpoint, Asked()) == sure
    denied = replace(unsure, status="denied")
    assert asked(conversation, denied, server.endpoint, Asked()) == denied
    shown = Finding(signal="crisis.active", weight=1.0, turn=1, start=0, end=5, quote="About")
    cue = Crisis(state="cue", level="active", probability=0.9, findings=(shown,))
    at_risk = replace(unsure, crisis=cue)
    assert asked(conversation, at_risk, server.endpoint, Asked()) == at_risk
    assert server.questions == []


def test_strict_policy_keeps_words_on_the_machine() -> None:
    """A local model may be asked under every policy; one elsewhere not under eu-strict."""
    elsewhere = Endpoint(address="https://models.example/v1", model="big")
    with pytest.raises(PolicyError, match="must come from this machine"):
        check(elsewhere, profile("eu-strict"))
    check(elsewhere, profile("eu-consented"))
    for host in ("localhost:1", "127.0.0.1:8000", "[::1]:8000"):
        check(Endpoint(address=f"http://{host}/v1", model="tiny"), profile("eu-strict"))
    for address in ("http://localhost.example/v1", "http://[::1", "nonsense"):
        with pytest.raises(PolicyError):
            check(Endpoint(address=address, model="x"), profile("eu-strict"))
