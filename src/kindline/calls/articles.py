"""
What a house knows, for questions that take more than a sentence: a folder of Markdown articles.

Found by the words of what the customer said, whatever their form; an article takes at least two of
them, so that a greeting brings up nothing. The folder is read anew when it changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
import sqlite3
from threading import Lock

from kindline.text.terms import stems

MOST_SHOWN = 3
_FEWEST_WORDS = 2
_COMMON = 0.5  # of the articles; a word that more of them hold says nothing
_FEW = 4  # articles, of which none is asked whether a word is common
_RANKED = "SELECT name FROM found WHERE found MATCH ? ORDER BY bm25(found, 0, 3, 1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article: its name in the folder without the ending, its title, its text as written."""

    name: str
    title: str
    text: str


class Articles:
    """Those of a folder; without one there are none."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._stamp: tuple[tuple[str, int], ...] | None = None
        self._every: dict[str, Article] = {}
        self._indexes: dict[str, _Index] = {}
        self._lock = Lock()

    def named(self, name: str) -> Article | None:
        """Return the article of that name."""
        with self._lock:
            self._read()
            return self._every.get(name)

    def about(self, texts: Sequence[str], language: str) -> list[Article]:
        """Return the articles that texts ask for, the best first, few."""
        with self._lock:
            self._read()
            if language not in self._indexes:
                self._indexes[language] = _Index(list(self._every.values()), language)
            names = self._indexes[language].about(" ".join(texts))
            return [self._every[name] for name in names[:MOST_SHOWN]]

    def _read(self) -> None:
        paths = sorted(self._folder.glob("*.md")) if self._folder else []
        stamp = tuple((path.name, path.stat().st_mtime_ns) for path in paths)
        if stamp != self._stamp:
            self._every = {path.stem: _article(path) for path in paths}
            self._stamp = stamp
            self._indexes.clear()


class _Index:
    """The articles by the stems of a language, ranked by SQLite's BM25; a title counts thrice."""

    def __init__(self, every: Sequence[Article], language: str) -> None:
        self._language = language
        self._words = {
            one.name: frozenset(stems(f"{one.title} {one.text}", language)) for one in every
        }
        self._table = sqlite3.connect(":memory:", check_same_thread=False)
        self._table.execute("CREATE VIRTUAL TABLE found USING fts5(name UNINDEXED, title, text)")
        rows = [
            (one.name, _stemmed(one.title, language), _stemmed(one.text, language)) for one in every
        ]
        self._table.executemany("INSERT INTO found VALUES (?, ?, ?)", rows)

    def about(self, text: str) -> list[str]:
        """Return the names of what fits."""
        asked = {word for word in stems(text, self._language) if self._tells(word)}
        if len(asked) < _FEWEST_WORDS:
            return []
        query = " OR ".join(f'"{word}"' for word in sorted(asked))
        ranked = [name for (name,) in self._table.execute(_RANKED, (query,))]
        return [name for name in ranked if len(asked & self._words[name]) >= _FEWEST_WORDS]

    def _tells(self, word: str) -> bool:
        n = sum(word in words for words in self._words.values())
        is_common = len(self._words) >= _FEW and n > _COMMON * len(self._words)
        return n > 0 and len(word) > 1 and not is_common


def _stemmed(text: str, language: str) -> str:
    return " ".join(stems(text, language))


def _article(path: Path) -> Article:
    text = path.read_text("utf-8", errors="replace")
    first = next((line for line in text.splitlines() if line.strip()), path.stem)
    return Article(name=path.stem, title=first.lstrip("# ").strip(), text=text)
