"""
Write src/kindline/text/weights/roles.json: the words that tell an agent from a customer.

    python training/build_roles.py

Takes seconds, and needs `pip install -e .[train]`.
"""

import json
from pathlib import Path

from kindline.languages import codes
from kindline.training.roles import fitted

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src" / "kindline" / "text" / "weights" / "roles.json"
VERSION = "2026-11-26.1"


def main() -> None:
    """Fit every language, and write one file a person can read."""
    learnt = {code: fitted(ROOT / "corpus", code) for code in codes()}
    content = {"version": VERSION, "languages": learnt}
    TARGET.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    main()
