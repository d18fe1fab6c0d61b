"""
Do damaged files get an answer? Every reader, fed by a fuzzer that looks at which lines ran.

    python bench/fuzz.py json 150        (also: vtt, eml, vcon; seconds)

A reader may give conversations and errors of ours, and nothing else: any other exception stops the
run with the input that did it. Seeds are our own samples of that kind. Needs `pip install atheris`.
"""

from pathlib import Path
import shutil
import sys
import tempfile

import atheris

with atheris.instrument_imports(include=["kindline"]):
    from kindline.errors import InputError
    from kindline.ingest import read_bytes
    from kindline.model.conversation import Conversation

SAMPLES = Path(__file__).resolve().parents[1] / "tests" / "samples"
SEEDS = {"json": "*.json*", "vtt": "subtitles.*", "eml": "*.mbox", "vcon": "vcon.json"}
LONGEST = 16_384  # bytes


def main() -> None:
    """Fuzz until the time is up; libFuzzer prints how many inputs it tried."""
    kind, seconds = sys.argv[1:]
    folder = Path(tempfile.mkdtemp())
    for path in SAMPLES.glob(SEEDS[kind]):
        shutil.copy(path, folder)
    limits = (f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-print_final_stats=1")
    told = [*limits, f"-artifact_prefix={folder}/"]
    atheris.Setup([sys.argv[0], *told, str(folder)], lambda raw: _read(raw, f"fuzz.{kind}"))
    atheris.Fuzz()


def _read(raw: bytes, name: str) -> None:
    for item in read_bytes(raw, source=name):
        if not isinstance(item, Conversation | InputError):
            raise TypeError(type(item).__name__)


if __name__ == "__main__":
    main()
