"""The desk of an agent, the floor and the cases: who sees what of a call that goes on."""

from datetime import timedelta
from pathlib import Path

import pytest

from kindline.calls.articles import Articles
from kindline.calls.ending import finish
from kindline.desk.events import Ended, Said
from kindline.policy import DEFAULT
from kindline.store.call_tables import CASES
from kindline.store.cases import cases, steps
from kindline.store.in_force import in_force
from kindline.store.people import add_team, put_agents
from kindline.store.retention import forget
from kindline.store.self_reports import self_reports
from kindline.web.routes.desk import QUIET
from tests.web.conftest import CRISIS, OURS, THEIRS, House, text_of

COMPANY = (
    "You are the only voice I hear all week, you know. Since my husband died it is so quiet here.",
    "Nobody calls any more. I just like to talk to somebody for a while, you are so kind.",
)


def begin(house: House, name: str = "c-1", *, agent: str | None = "A-1") -> str:
    """Begin a call of an agent and return its id."""
    told = {"conversation_id": name, "language": "en", "queue": "care", "country": "NL"}
    given = {**told, **({"agent_id": agent} if agent else {})}
    return house.live.switchboard.begin(OURS, name, "plain", given).call_id


def say(house: House, call_id: str, *texts: str, at_ms: int = 70_000) -> None:
    """Let the customer talk."""
    said = [Said(at_ms=at_ms + n, role="customer", text=text) for n, text in enumerate(texts)]
    for one in said:
        house.live.switchboard.put(OURS, call_id, [one]).result(30)


def act(house: House, call_id: str, role: str = "agent", **told: str) -> int:
    """Do something on a desk; return the status of the answer."""
    return house.as_role(role).post(f"/desk/{call_id}", told).status_code  # type: ignore[arg-type]


def test_a_desk_shows_ones_own_call_and_nobody_elses(house: House) -> None:
    """Another agent's call is not there, nor is any for who is no agent; a lead does not listen."""
    mine, theirs = begin(house), begin(house, "c-2", agent="A-2")
    say(house, mine, "My parcel came broken.")
    say(house, theirs, "My invoice is wrong.")
    agent = house.as_role("agent")
    assert "My parcel came broken." in text_of(agent.get(f"/desk/{mine}"))
    for path in (f"/desk/{theirs}", f"/desk/{theirs}/now", f"/desk/{theirs}/events"):
        assert agent.get(path).status_code == 404
    assert act(house, theirs, act="card") == 404
    for role in ("lead", "coach", "safeguarding"):
        assert house.as_role(role).get(f"/desk/{mine}").status_code == 404  # type: ignore[arg-type]
    other = house.as_role("agent", THEIRS)
    assert other.get(f"/desk/{mine}").status_code == 404


def test_a_lead_comes_when_asked_and_it_is_written_down(house: House) -> None:
    """While a supervisor is asked for the lead of the team may open the call, and take it over."""
    call_id = begin(house)
    assert act(house, call_id, act="help", told="yes") == 303
    lead = house.as_role("lead")
    assert "A supervisor is asked for" in text_of(lead.get("/floor"))
    assert lead.get(f"/desk/{call_id}").status_code == 200
    assert act(house, call_id, "lead", act="take_over") == 303
    assert "Taken over by lead" in text_of(house.as_role("agent").get(f"/desk/{call_id}"))
    assert lead.get(f"/desk/{call_id}/now").status_code == 200  # it is theirs now
    for told in ({"act": "said", "told": "acknowledge"}, {"act": "end", "told": "closed"}):
        assert act(house, call_id, "lead", **told) == 404
    with house.store.read() as tenancy:
        query = "SELECT user_id, conversation_id FROM views WHERE what = 'live'"
        seen = tenancy.connection.exec_driver_sql(query).all()
    assert [tuple(one) for one in seen] == [(house.user_ids[OURS, "lead"], "c-1")]


