"""An agent's desk while a call goes on: late, few, true, and never locked where it matters."""

from collections.abc import Sequence
from dataclasses import replace
import json

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from kindline.desk.events import (
    Addressed,
    CardOpened,
    Climbed,
    CueClosed,
    Dismissed,
    Ended,
    Event,
    Muted,
    Said,
    Speaking,
    TakenOver,
    Warned,
    as_json,
    event_from,
    said_in,
)
from kindline.desk.session import Rules, Session, again, take_all
from kindline.errors import PolicyError
from kindline.languages.phrases import RUNGS
from kindline.live.judging import Growing
from kindline.live.ladder import Truths
from kindline.live.prompts import APART_MS, EARLIEST_MS, MOST
from kindline.model.conversation import Blot, Conversation, ConversationId, HeardWord, Turn
from kindline.model.interval import Interval

COMPANY = "You are the only voice I hear all week. It is so quiet here since my husband died."
MATTER = "My invoice of March is wrong, I was charged twice for the same month."
SETTLED = "I have corrected the invoice, you will get the money back on Friday."
DANGER = "I do not want to live any more. Nobody would miss me."
ABUSE = "You stupid idiot, you are a useless piece of filth."
MINUTE = 60_000


def session(language: str = "en", *, is_read: bool = True, **more: object) -> Session:
    """Return a call that just began."""
    one = Conversation(id=ConversationId("live"), source="live", turns=(), language=language)
    growing = Growing(conversation=one, language=language) if is_read else None
    return Session(conversation=one, language=language, growing=growing, **more)  # type: ignore[arg-type]


def say(call: Session, role: str, text: str, at_ms: int) -> None:
    """Let somebody say something."""
    take_all([(call, [Said(at_ms=at_ms, role=role, text=text)])])  # type: ignore[arg-type]


def settled(call: Session, at_ms: int = MINUTE) -> Session:
    """Return the call with its matter settled."""
    say(call, "agent", "Good morning, how can I help you?", at_ms)
    say(call, "customer", MATTER, at_ms + 1000)
    say(call, "agent", SETTLED, at_ms + 2000)
    return call


def test_a_call_goes_from_opening_to_its_end() -> None:
    """By what is said alone; who goes on after a closing reopens it."""
    call = session()
    stages = [call.view().stage]
    for role, text in (
        ("agent", "Good morning, how can I help you?"),
        ("customer", MATTER),
        ("agent", "I will look at that for you."),
        ("agent", SETTLED),
        ("agent", "Thank you for calling, have a nice day. Goodbye."),
        ("customer", "Wait, did I tell you about my grandson, he plays the violin so well"),
    ):
        say(call, role, text, len(stages) * 5000)
        stages.append(call.view().stage)
    call.take(Ended(at_ms=99_000))
    stages.append(call.view().stage)
    assert stages == [
        "opening",
        "opening",
        "need",
        "work",
        "settled",
        "closing",
        "reopened",
        "ended",
    ]


def test_company_is_not_shown_in_the_first_minute() -> None:
    """However plain it is; a minute later it is, with the words that showed it."""
    call = session()
    say(call, "customer", COMPANY, 5_000)
    assert call.view().judged is not None
    assert call.view().judged.companionship.state == "present"  # type: ignore[union-attr]
    assert call.view().prompt is None
    say(call, "customer", "Yes.", EARLIEST_MS)
    prompt = call.view().prompt
    assert prompt is not None
    assert (prompt.kind, prompt.turn) == ("company", 0)
    assert prompt.quote in COMPANY


