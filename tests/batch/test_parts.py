"""Files are cut into parts so that nothing falls between two of them, and names stay."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from kindline.batch.folder import Folder
from kindline.batch.parts import Part, part_from, planned
from kindline.batch.reading import table_of

records = st.integers(0, 60).map(lambda n: b'{"turns": "' + b"x" * n + b'"}')
blanks = st.sampled_from((b"", b" "))
contents = st.lists(records | blanks, min_size=1, max_size=20)


def cut(folder: Path, n_bytes: int) -> list[Part]:
    """Return the parts of a folder."""
    return planned(Folder(address=str(folder)), [], (), n_bytes=n_bytes)


@given(contents, st.integers(5, 90), st.sampled_from((b"\n", b"\r\n")), st.booleans())
def test_every_line_is_in_one_part(
    some: list[bytes], n_bytes: int, ending: bytes, ends: bool
) -> None:
    """Wherever a file of lines is cut, each line is read once, in order, by its place."""
    first = b'{"turns": "first"}'
    raw = ending.join([first, *some]) + (ending if ends else b"")
    with TemporaryDirectory() as home:
        (Path(home) / "calls.jsonl").write_bytes(raw)
        folder = Folder(address=home)
        rows = [
            row for part in cut(Path(home), n_bytes) for row in table_of(part, folder).to_pylist()
        ]
    assert [row["content"].rstrip() for row in rows] == [
        line for line in [first, *some] if line.strip()
    ]
    for row in rows:
        if row["record"].startswith("line at byte "):
            at = int(row["record"].removeprefix("line at byte "))
            assert raw[at:].startswith(row["content"])


def test_the_same_files_make_the_same_parts(tmp_path: Path) -> None:
    """A part's name depends on what it holds of which file, not on when it was planned."""
    (tmp_path / "big.jsonl").write_bytes(b'{"turns": 1}\n' * 50)
    (tmp_path / "small.json").write_bytes(b"{}")
    assert cut(tmp_path, 100) == cut(tmp_path, 100)
    assert [part_from(part.as_json()) for part in cut(tmp_path, 100)] == cut(tmp_path, 100)


def test_files_that_come_make_parts_of_their_own(tmp_path: Path) -> None:
    """What was planned before keeps its parts; what is new never moves into them."""
    for name in ("b", "d"):
        (tmp_path / f"{name}.json").write_bytes(b"{}")
    before = cut(tmp_path, 1_000)
    (tmp_path / "a.json").write_bytes(b"{}")
    after = planned(Folder(address=str(tmp_path)), before, ())
    assert after[: len(before)] == before
    assert [part.files for part in after[len(before) :]] == [("a.json",)]


def test_sides_of_a_call_and_its_transcript_stay_together(tmp_path: Path) -> None:
    """Whoever listens to a call has all of its files."""
    for n in range(20):
        for name in (f"c{n}_agent.wav", f"c{n}_customer.wav", f"c{n}.json"):
            (tmp_path / name).write_bytes(b"RIFF")
    parts = cut(tmp_path, 1_000)
    assert {part.kind for part in parts} == {"recordings"}
    for part in parts:
        calls = {name.partition("_")[0].partition(".")[0] for name in part.files}
        assert len(part.files) == 3 * len(calls)
    assert sum(len(part.files) for part in parts) == 60


def test_done_parts_outlive_their_files(tmp_path: Path) -> None:
    """Input cleared away after it was done takes nothing with it; what changed is done again."""
    (tmp_path / "a.json").write_bytes(b"{}")
    (before,) = cut(tmp_path, 1_000)
    (tmp_path / "a.json").unlink()
    folder = Folder(address=str(tmp_path))
    assert planned(folder, [before], (before.name,)) == [before]
    assert planned(folder, [before], ()) == []
    (tmp_path / "a.json").write_bytes(b"{...}")
    (after,) = planned(folder, [before], (before.name,))
    assert after.name == before.name
    assert after.stamps != before.stamps
