"""Photos that come with an intake: kept as they came, named by their digest."""

import hashlib
import io

from PIL import Image, UnidentifiedImageError

from recycler_portal.domain.errors import PhotoRefusedError
from recycler_portal.services.ports import PhotoContent

LARGEST_PHOTO = 8_000_000
"""Bytes of one photo."""
MOST_PHOTOS = 6

_LARGEST_PIXELS = 60_000_000
_MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def read_photo(content: bytes, *, shows: str = "") -> PhotoContent:
    """Accept a photo.

    Args:
        content: The file as it came.
        shows: What the collector says it shows.

    Raises:
        PhotoRefusedError: It is too large, or no JPEG, PNG or WebP picture.
    """
    if len(content) > LARGEST_PHOTO:
        raise PhotoRefusedError(
            f"a photo has {len(content)} bytes; send at most {LARGEST_PHOTO}, at a lower resolution"
        )
    try:
        with Image.open(io.BytesIO(content), formats=tuple(_MEDIA_TYPES)) as picture:
            kind, pixels = picture.format or "", picture.width * picture.height
            picture.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise PhotoRefusedError("a file is no JPEG, PNG or WebP picture") from error
    if pixels > _LARGEST_PIXELS:
        raise PhotoRefusedError(f"a photo has {pixels} pixels; send at most {_LARGEST_PIXELS}")
    return PhotoContent(
        content=content,
        media_type=_MEDIA_TYPES[kind],
        digest=f"sha256:{hashlib.sha256(content).hexdigest()}",
        shows=shows,
    )
