"""Who can be called: nothing stale or weak is shown, the emergency number always."""

from datetime import UTC, date, datetime, timedelta
import re

import pytest

from kindline.countries import countries
from kindline.safeguarding.helplines import (
    GRADES,
    HELP_NEEDS,
    Helpline,
    help_for,
    helplines,
    to_check,
)
from kindline.safeguarding.hours import hours_from

FRESH = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)  # a Tuesday
WANTED = {"NL", "BE", "FR", "HU", "GB", "IE", "US", "CA", "AU", "NZ", "DE", "AT", "CH", "LU"}
EVERY = [line for code in countries() for line in helplines(code)]
_DIAL = re.compile(r"\d{3,12}")
_ABROAD = re.compile(r"\+[1-9]\d{7,14}")


def test_every_country_we_name_has_a_table() -> None:
    """With an emergency number and a time zone."""
    assert set(countries()) >= WANTED
    for told in countries().values():
        assert re.fullmatch(r"\d{3}", told["emergency"])
        assert "/" in told["time_zone"]


@pytest.mark.parametrize("line", EVERY, ids=lambda line: f"{line.country} {line.dial}")
def test_a_record_is_whole(line: Helpline) -> None:
    """What is dialled is digits, a short code is no international number, a source is named."""
    assert _DIAL.fullmatch(line.dial)
    assert line.from_abroad is None or _ABROAD.fullmatch(line.from_abroad)
    if len(line.dial) < 5:
        assert line.from_abroad is None
        assert "short code" in line.scope
    assert line.grade in GRADES
    assert line.source
    assert line.whom
    assert line.url.startswith("https://")
    assert set(line.needs) <= set(HELP_NEEDS)
    assert (line.verified_at is None) == (line.verified_by is None)
    assert line.source_seen_at <= date(2026, 11, 22)


def test_nobody_is_said_to_have_dialled_a_number() -> None:
    """Until a person says so, in the app or by a pull request that changes this test."""
    assert all(line.verified_at is None for line in EVERY)


@pytest.mark.parametrize("line", EVERY, ids=lambda line: f"{line.country} {line.dial}")
def test_a_stale_or_weak_record_is_not_shown_until_a_person_dialled_it(line: Helpline) -> None:
    """Ninety days for suicide lines, half a year for others."""
    seen = line.source_seen_at
    assert line.may_be_shown(seen) == (line.grade not in ("X", "U"))
    days = 90 if "suicide" in line.needs else 180
    assert not line.may_be_shown(seen + timedelta(days=days))
    dialled = line.verified("A. Person", seen + timedelta(days=400))
    assert dialled.may_be_shown(seen + timedelta(days=400 + days - 1))
    assert not dialled.may_be_shown(seen + timedelta(days=400 + days))


@pytest.mark.parametrize("code", sorted(WANTED))
def test_what_is_over_is_a_task_and_emergency_stays(code: str) -> None:
    """A year on nothing is offered but the emergency number, and all is to be checked."""
    later = FRESH + timedelta(days=365)
    for need in HELP_NEEDS:
        told = help_for(code, "nl", need, later)
        assert (told.offers, told.emergency) == ((), countries()[code]["emergency"])
    due = to_check(later.date())
    assert len(due) == len(EVERY)
    assert "suicide" in due[0].needs


