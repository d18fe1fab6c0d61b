"""Untrusted fields: the type asked for, None where absent, or an error that names the place."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kindline.errors import MalformedInputError
from kindline.records import Record, decoded, json_record


def record(**content: Any) -> Record:
    """Return a record of a made-up file."""
    return Record(source="f.json", place="line 1", content=content)


def test_numbers_are_read_as_they_are_written() -> None:
    """A number may stand as text; seconds become whole milliseconds."""
    assert record(t="2.5").number("t") == 2.5
    assert record(t=1.2345).milliseconds("t", unit_ms=1000) == 1234
    assert record().milliseconds("t") is None


@pytest.mark.parametrize("value", [True, [], {}, "soon", float("inf"), "nan", 1e18])
def test_what_is_no_number_is_refused(value: Any) -> None:
    """True is not one, and neither is infinity."""
    with pytest.raises(MalformedInputError, match=r"f\.json, line 1, t: found"):
        record(t=value).number("t")


def test_instants_need_a_zone() -> None:
    """A time without its zone may be off by a day; it is refused, not guessed."""
    assert record(t="2026-03-12T19:40:00+01:00").instant("t") == datetime(
        2026, 3, 12, 18, 40, tzinfo=UTC
    )
    for wrong in ("2026-03-12T19:40:00", "yesterday", "0001-01-01T00:00:00+23:59"):
        with pytest.raises(MalformedInputError, match="ISO 8601"):
            record(t=wrong).instant("t")


def test_half_a_character_is_replaced_in_place() -> None:
    """Exporters cut emoji in two; the length stays, so offsets do too."""
    given = json_record('{"text": "bye \\ud83d now"}', "f.json", "line 1")
    assert given.text("text") == "bye \ufffd now"


def test_inner_records_carry_their_place() -> None:
    """An error deep inside says how to get there."""
    inner = record(turns=[{}, {"text": []}]).records("turns", "turn")[1]
    with pytest.raises(MalformedInputError) as caught:
        inner.needed_text("text")
    assert str(caught.value) == "f.json, line 1, turn 1, text: found a list; expected text"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_utf_8_is_read_with_and_without_its_mark(mark: bytes) -> None:
    """Windows programs put a mark before UTF-8."""
    assert decoded(mark + "é".encode(), "f") == "é"


def test_other_encodings_are_refused_by_name() -> None:
    """Latin-1 read as UTF-8 would spoil every accent; the error says where it broke."""
    with pytest.raises(
        MalformedInputError, match="byte 1, encoding: found bytes that are not UTF-8"
    ):
        decoded(b"a\xe9", "f")
    assert decoded("é".encode("utf-16"), "f") == "é"
