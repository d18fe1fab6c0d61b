"""
Files put together to contacts: a file a side, a transcript beside its recording, one sound twice.

Known by their names alone: the same name but for its ending, or but for the word that says whose
side it is. What a file holds tells whether it is a recording.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
import re
import string

from kindline.intake.files import without_ending
from kindline.model.conversation import Role
from kindline.roles import role_of
from kindline.speech.decode import SUFFIXES, is_recording
from kindline.speech.recording import File, Recording

_SIDE = re.compile(r"^(?:(?P<rest>.*?)[ _.-]+)?(?P<who>[A-Za-z]+)$")
_HEAD = 16  # bytes
_SIDES = ("agent", "customer", "caller", "client", "internal", "external", "rep", "user")
_BOTH: tuple[Role, Role] = ("agent", "customer")

_Place = tuple[Path, str]
_Pair = dict[Role, tuple[tuple[Path, str], tuple[Path, ...]]]  # a file a side, and copies


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """
    What may be one contact: a file of words, a recording, or both, and the name it goes by.

    `others` are further files of the same recording, in another encoding; they are not listened to.
    """

    source: str
    words: Path | None = None
    recording: Recording | None = None
    others: tuple[Path, ...] = ()


def contacts(files: Iterable[tuple[Path, str]], *, channels: tuple[Role, ...] = ()) -> list[Handed]:
    """Return the files as contacts; `channels` are the roles of a two-track recording's tracks."""
    words: list[tuple[Path, str]] = []
    sounds: dict[_Place, list[tuple[Path, str]]] = {}
    for path, name in files:
        if _sounds(path):
            sounds.setdefault((path.parent, _base(path)), []).append((path, name))
        else:
            words.append((path, name))
    recordings = _recordings(sounds, channels)
    found: list[Handed] = []
    for path, name in words:
        beside = recordings.pop((path.parent, _base(path)), None)
        recording, others = (beside.recording, beside.others) if beside else (None, ())
        found.append(Handed(source=name, words=path, recording=recording, others=others))
    return sorted((*found, *recordings.values()), key=lambda one: one.source)


def is_waiting(name: str, there: Container[str]) -> bool:
    """Return whether a file is by its name one side of a call, and the other is not there yet."""
    folder, _, file = name.rpartition("/")
    base = without_ending(file)
    rest, role = _side(base)
    if role not in _BOTH or not file.lower().endswith(SUFFIXES):
        return False
    ending, start = file[len(base) :], f"{folder}/" if folder else ""
    joints = base[len(rest) :].rstrip(string.ascii_letters)
    others = (word for word in _SIDES if role_of(word) in _BOTH and role_of(word) != role)
    return not any(f"{start}{rest}{joints}{word}{ending}" in there for word in others)


def contact_of(name: str) -> str:
    """Return what files of one contact have in common: their name but for ending and side."""
    folder, _, file = name.rpartition("/")
    rest, role = _side(without_ending(file))
    return f"{folder}/{rest if role in _BOTH else without_ending(file)}"


def _sounds(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return is_recording(file.read(_HEAD))
    except OSError:
        return False


def _recordings(
    sounds: dict[_Place, list[tuple[Path, str]]], channels: tuple[Role, ...]
) -> dict[_Place, Handed]:
    """Return place -> recording: two sides where both are there, else each on its own."""
    sides: dict[_Place, dict[Role, _Place]] = {}
    for folder, base in sounds:
        rest, role = _side(base)
        if role in _BOTH:
            sides.setdefault((folder, rest), {}).setdefault(role, (folder, base))
    found: dict[_Place, Handed] = {}
    for place, by_role in sides.items():
        if len(by_role) == len(_BOTH) and place not in sounds:
            pair: _Pair = {role: _best(sounds.pop(by_role[role])) for role in _BOTH}
            found[place] = _paired(pair)
    for place, encodings in sounds.items():
        (path, name), others = _best(encodings)
        recording = Recording(source=name, files=(File(path=path, roles=channels),))
        found[place] = Handed(source=name, recording=recording, others=others)
    return found


def _paired(pair: _Pair) -> Handed:
    names = [name for (_, name), _ in pair.values()]
    source = " + ".join((names[0], *(name.rpartition("/")[2] for name in names[1:])))
    files = tuple(File(path=path, roles=(role,)) for role, ((path, _), _) in pair.items())
    others = tuple(path for _, more in pair.values() for path in more)
    return Handed(source=source, recording=Recording(source=source, files=files), others=others)


def _best(encodings: Sequence[tuple[Path, str]]) -> tuple[tuple[Path, str], tuple[Path, ...]]:
    """Return the encoding that lost least, and the others."""

    def loss(one: tuple[Path, str]) -> int:
        suffix = one[0].suffix.lower()
        return SUFFIXES.index(suffix) if suffix in SUFFIXES else len(SUFFIXES)

    first, *others = sorted(encodings, key=loss)
    return first, tuple(path for path, _ in others)


def _base(path: Path) -> str:
    return without_ending(path.name)


def _side(base: str) -> tuple[str, Role]:
    """Return a name without the word for a side, and the side: `call-7_agent` is `call-7`."""
    found = _SIDE.match(base)
    if found is None:
        return base, "unknown"
    return found["rest"] or "", role_of(found["who"])
