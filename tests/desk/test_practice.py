"""Callers to practise with: each language and caller, from greeting to the end, by a good agent."""

from datetime import UTC, datetime
import re

import pytest

from kindline.desk.callers import CALLER_KINDS, Caller, callers
from kindline.desk.practice import Practice, begin
from kindline.errors import PolicyError
from kindline.languages import codes
from kindline.languages.phrases import RUNGS, phrases
from kindline.live.prompts import EARLIEST_MS

NOW = datetime(2026, 12, 1, 14, 30, tzinfo=UTC)
EVERY = [one for code in codes() for one in callers(code).values()]
GREETING = {
    "en": "Good afternoon, let me have a look at that for you.",
    "nl": "Goedemiddag, ik kijk dat even voor u na.",
    "fr": "Bonjour, je regarde cela pour vous.",
    "hu": "Mindjárt megnézem Önnek, egy pillanat türelmet kérek.",
}
MOST_TURNS = 40


def of_kind(*kinds: str) -> list[Caller]:
    """Return the callers of some kinds."""
    return [one for one in EVERY if one.kind in kinds]


def named(one: Caller) -> str:
    """Return what a caller is called in the names of tests."""
    return f"{one.language} {one.id}"


def well_led(caller: Caller) -> Practice:
    """Return a practice call led as the desk suggests: what is offered first is said."""
    call = begin(caller, NOW)
    call.begin()
    for _ in caller.talk[:-1] if caller.kind in ("risk", "third_party") else caller.talk[:1]:
        call.say(GREETING[caller.language])
    for _ in range(MOST_TURNS):
        if call.is_over:
            return call
        if call.session.open_risk is not None:
            for step in call.session.phrases.card:
                for said in step.say[:1]:
                    call.say(said)
            call.act("given")
        sentences = call.sentences()
        at_first = next((one for one in sentences if one.step), None)
        chosen = at_first or (sentences[0] if sentences else None)
        call.say(chosen.text if chosen else GREETING[caller.language], chosen)
    return call


@pytest.mark.parametrize("code", codes())
def test_a_language_has_six_callers_of_every_kind(code: str) -> None:
    """Two who would like company, and one of each other kind, with what each answers."""
    own = callers(code)
    assert len(own) >= 6
    assert {one.kind for one in own.values()} == set(CALLER_KINDS)
    for one in own.values():
        assert len(one.talk) >= 3
        assert {"farewell", "reopen", "close_the_loop", "signpost"} <= set(one.replies)
        assert all(said.strip() for some in one.replies.values() for said in some)
        assert not any(re.search(r"\d", said) for said in one.talk)


@pytest.mark.parametrize("caller", EVERY, ids=named)
def test_a_call_that_is_led_well_ends(caller: Caller) -> None:
    """From greeting to farewell, with what the desk offers; nobody is stuck."""
    call = well_led(caller)
    assert call.is_over
    assert call.session.view().stage == "ended"
    report = call.report()
    assert report.ending in ("closed", "abuse")
    if caller.kind in ("company", "service"):
        assert report.reached[-1] in ("farewell", "firm_repeat")


@pytest.mark.parametrize("caller", of_kind("company"), ids=named)
def test_who_would_like_company_is_recognised_after_a_minute_and_let_go_warmly(
    caller: Caller,
) -> None:
    """Heard out, with a line named and asked for leave; never before a minute."""
    call = begin(caller, NOW)
    call.begin()
    for _ in caller.talk:
        call.say(GREETING[caller.language])
    prompt = call.session.shown.prompts[0]
    assert prompt.kind == "company"
    assert prompt.at_ms >= EARLIEST_MS
    led = well_led(caller)
    assert {"acknowledge", "give_back", "boundary", "signpost", "farewell"} <= set(
        led.report().reached
    )


@pytest.mark.parametrize("caller", of_kind("service"), ids=named)
def test_a_matter_alone_brings_no_prompt(caller: Caller) -> None:
    """Whoever is in a hurry is helped and let go."""
    call = well_led(caller)
    assert call.session.shown.prompts == ()
    assert not call.report().has_met_risk


@pytest.mark.parametrize("caller", of_kind("risk", "third_party"), ids=named)
def test_a_cue_opens_the_card_with_a_line_and_stops_the_way_out(caller: Caller) -> None:
    """While they talk; it is closed by a person with an outcome, and then the call goes on."""
    call = begin(caller, NOW)
    call.begin()
    for _ in caller.talk:
        call.say(GREETING[caller.language])
    assert call.session.open_risk is not None
    assert call.view().is_card_open
    assert call.view().ladder.paused == "risk"
    assert call.sentences() == []
    assert call.help.emergency
    assert call.line is not None
    assert "suicide" in call.line.line.needs
    assert well_led(caller).report().has_closed_risk


@pytest.mark.parametrize("caller", of_kind("abuse"), ids=named)
def test_abuse_is_named_and_warned_of_before_it_ends_a_call(caller: Caller) -> None:
    """The ladder is offered once somebody was insulted."""
    call = begin(caller, NOW)
    call.begin()
    for _ in caller.talk:
        call.say(GREETING[caller.language])
    steps = []
    while not call.is_over:
        step = next(one for one in call.sentences() if one.step)
        steps.append(step.step)
        call.say(step.text, step)
    assert steps == ["abuse_name", "abuse_warn", "abuse_end"]
    assert call.report().ending == "abuse"


@pytest.mark.parametrize("code", codes())
def test_who_is_sent_away_unheard_comes_back_once(code: str) -> None:
    """A farewell without a word of why reopens the call; the second one is a goodbye."""
    caller = next(one for one in callers(code).values() if one.kind == "company")
    call = begin(caller, NOW)
    call.begin()
    call.say(GREETING[code])
    farewell = next(one.text for one in phrases(code).by_use["farewell"] if one.form == caller.form)
    said = call.say(farewell.format(name=caller.name))
    assert said == caller.replies["reopen"][0]
    assert not call.is_over
    assert call.say(farewell.format(name=caller.name)) == caller.replies["farewell"][0]
    assert call.is_over


def test_a_sentence_that_is_not_to_be_said_now_is_refused() -> None:
    """Even where a program would say it: the matter comes first."""
    call = begin(callers("en")["meter-reading"], NOW)
    call.begin()
    sentence = call.sentences()[0]
    hurried = type(sentence)(text="Goodbye.", rung="farewell")
    with pytest.raises(PolicyError):
        call.say(hurried.text, hurried)
    assert set(call.report().reached) <= set(RUNGS)
