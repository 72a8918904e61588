"""A store has one log, under the name that it was begun with."""

import pytest

from passport.bootstrap import open_passport
from passport.settings import SettingsRefusedError


def test_a_command_without_the_address_of_the_service_takes_it_from_the_log(tmp_path):
    open_passport(data=tmp_path, public_base_url="http://localhost:8123").close()
    keys_before = sorted(tmp_path.joinpath("keys").iterdir())

    passport = open_passport(data=tmp_path)

    assert (passport.base_url, passport.log.key.name) == (
        "http://localhost:8123",
        "localhost:8123/log",
    )
    passport.close()
    assert sorted(tmp_path.joinpath("keys").iterdir()) == keys_before


def test_a_command_with_another_address_begins_no_second_log(tmp_path):
    open_passport(data=tmp_path, public_base_url="http://localhost:8123").close()
    keys_before = sorted(tmp_path.joinpath("keys").iterdir())

    with pytest.raises(SettingsRefusedError, match=r"the log in .* is localhost:8123/log"):
        open_passport(data=tmp_path, public_base_url="http://localhost:8124")

    assert sorted(tmp_path.joinpath("keys").iterdir()) == keys_before


def test_who_names_another_log_begins_it(tmp_path):
    open_passport(data=tmp_path, public_base_url="http://localhost:8123").close()

    passport = open_passport(data=tmp_path, log_origin="log.example.com/new")

    assert passport.log.key.name == "log.example.com/new"
    passport.close()
