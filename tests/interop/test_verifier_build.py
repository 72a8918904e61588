"""The verifier for browsers is what its source and the locked packages make, byte by byte."""

import gzip
import hashlib
import subprocess

import orjson
import pytest

from passport.ui.rendering import STATIC_FOLDER, UI_FOLDER

SOURCE = UI_FOLDER / "verifier"
BUILT = STATIC_FOLDER / "verifier"
MADE_BY_THE_BUILD = (
    "NOTICE.md",
    "digests.json",
    "packages.json",
    "page.js",
    "service-worker.js",
    "worker.js",
)


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory):
    if not (SOURCE / "node_modules").is_dir():
        pytest.fail(f"the Node packages are missing; run: npm ci --prefix {SOURCE}")
    folder = tmp_path_factory.mktemp("verifier")
    subprocess.run(["node", "build.mjs", folder], cwd=SOURCE, check=True)
    return folder


@pytest.mark.parametrize("name", MADE_BY_THE_BUILD)
def test_building_the_verifier_again_gives_the_committed_bytes(rebuilt, name):
    assert (rebuilt / name).read_bytes() == (BUILT / name).read_bytes()


def test_the_build_makes_nothing_that_is_not_compared(rebuilt):
    assert {file.name for file in rebuilt.iterdir()} == set(MADE_BY_THE_BUILD)


def test_the_digests_are_those_of_the_built_programs():
    digests = orjson.loads((BUILT / "digests.json").read_bytes())

    assert set(digests) == {"page.js", "service-worker.js", "worker.js"}
    for name, digest in digests.items():
        assert hashlib.sha256((BUILT / name).read_bytes()).hexdigest() == digest


def test_the_installed_packages_are_the_locked_ones():
    lock = orjson.loads((SOURCE / "package-lock.json").read_bytes())
    used = orjson.loads((BUILT / "packages.json").read_bytes())

    for package in used:
        locked = lock["packages"][f"node_modules/{package['name']}"]
        assert locked["version"] == package["version"]
        assert locked["integrity"].startswith("sha512-")
        assert "resolved" not in locked


def test_the_check_loads_less_than_its_link_says():
    loaded = ("page.js", "worker.js", "service-worker.js", "verifier.css")

    packed = sum(len(gzip.compress((BUILT / name).read_bytes(), mtime=0)) for name in loaded)

    assert packed < 90_000