def test_nothing_is_shown_into_a_sentence_and_each_kind_once() -> None:
    """While the caller speaks it waits; dismissed, it does not come back."""
    call = session()
    call.take(Speaking(at_ms=EARLIEST_MS, is_customer=True))
    say(call, "agent", "Of course.", EARLIEST_MS + 100)
    say(call, "customer", COMPANY, EARLIEST_MS + 200)
    assert call.view().prompt is not None
    call.take(Dismissed(at_ms=EARLIEST_MS + 300, kind="company"))
    say(call, "customer", COMPANY, EARLIEST_MS + 10 * MINUTE)
    assert call.view().prompt is None
    held = session()
    say(held, "customer", COMPANY, 1_000)
    held.take(Speaking(at_ms=EARLIEST_MS, is_customer=True))
    say(held, "agent", "I see.", EARLIEST_MS + 1)
    assert held.view().prompt is None


def test_prompts_are_few_and_apart() -> None:
    """Never more than the rules say, nor two at once."""
    call = session()
    say(call, "customer", COMPANY, EARLIEST_MS)
    say(call, "customer", ABUSE, EARLIEST_MS + 1_000)
    assert [one.kind for one in call.shown.prompts] == ["company"]
    say(call, "customer", ABUSE, EARLIEST_MS + APART_MS)
    assert [one.kind for one in call.shown.prompts] == ["company", "abuse"]
    assert len(call.shown.prompts) <= MOST
    none = session(rules=Rules(), shown=replace(session().shown, most=0))
    say(none, "customer", COMPANY, EARLIEST_MS)
    assert none.view().prompt is None


def test_who_mutes_is_left_alone_and_nobody_is_told() -> None:
    """It is no fact of the call: it is not stored; risk is never muted."""
    call = session()
    call.take(Muted(at_ms=0))
    say(call, "customer", COMPANY, EARLIEST_MS)
    assert call.view().prompt is None
    assert {type(one) for one in call.events} == {Said}
    say(call, "customer", DANGER, EARLIEST_MS + 1)
    assert call.view().risk is not None
    assert call.view().is_card_open


def test_risk_waits_for_nothing() -> None:
    """In the first second, in the middle of a sentence, with no prompt left."""
    call = session(shown=replace(session().shown, most=0, is_customer_speaking=True))
    say(call, "customer", DANGER, 500)
    risk = call.view().risk
    assert risk is not None
    assert risk.quote in DANGER
    assert call.view().ladder.paused == "risk"


def test_the_way_out_waits_while_a_cue_is_open_and_goes_on_when_a_person_closed_it() -> None:
    """With an outcome; the same words do not open it again, later ones do."""
    call = settled(session())
    say(call, "customer", DANGER, 2 * MINUTE)
    for rung in RUNGS:
        with pytest.raises(PolicyError):
            call.take(Climbed(at_ms=2 * MINUTE, rung=rung))
    with pytest.raises(PolicyError):
        call.take(Ended(at_ms=2 * MINUTE, ending="ended_by_right"))
    assert call.ending is None
    closed = CueClosed(at_ms=3 * MINUTE, by="A. Agent", outcome="handed_over", is_accepted=True)
    call.take(closed)
    assert call.view().risk is None
    say(call, "agent", "I am here.", 3 * MINUTE + 1)
    assert call.view().risk is None
    call.take(Climbed(at_ms=3 * MINUTE + 2, rung="acknowledge"))
    say(call, "customer", "I want to die, I have made up my mind.", 4 * MINUTE)
    assert call.view().risk is not None


@pytest.mark.parametrize(
    "event",
    [
        Warned(at_ms=1, step="abuse_end"),
        Ended(at_ms=1, ending="abuse"),
        TakenOver(at_ms=1, by="S"),
        Ended(at_ms=1, ending="caller_left"),
        CardOpened(at_ms=1),
    ],
)
def test_what_protects_people_is_never_locked(event: Event) -> None:
    """Ending abuse, a supervisor, the card: with a cue open and rules that allow little."""
    call = session(rules=Rules(may_end=False))
    say(call, "customer", DANGER, 0)
    call.take(event)
    assert call.events[-1] == event


