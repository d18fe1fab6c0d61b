"""
Untrusted records, read field by field.

Every getter returns a value of the type asked for, None where an optional field is absent, or
raises a `MalformedInputError` that names file, record and field and never quotes what stood there.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
import json
import re
from typing import Any, NoReturn, TypeVar, cast

from kindline.errors import MalformedInputError

_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")  # NUL, or half an emoji, cut by an exporter
_LONGEST_ID = 200
_FARTHEST = 1e16  # of any unit: clock times in microseconds are near 2e15
_Option = TypeVar("_Option", bound=str)
_KINDS = {
    "dict": "an object",
    "list": "a list",
    "str": "text",
    "bool": "true or false",
    "int": "a number",
    "float": "a number",
    "NoneType": "nothing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An object out of a file: `source` names the file, `place` the record in it."""

    source: str
    place: str
    content: Mapping[str, Any]

    def text(self, key: str) -> str | None:
        """Return a text field; a number counts as its digits, as ids are often written so."""
        value = self.content.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if value is None:
            return None
        if not isinstance(value, str):
            self.refuse(key, found=kind(value), expected="text")
        return _NO_CHARACTER.sub("\ufffd", value)

    def identity(self, key: str) -> str | None:
        """Return a text field that names something: a database must be able to index it."""
        value = self.text(key)
        if value is not None and len(value) > _LONGEST_ID:
            found = f"an id of {len(value)} characters"
            self.refuse(key, found=found, expected=f"at most {_LONGEST_ID}")
        return value

    def needed_text(self, key: str) -> str:
        """Return a text field that must be there."""
        value = self.text(key)
        if value is None:
            self.refuse(key, found="nothing", expected="text")
        return value

    def number(self, key: str) -> float | None:
        """Return a finite number, also where it is written as text."""
        value = self.content.get(key)
        if value is None:
            return None
        if isinstance(value, str):
            value = _parsed(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(key, found=kind(self.content[key]), expected="a number")
        number = float(value)
        if not -_FARTHEST < number < _FARTHEST:
            self.refuse(key, found="a number out of range", expected="a finite number")
        return number

    def milliseconds(self, key: str, *, unit_ms: int = 1) -> int | None:
        """Return a time from the start, in whole milliseconds; `unit_ms` 1000 for seconds."""
        value = self.number(key)
        if value is None:
            return None
        if value < 0:
            self.refuse(key, found="a negative time", expected="a time from the start")
        return round(value * unit_ms)

    def items(self, key: str) -> Sequence[Any]:
        """Return a list that must be there."""
        value = self.content.get(key)
        listed = as_list(value)
        if listed is None:
            self.refuse(key, found=kind(value), expected="a list")
        return listed

    def records(self, key: str, noun: str) -> list["Record"]:
        """Return a list of objects, each placed by its number."""
        value = () if self.content.get(key) is None else self.items(key)
        return [self.record(item, f"{noun} {number}") for number, item in enumerate(value)]

    def record(self, item: Any, name: str) -> "Record":
        """Return an object that belongs to this one."""
        content = as_object(item)
        if content is None:
            self.refuse(name, found=kind(item), expected="an object")
        return Record(source=self.source, place=f"{self.place}, {name}", content=content)

    def one_of(self, key: str, options: Collection[_Option]) -> _Option | None:
        """Return a text field that must be one of the options."""
        value = self.text(key)
        if value is None:
            return None
        for option in options:
            if option == value:
                return option
        return self.refuse(key, found="another word", expected=", ".join(options))

    def instant(self, key: str) -> datetime | None:
        """Return a point in time with its zone, as UTC."""
        value = self.text(key)
        if value is None:
            return None
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.refuse(key, found="text that is no time", expected="an ISO 8601 time with zone")
        if instant.tzinfo is None:
            self.refuse(key, found="a time without zone", expected="an ISO 8601 time with zone")
        try:
            return instant.astimezone(UTC)
        except OverflowError:
            self.refuse(key, found="a time out of range", expected="an ISO 8601 time with zone")

    def refuse(self, field: str, *, found: str, expected: str) -> NoReturn:
        """Raise the error for a field; `found` is a kind, never the content."""
        raise MalformedInputError(self.source, self.place, field, found, expected) from None


def decoded(raw: bytes, source: str) -> str:
    """Return a file as text: UTF-8 or, with its byte order mark, UTF-16."""
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        found = f"bytes that are not {encoding.removesuffix('-sig').upper()}"
        place = f"byte {error.start}"
    raise MalformedInputError(source, place, "encoding", found, "UTF-8, or UTF-16 with its mark")


def json_value(text: str, source: str, place: str) -> Any:
    """Return what a JSON text holds."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except ValueError as error:
        at = f"character {getattr(error, 'pos', 0)}"
    except RecursionError:
        at = "depth"
    raise MalformedInputError(source, place, at, "text that is not JSON", "JSON")


def json_record(text: str, source: str, place: str) -> Record:
    """Return the one object a JSON text holds."""
    return record_of(json_value(text, source, place), source, place)


def record_of(value: Any, source: str, place: str) -> Record:
    """Return a decoded value as the record it must be."""
    content = as_object(value)
    if content is None:
        raise MalformedInputError(source, place, "record", kind(value), "an object")
    return Record(source=source, place=place, content=content)


def as_object(value: Any) -> Mapping[str, Any] | None:
    """Return a decoded JSON value that is an object, else None."""
    return cast(Mapping[str, Any], value) if isinstance(value, dict) else None


def as_list(value: Any) -> Sequence[Any] | None:
    """Return a decoded JSON value that is a list, else None."""
    return cast(Sequence[Any], value) if isinstance(value, list) else None


def one_of(told: str | None, known: Sequence[_Option]) -> _Option | None:
    """Return the option that text names, None where it names none."""
    return next((option for option in known if option == told), None)


def kind(value: object) -> str:
    """Return what kind of value it is, in words, without its content."""
    return _KINDS.get(type(value).__name__, "something else")


def _parsed(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
