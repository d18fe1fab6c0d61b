"""What programs ask: by token, within its scopes; errors tell nothing that was sent."""

from contextlib import suppress
from datetime import timedelta
import json
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import response_schema_conformance

from kindline.model.people import RIGHTS_OF, ROLES, Right, RoleName
from kindline.store.hooks import add_hook
from kindline.store.people import change_user
from kindline.store.sessions import TOKEN_PREFIX, add_token, revoke_token, tokens
from tests.store.kept import conversation, keep
from tests.web.conftest import OURS, THEIRS, WORD, House

QUESTIONS: dict[str, frozenset[Right]] = {
    "/overview": frozenset({"numbers"}),
    "/conversations": frozenset({"own_conversations", "team_conversations", "conversations"}),
    "/imports": frozenset({"imports"}),
    "/metrics": frozenset({"status"}),
    "/erasures": frozenset({"privacy"}),
    "/views": frozenset({"privacy"}),
    "/exports": frozenset({"privacy"}),
    "/users": frozenset({"people"}),
    "/teams": frozenset({"people"}),
    "/policy": frozenset({"policy"}),
    "/samples": frozenset({"review"}),
    "/helplines/CH": frozenset({"crisis", "people"}),
    "/phrases/en": frozenset({"policy"}),
    "/cases": frozenset({"crisis"}),
    "/live-rules": frozenset({"policy"}),
}


def token(house: House, role: RoleName, *scopes: Right, tenant: str = OURS) -> str:
    """Return a token of a user of that role, with all rights of the role or some."""
    chosen = frozenset(scopes) or RIGHTS_OF[role]
    with house.store.of(tenant).begin() as tenancy:
        return add_token(
            tenancy,
            house.user_ids[tenant, role],
            "test",
            chosen,
            now=house.clock(),
            lasts=timedelta(days=30),
        )


def ask(house: House, path: str, secret: str | None, **more: Any) -> httpx.Response:
    """Ask as a program does."""
    method = more.pop("method", "GET")
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    headers |= more.pop("headers", {})
    house.client.cookies.clear()
    return house.client.request(method, f"/api/v1{path}", headers=headers, **more)


@pytest.mark.parametrize("path", QUESTIONS)
def test_a_token_opens_what_its_scopes_and_its_users_role_open(house: House, path: str) -> None:
    """A scope that the role has not adds nothing; a role's right out of scope opens nothing."""
    for role in ROLES:
        may = bool(QUESTIONS[path] & RIGHTS_OF[role])
        status = ask(house, path, token(house, role)).status_code
        assert status == (200 if may else 403), role
        every: tuple[Right, ...] = tuple(sorted({"policy", *QUESTIONS[path]}))
        wide = ask(house, path, token(house, role, *every)).status_code
        assert wide == (200 if may else 403), role
        narrow = ask(house, path, token(house, role, "tokens")).status_code
        assert narrow == 403


def test_without_a_good_token_nothing_is_said(house: House) -> None:
    """None, a wrong one, one that is over, one that was taken back, a browser's session."""
    good = token(house, "analyst")
    assert good.startswith(TOKEN_PREFIX)
    assert ask(house, "/me", good).status_code == 200
    for bad in (None, "kindline_no", good[:-1]):
        answer = ask(house, "/me", bad)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
    browser = house.as_role("analyst")
    assert browser.get("/api/v1/me").status_code == 401
    with house.store.begin() as tenancy:
        (one,) = tokens(tenancy, house.user_ids[OURS, "analyst"])
        assert revoke_token(tenancy, house.user_ids[OURS, "analyst"], one.token_id)
    assert ask(house, "/me", good).status_code == 401
    late = token(house, "analyst")
    house.clock.moved = timedelta(days=31)
    assert ask(house, "/me", late).status_code == 401


def test_a_token_opens_no_page(house: House) -> None:
    """Pages are for people: a token that leaks changes no password."""
    secret = token(house, "analyst")
    headers = {"authorization": f"Bearer {secret}"}
    house.client.cookies.clear()
    answer = house.client.get("/account", headers=headers, follow_redirects=False)
    assert answer.headers["location"] == "/sign-in"


