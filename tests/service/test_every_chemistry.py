"""Each published chemistry goes the whole way: on record, signed, verified, labelled, sorted."""

from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from builders import MAKER, NOON, RECYCLER, a_new_battery, an_installation
from builders_contents import a_content
from builders_yard import a_new_intake

from passport.bootstrap.labelling import label_of
from passport.domain.access import Audience
from passport.domain.actor import PUBLIC
from passport.domain.chemistry import OTHER, published_chemistries
from passport.domain.identifiers import gs1_battery_id, gs1_model_id
from passport.domain.passport import StatementKind
from passport.exchange.labels import LabelFormat
from passport.linked_data.documents import content_of, parse_document
from passport.services.chemistry import complete_chemistry
from passport.services.issue import NewModel
from passport.services.trust import Trust
from passport.services.verification import verify_passport
from passport.ui.forms import EMPTY_FORM
from recycler_portal.extension import open_portal
from recycler_portal.pages.yard_views import intake_card

KNOWN = published_chemistries()
CODES = [one.code for one in KNOWN]
WORDS = {
    "chemistryName": {"en": "A system that no code names"},
    "carrierIon": {"absent": "notProvided"},
    "cathodeMaterial": {"absent": "notProvided"},
    "anodeMaterial": {"absent": "notProvided"},
    "electrolyteState": "liquid",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Give an installation of the record with a yard."""
    passport = an_installation(tmp_path_factory.mktemp("house"), extensions=("recycler_portal",))
    yield passport
    passport.close()


@pytest.fixture(scope="module")
def portal(house):
    return open_portal(house)


@pytest.fixture(scope="module")
def trust(house, tmp_path_factory) -> Trust:
    file = Path(tmp_path_factory.mktemp("trust")) / "trust.json"
    file.write_bytes(orjson.dumps(house.trust()))
    return Trust.read(file)


def a_gtin(number: int) -> str:
    """Return a GTIN of the examples' prefix with its check digit."""
    digits = f"0950600{number:06d}"
    weighed = sum(int(one) * (1 if place % 2 else 3) for place, one in enumerate(digits))
    return f"{digits}{-weighed % 10}"


@pytest.mark.parametrize("code", CODES)
def test_a_battery_of_each_chemistry_is_on_record_signed_verified_labelled_and_sorted(
    house, portal, trust, code
):
    known = KNOWN.find(code)
    gtin = a_gtin(500_000 + CODES.index(code))
    battery_id = gs1_battery_id(gtin, "C-1")
    words = WORDS if code == OTHER else {"chemistryName": None}
    content = a_content("ev-pack-model", chemistry=code, **words)
    new = NewModel(model_id=gs1_model_id(gtin), content=content)

    house.services.add_model(MAKER, "voltra", new)
    house.services.register_battery(MAKER, "voltra", a_new_battery(battery_id))

    signed = house.services.model_statements(PUBLIC, new.model_id)
    (public,) = (one for one in signed if one.kind is StatementKind.MODEL_PUBLIC)
    told = complete_chemistry({"chemistry": code, **(words if code == OTHER else {})}, KNOWN)
    assert content_of(parse_document(public.body)).items() >= told.items()
    bundle = house.bundle(PUBLIC, battery_id, Audience.PUBLIC)
    report = verify_passport(bundle, trust=trust, at=NOON + timedelta(hours=1), online=None)
    assert report.verified, report.problems
    label = house.services.do(PUBLIC, lambda work: label_of(battery_id, work=work))
    assert label.chemistry == known.short_name
    assert house.label(battery_id, LabelFormat.SVG).startswith(b"<")
    intake = portal.take_in(RECYCLER, a_new_intake(code, battery_id=battery_id))
    family = None if known.family is None else known.family.value
    assert intake.decision.chemistry_family == family
    card = intake_card(intake, portal.handling, EMPTY_FORM)
    if family is not None:
        assert card.facts[0].values[0] in {one.label for one in KNOWN}
        assert card.facts[0].note == f"Family for recycling: {family}"
    again = house.services.add_model(MAKER, "voltra", new)
    assert again.model_id == new.model_id
