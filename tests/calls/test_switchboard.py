"""Calls on a switchboard: stored before they are answered, judged, followed, ended, kept."""

from collections.abc import Sequence

import pytest

from kindline.analysis import analyse
from kindline.calls.bus import Alone, Note
from kindline.calls.ending import LOST_AFTER, end_lost, finish
from kindline.calls.switchboard import Switchboard
from kindline.contract import as_json
from kindline.desk.events import Climbed, CueClosed, Ended, Event, Said
from kindline.errors import NoSuchError, PolicyError
from kindline.model.conversation import Conversation, ConversationId, Turn
from kindline.store.call_tables import CALL_EVENTS
from kindline.store.cases import cases, steps
from kindline.store.conversations import load
from kindline.store.database import Store
from kindline.store.erasure import object_to
from tests.calls.conftest import Clock
from tests.calls.lives import house_of

RISK = "I have made up my mind, I do not want to live any more. Nobody would miss me."
TALK = (
    ("customer", "Hello, my parcel came broken, can I send it back?"),
    ("agent", "I am sorry to hear that. Of course, I will send you a label."),
    ("customer", "Thank you. You are the only voice I hear all week, you know."),
    ("agent", "That sounds quiet. Tell me, how has your week been?"),
)


def begin(board: Switchboard, name: str = "c1", **told: str) -> str:
    """Begin a call and return its id."""
    given = {"conversation_id": name, "language": "en", **told}
    return board.begin("own", name, "plain", given).call_id


def put(board: Switchboard, call_id: str, *events: Event) -> None:
    """Let something happen, and wait until it is stored."""
    board.put("own", call_id, events).result(30)


def say(board: Switchboard, call_id: str, clock: Clock, talk: Sequence[tuple[str, str]]) -> None:
    """Let a talk go on, ten seconds a turn."""
    for role, text in talk:
        clock.move(10)
        at_ms = round((clock.at - board.look("own", call_id).held.call.begun_at).seconds * 1000)
        put(board, call_id, Said(at_ms=at_ms, role=role, text=text))  # type: ignore[arg-type]


def test_another_process_goes_on_where_one_fell_silent(
    board: Switchboard, store: Store, clock: Clock
) -> None:
    """What one process stored, another shows: the same words, stage and needs."""
    call_id = begin(board)
    say(board, call_id, clock, TALK)
    other = Switchboard(store, house_of(clock), Alone())
    one, two = board.look("own", call_id), other.look("own", call_id)
    assert [turn.text for turn in two.turns] == [text for _, text in TALK]
    assert (one.view, one.turns) == (two.view, two.turns)


def test_two_processes_that_write_agree(board: Switchboard, store: Store, clock: Clock) -> None:
    """Words come in by one process, acts by another; both show all of it."""
    call_id = begin(board)
    other = Switchboard(store, house_of(clock), Alone())
    other.start()
    say(board, call_id, clock, TALK[:2])
    put(other, call_id, Climbed(at_ms=21_000, rung="close_the_loop"))
    say(board, call_id, clock, TALK[2:])
    views = [one.look("own", call_id).view for one in (board, other)]
    other.stop()
    assert views[0] == views[1]
    assert "close_the_loop" in views[0].ladder.said
    assert len(board.look("own", call_id).turns) == len(TALK)


def test_what_is_not_to_be_done_is_not_stored(board: Switchboard, clock: Clock) -> None:
    """The way out waits while a cue is open: who tries is told, and nothing is kept of it."""
    call_id = begin(board)
    say(board, call_id, clock, [("customer", RISK)])
    before = board.look("own", call_id).held.call.n_events
    with pytest.raises(PolicyError):
        put(board, call_id, Climbed(at_ms=20_000, rung="farewell"))
    assert board.look("own", call_id).held.call.n_events == before


def test_a_cue_opens_one_case_and_closing_it_is_logged(
    board: Switchboard, store: Store, clock: Clock
) -> None:
    """The case is there with the words that opened it, once; a person closes it with an outcome."""
    call_id = begin(board)
    say(board, call_id, clock, [("customer", RISK), ("customer", RISK)])
    with store.read() as tenancy:
        (case,) = cases(tenancy)
    assert (case.path, case.call_id, case.closed_at) == ("live", call_id, None)
    closed = CueClosed(
        at_ms=40_000, by="Ann", outcome="number_given", offered="113", is_accepted=True
    )
    put(board, call_id, closed)
    with store.read() as tenancy:
        (case,) = cases(tenancy)
        log = steps(tenancy, case.case_id)
    assert case.outcome == "number_given"
    assert [(one.by_name, one.what) for one in log] == [
        ("Kindline", "opened"),
        ("Ann", "offered"),
        ("Ann", "number_given"),
    ]


def test_a_call_that_is_over_is_a_conversation(
    board: Switchboard, store: Store, clock: Clock
) -> None:
    """Its words are kept by the policy, its events destroyed; a closed case stays closed."""
    call_id = begin(board, customer_id="C-1")
    say(board, call_id, clock, [*TALK, ("customer", RISK)])
    put(board, call_id, CueClosed(at_ms=60_000, by="Ann", outcome="handed_over"))
    put(board, call_id, Ended(at_ms=61_000))
    with store.begin() as tenancy:
        assert finish(tenancy, call_id, board.house)
        assert not finish(tenancy, call_id, board.house)
    with store.read() as tenancy:
        (kept,) = load(tenancy)
        assert tenancy.connection.execute(CALL_EVENTS.select()).all() == []
        assert [case.outcome for case in cases(tenancy)] == ["handed_over"]
    assert kept.turns is not None
    assert [turn["text"] for turn in kept.turns] == [*(text for _, text in TALK), RISK]
    assert kept.analysis["crisis"]["state"] == "cue"
    turns = tuple(Turn(role=role, text=text) for role, text in [*TALK, ("customer", RISK)])  # type: ignore[arg-type]
    whole = Conversation(
        id=ConversationId("c1"), source="x", turns=turns, language="en", country="NL"
    )
    judges = board.house.judges
    told = as_json(analyse(whole, judges.rules, declared="consent", now=clock()))
    other = {name for name, block in told.items() if kept.analysis[name] != block}
    assert other == {"source", "channel", "versions"}  # all else is as if it had come as a file
    with pytest.raises(NoSuchError):
        Switchboard(store, board.house, Alone()).look("own", call_id)