def test_a_call_nobody_took_is_taken_once(house: House) -> None:
    """Who says it is theirs has it; it is then nobody's to take."""
    call_id = begin(house, agent=None)
    agent = house.as_role("agent")
    assert "This is my call" in text_of(agent.get("/desk"))
    assert agent.post(f"/desk/{call_id}/take").status_code == 303
    assert agent.get(f"/desk/{call_id}").status_code == 200
    assert "This is my call" not in text_of(agent.get("/desk"))


def test_a_prompt_is_put_away_in_the_browser_alone(house: House) -> None:
    """It says what was heard; put away or muted it is gone there, and stored nowhere."""
    call_id = begin(house)
    say(house, call_id, *COMPANY)
    agent = house.as_role("agent")
    seen = "They may have called to have somebody to talk to."
    assert seen in text_of(agent.get(f"/desk/{call_id}"))
    before = house.live.switchboard.look(OURS, call_id).held.call.n_events
    for told in ({"act": "dismiss", "told": "company"}, {"act": "mute"}):
        answer = agent.post(f"/desk/{call_id}", dict(told))
        cookie = answer.headers["set-cookie"].partition(";")[0]
        assert cookie.startswith(f"{QUIET}=")
        told_of = agent.client.get(
            f"/desk/{call_id}", headers={"cookie": f"kindline_session={agent.secret}; {cookie}"}
        )
        assert seen not in text_of(told_of)
    assert house.live.switchboard.look(OURS, call_id).held.call.n_events == before


def test_muted_for_good_is_the_agents_own_choice(house: House) -> None:
    """No prompt any more, the card all the same; no other page says who chose so."""
    call_id = begin(house)
    say(house, call_id, *COMPANY)
    agent = house.as_role("agent")
    assert agent.post("/account/prompts", {}).status_code == 303
    shown = text_of(agent.get(f"/desk/{call_id}"))
    assert "They may have called to have somebody to talk to." not in shown
    say(house, call_id, CRISIS, at_ms=200_000)
    assert "Who can be called" in text_of(agent.get(f"/desk/{call_id}"))
    user_id = house.user_ids[OURS, "agent"]
    told = house.as_role("admin").get(f"/people/users/{user_id}").text
    assert "prompt" not in told.lower()


def test_the_way_out_waits_while_a_cue_is_open(house: House) -> None:
    """Not said, not ended by right; for abuse always. Closing it is logged in the case."""
    call_id = house.call_id()
    assert act(house, call_id, act="said", told="acknowledge") == 409
    assert act(house, call_id, act="end", told="ended_by_right") == 409
    told = {"act": "closed", "told": "number_given", "offered": "supervisor", "accepted": "yes"}
    assert act(house, call_id, **told) == 303
    with house.store.read() as tenancy:
        (case,) = cases(tenancy, CASES.c.call_id == call_id)
        log = [(one.by_name, one.what, one.offered) for one in steps(tenancy, case.case_id)]
    assert log[1:] == [("agent", "offered", "supervisor"), ("agent", "number_given", None)]
    assert act(house, call_id, act="end", told="ended_by_right") == 303


def test_what_is_no_act_does_nothing(house: House) -> None:
    """Nothing a form can hold, and nothing that is not the visitor's to do."""
    call_id = house.call_id()
    for told in ({}, {"act": "x"}, {"act": "said", "told": "x"}, {"act": "end", "told": "x"}):
        assert act(house, call_id, **told) == 404
    assert act(house, call_id, "lead", act="end", told="ended_by_right") == 404