def test_what_is_anothers_is_not_there(house: House) -> None:
    """Of another tenant, another team, another agent."""
    analyst, agent = token(house, "analyst"), token(house, "agent")
    assert ask(house, f"/conversations/{OURS}-risk", analyst).status_code == 200
    assert ask(house, f"/conversations/{THEIRS}-mine", analyst).status_code == 404
    assert ask(house, f"/conversations/{OURS}-mine", agent).status_code == 200
    assert ask(house, f"/conversations/{OURS}-team", agent).status_code == 404
    assert ask(house, "/imports/nothing", analyst).status_code == 404


def test_a_crisis_is_told_to_safeguarding_alone(house: House) -> None:
    """In lists, in conversations, and in what is asked for by it."""
    officer, analyst = token(house, "safeguarding"), token(house, "analyst")
    told = ask(house, f"/conversations/{OURS}-risk", officer).json()
    assert told["analysis"]["crisis"]["state"] == "cue"
    assert "crisis" not in ask(house, f"/conversations/{OURS}-risk", analyst).text
    found = ask(house, "/conversations?need=crisis", officer).json()["conversations"]
    assert [one["conversation_id"] for one in found] == [f"{OURS}-risk"]
    assert ask(house, "/conversations?need=crisis", analyst).json()["conversations"] == []
    listed = ask(house, "/conversations", analyst).json()["conversations"]
    assert all("crisis" not in one["states"] for one in listed)


def test_who_read_what_is_written_down_also_for_programs(house: House) -> None:
    """A token's reading is its user's."""
    ask(house, f"/conversations/{OURS}-risk", token(house, "safeguarding"))
    ask(house, f"/conversations/{OURS}-mine", token(house, "agent"))
    seen = ask(house, "/views", token(house, "dpo")).json()["views"]
    assert {(one["who"], one["what"]) for one in seen} == {
        (f"safeguarding@{OURS}.test", "crisis"),
        (f"agent@{OURS}.test", "words"),
    }


def test_what_an_agent_did_is_told_to_that_agent_alone(house: House) -> None:
    """As the policy says; a lead who opens the same conversation sees none of it."""
    own = ask(house, f"/conversations/{OURS}-mine", token(house, "agent")).json()
    assert own["analysis"]["agent"]["ownership"]
    others: tuple[RoleName, ...] = ("lead", "coach", "analyst", "safeguarding")
    for role in others:
        told = ask(house, f"/conversations/{OURS}-mine", token(house, role)).json()
        assert "agent" not in told["analysis"]


def test_how_often_an_agent_cut_in_is_told_to_that_agent_alone(house: House) -> None:
    """It is counted with talk and silence, and is what an agent did all the same."""
    turns = [
        {"party": "customer", "text": "My invoice is wrong,", "start_ms": 0, "end_ms": 3000},
        {"party": "agent", "text": "Which one is it?", "start_ms": 1500, "end_ms": 4000},
        {"party": "customer", "text": "as I told you,", "start_ms": 3900, "end_ms": 6000},
    ]
    said = {"turns": turns, "channel": "voice", "agent_id": "A-1"}
    keep(house.store, conversation("", id="cut-in", **said), house.clock(), policy="eu-consented")
    own = ask(house, "/conversations/cut-in", token(house, "agent")).json()["analysis"]
    assert own["dynamics"]["n_interruptions"]["agent"] == 1
    others: tuple[RoleName, ...] = ("lead", "coach", "analyst", "safeguarding")
    for role in others:
        told = ask(house, "/conversations/cut-in", token(house, role)).json()["analysis"]
        assert "agent" not in told["dynamics"]["n_interruptions"]
        assert told["dynamics"]["talk_ms"] == own["dynamics"]["talk_ms"]