def test_the_card_opens_without_a_cue() -> None:
    """At any time; that says nothing about the caller."""
    call = session()
    assert not call.view().is_card_open
    call.take(CardOpened(at_ms=1))
    assert call.view().is_card_open
    assert call.view().risk is None


def test_ending_by_right_is_what_the_rules_say() -> None:
    """One tap where the house gave it, refused where it did not."""
    given = session()
    given.take(Ended(at_ms=1, ending="ended_by_right"))
    assert given.view().stage == "ended"
    with pytest.raises(PolicyError):
        session(rules=Rules(may_end=False)).take(Ended(at_ms=1, ending="ended_by_right"))


def test_no_rung_that_ends_comes_before_the_matter_is_closed() -> None:
    """A signpost is no brush-off (FACTS 8, R10)."""
    call = session()
    say(call, "customer", MATTER, MINUTE)
    with pytest.raises(PolicyError):
        call.take(Climbed(at_ms=MINUTE, rung="signpost"))
    call.take(Climbed(at_ms=MINUTE, rung="close_the_loop"))
    call.take(Climbed(at_ms=MINUTE, rung="signpost"))
    assert "signpost" in call.said


def test_rungs_that_were_heard_are_ticked_and_can_be_unticked() -> None:
    """The agent has the last word on what they said."""
    call = settled(session())
    say(
        call,
        "agent",
        "I can hear it's been a hard time, that must be so quiet for you.",
        2 * MINUTE,
    )
    assert {"acknowledge", "close_the_loop"} <= call.said
    call.take(Climbed(at_ms=2 * MINUTE, rung="acknowledge", is_said=False))
    assert "acknowledge" not in call.said
    assert call.view().ladder.following == "acknowledge"


def test_what_is_not_true_is_not_offered() -> None:
    """Others wait only where a queue does; day and night only where the line is open so."""
    for waits in (False, True):
        for always in (False, True):
            truths = Truths(queue_waits=waits, line_is_always_open=always, has_line=True)
            call = session(truths=truths)
            offered: list[str] = []
            for rung in RUNGS:
                following = call.view().ladder
                offered += [one.text for one in following.offered]
                call.take(Climbed(at_ms=1, rung=rung))
            assert any("other people are waiting" in text for text in offered) == waits
            assert any("day and night" in text for text in offered) == always


def test_without_a_line_to_name_no_signpost_is_offered() -> None:
    """And the ladder goes on without it."""
    call = session(truths=Truths(has_line=False))
    seen = []
    while (following := call.view().ladder.following) is not None and following not in seen:
        seen.append(following)
        call.take(Climbed(at_ms=1, rung=following))
    assert "signpost" not in seen
    assert seen[-1] == "firm_repeat"


def test_a_firm_repeat_is_offered_twice_and_then_no_more() -> None:
    """Then the agent ends."""
    call = session(truths=Truths(has_line=True))
    for rung in RUNGS:
        call.take(Climbed(at_ms=1, rung=rung))
    assert call.view().ladder.n_repeats_left == 1
    call.take(Climbed(at_ms=2, rung="firm_repeat"))
    assert call.view().ladder.following is None
    assert call.view().ladder.offered == ()


def test_wording_is_in_the_form_and_language_of_the_caller() -> None:
    """As the agent says they are addressed."""
    call = session("nl")
    assert "dat u dat met me deelt" in call.view().ladder.offered[0].text
    call.take(Addressed(at_ms=1, form="informal"))
    assert "dat je me dat vertelt" in call.view().ladder.offered[0].text


def test_abuse_is_named_warned_once_and_ended() -> None:
    """Three steps, then none."""
    call = session()
    steps = []
    while (step := call.view().abuse) is not None:
        steps.append(step)
        call.take(Warned(at_ms=1, step=step))
    assert steps == ["abuse_name", "abuse_warn", "abuse_end"]


