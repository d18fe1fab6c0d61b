"""What surrounds a contact finds it, adds to it, and overrules nothing it says itself."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
import pytest

from kindline.errors import InputError
from kindline.ingest.plain import conversation_from
from kindline.intake.about import Abouts
from kindline.model.conversation import Conversation

SAID = {"id": "c-1", "turns": [{"party": "customer", "text": "Hello."}]}


def contact(**stated: str) -> Conversation:
    """Return a contact that says this of itself."""
    return conversation_from({**SAID, **stated}, source="in/call-7.json", record="line 1")


def rows(tmp_path: Path, text: str, name: str = "about.csv") -> Abouts:
    """Return what a table says."""
    path = tmp_path / name
    path.write_text(text, "utf-8")
    abouts = Abouts()
    abouts.read(path)
    return abouts


@pytest.mark.parametrize(
    ("text", "hold_ms", "after_ms"),
    [
        ("conversation_id,hold_ms,after_call_work_ms\nc-1,65000,30000\n", 65_000, 30_000),
        ("Contact ID;Hold Time;ACW\nc-1;0:01:05;30\n", 65_000, 30_000),
        ("Conversation ID\ttHeld\ttAcw\nc-1\t65000\t30000\n", 65_000, 30_000),
        ("file,hold,acw_s\ncall-7.wav,65,30\n", 65_000, 30_000),
        ("file,Total Hold,Total ACW\ncall-7.wav,1:05,0:30\n", 65_000, 30_000),
    ],
    ids=["ours", "report", "genesys", "by file", "clock"],
)
def test_units_are_those_of_the_column(
    tmp_path: Path, text: str, hold_ms: int, after_ms: int
) -> None:
    """Seconds, milliseconds and clock times of different platforms mean the same."""
    told = rows(tmp_path, text).told(contact()).handling
    assert told is not None
    assert (told.hold_ms, told.after_call_work_ms) == (hold_ms, after_ms)


def test_contact_record_of_a_platform_is_read(tmp_path: Path) -> None:
    """A contact record of Amazon Connect, a JSON object a line, needs no mapping."""
    line = (
        '{"ContactId": "c-1", "Channel": "VOICE", "InitiationTimestamp": "2026-11-02T09:00:00Z",'
        ' "Queue": {"Name": "billing"}, "Agent": {"Username": "a-7",'
        ' "AfterContactWorkDuration": 42, "CustomerHoldDuration": 7}}'
    )
    told = rows(tmp_path, line, "ctr.jsonl").told(contact())
    assert (told.queue, told.agent_id, told.channel) == ("billing", "a-7", "voice")
    assert told.started_at is not None
    assert told.handling is not None
    assert (told.handling.after_call_work_ms, told.handling.hold_ms) == (42_000, 7_000)


def test_contact_goes_before_the_table(tmp_path: Path) -> None:
    """What a conversation says of itself stays; what it leaves open is filled."""
    table = rows(tmp_path, "conversation_id,queue,language\nc-1,sales,nl\n")
    told = table.told(contact(language="hu"))
    assert (told.queue, told.language) == ("sales", "hu")


def test_refusal_in_the_table_holds(tmp_path: Path) -> None:
    """Whoever objected to the centre is not analysed because a file says consent."""
    table = rows(tmp_path, "conversation_id,lawful_basis\nc-1,refused\n")
    told = table.told(contact(lawful_basis="consent"))
    assert told.lawful_basis is not None
    assert told.lawful_basis.name is None


def test_survey_answers_are_kept_by_question(tmp_path: Path) -> None:
    """Columns that begin with `survey` are answers; an empty one is none."""
    table = rows(tmp_path, "file,survey_felt_heard,survey nps\ncall-7,4,\n")
    told = table.told(contact()).handling
    assert told is not None
    assert told.survey == {"felt_heard": "4"}


@pytest.mark.parametrize(
    "row",
    ["c-1,abc,", "c-1,-5,", "c-1,,1.5", ",7,1"],
    ids=["no number", "negative", "half a transfer", "nobody's"],
)
def test_bad_row_is_refused_and_the_next_read(tmp_path: Path, row: str) -> None:
    """The error names line and field and not what stood there; good rows stay."""
    table = rows(tmp_path, f"conversation_id,hold_ms,transfers\n{row}\nc-2,9,0\n")
    (error,) = table.rejected
    assert "line 2" in str(error)
    assert "abc" not in str(error)
    assert [one.conversation_id for one in table.rows] == ["c-2"]


def test_rows_of_files_named_alike_are_not_mixed_up(tmp_path: Path) -> None:
    """Dates with dots are no endings, and a row is not given to the neighbour's file."""
    table = rows(tmp_path, "file,queue\n2026.11.02-a.wav,one\n2026.11.02-b.wav,two\n")
    found = [table.of(name) for name in ("in/2026.11.02-b.json", "2026.11.02-c.wav", "2026.11.wav")]
    assert [row and row.queue for row in found] == ["two", None, None]
    alike = rows(tmp_path, "file,queue\n7.wav,one\n7.mp3,two\n")
    assert [row and row.queue for row in map(alike.of, ("7.mp3", "7.json"))] == ["two", None]


def test_rows_are_counted_as_used_once(tmp_path: Path) -> None:
    """Rows of no contact here are told apart from those that found theirs."""
    table = rows(tmp_path, "conversation_id,queue\nc-1,a\nc-9,b\n")
    table.told(contact())
    table.told(contact())
    assert table.used == {0}
    assert table.of("c-5", "other.wav") is None


@given(raw=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused(
    raw: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever is handed over as a table, nothing is raised."""
    path = tmp_path_factory.mktemp("about") / "about"
    path.write_bytes(raw)
    abouts = Abouts()
    abouts.read(path)
    assert all(isinstance(error, InputError) for error in abouts.rejected)
