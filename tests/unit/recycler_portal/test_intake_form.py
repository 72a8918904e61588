"""The page of an intake, read: which battery a code on a label stands for."""

from datetime import date

import pytest

from recycler_portal.forms import Entered, read_intake_form

BATTERY = "01/09506000134352/21/EV75-000001"
OURS = frozenset({"passport.example"})


def intake_of(code):
    texts = {"kind": "known", "code": code, "site": "Gate 1", "country": "NL"}
    entered = Entered({name: (text,) for name, text in texts.items()})
    return read_intake_form(entered, (), own_hosts=OURS, day=date(2026, 11, 21)).observation


@pytest.mark.parametrize("host", ["passport.example", "maker.example"])
def test_a_code_stands_for_its_battery_also_where_it_leads_elsewhere(host):
    assert intake_of(f"https://{host}/{BATTERY}").battery_id == BATTERY


@pytest.mark.parametrize(
    "address", ["https://passp0rt.example", "http://maker.example", "https://10.0.0.1"]
)
def test_a_suspicious_label_makes_no_battery_waste(address):
    seen = intake_of(f"{address}/{BATTERY}")

    assert seen.battery_id is None
    assert address in seen.marks
