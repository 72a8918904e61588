"""Style, scripts, pictures: kept by browsers for ever, since their address changes with them."""

from pathlib import Path

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from passport.ui.rendering import STATIC_FOLDER, Pages

_FOR_EVER = "public, max-age=31536000, immutable"
_SHORTLY = "public, max-age=300"


def install_static(app: FastAPI, pages: Pages) -> None:
    """Serve the files of the passport's pages and of its neighbours'."""
    for name, folder in pages.static_folders.items():
        app.mount(f"/static/{name}", _VersionedFiles(folder))
    app.mount("/static", _VersionedFiles(STATIC_FOLDER))


class _VersionedFiles(StaticFiles):
    """Files whose address may name a version."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, with how long it may be kept."""
        response = await super().get_response(path, scope)
        is_versioned = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = _FOR_EVER if is_versioned else _SHORTLY
        return response
