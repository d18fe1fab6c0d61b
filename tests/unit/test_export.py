"""What is written: all that is stored, readable by others, and without words where asked."""

from collections.abc import Iterator
import csv
from dataclasses import replace
from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow.parquet
import pytest

from kindline.analysis import analyse
from kindline.export import BY_NAME, WRITERS
from kindline.export.columns import COLUMNS, row
from kindline.export.vcon import vcon_of
from kindline.export.words import seen_by
from kindline.ingest import read_file
from kindline.ingest.plain import conversation_from
from kindline.model.conversation import Conversation
from kindline.policy import profile
from kindline.store.conversations import Stored, load, save
from kindline.store.database import Store

LONELY = "You are the first voice I hear since Sunday, zeepaardje."
SAID: dict[str, Any] = {
    "id": "one",
    "language": "en",
    "channel": "voice",
    "started_at": "2026-11-20T09:00:00+02:00",
    "queue": "=2+3",
    "lawful_basis": "legitimate-interest",
    "turns": [
        {"party": "agent", "text": "Good morning.", "start_ms": 0, "end_ms": 900},
        {"party": "customer", "text": LONELY, "start_ms": 900, "end_ms": 4000, "confidence": 0.9},
        {"party": "customer", "text": "My invoice is wrong.", "start_ms": 4100, "end_ms": 6000},
    ],
}


@pytest.fixture
def kept(store: Store, now: datetime) -> list[Stored]:
    """Return a spoken contact, a written one of unknown start, and a denied one, from the store."""
    written = {**SAID, "id": "5b1f9a86-4f0e-4a3a-9c55-3f6a3f6c8d11", "channel": "chat"}
    written.pop("started_at")
    said = [SAID, written, {**SAID, "id": "three", "objection": True}]
    given = [conversation_from(item, source="calls.jsonl", record="1") for item in said]
    rules = profile("eu-consented")
    done = [(one, analyse(one, rules, declared=None, now=now)) for one in given]
    with store.begin() as tenancy:
        save(tenancy, done, now=now)
        return list(load(tenancy))


def written(kept: list[Stored], form: str, folder: Path, *, has_words: bool = True) -> Path:
    """Return the file or folder that a writer wrote."""
    target = folder / f"out.{form}"
    assert BY_NAME[form].write(iter(kept), target, has_words=has_words) == len(kept)
    return target


def lines(path: Path) -> list[dict[str, str]]:
    """Return the lines of a table by column."""
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def contents(target: Path) -> Iterator[bytes]:
    """Return the bytes of every file written."""
    for path in target.iterdir() if target.is_dir() else target.parent.glob(f"{target.stem}*"):
        if path.is_file():
            yield path.read_bytes()


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.NAME)
def test_without_words_no_word_is_written(writer: Any, kept: list[Stored], tmp_path: Path) -> None:
    """Not in turns, not in quotes, not in a text the reader carried along."""
    target = written(kept, writer.NAME, tmp_path, has_words=False)
    for raw in contents(target):
        assert b"zeepaardje" not in raw
        assert b"invoice" not in raw


@pytest.mark.parametrize("form", ["jsonl", "vcon"])
def test_what_is_written_is_read_again(form: str, kept: list[Stored], tmp_path: Path) -> None:
    """The same words by the same roles at the same times; denied ones have none to read."""
    target = written(kept, form, tmp_path)
    files = sorted(target.iterdir()) if target.is_dir() else [target]
    again = [item for path in files for item in read_file(path)]
    told = [one for one in again if isinstance(one, Conversation) and one.turns[0].text]
    assert len(told) == 2
    for one in told:
        assert [(turn.role, turn.text) for turn in one.turns] == [
            (turn["party"], turn["text"]) for turn in SAID["turns"]
        ]
        assert one.lawful_basis is not None
    spoken = next(one for one in told if one.channel == "voice")
    places = [
        turn.interval and (turn.interval.start_ms, turn.interval.end_ms) for turn in spoken.turns
    ]
    assert places == [(turn["start_ms"], turn["end_ms"]) for turn in SAID["turns"]]
    assert spoken.started_at == datetime(2026, 11, 20, 7, tzinfo=UTC)


@pytest.mark.parametrize("has_words", [True, False])
def test_every_vcon_obeys_the_schema(kept: list[Stored], shared: Path, has_words: bool) -> None:
    """The schema of the draft, of July 2026; a redacted one names the whole one."""
    schema = json.loads((shared / "samples" / "vcon" / "ietf_vcon_json_schema.json").read_bytes())
    checker = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    for one in kept:
        vcon = vcon_of(one, has_words=has_words)
        assert not [error.message for error in checker.iter_errors(vcon)]
        assert ("redacted" in vcon) is not has_words


