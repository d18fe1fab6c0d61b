"""
Two batches of the same conversations side by side: what another version judges otherwise.

A label flips where its state is another; it is told by language, with the share of conversations
and its interval, so that nobody reads a change into noise.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
import io
from typing import Any

from kindline.batch.folder import EXTRA, Folder
from kindline.batch.run import manifest_of
from kindline.batch.worker import ANALYSES
from kindline.extras import library
from kindline.metrics.share import share_of
from kindline.model.estimate import Estimate

LABELS = (
    "status",
    "language",
    "service",
    "companionship",
    "support",
    "crisis",
    "abuse",
    "arrival",
    "departure",
    "emotions",
    "felt_heard",
    "resolution",
    "reason",
    "loyalty",
)
_KEY = "conversation_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A label that is another in the later batch: how many went from what to what."""

    language: str
    label: str
    before: str
    after: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """
    What two batches differ in.

    `versions` are those that changed, before and after, by language. `flipped` is the share of the
    conversations in both, by language and label.
    """

    n_both: Mapping[str, int]
    n_only_before: int
    n_only_after: int
    versions: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]]
    flips: tuple[Flip, ...]
    content_changed: int

    def flipped(self, language: str, label: str) -> Estimate:
        """Return the share of a language's conversations whose label is another."""
        n = sum(one.n for one in self.flips if (one.language, one.label) == (language, label))
        return share_of(n, self.n_both[language] - n, n_unjudged=0)


def difference(before: Folder, after: Folder) -> Difference:
    """Return what differs; raises PolicyError where one of them is no finished batch."""
    old_how, new_how = manifest_of(before), manifest_of(after)
    old = dict(_judged(before, old_how))
    n_both, flips = Counter[str](), Counter[tuple[str, str, str, str]]()
    n_after = n_changed = 0
    for key, now in _judged(after, new_how):
        then = old.pop(key, None)
        if then is None:
            n_after += 1
            continue
        language = then["language"] or now["language"] or "unknown"
        n_both[language] += 1
        n_changed += then["content_hash"] != now["content_hash"]
        for label in LABELS:
            if then[label] != now[label]:
                flips[language, label, _name(then[label]), _name(now[label])] += 1
    return Difference(
        n_both=dict(sorted(n_both.items())),
        n_only_before=len(old),
        n_only_after=n_after,
        versions=_changed(old_how["versions"], new_how["versions"]),
        flips=tuple(
            Flip(language=key[0], label=key[1], before=key[2], after=key[3], n=n)
            for key, n in sorted(flips.items(), key=lambda one: (one[0][:2], -one[1], one[0]))
        ),
        content_changed=n_changed,
    )


def _judged(folder: Folder, manifest: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Return id -> labels of a batch; of an id told twice the later one, as the store has it."""
    parquet = library("pyarrow.parquet", EXTRA)
    columns = [_KEY, "content_hash", *LABELS]
    found: dict[str, Mapping[str, Any]] = {}
    for marker in manifest["parts"]:
        raw = folder.read(f"{ANALYSES}/{marker['name']}.parquet")
        for row in parquet.read_table(io.BytesIO(raw), columns=columns).to_pylist():
            found[row[_KEY]] = row
    yield from found.items()


def _name(state: str | None) -> str:
    return "none" if state is None else state or "none of them"


def _changed(
    before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    found: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    for language in sorted(before.keys() & after.keys()):
        old, new = before[language], after[language]
        names = [name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
        if names:
            found[language] = (
                {name: old.get(name, "none") for name in names},
                {name: new.get(name, "none") for name in names},
            )
    return found
