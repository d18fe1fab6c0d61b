"""What is kept of coaching and of looking after people: sealed, forgotten whole, nobody's."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from kindline.coaching.scorecard import Answer
from kindline.errors import InputError, PolicyError
from kindline.policy import profile
from kindline.store.breaks import begin_break, note_offer, offers_by_agent
from kindline.store.calls import begin_call, change_call
from kindline.store.care_tables import (
    EVALUATIONS,
    OWN_RECORDS,
    PULSES,
    SHARED_MOMENTS,
    STAFF,
    TEAM_MATERIAL,
)
from kindline.store.council import Council, coach_sees, council, decide, decisions
from kindline.store.database import Store
from kindline.store.erasure import erase_conversation
from kindline.store.exposures import contacts_of_agent
from kindline.store.load_rules import choose_weights, weights_in_force
from kindline.store.named_keys import key_named
from kindline.store.own_records import forget_own, keep_own, own_key, own_record
from kindline.store.people import add_team, add_user, change_user, put_agents, remove_user
from kindline.store.pulses import answer_pulse, has_answered, pulse_answers, quarter_of
from kindline.store.retention import forget
from kindline.store.rounds import (
    Evaluation,
    Wanted,
    contacts_of,
    draw_round,
    evaluate,
    evaluations,
    rounds,
    say_to,
)
from kindline.store.self_reports import forget_self_reports, note_heavy, self_reports
from kindline.store.shared_moments import Place, share, shared, take_back
from kindline.store.staff import replace_staff, staff
from kindline.store.tables import CONVERSATIONS, KEYS
from kindline.store.team_material import Given, give, material
from kindline.wellbeing.attrition import Person
from kindline.wellbeing.exposure import weights, weights_from
from tests.insight.contacts import put
from tests.store.kept import conversation, keep

CUE = "I have made up my mind, I do not want to live any more. Nobody would miss me."
WORDS = "never seen in the clear"


def furnished(store: Store, now: datetime) -> tuple[dict[str, int], frozenset[str], str]:
    """Return numbers of contacts by id, the team's ids, and the agent's user id."""
    with store.begin() as tenancy:
        team = add_team(tenancy, "Evening")
        put_agents(tenancy, {"A-1": team, "A-2": team})
        user = add_user(tenancy, "a@x.test", "A", ["agent"], now=now)
        change_user(tenancy, user.user_id, agent_id="A-1")
    said = [(f"one-{n}", "A-1", "My bill is wrong.") for n in range(4)]
    said += [("two-0", "A-2", "My bill is wrong."), ("cue", "A-1", CUE), ("other", "A-9", "Hello.")]
    for identity, agent, words in said:
        keep(store, conversation(words, id=identity, agent_id=agent), now, policy="eu-consented")
    with store.read() as tenancy:
        query = select(CONVERSATIONS.c.conversation_id, CONVERSATIONS.c.number)
        rows = tenancy.connection.execute(query)
        numbers = {row.conversation_id: row.number for row in rows}
    return numbers, frozenset({team}), user.user_id


def drawn(store: Store, teams: frozenset[str], now: datetime, kind: str = "plan") -> str:
    """Return a round that is drawn."""
    wanted = Wanted(
        kind=kind,  # type: ignore[arg-type]
        name="r",
        scorecard="care",
        n_each=2,
        since=now - timedelta(days=30),
    )
    with store.begin() as tenancy:
        return draw_round(tenancy, wanted, teams, by="coach", now=now)


def answered(store: Store, round_id: str, number: int, now: datetime, **more: str) -> str:
    """Return an evaluation that is kept."""
    answers: dict[str, Answer] = {"received": "partly"}
    told = {"round_id": round_id, "user_id": "coach", "agent_key": "k", "note": WORDS, **more}
    with store.begin() as tenancy:
        one = Evaluation(evaluation_id="", number=number, made_at=now, answers=answers, **told)
        return evaluate(tenancy, one, now=now)


def test_own_records_open_for_their_own_key_alone(store: Store) -> None:
    """Kept, changed, opened; in the table there is nothing to read."""
    with store.begin() as tenancy:
        keep_own(tenancy, "u", "drills", {"x": WORDS})
        keep_own(tenancy, "u", "drills", {"x": WORDS, "y": 1})
        assert own_record(tenancy, "u", "drills") == {"x": WORDS, "y": 1}
        assert own_record(tenancy, "v", "drills") is None
        (raw,) = tenancy.connection.scalars(select(OWN_RECORDS.c.told)).all()
        assert WORDS.encode() not in raw


def test_what_is_forgotten_goes_with_its_key_and_the_rest_stays(
    store: Store, now: datetime
) -> None:
    """Notes forgotten: practice stays, under a new key; all forgotten: no key is left."""
    with store.begin() as tenancy:
        keep_own(tenancy, "u", "drills", [1])
        note_heavy(tenancy, "u", 5, now=now)
        is_it = KEYS.c.conversation_id == own_key("u")
        before = tenancy.connection.scalar(select(KEYS.c.wrapped).where(is_it))
        forget_self_reports(tenancy, "u")
        after = tenancy.connection.scalar(select(KEYS.c.wrapped).where(is_it))
        assert after not in (before, None)
        assert self_reports(tenancy, "u") == []
        assert own_record(tenancy, "u", "drills") == [1]
        forget_own(tenancy, "u")
        assert key_named(tenancy, own_key("u")) is None
        assert own_record(tenancy, "u", "drills") is None


def test_a_user_who_is_removed_leaves_nothing_of_their_own(store: Store, now: datetime) -> None:
    """Records, shared moments, contacts given: gone with the user."""
    numbers, _, user_id = furnished(store, now)
    with store.begin() as tenancy:
        keep_own(tenancy, user_id, "calls", [1])
        share(tenancy, user_id, Place(numbers["one-0"], 0, "warm_close"), now=now)
        assert give(tenancy, Given(numbers["one-0"], user_id, "service"), now=now)
        remove_user(tenancy, user_id)
        for table in (OWN_RECORDS, SHARED_MOMENTS, TEAM_MATERIAL):
            assert tenancy.connection.scalar(select(func.count()).select_from(table)) == 0


def test_a_plan_draws_each_agent_alike_and_no_cue(store: Store, now: datetime) -> None:
    """Two of each, one of whom had one; none of another team, none with a crisis cue."""
    numbers, teams, _ = furnished(store, now)
    by_number = {number: identity for identity, number in numbers.items()}
    with store.read() as tenancy:
        found = contacts_of(tenancy, drawn(store, teams, now))
    assert sorted(by_number[one].partition("-")[0] for one in found) == ["one", "one", "two"]
    with store.read() as tenancy:
        both = contacts_of(tenancy, drawn(store, teams, now, "calibration"))
        assert len(both) == 2
        assert {one.kind for one in rounds(tenancy)} == {"plan", "calibration"}
    with pytest.raises(InputError):
        drawn(store, frozenset(), now)


def test_an_evaluation_is_sealed_and_said_to(store: Store, now: datetime) -> None:
    """Answers, note, dispute and answer open together; nothing of it is in the clear."""
    numbers, teams, _ = furnished(store, now)
    round_id = drawn(store, teams, now)
    answered(store, round_id, numbers["one-0"], now)
    identity = answered(store, round_id, numbers["one-0"], now)
    with store.begin() as tenancy:
        (one,) = evaluations(tenancy)
        assert (one.evaluation_id, one.note, one.answers) == (
            identity,
            WORDS,
            {"received": "partly"},
        )
        say_to(tenancy, one, now=now, disputed=f"not so {WORDS}")
        (one,) = evaluations(tenancy)
        say_to(tenancy, one, now=now, answered="right")
        (one,) = evaluations(tenancy)
        assert (one.disputed, one.answered) == (f"not so {WORDS}", "right")
        (raw,) = tenancy.connection.scalars(select(EVALUATIONS.c.told)).all()
        assert WORDS.encode() not in raw


def test_what_is_said_of_an_erased_contact_is_erased(store: Store, now: datetime) -> None:
    """Evaluation with its key, shared moment, what was given or recognised; the receipt says so."""
    numbers, teams, user_id = furnished(store, now)
    number = numbers["one-0"]
    identity = answered(store, drawn(store, teams, now), number, now)
    with store.begin() as tenancy:
        share(tenancy, user_id, Place(number, 0, "warm_close"), now=now)
        give(tenancy, Given(number, user_id, "service"), now=now)
        said = [{"number": number, "own": "absent"}, {"number": number + 1, "own": "absent"}]
        keep_own(tenancy, user_id, "recognised", said)
        receipt = erase_conversation(tenancy, "one-0", asked_by="dpo", now=now)
        assert "deleted" in receipt.told["coaching"]
        assert evaluations(tenancy) == []
        assert key_named(tenancy, f"evaluation-{identity}") is None
        assert shared(tenancy) == []
        assert material(tenancy) == []
        assert own_record(tenancy, user_id, "recognised") == said[1:]


def test_evaluations_are_forgotten_on_time(store: Store, now: datetime) -> None:
    """As long as what agents did is kept, by the policy in force, and no longer."""
    numbers, teams, _ = furnished(store, now)
    answered(store, drawn(store, teams, now), numbers["one-0"], now)
    days = profile("eu-strict").keep_days["agent_behaviours"]
    with store.begin() as tenancy:
        forget(tenancy, now=now + timedelta(days=days - 1))
        assert len(evaluations(tenancy)) == 1
        forget(tenancy, now=now + timedelta(days=days + 1))
        assert evaluations(tenancy) == []


def test_shared_moments_are_taken_back(store: Store, now: datetime) -> None:
    """One's own, and nobody else's."""
    place = Place(7, 3, "stock_phrase")
    with store.begin() as tenancy:
        share(tenancy, "u", place, now=now)
        share(tenancy, "u", place, now=now)
        take_back(tenancy, "v", place)
        assert [one.place for one in shared(tenancy, by="u")] == [place]
        take_back(tenancy, "u", place)
        assert shared(tenancy) == []


def test_only_what_a_caller_agreed_to_is_given_to_a_team(store: Store, now: datetime) -> None:
    """Not on another basis, not with a cue, not without its words."""
    numbers, _, user_id = furnished(store, now)
    plain = conversation("Hello.", id="contract", agent_id="A-1", lawful_basis="contract")
    keep(store, plain, now, policy="eu-consented")
    with store.begin() as tenancy:
        query = select(CONVERSATIONS.c.number).where(CONVERSATIONS.c.conversation_id == "contract")
        number = tenancy.connection.scalar(query) or 0
        assert not give(tenancy, Given(number, user_id, "service"), now=now)
        assert not give(tenancy, Given(numbers["cue"], user_id, "service"), now=now)
        assert give(tenancy, Given(numbers["one-1"], user_id, "service"), now=now)


def test_a_council_bounds_and_never_widens(store: Store, now: datetime) -> None:
    """What policy and council both allow; the last decision counts, all are kept."""
    with store.begin() as tenancy:
        assert council(tenancy) == Council()
        decide(tenancy, Council(has_load=False, coach_sees="all"), by="C", now=now)
        decide(tenancy, Council(coach_sees="nothing"), by="C", now=now)
        assert council(tenancy).coach_sees == "nothing"
        assert [one.coach_sees for one in decisions(tenancy)] == ["nothing", "all"]
    for seen_by, chosen, wanted in (
        (("agent",), "all", "nothing"),
        (("agent", "coach-when-shared"), "all", "shared"),
        (("agent", "coach-when-shared"), "nothing", "nothing"),
        (("agent", "coach"), "shared", "shared"),
        (("agent", "coach"), "all", "all"),
    ):
        assert coach_sees(seen_by, Council(coach_sees=chosen)) == wanted  # type: ignore[arg-type]


def test_who_sits_on_the_council_has_no_other_role(store: Store, now: datetime) -> None:
    """An administrator with its switches would be the employer's; the user is not made."""
    with store.begin() as tenancy, pytest.raises(InputError, match="no other role"):
        add_user(tenancy, "c@x.test", "C", ["council", "admin"], now=now)
    with store.begin() as tenancy:
        made = add_user(tenancy, "c@x.test", "C", ["council"], now=now)
        with pytest.raises(InputError, match="no other role"):
            change_user(tenancy, made.user_id, roles=["council", "lead"])


