"""The operator says what the serial library says, in whatever company a conversation comes."""

from dataclasses import replace
import json
from random import Random
from typing import Any

from dask import delayed
from hypothesis import given, settings
from hypothesis import strategies as st
import pyarrow as pa
import pytest

from kindline.batch.operators import (
    CONVERSATION,
    READ_COLUMNS,
    Analyser,
    read_schema,
    written_schema,
)
from kindline.ingest.plain import conversation_from
from kindline.model.conversation import Conversation
from tests.batch.inputs import RECIPE, alone, lines, told_alike
from tests.strategies import conversations

LINES = [line for code in ("en", "nl", "hu", "fr") for line in lines(12, code)]
ANALYSER = Analyser(RECIPE)


def table(rows: list[tuple[str, str, str, bytes]]) -> pa.Table:
    """Return rows to be read as a table."""
    columns = list(zip(*rows, strict=True)) or [()] * len(READ_COLUMNS)
    return pa.table(dict(zip(READ_COLUMNS, columns, strict=True)), schema=read_schema())


def of_lines(some: list[str]) -> pa.Table:
    """Return lines of the plain format as a table."""
    return table([("f", f"line {n}", "line", line.encode()) for n, line in enumerate(some)])


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    """Return id -> what the library says of each line by itself."""
    told = [conversation_from(json.loads(line), source="f", record="r") for line in LINES]
    return {one.id: alone(one) for one in told}


@settings(max_examples=12)
@given(st.integers(0, 2**32), st.integers(1, len(LINES)))
def test_any_cut_and_order_says_the_same(expected: dict[str, Any], seed: int, size: int) -> None:
    """Rows in any order, in tables of any size, are judged as each is alone."""
    mixed = LINES[:]
    Random(seed).shuffle(mixed)  # noqa: S311 -- an order, no secret
    tables = [ANALYSER(of_lines(mixed[at : at + size])) for at in range(0, len(mixed), size)]
    rows = pa.concat_tables(tables).to_pylist()
    assert [row["conversation_id"] for row in rows] == [json.loads(line)["id"] for line in mixed]
    for row in rows:
        assert told_alike(json.loads(row["analysis"]), expected[row["conversation_id"]])


@settings(max_examples=40)
@given(st.lists(conversations(), min_size=1, max_size=5))
def test_a_row_in_is_a_row_out(some: list[Conversation]) -> None:
    """Whatever a conversation holds, it is analysed or denied, its states as its analysis says."""
    forms = [("s", str(one.id), "conversation", CONVERSATION.dump_json(one)) for one in some]
    rows = ANALYSER(table(forms)).to_pylist()
    assert len(rows) == len(some)
    for row, one in zip(rows, some, strict=True):
        told = json.loads(row["analysis"])
        assert row["status"] == told["status"] == alone(one)["status"]
        assert row["companionship"] == told["needs"]["companionship"]["state"]
        assert row["crisis"] == told["crisis"]["state"]


@settings(max_examples=40)
@given(conversations())
def test_a_conversation_travels_whole(one: Conversation) -> None:
    """What is written between stages comes back as it was."""
    assert CONVERSATION.validate_json(CONVERSATION.dump_json(one)) == one


def test_every_row_is_told_of_by_its_place() -> None:
    """A line that is none is rejected under its own number; its neighbours are judged."""
    rows = ANALYSER(of_lines([LINES[0], '{"id": "b", "turns": 7}', "{", LINES[1]])).to_pylist()
    assert [row["status"] for row in rows] == ["analysed", "rejected", "rejected", "analysed"]
    told = json.loads(rows[1]["problem"])
    assert told["record"] == "line 1"
    assert told["field"] == "turns"
    assert rows[2]["analysis"] is None


def test_a_whole_file_may_hold_many() -> None:
    """A file of another format is one row in and as many out as it holds contacts."""
    raw = "\n".join(LINES[:3]).encode()
    rows = ANALYSER(table([("calls.jsonl", None, "file", raw)])).to_pylist()  # type: ignore[list-item]
    assert [row["status"] for row in rows] == ["analysed"] * 3


def test_what_may_not_be_kept_is_not_written() -> None:
    """A denied contact and one that was evaluated only leave no words behind."""
    said = json.loads(LINES[0]) | {"lawful_basis": "denied"}
    (denied,) = ANALYSER(of_lines([json.dumps(said)])).to_pylist()
    assert denied["status"] == "denied"
    assert denied["conversation"] is None
    for turn in said["turns"]:
        assert turn["text"] not in json.dumps(denied, default=str)
    evaluating = Analyser(replace(RECIPE, basis="evaluation"))
    (evaluated,) = evaluating(of_lines([json.dumps(said | {"lawful_basis": None})])).to_pylist()
    assert evaluated["status"] == "analysed"
    assert evaluated["conversation"] is None
    findings = [
        finding
        for block in json.loads(evaluated["analysis"]).values()
        if isinstance(block, dict)
        for finding in block.get("findings", ())
    ]
    assert findings
    assert {finding["quote"] for finding in findings} == {None}


def test_names_and_numbers_are_blotted_out() -> None:
    """What identifies goes before anything is judged or written."""
    said = {
        "id": "n",
        "language": "en",
        "turns": [{"party": "customer", "text": "My number is 020 7946 0958, ring me."}],
    }
    (row,) = ANALYSER(of_lines([json.dumps(said)])).to_pylist()
    assert "7946" not in json.dumps(row, default=str)


def test_analyses_are_analysed_again_alike() -> None:
    """The words of an earlier batch, judged again by the same versions, are judged the same."""
    first = ANALYSER(of_lines(LINES))
    rows = [
        ("again", row["conversation_id"], "analysed", json.dumps(row, default=str).encode())
        for row in first.to_pylist()
    ]
    again = ANALYSER(table(rows))
    ignored = ["source", "record"]
    assert again.drop(ignored).equals(first.drop(ignored))


def test_an_empty_table_is_answered_by_one() -> None:
    """Nothing in, nothing out, and the columns are there."""
    told = ANALYSER(table([]))
    assert told.num_rows == 0
    assert told.schema == written_schema()


def test_other_engines_run_it() -> None:
    """Spark's loop over record batches and Dask's scheduler get what the object returns."""
    whole = of_lines(LINES[:20])

    def as_spark_does(batches: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
        made = [ANALYSER(pa.Table.from_batches([batch])) for batch in batches]
        return [batch for one in made for batch in one.to_batches()]

    by_spark = pa.Table.from_batches(as_spark_does(whole.to_batches(max_chunksize=7)))
    parts = [delayed(ANALYSER)(whole.slice(at, 6)) for at in range(0, 20, 6)]
    by_dask = pa.concat_tables([part.compute(scheduler="threads") for part in parts])
    assert by_spark.equals(ANALYSER(whole))
    assert by_dask.equals(ANALYSER(whole))
