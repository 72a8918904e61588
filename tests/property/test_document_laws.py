"""Nobody reads a document beyond the points of Annex XIII that the law opens to him."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from builders import (
    AUTHORITY,
    COLLECTIVE,
    COLLECTOR,
    EV_GTIN,
    INTEGRATOR,
    MAKER,
    NOON,
    OTHER_PACK,
    PACK,
    RIVAL,
    FixedClock,
    a_battery,
    a_grant,
    a_model,
    limited,
)
from hypothesis import example, given
from hypothesis import strategies as st

from passport.domain.access import Audience, Grant
from passport.domain.actor import PUBLIC, Actor
from passport.domain.battery import Battery
from passport.domain.document import DocumentReference, StoredDocument
from passport.domain.identifiers import ModelId, gs1_model_id
from passport.domain.status import PassportState
from passport.services.document_readers import DocumentUnknownError, find_document
from passport.services.ports import Work

DIGEST = f"sha256:{'0' * 64}"
MODEL = gs1_model_id(EV_GTIN)
OTHERS_MODEL = ModelId("id/RIVALS")
MAKERS = {MODEL: MAKER.organisation, OTHERS_MODEL: RIVAL.organisation}
ACTORS = (PUBLIC, MAKER, RIVAL, INTEGRATOR, COLLECTIVE, COLLECTOR, AUTHORITY)
ORGANISATIONS = [actor.organisation for actor in ACTORS if actor.organisation]

organisations = st.sampled_from(ORGANISATIONS)


@dataclass
class World:
    """A record of two makers' models with a battery each; also every register that is asked."""

    uploaders: set[str]
    references: list[DocumentReference]
    batteries: dict[str, Battery]
    delegates: Mapping[str, frozenset[str]] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)

    def uploads_of(self, digest: str) -> list[StoredDocument]:
        return [
            StoredDocument(
                digest=digest,
                media_type="application/pdf",
                size=1,
                organisation=organisation,
                file_name="a.pdf",
                uploaded_at=NOON,
            )
            for organisation in sorted(self.uploaders)
        ]

    def references_to(self, digest, *, after=None, limit):
        assert digest == DIGEST
        order = sorted(set(self.references), key=lambda one: (one.point, one.about, one.issuer))
        begin = order.index(after) + 1 if after else 0
        return order[begin : begin + min(limit, 2)]

    def delegates_of(self, slug: str) -> frozenset[str]:
        return self.delegates.get(slug, frozenset())

    def find(self, battery_id: str) -> Battery | None:
        return self.batteries.get(battery_id)

    def find_model(self, model_id: ModelId):
        maker = MAKERS.get(model_id)
        return a_model(model_id=model_id, operator=maker) if maker else None

    def answers_for_one_of(self, organisation: str, model_id: ModelId) -> bool:
        return any(
            battery.responsible == organisation and battery.model_id == model_id
            for battery in self.batteries.values()
        )

    def for_battery(self, battery: Battery) -> list[Grant]:
        return [grant for grant in self.grants if grant.battery_id == battery.battery_id]

    def of_organisation(self, organisation: str) -> list[Grant]:
        return [grant for grant in self.grants if grant.organisation == organisation]

    def work(self) -> Work:
        asked = {"operators", "passports", "grants", "documents"}
        registers = {one.name: self if one.name in asked else None for one in fields(Work)}
        return Work(**{**registers, "clock": FixedClock(), "desks": {}})


def may_read(world: World, actor: Actor) -> bool:
    """Say from the law alone, as sets of organisations, whether somebody reads the document."""
    own = world.uploaders.union(*(world.delegates_of(one) for one in world.uploaders))
    if actor.organisation in own:
        return True
    return any(
        is_opened(world, reference, actor)
        for reference in world.references
        if reference.issuer in world.uploaders
    )


def is_opened(world: World, reference: DocumentReference, actor: Actor) -> bool:
    battery = world.batteries.get(reference.about)
    if battery is not None and battery.state is PassportState.CEASED:
        battery_is_open = False
    else:
        battery_is_open = battery is not None
    maker = MAKERS.get(reference.about, "")
    match reference.point:
        case "1":
            return battery_is_open or (battery is None and bool(maker))
        case "2" if maker:
            return actor == AUTHORITY or actor.organisation in (
                {maker}
                | world.delegates_of(maker)
                | {grant.organisation for grant in legitimate(world, reference.about)}
                | {b.responsible for b in world.batteries.values() if b.model_id == reference.about}
            )
        case "3" if maker:
            return actor == AUTHORITY or actor.organisation in {maker} | world.delegates_of(maker)
        case "4" if battery is not None and battery_is_open:
            return actor.organisation in (
                {battery.responsible, battery.holder}
                | world.delegates_of(battery.responsible)
                | {one.organisation for one in world.grants if one.battery_id == battery.battery_id}
            ) - {""}
    return False


