"""A video of a label, for Chromium's fake camera."""

import io
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT = 1280, 720
_FRAMES_PER_SECOND = 10
_FRAMES = 20
_TABLE = (168, 160, 150)  # what the label lies on


def write_video(label_png: bytes, file: Path) -> Path:
    """Write a video in which a label comes closer, a little askew, as a hand holds a phone.

    Args:
        label_png: The picture of the label.
        file: Where to; must end in ``.y4m``, by which Chromium knows the format.
    """
    label = Image.open(io.BytesIO(label_png)).convert("RGB")
    with file.open("wb") as video:
        video.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{_FRAMES_PER_SECOND}:1 Ip A1:1\n".encode())
        for number in range(_FRAMES):
            video.write(b"FRAME\n" + _planes(_frame(label, number / (_FRAMES - 1))))
    return file


def _frame(label: Image.Image, closeness: float) -> Image.Image:
    """One picture; `closeness` runs from 0 (half of the height) to 1 (nearly all of it)."""
    share = 0.5 + 0.4 * closeness
    scale = min(share * HEIGHT / label.height, share * WIDTH / label.width)
    size = (max(1, round(label.width * scale)), max(1, round(label.height * scale)))
    held = label.resize(size, Image.Resampling.LANCZOS).rotate(
        6 * (1 - closeness), Image.Resampling.BICUBIC, expand=True, fillcolor=_TABLE
    )
    frame = Image.new("RGB", (WIDTH, HEIGHT), _TABLE)
    frame.paste(held, ((WIDTH - held.width) // 2, (HEIGHT - held.height) // 2))
    return frame


def _planes(frame: Image.Image) -> bytes:
    """YUV 4:2:0, planar: Y in full, U and V at half width and height."""
    luma, blue, red = frame.convert("YCbCr").split()
    half = (WIDTH // 2, HEIGHT // 2)
    return b"".join(
        plane.tobytes()
        for plane in (
            luma,
            blue.resize(half, Image.Resampling.BOX),
            red.resize(half, Image.Resampling.BOX),
        )
    )
