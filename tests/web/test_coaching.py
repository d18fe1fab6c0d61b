"""Coaching on pages: what agents see first and share, what coaches say, what a council stops."""

from datetime import timedelta
import re

from sqlalchemy import select, update

from kindline.coaching.drills import drills
from kindline.coaching.scorecard import scorecard
from kindline.store.labels import disputed
from kindline.store.people import add_user, change_user
from kindline.store.sessions import open_session
from kindline.store.tables import CONVERSATIONS
from kindline.wellbeing.pulse import items
from tests.insight.contacts import put
from tests.store.kept import conversation, keep
from tests.web.conftest import CRISIS, OURS, WORD, Browser, House, text_of

NOTE = "Please wait for the street name."
SAID = "I did ask in turn six."


def number_of(house: House, identity: str = "mine") -> int:
    """Return the number of one of our contacts."""
    with house.store.of(OURS).read() as tenancy:
        query = select(CONVERSATIONS.c.number).where(
            CONVERSATIONS.c.conversation_id == f"{OURS}-{identity}"
        )
        return tenancy.connection.scalar(query) or 0


def share(house: House, act: str = "share") -> None:
    """Share the moment of our own contact, or take it back."""
    page = house.as_role("agent").get("/my-desk/moments").text
    (form,) = re.findall(r'<form method="post" action="/my-desk/moments".*?</form>', page, re.S)
    told = dict(re.findall(r'name="(number|turn|kind)" value="([^"]+)"', form))
    answer = house.as_role("agent").post("/my-desk/moments", {**told, "act": act})
    assert answer.status_code == 303


def evaluated(house: House) -> tuple[str, str]:
    """Return a round that a coach filled in, and the evaluation of the agent's own contact."""
    coach = house.as_role("coach")
    wanted = {"name": "November", "card": "care", "n_each": "1", "weeks": "4"}
    at = coach.post("/coach/rounds", wanted).headers["location"]
    round_id = at.rpartition("/")[2]
    answers = {one.name: "yes" for one in scorecard("care").criteria}
    for identity in ("mine", "team"):
        number = number_of(house, identity)
        answer = coach.post(f"{at}/{number}", {**answers, "note": NOTE})
        assert answer.status_code == 303
    desk = house.as_role("agent").get("/my-desk").text
    (evaluation,) = re.findall(r"/my-desk/evaluations/(\w+)", desk)
    return round_id, evaluation


def test_a_moment_is_the_agents_until_they_share_it(house: House) -> None:
    """The agent sees words, why, a better line; a coach sees it when shared, and then no more."""
    own = text_of(house.as_role("agent").get("/my-desk/moments"))
    assert WORD in own
    assert "They told you, and it was passed by" in own
    coach = house.as_role("coach")
    assert WORD not in coach.get("/coach").text
    share(house)
    shown = text_of(coach.get("/coach"))
    assert WORD in shown
    assert "agent" in shown
    share(house, "back")
    assert WORD not in coach.get("/coach").text


def test_only_ones_own_moments_can_be_shared(house: House) -> None:
    """A place in another's contact, or one that is no moment, is not there."""
    agent = house.as_role("agent")
    for number, turn, kind in (
        (number_of(house, "team"), 1, "company_missed"),
        (number_of(house), 0, "company_missed"),
        (number_of(house), 1, "appraisal"),
    ):
        told = {"number": str(number), "turn": str(turn), "kind": kind, "act": "share"}
        assert agent.post("/my-desk/moments", told).status_code == 404


def test_contacts_with_a_cue_are_for_who_looks_after_them(house: House) -> None:
    """Neither moments, nor judging, nor practice, nor a coach's round has one of them."""
    store = house.store.of(OURS)
    text = f"You are the only voice I hear. {CRISIS}"
    turns = [{"party": "customer", "text": text}, {"party": "agent", "text": "Goodbye."}]
    keep(
        store,
        conversation("", id="cue", turns=turns, agent_id="A-1"),
        house.clock(),
        "eu-consented",
    )
    agent, coach = house.as_role("agent"), house.as_role("coach")
    for path in ("/my-desk", "/my-desk/moments", "/my-desk/recognise", "/practice/team"):
        assert "only voice I hear." not in agent.get(path).text
        assert 'cue"' not in agent.get(path).text
    wanted = {"name": "x", "card": "care", "n_each": "50"}
    at = coach.post("/coach/rounds", wanted).headers["location"]
    assert "2 contacts" in text_of(coach.get(at))


