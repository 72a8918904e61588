"""Every serial number GS1 allows survives its label."""

from builders_labels import a_label
from hypothesis import given, settings
from hypothesis import strategies as st

from passport.domain.identifiers import SERIAL_CHARACTERS, gs1_battery_id
from passport.exchange.labels import LabelFormat, make_label
from passport.rules.annex_vi import collection_symbol
from passport.ui.scanning import OwnCode, read_code

serials = st.text(sorted(SERIAL_CHARACTERS), min_size=1, max_size=20).filter(
    lambda text: text not in {".", ".."}
)


@settings(max_examples=40)
@given(serial=serials, label_format=st.sampled_from([LabelFormat.SVG, LabelFormat.ZPL]))
def test_every_serial_number_can_be_printed_and_leads_back_to_its_battery(serial, label_format):
    battery_id = gs1_battery_id("9506000134352", serial)
    iri = f"https://id.example.com/{battery_id}"

    make_label(
        a_label(battery_iri=iri, serial=serial), label_format, symbol=collection_symbol(None)
    )

    assert read_code(iri, own_hosts=frozenset({"id.example.com"})) == OwnCode(battery_id=battery_id)
