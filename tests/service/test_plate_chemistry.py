"""The chemistry on a name plate: read whatever its spelling, shown in words, refused if unknown."""

import pytest
from builders import (
    INTEGRATOR,
    MAKER,
    NEW_LIFE,
    NOON,
    PACK,
    a_legacy_plate,
    a_second_life,
    an_installation,
    register,
)
from builders_contents import a_content

from passport.bootstrap import open_passport
from passport.domain.actor import PUBLIC
from passport.domain.errors import InvalidValueError
from passport.domain.identifiers import gs1_model_id
from passport.domain.second_life import Predecessor
from passport.services.issue import NewModel
from passport.settings import SettingsRefusedError
from passport.web.pages.battery import lineage_of
from passport.web.pages.record import Record


def second_life_from(passport, chemistry):
    """Return a second life of a pack and a battery whose plate names a chemistry."""
    register(passport)
    new = a_second_life(passport)
    (ours, legacy) = new.predecessors
    plate = a_legacy_plate(chemistry=chemistry, photos=legacy.plate.photos)
    return a_second_life(passport, NEW_LIFE, PACK, predecessors=(ours, Predecessor(plate=plate)))


@pytest.mark.parametrize(
    ("written", "code", "words"),
    [
        ("Li-ion NCM 622", "NMC622", "Lithium-ion, nickel manganese cobalt oxide 6:2:2"),
        ("LiFePO4", "LFP", "Lithium-ion, iron phosphate"),
        ("Ni-MH", "Ni-MH", "Nickel-metal hydride"),
    ],
)
def test_a_plate_is_signed_with_the_code_it_names_and_shown_in_words(
    installation, written, code, words
):
    services = installation.services
    succession = services.declare_second_life(
        INTEGRATOR, "again", second_life_from(installation, written)
    )
    services.place_second_life(INTEGRATOR, succession.succession_id, NOON.date())

    record = Record.of(services.disclose(PUBLIC, NEW_LIFE))
    (plate,) = record.item["legacyPredecessors"]
    assert plate["chemistry"] == code
    assert words in lineage_of(record).predecessors[-1].detail


def test_a_plate_whose_chemistry_nobody_knows_is_refused_with_the_nearest(installation):
    new = second_life_from(installation, "NMMC")

    with pytest.raises(InvalidValueError, match=r"'NMMC' is no code known here; did you mean .*NM"):
        installation.services.declare_second_life(INTEGRATOR, "again", new)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "No such file"),
        (b"\xff\xfe\x00", "codec can't decode"),
        (b"name\nX\n", "its columns are code, label_en"),
    ],
)
def test_a_file_of_chemistries_that_cannot_be_read_starts_nothing(tmp_path, content, complaint):
    file = tmp_path / "chemistries.csv"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SettingsRefusedError, match="PASSPORT_CHEMISTRIES") as refused:
        open_passport(data=tmp_path / "data", keystore="memory:", extensions=(), chemistries=file)

    assert complaint in str(refused.value)


def test_a_model_entered_again_stays_as_it_was_completed_when_the_table_has_changed(tmp_path):
    table, keys = tmp_path / "chemistries.csv", f"file:{tmp_path / 'keys'}"
    head = "code,label_en,carrier_ion,cathode,anode,electrolyte_state,certainty,source\n"
    row = "Li-x,Lithium with X,Li,{},lithium,solid,unsure,Data sheet\n"
    model = NewModel(
        model_id=gs1_model_id("09506000134369"),
        content=a_content("ev-pack-model", chemistry="Li-x", chemistryName=None),
    )
    table.write_text(head + row.format("X"))
    before = an_installation(tmp_path / "data", keystore=keys, chemistries=table)
    entered = before.services.add_model(MAKER, "voltra", model)
    before.close()
    table.write_text(head + row.format("Y"))
    after = open_passport(data=tmp_path / "data", keystore=keys, extensions=(), chemistries=table)

    again = after.services.add_model(MAKER, "voltra", model)
    amended = after.services.amend_model(MAKER, model.model_id, model.content)
    after.close()

    assert entered.content["cathodeMaterial"] == again.content["cathodeMaterial"] == "X"
    assert amended.content["cathodeMaterial"] == "Y"
