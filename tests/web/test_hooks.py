"""Webhooks: who may know is told, signed, again until it is heard; nobody's words."""

from dataclasses import replace
from datetime import timedelta
import json

import pytest

from kindline.config import Settings
from kindline.model.people import RoleName
from kindline.store.erasure import erase_conversation
from kindline.store.hooks import EVENTS, add_hook, announce, hooks
from kindline.store.jobs import jobs
from kindline.store.people import change_user
from kindline.work.chores import chores
from kindline.work.telling import hosts_of, may_be_told, signature
from kindline.work.worker import Worker
from tests.web.conftest import OURS, THEIRS, WORD, House, Listener, text_of


@pytest.fixture
def worker(house: House, listener: Listener) -> Worker:
    """Return a worker that may tell the listener."""
    settings = Settings(webhook_hosts=listener.host, home=house.client.app.state.place.home)  # type: ignore[attr-defined]
    return Worker(
        store=house.store,
        chores=chores(settings, house.clock),
        plan=lambda *_: None,
        clock=house.clock,
        report=lambda *_: None,
    )


def hook(house: House, listener: Listener, role: RoleName, *events: str) -> str:
    """Register the listener for a user of that role and return the secret."""
    with house.store.begin() as tenancy:
        by = house.user_ids[OURS, role]
        return add_hook(
            tenancy, by, f"http://{listener.host}/in", events or tuple(EVENTS), now=house.clock()
        )


def happen(house: House, event: str) -> None:
    """Let something happen in our tenant."""
    with house.store.begin() as tenancy:
        announce(tenancy, event, {"conversation_ids": ["x"]}, now=house.clock())


def test_what_is_told_is_signed(house: House, listener: Listener, worker: Worker) -> None:
    """A receiver with the secret can check it; one byte changed, and it does not hold."""
    secret = hook(house, listener, "safeguarding")
    happen(house, "crisis.cue")
    assert worker.step()
    ((headers, body),) = listener.heard
    sent_at, _, given = headers["kindline-signature"].removeprefix("t=").partition(",v1=")
    assert given == signature(secret, sent_at, body)
    assert given != signature(secret, sent_at, body + b" ")
    assert given != signature(secret, str(int(sent_at) + 1), body)
    told = json.loads(body)
    assert (told["event"], told["data"]) == ("crisis.cue", {"conversation_ids": ["x"]})


def test_who_may_not_know_is_not_told(house: House, listener: Listener, worker: Worker) -> None:
    """By the rights of who registered it, as they are now; nor is another tenant's told."""
    hook(house, listener, "analyst")
    happen(house, "crisis.cue")
    assert not worker.step()
    with house.store.of(THEIRS).begin() as tenancy:
        announce(tenancy, "conversations.analysed", {}, now=house.clock())
    assert not worker.step()
    happen(house, "conversations.analysed")
    with house.store.begin() as tenancy:
        change_user(tenancy, house.user_ids[OURS, "analyst"], is_active=False)
    assert worker.step()  # it was put down before they left
    assert listener.heard == []


def test_what_is_not_heard_is_told_again(house: House, listener: Listener, worker: Worker) -> None:
    """Later and later, as the same event; then it is over."""
    hook(house, listener, "analyst")
    listener.answers = [500, 503]
    happen(house, "conversations.analysed")
    for _ in range(4):
        worker.step()
        house.clock.moved += timedelta(minutes=2)
    assert [json.loads(body)["event_id"] for _, body in listener.heard] == [
        json.loads(listener.heard[0][1])["event_id"]
    ] * 3
    with house.store.read() as tenancy:
        (job,) = jobs(tenancy, kind="tell")
    assert (job.state, job.n_tries) == ("done", 3)


def test_an_erasure_is_told_without_saying_whose(
    house: House, listener: Listener, worker: Worker
) -> None:
    """A receipt's id and a count."""
    hook(house, listener, "dpo", "erasure.done")
    with house.store.begin() as tenancy:
        erase_conversation(tenancy, f"{OURS}-mine", asked_by="dpo", now=house.clock())
    assert worker.step()
    ((_, body),) = listener.heard
    assert json.loads(body)["data"]["n_conversations"] == 1
    assert f"{OURS}-mine".encode() not in body


