"""Corrections: a new version is signed, and a status bit says of what was wrong that it is."""

from dataclasses import replace

from passport.domain.access import BATTERY_SCOPE, require_operator, require_reach
from passport.domain.actor import Actor
from passport.domain.battery import Battery, BatteryModel, Category, SubType
from passport.domain.content import Content
from passport.domain.errors import ConflictError
from passport.domain.identifiers import BatteryId, ModelId
from passport.domain.passport import StatementKind
from passport.linked_data.schemas import normalise_content
from passport.services.chemistry import complete_chemistry
from passport.services.current import newest_by_series, read_living, resign
from passport.services.issue import (
    ITEM_LEVELS,
    ModelUnknownError,
    checked_content,
    checked_model,
    sign_model,
)
from passport.services.operators import read_operator, require_acts_for
from passport.services.ports import Work
from passport.services.scopes import needs_of_battery, scope_of_content
from passport.services.statement_status import correct

_FIXED = ("serialNumber",)
"""Terms that name the battery; a wrong one is another battery."""


def amend_battery(actor: Actor, battery_id: BatteryId, content: Content, *, work: Work) -> Battery:
    """Correct what is entered of a battery; the versions that were wrong are marked as corrected.

    Raises:
        AccessDeniedError: The actor does not answer for the battery.
        ContentRefusedError: The content breaks the rules of its terms.
        ConflictError: The correction would change the battery's identity.
        PassportCeasedError: The battery has been recycled.
    """
    require_reach(actor, BATTERY_SCOPE)
    battery = read_living(battery_id, work=work)
    require_operator(actor, work.standing(battery), work.clock.now())
    corrected = checked_content(content, ITEM_LEVELS, needs_of_battery(battery, work=work))
    for name in _FIXED:
        if corrected.get(name) != battery.content.get(name):
            raise ConflictError(
                f"{name} names the battery and stays {battery.content.get(name)!r}; annul a pack "
                "registered by mistake"
            )
    amended = replace(battery, content=corrected)
    wrong = [
        statement
        for statement in newest_by_series(battery_id, work=work).values()
        if statement.kind in {StatementKind.ITEM_PUBLIC, StatementKind.ITEM_DECLARED}
        and statement.issuer == battery.responsible
    ]
    work.passports.save(amended)
    resign(amended, read_operator(battery.responsible, work=work), work=work)
    correct(wrong, work=work)
    return amended


def amend_model(actor: Actor, model_id: ModelId, content: Content, *, work: Work) -> BatteryModel:
    """Correct or complete a model; passports name its series, so none of them is signed anew.

    Raises:
        AccessDeniedError: The actor does not act for the model's operator.
        ModelUnknownError: The model is not on record.
        ContentRefusedError: The content breaks the rules of its terms.
        ConflictError: It makes another kind of battery of the model, or takes from under batteries
            on record what their passports were made for.
    """
    require_reach(actor, BATTERY_SCOPE)
    model = work.passports.find_model(model_id)
    if model is None:
        raise ModelUnknownError(f"model {model_id} is not on record")
    owner = read_operator(model.operator, work=work)
    require_acts_for(actor, owner, work=work)
    scope = scope_of_content(normalise_content(content), work=work)
    if (scope.category, scope.sub_type) != (model.category, model.sub_type):
        raise ConflictError(
            f"model {model_id} is on record as {_kind(model.category, model.sub_type)}, not "
            f"{_kind(scope.category, scope.sub_type)}; another kind of battery is another model"
        )
    entered = checked_model(content, work.rulebook.needs(scope), work.chemistries)
    amended = replace(model, content=complete_chemistry(entered, work.chemistries))
    _require_fits_batteries(model, amended, work=work)
    work.passports.save_model(amended)
    sign_model(amended, owner, work=work)
    return amended


def _require_fits_batteries(model: BatteryModel, amended: BatteryModel, *, work: Work) -> None:
    """Refuse what would turn batteries on record into others: of no passport, or of another life.

    Raises:
        ConflictError: The model has batteries on record, and its correction does that.
    """
    loses_passports = amended.is_light and not model.is_light
    changes_life = _is_reused(amended) != _is_reused(model)
    if not (loses_passports or changes_life):
        return
    count = work.passports.count_by_model([model.model_id]).get(model.model_id, 0)
    if not count:
        return
    what = (
        "a model whose batteries need no passport"
        if loses_passports
        else f"a model of {'used' if _is_reused(amended) else 'new'} batteries"
    )
    raise ConflictError(
        f"the correction would make {what} of {model.model_id}, and {count} of its batteries are "
        "on record; that is another model"
    )


def _is_reused(model: BatteryModel) -> bool:
    return model.content.get("madeFromUsedBatteries") is True


def _kind(category: Category, sub_type: SubType | None) -> str:
    return category.value if sub_type is None else f"{category} ({sub_type})"