def test_weights_are_the_last_chosen(store: Store, now: datetime) -> None:
    """Ours until somebody chooses, with who and when."""
    with store.begin() as tenancy:
        assert weights_in_force(tenancy).made_by is None
        chosen = weights_from({**weights().as_told(), "abuse": 3.0})
        choose_weights(tenancy, chosen, by="D", now=now)
        found = weights_in_force(tenancy)
        assert (found.weights, found.made_by) == (chosen, "D")


def test_a_pulse_is_answered_once_and_by_nobody(store: Store, now: datetime) -> None:
    """The second is refused; a row has no time and no name, and another quarter is another."""
    with store.begin() as tenancy:
        answer_pulse(tenancy, "u", {"stays": 3}, team="Evening", now=now)
        assert has_answered(tenancy, "u", quarter_of(now))
        with pytest.raises(PolicyError):
            answer_pulse(tenancy, "u", {"stays": 4}, team="Evening", now=now)
        answer_pulse(tenancy, "u", {"stays": 4}, team="Evening", now=now + timedelta(days=100))
        assert pulse_answers(tenancy, quarter_of(now)) == {"Evening": [{"stays": 3}]}
        for row in tenancy.connection.execute(select(PULSES)).mappings():
            assert "u" not in (row["pulse_id"], row["team"])
            assert not any(isinstance(value, datetime) for value in row.values())


