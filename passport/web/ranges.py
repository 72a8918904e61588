"""Parts of a file, as download managers and PDF viewers ask for them.

Source: RFC 9110, sections 13.1.5 and 14.
"""

import re

_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*")


def requested_range(header: str, size: int) -> range | None:
    """Return which bytes of a file a ``Range`` header asks for.

    Several ranges at once, other units and what is malformed count as nothing: the whole file
    answers them.

    Args:
        header: The header; empty without.
        size: Length of the file [bytes].

    Returns:
        The places asked for, empty where the file has none of them; ``None`` for the whole file.

    >>> requested_range("bytes=2-", 5), requested_range("bytes=-2", 5), requested_range("", 5)
    (range(2, 5), range(3, 5), None)
    """
    found = _ONE_RANGE.fullmatch(header)
    if found is None:
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, size - int(last)), size) if last else None
    start = int(first)
    end = min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    return range(start, max(start, end)) if start < size else range(0)
