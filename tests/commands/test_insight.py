"""Numbers from the command line, as a person asks for them: on a small simulated centre."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
import json
from pathlib import Path
from threading import Thread

import pytest

from tests.commands.test_commands import run

ASKED: list[dict[str, object]] = []


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a simulated centre."""
    home = tmp_path_factory.mktemp("simulated")
    made = run("simulate", home / "centre", "--contacts", "400", home=home)
    assert made.returncode == 0, made.stderr
    return home / "centre"


class Model(BaseHTTPRequestHandler):
    """A language model that makes one question of whatever it is asked."""

    def do_POST(self) -> None:
        """Answer."""
        length = int(self.headers["content-length"])
        ASKED.append(json.loads(self.rfile.read(length)))
        said = {"choices": [{"message": {"content": "share company by channel last 50 weeks"}}]}
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- as above
        """Say nothing."""


@pytest.fixture
def model() -> Iterator[str]:
    """Return the address of a model that answers."""
    ASKED.clear()
    server = HTTPServer(("127.0.0.1", 0), Model)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_centre_is_simulated_with_its_truth(centre: Path) -> None:
    """Contacts, a log, what is planted; a second one is not written over it."""
    truth = json.loads((centre / "truth.json").read_text("utf-8"))
    assert truth["n_contacts"] >= 400
    assert truth["caused_by_step"]
    again = run("simulate", centre, "--contacts", "400", home=centre)
    assert again.returncode == 1
    assert "a folder without one" in again.stderr


def test_a_log_read_again_doubles_nothing(centre: Path) -> None:
    """Count in is count out; bad rows make it end with 1 and lose no others."""
    told = run("journeys", centre / "events.csv", home=centre)
    assert told.returncode == 0, told.stderr
    assert "0 rejected" in told.stderr
    bad = centre / "bad.csv"
    bad.write_text("session,time,surface,step\ns,2026-11-01T10:00:00Z,web,a\ns,never,web,b\n")
    told = run("journeys", bad, home=centre)
    assert told.returncode == 1
    assert "2 rows = 1 events in 1 sessions + 1 rejected" in told.stderr


def test_a_question_is_answered(centre: Path) -> None:
    """With n and interval; another form ends with what may be asked."""
    told = run("ask", "share company by language", home=centre)
    assert told.returncode == 0, told.stderr
    assert "nl" in told.stdout
    assert "unjudged" in told.stdout
    refused = run("ask", "who calls most", home=centre)
    assert refused.returncode == 2
    assert "share NEED" in refused.stderr


def test_other_words_go_to_the_model_and_are_shown_before_they_run(
    centre: Path, model: str
) -> None:
    """It sees the question alone; without a yes nothing runs."""
    words = "how many want somebody to talk to, on which channel?"
    told = run("ask", words, "--yes", home=centre, KINDLINE_OPINION_URL=model)
    assert told.returncode == 0, told.stderr
    assert "asked as: share companionship by channel last 50 weeks" in told.stderr
    assert "voice" in told.stdout
    (asked,) = ASKED
    assert words in json.dumps(asked)
    assert "contact-" not in json.dumps(asked)
    stopped = run("ask", words, home=centre, KINDLINE_OPINION_URL=model)
    assert stopped.returncode == 1
    assert "voice" not in stopped.stdout


@pytest.mark.parametrize("form", ["html", "pdf", "csv", "parquet"])
def test_a_period_is_reported(centre: Path, form: str) -> None:
    """In each form; a period that is none is refused."""
    month = (datetime.now(UTC) - timedelta(days=40)).strftime("%Y-%m")
    told = run("report", "--period", month, "--form", form, "--language", "fr", home=centre)
    assert told.returncode == 0, told.stderr
    name = f"report-{month}" if form in ("csv", "parquet") else f"report-{month}-head.{form}"
    target = centre / name
    assert target.exists()
    assert not target.is_dir() or (target / "dictionary.csv").is_file()
    assert run("report", "--period", "soon", home=centre).returncode == 2