def test_pages_of_a_list_follow_one_another(house: House) -> None:
    """Every conversation once, in order, whatever the size of the list."""
    for number in range(120):
        started_at = (house.clock() - timedelta(minutes=number // 3)).isoformat()
        one = conversation("My invoice is wrong.", id=f"n{number}", started_at=started_at)
        keep(house.store, one, house.clock(), policy="eu-consented")
    secret, cursor, seen = token(house, "analyst"), None, []
    while True:
        query = f"?cursor={cursor.replace('+', '%2B')}" if cursor else ""
        told = ask(house, f"/conversations{query}", secret).json()
        seen += [(one["happened_at"], one["conversation_id"]) for one in told["conversations"]]
        cursor = told["next"]
        if cursor is None:
            break
    assert len({identity for _, identity in seen}) == len(seen) == 124
    assert [at for at, _ in seen] == sorted((at for at, _ in seen), reverse=True)


def test_the_same_key_does_it_once(house: House) -> None:
    """A file sent again, an erasure asked for again: the first answer, and nothing twice."""
    secret, keyed = token(house, "analyst"), {"idempotency-key": "k-1"}
    file = {"file": ("a.jsonl", json.dumps({"id": "x"}).encode())}
    first = ask(house, "/imports", secret, method="POST", files=file, headers=keyed)
    again = ask(house, "/imports", secret, method="POST", files=file, headers=keyed)
    assert (first.status_code, first.json()["job_id"]) == (202, again.json()["job_id"])
    assert len(ask(house, "/imports", secret).json()["imports"]) == 1
    officer = token(house, "dpo")
    told = {"what": "customer", "id": "C-mine"}
    one = ask(house, "/erasures", officer, method="POST", json=told, headers=keyed)
    two = ask(house, "/erasures", officer, method="POST", json=told, headers=keyed)
    assert (one.status_code, one.json()) == (201, two.json())
    assert one.json()["told"]["n_conversations"] == 1
    assert len(ask(house, "/erasures", officer).json()["erasures"]) == 1


def test_an_answer_holds_nothing_that_was_sent_wrongly(house: House) -> None:
    """Neither values nor names of fields that are not ours."""
    officer = token(house, "dpo")
    for told in ({"what": WORD, "id": "x"}, {"what": "customer", "id": "x", WORD: 1}, [WORD], WORD):
        answer = ask(house, "/erasures", officer, method="POST", json=told)
        assert answer.status_code == 422
        assert WORD not in answer.text
    answer = ask(house, f"/conversations?cursor={WORD}", token(house, "analyst"))
    assert answer.status_code == 422
    assert WORD not in answer.text


def test_what_a_monitor_counts_holds_nothing_that_was_sent(house: House) -> None:
    """Routes as they are written, methods, statuses, jobs by state."""
    secret = token(house, "analyst")
    ask(house, f"/conversations/{OURS}-mine?cursor={WORD}", secret)
    ask(house, f"/{WORD}", secret)
    told = ask(house, "/metrics", secret).text
    assert 'route="/conversations/{conversation_id:path}"' in told
    assert 'kindline_jobs{state="dead"} 0.0' in told
    assert WORD not in told
    assert OURS not in told


def test_too_few_people_are_no_number(house: House) -> None:
    """A planner is told how many there were, and no share of four."""
    planner = ask(house, "/overview", token(house, "planner")).json()["groups"][0]
    analyst = ask(house, "/overview", token(house, "analyst")).json()["groups"][0]
    assert planner["shares"]["service"]["value"] is None
    assert analyst["shares"]["service"]["value"] is not None
    assert planner["n_conversations"] == analyst["n_conversations"] == 4


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_nothing_that_is_sent_breaks_it(house: House, mode: GenerationMode) -> None:
    """Whatever a program sends, as described or not: no error of ours, and answers as described."""
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", house.client.app)
    with house.store.begin() as tenancy:
        user_id = house.user_ids[OURS, "dpo"]
        change_user(tenancy, user_id, roles=["dpo", "analyst", "safeguarding"])
    headers = {"authorization": f"Bearer {token(house, 'dpo', *EVERY)}"}
    asked: list[int] = []
    for result in schema.get_all_operations():
        operation = result.ok()

        strategy = operation.as_strategy(generation_mode=mode)

        @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=strategy)
        def one(case: schemathesis.Case) -> None:
            house.client.app.state.tries.storage.reset()  # type: ignore[attr-defined]
            answer = case.call(headers=headers)
            asked.append(answer.status_code)
            checks = [not_a_server_error, response_schema_conformance]
            case.validate_response(answer, checks=checks, headers=headers)

        with suppress(Unsatisfiable):  # nothing can be sent wrongly where nothing is sent
            one()
    assert len(asked) > 100
    assert any(status < 300 for status in asked) or mode is GenerationMode.NEGATIVE


def test_a_roster_is_taken_in_row_by_row(house: House) -> None:
    """Who is right goes in, the rest is told by line, and the sum is what came."""
    rows = "email,name,roles,team,agent_id\nnew@own.test,New,lead,North,\n,,,North,A-9\nx,,,,\n"
    files = {"file": ("people.csv", rows.encode())}
    secret = token(house, "admin")
    told = ask(house, "/users/import", secret, method="POST", files=files).json()
    assert (told["n_rows"], told["n_users"], told["n_agents"]) == (3, 1, 1)
    assert len(told["rejected"]) == 1
    assert "line 4" in told["rejected"][0]
    emails = {one["email"] for one in ask(house, "/users", secret).json()["users"]}
    assert "new@own.test" in emails
    again = ask(house, "/users/import", token(house, "analyst"), method="POST", files=files)
    assert again.status_code == 403


def test_a_user_is_changed_and_put_into_teams_of_the_house_alone(house: House) -> None:
    """Another house's team and user are not there."""
    secret, user_id = token(house, "admin"), house.user_ids[OURS, "planner"]
    assert ask(house, "/teams", secret, method="POST", json={"name": "East"}).status_code == 204
    made = ask(house, "/teams", secret).json()["teams"]
    (east,) = [one["team_id"] for one in made if one["name"] == "East"]
    wanted = {"name": "Other", "roles": ["lead"], "language": "hu", "team_ids": [east]}
    told = ask(house, f"/users/{user_id}", secret, method="POST", json=wanted).json()
    assert (told["name"], told["roles"], told["team_ids"]) == ("Other", ["lead"], [east])
    theirs = token(house, "admin", tenant=THEIRS)
    away = ask(house, f"/users/{user_id}", theirs, method="POST", json=wanted)
    assert away.status_code == 404
    own = house.user_ids[THEIRS, "planner"]
    assert ask(house, f"/users/{own}", theirs, method="POST", json=wanted).status_code == 404


def test_what_is_ones_own_is_kept_and_taken_back(house: House) -> None:
    """Language, views and tokens of whoever asks, never of another."""
    secret, other = token(house, "analyst"), token(house, "lead")
    hungarian = {"language": "hu"}
    assert ask(house, "/me/language", secret, method="POST", json=hungarian).status_code == 204
    assert 'lang="hu"' in house.as_role("analyst").get("/account").text
    view = {"name": "rare", "narrowed": {"queue": "billing", "need": "abuse"}}
    kept = ask(house, "/saved", secret, method="POST", json=view).json()
    assert kept["narrowed"]["queue"] == "billing"
    assert ask(house, "/saved", other).json()["saved"] == []
    ask(house, f"/saved/{kept['saved_id']}", other, method="DELETE")
    assert len(ask(house, "/saved", secret).json()["saved"]) == 1
    ask(house, f"/saved/{kept['saved_id']}", secret, method="DELETE")
    assert ask(house, "/saved", secret).json()["saved"] == []
    (held,) = ask(house, "/me/tokens", secret).json()["tokens"]
    assert secret not in str(held)
    path = f"/me/tokens/{held['token_id']}"
    assert ask(house, path, other, method="DELETE").status_code == 404
    assert ask(house, path, secret, method="DELETE").status_code == 204
    assert ask(house, "/me", secret).status_code == 401


def test_a_token_registers_no_event_beyond_its_rights(house: House) -> None:
    """Nor an address that settings do not name."""
    wanted = {"address": "https://hooks.example.org/x", "events": ["conversations.analysed"]}
    narrow, wide = token(house, "analyst", "numbers"), token(house, "analyst")
    for secret in (narrow, wide):
        refused = ask(house, "/me/hooks", secret, method="POST", json=wanted)
        assert refused.status_code == 422
        assert ask(house, "/me/hooks", secret).json()["hooks"] == []
    with house.store.begin() as tenancy:
        events = ("conversations.analysed",)
        user_id = house.user_ids[OURS, "analyst"]
        secret = add_hook(tenancy, user_id, wanted["address"], events, now=house.clock())  # type: ignore[arg-type]
    answer = ask(house, "/me/hooks", wide)
    assert secret not in answer.text
    (told,) = answer.json()["hooks"]
    assert ask(house, f"/me/hooks/{told['hook_id']}", wide, method="DELETE").status_code == 204
    assert ask(house, "/me/hooks", wide).json()["hooks"] == []


def test_a_line_is_dialled_and_a_sentence_written_by_a_program_of_a_person(house: House) -> None:
    """Under the name of the token's owner; what the linter finds is told and not kept."""
    secret = token(house, "safeguarding")
    before = {one["dial"]: one for one in ask(house, "/helplines/CH", secret).json()["lines"]}
    assert not before["143"]["is_shown"]
    said = {"dial": "143", "is_right": True}
    assert ask(house, "/helplines/CH", secret, method="POST", json=said).status_code == 204
    after = {one["dial"]: one for one in ask(house, "/helplines/CH", secret).json()["lines"]}
    assert (after["143"]["is_shown"], after["143"]["verified_by"]) == (True, "safeguarding")
    for path, body in (("/helplines/CH", {**said, "dial": "1"}), ("/helplines/XX", said)):
        assert ask(house, path, secret, method="POST", json=body).status_code == 404
    keeper = token(house, "dpo")
    wanted = {"use": "farewell", "form": "formal", "text": "You are lonely. Goodbye."}
    told = ask(house, "/phrases/en", keeper, method="POST", json=wanted).json()
    assert told == {"is_kept": False, "problems": ["banned"]}
    wanted["text"] = "It was good to talk, {name}. Goodbye."
    assert ask(house, "/phrases/en", keeper, method="POST", json=wanted).json()["is_kept"]
    (kept,) = ask(house, "/phrases/en", keeper).json()["phrases"]
    theirs = token(house, "dpo", tenant=THEIRS)
    path = f"/phrases/en/{kept['phrase_id']}"
    assert ask(house, path, theirs, method="DELETE").status_code == 404
    assert ask(house, path, keeper, method="DELETE").status_code == 204
    assert ask(house, "/phrases/en", keeper).json()["phrases"] == []


EVERY: tuple[Right, ...] = ("numbers", "conversations", "imports", "privacy")


def test_a_sample_is_drawn_judged_and_told(house: House) -> None:
    """As on the pages: words alone to judge, a cue by who may see cues, then what it tells."""
    secret = token(house, "analyst")
    wanted = {"name": "x", "n": 4, "weeks": 52}
    sample = ask(house, "/samples", secret, method="POST", json=wanted).json()
    path = f"/samples/{sample['sample_id']}"
    for n_left in (4, 3, 2, 1):
        told = ask(house, f"{path}/next", secret).json()
        assert (told["n_due"], "analysis" in told) == (n_left, False)
        labels = dict.fromkeys(("service", "companionship", "support", "abuse", "crisis"), "absent")
        said = {"number": told["number"], "labels": labels}
        assert ask(house, f"{path}/labels", secret, method="POST", json=said).status_code == 204
    assert ask(house, f"{path}/next", secret).json()["number"] is None
    needs = ask(house, path, secret).json()["needs"]
    assert (needs["service"]["n_open"], "crisis" in needs) == (4, False)
    officer = token(house, "safeguarding")
    assert ask(house, f"{path}/next", officer).json()["n_due"] == 4
    theirs = token(house, "analyst", tenant=THEIRS)
    assert ask(house, path, theirs).status_code == 404


def test_the_policy_is_asked_previewed_and_changed(house: House) -> None:
    """By who keeps it; never longer than the profile."""
    secret = token(house, "dpo")
    wanted = {"profile": "eu-consented", "keep_days": {"findings": 3, "states": 9999}}
    house.clock.moved = timedelta(days=5)
    seen = ask(house, "/policy/preview", secret, method="POST", json=wanted).json()
    assert (seen["n_forgotten"]["findings"], seen["keep_days"]["states"]) == (4, 400)
    assert ask(house, "/policy", secret).json()["keep_days"]["findings"] == 180
    assert ask(house, "/policy", secret, method="POST", json=wanted).status_code == 200
    assert ask(house, "/policy", secret).json()["keep_days"]["findings"] == 3
    unknown = {"profile": "none", "keep_days": {}}
    assert ask(house, "/policy", secret, method="POST", json=unknown).status_code == 422


def test_users_are_added_and_removed_and_let_in_by_people_alone(house: House) -> None:
    """A token that leaks makes no way in: no answer holds a link."""
    secret = token(house, "admin")
    wanted = {"email": "new@own.test", "name": "New", "roles": ["lead"]}
    made = ask(house, "/users", secret, method="POST", json=wanted)
    assert (made.status_code, "link" in made.text) == (201, False)
    assert ask(house, "/users", secret, method="POST", json=wanted).status_code == 422
    path = f"/users/{made.json()['user_id']}"
    assert ask(house, path, secret, method="DELETE").status_code == 204
    assert ask(house, path, secret, method="DELETE").status_code == 404
    for tenant, role in ((THEIRS, "agent"), (OURS, "admin")):
        other = f"/users/{house.user_ids[tenant, role]}"  # type: ignore[index]
        assert ask(house, other, secret, method="DELETE").status_code == 404
    assert len(ask(house, "/users", secret).json()["users"]) == len(ROLES)


def test_a_label_is_disputed_by_a_program(house: House) -> None:
    """Where the token may read; taken back with null."""
    secret, other = token(house, "analyst"), token(house, "lead")
    said = {"conversation_id": f"{OURS}-elsewhere", "need": "service", "value": "absent"}
    assert ask(house, "/disputes", secret, method="POST", json=said).status_code == 204
    assert ask(house, "/disputes", other, method="POST", json=said).status_code == 404
    page = house.as_role("safeguarding").get(f"/conversations/{OURS}-elsewhere").text
    assert "1 others say otherwise" in page
    took = {**said, "value": None}
    assert ask(house, "/disputes", secret, method="POST", json=took).status_code == 204
    page = house.as_role("safeguarding").get(f"/conversations/{OURS}-elsewhere").text
    assert "say otherwise" not in page


def test_a_case_is_taken_and_closed_by_a_program(house: House) -> None:
    """Under the name of the token's owner; what lacks a part changes nothing."""
    case_id, secret = house.case_id(), token(house, "safeguarding", "crisis")
    path = f"/cases/{case_id}"
    for done, status in (
        ({"what": "taken"}, 204),
        ({"what": "offered"}, 422),
        ({"what": "offered", "offered": "Ms Smith, room 4"}, 422),
        ({"what": "offered", "offered": "a helpline", "is_accepted": False}, 204),
        ({"what": "closed"}, 422),
        ({"what": "closed", "outcome": "fine"}, 422),
        ({"what": "closed", "outcome": "number_given"}, 204),
    ):
        assert ask(house, path, secret, method="POST", json=done).status_code == status
    told = ask(house, path, secret).json()
    assert (told["taken_by"], told["outcome"]) == ("safeguarding", "number_given")
    assert [one["what"] for one in told["steps"]] == ["opened", "taken", "offered", "number_given"]
    other = token(house, "safeguarding", "crisis", tenant=THEIRS)
    assert ask(house, path, other).status_code == 404


def test_rules_are_read_and_changed_by_a_program(house: House) -> None:
    """What is put in force is read back; what is beyond bounds is not put."""
    secret = token(house, "dpo", "policy")
    wanted = {"minutes_a_call": 5, "minutes_a_shift": 30, "most_prompts": 1, "may_end": False}
    assert ask(house, "/live-rules", secret, method="PUT", json=wanted).status_code == 204
    assert ask(house, "/live-rules", secret).json() == wanted
    beyond = {**wanted, "most_prompts": 9}
    assert ask(house, "/live-rules", secret, method="PUT", json=beyond).status_code == 422
