"""Review: people judge blind, what they say corrects the shares, anybody may say otherwise."""

from datetime import timedelta
import re

from kindline.store.labels import drawn, judge
from kindline.store.retention import forget
from tests.store.kept import conversation, keep
from tests.web.conftest import OURS, THEIRS, House, text_of
from tests.web.test_api import ask, token

SAID = {"service": "present", "companionship": "absent", "support": "absent", "abuse": "absent"}


def to_judge(house: House, role: str) -> str:
    """Return the page with the next conversation that a role is to judge."""
    browser = house.as_role(role)  # type: ignore[arg-type]
    return browser.get(f"/review/{house.sample_id()}/next").text


def test_who_judges_sees_words_alone(house: House) -> None:
    """No evidence, no state, no probability, no reason, not what others say."""
    page = to_judge(house, "analyst")
    assert "What do you say?" in page
    for told in ("<mark", "log-odds", 'class="card why"', "What was found", "say otherwise"):
        assert told not in page
    assert "<mark" in house.as_role("analyst").get(f"/conversations/{OURS}-mine").text


def test_who_may_see_no_cue_judges_none(house: House) -> None:
    """Safeguarding is asked about a crisis, an analyst is not, nor is an answer of theirs kept."""
    assert 'name="crisis"' in to_judge(house, "safeguarding")
    assert 'name="crisis"' not in to_judge(house, "analyst")
    number = re.search(rf"/review/{house.sample_id()}/(\d+)", to_judge(house, "analyst"))
    assert number is not None
    path = f"/review/{house.sample_id()}/{number[1]}"
    house.as_role("analyst").post(path, {**SAID, "crisis": "present"})
    with house.store.read() as tenancy:
        said = {one.number: one.said for one in drawn(tenancy, house.sample_id())}
    assert set(said[int(number[1])]) == set(SAID)


def test_a_sample_is_judged_to_its_end(house: House) -> None:
    """One after the other, each once, then back to what it tells."""
    browser, n_judged = house.as_role("analyst"), 0
    address = f"/review/{house.sample_id()}/next"
    while (answer := browser.get(address)).status_code == 200:
        path = re.search(rf'action="(/review/{house.sample_id()}/\d+)"', answer.text)
        assert path is not None
        answer = browser.post(path[1], {**SAID})
        assert answer.headers["location"] == address
        n_judged += 1
    assert n_judged == 4
    told = text_of(browser.get(answer.headers["location"]))
    assert "Nothing waits for you here" in told
    assert "cannot be told yet" in told  # one person is no agreement


def test_a_conversation_of_no_sample_cannot_be_judged(house: House) -> None:
    """Nor one of another tenant's, nor in another tenant's sample."""
    analyst = house.as_role("analyst")
    assert analyst.post(f"/review/{house.sample_id()}/999", {**SAID}).status_code == 404
    theirs = house.sample_id(THEIRS)
    assert analyst.get(f"/review/{theirs}").status_code == 404
    assert analyst.post(f"/review/{theirs}/1", {**SAID}).status_code == 404


def test_what_people_say_corrects_the_shares(house: House) -> None:
    """On the overview, for what the sample was drawn from and nothing narrower."""
    for number in range(40):
        text = "You are the only voice I hear all week." if number < 20 else "My bill is wrong."
        started_at = (house.clock() - timedelta(days=1)).isoformat()
        one = conversation(text, id=f"s{number}", started_at=started_at, queue="billing")
        keep(house.store, one, house.clock(), policy="eu-consented")
    analyst = house.as_role("analyst")
    assert "corrected" not in analyst.get("/overview").text
    house.clock.moved = timedelta(minutes=1)
    drawn_at = analyst.post("/review/samples", {"name": "Big", "n": "60"})
    sample_id = drawn_at.headers["location"].removeprefix("/review/")
    with house.store.begin() as tenancy:
        for n, one in enumerate(drawn(tenancy, sample_id)):
            was = one.states["companionship"] == "present"
            value = "present" if was and n % 5 else "absent"
            for role in ("analyst", "safeguarding"):
                by = house.user_ids[OURS, role]  # type: ignore[index]
                judge(
                    tenancy,
                    sample_id,
                    one.number,
                    {"companionship": value},
                    by=by,
                    now=house.clock(),  # type: ignore[dict-item]
                )
    page = analyst.get("/overview").text
    assert page.count('class="corrected"') == 1
    assert "Rogan-Gladen, Lang-Reiczigel 95 %, sample of 44" in page
    assert 'class="corrected"' not in analyst.get("/overview?queue=billing").text
    told = text_of(analyst.get(f"/review/{sample_id}"))
    assert "the sample needs conversations of both kinds" in told