def test_the_database_does_not_remember_whose_answer_came_when(store: Store, now: datetime) -> None:
    """Rows of a quarter are written anew together: none bears the mark of who answered with it."""
    for number in range(6):
        with store.begin() as tenancy:
            answer_pulse(tenancy, f"u{number}", {"stays": number % 5}, team="Evening", now=now)
    with store.read() as tenancy:
        told = pulse_answers(tenancy, quarter_of(now))["Evening"]
        assert sorted(one["stays"] for one in told) == [0, 0, 1, 2, 3, 4]
        if tenancy.connection.dialect.name == "postgresql":
            marks = "SELECT count(DISTINCT CAST(xmin AS text)) FROM pulses"
            assert tenancy.connection.scalar(text(marks)) == 1
            given = "SELECT count(DISTINCT CAST(xmin AS text)) FROM pulse_given"
            assert tenancy.connection.scalar(text(given)) == 6


def test_an_extract_is_whole_and_its_people_are_nobody_we_know(store: Store) -> None:
    """The next replaces it; the same pseudonym is another there than among agents."""
    people = [("A-1", Person(team="Evening", started_on=date(2025, 1, 1)))]
    with store.begin() as tenancy:
        replace_staff(tenancy, [("A-7", Person(team="Day", started_on=date(2020, 1, 1)))])
        replace_staff(tenancy, people)
        assert staff(tenancy) == [people[0][1]]
        (key,) = tenancy.connection.scalars(select(STAFF.c.staff_key)).all()
        assert key != tenancy.blind("agent", "A-1")


