import pytest

from passport.ui.forms import CsrfRefusedError, CsrfTokens, FormState

TOKENS = CsrfTokens(secret=b"s" * 32)


def test_a_form_of_this_session_is_accepted():
    TOKENS.check("session-a", TOKENS.issue("session-a"))


@pytest.mark.parametrize(
    "token",
    ["", "zz", "00", TOKENS.issue("session-b"), CsrfTokens(secret=b"x" * 32).issue("session-a")],
    ids=["none", "no hexadecimal", "too short", "another session", "another service"],
)
def test_a_form_of_anybody_else_is_refused(token):
    with pytest.raises(CsrfRefusedError, match="does not belong to your session"):
        TOKENS.check("session-a", token)


def test_nobody_without_session_sends_a_form():
    with pytest.raises(CsrfRefusedError):
        TOKENS.check("", TOKENS.issue(""))


def test_two_tokens_of_a_session_differ_so_that_compressed_pages_do_not_leak_them():
    assert TOKENS.issue("session-a") != TOKENS.issue("session-a")


def test_the_secret_does_not_show_when_tokens_are_printed():
    assert "ssss" not in repr(TOKENS)


def test_a_form_comes_back_with_what_was_entered_but_never_with_a_password():
    form = FormState.of(
        {"login": "ada", "password": "secret", "csrf_token": "t"}, {"login": "is unknown"}
    )

    assert form.value_of("login") == "ada"
    assert form.value_of("password") == ""
    assert form.error_of("login") == "is unknown"
    assert form.error_of("other") == ""