def test_a_label_is_disputed_and_taken_back(house: House) -> None:
    """By whoever may read it; others see that, not who; it stands beside what Kindline says."""
    form = {"conversation_id": f"{OURS}-mine", "need": "companionship", "value": "absent"}
    answer = house.as_role("agent").post("/disputes", dict(form))
    assert answer.headers["location"] == f"/conversations/{OURS}-mine#why"
    assert "You say otherwise" in house.as_role("agent").get(f"/conversations/{OURS}-mine").text
    seen = house.as_role("analyst").get(f"/conversations/{OURS}-mine").text
    assert "1 others say otherwise" in text_of(
        house.as_role("analyst").get(f"/conversations/{OURS}-mine")
    )
    assert "agent@" not in seen
    house.as_role("agent").post("/disputes", {**form, "value": ""})
    assert "say otherwise" not in house.as_role("analyst").get(f"/conversations/{OURS}-mine").text


def test_what_cannot_be_seen_cannot_be_disputed(house: House) -> None:
    """Another team's conversation, or a cue that one may not see."""
    form = {"conversation_id": f"{OURS}-elsewhere", "need": "service", "value": "absent"}
    assert house.as_role("lead").post("/disputes", dict(form)).status_code == 404
    form = {"conversation_id": f"{OURS}-risk", "need": "crisis", "value": "absent"}
    assert house.as_role("analyst").post("/disputes", dict(form)).status_code == 404
    assert house.as_role("safeguarding").post("/disputes", dict(form)).status_code == 303


def test_what_cannot_be_drawn_is_said(house: House) -> None:
    """In words, beside the form."""
    answer = house.as_role("analyst").post("/review/samples", {"name": "x", "n": "5000"})
    assert answer.status_code == 422
    assert "a sample has 1 to 1000 conversations" in text_of(answer)


def test_a_sample_drawn_by_cues_is_for_who_may_see_cues(house: House) -> None:
    """Half of it holds one: who opens it would know. To others it is not there."""
    drawn_at = house.as_role("safeguarding").post(
        "/review/samples", {"name": "By cues", "n": "4", "strata": "crisis"}
    )
    path = drawn_at.headers["location"]
    assert house.as_role("safeguarding").get(path).status_code == 200
    analyst = house.as_role("analyst")
    assert "By cues" not in analyst.get("/review").text
    for address in (path, f"{path}/next"):
        assert analyst.get(address).status_code == 404
    assert analyst.post(f"{path}/1", {**SAID}).status_code == 404
    told = ask(house, f"/samples/{path.rpartition('/')[2]}", token(house, "analyst"))
    assert told.status_code == 404


def test_what_has_no_words_any_more_is_not_judged(house: House) -> None:
    """Nobody can say what they cannot read."""
    with house.store.begin() as tenancy:
        (one, *_) = drawn(tenancy, house.sample_id())
        forget(tenancy, now=house.clock() + timedelta(days=200))
    path = f"/review/{house.sample_id()}/{one.number}"
    assert house.as_role("analyst").post(path, {**SAID}).status_code == 404