def legitimate(world: World, model_id: str) -> list[Grant]:
    return [
        grant
        for grant in world.grants
        if grant.model_id == model_id and grant.audience is Audience.LEGITIMATE_INTEREST
    ]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    def battery(battery_id, model_id):
        return a_battery(
            battery_id=battery_id,
            model_id=model_id,
            responsible=draw(st.sampled_from([MAKERS[model_id], "again", "collective"])),
            registered_by=MAKERS[model_id],
            holder=draw(st.sampled_from(["", "yard", "again"])),
            state=draw(st.sampled_from(PassportState)),
        )

    batteries = {PACK: battery(PACK, MODEL), OTHER_PACK: battery(OTHER_PACK, OTHERS_MODEL)}
    grants = [
        a_grant(
            grant_id=str(number),
            organisation=organisation,
            battery_id=battery_id,
            model_id=batteries[battery_id].model_id,
            audience=audience,
            granted_at=NOON,
            expires_at=None,
            revoked_at=None,
        )
        for number, (organisation, battery_id, audience) in enumerate(
            draw(
                st.lists(
                    st.tuples(
                        organisations,
                        st.sampled_from([PACK, OTHER_PACK]),
                        st.sampled_from([Audience.LEGITIMATE_INTEREST, Audience.OWNER]),
                    ),
                    max_size=3,
                )
            )
        )
    ]
    return World(
        uploaders=draw(st.sets(st.sampled_from(["voltra", "rival", "again"]), max_size=2)),
        references=draw(st.lists(references, max_size=5)),
        batteries=batteries,
        delegates=draw(
            st.dictionaries(organisations, st.frozensets(organisations, max_size=2), max_size=2)
        ),
        grants=grants,
    )


references = st.builds(
    DocumentReference,
    digest=st.just(DIGEST),
    about=st.sampled_from([PACK, OTHER_PACK, MODEL, OTHERS_MODEL, "01/unknown"]),
    point=st.sampled_from("1234"),
    issuer=organisations,
)


def a_world(point: str, about: str, *uploaders: str, **changed) -> World:
    reference = DocumentReference(digest=DIGEST, about=about, point=point, issuer="voltra")
    batteries = {
        PACK: a_battery(battery_id=PACK, model_id=MODEL, **changed),
        OTHER_PACK: a_battery(battery_id=OTHER_PACK, model_id=OTHERS_MODEL, responsible="rival"),
    }
    return World(uploaders=set(uploaders), references=[reference], batteries=batteries)


@given(worlds())
@example(a_world("3", MODEL, "voltra", responsible="again"))
@example(a_world("2", MODEL, "voltra", responsible="collective"))
@example(a_world("1", MODEL, "rival"))
@example(a_world("4", PACK, "voltra", holder="yard"))
@example(a_world("4", PACK, "voltra", state=PassportState.CEASED))
@example(a_world("1", PACK, "voltra", state=PassportState.CEASED))
@example(a_world("2", PACK, "voltra"))
def test_everybody_reads_what_the_law_opens_to_him_and_nothing_else(world):
    for actor in ACTORS:
        assert reads(world, actor) == may_read(world, actor), (actor.organisation, world)


@given(worlds())
def test_a_login_that_does_not_reach_to_reading_reads_as_the_public_does(world):
    for actor in ACTORS[1:]:
        assert reads(world, limited(actor, "telemetry:write")) == reads(world, PUBLIC)


@given(worlds(), references)
def test_a_reference_more_closes_nothing(world, reference):
    before = {actor.organisation for actor in ACTORS if reads(world, actor)}

    world.references.append(reference)

    assert before <= {actor.organisation for actor in ACTORS if reads(world, actor)}


def reads(world: World, actor: Actor) -> bool:
    try:
        found = find_document(actor, DIGEST, work=world.work())
    except DocumentUnknownError:
        return False
    assert found.organisation in world.uploaders
    return True