def test_the_strict_policy_lets_nothing_be_shared(house: House) -> None:
    """Under it a coach sees nothing of what agents did: there is no button, and no way round it."""
    store = house.store.of(OURS)
    text = "You are the only voice I hear all week. It is so quiet, I talk to the walls."
    turns = [
        {"party": "customer", "text": text},
        {"party": "agent", "text": "The parcel comes on Monday."},
    ]
    keep(store, conversation("", id=f"{OURS}-mine", turns=turns, agent_id="A-1"), house.clock())
    page = house.as_role("agent").get("/my-desk/moments").text
    assert "talk to the walls" in page
    assert 'value="share"' not in page
    told = {"number": str(number_of(house)), "turn": "1", "kind": "company_missed", "act": "share"}
    assert house.as_role("agent").post("/my-desk/moments", told).status_code == 404


def test_a_council_switches_off_at_once(house: House) -> None:
    """Moments, load, scorecards, sharing: gone from pages, and forms are refused."""
    share(house)
    house.as_role("council").post("/council", {"coach_sees": "nothing"})
    agent, coach = house.as_role("agent"), house.as_role("coach")
    desk = text_of(agent.get("/my-desk"))
    assert desk.count("The works council switched this off.") == 2
    assert WORD not in agent.get("/my-desk/moments").text
    assert WORD not in coach.get("/coach").text
    wanted = {"name": "x", "card": "care", "n_each": "1"}
    assert coach.post("/coach/rounds", wanted).status_code == 422
    assert "switched this off" in coach.get("/conditions").text
    house.as_role("council").post("/council", {"coach_sees": "shared", "moments": "1", "load": "1"})
    assert WORD in coach.get("/coach").text
    page = text_of(house.as_role("dpo").get("/council"))
    assert "Only the works council changes this." in page
    assert page.count("UTC, council:") == 2


def test_a_coach_answers_and_an_agent_says_otherwise(house: House) -> None:
    """Words beside questions for the agent alone; a dispute, and its answer."""
    round_id, evaluation = evaluated(house)
    agent, coach = house.as_role("agent"), house.as_role("coach")
    page = agent.get(f"/my-desk/evaluations/{evaluation}")
    assert NOTE in page.text
    quoted = re.findall(r'<li><a href="#turn-\d+"><q>(.*?)</q>', page.text)
    assert any("call you back" in words for words in quoted)
    form = coach.get(f"/coach/rounds/{round_id}/{number_of(house)}").text
    assert re.findall(r"<q>", form) == []
    agent.post(f"/my-desk/evaluations/{evaluation}", {"said": SAID})
    assert SAID in coach.get(f"/coach/evaluations/{evaluation}").text
    coach.post(f"/coach/evaluations/{evaluation}", {"said": "Then I heard it wrong."})
    assert "Then I heard it wrong." in agent.get(f"/my-desk/evaluations/{evaluation}").text


def test_forms_are_whole_and_of_contacts_that_were_drawn(house: House) -> None:
    """A missing answer is refused; a contact outside of the round is not there."""
    round_id, _ = evaluated(house)
    coach = house.as_role("coach")
    number = number_of(house)
    assert coach.post(f"/coach/rounds/{round_id}/{number}", {"received": "yes"}).status_code == 422
    outside = number_of(house, "elsewhere")
    assert coach.get(f"/coach/rounds/{round_id}/{outside}").status_code == 404


def test_a_plan_and_its_forms_are_its_coachs(house: House) -> None:
    """Another coach of the same team finds neither the round nor what was answered."""
    round_id, evaluation = evaluated(house)
    other = second(house, "coach")
    for path in (f"/coach/rounds/{round_id}", f"/coach/evaluations/{evaluation}"):
        assert other.get(path).status_code == 404
    assert NOTE not in other.get("/coach").text