@pytest.mark.parametrize(
    ("country", "language", "need", "first"),
    [
        ("NL", "nl", "suicide", "113"),
        ("NL", "nl-NL", "befriending", "0880767000"),
        ("BE", "nl-BE", "suicide", "1813"),
        ("BE", "fr", "suicide", "080032123"),
        ("BE", "fr", "listening", "107"),
        ("BE", "de", "suicide", "108"),
        ("HU", "hu", "suicide", "116123"),
        ("HU", "hu", "befriending", "116123"),
        ("GB", "en", "befriending", "08004708090"),
        ("IE", "en", "suicide", "116123"),
        ("CA", "fr", "suicide", "18662773553"),
        ("CA", "en", "suicide", "988"),
        ("US", "en", "suicide", "988"),
        ("AU", "en", "suicide", "131114"),
        ("DE", "de", "befriending", "08004708090"),
    ],
)
def test_the_first_line_is_the_one_for_country_language_and_need(
    country: str, language: str, need: str, first: str
) -> None:
    """As FACTS 1.9b has it; the same digits may be two lines in two countries."""
    told = help_for(country, language, need, FRESH)  # type: ignore[arg-type]
    assert told.offers[0].line.dial == first
    assert all(one.line.country == country for one in told.offers)


def test_outside_its_hours_a_listening_line_stands_in_and_no_suicide_line() -> None:
    """In France at night: SOS Amitié, not 3114; by day the line for people over fifty first."""
    by_day = help_for("FR", "fr", "befriending", datetime(2026, 12, 1, 15, 30, tzinfo=UTC))
    by_night = help_for("FR", "fr", "befriending", datetime(2026, 12, 1, 23, 30, tzinfo=UTC))
    assert [one.line.dial for one in by_day.offers] == ["0800474788", "0972394050"]
    assert [one.line.dial for one in by_night.offers] == ["0972394050"]


def test_hours_are_those_of_the_country() -> None:
    """Ten to midnight in Ontario is another night in London."""
    at = datetime(2026, 12, 2, 4, 30, tzinfo=UTC)  # half past eleven at night in Toronto
    assert [one.line.dial for one in help_for("CA", "en", "befriending", at).offers] == [
        "18558929992"
    ]
    later = help_for("CA", "en", "befriending", at + timedelta(hours=1))
    assert later.offers == ()


def test_in_a_language_or_country_without_a_line_nothing_is_made_up() -> None:
    """No number of another language or country stands in."""
    assert help_for("NL", "hu", "suicide", FRESH).offers == ()
    unknown = help_for("ES", "nl", "suicide", FRESH)
    assert (unknown.emergency, unknown.offers) == (None, ())
    assert help_for(None, "nl", "suicide", FRESH).emergency is None


def test_a_house_that_dialled_and_added_has_its_own() -> None:
    """Its lines take the place of ours; a weak one that it dialled is shown."""
    (weak,) = [line for line in helplines("CH") if line.dial == "143"]
    assert help_for("CH", "de", "suicide", FRESH).offers == ()
    dialled = weak.verified("A. Person", FRESH.date())
    told = help_for("CH", "de", "suicide", FRESH, lines=[dialled])
    assert [one.line.verified_by for one in told.offers] == ["A. Person"]


def test_nobody_knows_whether_a_weekday_line_answers_on_a_holiday() -> None:
    """It is offered after those that surely answer, and said to be unsure."""
    line = next(one for one in helplines("NL") if one.name == "MIND Hulplijn")
    told = help_for("NL", "nl", "mental_health", FRESH, is_holiday=lambda *_: True)
    assert [(one.line.name, one.is_open) for one in told.offers] == [(line.name, None)]


@pytest.mark.parametrize(
    "written", ["9-5", "mon-fri 9:00-17:00", "fri-mon 09:00-17:00", "mon 17:00-09:00"]
)
def test_hours_that_are_not_written_so_are_refused(written: str) -> None:
    """A slip in a table must not open or close a line."""
    with pytest.raises(ValueError, match=r"hours|not in tuple"):
        hours_from(written)


def test_a_line_is_always_open_only_where_every_hour_is() -> None:
    """Day and night may be said of such a line alone."""
    assert hours_from("24/7").is_always_open
    assert not hours_from("mon-sun 08:00-24:00").is_always_open
    assert not hours_from("mon-sat 00:00-24:00").is_always_open
    assert not hours_from(None).is_always_open
    assert hours_from(None).is_open(FRESH) is None
