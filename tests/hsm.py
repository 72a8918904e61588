"""A PKCS#11 token for tests: SoftHSM in a folder of its own, one for the whole session."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PIN = "4711-0815-tests"
LABEL = "passport tests"
MODULES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
)


def softhsm_module() -> Path:
    """Return the module; a machine without it fails its tests."""
    found = next((path for path in MODULES if path.exists()), None)
    assert found is not None, "SoftHSM 2 is not installed: apt-get install softhsm2"
    return found


def token_uri(**options: str) -> str:
    """Return the address of the token for tests."""
    more = "".join(f"&{name.replace('_', '-')}={value}" for name, value in options.items())
    return f"pkcs11:token={LABEL.replace(' ', '%20')}?module-path={softhsm_module()}{more}"


@pytest.fixture(scope="session")
def token() -> Iterator[str]:
    """Give the address of a token, and let every program of these tests find it."""
    with tempfile.TemporaryDirectory(prefix="passport-hsm-") as folder:
        tokens = Path(folder, "tokens")
        tokens.mkdir()
        configuration = Path(folder, "softhsm2.conf")
        configuration.write_text(
            f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
        )
        before = os.environ.get("SOFTHSM2_CONF")
        os.environ["SOFTHSM2_CONF"] = str(configuration)
        subprocess.run(
            [
                *("softhsm2-util", "--init-token", "--free", "--label", LABEL),
                *("--pin", PIN, "--so-pin", "0000-1111-tests"),
            ],
            check=True,
            capture_output=True,
        )
        try:
            yield token_uri()
        finally:
            if before is None:
                del os.environ["SOFTHSM2_CONF"]
            else:
                os.environ["SOFTHSM2_CONF"] = before
