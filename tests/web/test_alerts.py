"""A cue from any way in opens a case, and who looks after cues is told: page, mail, webhook."""

from collections.abc import Iterator
from email.message import Message
from threading import Event, Thread
import time
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler
import pytest

from kindline.analysis import analyse
from kindline.calls.bus import CASES as CASES_NOTE
from kindline.calls.bus import Note
from kindline.config import Settings
from kindline.pipeline import keep
from kindline.policy import profile
from kindline.store.cases import cases, close_case
from kindline.store.erasure import erase_conversation
from kindline.store.hooks import add_hook
from kindline.store.jobs import jobs
from kindline.work.hiring import quick_worker_of
from kindline.work.worker import Worker
from tests.served import free_port
from tests.store.kept import conversation
from tests.web.conftest import CRISIS, OURS, House, Listener


class Mailbox(Handler):
    """A mail server that keeps what it is handed."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Message] = []
        self.came = Event()

    def handle_message(self, message: Message) -> None:
        """Keep a mail."""
        self.mails.append(message)
        self.came.set()


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    """Return a mail server that runs, and its address."""
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


def worker(house: House, server: str | None, hosts: str = "") -> Worker:
    """Return the worker for what somebody waits for."""
    settings = Settings(
        smtp=server, address="https://kindline.example", webhook_hosts=hosts, home=house.home
    )
    return quick_worker_of(settings, house.store, lambda *_: None)


def take_in(house: House, text: str, **more: Any) -> str:
    """Keep a conversation as a run over files does; return its id."""
    one = conversation(text, **more)
    analysis = analyse(one, profile("eu-consented"), now=house.clock())
    with house.store.begin() as tenancy:
        keep(tenancy, [(one, analysis)], now=house.clock())
    return str(one.id)


def test_a_live_cue_is_told_by_page_mail_and_webhook(
    house: House, mailbox: tuple[Mailbox, str], listener: Listener
) -> None:
    """Each says where the case is; none holds a word, a name or a number of anybody."""
    box, server = mailbox
    keeper_id = house.user_ids[OURS, "safeguarding"]
    with house.store.begin() as tenancy:
        address = f"http://{listener.host}/hook"
        add_hook(tenancy, keeper_id, address, ("case.opened",), now=house.clock())
    seen = Event()
    house.live.switchboard.watch(Note(OURS, CASES_NOTE), seen.set)
    stop, hired = Event(), worker(house, server, listener.host)
    house.clock.at = hired.clock()
    beside = Thread(target=hired.run, args=(stop,))
    beside.start()
    case_id = house.case_id()
    assert seen.wait(10)
    assert box.came.wait(10)
    until = time.monotonic() + 10
    while not listener.heard and time.monotonic() < until:
        time.sleep(0.05)
    stop.set()
    beside.join()
    (mail,) = box.mails
    assert mail["To"] == f"safeguarding@{OURS}.test"
    content = str(mail.get_payload())
    assert f"https://kindline.example/cases/{case_id}" in content
    ((_, body),) = listener.heard
    assert case_id in body.decode()
    for told in (content, str(mail), body.decode()):
        assert not any(word in told for word in ("mind", "live any more", "live-1", "A-1"))


@pytest.mark.parametrize("channel", ["voice", "chat", "email", None])
def test_a_cue_from_any_way_in_opens_a_case(house: House, channel: str | None) -> None:
    """A recording, a chat, yesterday's mail: it lies in the inbox with its age."""
    more = {} if channel is None else {"channel": channel}
    identity = take_in(house, CRISIS, id="r-1", **more)
    take_in(house, "My invoice is wrong.", id="r-2")
    with house.store.read() as tenancy:
        (case,) = cases(tenancy)
        assert [job.kind for job in jobs(tenancy, kind="alert")] == ["alert"]
    assert (case.conversation_id, case.path) == (identity, channel or "unknown")


def test_a_closed_case_opens_again_only_for_new_words(house: House) -> None:
    """The same words analysed again open nothing; a conversation that went on does."""
    take_in(house, CRISIS, id="r-1")
    with house.store.begin() as tenancy:
        (case,) = cases(tenancy)
        close_case(tenancy, case.case_id, "not_reached", by="Ann", now=house.clock())
    take_in(house, CRISIS, id="r-1")
    with house.store.read() as tenancy:
        assert [one.closed_at is None for one in cases(tenancy)] == [False]
    take_in(house, f"{CRISIS} It is today.", id="r-1")
    with house.store.read() as tenancy:
        assert [one.closed_at is None for one in cases(tenancy)] == [True]


def test_erasing_a_conversation_erases_its_case(house: House) -> None:
    """The case, and what was done about it."""
    take_in(house, CRISIS, id="r-1")
    with house.store.begin() as tenancy:
        receipt = erase_conversation(tenancy, "r-1", asked_by="dpo", now=house.clock())
        assert cases(tenancy) == []
        left = tenancy.connection.exec_driver_sql("SELECT count(*) FROM case_log").scalar()
    assert left == 0
    assert receipt.told["cases"] == "deleted with their logs"


def test_a_mail_server_that_is_away_is_tried_again(house: House) -> None:
    """The job waits, names the kind of error, and nobody's address."""
    take_in(house, CRISIS, id="r-1")
    hired = worker(house, f"smtp://127.0.0.1:{free_port()}")
    assert hired.step()
    with house.store.read() as tenancy:
        (job,) = jobs(tenancy, kind="alert")
    assert (job.state, job.problem) == ("waiting", "UnavailableError")


def test_without_a_mail_server_nothing_is_sent(house: House) -> None:
    """The job is done, and the inbox has the case all the same."""
    take_in(house, CRISIS, id="r-1")
    hired = worker(house, None)
    while hired.step():
        pass
    with house.store.read() as tenancy:
        (job,) = jobs(tenancy, kind="alert")
    assert (job.state, job.progress) == ("done", {"n_told": 0})
