"""Style, scripts, pictures: kept by browsers for ever, since their address changes with them."""

import gzip
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import TypeGuard

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from passport.ui.rendering import STATIC_FOLDER, Pages

_FOR_EVER = "public, max-age=31536000, immutable"
_SHORTLY = "public, max-age=300"
_PACKED = frozenset({".css", ".js", ".svg"})
"""Files that become smaller; pictures and fonts are packed already."""


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
        """Return a file, packed for who takes it so, with how long it may be kept."""
        response = await super().get_response(path, scope)
        if _is_to_be_packed(response, scope):
            response = await run_in_threadpool(_packed, response)
        is_versioned = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = _FOR_EVER if is_versioned else _SHORTLY
        return response


def _is_to_be_packed(response: Response, scope: Scope) -> TypeGuard[FileResponse]:
    return (
        isinstance(response, FileResponse)
        and response.status_code == HTTPStatus.OK
        and Path(response.path).suffix in _PACKED
        and scope["method"] == "GET"
        and "gzip" in Headers(scope=scope).get("accept-encoding", "")
        and "range" not in Headers(scope=scope)
    )


def _packed(response: FileResponse) -> Response:
    """Return the same file as gzip."""
    body = _gzip_of(str(response.path), response.headers["etag"])
    kept = ("content-type", "last-modified")
    headers = {name: response.headers[name] for name in kept} | {
        "Content-Encoding": "gzip",
        "ETag": f"W/{response.headers['etag']}",
        "Vary": "Accept-Encoding",
    }
    return Response(body, headers=headers)


@lru_cache(maxsize=128)
def _gzip_of(file: str, etag: str) -> bytes:
    """Pack a file once; the tag changes with it."""
    del etag
    return gzip.compress(Path(file).read_bytes(), compresslevel=9, mtime=0)
