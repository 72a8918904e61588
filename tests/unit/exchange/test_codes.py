from io import BytesIO

import pytest
import zxingcpp
from builders_labels import LABEL_IRI, a_label
from PIL import Image

from passport.exchange.codes import PhotoRefusedError, read_codes
from passport.exchange.labels import LabelFormat, make_label
from passport.rules.annex_vi import collection_symbol


def a_photo(picture: Image.Image, file_format: str = "JPEG", **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, file_format, **options)
    return file.getvalue()


@pytest.fixture(scope="module")
def label() -> Image.Image:
    made = make_label(a_label(), LabelFormat.PNG, symbol=collection_symbol(None))
    return Image.open(BytesIO(made)).convert("L").resize((1184, 840))


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_photo_of_a_label_is_read(label, file_format):
    assert read_codes(a_photo(label, file_format)) == [LABEL_IRI]


@pytest.mark.parametrize("degrees", [7, 90, 180, 200])
def test_a_photo_taken_askew_is_read(label, degrees):
    turned = label.rotate(degrees, expand=True, fillcolor=128)

    assert read_codes(a_photo(turned, quality=40)) == [LABEL_IRI]


def test_a_photo_without_code_holds_none():
    assert read_codes(a_photo(Image.new("L", (300, 300), 200))) == []


def test_a_data_matrix_is_read_too():
    code = zxingcpp.create_barcode(LABEL_IRI, zxingcpp.BarcodeFormat.DataMatrix)
    picture = Image.fromarray(code.to_image(scale=6, add_quiet_zones=True))

    assert read_codes(a_photo(picture, "PNG")) == [LABEL_IRI]


@pytest.mark.parametrize("image", [b"", b"not a photo", b"%PDF-1.4"])
def test_what_is_no_photo_is_refused(image):
    with pytest.raises(PhotoRefusedError, match="no photo"):
        read_codes(image)


def test_a_photo_that_was_cut_off_is_refused(label):
    with pytest.raises(PhotoRefusedError, match="damaged"):
        read_codes(a_photo(label)[:4000])


def test_a_file_that_is_too_large_is_not_opened():
    with pytest.raises(PhotoRefusedError, match="at most 15,728,640"):
        read_codes(b"\xff" * (15 * 1024 * 1024 + 1))


def test_a_small_file_with_enormous_pixels_is_refused():
    bomb = a_photo(Image.new("1", (8000, 8000)), "PNG")

    with pytest.raises(PhotoRefusedError, match="8000 x 8000 pixels"):
        read_codes(bomb)


def test_a_decompression_bomb_is_refused():
    bomb = a_photo(Image.new("1", (30_000, 30_000)), "PNG")

    with pytest.raises(PhotoRefusedError):
        read_codes(bomb)
