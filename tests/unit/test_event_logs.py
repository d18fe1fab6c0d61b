"""Event logs: the same events from CSV, JSON Lines and Parquet; bad rows refused, none lost."""

from dataclasses import replace
from datetime import datetime
import json
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet
import pytest

from kindline.errors import InputError
from kindline.intake.event_logs import NAMES, mapping, read

ROWS = [
    {"session": "s-1", "customer": "c-1", "time": "2026-11-20T10:00:00+01:00", "surface": "web"},
    {"session": "s-1", "customer": "c-1", "time": "2026-11-20T10:01:00+01:00", "surface": "web"},
    {"session": "s-2", "customer": None, "time": "2026-11-20T10:02:00+01:00", "surface": "app"},
]
STEPS = [("start", "step"), ("pay invoice", "error"), ("menu", "asked_person")]
WHOLE = [
    {**row, "step": step, "outcome": outcome}
    for row, (step, outcome) in zip(ROWS, STEPS, strict=True)
]


def written(folder: Path, form: str) -> Path:
    """Write the rows in a form."""
    path = folder / f"events.{form}"
    if form == "parquet":
        parquet.write_table(pa.Table.from_pylist(WHOLE), path)
    elif form == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in WHOLE), "utf-8")
    else:
        lines = [",".join(WHOLE[0])]
        lines += [",".join(str(value or "") for value in row.values()) for row in WHOLE]
        path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_the_same_events_come_from_every_form(tmp_path: Path, form: str) -> None:
    """With times in UTC and nobody where nobody is named."""
    log = read(written(tmp_path, form), mapping("plain"))
    assert log.rejected == []
    told = [(one.session, one.customer, one.step, one.outcome, one.at.hour) for one in log.events]
    assert told == [
        ("s-1", "c-1", "start", "step", 9),
        ("s-1", "c-1", "pay invoice", "error", 9),
        ("s-2", None, "menu", "asked_person", 9),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("step", "my number is 0612345678"),
        ("step", "x" * 200),
        ("step", ""),
        ("time", "yesterday"),
        ("time", "2026-11-20T10:00:00"),
        ("surface", "fax"),
        ("outcome", "meh"),
        ("session", ""),
        ("reason", "weather"),
    ],
)
def test_a_bad_row_is_refused_and_the_others_stay(tmp_path: Path, field: str, value: str) -> None:
    """The error names row and field, what is expected, and nothing that stood there."""
    path = tmp_path / "events.jsonl"
    rows = [*WHOLE, {**WHOLE[0], field: value}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    log = read(path, mapping("plain"))
    assert len(log.events) == 3
    (error,) = log.rejected
    assert f"line 4, {field}" in str(error)
    assert not value or value not in str(error)


def test_a_mapping_says_what_their_words_mean(tmp_path: Path) -> None:
    """Columns, outcomes, reasons and kinds by step, a clock without its zone."""
    told = tmp_path / "ours.toml"
    told.write_text(
        'surface = "web"\nzone = "Europe/Amsterdam"\n'
        '[columns]\nsession = "visit"\ntime = "when"\nstep = "page"\noutcome = "what"\n'
        '[outcomes]\nboom = "error"\n'
        '[steps."/pay*"]\nreason = "billing"\n[steps."/search"]\nkind = "find"\n',
        "utf-8",
    )
    path = tmp_path / "log.csv"
    path.write_text(
        "Visit,When,Page,What\n"
        "v1,2026-07-01 10:00:00,/search,\n"
        "v1,2026-07-01 10:01:00,/pay/now,boom\n"
    )
    first, last = read(path, mapping(str(told))).events
    assert (first.kind, first.reason, first.at.hour) == ("find", None, 8)
    assert (last.outcome, last.reason, last.kind) == ("error", "billing", "do")


def test_shapes_of_others_are_read(tmp_path: Path) -> None:
    """A block of a flow that Amazon Connect logs; an event that Google Analytics exports."""
    flow = tmp_path / "connect.jsonl"
    flow.write_text(
        json.dumps(
            {
                "ContactId": "1-2-3",
                "ContactFlowName": "Main menu",
                "ContactFlowModuleType": "Transfer",
                "Timestamp": "2026-11-20T10:00:00.000Z",
                "Results": "Success",
            }
        )
        + "\n"
    )
    (event,) = read(flow, mapping("amazon_connect")).events
    assert (event.surface, event.outcome, event.step) == ("ivr", "asked_person", "Main menu")
    web = tmp_path / "ga.jsonl"
    web.write_text(
        json.dumps(
            {
                "session": "a.1",
                "user_id": "c-1",
                "event_timestamp": 1_764_000_000_000_000,
                "page_path": "/pay",
                "event_name": "exception",
            }
        )
        + "\n"
    )
    (event,) = read(web, mapping("google_analytics")).events
    assert (event.surface, event.outcome, event.at.year) == ("web", "error", 2025)


@pytest.mark.parametrize(
    "text",
    [
        'surface = "web"\nzone = "Mars"\n[columns]\nsession = "s"\ntime = "t"\nstep = "p"',
        "[columns]\nsession = 1",
        'surface = "web"\n[columns]\nstep = "a"',
        "not toml =",
    ],
)
def test_a_mapping_that_lacks_something_is_refused(tmp_path: Path, text: str) -> None:
    """With what is expected."""
    path = tmp_path / "m.toml"
    path.write_text(text)
    with pytest.raises(InputError, match="expected"):
        mapping(str(path))


@pytest.mark.parametrize("value", [1e15, -1e15, "soon", None])
def test_a_number_that_is_no_time_is_refused(tmp_path: Path, value: object) -> None:
    """Seconds read as microseconds, a year that is none: one row, and the others stay."""
    told = tmp_path / "ours.toml"
    told.write_text(
        'surface = "web"\ntime_unit = "s"\n[columns]\nsession = "s"\ntime = "t"\nstep = "p"\n'
    )
    path = tmp_path / "log.jsonl"
    rows = [{"s": "1", "t": 1.7e9, "p": "a"}, {"s": "2", "t": value, "p": "a"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    log = read(path, mapping(str(told)))
    assert [one.session for one in log.events] == ["1"]
    assert "line 2, time" in str(log.rejected[0])


def test_a_parquet_time_without_zone_is_refused_unless_the_mapping_has_one(tmp_path: Path) -> None:
    """Nothing is silently taken for UTC."""
    row = {**WHOLE[0], "time": datetime(2026, 7, 1, 10)}  # noqa: DTZ001 -- that is the point
    path = tmp_path / "events.parquet"
    parquet.write_table(pa.Table.from_pylist([row]), path)
    assert "without zone" in str(read(path, mapping("plain")).rejected[0])
    zoned = replace(mapping("plain"), zone="Europe/Amsterdam")
    assert read(path, zoned).events[0].at.hour == 8


@pytest.mark.parametrize("name", NAMES)
def test_every_mapping_of_ours_reads(name: str) -> None:
    """Each says which column holds session, time and step."""
    assert {"session", "time", "step"} <= mapping(name).columns.keys()


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    """Parquet that ends in the middle is one error, and no crash."""
    path = tmp_path / "broken.parquet"
    path.write_bytes(b"PAR1 and then nothing")
    log = read(path, mapping("plain"))
    assert log.events == []
    assert len(log.rejected) == 1
