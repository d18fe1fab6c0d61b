"""
Write the card of every language, from the weights and the corpus as they are.

    python training/write_cards.py
"""

from datetime import UTC, datetime
from pathlib import Path

from kindline.languages import codes
from kindline.training.cards import card

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Write src/kindline/languages/<code>/card.md."""
    for code in codes():
        path = ROOT / "src" / "kindline" / "languages" / code / "card.md"
        path.write_text(card(ROOT / "corpus", code, datetime.now(UTC)), "utf-8")


if __name__ == "__main__":
    main()