def test_an_import_tells_ids_and_states(house: House, listener: Listener, worker: Worker) -> None:
    """When it is done and what was found; no word of anybody."""
    hook(house, listener, "analyst")
    line = {"id": "n1", "language": "en", "turns": [{"party": "customer", "text": f"My {WORD}."}]}
    files = {"files": ("a.jsonl", json.dumps(line).encode())}
    house.as_role("analyst").post("/imports", {"basis": "consent"}, files=files)
    assert worker.step()
    house.clock.moved = timedelta(days=3650)  # a run has a clock of its own, which is right
    while worker.step():
        pass
    events = {json.loads(body)["event"]: json.loads(body)["data"] for _, body in listener.heard}
    assert events["import.done"]["n_analysed"] == 1
    (one,) = events["conversations.analysed"]["conversations"]
    assert (one["conversation_id"], set(one["needs"])) == (
        "n1",
        {"service", "companionship", "support"},
    )
    assert all(WORD.encode() not in body for _, body in listener.heard)


def test_one_registers_what_one_may_know_where_settings_allow(house: House) -> None:
    """The secret is shown once; a host that is not named, or no https, is refused."""
    place = house.client.app.state.place  # type: ignore[attr-defined]
    assert "No host may be told" in house.as_role("analyst").get("/account").text
    named = replace(place, webhook_hosts=hosts_of("hooks.example.org, 127.0.0.1:9"))
    house.client.app.state.place = named  # type: ignore[attr-defined]
    analyst = house.as_role("analyst")
    form = {"address": "https://hooks.example.org/in", "events": list(EVENTS)}
    shown = analyst.post("/account/hooks", {**form})
    assert "whsec_" in shown.text
    assert "whsec_" not in analyst.get("/account").text
    with house.store.read() as tenancy:
        (one,) = hooks(tenancy)
    assert one.events == ("conversations.analysed", "import.done")
    for address in ("https://elsewhere.org/", "http://hooks.example.org/", "file:///etc/passwd"):
        refused = analyst.post("/account/hooks", {**form, "address": address})
        assert "settings name no such host" in text_of(refused)
    house.as_role("dpo").post(f"/account/hooks/{one.hook_id}/drop")
    assert one.address in analyst.get("/account").text
    analyst.post(f"/account/hooks/{one.hook_id}/drop")
    assert one.address not in analyst.get("/account").text


@pytest.mark.parametrize(
    "address",
    [
        "https://user@hooks.example.org/",
        "https://hooks.example.org.evil.test/",
        "https://hooks.example.org:444/",
        "http://127.0.0.1:10/",
        "http://[::1",
        "",
    ],
)
def test_no_other_address_passes(address: str) -> None:
    """A host is what settings say, to the letter."""
    assert not may_be_told(address, hosts_of("hooks.example.org,127.0.0.1:9"))
    assert may_be_told("http://127.0.0.1:9/in", hosts_of("hooks.example.org,127.0.0.1:9"))


def test_what_is_erased_is_told_to_nobody_and_stands_in_no_job(
    house: House, listener: Listener, worker: Worker
) -> None:
    """Neither what waits nor what was told keeps the id; others in the same request stay."""
    hook(house, listener, "safeguarding", "crisis.cue", "conversations.analysed")
    states = [{"conversation_id": f"{OURS}-{name}", "needs": {}} for name in ("risk", "mine")]
    with house.store.begin() as tenancy:
        data = {"conversation_ids": [f"{OURS}-risk", f"{OURS}-mine"]}
        announce(tenancy, "crisis.cue", data, now=house.clock())
    assert worker.step()
    with house.store.begin() as tenancy:
        announce(tenancy, "conversations.analysed", {"conversations": states}, now=house.clock())
        erase_conversation(tenancy, f"{OURS}-risk", asked_by="dpo", now=house.clock())
        kept = [one.told for one in jobs(tenancy, kind="tell")]
    assert len(kept) == 2
    assert f"{OURS}-risk" not in str(kept)
    assert str(kept).count(f"{OURS}-mine") == 2
    assert worker.step()
    assert f"{OURS}-risk".encode() not in listener.heard[-1][1]