def test_a_live_call_and_what_it_became_are_one_contact(store: Store, now: datetime) -> None:
    """A cue that came up while the call went on weighs once; alone it weighs too."""
    furnished(store, now)
    at = now - timedelta(hours=1)
    put(store, "A-1", at)
    with store.begin() as tenancy:
        key = tenancy.blind("agent", "A-1") or ""
        for begun_at in (at + timedelta(seconds=2), at + timedelta(minutes=30)):
            told = {"conversation_id": f"live-{begun_at}", "agent_id": "A-1"}
            call = begin_call(tenancy, f"{begun_at}", "plain", told, now=begun_at)
            ended = {"has_met_risk": True, "ended_at": begun_at}
            change_call(tenancy, call.call_id, ended)
        found = contacts_of_agent(tenancy, key, now - timedelta(hours=2))
    assert [one.has_risk for one in found] == [True, True]


def test_breaks_that_were_offered_are_counted_by_team(store: Store, now: datetime) -> None:
    """Offered once a contact; taken, where a break began within two hours."""
    _, _, user_id = furnished(store, now)
    with store.begin() as tenancy:
        note_offer(tenancy, user_id, now, now=now)
        note_offer(tenancy, user_id, now, now=now + timedelta(minutes=1))
        note_offer(tenancy, user_id, now - timedelta(hours=5), now=now - timedelta(hours=5))
        begin_break(tenancy, user_id, now=now + timedelta(minutes=3))
        since, until = now - timedelta(days=1), now + timedelta(days=1)
        assert offers_by_agent(tenancy, since, until) == [("Evening", 2, 1)]
