from datetime import UTC, datetime, timedelta

from passport.ui.session import SessionCookie, digest_of, new_token, rotate

LATER = datetime(2027, 3, 1, tzinfo=UTC)


class ListSessions:
    def __init__(self):
        self.begun: dict[bytes, str] = {}

    def begin(self, token_digest: bytes, account: str, *, ends_at: datetime) -> None:
        assert ends_at == LATER
        self.begun[token_digest] = account

    def end(self, token_digest: bytes) -> None:
        self.begun.pop(token_digest, None)


def test_signing_in_changes_the_token_and_ends_the_old_session():
    sessions = ListSessions()
    visitor = rotate(None, "", register=sessions, ends_at=LATER)

    member = rotate(visitor, "ada", register=sessions, ends_at=LATER)

    assert member != visitor
    assert sessions.begun == {digest_of(member): "ada"}


def test_the_store_never_sees_a_token():
    sessions = ListSessions()

    token = rotate(None, "ada", register=sessions, ends_at=LATER)

    assert token.encode() not in b"".join(sessions.begun)


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
