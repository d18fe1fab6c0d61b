"""Every signal: listed, documented, named once."""

from pathlib import Path

import kindline.signals
from kindline.signals import CATALOGUE

FOLDER = Path(kindline.signals.__file__).parent


def test_catalogue_lists_every_file() -> None:
    """A signal is one file, and the catalogue has them all."""
    assert sorted(CATALOGUE) == sorted(
        path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__"
    )


def test_names_are_distinct() -> None:
    """A finding's signal leads back to one file."""
    assert len(set(CATALOGUE)) == len(CATALOGUE)
