"""Who may not do or read what, tried through the use cases over a real store."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import (
    ADMINISTRATOR,
    AUTHORITY,
    COLLECTIVE,
    COLLECTOR,
    EV_GTIN,
    HOST,
    INTEGRATOR,
    MAKER,
    NEW_LIFE,
    NOON,
    OTHER_PACK,
    PACK,
    RECYCLER,
    RIVAL,
    SettableClock,
    a_condition,
    a_new_battery,
    a_new_registration,
    a_second_life,
    an_installation,
    give_second_life,
    limited,
    register,
)
from builders_contents import a_content

from passport.domain.access import Audience, Point
from passport.domain.actor import PUBLIC, SYSTEM, Role
from passport.domain.errors import (
    AccessDeniedError,
    ConflictError,
    InvalidValueError,
    NotSignedInError,
    PassportCeasedError,
    TransitionRefusedError,
)
from passport.domain.event import EventKind
from passport.domain.identifiers import BatteryId, ModelId, gs1_battery_id, gs1_model_id
from passport.domain.responsibility import ResponsibleRole
from passport.domain.status import BatteryStatus
from passport.exchange.labels import LabelFormat
from passport.services.accounts import NewAccount, SignInRefusedError
from passport.services.end_of_life import WasteDeclaration
from passport.services.issue import NewModel
from passport.services.operators import NewOperator, OperatorUnknownError
from passport.services.readers import GrantUnknownError, NewGrant, NoticeUnknownError
from passport.services.reporting import EventReport
from passport.services.second_life import EvidenceMissingError

IN_NL = WasteDeclaration(country="NL", occurred_at=NOON)
REPAIR = EventReport(kind=EventKind.REPAIR, occurred_at=NOON, reason="fuse")
A_GRANT = NewGrant(
    organisation="again",
    battery_id=PACK,
    audience=Audience.LEGITIMATE_INTEREST,
    purpose="decide on a second life",
    legal_ground="Article 77(2)",
)


@pytest.fixture
def services(installation):
    register(installation)
    return installation.services


def points(services, actor, battery_id=PACK, audience=None):
    disclosed = services.disclose(actor, battery_id, audience)
    return {statement.point for statement in disclosed.statements}


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "read"),
    [
        (PUBLIC, {"1"}),
        (RIVAL, {"1"}),
        (INTEGRATOR, {"1"}),
        (COLLECTOR, {"1"}),
        (RECYCLER, {"1"}),
        (ADMINISTRATOR, {"1"}),
        (AUTHORITY, {"1", "2", "3"}),
        (MAKER, {"1", "2", "3", "4"}),
        (limited(MAKER, "battery:write"), {"1"}),
    ],
    ids=lambda value: getattr(value, "organisation", None) or "public",
)
def test_each_reads_what_the_law_gives(services, actor, read):
    assert points(services, actor) == read


def test_the_public_sees_no_status_unless_the_service_decides_so(services, tmp_path):
    assert services.read_standing(PUBLIC, PACK).status is None
    assert services.read_standing(MAKER, PACK).status is BatteryStatus.ORIGINAL
    open_house = an_installation(
        tmp_path / "open", f"sqlite:///{tmp_path / 'open.db'}", show_status_publicly=True
    )
    register(open_house)

    assert open_house.services.read_standing(PUBLIC, PACK).status is BatteryStatus.ORIGINAL
    assert points(open_house.services, PUBLIC) == {"1"}
    open_house.close()


def test_the_status_of_a_second_life_is_open_to_everyone(installation, services):
    give_second_life(installation)

    assert services.read_standing(PUBLIC, NEW_LIFE).status is BatteryStatus.REPURPOSED
    assert services.read_standing(PUBLIC, PACK).status is None


def test_a_placer_does_not_read_what_the_maker_keeps_for_authorities(installation, services):
    give_second_life(installation)

    assert points(services, INTEGRATOR) == {"1", "2", "4"}
    assert points(services, INTEGRATOR, audience=Audience.OPERATOR) == {"1", "2", "4"}
    assert points(services, MAKER) == {"1"}


def test_a_grant_gives_reading_until_it_ends_or_is_ended(services):
    grant = services.grant_access(MAKER, A_GRANT)
    assert points(services, INTEGRATOR) == {"1", "2", "4"}
    assert points(services, limited(INTEGRATOR, "condition:write")) == {"1"}

    services.revoke_grant(MAKER, grant.grant_id)

    assert points(services, INTEGRATOR) == {"1"}


def test_a_grant_ends_by_itself(tmp_path, sqlite_database_url):
    clock = SettableClock()
    record = an_installation(tmp_path, sqlite_database_url, clock=clock)
    register(record)
    ends = replace(A_GRANT, expires_at=NOON + timedelta(days=1))
    record.services.grant_access(MAKER, ends)
    assert points(record.services, INTEGRATOR) == {"1", "2", "4"}

    clock.put_forward(timedelta(days=1))

    assert points(record.services, INTEGRATOR) == {"1"}
    record.close()


def test_nobody_gives_or_ends_what_is_not_his_to_give(services):
    grant = services.grant_access(MAKER, A_GRANT)

    for actor in (RIVAL, INTEGRATOR, AUTHORITY, ADMINISTRATOR, PUBLIC):
        with pytest.raises(AccessDeniedError):
            services.grant_access(actor, A_GRANT)
        with pytest.raises(GrantUnknownError):
            services.revoke_grant(actor, grant.grant_id)
    with pytest.raises(GrantUnknownError):
        services.revoke_grant(MAKER, "none")


@pytest.mark.parametrize(
    "changed",
    [
        {"audience": Audience.AUTHORITY},
        {"audience": Audience.OPERATOR},
        {"scopes": frozenset({"battery:write"})},
        {"purpose": " "},
        {"expires_at": NOON},
    ],
)
def test_an_operator_does_not_give_more_than_the_law_lets_it(services, changed):
    with pytest.raises(InvalidValueError):
        services.grant_access(MAKER, replace(A_GRANT, **changed))


def test_a_delegate_in_writing_reads_and_writes_for_its_operator(services):
    digest = services.authorise_delegate(MAKER, "again", b"signed paper")
    assert services.authorise_delegate(MAKER, "again", b"signed paper") == digest

    assert points(services, INTEGRATOR) == {"1", "2", "3", "4"}
    services.report_event(INTEGRATOR, PACK, REPAIR)
    assert services.read_attachment(INTEGRATOR, digest) is not None
    assert services.read_attachment(RIVAL, digest) is None


def test_a_models_restricted_statements_follow_the_same_matrix(services):
    def read(actor):
        return {one.point for one in services.model_statements(actor, gs1_model_id(EV_GTIN))}

    assert read(MAKER) == {"1", "2", "3"}
    assert read(AUTHORITY) == {"1", "2", "3"}
    for actor in (PUBLIC, RIVAL, INTEGRATOR, ADMINISTRATOR, limited(MAKER, "telemetry:write")):
        assert read(actor) == {"1"}
    services.grant_access(MAKER, A_GRANT)
    assert read(INTEGRATOR) == {"1", "2"}


def test_the_name_of_somebody_elses_model_opens_nothing_of_it(services):
    """A rival may call its battery or model as another company calls its model or battery."""
    of_rival = ModelId("id/RIVALS")
    for actor, model_id in ((MAKER, ModelId("id/SAME")), (RIVAL, of_rival)):
        new = NewModel(model_id=model_id, content=a_content("ev-pack-model"))
        services.add_model(actor, actor.organisation, new)
    pack = a_new_battery(BatteryId("id/OTHER-SAME"), model_id=ModelId("id/SAME"))
    services.register_battery(MAKER, "voltra", pack)
    secret = [
        one
        for one in (
            *services.model_statements(MAKER, ModelId("id/SAME")),
            *services.disclose(MAKER, pack.battery_id).statements,
        )
        if one.point != "1"
    ]

    lure = a_new_battery(BatteryId("id/SAME"), model_id=of_rival)
    services.register_battery(RIVAL, "rival", lure)
    like_the_pack = NewModel(model_id=ModelId("id/OTHER-SAME"), content=a_content("ev-pack-model"))
    services.add_model(RIVAL, "rival", like_the_pack)

    shown = [
        *services.disclose(RIVAL, lure.battery_id).statements,
        *services.model_statements(RIVAL, like_the_pack.model_id),
    ]
    assert {one.statement_id for one in shown}.isdisjoint({one.statement_id for one in secret})
    for one in secret:
        with pytest.raises(AccessDeniedError):
            services.read_statement(RIVAL, one.statement_id)


# --- documents ------------------------------------------------------------------------------------


def test_evidence_is_read_by_those_it_concerns_and_nobody_else(installation, services):
    new = a_second_life(installation)
    digest = new.evidence[0].digest
    assert services.read_attachment(MAKER, digest) is None

    services.declare_second_life(INTEGRATOR, "again", new)

    for actor in (INTEGRATOR, MAKER, AUTHORITY, SYSTEM):
        assert services.read_attachment(actor, digest) == (b"Bill of sale", "text/plain")
    for actor in (RIVAL, COLLECTOR, ADMINISTRATOR, limited(MAKER, "telemetry:write")):
        assert services.read_attachment(actor, digest) is None
    with pytest.raises(NotSignedInError):
        services.read_attachment(PUBLIC, digest)


def test_a_digest_overheard_is_no_evidence_of_ones_own(installation, services):
    overheard = services.keep_attachment(MAKER, b"a bill of the maker's", "text/plain")
    new = a_second_life(installation)
    stolen = replace(new, evidence=(replace(new.evidence[0], digest=overheard), new.evidence[1]))

    with pytest.raises(EvidenceMissingError, match="uploaded by you"):
        services.declare_second_life(INTEGRATOR, "again", stolen)

    assert services.read_attachment(INTEGRATOR, overheard) is None


# --- writing --------------------------------------------------------------------------------------


def test_a_limited_key_does_only_what_its_scopes_name(installation, services):
    key = limited(MAKER, "telemetry:write")
    tried = (
        lambda: services.register_battery(key, "voltra", a_new_battery()),
        lambda: services.add_model(key, "voltra", new_model("09506000134352")),
        lambda: services.annul_battery(key, PACK, "mistake"),
        lambda: services.amend_battery(key, PACK, a_new_battery().content),
        lambda: services.amend_model(key, gs1_model_id("09506000134352"), {}),
        lambda: services.record_condition(key, PACK, a_condition(), NOON),
        lambda: services.report_event(key, PACK, REPAIR),
        lambda: services.report_event(key, PACK, replace(REPAIR, kind=EventKind.SOLD)),
        lambda: services.declare_waste(key, PACK, IN_NL),
        lambda: services.declare_second_life(key, "voltra", a_second_life(installation)),
        lambda: services.grant_access(key, A_GRANT),
        lambda: services.authorise_delegate(key, "again", b"paper"),
        lambda: services.enter_registration(key, a_new_registration()),
        lambda: services.issue_api_key(key, "voltra"),
        lambda: services.batteries_of(key),
        lambda: services.models_of(key),
        lambda: services.notices_for(key),
        lambda: services.ask_access(key, PACK, "reading"),
        lambda: services.may_write(key, PACK, "event:write"),
    )
    for act in tried:
        with pytest.raises(AccessDeniedError, match="reach"):
            act()
    services.may_write(key, PACK, "telemetry:write")


def test_a_key_never_makes_a_wider_key(services):
    narrow = limited(MAKER, "organisation:write", "telemetry:write")

    made = services.issue_api_key(narrow, "voltra", frozenset({"telemetry:write"}))

    assert services.actor_of_key(made.secret).scopes == {"telemetry:write"}
    for scopes in (frozenset(), frozenset({"battery:write"})):
        with pytest.raises(AccessDeniedError, match="within its own limits"):
            services.issue_api_key(narrow, "voltra", scopes)
    with pytest.raises(InvalidValueError, match="no scope"):
        services.issue_api_key(MAKER, "voltra", frozenset({"telemetry:wirte"}))
    for actor in (RIVAL, PUBLIC, AUTHORITY):
        with pytest.raises(AccessDeniedError):
            services.issue_api_key(actor, "voltra")


def test_a_key_made_by_the_administration_carries_its_organisations_roles(services):
    key = services.issue_api_key(ADMINISTRATOR, "yard", frozenset({"intake:write"}))

    assert services.actor_of_key(key.secret).roles == {Role.COLLECTOR}
    assert services.declare_waste(services.actor_of_key(key.secret), PACK, IN_NL).is_new


def test_a_key_that_has_ended_signs_nobody_in(services):
    key = services.issue_api_key(MAKER, "voltra", frozenset(), NOON)

    for secret in (key.secret, "obp_unknown"):
        with pytest.raises(SignInRefusedError):
            services.actor_of_key(secret)


def test_a_grant_to_report_events_does_not_sell_the_battery(services):
    services.grant_access(MAKER, replace(A_GRANT, scopes=frozenset({"event:write"})))
    services.report_event(INTEGRATOR, PACK, REPAIR)

    with pytest.raises(AccessDeniedError, match="responsible operator or the holder"):
        services.report_event(
            INTEGRATOR, PACK, EventReport(kind=EventKind.SOLD, occurred_at=NOON, buyer="again")
        )
    assert Point.INDIVIDUAL in points(services, MAKER)


def test_a_purchaser_is_somebody_who_is_known(services):
    sale = EventReport(kind=EventKind.SOLD, occurred_at=NOON, buyer="nobody")

    with pytest.raises(OperatorUnknownError):
        services.report_event(MAKER, PACK, sale)
    with pytest.raises(OperatorUnknownError):
        services.register_battery(MAKER, "voltra", a_new_battery(OTHER_PACK, holder="nobody"))
    did = services.read_operator(SYSTEM, "rival").did
    services.report_event(MAKER, PACK, replace(sale, buyer=did))
    assert points(services, RIVAL) == {"1", "4"}


@pytest.mark.parametrize("details", [{"eventKind": "recycled"}, {"occurredAt": "2020-01-01"}])
def test_the_details_of_an_event_do_not_say_it_was_another(services, details):
    with pytest.raises(InvalidValueError, match="stands outside"):
        services.report_event(MAKER, PACK, replace(REPAIR, details=details))


@pytest.mark.parametrize(
    "kind", [EventKind.WASTE, EventKind.RECYCLED, EventKind.SUCCESSION, EventKind.ANNULLED]
)
def test_what_changes_responsibility_is_not_reported_like_a_repair(services, kind):
    with pytest.raises(InvalidValueError, match="not reported like this"):
        services.report_event(MAKER, PACK, replace(REPAIR, kind=kind))


def test_nobody_makes_himself_answer_for_anothers_waste(services):
    selected = a_new_registration(
        operator="", party="rival", role=ResponsibleRole.SELECTED_OPERATOR
    )
    pro = a_new_registration(
        party="rival", role=ResponsibleRole.PRODUCER_RESPONSIBILITY_ORGANISATION
    )

    for line in (selected, pro, replace(a_new_registration(), party="rival")):
        for actor in (RIVAL, AUTHORITY, PUBLIC):
            with pytest.raises(AccessDeniedError):
                services.enter_registration(actor, line)
    assert services.enter_registration(MAKER, replace(pro, party="collective"))


@pytest.mark.parametrize(
    "changed",
    [
        {"register_number": " "},
        {"operator": ""},
        {"party": "collective"},
        {"role": ResponsibleRole.SELECTED_OPERATOR},
        {"country": "Netherlands"},
    ],
)
def test_a_register_line_makes_sense(services, changed):
    with pytest.raises(InvalidValueError):
        services.enter_registration(SYSTEM, a_new_registration(**changed))


def test_a_register_line_names_organisations_that_are_known(services):
    for changed in ({"party": "nobody", "operator": "nobody"}, {"operator": "nobody"}):
        line = a_new_registration(
            **{"role": ResponsibleRole.PRODUCER_RESPONSIBILITY_ORGANISATION, **changed}
        )
        with pytest.raises(OperatorUnknownError):
            services.enter_registration(SYSTEM, line)


def test_the_role_of_the_service_itself_is_nobodys(services):
    new = NewOperator(
        name="Evil",
        operator_uri="https://evil.example.com/",
        country="NL",
        base_url=HOST,
        roles=frozenset({Role.SYSTEM}),
    )

    for actor in (ADMINISTRATOR, SYSTEM):
        with pytest.raises(AccessDeniedError):
            services.add_operator(actor, new)
    account = NewAccount(
        login="evil", organisation="rival", roles=frozenset({Role.SYSTEM}), password="x" * 12
    )
    with pytest.raises(InvalidValueError, match="does not have the role"):
        services.add_account(ADMINISTRATOR, account)


def test_people_are_let_in_by_the_administration(services):
    account = NewAccount(
        login="mara", organisation="voltra", roles=frozenset({Role.OPERATOR}), password="x" * 12
    )
    with pytest.raises(AccessDeniedError):
        services.add_account(RIVAL, account)
    services.add_account(ADMINISTRATOR, account)
    with pytest.raises(ConflictError):
        services.add_account(ADMINISTRATOR, account)

    token = services.sign_in("mara", "x" * 12)

    assert services.actor_of_session(token).organisation == "voltra"
    for login, password in (("mara", "wrong"), ("nobody", "x" * 12)):
        with pytest.raises(SignInRefusedError):
            services.sign_in(login, password)
    services.sign_out(token)
    assert services.actor_of_session(token) == PUBLIC


def test_a_notice_is_seen_and_put_away_by_its_own_organisation(services):
    services.ask_access(INTEGRATOR, PACK, "decide on a second life")
    with pytest.raises(NotSignedInError):
        services.ask_access(PUBLIC, PACK, "curious")

    [notice] = services.notices_for(MAKER)

    assert notice.kind == "access-asked"
    for actor in (RIVAL, INTEGRATOR, PUBLIC):
        assert notice.notice_id not in {one.notice_id for one in services.notices_for(actor)}
        with pytest.raises(NoticeUnknownError):
            services.close_notice(actor, notice.notice_id)
    services.close_notice(MAKER, notice.notice_id)
    assert services.notices_for(MAKER) == []


def test_what_became_of_waste_is_told_to_those_it_concerns_only(services):
    services.enter_registration(
        MAKER,
        a_new_registration(
            party="collective", role=ResponsibleRole.PRODUCER_RESPONSIBILITY_ORGANISATION
        ),
    )
    services.declare_waste(COLLECTOR, PACK, IN_NL)

    told = {
        actor.organisation: [notice.kind for notice in services.notices_for(actor)]
        for actor in (MAKER, COLLECTIVE, RIVAL, COLLECTOR, ADMINISTRATOR)
    }
    assert told == {
        "voltra": ["became-waste"],
        "collective": ["waste-responsible"],
        "rival": [],
        "yard": [],
        "house": [],
    }


def test_no_label_is_made_of_a_passport_that_is_gone(installation, services):
    services.annul_battery(MAKER, PACK, "typed twice")
    with pytest.raises(TransitionRefusedError):
        installation.label(PACK, LabelFormat.SVG)

    other = register(installation, gs1_battery_id("09506000134352", "P-2"))
    services.declare_waste(RECYCLER, other, IN_NL)
    services.enter_recycling(RECYCLER, other, "B")
    services.declare_recycled(RECYCLER, other, "B")
    with pytest.raises(PassportCeasedError):
        installation.label(other, LabelFormat.SVG)


def new_model(gtin):
    return NewModel(model_id=gs1_model_id(gtin), content=a_content("stationary-battery-model"))
