"""Example view values of the pages on which models are written, reviewed, signed and compared."""

from builders_pages import OPERATOR, a_shell

from passport.domain.content import Content, terms_at
from passport.domain.model_draft import DraftState
from passport.services.issue import MODEL_LEVELS
from passport.ui.forms import FormState
from passport.ui.shell import Shell
from passport.ui.views.common import Badge, Link, Notice, Tone
from passport.ui.views.editor import (
    Clashing,
    DraftPage,
    Entry,
    GroupLine,
    GroupPage,
    Meter,
    ModelLine,
    ModelsPage,
    NewModelPage,
    OpenList,
    OpenPoint,
    Option,
    PublishPage,
    Reader,
    ReviewPage,
    SignInAgainPage,
    VersionLine,
    VersionsPage,
)
from passport.web.editor.changes import change_groups
from passport.web.editor.parts import FormMaker, definition_of
from passport.web.pages.drafts import STATES, absence_options

DRAFT = "/operator/models/drafts/1"
OLD: Content = {
    "massKilograms": "3.2",
    "modelName": {"en": "Fietskracht 500"},
    "hazardousSubstances": [{"substanceName": {"en": "Nickel oxide"}, "massPercent": "4"}],
    "manufacturer": {"partyName": "Stromwerk GmbH", "address": {"locality": "Aachen"}},
}
NEW: Content = {
    "massKilograms": "3.3",
    "modelName": {"en": "Fietskracht 500", "nl": "Fietskracht 500"},
    "hazardousSubstances": [{"substanceName": {"en": "Cobalt oxide"}, "massPercent": "2"}],
    "manufacturer": {"partyName": "Stromwerk GmbH", "address": {"locality": "Jülich"}},
}
GROUPS = (
    GroupLine(
        title="What kind of battery",
        href=f"{DRAFT}/edit/kind",
        detail="2 of 6 fields filled",
        badge=Badge(text="Complete", tone=Tone.AUTHENTIC),
    ),
    GroupLine(
        title="Energy, voltage and power",
        href=f"{DRAFT}/edit/energy",
        detail="1 of 13 fields filled",
        badge=Badge(text="7 to fill", tone=Tone.WARNING),
        is_current=True,
    ),
)
METER = Meter(
    filled=21,
    mandatory=34,
    wrong=1,
    lists=(
        OpenList(
            title="To correct",
            intro="These are kept as they were typed, and cannot be signed like this.",
            points=(OpenPoint(label="Nominal voltage: no number", clause="", href=DRAFT),),
        ),
        OpenList(
            title="Not required yet",
            intro="The duty begins later; you may leave these out.",
            points=(
                OpenPoint(
                    label="Carbon footprint declaration",
                    clause="Annex XIII point 1(c); Article 7(1), data point 17",
                    href=f"{DRAFT}/edit/production",
                    note="From a day that is not fixed yet",
                ),
            ),
            is_open=False,
        ),
    ),
    kind="Battery for light means of transport",
    day="18 February 2027",
)
OVERVIEW = Link(text="The whole draft", href=DRAFT)


def an_entry(name: str, content: Content, **changed: object) -> Entry:
    """Return the entry of one term with a value."""
    term = terms_at(MODEL_LEVELS)[name]
    maker = FormMaker(errors={"massKilograms": "Mass: 'heavy' is no number in kg"})
    values: dict[str, object] = {
        "name": name,
        "title": term.label,
        "definition": definition_of(term),
        "clause": "Annex XIII 1(a), data point 10",
        "part": maker.part(term, content.get(name)),
        "badge": Badge(text="Mandatory", tone=Tone.WARNING),
        "absence": absence_options(None),
    }
    return Entry(**{**values, **changed})


