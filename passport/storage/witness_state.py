"""What a witness signed last: one small file for each log, on disk before the answer leaves.

A witness that forgot would sign a second history of the same log. So a folder is begun once, and
a witness does not start in one that was not.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock

from passport.domain.errors import PassportError
from passport.durable import replace_file
from passport.signing.transparency_log import split_note

_NAME_FILE = "witness"


class WitnessStateError(PassportError):
    """The folder of a witness is missing, or was begun already."""

    code = "witness-state"


class FileWitnessState:
    """WitnessState in a folder; one process signs at a time."""

    def __init__(self, folder: Path) -> None:
        """Open what was begun.

        Raises:
            WitnessStateError: There is no witness in this folder.
        """
        self._folder = folder
        self._turn = Lock()
        if not (folder / _NAME_FILE).is_file():
            raise WitnessStateError(
                f"{folder} holds no witness; a witness that lost its folder begins again under "
                f"a new name, with: passport witness begin"
            )
        self.name = (folder / _NAME_FILE).read_text(encoding="utf-8").strip()

    @classmethod
    def begin(cls, folder: Path, name: str) -> "FileWitnessState":
        """Begin a witness under its name.

        Raises:
            WitnessStateError: There is one already.
        """
        if (folder / _NAME_FILE).exists():
            raise WitnessStateError(f"{folder} holds a witness already")
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(folder / _NAME_FILE, f"{name}\n".encode())
        return cls(folder)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Be the only one who signs, until the block ends."""
        with self._turn, (self._folder / "lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def newest(self, origin: str) -> str | None:
        """Return the note of a log that was signed last."""
        try:
            return self._file(origin).read_bytes().decode()
        except FileNotFoundError:
            return None

    def keep(self, origin: str, note: str) -> None:
        """Keep the note that is about to be signed; it is on disk when this returns."""
        replace_file(self._file(origin), note.encode())

    def keep_evidence(self, origin: str, signed: str, shown: str) -> None:
        """Keep two checkpoints of a log that contradict each other, once for each pair."""
        # Named by what the log signed: lines that strangers add below make no new file.
        bodies = "".join(split_note(note)[0] for note in (signed, shown))
        name = f"evidence-{_short(origin)}-{_short(bodies)}.txt"
        evidence = f"signed here:\n\n{signed}\nshown later:\n\n{shown}"
        replace_file(self._folder / name, evidence.encode())

    def _file(self, origin: str) -> Path:
        return self._folder / f"log-{_short(origin)}.note"


def _short(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]
