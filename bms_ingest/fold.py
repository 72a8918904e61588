"""The fold: from a set of frames to what they amount to.

The result is a function of the *set* of raw frames. They are divided by the UTC day of their
device time, sorted by (epoch, seq) within a day, duplicates dropped, folded day by day, and the
days joined in their order. ``fold_frames`` does just that and is the oracle; ``OpenDay`` gives the
same result from frames that arrive in any order, and remembers only stretches.
"""

from bisect import bisect_right
from collections.abc import Iterable
from functools import reduce
from itertools import groupby
from operator import attrgetter
from typing import Final

from bms_ingest.frame import Frame
from bms_ingest.stretch import Stretch, fold_in_order
from bms_ingest.traits import BatteryTraits

MOST_STRETCHES: Final = 256
"""A day in more pieces than this is folded again from its raw frames when it is read."""

_PLACE = attrgetter("epoch", "seq")


def fold_frames(frames: Iterable[Frame], traits: BatteryTraits) -> Stretch | None:
    """Fold the frames of one battery; the oracle of every other way to do it.

    Args:
        frames: Frames in any order; of two with the same epoch and seq the first one counts.
        traits: Data of the battery model.

    Returns:
        The stretch of all frames, or ``None`` without any.
    """
    unique: dict[tuple[int, int], Frame] = {}
    for frame in frames:
        unique.setdefault((frame.epoch, frame.seq), frame)
    by_day = sorted(unique.values(), key=lambda frame: (frame.day, frame.epoch, frame.seq))
    days = (fold_in_order(day, traits) for _, day in groupby(by_day, key=attrgetter("day")))
    return join_days(day for day in days if day is not None)


def join_days(days: Iterable[Stretch]) -> Stretch | None:
    """Join the stretches of days that stand in their order; ``None`` without any."""
    ordered = list(days)
    return reduce(Stretch.join, ordered) if ordered else None


class OpenDay:
    """One day of one battery whose frames may still arrive, in any order.

    Attributes:
        stretches: Runs of frames whose seq has no hole, in the order of (epoch, seq).
        overflown: There were too many holes; only the raw frames tell this day.
    """

    __slots__ = ("overflown", "stretches", "traits")

    def __init__(self, traits: BatteryTraits, stretches: Iterable[Stretch] = ()) -> None:
        self.traits = traits
        self.stretches = list(stretches)
        self.overflown = False

    def add(self, frame: Frame) -> bool:
        """Take one frame and say whether it was new."""
        stretches = self.stretches
        place = bisect_right(stretches, _PLACE(frame), key=lambda stretch: _PLACE(stretch.first))
        before = stretches[place - 1] if place else None
        after = stretches[place] if place < len(stretches) else None
        if before is not None and _PLACE(frame) <= _PLACE(before.last):
            return False
        if before is not None and _follows(before.last, frame):
            before.append(frame)
            if after is not None and _follows(frame, after.first):
                stretches[place - 1 : place + 1] = [before.join(after)]
        elif after is not None and _follows(frame, after.first):
            stretches[place] = Stretch(frame, self.traits).join(after)
        else:
            stretches.insert(place, Stretch(frame, self.traits))
            self.overflown = self.overflown or len(stretches) > MOST_STRETCHES
        return True

    def total(self) -> Stretch | None:
        """Return the stretch of the whole day; ``None`` before the first frame."""
        return join_days(self.stretches)


def _follows(frame: Frame, later: Frame) -> bool:
    return frame.epoch == later.epoch and frame.seq + 1 == later.seq
