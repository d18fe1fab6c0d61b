"""
How well and how fast is speech read? English only: no other real recogniser is to be had offline.

    python bench/speech.py [errors|sure|activity|speed|shares|voices|syllables ...] [--data DIR]

`errors`: word error rates, clean and through a telephone (300 to 3,400 Hz, 8 kHz, mu-law), and the
work a second of sound costs one core. `sure`: how often words are right that the recogniser heard
twice, and once. `activity`: frame F1 of voice activity on the same telephone, with noise. `speed`:
an hour of stereo, decoded. `shares`: hours heard a core hour, and who takes the time. `voices`: two
real calls mixed to one track, parted again. `syllables`: those counted in the
sound, beside groups of vowels in the text.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before numpy: one core

import argparse
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
import io
from itertools import pairwise
import json
from pathlib import Path
import re
from tempfile import TemporaryDirectory
import time
from typing import Any
import zipfile

import av
import jiwer
import numpy as np
from numpy.typing import NDArray

from kindline.acoustics.rate import syllables
from kindline.model.conversation import Role
from kindline.model.interval import Interval
from kindline.speech import activity
from kindline.speech.decode import PER_MS, RATE, Samples, decoded
from kindline.speech.recognisers import Choice, Recogniser, recogniser
from kindline.speech.recording import File, Recording, heard, utterances
from kindline.speech.separation import parted

ROOT = Path(__file__).resolve().parents[1]
CALLS = "aws_call_audio/lca-chimevc-stack/asterisk-test-scripts/recordings"
N_DIALOGUES = 15
_FOLDER = TemporaryDirectory(prefix="kindline-bench-")  # gone when the bench is done
SCRATCH = Path(_FOLDER.name)
LOW_HZ, HIGH_HZ = 300, 3400
HOUR_S = 3600
SPOKEN = {  # in SOURCE.md of speech_clips, or said in so many words the world over
    "en_jfk.flac": "And so my fellow Americans ask not what your country can do for you "
    "ask what you can do for your country",
}
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
Clip = tuple[str, Samples]


def main() -> None:
    """Print one JSON object for each part asked for."""
    parts: dict[str, Callable[[Path], Any]] = {
        "errors": errors,
        "sure": sure,
        "activity": voice_activity,
        "speed": speed,
        "shares": shares,
        "voices": voices,
        "syllables": rates,
    }
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("parts", nargs="*", default=list(parts))
    options.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    given = options.parse_args()
    for name in given.parts:
        print(json.dumps({name: parts[name](given.data)}, indent=1), flush=True)


def errors(data: Path) -> dict[str, Any]:
    """Return word error rates per set and line, and seconds of work a second of sound."""
    engine = recogniser(Choice())
    sets = {
        "read aloud": list(_read_aloud(data)),
        "commands": list(_commands(data)),
        "dialogues (synthetic)": list(_dialogues(data)),
    }
    lines: dict[str, Callable[[Samples], Samples]] = {"clean": lambda one: one, "telephone": phone}
    found: dict[str, Any] = {"engine": engine.name}
    for name, clips in sets.items():
        minutes = sum(len(samples) for _, samples in clips) / RATE / 60
        found[name] = {"clips": len(clips), "minutes": round(minutes, 1)}
        for line, changed in lines.items():
            found[name][line] = _errors(clips, changed, engine)
    return found


def _errors(
    clips: Sequence[Clip], changed: Callable[[Samples], Samples], engine: Recogniser
) -> dict[str, Any]:
    path = SCRATCH / "clip.wav"
    spent = 0.0
    told: list[str] = []
    for _, samples in clips:
        write(path, changed(samples))
        start = time.process_time()
        recording = Recording(source="clip", files=(File(path=path),), language="en")
        turns = heard(recording, engine).turns
        spent += time.process_time() - start
        told.append(plain(" ".join(turn.text for turn in turns)))
    measured = jiwer.process_words([plain(text) for text, _ in clips], told)
    seconds = sum(len(samples) for _, samples in clips) / RATE
    n_words = measured.hits + measured.substitutions + measured.deletions
    return {
        "n_words": n_words,
        "word_error_rate": round(measured.wer, 4),
        "cpu_per_second": round(spent / seconds, 4),
    }


def sure(data: Path) -> dict[str, Any]:
    """Return the share of right words by confidence, through a telephone, quiet and noisy."""
    engine, rng = recogniser(Choice()), np.random.default_rng(7)
    clips = [*_read_aloud(data), *list(_dialogues(data))[:5]]
    found: dict[str, Any] = {}
    for name, decibels in {"telephone": None, "noise 10 dB": 10}.items():
        right: dict[str, list[bool]] = {}
        for text, samples in clips:
            line = phone(samples if decibels is None else _noisy(samples, decibels, rng))
            for confidence, is_right in _words_told(text, line, engine):
                right.setdefault(str(confidence), []).append(is_right)
        found[name] = {
            confidence: {"n_words": len(each), "right": round(sum(each) / len(each), 3)}
            for confidence, each in right.items()
        }
    return found


def _words_told(
    text: str, samples: Samples, engine: Recogniser
) -> Iterator[tuple[float | None, bool]]:
    """Return each word's confidence, and whether it stands in the text at its place."""
    speech = [(stretch, None) for stretch in activity.stretches(samples)]
    told: list[tuple[str, float | None]] = []
    for _, one in utterances(speech, engine.longest_ms):
        cut = samples[one.start_ms * PER_MS : one.end_ms * PER_MS]
        for word in engine.words(cut, "en"):
            told += [(part, word.confidence) for part in plain(word.text).split()]
    spoken = plain(text).split()
    alike = SequenceMatcher(None, [word for word, _ in told], spoken, autojunk=False)
    right = {
        n for block in alike.get_matching_blocks() for n in range(block.a, block.a + block.size)
    }
    yield from ((confidence, n in right) for n, (_, confidence) in enumerate(told))


