"""Time stamps of an authority and their renewals; openssl is asked about both directions."""

from datetime import UTC, datetime, timedelta

import pytest
from builders_time_stamps import an_authority, an_openssl_authority
from cryptography.x509.oid import ExtendedKeyUsageOID

from passport.signing.time_stamps import (
    TimeStampEndedError,
    TimeStampError,
    build_request,
    read_answer,
    stamped_by,
    stamped_bytes,
    verify_time_stamp,
    verify_time_stamps,
)

NOTE = (
    "passport.example/log\n7\nAAAA\n\n"
    "\N{EM DASH} passport.example/log AAAAAAAB\n"
    "\N{EM DASH} witness.example AAAAAAAC\n"
)
TEXT = stamped_bytes(NOTE)


def year(number: int) -> datetime:
    return datetime(number, 6, 1, 12, tzinfo=UTC)


FIRST = an_authority("First", year(2025), year(2035))
SECOND = an_authority("Second", year(2033), year(2043))
THIRD = an_authority("Third", year(2041), year(2051))
ROOTS = [FIRST.root, SECOND.root, THIRD.root]


def a_chain() -> list[bytes]:
    first = FIRST.stamp(TEXT, year(2026))
    second = SECOND.stamp(stamped_by([first]), year(2034))
    return [first, second, THIRD.stamp(stamped_by([first, second]), year(2042))]


def test_stamped_is_the_note_with_the_signature_of_the_log_and_without_witnesses():
    assert NOTE.encode().startswith(TEXT)
    assert TEXT.endswith(b" AAAAAAAB\n")


def test_a_stamp_over_the_text_alone_proves_nothing():
    """Its signature could have been made at any time afterwards."""
    text = NOTE.partition("\n\n")[0].encode() + b"\n"

    with pytest.raises(TimeStampError, match="over something else"):
        verify_time_stamps(NOTE, [FIRST.stamp(text, year(2026))], ROOTS, at=year(2026))


def test_openssl_and_this_program_read_each_others_stamps(tmp_path):
    openssl = an_openssl_authority(tmp_path)
    request, nonce = build_request(TEXT)

    token = read_answer(openssl.answer(request))

    root = openssl.authority.root
    stamp = verify_time_stamp(TEXT, token, [root], nonce=nonce)
    assert abs(stamp.made_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert stamp.holds_until == openssl.authority.certificate.not_valid_after_utc
    ours = openssl.authority.stamp(TEXT, datetime.now(UTC))
    assert "Verification: OK" in openssl.verify(TEXT, ours, root)


def test_a_stamp_that_was_renewed_in_time_proves_its_first_time_after_its_authority_ended():
    assert verify_time_stamps(NOTE, a_chain(), ROOTS, at=year(2046)) == year(2026)


def test_renewals_of_later_do_not_count_against_an_earlier_instant():
    assert verify_time_stamps(NOTE, a_chain(), ROOTS, at=year(2030)) == year(2026)


def test_a_stamp_proves_its_time_while_its_authority_lasts():
    assert verify_time_stamps(NOTE, a_chain()[:1], ROOTS, at=year(2035)) == year(2026)


@pytest.mark.parametrize("kept", [1, 2])
def test_a_chain_whose_last_stamp_has_ended_proves_nothing(kept):
    with pytest.raises(TimeStampEndedError, match=f"time stamp {kept} held until .* not renewed"):
        verify_time_stamps(NOTE, a_chain()[:kept], ROOTS, at=year(2046))


def test_a_renewal_after_the_end_comes_too_late():
    first = FIRST.stamp(TEXT, year(2026))
    late = THIRD.stamp(stamped_by([first]), year(2042))

    with pytest.raises(TimeStampEndedError, match="time stamp 1 held until 2035"):
        verify_time_stamps(NOTE, [first, late], ROOTS, at=year(2046))


def test_a_renewal_in_the_middle_cannot_be_left_out():
    first, _, third = a_chain()

    with pytest.raises(TimeStampError, match="over something else"):
        verify_time_stamps(NOTE, [first, third], ROOTS, at=year(2046))


def test_a_renewal_is_not_made_before_what_it_renews():
    first = FIRST.stamp(TEXT, year(2034))
    earlier = SECOND.stamp(stamped_by([first]), year(2034) - timedelta(days=30))

    with pytest.raises(TimeStampError, match="before the one it renews"):
        verify_time_stamps(NOTE, [first, earlier], ROOTS, at=year(2036))


def test_a_stamp_from_the_future_proves_nothing():
    with pytest.raises(TimeStampError, match="after 2025"):
        verify_time_stamps(NOTE, a_chain()[:1], ROOTS, at=year(2025))


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_each_authority_of_a_chain_has_to_be_trusted(missing):
    trusted = [root for place, root in enumerate(ROOTS) if place != missing]

    with pytest.raises(TimeStampError, match="does not hold"):
        verify_time_stamps(NOTE, a_chain(), trusted, at=year(2046))


def test_a_stamp_outside_the_years_of_its_certificate_does_not_hold():
    with pytest.raises(TimeStampError, match="does not hold"):
        verify_time_stamp(TEXT, FIRST.stamp(TEXT, year(2036)), ROOTS)


def test_a_certificate_for_something_else_stamps_no_time():
    server = an_authority("Server", year(2025), year(2035), purpose=ExtendedKeyUsageOID.SERVER_AUTH)
    anything = an_authority("Anything", year(2025), year(2035), purpose=None)

    for authority in (server, anything):
        with pytest.raises(TimeStampError, match="does not hold"):
            verify_time_stamp(TEXT, authority.stamp(TEXT, year(2026)), [authority.root])


def test_a_stamp_is_over_the_very_bytes():
    with pytest.raises(TimeStampError, match="over something else"):
        verify_time_stamp(TEXT + b" ", FIRST.stamp(TEXT, year(2026)), ROOTS)


def test_a_stamp_over_another_kind_of_digest_is_refused():
    with pytest.raises(TimeStampError, match="SHA-256 is checked"):
        verify_time_stamp(TEXT, FIRST.stamp(TEXT, year(2026), digest="sha512"), ROOTS)


def test_an_answer_to_another_question_is_refused():
    request, nonce = build_request(TEXT)
    token = read_answer(FIRST.answer(request, year(2026)))

    assert verify_time_stamp(TEXT, token, ROOTS, nonce=nonce).made_at == year(2026)
    with pytest.raises(TimeStampError, match="Nonce"):
        verify_time_stamp(TEXT, token, ROOTS, nonce=nonce + 1)


@pytest.mark.parametrize("place", [40, 110, 400, -20, -1])
def test_a_changed_byte_is_found(place):
    token = bytearray(FIRST.stamp(TEXT, year(2026)))
    token[place] ^= 1

    with pytest.raises(TimeStampError):
        verify_time_stamp(TEXT, bytes(token), ROOTS)


@pytest.mark.parametrize("token", [b"", b"\x30\x00", b"no stamp", b"\x30" * 70_000])
def test_what_is_no_stamp_is_refused(token):
    with pytest.raises(TimeStampError):
        verify_time_stamp(TEXT, token, ROOTS)


def test_a_refusal_of_the_authority_is_told():
    with pytest.raises(TimeStampError, match="refused with status 2"):
        read_answer(bytes.fromhex("30053003020102"))


def test_without_stamps_or_authorities_nothing_is_proven():
    with pytest.raises(TimeStampError, match="no time stamp"):
        verify_time_stamps(NOTE, [], ROOTS, at=year(2026))
    with pytest.raises(TimeStampError, match="no authority"):
        verify_time_stamps(NOTE, a_chain(), [], at=year(2046))