def test_time_to_give_runs_from_when_company_was_heard_and_never_below_nothing() -> None:
    """Before, there is none to show; after an hour none is left, and nobody is late."""
    call = session()
    say(call, "customer", MATTER, 0)
    assert call.view().left_to_give_ms is None
    say(call, "customer", COMPANY, 2 * MINUTE)
    assert call.view().left_to_give_ms == 8 * MINUTE
    assert call.view(at_ms=5 * MINUTE).left_to_give_ms == 5 * MINUTE
    assert call.view(at_ms=90 * MINUTE).left_to_give_ms == 0
    spent = session(given_this_shift_ms=58 * MINUTE)
    say(spent, "customer", COMPANY, 0)
    assert spent.view().left_to_give_ms == 2 * MINUTE


def test_without_leave_nothing_is_read_and_all_else_works() -> None:
    """A caller who objected: no needs, no prompt; ladder, card and the right to end as ever."""
    call = session(is_read=False)
    say(call, "customer", COMPANY + DANGER, 2 * MINUTE)
    view = call.view()
    assert (view.judged, view.prompt, view.risk) == (None, None, None)
    assert view.ladder.following == "acknowledge"
    call.take(CardOpened(at_ms=3 * MINUTE))
    call.take(Ended(at_ms=4 * MINUTE, ending="ended_by_right"))
    assert call.view().stage == "ended"


def test_what_is_refused_leaves_the_call_as_it_was() -> None:
    """Its clock too: no minute to give is spent by it."""
    call = session(rules=Rules(may_end=False))
    say(call, "customer", COMPANY, 0)
    before = call.view()
    with pytest.raises(PolicyError):
        call.take(Ended(at_ms=5 * MINUTE, ending="ended_by_right"))
    assert (call.view(), len(call.events)) == (before, 1)


WORDS = [
    Said(at_ms=0, role=role, text=text)  # type: ignore[arg-type]
    for role in ("agent", "customer")
    for text in (COMPANY, MATTER, SETTLED, DANGER, ABUSE, "Yes.", "Have a nice day, goodbye.")
]
ACTS: list[Event] = [
    *(Climbed(at_ms=0, rung=rung, is_said=said) for rung in RUNGS for said in (True, False)),
    *(Warned(at_ms=0, step=step) for step in ("abuse_name", "abuse_warn", "abuse_end")),
    Addressed(at_ms=0, form="informal"),
    CardOpened(at_ms=0),
    CueClosed(at_ms=0, by="A", outcome="number_given", offered="113"),
    TakenOver(at_ms=0, by="S"),
]


@settings(max_examples=40, deadline=None)
@given(chosen=st.lists(st.sampled_from([*WORDS, *ACTS]), max_size=12))
def test_stored_events_give_the_same_desk_again(chosen: Sequence[Event]) -> None:
    """After a restart, through JSON: what was taken before is there, what was refused is not."""
    call = session()
    for number, event in enumerate(chosen):
        at = replace(event, at_ms=number * 30_000)
        if isinstance(at, Said):
            take_all([(call, [at])])
        else:
            try:
                call.take(at)
            except PolicyError:
                continue
    kept = json.dumps([as_json(one) for one in call.events])
    restored = again(session(), [event_from(one) for one in json.loads(kept)])
    assert restored.view() == call.view()
    assert restored.events == call.events


def test_an_event_is_stored_whole() -> None:
    """Words heard on a line keep how sure each is, and what was blotted out of them."""
    words = (HeardWord(start=0, end=2, confidence=0.42), HeardWord(start=3, end=7, confidence=0.9))
    turn = Turn(
        role="customer",
        text="I'm ████",
        interval=Interval(start_ms=10, end_ms=900),
        blots=(Blot(4, 8, "name"),),
        words=words,
    )
    event = said_in(turn, 900)
    again = event_from(json.loads(json.dumps(as_json(event))))
    assert again == event
    assert isinstance(again, Said)
    assert again.as_turn() == turn
