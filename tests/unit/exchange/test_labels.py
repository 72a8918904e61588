import re
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from builders_labels import LABEL_IRI, a_label

from passport.exchange import labels
from passport.exchange.label_drawing import LabelTextError, draw, text_width
from passport.exchange.labels import LabelFormat, LabelUnreadableError, make_label
from passport.rules.annex_vi import SquareCentimetres, collection_symbol

LARGE = collection_symbol(None)
SMALL = collection_symbol(SquareCentimetres(Decimal(300)))
SVG = "{http://www.w3.org/2000/svg}"


def words_of(svg: bytes) -> list[str]:
    return [text.text or "" for text in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - ours


@pytest.mark.parametrize("label_format", LabelFormat)
@pytest.mark.parametrize("symbol", [LARGE, SMALL])
def test_a_label_is_made_and_reads_back(label_format, symbol):
    assert make_label(a_label(), label_format, symbol=symbol)


@pytest.mark.parametrize("label_format", LabelFormat)
def test_a_label_that_reads_as_something_else_is_not_handed_out(label_format, monkeypatch):
    honest = labels._matrix
    monkeypatch.setattr(labels, "_matrix", lambda text: honest(text.replace("0017", "0018")))
    monkeypatch.setattr(labels, "_zpl_text", lambda text: text.replace("0017", "0018"))

    with pytest.raises(LabelUnreadableError, match=r"0017 reads as .*0018; it was not written"):
        make_label(a_label(), label_format, symbol=LARGE)


@pytest.mark.parametrize("label_format", LabelFormat)
def test_a_label_on_which_nothing_can_be_read_is_not_handed_out(label_format, monkeypatch):
    monkeypatch.setattr(labels, "codes_in", lambda _picture: [])

    with pytest.raises(LabelUnreadableError, match="reads as nothing"):
        make_label(a_label(), label_format, symbol=LARGE)


def test_the_code_holds_the_identifier_and_nothing_else():
    assert labels._read_svg(make_label(a_label(), LabelFormat.SVG, symbol=LARGE)) == [LABEL_IRI]


def test_everything_annex_vi_asks_for_can_be_read_by_people():
    words = " ".join(words_of(make_label(a_label(), LabelFormat.SVG, symbol=SMALL)))

    for needed in (
        "Stromwerk GmbH EV-72 Gen 2",
        "Am Umspannwerk 4, 38112 Braunschweig, Germany",
        "Electric vehicle battery",
        "(01) GTIN 09506000134352",
        "(21) Serial number EV72-2A/0017",
        "432 kg",
        "206 Ah (72 kWh)",
        "Li-ion NMC 622",
        "Made: Braunschweig, Germany, March 2027",
        "Extinguish with: water",
        "Hazardous substances: lithium hexafluorophosphate",
        "Critical raw materials: cobalt",
    ):
        assert needed in words


def test_an_identifier_that_is_not_of_gs1_is_called_so():
    words = words_of(make_label(a_label(gtin="", serial="PACK-7"), LabelFormat.SVG, symbol=LARGE))

    assert "Identifier" in words
    assert "(01) GTIN" not in words


def test_the_change_of_a_second_life_stands_on_the_label():
    words = words_of(
        make_label(a_label(second_life="Repurposed in 2034"), LabelFormat.SVG, symbol=LARGE)
    )

    assert "Electric vehicle battery · Repurposed in 2034" in words


@pytest.mark.parametrize("symbol", [LARGE, SMALL])
def test_the_bin_is_as_large_as_the_law_asks(symbol):
    drawing = draw(a_label(), symbol)

    for axis in (0, 1):
        low = min(p[axis] - s.width / 2 for s in drawing.strokes for p in s.points)
        high = max(p[axis] + s.width / 2 for s in drawing.strokes for p in s.points)
        assert high - low == pytest.approx(float(symbol.side), abs=0.01)


@pytest.mark.parametrize("signs", [("Pb",), ("Cd", "Pb")])
def test_a_chemical_sign_fills_a_quarter_of_the_symbol(signs):
    drawing = draw(a_label(chemical_signs=signs), LARGE)

    for sign in drawing.words[-len(signs) :]:
        area = text_width(sign.text, sign.size, bold=True) * sign.size * 0.66
        assert area == pytest.approx(50 * 50 / 4, rel=0.01)
        assert 0 < sign.x < 148
        assert sign.y < 105


def test_nothing_is_printed_over_anything_else():
    drawing = draw(a_label(chemical_signs=("Cd", "Pb")), LARGE)

    boxes = [
        (w.x, w.y - w.size * 0.66, w.x + text_width(w.text, w.size, bold=w.bold), w.y)
        for w in drawing.words
    ]
    code = drawing.code
    boxes.append((code.x, code.y, code.x + code.side, code.y + code.side))
    crossing = [
        (one, other)
        for n, one in enumerate(boxes)
        for other in boxes[n + 1 :]
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]
    assert crossing == []


def test_letters_of_central_europe_are_printed():
    polish = a_label(manufacturer="Ogniwo Łódź", address="ul. Świętojańska 7, Łódź")

    assert make_label(polish, LabelFormat.PDF, symbol=LARGE)


def test_letters_the_typeface_lacks_are_refused_by_name():
    with pytest.raises(LabelTextError, match="'Б'"):
        make_label(a_label(manufacturer="Батерия"), LabelFormat.PNG, symbol=LARGE)


def test_texts_that_do_not_fit_are_refused_and_not_cut():
    with pytest.raises(LabelTextError, match="shorten"):
        make_label(a_label(hazardous_substances="cobalt, " * 200), LabelFormat.SVG, symbol=LARGE)


def test_a_pdf_has_the_size_of_the_label_and_finds_its_own_parts():
    label = make_label(a_label(), LabelFormat.PDF, symbol=LARGE)

    assert b"/MediaBox [0 0 419.528 297.638]" in label
    start = int(re.search(rb"startxref\n(\d+)\n", label)[1])
    assert label[start:].startswith(b"xref\n0 7\n")
    offsets = [int(m) for m in re.findall(rb"^(\d{10}) 00000 n", label[start:], re.MULTILINE)]
    assert [label[offset : offset + 7] for offset in offsets] == [
        b"%d 0 obj" % n for n in range(1, 7)
    ]


def test_zpl_reads_no_text_as_a_command():
    label = make_label(a_label(model="X^XZ~JA_5E"), LabelFormat.ZPL, symbol=LARGE).decode()

    assert label.count("^XZ") == 1
    assert "~" not in label
    assert "X_5EXZ_7EJA_5F5E" in label