def second(house: House, role: str, agent_id: str | None = None) -> Browser:
    """Return a browser of a second user of a role."""
    now = house.clock()
    with house.store.of(OURS).begin() as tenancy:
        made = add_user(tenancy, f"second-{role}@own.test", f"second {role}", [role], now=now)
        if agent_id is not None:
            change_user(tenancy, made.user_id, agent_id=agent_id)
        secret = open_session(tenancy.connection, made.user_id, is_complete=True, now=now)
    return Browser(client=house.client, secret=secret)


def test_evaluators_see_each_other_after_they_answered(house: House) -> None:
    """Alpha and kappa when all of it is answered, and not a moment before."""
    coach = house.as_role("coach")
    wanted = {"name": "Together", "card": "service", "n_each": "2", "kind": "calibration"}
    at = coach.post("/coach/rounds", wanted).headers["location"]
    numbers = [number_of(house, "mine"), number_of(house, "team")]
    answers = {one.name: "yes" for one in scorecard("service").criteria}
    coach.post(f"{at}/{numbers[0]}", answers)
    assert "when you have answered all of it" in text_of(coach.get(at))
    coach.post(f"{at}/{numbers[1]}", {**answers, "owned": "no"})
    page = text_of(coach.get(at))
    assert "Agreement by question" in page
    assert "Krippendorff" in page
    assert house.as_role("agent").get("/my-desk").text.count("/my-desk/evaluations/") == 0


def test_a_form_outlives_the_words_it_was_about(house: House) -> None:
    """When the words are gone, coach and agent still read what was answered; nothing is quoted."""
    round_id, evaluation = evaluated(house)
    with house.store.of(OURS).begin() as tenancy:
        tenancy.connection.execute(
            update(CONVERSATIONS).where(CONVERSATIONS.c.tenant_id == OURS).values(turns=None)
        )
    page = text_of(house.as_role("agent").get(f"/my-desk/evaluations/{evaluation}"))
    assert NOTE in page
    assert "The words of this contact are gone." in page
    assert "Did the caller get to tell their story" in page
    coach = house.as_role("coach")
    assert NOTE in coach.get(f"/coach/evaluations/{evaluation}").text
    assert coach.get(f"/coach/rounds/{round_id}").status_code == 200


def test_the_agent_says_first_and_what_differs_goes_to_review(house: House) -> None:
    """Before the answer no label is on the page; after it both; once; and Review hears of it."""
    agent = house.as_role("agent")
    page = agent.get("/my-desk/recognise").text
    assert WORD in page
    assert "<mark" not in page
    number = number_of(house)
    said = {"service": "unsure", "companionship": "absent", "support": "unsure", "abuse": "absent"}
    answer = text_of(agent.post(f"/my-desk/recognise/{number}", said))
    assert "Beside each other" in answer
    assert agent.post(f"/my-desk/recognise/{number}", said).status_code == 404
    with house.store.of(OURS).read() as tenancy:
        assert set(disputed(tenancy)[number]) == {"companionship"}
    review = house.as_role("analyst").get("/review").text
    assert f"{OURS}-mine" in review
    assert "Nothing to say of today" in text_of(agent.get("/my-desk/recognise"))
    assert agent.post(f"/my-desk/recognise/{number_of(house, 'team')}", said).status_code == 404


def test_a_piece_is_answered_and_told_why(house: House) -> None:
    """Right or not, the reason; the certificate counts it and says nothing of how well."""
    agent = house.as_role("agent")
    drill = next(iter(drills("en").values()))
    wrong = next(n for n in range(len(drill.options)) if (n,) != drill.right)
    told = {"drill": drill.id, "language": "en", "place": str(wrong)}
    answer = text_of(agent.post("/practice/drills", told))
    assert "Not quite" in answer
    assert drill.why.split(":")[0] in answer
    page = text_of(agent.get("/practice/certificate"))
    assert "answers in all 1" in page
    assert agent.post("/practice/drills", {**told, "drill": "need-0"}).status_code == 404
    assert agent.post("/practice/drills", {**told, "place": "99"}).status_code == 303
    agent.post("/my-desk/forget")
    assert "nothing yet" in text_of(agent.get("/practice/certificate"))


