"""``passport.web.asgi:make``: a factory for servers that start processes of their own."""

from fastapi import FastAPI

from passport.bootstrap import open_passport
from passport.web.app import make_app


def make() -> FastAPI:
    """Open the installation that the environment describes and make its application."""
    return make_app(open_passport())
