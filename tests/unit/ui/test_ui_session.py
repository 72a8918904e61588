from datetime import timedelta

from passport.ui.session import SessionCookie, new_token


def test_tokens_are_long_and_differ():
    assert len(new_token()) == 43
    assert new_token() != new_token()


def test_the_cookie_is_for_this_host_over_https_and_not_for_scripts():
    header = SessionCookie(lasts=timedelta(hours=1)).header_setting("abc")

    name, *attributes = header.split("; ")
    assert name == "__Host-session=abc"
    assert set(attributes) == {"HttpOnly", "Max-Age=3600", "Path=/", "SameSite=Lax", "Secure"}


def test_the_demonstration_on_plain_http_keeps_everything_but_secure():
    header = SessionCookie(secure=False).header_setting("abc")

    assert header.startswith("session=abc; ")
    assert "Secure" not in header
    assert "HttpOnly" in header


def test_signing_out_takes_the_cookie_away():
    assert "Max-Age=0" in SessionCookie().header_removing()