def test_a_practice_call_tells_what_was_not_to_be_said(house: House) -> None:
    """A claim that was not true in this call, and a pretext; and it counts in the certificate."""
    agent = house.as_role("agent")
    call = {"language": "en", "caller": "meter-reading"}
    page = agent.post("/practice", {**call, "say": "Others are waiting. The line is bad."}).text
    steps = re.search(r'name="done" value="([^"]*)"', page)
    assert steps is not None
    done = steps.group(1).replace("&#34;", '"').replace("&#39;", "'")
    over = text_of(agent.post("/practice", {**call, "done": done, "act": "end"}))
    assert "that others are waiting, and nobody was" in over
    assert "a pretext" in over
    assert "calls to practice callers 1" in text_of(agent.get("/practice/certificate"))


def test_a_team_practises_on_what_a_colleague_gave(house: House) -> None:
    """Given by whoever had it, seen by the team alone, and taken back."""
    agent, number = house.as_role("agent"), number_of(house)
    near, far = second(house, "agent", "A-2"), house.as_role("agent", "other")
    assert near.get(f"/practice/team/{number}").status_code == 404
    told = {"number": str(number), "need": "companionship"}
    assert agent.post("/practice/team", told).status_code == 303
    assert WORD in near.get(f"/practice/team/{number}").text
    answer = text_of(near.post(f"/practice/team/{number}", {"need": "service"}))
    assert "Who had the contact says: Company" in answer
    assert far.get(f"/practice/team/{number}").status_code == 404
    stolen = {"number": str(number_of(house, "team")), "need": "service"}
    assert agent.post("/practice/team", stolen).status_code == 404
    near.post("/practice/team", {"number": str(number), "act": "back"})
    assert near.get(f"/practice/team/{number}").status_code == 200
    agent.post("/practice/team", {"number": str(number), "act": "back"})
    assert near.get(f"/practice/team/{number}").status_code == 404


def test_a_break_is_offered_after_what_was_heavy_and_is_no_more_when_taken(house: House) -> None:
    """Fifteen minutes after risk, without saying so of which contact; then it is taken."""
    at = house.clock() - timedelta(minutes=10)
    put(house.store.of(OURS), "A-1", at, has_risk=True)
    agent = house.as_role("agent")
    assert "15 minutes off the queue" in text_of(agent.get("/my-desk"))
    answer = agent.post("/desk/break", {"act": "begin", "back": "my-desk"})
    assert answer.headers["location"] == "/my-desk"
    page = text_of(agent.get("/my-desk"))
    assert "off the queue" not in page
    assert "You are on a break" in page


def test_the_pulse_is_answered_once_and_whole(house: House) -> None:
    """A missing answer keeps nothing; the second of a quarter is refused; the form is gone."""
    agent = house.as_role("agent")
    whole = {one.name: "3" for one in items()}
    assert agent.post("/my-desk/pulse", {**whole, "stays": ""}).status_code == 422
    assert agent.post("/my-desk/pulse", whole).status_code == 200
    assert agent.post("/my-desk/pulse", whole).status_code == 422
    assert "How was this quarter?" not in text_of(agent.get("/my-desk"))


def test_weights_are_changed_by_who_keeps_the_policy(house: House) -> None:
    """In force for agents and shown to the council; what cannot be is refused."""
    admin = house.as_role("admin")
    page = admin.get("/live-rules").text
    told = dict(re.findall(r'name="(\w+)" min="0" max="480" step="any" value="([^"]+)"', page))
    assert len(told) == 10
    assert admin.post("/live-rules/load", {**told, "after_risk_min": "5"}).status_code == 422
    assert admin.post("/live-rules/load", {**told, "abuse": "7"}).status_code == 303
    assert "a contact with insults 7" in text_of(house.as_role("council").get("/council"))


def test_a_new_agent_finds_their_way_in_ten_minutes(house: House) -> None:
    """Signed in they stand at their own desk; what is seen of them is one link away."""
    agent = house.as_role("agent")
    assert agent.get("/").headers["location"] == "/my-desk"
    desk = agent.get("/my-desk").text
    for path in ("/my-desk/sees", "/practice/drills", "/practice", "/my-desk/recognise"):
        assert f'href="{path}"' in desk
        assert agent.get(path).status_code == 200
    assert house.as_role("council").get("/").headers["location"] == "/council"