def editor_pages() -> dict[str, tuple[str, object, Shell]]:
    """Return each template of the editor with a view and its reader."""
    shell = a_shell(OPERATOR, "/operator/models")
    groups = change_groups(OLD, NEW, with_unchanged=True)
    return {
        "models": (
            "models.html",
            ModelsPage(
                organisation="Stromwerk GmbH",
                models=(
                    ModelLine(
                        title="Fietskracht 500",
                        href=DRAFT,
                        identifier="01/09506000134567",
                        badge=STATES[DraftState.IN_REVIEW],
                        completeness=METER.text,
                        changed="Version 2",
                        batteries="12 batteries",
                        versions=Link(text="Versions", href="/models/01/09506000134567/versions"),
                    ),
                ),
                discarded=(
                    ModelLine(
                        title="Fietskracht 400",
                        href=DRAFT,
                        identifier="01/09506000134574",
                        badge=STATES[DraftState.DISCARDED],
                        completeness="",
                        changed="Ada Berg, 2 March 2027",
                        batteries="",
                    ),
                ),
                said="Signed and published.",
            ),
            shell,
        ),
        "models-empty": ("models.html", ModelsPage(organisation="Neustrom SA", models=()), shell),
        "model-new": (
            "model_new.html",
            NewModelPage(
                action="/operator/models/new",
                beginnings=(("empty", "Empty"), ("a", "Example: Electric vehicle battery")),
                operators=(("stromwerk", "Stromwerk GmbH"), ("other", "Anders BV")),
                form=FormState(values={"model": ("12",)}, errors={"model": "12 is no GTIN"}),
            ),
            shell,
        ),
        "model-draft": (
            "model_draft.html",
            DraftPage(
                model="Fietskracht 500",
                identifier="01/09506000134567",
                badge=STATES[DraftState.DRAFT],
                state="It differs from version 1 on record in 3 places.",
                facts=(("Begun", "Ada Berg, 2 March 2027, 12:00 UTC"),),
                groups=GROUPS,
                meter=METER,
                action=DRAFT,
                days=(Option(value="2027-02-18", text="2027-02-18", is_chosen=True),),
                kinds=(Option(value="LMT", text="Battery for light means of transport"),),
                can_hand_in=True,
                can_discard=True,
                can_restore=True,
                can_catch_up=True,
                review=Link(text="Review it", href=f"{DRAFT}/review"),
                publish=Link(text="Look at what will be signed", href=f"{DRAFT}/publish"),
                versions=Link(text="Signed versions", href="/models/01/09506000134567/versions"),
                policy="Four eyes: whoever hands a model in does not approve it.",
                said="Sent back, with what the reviewer says.",
                comments=(("Mass", "Weigh it again", "Jo Vos"),),
            ),
            shell,
        ),
        "model-group": (
            "model_group.html",
            GroupPage(
                model="Fietskracht 500",
                title="What it is and what it contains",
                intro="Size, mass and chemistry.",
                action=f"{DRAFT}/edit/contents",
                overview=OVERVIEW,
                groups=GROUPS,
                entries=(
                    an_entry(
                        "massKilograms",
                        {"massKilograms": "heavy"},
                        comments=("Jo Vos: Weigh it again",),
                        clash=Clashing(by="Jo Vos", theirs="3.2 kg"),
                        example="3.2 kg",
                    ),
                    an_entry("modelName", NEW),
                    an_entry("hazardousSubstances", NEW),
                    an_entry("extinguisherClasses", {"extinguisherClasses": ["D"]}),
                    an_entry("chemistry", {}, raw='{\n  "a": "value of a program"\n}'),
                    an_entry("declarationOfConformity", {}),
                ),
                meter=METER,
                revision=3,
                base="{}",
                draft_id="1",
                said="Saved.",
                notices=(Notice(title="Please look at this again", tone=Tone.WARNING),),
                following="Energy, voltage and power",
                documents={"declarationOfConformity": (("sha256:0", "Declaration (en)"),)},
            ),
            shell,
        ),
        "model-review": (
            "model_review.html",
            ReviewPage(
                model="Fietskracht 500",
                action=f"{DRAFT}/review",
                overview=OVERVIEW,
                summary="It differs from version 1 on record in 4 places.",
                groups=change_groups(OLD, NEW),
                meter=METER,
                fields=(("chemistry", "Chemistry"),),
                may_approve=True,
                policy="Four eyes: whoever hands a model in does not approve it.",
                form=FormState(errors={"decision": "Approve it, or send it back"}),
            ),
            shell,
        ),
        "model-publish": (
            "model_publish.html",
            PublishPage(
                model="Fietskracht 500",
                action=f"{DRAFT}/publish",
                overview=OVERVIEW,
                version="version 2",
                readers=(
                    Reader(
                        title="The model, public part",
                        readers="Everybody who scans the QR code",
                        count=31,
                    ),
                ),
                groups=change_groups(OLD, NEW),
                meter=METER,
                problem="1 place to put right",
                problems=(OpenPoint(label="Mass is missing", clause="", href=DRAFT),),
            ),
            shell,
        ),
        "model-versions": (
            "model_versions.html",
            VersionsPage(
                model="Fietskracht 500",
                back=Link(text="The model", href="/01/09506000134567"),
                action="/models/01/09506000134567/versions",
                versions=(
                    VersionLine(
                        number="Version 1",
                        signed="2 March 2027, 12:00 UTC",
                        statements=(
                            Link(text="Public part", href="/statements/1", note="by stromwerk"),
                        ),
                    ),
                ),
                seen="You see: public part.",
                numbers=(("1", "Version 1"), ("2", "Version 2")),
                form=FormState.of({"from": "1", "to": "2"}),
                summary="From version 1 to version 2: 4 places differ.",
                groups=groups,
                toggle=Link(text="Show only what differs", href="/models"),
            ),
            shell,
        ),
        "sign-in-again": (
            "sign_in_again.html",
            SignInAgainPage(
                again="1/energy",
                fields=(("nominalVoltageVolts", "36"),),
                form=FormState.of({"login": "ada"}, problem="That did not work"),
            ),
            a_shell(),
        ),
    }
