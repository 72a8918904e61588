"""One installation for all tests of a file that only read it or add to it."""

from collections.abc import Iterator

import pytest
from builders_web import a_browser, a_running_installation
from fastapi.testclient import TestClient

from passport.bootstrap import Passport


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Passport]:
    """Give an installation of invented companies with packs in use."""
    with a_running_installation(tmp_path_factory.mktemp("web") / "data") as passport:
        yield passport


@pytest.fixture
def visitor(web: Passport) -> TestClient:
    """Give somebody who has not signed in."""
    return a_browser(web)
