"""Codes on photos and labels: bytes of an image to the texts of the codes in it."""

from io import BytesIO
from typing import ClassVar

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from passport.domain.errors import PassportError

LARGEST_PHOTO_BYTES = 15 * 1024 * 1024
_MOST_PIXELS = 50_000_000
_LONGEST_SIDE = 3000
_FORMATS = ("JPEG", "PNG", "WEBP")


class PhotoRefusedError(PassportError):
    """A file is no photo that can be searched for codes."""

    code: ClassVar[str] = "photo-refused"


def read_codes(image: bytes) -> list[str]:
    """Find the codes in a photo.

    Args:
        image: A JPEG, PNG or WebP file.

    Returns:
        Text of each QR, DataMatrix or other code, in reading order; empty where there is none.

    Raises:
        PhotoRefusedError: The file is too large, is no such image, or has too many pixels.
    """
    if len(image) > LARGEST_PHOTO_BYTES:
        raise PhotoRefusedError(
            f"the photo has {len(image):,} bytes; send one of at most {LARGEST_PHOTO_BYTES:,}"
        )
    return codes_in(_open(image))


def codes_in(picture: Image.Image) -> list[str]:
    """Find the codes in a picture that is open already."""
    return [found.text for found in zxingcpp.read_barcodes(picture) if found.text]


def _open(image: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(image), formats=_FORMATS) as opened:
            width, height = opened.size
            if width * height > _MOST_PIXELS:
                raise PhotoRefusedError(
                    f"the photo has {width} x {height} pixels; send one of at most "
                    f"{_MOST_PIXELS // 1_000_000} million"
                )
            picture = ImageOps.exif_transpose(opened).convert("L")
    except UnidentifiedImageError as error:
        raise PhotoRefusedError("the file is no photo; send a JPEG, PNG or WebP") from error
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise PhotoRefusedError(f"the photo is damaged: {error}") from error
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    return picture
