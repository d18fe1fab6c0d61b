"""Lists that leave as files: states as a table, or conversations with their words as JSON Lines."""

from collections.abc import Iterator
import csv
import io
import json

from kindline.store.exports import note_export
from kindline.web.access import NEEDS_SHOWN, Filter, Listed, line_of, listed_rows, opened_some
from kindline.web.guard import Asked

_AT_ONCE = 200
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(asked: Asked, chosen: Filter) -> Iterator[str]:
    """Return a table of states, row by row; a cell that a spreadsheet would compute is quoted."""
    needs = (*NEEDS_SHOWN, "crisis") if asked.may("crisis") else NEEDS_SHOWN
    names = ("conversation_id", "happened_at", "language", "channel", "queue", "status", "n_turns")
    _note(asked, chosen, "csv", has_words=False)
    yield _row((*names, *needs))
    with asked.read() as tenancy:
        for row in listed_rows(asked, tenancy, chosen):
            one = line_of(asked, row)
            yield _row((*_cells(one), *(one.states[need] for need in needs)))


def as_json_lines(asked: Asked, chosen: Filter) -> Iterator[str]:
    """Return conversations as the policy shows them to whoever asks, with words, line by line."""
    numbers = _note(asked, chosen, "jsonl", has_words=True)
    for start in range(0, len(numbers), _AT_ONCE):
        for one in opened_some(asked, numbers[start : start + _AT_ONCE], "export"):
            told = {**one.analysis, "turns": one.turns and list(one.turns)}
            yield json.dumps(told, ensure_ascii=False) + "\n"


def _note(asked: Asked, chosen: Filter, form: str, *, has_words: bool) -> list[int]:
    """Write down what is about to leave, and return its numbers, the latest first."""
    with asked.begin() as tenancy:
        numbers = [row["number"] for row in listed_rows(asked, tenancy, chosen)]
        by, now = asked.user.email, asked.place.clock()
        note_export(tenancy, numbers, form, has_words=has_words, by=by, now=now)
    return numbers


def _cells(one: Listed) -> tuple[str, ...]:
    at = one.happened_at.isoformat()
    named = (one.language, one.channel, one.queue)
    return (one.conversation_id, at, *(name or "" for name in named), one.status, str(one.n_turns))


def _row(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(
        f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) else cell for cell in cells
    )
    return line.getvalue()
