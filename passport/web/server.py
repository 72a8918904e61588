"""Serving one installation from this process."""

import uvicorn

from passport.bootstrap import Passport
from passport.web.app import make_app


def serve_passport(passport: Passport, *, host: str, port: int) -> None:
    """Serve until the process is asked to end; what has begun is finished first."""
    uvicorn.run(make_app(passport), host=host, port=port, log_config=None, server_header=False)