def test_redaction_keeps_every_index(kept: list[Stored]) -> None:
    """A finding's turn, a dialog and a party are under the same number in both."""
    for one in kept:
        whole, bare = vcon_of(one, has_words=True), vcon_of(one, has_words=False)
        assert bare["redacted"]["uuid"] == whole["uuid"] != bare["uuid"]
        assert bare["parties"] == whole["parties"]
        assert len(bare["dialog"]) == len(whole["dialog"])
        turns = [
            [
                finding["turn"]
                for finding in vcon["analysis"][-1]["body"]["needs"]["companionship"]["findings"]
            ]
            for vcon in (whole, bare)
        ]
        assert turns[0] == turns[1]


def test_a_lawful_basis_of_the_input_is_kept_as_it_was(kept: list[Stored]) -> None:
    """Grants, terms and proofs are evidence; nobody may sum them up."""
    own = {"type": "lawful_basis", "party": 1, "body": {"lawful_basis": "consent", "registry": "x"}}
    carried = {"attachments": [{"purpose": "invoice", "body": "secret"}, own]}
    vcon = vcon_of(replace(kept[0], carried=carried), has_words=True)
    (attachment,) = vcon["attachments"]
    assert attachment.items() >= own.items()


def test_a_row_says_what_is_not_known_by_nothing(kept: list[Stored], tmp_path: Path) -> None:
    """A denied contact has no probability of 0, and a formula is a text."""
    table = lines(written(kept, "csv", tmp_path))
    by_id = {line["conversation_id"]: line for line in table}
    assert by_id["three"]["status"] == "denied"
    assert by_id["three"]["companionship"] == "not_assessed"
    assert by_id["three"]["companionship_probability"] == ""
    assert by_id["one"]["queue"] == "'=2+3"
    assert by_id["one"]["started_at"] == "2026-11-20T07:00:00+00:00"
    told = lines(tmp_path / "out.dictionary.csv")
    assert [line["column"] for line in told] == list(table[0])
    assert all(line["meaning"] for line in told)


def test_parquet_has_the_rows_of_the_csv_with_types(kept: list[Stored], tmp_path: Path) -> None:
    """Flags are flags, counts are whole, times have a zone, and meanings travel along."""
    table = pyarrow.parquet.read_table(written(kept, "parquet", tmp_path))
    assert table.to_pylist() == [row(one) for one in kept]
    for column in COLUMNS:
        assert table.schema.field(column.name).metadata[b"meaning"].decode() == column.meaning
    assert str(table.schema.field("started_at").type) == "timestamp[ms, tz=UTC]"


def test_no_export_tells_what_an_agent_did_or_a_crisis_to_anybody(kept: list[Stored]) -> None:
    """Only the role that the policy names is told of a crisis; nobody gets a table of agents."""
    whole = json.dumps([one.analysis for one in kept])
    assert '"agent"' in whole
    assert "crisis" in whole
    told = json.dumps([seen_by(None, one).analysis for one in kept])
    assert "crisis" not in told
    assert "validate" not in told
    for one in kept:
        theirs = seen_by("safeguarding", one).analysis
        assert theirs["crisis"] == one.analysis["crisis"]
        assert "agent" not in theirs
        assert row(seen_by(None, one))["crisis"] is None
    assert not [column.name for column in COLUMNS if "validate" in column.name]


def test_a_refusal_and_the_terms_of_a_basis_are_written_as_they_were(
    now: datetime, kept: list[Stored], tmp_path: Path
) -> None:
    """What refused stays refused when it is read again; an expiry expires."""
    own = {"lawful_basis": "consent", "expiration": "2026-12-01T00:00:00+00:00"}
    with_terms = replace(kept[0], carried={"lawful_basis": own})
    target = tmp_path / "all.jsonl"
    BY_NAME["jsonl"].write([with_terms, kept[2]], target, has_words=True)
    first, refused = read_file(target)
    assert isinstance(first, Conversation)
    assert first.lawful_basis is not None
    assert first.lawful_basis.expires_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert isinstance(refused, Conversation)
    again = analyse(refused, profile("eu-consented"), declared="consent", now=now)
    assert again.status == "denied"
    (attachment,) = vcon_of(with_terms, has_words=True)["attachments"]
    assert attachment["body"] == own
