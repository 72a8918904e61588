"""Serves pages and static files on loopback, with the headers the service gives them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from passport.ui.headers import page_headers
from passport.ui.rendering import STATIC_FOLDER

Answer = Callable[[str, dict[str, str]], bytes | None]
"""From the path of a request and the fields of its form to a page, or ``None`` for 404."""


@contextmanager
def a_page_server(answer: Answer, *, camera: bool = False) -> Iterator[str]:
    """Serve what a function answers; gives the address of the server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path = urlsplit(self.path).path
            if path.startswith("/static/"):
                file = STATIC_FOLDER / path.removeprefix("/static/")
                self._send(file.read_bytes(), guess_type(file.name)[0] or "font/woff2")
            else:
                self._send(answer(path, {}), "text/html; charset=utf-8")

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._send(answer(self.path, form), "text/html; charset=utf-8")

        def _send(self, body, content_type):
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Type", content_type)
            for name, value in page_headers(camera=camera).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *args):
            """Say nothing; the tests say what went wrong."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