def rates(data: Path) -> dict[str, Any]:
    """Return how counted syllables compare with those of the text, by clip."""
    clips = [*_read_aloud(data), *_dialogues(data)]
    pairs = []
    for text, samples in clips:
        line = phone(samples)
        spoken = [
            line[one.start_ms * PER_MS : one.end_ms * PER_MS] for one in activity.stretches(line)
        ]
        counted = sum(map(syllables, spoken))
        written = len(re.findall(r"[aeiouy]+", plain(text)))
        pairs.append(counted / written)
    return {
        "clips": len(pairs),
        "counted_per_written": round(float(np.median(pairs)), 3),
        "quartiles": [round(float(one), 3) for one in np.percentile(pairs, (25, 75))],
    }


def voice_activity(data: Path) -> dict[str, Any]:
    """Return frame F1 by noise; what is speech is told by the energy of the clean recording."""
    clean, truth = _assembled(list(_read_aloud(data)))
    rng = np.random.default_rng(7)
    found: dict[str, Any] = {"seconds": len(clean) // RATE, "speech_share": round(truth.mean(), 3)}
    for name, decibels in {"clean": None, "noise 20 dB": 20, "noise 10 dB": 10}.items():
        noisy = phone(clean if decibels is None else _noisy(clean, decibels, rng))
        start = time.process_time()
        told = _frames(activity.stretches(noisy), len(truth))
        spent = time.process_time() - start
        hits = int((told & truth).sum())
        found[name] = {
            "f1": round(2 * hits / int(told.sum() + truth.sum()), 3),
            "recall": round(hits / int(truth.sum()), 3),
            "times_real_time": round(len(noisy) / RATE / spent),
        }
    return found


def _assembled(clips: Sequence[Clip]) -> tuple[Samples, NDArray[np.bool_]]:
    """Return clips with half a second to three of silence between, and where energy says speech."""
    rng = np.random.default_rng(11)
    parts: list[Samples] = []
    for _, samples in clips:
        parts += [samples, np.zeros(int(rng.uniform(0.5, 3) * RATE), np.int16)]
    clean = np.concatenate(parts)
    blocks = clean[: len(clean) // 160 * 160].reshape(-1, 160) / 32768
    level = 10 * np.log10(np.square(blocks).mean(axis=1) + 1e-10)
    spoken = level > np.percentile(level, 95) - 35
    return clean, _closed(spoken, 20)


def _closed(spoken: NDArray[np.bool_], most: int) -> NDArray[np.bool_]:
    """Return the frames with gaps of up to so many closed: a stop in a word is speech."""
    closed = spoken.copy()
    places = np.flatnonzero(spoken)
    for one, other in pairwise(places):
        if 1 < other - one <= most:
            closed[one:other] = True
    return closed


def _noisy(samples: Samples, decibels: float, rng: np.random.Generator) -> Samples:
    """Return the samples with pink noise that far below the speech."""
    spectrum = np.fft.rfft(rng.normal(size=len(samples)))
    spectrum /= np.sqrt(np.arange(len(spectrum)) + 1)
    noise = np.fft.irfft(spectrum, len(samples))
    loud = samples[np.abs(samples) > np.percentile(np.abs(samples), 50)].astype(float)
    noise *= np.sqrt(np.square(loud).mean()) / noise.std() * 10 ** (-decibels / 20)
    return (samples + noise).clip(-32768, 32767).astype(np.int16)


def speed(data: Path) -> dict[str, Any]:
    """Return how many times faster than it lasts an hour of stereo is decoded, by format."""
    call = [decoded(path, source="call").tracks[0] for path in _sides(data, "40")]
    n_samples = min(map(len, call))
    stereo = np.stack([side[:n_samples] for side in call])
    hour = np.tile(stereo, HOUR_S * RATE // n_samples + 1)[:, : HOUR_S * RATE]
    found: dict[str, Any] = {}
    kinds = {"wav": "pcm_s16le", "wav mu-law": "pcm_mulaw", "flac": "flac", "mp3": "libmp3lame"}
    kinds |= {"ogg": "libopus", "mp4": "aac"}
    for kind, codec in kinds.items():
        path = SCRATCH / f"hour.{kind.partition(' ')[0]}"
        rate = RATE if kind in ("mp4", "ogg") else RATE // 2
        write(path, hour if rate == RATE else hour[:, ::2], codec=codec, rate=rate)
        start, cpu = time.perf_counter(), time.process_time()
        length_ms = decoded(path, source="hour").length_ms
        found[kind] = {
            "times_real_time": round(length_ms / 1000 / (time.perf_counter() - start)),
            "cpu_seconds": round(time.process_time() - cpu, 1),
        }
        path.unlink()
    return found


def shares(data: Path) -> dict[str, Any]:
    """Return how many hours of sound a core hour hears, and what decoding and activity take."""
    roles: tuple[Role, Role] = ("agent", "customer")
    files = tuple(
        File(path=path, roles=(role,)) for path, role in zip(_sides(data, "40"), roles, strict=True)
    )
    recording = Recording(source="call", files=files, language="en")
    engine = recogniser(Choice())
    heard(recording, engine)  # its model is loaded
    began = time.process_time()
    sides = [decoded(file.path, source="call") for file in files]
    decoding = time.process_time() - began
    began = time.process_time()
    for side in sides:
        activity.stretches(side.tracks[0])
    looking = time.process_time() - began
    began = time.process_time()
    heard(recording, engine)
    whole = time.process_time() - began
    seconds = max(side.length_ms for side in sides) / 1000
    return {
        "seconds_of_call": round(seconds, 1),
        "core_seconds": round(whole, 1),
        "hours_of_call_a_core_hour": round(seconds / whole, 2),
        "share_decoding": round(decoding / whole, 3),
        "share_voice_activity": round(looking / whole, 3),
    }


def voices(data: Path) -> dict[str, Any]:
    """Return how often a frame of one voice is given to the other; one voice alone has none."""
    found: dict[str, Any] = {}
    sides = {
        (n, who): decoded(path, source="call").tracks[0]
        for n in ("40", "49")
        for who, path in zip(("agent", "caller"), _sides(data, n), strict=True)
    }
    speech = {key: activity.stretches(track) for key, track in sides.items()}
    keys = list(sides)
    for n, one in enumerate(keys):
        alone = parted(sides[one], speech[one])
        found[" ".join(one)] = {"voices": 1, "confidence": alone.confidence}
        for other in keys[n + 1 :]:
            found[f"{' '.join(one)} + {' '.join(other)}"] = _mixed(
                sides[one], sides[other], speech[one], speech[other]
            )
    return found


def _mixed(
    one: Samples, other: Samples, speech: Sequence[Interval], others: Sequence[Interval]
) -> dict[str, Any]:
    n_samples = min(len(one), len(other))
    both = one[:n_samples].astype(np.int32) + other[:n_samples]
    mixed = both.clip(-32768, 32767).astype(np.int16)
    told = parted(mixed, activity.stretches(mixed))
    n_frames = n_samples // 160
    first, second = _frames(speech, n_frames), _frames(others, n_frames)
    first, second = first & ~second, second & ~first
    a, b = (_frames([i for i, who in told.pieces if who == name], n_frames) for name in "12")
    wrong = (a & second).sum() + (b & first).sum()
    right = (a & first).sum() + (b & second).sum()
    share = None if wrong + right == 0 else round(float(min(wrong, right) / (wrong + right)), 4)
    return {"voices": 2, "confidence": told.confidence, "confusion": share}


def _frames(intervals: Sequence[Interval], n_frames: int) -> NDArray[np.bool_]:
    """Return which hundredths of a second the intervals cover."""
    frames = np.zeros(n_frames, dtype=bool)
    for interval in intervals:
        frames[interval.start_ms // 10 : -(-interval.end_ms // 10)] = True
    return frames


def _sides(data: Path, number: str) -> list[Path]:
    folder = data / CALLS
    return [folder / f"Auto_Repairs_{number}_UTC_{who}.wav" for who in ("agent", "caller")]


def _read_aloud(data: Path) -> Iterator[Clip]:
    """Return what people read or spoke at length."""
    clips = data / "speech_clips"
    tests = json.loads((clips / "picovoice_test_data.json").read_text("utf-8"))["tests"]
    english = next(one for one in tests["language_tests"] if one["language"] == "en")
    yield english["transcript"], _samples(clips / "en_picovoice_test.wav")
    for name, text in SPOKEN.items():
        yield text, _samples(clips / name)
    folder = data / "azure_speech_samples" / "sampledata" / "customspeech" / "en-US" / "general"
    for path in sorted(folder.rglob("audio-and-trans.zip")):
        with zipfile.ZipFile(path) as archive:
            lines = archive.read("trans.txt").decode("utf-8-sig").replace("\ufeff", "").splitlines()
            for line in filter(None, map(str.strip, lines)):
                name, _, text = line.partition("\t")
                yield text, _samples(io.BytesIO(archive.read(name)))


def _commands(data: Path) -> Iterator[Clip]:
    """Return two or three words said to a machine in a room, with the room around them."""
    for path in sorted((data / "speech_to_phrase" / "en").glob("*.wav")):
        if not path.stem.startswith("oov_"):
            yield path.stem, _samples(path)


def _dialogues(data: Path) -> Iterator[Clip]:
    """Return synthetic calls with their exact words."""
    for path in sorted((data / "vcon_samples" / "tests" / "dataset").glob("*.mp3"))[:N_DIALOGUES]:
        vcon = json.loads(path.with_suffix(".vcon.json").read_text("utf-8"))
        body = next(one["body"] for one in vcon["analysis"] if one["type"] == "transcript")
        yield " ".join(turn["message"] for turn in body), _samples(path)


def _samples(path: Path | io.BytesIO) -> Samples:
    if isinstance(path, io.BytesIO):
        copy = SCRATCH / "in.wav"
        copy.write_bytes(path.getvalue())
        path = copy
    return decoded(path, source="clip").tracks[0]


def phone(samples: Samples) -> Samples:
    """Return the samples as a telephone carries them, at our rate again."""
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    spectrum[(hertz < LOW_HZ) | (hertz > HIGH_HZ)] = 0
    narrow = np.fft.irfft(spectrum, len(samples)) / 32768
    companded = np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256)
    coded = np.round(companded * 127) / 127
    wide = np.sign(coded) * (256 ** np.abs(coded) - 1) / 255
    heard: Samples = (wide * 32768).clip(-32768, 32767).astype(np.int16)
    return heard


def write(path: Path, samples: Samples, *, codec: str = "pcm_s16le", rate: int = RATE) -> None:
    """Write one track, or two as (2, samples), with a codec of FFmpeg's."""
    channels = np.atleast_2d(samples)
    layout = "stereo" if len(channels) == 2 else "mono"  # noqa: PLR2004
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate, layout=layout)
        for start in range(0, channels.shape[1], RATE):
            block = channels[:, start : start + RATE].T.reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), "s16", layout)
            frame.sample_rate, frame.pts = rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def plain(text: str) -> str:
    """Return words alone, in lower case: digits one by one, no marks, no fillers, `it's` in one."""
    spelt = re.sub(r"\d", lambda found: f" {DIGITS[int(found.group())]} ", text.lower())
    words = re.findall(r"[a-z]+", re.sub(r"['’]", "", spelt))
    return " ".join(word for word in words if word not in ("um", "uh", "ah", "mm", "hmm"))


if __name__ == "__main__":
    main()