def test_after_a_call_the_desk_looks_after_the_agent(house: House) -> None:
    """A break and a talk after a cue; how heavy it was is theirs alone, sealed."""
    call_id = house.call_id()
    assert act(house, call_id, act="closed", told="handed_over") == 303
    assert act(house, call_id, act="end", told="closed") == 303
    agent = house.as_role("agent")
    with house.store.begin() as tenancy:
        assert finish(tenancy, call_id, house.live.switchboard.house)
    over = text_of(agent.get(f"/desk/{call_id}"))
    assert "How heavy was this for you?" in over
    assert "Take a break of fifteen minutes or more" in over
    assert agent.get(f"/desk/{call_id}/now").headers["kindline-over"] == "1"
    assert agent.post(f"/desk/{call_id}/debrief").status_code == 303
    assert agent.post("/desk/heavy", {"heavy": "4"}).status_code == 303
    assert agent.post("/desk/heavy", {"heavy": "9"}).status_code == 422
    assert "4 of 5" in text_of(agent.get("/desk"))
    with house.store.read() as tenancy:
        own = self_reports(tenancy, house.user_ids[OURS, "agent"])
        (case,) = cases(tenancy, CASES.c.call_id == call_id)
        assert "debrief" in [one.what for one in steps(tenancy, case.case_id)]
        raw = str(tenancy.connection.exec_driver_sql("SELECT told FROM self_reports").scalar())
    assert [one.heavy for one in own] == [4]
    assert agent.post("/desk/heavy/forget").status_code == 303
    assert "4 of 5" not in text_of(agent.get("/desk"))
    assert raw != "4"


def test_ending_by_right_is_protected(house: House) -> None:
    """It is recorded as such, for the agent's own eyes."""
    call_id = begin(house)
    say(house, call_id, "My parcel came broken.")
    assert act(house, call_id, act="end", told="ended_by_right") == 303
    agent = house.as_role("agent")
    assert "as is your right" in text_of(agent.get(f"/desk/{call_id}"))
    assert "protected: 1" in text_of(agent.get("/desk"))


def test_a_break_is_begun_and_ended(house: House) -> None:
    """Nobody is asked why; beginning twice is one break."""
    agent = house.as_role("agent")
    for _ in range(2):
        assert agent.post("/desk/break", {"act": "begin"}).status_code == 303
    assert "You are on a break since" in text_of(agent.get("/desk"))
    agent.post("/desk/break", {"act": "end"})
    assert "You are on a break since" not in text_of(agent.get("/desk"))


def test_the_floor_shows_no_team_of_fewer_than_five(house: House) -> None:
    """Four people and a call: nothing. Five: numbers, and never a name of an agent."""
    begin(house)
    planner = house.as_role("planner")
    assert "Fewer people than 5" in text_of(planner.get("/floor"))
    with house.store.begin() as tenancy:
        team = add_team(tenancy, "Big")
        put_agents(tenancy, {f"A-{n}": team for n in range(1, 6)})
    shown = text_of(planner.get("/floor"))
    assert "1 calls go on" in shown
    assert "A-1" not in shown
    assert "agent@" not in shown


def test_cases_are_for_who_looks_after_them(house: House) -> None:
    """Taken, written down, closed with an outcome; the clock says when it was late."""
    case_id = house.case_id()
    keeper = house.as_role("safeguarding")
    assert "To be taken by" in text_of(keeper.get(f"/cases/{case_id}"))
    house.clock.moved += timedelta(minutes=3)
    assert "late: nobody has taken it" in text_of(keeper.get("/cases"))
    assert keeper.post(f"/cases/{case_id}", {"act": "take"}).status_code == 303
    assert "late" not in text_of(keeper.get("/cases"))
    told = {"act": "offer", "told": "a call back", "accepted": "no"}
    assert keeper.post(f"/cases/{case_id}", dict(told)).status_code == 303
    assert keeper.post(f"/cases/{case_id}", {"act": "close", "told": "fine"}).status_code == 422
    closing = {"act": "close", "told": "not_reached"}
    assert keeper.post(f"/cases/{case_id}", dict(closing)).status_code == 303
    shown = text_of(keeper.get(f"/cases/{case_id}"))
    assert "a call back, not taken" in shown
    assert "Not reached" in shown
    other = house.as_role("safeguarding", THEIRS)
    assert other.get(f"/cases/{case_id}").status_code == 404


