"""Samples and what people say of them: weights add up, pairs settle, erasing takes all away."""

from datetime import datetime, timedelta
import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest
from sqlalchemy import func, select

from kindline.errors import InputError
from kindline.export.reviewed import write
from kindline.ingest.plain import conversation_from
from kindline.store.database import Store
from kindline.store.erasure import erase_conversation
from kindline.store.labels import (
    DISPUTED,
    LARGEST,
    NEEDS,
    Drawn,
    Judged,
    Value,
    Wanted,
    draw,
    drawn,
    due,
    judge,
    samples,
)
from kindline.store.retention import forget
from kindline.store.tables import LABELS, SAMPLED
from tests.store.kept import conversation, keep

COMPANY = "You are the only voice I hear all week."


@pytest.fixture
def filled(store: Store, now: datetime) -> Store:
    """Return a store with 4 callers who look for company and 16 who do not."""
    for number in range(20):
        text = COMPANY if number < 4 else "My invoice is wrong, please correct it."
        keep(store, conversation(text, id=f"n{number}", started_at=now.isoformat()), now)
    return store


def wanted(now: datetime, n: int, need: str | None = None, language: str | None = None) -> Wanted:
    """Return what a sample of the last week is to be."""
    design = "random" if need is None else "stratified"
    return Wanted("a sample", design, need, language, now - timedelta(days=7), n)  # type: ignore[arg-type]


@pytest.mark.parametrize("need", [None, "companionship"])
@pytest.mark.parametrize("n", [1, 6, 20, 500])
def test_a_sample_stands_for_all_it_was_drawn_from(
    filled: Store, now: datetime, need: str | None, n: int
) -> None:
    """Its weights add up to the frame, and no conversation is in it twice."""
    with filled.begin() as tenancy:
        sample_id = draw(tenancy, wanted(now, n, need), by="u", now=now)
        every = drawn(tenancy, sample_id)
        (sample,) = samples(tenancy)
    assert sum(one.weight for one in every) == pytest.approx(20)
    assert len({one.number for one in every}) == len(every) == sample.n
    assert sample.n_frame == 20


def test_evenly_by_a_need_draws_those_found_as_often_as_others(
    filled: Store, now: datetime
) -> None:
    """Each then stands for as many as there are of its kind."""
    with filled.begin() as tenancy:
        sample_id = draw(tenancy, wanted(now, 6, "companionship"), by="u", now=now)
        every = drawn(tenancy, sample_id)
    found = [one for one in every if one.states["companionship"] == "present"]
    assert (len(found), len(every)) == (3, 6)
    assert {one.weight for one in found} == {4 / 3}


def test_nothing_to_draw_from_is_said(filled: Store, now: datetime) -> None:
    """Another language, a time without words, more than anybody can judge."""
    for asked in (wanted(now, 5, language="hu"), wanted(now, 0), wanted(now, LARGEST + 1)):
        with filled.begin() as tenancy, pytest.raises(InputError):
            draw(tenancy, asked, by="u", now=now)


def test_two_settle_a_third_is_asked_where_they_differ(filled: Store, now: datetime) -> None:
    """And nobody is asked twice, nor after it is settled."""
    with filled.begin() as tenancy:
        sample_id = draw(tenancy, wanted(now, 1), by="u", now=now)
        (one,) = drawn(tenancy, sample_id)
        said: list[tuple[str, Value]] = [("ana", "present"), ("ben", "absent"), ("cas", "absent")]
        for user, value in said:
            every = drawn(tenancy, sample_id)
            assert due(every, user, NEEDS) == [one.number]
            judge(tenancy, sample_id, one.number, {"support": value}, by=user, now=now)
            every = drawn(tenancy, sample_id)
            assert due(every, user, ("support",)) == []
        (one,) = drawn(tenancy, sample_id)
    assert one.settled("support") == "absent"
    assert not one.is_open("support")
    assert one.is_open("service")


def test_saying_it_again_replaces_it(filled: Store, now: datetime) -> None:
    """A person has one voice."""
    with filled.begin() as tenancy:
        sample_id = draw(tenancy, wanted(now, 1), by="u", now=now)
        (one,) = drawn(tenancy, sample_id)
        for value in ("present", "unsure"):
            judge(tenancy, sample_id, one.number, {"abuse": value}, by="ana", now=now)  # type: ignore[dict-item]
        (one,) = drawn(tenancy, sample_id)
    assert one.said["abuse"] == {"ana": "unsure"}


def test_who_is_erased_is_in_no_sample(filled: Store, now: datetime) -> None:
    """Neither drawn nor judged any more."""
    with filled.begin() as tenancy:
        sample_id = draw(tenancy, wanted(now, 20), by="u", now=now)
        for one in drawn(tenancy, sample_id):
            judge(tenancy, sample_id, one.number, {"service": "present"}, by="ana", now=now)
        receipt = erase_conversation(tenancy, "n3", asked_by="dpo", now=now)
        counts = [
            tenancy.connection.scalar(select(func.count()).select_from(table))
            for table in (SAMPLED, LABELS)
        ]
    assert receipt.told["labels"] == "what people said of them deleted"
    assert counts == [19, 19]


def test_what_two_agree_on_is_written_to_learn_from(
    filled: Store, now: datetime, tmp_path: Path
) -> None:
    """In the corpus's words, crisis only where asked for, and nothing that one alone says."""
    with filled.begin() as tenancy:
        sample_id = draw(tenancy, wanted(now, 20), by="u", now=now)
        number = drawn(tenancy, sample_id)[0].number
        said: dict[Judged, Value] = {
            "companionship": "present",
            "service": "absent",
            "crisis": "absent",
            "support": "unsure",
        }
        for user in ("ana", "ben"):
            judge(tenancy, sample_id, number, said, by=user, now=now)
        judge(tenancy, DISPUTED, number, {"abuse": "present"}, by="cas", now=now)
        for has_crisis in (False, True):
            assert write(tenancy, tmp_path / "o.jsonl", has_crisis=has_crisis) == 1
            (one,) = map(json.loads, (tmp_path / "o.jsonl").read_text("utf-8").splitlines())
            more = {"crisis": "none"} if has_crisis else {}
            assert one["labels"] == {"company": "yes", "service_problem": False, **more}
        assert conversation_from(one, source="s", record="r").turns[0].text
        forget(tenancy, now=now + timedelta(days=2))
        assert write(tenancy, tmp_path / "o.jsonl", has_crisis=True) == 0


VALUES = st.dictionaries(
    st.sampled_from(["ana", "ben", "cas", "dee"]), st.sampled_from(["present", "absent", "unsure"])
)


@settings(max_examples=50)
@given(st.lists(VALUES, max_size=8))
def test_who_is_asked_can_still_decide(said: list[dict[str, Value]]) -> None:
    """Whoever is asked has not judged it, and it is settled exactly when two agree."""
    every = [
        Drawn(number=n, weight=1.0, states={}, said={"service": one}) for n, one in enumerate(said)
    ]
    for one in every:
        values = list(one.said["service"].values())
        assert (one.settled("service") is not None) == any(values.count(v) > 1 for v in values)
    for user in ("ana", "eve"):
        for number in due(every, user, ("service",)):
            assert user not in said[number]
            assert every[number].settled("service") is None
