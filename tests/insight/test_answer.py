"""Bounded questions: read as they are written, answered with n and interval, never guessed."""

from datetime import UTC, datetime

from hypothesis import assume, given
from hypothesis import strategies as st
import pytest

from kindline.errors import UnknownNameError
from kindline.insight.answer import Answer, answer
from kindline.insight.question import CREWS, EXAMPLES, GROUPS, OF_CREWS, WHATS, Question, question
from kindline.insight.shares import SHOWN
from tests.insight.conftest import UNTIL, Centre


def answered(
    centre: Centre, asked: Question, between: tuple[datetime, datetime] | None = None
) -> Answer:
    """Return the answer to who may see everything."""
    with centre.store.read() as tenancy:
        return answer(centre.scope(), tenancy, asked, between=between, now=UNTIL)


@given(
    st.one_of(
        st.sampled_from([Question(what=what) for what in WHATS]),
        st.sampled_from([Question(what="share", need=need) for need in SHOWN]),
    ),
    st.sampled_from([None, *GROUPS]),
    st.sampled_from([{}, {"period": "2026-03"}, {"period": "2026-W12"}, {"weeks": 7}]),
    st.dictionaries(
        st.sampled_from(["language", "queue", "channel"]),
        st.text("abc-", min_size=1, max_size=5),
        max_size=2,
    ),
)
def test_a_question_reads_as_it_is_written(
    base: Question, by: str | None, when: dict[str, str], where: dict[str, str]
) -> None:
    """Written out and read again it is the same question."""
    assume(base.what not in OF_CREWS or by in (None, *CREWS))
    asked = Question(what=base.what, need=base.need, by=by, where=where, **when)  # type: ignore[arg-type]
    assert question(str(asked)) == asked


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_is_answered(text: str, centre: Centre) -> None:
    """With lines, each of n contacts, and an interval that holds its value."""
    between = (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
    asked = question(text)
    found = answered(centre, asked, between if asked.period else None)
    assert found.lines
    for line in found.lines:
        assert line.estimate is not None
        assert line.estimate.n > 0


@pytest.mark.parametrize(
    "text",
    [
        "who is lonely",
        "share of happiness by channel",
        "share company by agent",
        "share company by customer",
        "handle time where agent=A-1",
        "contacts where queue",
        "first contact by week",
        "heard by hour",
        "handle time by weekday",
        "contacts; DROP TABLE held",
        "x" * 400,
        "",
    ],
)
def test_what_does_not_fit_is_refused(text: str) -> None:
    """With what would; no agent and no customer can be asked about."""
    with pytest.raises(UnknownNameError) as refused:
        question(text)
    assert "known:" in str(refused.value)
    assert text not in str(refused.value) or not text


def test_a_value_is_a_value(centre: Centre) -> None:
    """What stands after the sign is looked for, and is no part of the query."""
    asked = question("contacts where queue=Phone' OR '1'='1")
    assert answered(centre, asked).lines == []


def test_a_line_opens_its_conversations_or_nothing(centre: Centre) -> None:
    """A list that held others too would say that they are behind the number."""
    for text, link in (
        ("share support by channel", "/conversations?channel=voice&need=support"),
        ("share company", "/conversations?need=companionship"),
        ("contacts by queue where language=nl", "/conversations?language=nl&queue=Phone"),
        ("share support by channel last 4 weeks", None),
        ("contacts by hour", None),
        ("losing by reason", None),
    ):
        assert link in [line.link for line in answered(centre, question(text)).lines], text


def test_groups_add_up(centre: Centre) -> None:
    """Contacts by channel are all contacts."""
    whole = answered(centre, question("contacts")).lines
    parts = answered(centre, question("contacts by channel")).lines
    assert whole[0].estimate is not None
    assert whole[0].estimate.n == sum(one.estimate.n for one in parts if one.estimate is not None)