def test_who_objects_is_not_read(board: Switchboard, store: Store, clock: Clock) -> None:
    """The gate stands before the first word: none is stored, judged or kept."""
    with store.begin() as tenancy:
        object_to(tenancy, "C-9", now=clock())
    call_id = begin(board, customer_id="C-9")
    put(board, call_id, Said(at_ms=1_000, role="customer", text=RISK))
    look = board.look("own", call_id)
    assert (look.turns, look.view.judged, look.held.leave.denial) == ((), None, "refused")
    put(board, call_id, Ended(at_ms=2_000))
    with store.begin() as tenancy:
        finish(tenancy, call_id, board.house)
        (kept,) = load(tenancy)
        assert cases(tenancy) == []
    assert (kept.analysis["status"], kept.turns) == ("denied", None)


def test_what_identifies_is_blotted_out_before_it_is_stored(
    board: Switchboard, clock: Clock
) -> None:
    """An address in a live call is nowhere: what was asked for in the turn before counts too."""
    call_id = begin(board)
    said = [("agent", "What is your e-mail address?"), ("customer", "It is jo.smith@example.org.")]
    say(board, call_id, clock, said)
    turn = board.look("own", call_id).turns[-1]
    assert "smith" not in turn.text
    assert turn.blots


def test_a_language_nobody_told_is_found(board: Switchboard, clock: Clock) -> None:
    """Until it is known nothing is judged; then all that was said is."""
    told = {"conversation_id": "c2"}
    call_id = board.begin("own", "c2", "plain", told).call_id
    say(board, call_id, clock, TALK)
    look = board.look("own", call_id)
    assert look.held.call.language == "en"
    assert len(look.turns) == len(TALK)
    assert look.view.judged is not None


def test_a_feed_that_comes_back_goes_on_with_the_call(board: Switchboard, clock: Clock) -> None:
    """The same name is the same call while it goes on, and another one afterwards."""
    first = begin(board)
    board.put("own", first, [], last_seq=7).result(30)
    again = board.begin("own", "c1", "plain", {"conversation_id": "c1"})
    assert (again.call_id, again.last_seq) == (first, 7)
    put(board, first, Ended(at_ms=clock.at.microsecond))
    assert begin(board) != first


def test_silence_ends_a_call_as_lost(board: Switchboard, store: Store, clock: Clock) -> None:
    """Nothing is lost of it: it ends where it was last heard, and is kept."""
    call_id = begin(board)
    say(board, call_id, clock, TALK)
    with store.begin() as tenancy:
        assert end_lost(tenancy, now=clock()) == 0
    clock.move(LOST_AFTER.total_seconds() + 1)
    with store.begin() as tenancy:
        assert end_lost(tenancy, now=clock()) == 1
    look = board.look("own", call_id)
    assert (look.held.call.ending, look.at_ms) == ("lost", look.at_ms)
    assert look.view.stage == "ended"


def test_followers_are_called_and_nobody_else(board: Switchboard, clock: Clock) -> None:
    """Who watches a call hears of it, who watches another does not, who left hears no more."""
    one, two = begin(board, "c1"), begin(board, "c2")
    heard: list[str] = []
    leave = board.watch(Note("own", one), lambda: heard.append("one"))
    board.watch(Note("own", two), lambda: heard.append("two"))
    say(board, one, clock, TALK[:1])
    leave()
    say(board, one, clock, TALK[1:2])
    assert heard == ["one"]


def test_another_tenants_call_is_not_there(board: Switchboard) -> None:
    """A call belongs to its tenant: by its id alone nobody else opens it or writes into it."""
    call_id = begin(board)
    with pytest.raises(NoSuchError):
        board.look("other", call_id)
    with pytest.raises(NoSuchError):
        board.put("other", call_id, [Ended(at_ms=1)]).result(30)


def test_a_call_somebody_took_is_their_conversation(
    board: Switchboard, store: Store, clock: Clock
) -> None:
    """The platform named no agent; who said it was theirs finds it among their own afterwards."""
    call_id = begin(board)
    with store.read() as tenancy:
        agent_key = tenancy.blind("agent", "A-1")
    assert agent_key is not None
    assert board.claim("own", call_id, agent_key)
    assert not board.claim("own", call_id, "somebody else")
    say(board, call_id, clock, TALK)
    put(board, call_id, Ended(at_ms=60_000))
    with store.begin() as tenancy:
        finish(tenancy, call_id, board.house)
        query = "SELECT agent_key FROM conversations"
        assert tenancy.connection.exec_driver_sql(query).scalar() == agent_key


def test_a_call_on_hold_is_not_lost(board: Switchboard, store: Store, clock: Clock) -> None:
    """That its feed lives is enough, also where nothing may be read of it."""
    call_id = begin(board, lawful_basis="refused")
    for _ in range(30):
        clock.move(60)
        board.put("own", call_id, []).result(30)
        put(board, call_id, Said(at_ms=1_000, role="customer", text=RISK))
    with store.begin() as tenancy:
        assert end_lost(tenancy, now=clock()) == 0
    assert board.look("own", call_id).turns == ()
