"""A folder with the demonstration of another version still starts."""

from typer.testing import CliRunner

import passport.cli
from passport.bootstrap import Passport
from passport.domain.errors import ConflictError


def test_a_demonstration_of_another_version_stays_and_the_service_starts(tmp_path, monkeypatch):
    served = []

    def refuse(*_, **__):
        raise ConflictError

    monkeypatch.setattr(Passport, "load_demonstration", refuse)
    monkeypatch.setattr(passport.cli, "serve_passport", lambda *_, **more: served.append(more))

    done = CliRunner().invoke(passport.cli.app, ["serve", "--demo", "--data", str(tmp_path)])

    assert done.exit_code == 0
    assert f"the demonstration in {tmp_path} was loaded by another version" in done.stderr
    assert served == [{"host": "127.0.0.1", "port": 8000}]