def test_an_article_of_the_house_is_shown_as_text(house: House, tmp_path: Path) -> None:
    """Markdown is laid out; what would be a script in it stands there as it was written."""
    folder = tmp_path / "articles"
    folder.mkdir()
    raw = "# Parcels that arrive broken\n\nSend a *label*.\n\n<script>alert(1)</script>\n"
    (folder / "broken.md").write_text(raw, "utf-8")
    vars(house.live.articles).update(vars(Articles(folder)))
    call_id = begin(house)
    say(house, call_id, "My parcel arrived and it is all broken.")
    agent = house.as_role("agent")
    assert "Parcels that arrive broken" in text_of(agent.get(f"/desk/{call_id}"))
    shown = agent.get("/articles/broken").text
    assert "<em>label</em>" in shown
    assert "<script>alert" not in shown
    assert agent.get("/articles/none").status_code == 404


def test_rules_of_the_house_hold_from_the_next_call_on(house: House) -> None:
    """No minutes to give, no ending on one's own, no prompts; precision is shown with n."""
    admin = house.as_role("admin")
    shown = text_of(admin.get("/live-rules"))
    assert "How often it is right" in shown
    told = {"minutes_a_call": "0", "minutes_a_shift": "0", "most_prompts": "0"}
    assert admin.post("/live-rules", dict(told)).status_code == 303
    call_id = begin(house)
    say(house, call_id, *COMPANY)
    look = house.live.switchboard.look(OURS, call_id)
    assert (look.view.left_to_give_ms, look.view.prompt) == (0, None)
    assert act(house, call_id, act="end", told="ended_by_right") == 409
    assert act(house, call_id, act="end", told="abuse") == 303


def test_what_was_given_counts_in_the_shift(house: House) -> None:
    """Minutes given in a call that is over are no more there in the next one of the day."""
    first = begin(house)
    say(house, first, *COMPANY)
    ended = Ended(at_ms=70_001 + 55 * 60_000)
    house.live.switchboard.put(OURS, first, [ended]).result(30)
    second = begin(house, "c-9")
    say(house, second, *COMPANY)
    house.clock.moved += timedelta(milliseconds=70_001)
    left = house.live.switchboard.look(OURS, second).view.left_to_give_ms
    assert left is not None
    assert left <= 5 * 60_000


@pytest.mark.parametrize("role", ["lead", "coach", "planner", "analyst", "dpo", "admin"])
def test_no_other_role_sees_a_case(house: House, role: str) -> None:
    """Nor on the floor."""
    case_id = house.case_id()
    browser = house.as_role(role)  # type: ignore[arg-type]
    assert browser.get(f"/cases/{case_id}").status_code == 403
    if role not in ("admin",):
        assert case_id not in browser.get("/floor").text


def test_when_somebody_took_calls_and_breaks_is_forgotten_in_time(house: House) -> None:
    """As long as what an agent did is kept, and no longer; what goes on is not touched."""
    over, going_on = begin(house, "c-1"), begin(house, "c-2")
    assert act(house, over, act="end", told="closed") == 303
    agent = house.as_role("agent")
    agent.post("/desk/break", {"act": "begin"})
    agent.post("/desk/break", {"act": "end"})
    with house.store.begin() as tenancy:
        finish(tenancy, over, house.live.switchboard.house)
        days = in_force(tenancy, DEFAULT).keep_days["agent_behaviours"]
    for late, left in ((-1, (2, 1)), (1, (1, 0))):
        with house.store.begin() as tenancy:
            forget(tenancy, now=house.clock() + timedelta(days=days + late))
            counted = tuple(
                tenancy.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()  # noqa: S608
                for table in ("calls", "breaks")
            )
        assert counted == left
    assert house.live.switchboard.look(OURS, going_on).held.call.ended_at is None
