"""The table of chemistries: names, families, kinds of kinds, and rows of one's own."""

from decimal import Decimal

import pytest

from passport.domain.chemistry import (
    COLUMNS,
    OTHER,
    CellVoltages,
    ChemistryFamily,
    published_chemistries,
)
from passport.domain.content import OPEN_CODE, codes_of
from passport.domain.errors import InvalidValueError

KNOWN = published_chemistries()
HEADER = "code,label_en,carrier_ion,family,nominal_cell_volts,broader,aliases,certainty,source"


def a_table(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


@pytest.mark.parametrize("chemistry", list(KNOWN), ids=lambda one: one.code)
def test_each_row_is_in_form_and_says_where_it_comes_from(chemistry):
    assert OPEN_CODE.fullmatch(chemistry.code)
    assert chemistry.label == codes_of("chemistry")[chemistry.code]
    assert chemistry.source
    assert chemistry.certainty in {"read", "known", "unsure", "interp"}
    for code_list, code in (
        ("carrier-ion", chemistry.carrier_ion),
        ("cathode-material", chemistry.cathode),
        ("anode-material", chemistry.anode),
        ("electrolyte-state", chemistry.electrolyte_state),
    ):
        assert not code or code in codes_of(code_list)


@pytest.mark.parametrize("chemistry", list(KNOWN), ids=lambda one: one.code)
def test_each_spelling_finds_its_chemistry_however_it_is_written(chemistry):
    for name in (chemistry.code, chemistry.label, *chemistry.aliases):
        for written in (name, name.upper(), f"  {name.replace('-', ' ')} "):
            assert KNOWN.find_named(written) == chemistry


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Li-ion NMC", "NMC"),
        ("lithium-ion NCM 622", "NMC622"),
        ("LiFePO4", "LFP"),
        ("NiMH", "Ni-MH"),
        ("VRLA (AGM)", "Pb-AGM"),
        ("VRFB", "V-flow"),
        ("Na-NiCl2", "Na-NiCl2"),
        ("NMC or LFP", None),
        ("lead-free", None),
        ("Li-ion", None),
        ("", None),
    ],
)
def test_a_text_that_says_more_or_less_than_a_name_decides_nothing(text, code):
    found = KNOWN.find_named(text)

    assert (found and found.code) == code


@pytest.mark.parametrize(
    "codes",
    [
        "LFP LMFP NMC NMC111 NMC442 NMC532 NMC622 NMC721 NMC811 NMC955 NCA LMO LCO LTO",
        "NMC-Si Li-Si Li-metal NMC-Li LMP Li-SS NMC-SS LFP-SS Li-S Li-air Na-air",
        "Na-ion Na-layered Na-Prussian-white Na-polyanion Na-S Na-NiCl2 Ni-MH Ni-Cd",
        "Pb Pb-flooded Pb-VRLA Pb-AGM Pb-gel Zn-air Zn-MnO2 Zn-Br Fe-air",
        "V-flow Fe-flow organic-flow Mg-ion",
    ],
)
def test_the_chemistries_in_use_and_to_come_are_there(codes):
    assert [code for code in codes.split() if KNOWN.find(code) is None] == []


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("NMC811", ChemistryFamily.LITHIUM_BASED),
        ("Li-air", ChemistryFamily.LITHIUM_BASED),
        ("Pb-AGM", ChemistryFamily.LEAD_ACID),
        ("Ni-Cd", ChemistryFamily.NICKEL_CADMIUM),
        ("Ni-MH", ChemistryFamily.OTHER),
        ("Na-layered", ChemistryFamily.OTHER),
        ("V-flow", ChemistryFamily.OTHER),
        (OTHER, None),
    ],
)
def test_a_chemistry_has_its_family_of_the_recycling_law(code, family):
    assert KNOWN.find(code).family is family


