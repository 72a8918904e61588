import pytest

from passport.domain.errors import InvalidIdentifierError
from passport.ui.scanning import (
    CodeRefusedError,
    ForeignCode,
    OwnCode,
    read_code,
    typed_battery,
)

OWN = frozenset({"passport.example.com", "localhost:8000"})
BATTERY = "01/09506000134352/21/EV72-2A%2F0017"


@pytest.mark.parametrize(
    "text",
    [
        f"https://passport.example.com/{BATTERY}",
        f" http://localhost:8000/{BATTERY}?linkType=gs1:pip\n",
        f"HTTPS://PASSPORT.EXAMPLE.COM/{BATTERY}",
        BATTERY,
        "9506000134352/EV72-2A/0017",
        "(01)09506000134352(21)EV72-2A/0017",
    ],
)
def test_a_code_of_ours_names_its_battery(text):
    assert read_code(text, own_hosts=OWN) == OwnCode(battery_id=BATTERY)


def test_a_gtin_is_taken_as_people_type_it():
    assert typed_battery("(01) 0950 6000 1343 52", "(21) EV72-2A/0017") == BATTERY


def test_a_wrong_check_digit_says_which_one_belongs_there():
    with pytest.raises(InvalidIdentifierError, match="is 3, but 2 belongs there"):
        typed_battery("09506000134353", "A")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("   ", "nothing was read"),
        ("WIFI:S:yard;P:secret", "no battery's code"),
        ("javascript://passport.example.com/%0aalert(1)", "no web link"),
        ("https://", "no web link"),
        ("https://host:99999/01", "no valid link"),
        ("https://[::1/01", "no valid link"),
        ("x" * 2001, "2001 characters"),
    ],
)
def test_what_is_no_battery_is_refused_with_the_reason(text, why):
    with pytest.raises(CodeRefusedError, match=why):
        read_code(text, own_hosts=OWN)


def test_a_link_to_another_host_is_shown_with_the_battery_it_names():
    found = read_code(f"https://id.maker.example/{BATTERY}", own_hosts=OWN)

    assert found == ForeignCode(
        address=f"https://id.maker.example/{BATTERY}",
        host="id.maker.example",
        battery_id=BATTERY,
    )


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("http://maker.example/x", "not encrypted"),
        ("https://passport.example.com@evil.example/x", "decoration"),
        ("https://192.0.2.7/x", "bare network address"),
        ("https://[2001:db8::1]/x", "bare network address"),
        ("https://passp0rt.example.com/x", "resembles"),
        ("https://passport.example.com.evil.example/x", "resembles"),
        ("https://passport-example.com/x", "resembles"),
        ("https://pasport.example.com/x", "resembles"),
        ("https://p\u0430ssport.example.com/x", "resembles"),
        ("https://xn--pssport-3fg.example.com/x", "resembles"),
        ("https://m\u0430ker.example/x", "mistaken for others"),
    ],
)
def test_a_suspicious_host_is_called_so(text, warning):
    found = read_code(text, own_hosts=OWN)

    assert isinstance(found, ForeignCode)
    assert any(warning in said for said in found.warnings)


def test_an_honest_foreign_host_gets_no_warning():
    assert read_code("https://id.maker.example/x", own_hosts=OWN).warnings == ()


def test_an_international_host_is_shown_as_people_and_as_networks_read_it():
    found = read_code("https://b\u00e4tterie.example/x", own_hosts=OWN)

    assert (found.host, found.host_ascii) == ("b\u00e4tterie.example", "xn--btterie-5wa.example")
