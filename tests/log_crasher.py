"""A process that kills itself (``kill -9``) at one step of its work.

Processes come from a server that has imported everything once, so that each begins at once.
"""

import importlib
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from builders_registered import register_pack

from passport.bootstrap import open_passport
from passport.bootstrap.backup import restore_backup, write_backup
from passport.domain.identifiers import BatteryId
from passport.settings import Settings, read_settings
from passport.storage.engine import make_engine

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["log_crasher"])
_PATIENCE_S = 120


class Step(NamedTuple):
    """Where a process ends.

    Attributes:
        place: Module, or module and class, such as ``passport.storage.log:SqlTransparencyLog``.
        name: The function or method.
        after: Whether it is done before the process ends.
    """

    place: str
    name: str
    after: bool

    def __str__(self) -> str:
        """Name a test."""
        return f"{self.name}-{'after' if self.after else 'before'}"


def run_killed(step: Step, work: Callable[..., None], *arguments: object) -> None:
    """Run a function of a module in a process that is killed at a step, and wait for it."""
    process = _CONTEXT.Process(target=_run, args=(step, work, arguments))
    process.start()
    process.join(_PATIENCE_S)
    assert process.exitcode == -signal.SIGKILL, f"{step} was never reached: {process.exitcode}"


def _run(step: Step, work: Callable[..., None], arguments: tuple[object, ...]) -> None:
    module, _, inner = step.place.partition(":")
    target = importlib.import_module(module)
    target = getattr(target, inner) if inner else target
    original = getattr(target, step.name)

    def stepped(*given: object, **named: object) -> None:
        if step.after:
            original(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(target, step.name, stepped)
    work(*arguments)


def register(data: Path, url: str, battery: BatteryId) -> None:
    """Register a pack in an installation."""
    passport = open_passport(
        data=data, database_url=url, keystore=f"file:{data}/keys", extensions=("recycler_portal",)
    )
    register_pack(passport, battery)


def restore(data: Path, url: str, file: Path) -> None:
    """Restore a backup."""
    restore_backup(_settings(data, url), file)


def back_up(data: Path, url: str, out: Path) -> None:
    """Write a backup."""
    write_backup(make_engine(url), _settings(data, url), out)


def _settings(data: Path, url: str) -> Settings:
    return read_settings(data=data, database_url=url, extensions=("recycler_portal",))