def test_what_a_row_leaves_empty_it_has_from_the_broader_one():
    nmc, grade, silicon = (KNOWN.find(code) for code in ("NMC", "NMC811", "NMC-Si"))

    assert grade.voltages == nmc.voltages == silicon.voltages
    assert grade.voltages.maximum == Decimal("4.2")
    assert (grade.cathode, silicon.cathode, silicon.anode) == ("NMC811", "NMC", "silicon")
    assert nmc.anode == ""
    assert [one.code for one in KNOWN.lineage("Pb-gel")] == ["Pb-gel", "Pb-VRLA", "Pb"]
    assert KNOWN.lineage("unobtainium") == ()


def test_what_nobody_knows_stays_empty():
    assert KNOWN.find("Na-ion").voltages == CellVoltages()
    assert KNOWN.find("Pb").carrier_ion == ""
    assert KNOWN.find("organic-flow").contains == ()


def test_the_nearest_codes_are_named_for_an_unknown_one():
    assert KNOWN.near("NCM") == ("NMC",)
    assert "LFP" in KNOWN.near("LFPP")
    assert KNOWN.near("unobtainium") == ()
    assert KNOWN.label_of("NMC") == "Lithium-ion, nickel manganese cobalt oxide"
    assert KNOWN.label_of("unobtainium") == "unobtainium"


def test_rows_of_ones_own_join_the_published_ones():
    own = KNOWN.with_rows(
        "\ufeff"
        + a_table(
            "Al-ion,Aluminium-ion,Al,other,,,aluminium-ion|Al ion battery,unsure,Data sheet",
            'NMC631,"Lithium-ion, NMC 6:3:1",,,,NMC,,known,Data sheet',
        )
    )

    assert own.find_named("AL ION BATTERY").carrier_ion == "Al"
    assert own.find("NMC631").voltages == KNOWN.find("NMC").voltages
    assert own.find("NMC631").family is ChemistryFamily.LITHIUM_BASED
    assert own.find("Al-ion").short_name == "Al-ion"
    assert "Al-ion" not in own.published
    assert own.published == KNOWN.published
    assert KNOWN.find("Al-ion") is None
    assert len(list(own)) == len(list(KNOWN)) + 2


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("NMC,Another,,,,,,known,x", "line 2: NMC is in the list already"),
        ("X,,,,,,,known,x", "line 2: label_en is empty"),
        ("X,A label,,,,,,known,", "line 2: source is empty"),
        ("X Y,A label,,,,,,known,x", "line 2: code 'X Y' is no code"),
        ("X,A label,Al 3+,,,,,known,x", "line 2: carrier_ion 'Al 3+' is no code"),
        ("X,A label,,metal,,,,known,x", "line 2: family is 'metal'; it is one of lead-acid"),
        ("X,A label,,,,,,sure,x", "line 2: certainty is 'sure'"),
        ("X,A label,,,high,,,known,x", "line 2: 'high' is no decimal"),
        ("X,A label,,,-1,,,known,x", "line 2: the voltages of a cell rise"),
        ("X,A label,,,,Y,,known,x", "line 2: X is a kind of Y, which stands in no row above it"),
        (
            "X,A label,,,,,LiFePO4,known,x",
            "line 2: X is also called 'LiFePO4', which is LFP already",
        ),
        ("X,A label,,,9,NMC,,known,x", "line 2: the voltages of a cell rise"),
    ],
)
def test_a_row_that_is_none_is_refused_and_its_line_named(row, complaint):
    with pytest.raises(InvalidValueError) as refused:
        KNOWN.with_rows(a_table(row))

    assert str(refused.value).startswith(complaint)


@pytest.mark.parametrize("text", ["", "name,label\nX,Y\n", "code,label_en,colour\nX,Y,red\n"])
def test_a_table_with_other_columns_is_refused_with_those_it_takes(text):
    with pytest.raises(InvalidValueError, match="its columns are code, label_en"):
        KNOWN.with_rows(text)


def test_the_published_table_has_the_columns_that_a_table_of_ones_own_has():
    text = ",".join(COLUMNS) + "\nAl-ion,Aluminium-ion" + "," * (len(COLUMNS) - 4) + ",known,x\n"

    assert KNOWN.with_rows(text).find("Al-ion").label == "Aluminium-ion"
