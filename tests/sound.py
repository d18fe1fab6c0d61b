"""Sound for tests: made on the spot, and written with any codec of FFmpeg's."""

from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

RATE = 16_000
CALLS = "data/aws_call_audio/lca-chimevc-stack/asterisk-test-scripts/recordings"
Samples = NDArray[np.int16]


def tone(seconds: float, hertz: float = 220.0, *, loud: float = 0.3) -> Samples:
    """Return a steady tone, which is no speech."""
    t = np.arange(int(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * hertz * t) * loud * 32767).astype(np.int16)


def music(seconds: float) -> Samples:
    """Return chords with a beat, as a hold line plays them."""
    chords = ((220, 277, 330), (196, 247, 294), (175, 220, 262), (196, 247, 330))
    bars = [
        sum(tone(0.5, hertz, loud=0.1).astype(np.int32) for hertz in chords[n % len(chords)])
        for n in range(int(seconds * 2))
    ]
    return np.concatenate(bars).astype(np.int16)


def silence(seconds: float) -> Samples:
    """Return nothing at all."""
    return np.zeros(int(seconds * RATE), np.int16)


def write(path: Path, *tracks: Samples, codec: str = "pcm_s16le", rate: int = RATE) -> Path:
    """Write a recording of one track or two."""
    length = max(map(len, tracks))
    sides = [np.pad(track, (0, length - len(track))) for track in tracks]
    layout = {1: "mono", 2: "stereo"}[len(sides)]
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(format=stream.format, layout=layout, rate=rate)
        for start in range(0, length, RATE):
            block = np.stack([side[start : start + RATE] for side in sides]).T.reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), "s16", layout)
            frame.sample_rate, frame.pts = RATE, start
            for part in resampler.resample(frame):
                container.mux(stream.encode(part))
        for part in resampler.resample(None):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path


def write_video(path: Path, sound: Samples | None, *, codecs: tuple[str, str]) -> Path:
    """Write a film of a few dark pictures, with sound or without."""
    with av.open(str(path), "w") as container:
        pictures: Any = container.add_stream(codecs[0], rate=5)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 64, "yuv420p"
        voice: Any = None
        if sound is not None:
            voice = container.add_stream(codecs[1], rate=48_000, layout="mono")
        for n in range(5):
            picture = av.VideoFrame.from_ndarray(np.full((64, 64, 3), n, np.uint8), format="rgb24")
            picture.pts = n
            container.mux(pictures.encode(picture))
        container.mux(pictures.encode(None))
        if voice is not None and sound is not None:
            frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), "s16", "mono")
            frame.sample_rate, frame.pts = RATE, 0
            resampler = av.AudioResampler(format=voice.format, layout="mono", rate=48_000)
            for part in (*resampler.resample(frame), *resampler.resample(None)):
                container.mux(voice.encode(part))
            container.mux(voice.encode(None))
    return path
