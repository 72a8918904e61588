"""From a view value to the bytes of a page."""

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
)

from passport.ui.shell import Shell

UI_FOLDER = Path(str(files("passport.ui")))
STATIC_FOLDER = UI_FOLDER / "static"
"""Served under ``/static/``; neighbours add theirs under ``/static/<name>/``."""

_DIGITS_OF_VERSION = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Templates and static files of another package, found under its name.

    Attributes:
        name: Prefix of its templates (``recycler/intake.html``) and static files.
        templates: Folder of its templates.
        static: Folder of its static files, or ``None``.
    """

    name: str
    templates: Path
    static: Path | None = None


@dataclass(frozen=True)
class Pages:
    """All templates of the service and of its neighbours.

    Each template gets ``view`` (a view value), ``shell`` (the frame) and ``asset`` (the address
    of a static file with its version, so that it can be cached for ever).
    """

    neighbours: tuple[Neighbour, ...] = ()

    @cached_property
    def static_folders(self) -> dict[str, Path]:
        """Folders of the neighbours' static files by the first part of their address."""
        return {n.name: n.static for n in self.neighbours if n.static is not None}

    def render(self, template: str, view: object, *, shell: Shell) -> bytes:
        """Write a page.

        Args:
            template: Name of the template, like ``battery_public.html``.
            view: The view value that the template is made for.
            shell: The frame of the page for its reader.

        Returns:
            The page in UTF-8.
        """
        page = self._environment.get_template(template).render(
            view=view, shell=shell, asset=self.asset
        )
        return page.encode()

    def asset(self, name: str) -> str:
        """Address of a static file; it changes whenever the file does."""
        prefix, _, rest = name.partition("/")
        folder = self.static_folders.get(prefix)
        file = STATIC_FOLDER / name if folder is None else folder / rest
        return f"/static/{name}?v={_version_of(file)}"

    @cached_property
    def _environment(self) -> Environment:
        loaders: list[BaseLoader] = [FileSystemLoader(UI_FOLDER / "templates")]
        if self.neighbours:
            loaders.append(
                PrefixLoader({n.name: FileSystemLoader(n.templates) for n in self.neighbours})
            )
        return Environment(
            loader=ChoiceLoader(loaders),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )


@lru_cache(maxsize=256)
def _version_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:_DIGITS_OF_VERSION]
